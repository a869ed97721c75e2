/* queue.h - items that pass from task to task, in order, with a limit. */
/* SPDX-License-Identifier: MIT */
/*
 * A ring of items over storage of yours. Who puts into a full one waits, and who gets from an empty
 * one; both are served in order. An item is handed to the getter that was chosen for it; if that is
 * cancelled before it runs, the item goes to the next, or back to the front.
 *
 *     struct job jobs[16];
 *     weft_queue queue;
 *     weft_queue_init(&queue, jobs, sizeof jobs[0], 16);
 *
 *     WEFT_TRY(self->put, weft_put, &queue, &job);         producer
 *     WEFT_TRY(self->get, weft_get, &queue, &self->job);   consumer
 *     weft_queue_task_done(&queue);
 *
 * An item is copied in and out. After weft_queue_shutdown() what is in can still be got, then
 * weft_get fails with WEFT_ESHUTDOWN: that is how consumers end.
 */
#ifndef WEFT_QUEUE_H
#define WEFT_QUEUE_H

#include <weft/task.h>

/** A first-in, first-out queue. weft_queue_init() first. */
typedef struct weft_queue {
    unsigned char *items; /* the caller's */
    size_t item_bytes, capacity;
    size_t first, size;
    size_t handed;     /* given to getters that have not run yet: they may come back */
    size_t unfinished; /* put, and not yet weft_queue_task_done() */
    bool is_shut_down;
    bool drops; /* shut down at once: what comes back is dropped */
    weft_link getters, putters, joiners;
    weft_link chosen; /* those getters, in the order in which they were given their items */
} weft_queue;

/** Waits for room, and puts a copy of *item. 0; WEFT_ESHUTDOWN; WEFT_ECANCELED: not put. */
struct weft_put {
    WEFT_FRAME;
    weft_queue *queue;
    const void *item; /* one item, until the await has ended */
};

/** Waits for an item, and copies it to *item. 0; WEFT_ESHUTDOWN: no more; WEFT_ECANCELED: none. */
struct weft_get {
    WEFT_FRAME;
    weft_queue *queue;
    void *item;
    /* private: */
    bool handed;      /* *item is set, by the one who put it */
    weft_link chosen; /* in the queue's list of those */
};

/** Waits until every item that was put is done (weft_queue_task_done). */
struct weft_queue_join {
    WEFT_FRAME;
    weft_queue *queue;
};

WEFT__BEGIN_C

/**
 * Prepares a queue over `capacity` items of `item_bytes` each; the storage stays the caller's.
 */
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

/** How many items are in it. */
static inline size_t weft_queue_size(const weft_queue *queue)
{
    return queue->size;
}

static inline bool weft_queue_is_empty(const weft_queue *queue)
{
    return queue->size == 0;
}

/** True if weft_put_nowait() would not find room. */
static inline bool weft_queue_is_full(const weft_queue *queue)
{
    return queue->size + queue->handed >= queue->capacity;
}

static inline unsigned char *weft__queue_at(const weft_queue *queue, size_t index)
{
    const size_t at = queue->first + index;
    return queue->items + (at < queue->capacity ? at : at - queue->capacity) * queue->item_bytes;
}

static inline void weft__queue_push(weft_queue *queue, const void *item)
{
    __builtin_memcpy(weft__queue_at(queue, queue->size), item, queue->item_bytes);
    queue->size++;
}

/* Gives an item to the getter that waits longest; false if none does. */
static inline bool weft__queue_hand(weft_queue *queue, const void *item)
{
    weft_task *const task = weft_first_waiter(&queue->getters);
    if (task == NULL) {
        return false;
    }
    struct weft_get *const get = (struct weft_get *)(void *)task->chain.top;
    __builtin_memcpy(get->item, item, queue->item_bytes);
    get->handed = true;
    queue->handed++;
    weft_link_insert(&queue->chosen, &get->chosen);
    weft_wake(task);
    return true;
}

/* There is room: the putter that waits longest has put its item. A getter may wait as well, while
 * what was handed to another one filled the queue. */
static inline void weft__queue_refill(weft_queue *queue)
{
    weft_task *const task = weft_first_waiter(&queue->putters);
    if (task != NULL && !weft_queue_is_full(queue)) {
        const struct weft_put *const put = (const struct weft_put *)(void *)task->chain.top;
        if (!weft__queue_hand(queue, put->item)) {
            weft__queue_push(queue, put->item);
        }
        weft_wake_final(task, 0);
    }
}

/** Puts a copy of *item. @return 0, WEFT_EFULL or WEFT_ESHUTDOWN. Context: loop. Cost: a copy. */
static inline int weft_put_nowait(weft_queue *queue, const void *item)
{
    if (queue->is_shut_down) {
        return WEFT_ESHUTDOWN;
    }
    if (weft_queue_is_full(queue)) {
        return WEFT_EFULL;
    }
    queue->unfinished++;
    if (!weft__queue_hand(queue, item)) {
        weft__queue_push(queue, item);
    }
    return 0;
}

/** Copies the first item to *item. @return 0, WEFT_EEMPTY or WEFT_ESHUTDOWN. Context: loop. */
static inline int weft_get_nowait(weft_queue *queue, void *item)
{
    if (queue->size == 0) {
        return queue->is_shut_down ? WEFT_ESHUTDOWN : WEFT_EEMPTY;
    }
    __builtin_memcpy(item, weft__queue_at(queue, 0), queue->item_bytes);
    queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
    queue->size--;
    weft__queue_refill(queue);
    return 0;
}

/** Says that an item that was got is done. One for each: a further one stops. */
static inline void weft_queue_task_done(weft_queue *queue)
{
    WEFT_ASSERT(queue->unfinished > 0, "weft_queue_task_done() once for each item that was put");
    if (--queue->unfinished == 0) {
        weft_wake_all(&queue->joiners);
    }
}

/**
 * Ends a queue: nothing can be put any more, what is in can still be got.
 *
 * @param immediate  Also drops what is in, as if it were done.
 */
static inline void weft_queue_shutdown(weft_queue *queue, bool immediate)
{
    queue->is_shut_down = true;
    queue->drops = queue->drops || immediate;
    for (weft_task *task; (task = weft_first_waiter(&queue->putters)) != NULL;) {
        weft_wake_status(task, WEFT_ESHUTDOWN);
        weft_queue_task_done(queue); /* it was counted when it began to wait */
    }
    for (weft_task *task; (task = weft_first_waiter(&queue->getters)) != NULL;) {
        weft_wake_status(task, WEFT_ESHUTDOWN);
    }
    for (; immediate && queue->size > 0; queue->size--) {
        weft_queue_task_done(queue);
    }
}

/* A getter that was given an item runs, or gives it back. */
static inline void weft__queue_unchoose(weft_queue *queue, struct weft_get *get)
{
    weft_link_remove(&get->chosen);
    queue->handed--;
}

static inline void weft__queue_swap(void *left, void *right, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        unsigned char *const a = (unsigned char *)left + i, *const b = (unsigned char *)right + i;
        const unsigned char kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* Chosen, then cancelled: the item goes to the one that was chosen next and has not run, whose own
 * goes on to the one after that, and so on; what is left over goes to the first that waits, or back
 * to the front. So the order stays, whoever is cancelled. */
static inline void weft__queue_return(weft_queue *queue, struct weft_get *get)
{
    weft_link *const end = &queue->chosen;
    for (weft_link *link = get->chosen.next; link != end; link = link->next) {
        weft__queue_swap(get->item, WEFT_CONTAINER(link, struct weft_get, chosen)->item,
                         queue->item_bytes);
    }
    weft__queue_unchoose(queue, get);
    if (queue->drops) {
        weft_queue_task_done(queue);
    } else if (!weft__queue_hand(queue, get->item)) {
        queue->first = (queue->first > 0 ? queue->first : queue->capacity) - 1;
        queue->size++;
        __builtin_memcpy(weft__queue_at(queue, 0), get->item, queue->item_bytes);
    }
}

static inline WEFT_ASYNC(weft_put, self)
{
    WEFT_ASSERT(self->queue != NULL && self->item != NULL, "a queue, and an item for it");
    WEFT_CHECKPOINT();
    if (!weft_queue_is_full(self->queue) || self->queue->is_shut_down) {
        WEFT_RETURN_STATUS(weft_put_nowait(self->queue, self->item));
    }
    self->queue->unfinished++;
    WEFT_PARK(&self->queue->putters);
    if (WEFT_STATUS() == WEFT_ECANCELED) {
        weft_queue_task_done(self->queue);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_get, self)
{
    WEFT_ASSERT(self->queue != NULL && self->item != NULL, "a queue, and room for an item");
    WEFT_CHECKPOINT();
    if (self->queue->size > 0 || self->queue->is_shut_down) {
        WEFT_RETURN_STATUS(weft_get_nowait(self->queue, self->item));
    }
    WEFT_PARK(&self->queue->getters);
    if (self->handed) {
        if (WEFT_STATUS() < 0) {
            weft__queue_return(self->queue, self);
        } else {
            weft__queue_unchoose(self->queue, self);
            weft__queue_refill(self->queue);
        }
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
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
