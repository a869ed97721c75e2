/* queue.h - items that pass from task to task, in order, with a limit. */
/* SPDX-License-Identifier: MIT */
/*
 * A ring of items over storage of yours. Who puts into a full one waits, and who gets from an empty
 * one; both are served in order. Items are copied in and out.
 *
 *     struct job jobs[16];
 *     weft_queue queue;
 *     weft_queue_init(&queue, jobs, sizeof jobs[0], 16);
 *
 *     WEFT_TRY(self->put, weft_put, &queue, &job);                               producer
 *
 *     WEFT_FOR_EACH(self->each, weft_queue_each, &queue, &self->job) {           consumer
 *         ...
 *         weft_queue_task_done(&queue);
 *     }
 *
 *     WEFT_TRY(self->join, weft_queue_join, &queue);      all that was put is done
 *     weft_queue_shutdown(&queue, false);                 and the consumers' loops end
 *
 * How it hands over. The getter that waits longest is *promised* an item as soon as there is one:
 *
 *     items   [ 1 | 2 | 3 |   ]     promised 2: two getters were chosen and have not run yet;
 *                                   one item is free for others, and one place
 *
 * Nobody can take the last item from under it, so it never finds the queue empty and waits again.
 * Which item it is is decided when it runs: the first of the queue's order then. So items leave in
 * order, whoever takes them, and whoever is cancelled: cancelled before it runs, a getter takes
 * nothing, and the promise goes to the next.
 *
 * There is always a limit: what has none needs an allocator, and hides a consumer that is too slow.
 * Other kinds have another _init() (lifo_queue.h, priority_queue.h); everything else is the same for
 * all of them. A queue outlives those who wait for it; a getter that was chosen, until it has run.
 */
#ifndef WEFT_QUEUE_H
#define WEFT_QUEUE_H

#include <weft/generator.h>
#include <weft/item.h>
#include <weft/task.h>

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

/**
 * Waits for room, and puts a copy of *item.
 *
 * Status:  0; WEFT_ESHUTDOWN: not put; WEFT_ECANCELED: not put. Its turn is final: cancelled after
 *          that it has put, and the cancellation meets its next wait.
 * Context: coroutine.
 * Cost:    a copy; priority queue: O(log size). No allocation.
 */
struct weft_put {
    WEFT_FRAME;
    weft_queue *queue; /* outlives the wait */
    const void *item;  /* one item, until the await has ended */
};

/**
 * Waits for an item, and copies it to *item.
 *
 * Status:  0; WEFT_ESHUTDOWN: nothing will come any more; WEFT_ECANCELED: none was taken.
 * Context: coroutine.
 * Cost:    a copy; priority queue: O(log size). No allocation.
 */
struct weft_get {
    WEFT_FRAME;
    weft_queue *queue; /* outlives the wait */
    void *item;        /* room for one; untouched unless the status is 0 */
    /* private: */
    bool is_chosen; /* an item is promised to it */
};

/**
 * An async generator: yields each item, copied to *item, until the queue is shut down and empty.
 * Then the loop ends quietly. An item is taken when it is asked for, not before.
 */
struct weft_queue_each {
    WEFT_FRAME;
    weft_queue *queue; /* outlives the loop */
    void *item;
    /* private: */
    struct weft_get get;
};

/** Waits until every item that was put is done (weft_queue_task_done); goes on even if more is put
 *  before it runs. 0, or WEFT_ECANCELED. A shutdown alone does not end the wait. */
struct weft_queue_join {
    WEFT_FRAME;
    weft_queue *queue; /* outlives the wait */
};

WEFT__BEGIN_C

/** Prepares a queue over `capacity` items of `item_bytes` each; the storage stays the caller's. */
static inline void weft_queue_init(weft_queue *queue, void *items, size_t item_bytes,
                                   size_t capacity);

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

/** Puts a copy of *item. @return 0, WEFT_EFULL or WEFT_ESHUTDOWN. Context: loop. */
static inline int weft_put_nowait(weft_queue *queue, const void *item);

/** Copies the first item to *item. @return 0, WEFT_EEMPTY, or WEFT_ESHUTDOWN: nothing will come any
 *  more. Context: loop. */
static inline int weft_get_nowait(weft_queue *queue, void *item);

/** Says that an item that was got is done. One for each: a further one stops. Context: loop. */
static inline void weft_queue_task_done(weft_queue *queue);

/**
 * Ends a queue: nothing can be put any more, and who waits for room gets WEFT_ESHUTDOWN. What is in
 * can still be got; then getters get WEFT_ESHUTDOWN. Again: does nothing, or makes it immediate.
 *
 * @param immediate  Also drops what is in, promised or not, as if it were done. If items own
 *                   something, end it gracefully and take them out with weft_get_nowait() instead.
 * Context: loop. Cost: O(those who wait), each once.
 */
static inline void weft_queue_shutdown(weft_queue *queue, bool immediate);

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

static inline void weft__queue_pop(weft_queue *queue, void *item)
{
    weft__item_copy(item, weft__queue_at(queue, 0), queue->item_bytes);
    queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
}

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

/* After a change: an item that is free is promised to the getter that waits longest; if nothing can
 * come any more, all are told. */
static inline void weft__queue_serve(weft_queue *queue)
{
    weft_task *task = weft_first_waiter(&queue->getters);
    if (task != NULL && queue->count > queue->promised) {
        ((struct weft_get *)(void *)task->chain.top)->is_chosen = true;
        queue->promised++;
        weft_wake(task);
        weft__still_touches(task, queue);
    } else if (queue->is_shut_down && queue->count == 0) {
        for (; task != NULL; task = weft_first_waiter(&queue->getters)) {
            weft_wake_status(task, WEFT_ESHUTDOWN);
        }
    }
}

/* There is room: puts an item. */
static inline void weft__queue_add(weft_queue *queue, const void *item)
{
    if (queue->order != NULL) {
        queue->order->push(queue, item);
    } else {
        weft__queue_push(queue, item);
    }
    queue->count++;
    queue->unfinished++;
    weft__queue_serve(queue);
}

/* There is an item: takes it, and the putter that waits longest has its room. */
static inline void weft__queue_take(weft_queue *queue, void *item)
{
    weft_task *const task = weft_first_waiter(&queue->putters);
    if (queue->order != NULL) {
        queue->order->pop(queue, item);
    } else {
        weft__queue_pop(queue, item);
    }
    queue->count--;
    if (task != NULL) {
        weft__queue_add(queue, ((struct weft_put *)(void *)task->chain.top)->item);
        weft_wake_final(task, 0);
    } else if (WEFT__SMALL || queue->is_shut_down) { /* else no getter can be served by this */
        weft__queue_serve(queue);
    }
}

/* A getter that was chosen runs: it takes an item, or, cancelled, the promise goes to the next. */
static inline int weft__queue_keep_promise(weft_queue *queue, void *item, int status)
{
    if (queue->is_dropped) {
        return status < 0 ? status : WEFT_ESHUTDOWN;
    }
    queue->promised--;
    if (status < 0) {
        weft__queue_serve(queue);
    } else {
        weft__queue_take(queue, item);
    }
    return status;
}

static inline void weft__queue_finish(weft_queue *queue, size_t count)
{
    queue->unfinished -= count;
    if (queue->unfinished == 0) {
        weft_wake_all(&queue->joiners);
    }
}

static inline int weft_put_nowait(weft_queue *queue, const void *item)
{
    if (queue->is_shut_down) {
        return WEFT_ESHUTDOWN;
    }
    if (weft_queue_is_full(queue)) {
        return WEFT_EFULL;
    }
    weft__queue_add(queue, item);
    return 0;
}

static inline int weft_get_nowait(weft_queue *queue, void *item)
{
    if (weft_queue_is_empty(queue)) {
        return queue->is_shut_down && queue->count == 0 ? WEFT_ESHUTDOWN : WEFT_EEMPTY;
    }
    weft__queue_take(queue, item);
    return 0;
}

static inline void weft_queue_task_done(weft_queue *queue)
{
    WEFT_ASSERT(queue->unfinished > 0, "weft_queue_task_done() once for each item that was put");
    weft__queue_finish(queue, 1);
}

static inline void weft_queue_shutdown(weft_queue *queue, bool immediate)
{
    queue->is_shut_down = true;
    for (weft_task *task; (task = weft_first_waiter(&queue->putters)) != NULL;) {
        weft_wake_status(task, WEFT_ESHUTDOWN);
    }
    if (immediate) {
        const size_t count = queue->count < queue->unfinished ? queue->count : queue->unfinished;
        queue->is_dropped = true;
        queue->count = 0;
        queue->promised = 0;
        weft__queue_finish(queue, count);
    }
    weft__queue_serve(queue);
}

static inline WEFT_ASYNC(weft_put, self)
{
    WEFT_ASSERT(self->queue != NULL && self->item != NULL, "a queue, and an item for it");
    WEFT_ASSERT(self->queue->capacity > 0, "weft_queue_init() the queue first");
    WEFT_CHECKPOINT();
    if (!weft_queue_is_full(self->queue) || self->queue->is_shut_down) {
        WEFT_RETURN_STATUS(weft_put_nowait(self->queue, self->item));
    }
    WEFT_PARK(&self->queue->putters);
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_get, self)
{
    WEFT_ASSERT(self->queue != NULL && self->item != NULL, "a queue, and room for an item");
    WEFT_ASSERT(self->queue->capacity > 0, "weft_queue_init() the queue first");
    WEFT_CHECKPOINT();
    if (!weft_queue_is_empty(self->queue) ||
        (self->queue->is_shut_down && self->queue->count == 0)) {
        WEFT_RETURN_STATUS(weft_get_nowait(self->queue, self->item));
    }
    WEFT_PARK(&self->queue->getters);
    if (self->is_chosen) {
        WEFT_RETURN_STATUS(weft__queue_keep_promise(self->queue, self->item, WEFT_STATUS()));
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_queue_each, self)
{
    for (;;) {
        WEFT_CATCH(self->get, weft_get, .queue = self->queue, .item = self->item);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS() == WEFT_ESHUTDOWN ? 0 : WEFT_STATUS());
        }
        WEFT_YIELD((void)0);
    }
}
WEFT_END

static inline WEFT_ASYNC(weft_queue_join, self)
{
    WEFT_ASSERT(self->queue != NULL, "which queue?");
    WEFT_CHECKPOINT();
    if (self->queue->unfinished > 0) {
        WEFT_PARK(&self->queue->joiners);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

WEFT__END_C

#endif
