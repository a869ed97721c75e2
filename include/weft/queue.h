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

#include <weft/at_once.h>
#include <weft/generator.h>
#include <weft/queue_room.h>

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

#define WEFT__FIRST_OF_weft_put , WEFT__CALL_FIRST
#define WEFT__FIRST_OF_weft_get , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_put);
static WEFT_DECLARE(weft_get);

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

/* Promises an item that is free to the getter that waits longest: it takes it behind its wait. False:
 * none waits, or none is free. By a task of `core`; NULL: by anybody. */
static inline bool weft__queue_promise_next(weft_queue *queue, weft_core *core)
{
    weft_task *const task = weft_first_waiter(&queue->getters);
    if (task == NULL || queue->count <= queue->promised) {
        return false;
    }
    ((struct weft_get *)(void *)task->chain.top)->is_chosen = true;
    queue->promised++;
    if (core != NULL) {
        weft__wake_near(core, task);
    } else {
        weft_wake(task);
    }
    weft__still_touches(task, queue);
    return true;
}

/* After a change: if nothing can come any more, all are told. */
static inline void weft__queue_serve(weft_queue *queue)
{
    if (!weft__queue_promise_next(queue, NULL) && queue->is_shut_down && queue->count == 0) {
        for (weft_task *task; (task = weft_first_waiter(&queue->getters)) != NULL;) {
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

/* Takes the first in where a putter waits: so it is full, and the room of the one is that of the other. */
static WEFT__APART weft_step weft__queue_replace(weft_queue *queue, void *item)
{
    unsigned char *const place = weft__queue_begin(queue);
    weft_task *const task = WEFT_CONTAINER(queue->putters.next, weft_task, link);
    weft__item_copy(item, place, queue->item_bytes);
    weft__item_copy(place, ((struct weft_put *)(void *)task->chain.top)->item, queue->item_bytes);
    weft__queue_advance(queue);
    queue->unfinished++;
    (void)weft__queue_promise_next(queue, NULL);
    weft__wake_caller(task);
    return weft__back();
}

/* There is an item: takes it, and the putter that waits longest has its room. In any order, and also the
 * last one of a queue that is shut down. */
static WEFT__APART void weft__queue_take_any(weft_queue *queue, void *item)
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
    } else {
        weft__queue_serve(queue);
    }
}

static WEFT__WITHIN void weft__queue_take(weft_queue *queue, void *item)
{
    if (WEFT__SMALL || WEFT__RARE(queue->order != NULL || queue->is_shut_down)) {
        weft__queue_take_any(queue, item);
    } else if (!weft_link_is_empty(&queue->putters)) {
        (void)weft__queue_replace(queue, item);
    } else if (weft__item_move(item, weft__queue_begin(queue), queue->item_bytes)) {
        weft__queue_advance(queue);
        queue->count--;
    } else {
        weft__queue_take_any(queue, item);
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

/* --- their first steps: see at_once.h ---------------------------------------------------------- */

static WEFT__APART weft_step weft__put_slowly(struct weft_put *self, weft_chain *chain,
                                              weft_queue *queue, const void *item)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_put, .queue = queue, .item = item);
}

/* An item of any size, in any order; there is room. */
static WEFT__APART weft_step weft__put_any(struct weft_put *self, weft_chain *chain,
                                           weft_queue *queue, const void *item)
{
    weft__queue_add(queue, item);
    return weft__done_at_once(&self->weft, chain);
}

static WEFT__APART weft_step weft__first_weft_put(struct weft_put *self, weft_chain *chain,
                                                  weft_queue *queue, const void *item)
{
    weft_core *const core = weft__begins_at_once(chain);
    if (WEFT__RARE(core == NULL || queue == NULL || item == NULL || queue->is_shut_down)) {
        return weft__put_slowly(self, chain, queue, item);
    }
    if (weft_queue_is_full(queue)) {
        if (WEFT_ASSERTS && WEFT__RARE(queue->capacity == 0)) {
            return weft__put_slowly(self, chain, queue, item);
        }
        self->queue = queue;
        self->item = item;
        return WEFT__WAIT_FIRST(&self->weft, weft_put, chain, &queue->putters);
    }
    if (WEFT__RARE(queue->order != NULL || !weft__item_move(weft__queue_at(queue, queue->count),
                                                            item, queue->item_bytes))) {
        return weft__put_any(self, chain, queue, item);
    }
    queue->count++;
    queue->unfinished++;
    (void)weft__queue_promise_next(queue, core);
    return weft__done_at_once(&self->weft, chain);
}
WEFT__FIRST_STEP(weft_put, given.queue, given.item)

static WEFT__APART weft_step weft__get_slowly(struct weft_get *self, weft_chain *chain,
                                              weft_queue *queue, void *item)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_get, .queue = queue, .item = item);
}

static WEFT__APART weft_step weft__get_any(struct weft_get *self, weft_chain *chain,
                                           weft_queue *queue, void *item)
{
    weft__queue_take_any(queue, item);
    return weft__done_at_once(&self->weft, chain);
}

static WEFT__APART weft_step weft__first_weft_get(struct weft_get *self, weft_chain *chain,
                                                  weft_queue *queue, void *item)
{
    if (WEFT__RARE(!weft__begins_at_once(chain) || queue == NULL || item == NULL)) {
        return weft__get_slowly(self, chain, queue, item);
    }
    if (weft_queue_is_empty(queue)) {
        if (WEFT__RARE(queue->is_shut_down || (WEFT_ASSERTS && queue->capacity == 0))) {
            return weft__get_slowly(self, chain, queue, item);
        }
        self->queue = queue;
        self->item = item;
        self->is_chosen = false;
        return WEFT__WAIT_FIRST(&self->weft, weft_get, chain, &queue->getters);
    }
    if (WEFT__RARE(queue->order != NULL || queue->is_shut_down)) {
        return weft__get_any(self, chain, queue, item);
    }
    if (!weft_link_is_empty(&queue->putters)) {
        (void)weft__done_at_once(&self->weft, chain);
        return weft__queue_replace(queue, item);
    }
    if (WEFT__RARE(!weft__item_move(item, weft__queue_begin(queue), queue->item_bytes))) {
        return weft__get_any(self, chain, queue, item);
    }
    weft__queue_advance(queue);
    queue->count--;
    return weft__done_at_once(&self->weft, chain);
}
WEFT__FIRST_STEP(weft_get, given.queue, given.item)

static inline WEFT_ASYNC(weft_put, self)
{
    WEFT_ASSERT(self->queue != NULL && self->item != NULL, "a queue, and an item for it");
    WEFT_ASSERT(self->queue->capacity > 0, "weft_queue_init() the queue first");
    WEFT_CHECKPOINT();
    if (!weft_queue_is_full(self->queue) || self->queue->is_shut_down) {
        WEFT_RETURN_STATUS(weft_put_nowait(self->queue, self->item));
    }
    WEFT__PARK_FIRST(&self->queue->putters);
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
    WEFT__PARK_FIRST(&self->queue->getters);
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
