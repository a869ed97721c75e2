/* queue_room.h - the room of a queue: where its items lie, and in which order they leave. */
/* SPDX-License-Identifier: MIT */
/*
 * Under all kinds of queues (queue.h tells how they are used) lies storage of the caller's, and in it,
 * unless another order says otherwise, a ring:
 *
 *     items    [ 5 |   | 3 | 4 ]      first 2, count 3: 3, 4, 5 are in; they leave in that order
 *
 * Another kind (lifo_queue.h, priority_queue.h) is another order: how an item goes in, and how one
 * comes out. What waits is the same for all.
 */
#ifndef WEFT_QUEUE_ROOM_H
#define WEFT_QUEUE_ROOM_H

#include <weft/item.h>
#include <weft/link.h>
#include <weft/status.h>

typedef struct weft_queue weft_queue;

/* Another order than first in, first out: how an item goes into the room, and how one comes out. */
typedef struct weft__queue_order {
    void (*push)(weft_queue *, const void *item);
    void (*pop)(weft_queue *, void *item);
} weft__queue_order;

/** A queue of any kind. weft_queue_init(), or the one of another kind, first. */
struct weft_queue {
    /* private: */
    unsigned char *items; /* the caller's */
    size_t item_bytes, capacity;
    size_t first;      /* where the ring begins */
    size_t count;      /* of items that are in */
    size_t promised;   /* of them, to getters that were chosen and have not run */
    size_t unfinished; /* put, and not yet weft_queue_task_done() */
    bool is_shut_down;
    bool is_dropped;                /* at once */
    const weft__queue_order *order; /* NULL: first in, first out */
    weft_link getters;              /* wait: all that is in is promised */
    weft_link putters;              /* wait: it is full */
    weft_link joiners;              /* wait: something is unfinished */
};

WEFT__BEGIN_C

/** Prepares a queue over `capacity` items of `item_bytes` each; the storage stays the caller's. */
static inline void weft_queue_init(weft_queue *queue, void *items, size_t item_bytes,
                                   size_t capacity)
{
    weft_queue fresh = WEFT__ZERO;
    WEFT_ASSERT(items != NULL && item_bytes > 0 && capacity > 0, "a queue needs room for one item");
    *queue = fresh;
    queue->items = (unsigned char *)items;
    queue->item_bytes = item_bytes;
    queue->capacity = capacity;
}

/** How many items are in it, without those that are promised to a getter that has not run yet. */
static inline size_t weft_queue_size(const weft_queue *queue)
{
    return queue->count - queue->promised;
}

/** How many items it has room for. */
static inline size_t weft_queue_maxsize(const weft_queue *queue)
{
    return queue->capacity;
}

/** True if weft_get_nowait() would find no item. */
static inline bool weft_queue_is_empty(const weft_queue *queue)
{
    return queue->count == queue->promised;
}

/** True if weft_put_nowait() would find no room: a promised item keeps its own until it is taken. */
static inline bool weft_queue_is_full(const weft_queue *queue)
{
    return queue->count >= queue->capacity;
}

/* How it is done. */

static inline unsigned char *weft__queue_at(const weft_queue *queue, size_t index)
{
    const size_t at = queue->first + index;
    return queue->items + (at < queue->capacity ? at : at - queue->capacity) * queue->item_bytes;
}

static inline void weft__queue_push(weft_queue *queue, const void *item)
{
    weft__item_copy(weft__queue_at(queue, queue->count), item, queue->item_bytes);
}

/* Where the first in is. */
static inline unsigned char *weft__queue_begin(const weft_queue *queue)
{
    return queue->items + queue->first * queue->item_bytes;
}

/* It is out: what follows it is the first. */
static inline void weft__queue_advance(weft_queue *queue)
{
    queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
}

static inline void weft__queue_pop(weft_queue *queue, void *item)
{
    weft__item_copy(item, weft__queue_begin(queue), queue->item_bytes);
    weft__queue_advance(queue);
}

WEFT__END_C

#endif
