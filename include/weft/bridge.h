/* bridge.h - between callbacks and coroutines, in both directions. */
/* SPDX-License-Identifier: MIT */
/*
 * A function that takes a callback is told what the program does next: its *continuation*. A frame is
 * the same as a struct: its state says what comes next, its caller who goes on after it. So one is
 * made into the other. To await what calls back, say how it is started:
 *
 *     static int start(void *context, weft_completion *completion)
 *     {
 *         struct lookup *const self = context;
 *         return resolver_query(self->name, answered, completion);  // negative: not begun
 *     }
 *
 *     static void answered(void *completion, int error)             // it calls this, once
 *     {
 *         weft_complete(completion, error);
 *     }
 *
 *     WEFT_TRY(self->call, weft_await_callback, start, self);
 *
 * To give a callback for a coroutine, to those who know nothing of coroutines:
 *
 *     weft_spawn_then(group, &slot, &callback, done, context, lookup, "example.org");
 *
 * starts it, and calls done(context, status) after it has ended.
 */
#ifndef WEFT_BRIDGE_H
#define WEFT_BRIDGE_H

#include <weft/done_callback.h>
#include <weft/executor.h>

/** An operation that will call back. It is a member of the frame that awaits it; hand its address to
 *  the operation, as what it gives to the callback. */
typedef struct weft_completion {
    /* private: */
    weft_remote remote;
    weft_core *core;
    weft_task *task;
    int16_t status;
    bool has_come;
} weft_completion;

/**
 * Starts an operation, and waits until it has called back.
 *
 *            start < 0                            it has called back
 *     (call) ─────────> ended      (call) ──> waits ───────────────> ended: the status it told
 *                                               │ cancelled            ^
 *                                               └> cancel() ──> holds ─┘ a failure: WEFT_ECANCELED
 *
 * The frame is not given up before the callback has come, since it would come into freed memory. So
 * a cancelled wait calls `cancel`, which asks the operation to stop, and goes on waiting; that what
 * then comes is a failure is the cancellation, and a success is a success: the cancellation meets
 * the next wait. Without `cancel` nothing can be asked to stop: it waits until the end.
 *
 * `start` may complete at once: then nothing suspends. In a task that is cancelled already it is not
 * called. `cancel` may complete at once, too: it must, if the callback will then never come. It may
 * be called when the callback is under way from another thread.
 *
 * Status:  what was completed with, or what `start` returned, if it is negative; WEFT_ECANCELED.
 * Context: coroutine; start and cancel are called in it, and must not wait.
 * Cost:    O(1), no allocation.
 */
struct weft_await_callback {
    WEFT_FRAME;
    int (*start)(void *context, weft_completion *completion);
    void *context;
    void (*cancel)(void *context, weft_completion *completion); /* or NULL */
    /* private: */
    weft_completion completion;
    bool was_cancelled;
};

WEFT__BEGIN_C

/**
 * Says that the operation has ended: the one who awaits it goes on, in the next pass.
 *
 * @param status  0 or negative. Other results go where both sides know of, before.
 * Context: loop; start and cancel, too. Once for each. Cost: O(1).
 */
static inline void weft_complete(weft_completion *completion, int status);

/** The same from another thread or an interrupt. Never fails. What was written before it is seen by
 *  the one who awaits. Behind it nothing of the operation is touched. */
static inline void weft_complete_threadsafe(weft_completion *completion, int status);

#if !WEFT_BARE
/**
 * Starts a coroutine, and has `done(context, status)` called by the loop after it has ended.
 *
 *     int weft_spawn_then(weft_group *group, WEFT_TASK(fn) *slot, weft_done_callback *callback,
 *                         void (*done)(void *context, int status), void *context, fn, arguments…);
 *
 * @return as weft_spawn(); negative: it was not started, and done is not called. Else it is called
 *         once, whatever happens, unless weft_task_remove_done_callback() takes it back; what the
 *         coroutine gave stands in slot->frame.
 * Context: loop. Cost: O(1), no allocation.
 */
#define weft_spawn_then(group, slot, callback, done, context, ...)                                 \
    weft__spawn_then(weft_spawn(group, slot, __VA_ARGS__), &(slot)->task, callback, done, context)
#endif

/* How it is done. */

#if !WEFT_BARE
static inline int weft__spawn_then(int status, weft_task *task, weft_done_callback *callback,
                                   void (*done)(void *context, int status), void *context)
{
    if (status >= 0) {
        weft_task_add_done_callback(task, callback, done, context);
    }
    return status;
}
#endif

static inline void weft__completion_set(weft_completion *completion, int status)
{
    WEFT_ASSERT(status <= 0 && status >= INT16_MIN,
                "complete with 0, -errno or a code of status.h");
    completion->status = (int16_t)status;
}

static inline void weft__completion_come(weft_remote *remote)
{
    weft_completion *const completion = WEFT_CONTAINER(remote, weft_completion, remote);
    WEFT_ASSERT(completion->task != NULL && !completion->has_come,
                "this operation has called back already, or was never started: once for each");
    completion->has_come = true;
    weft_wake_final(completion->task, 0);
}

static inline void weft_complete(weft_completion *completion, int status)
{
    weft__completion_set(completion, status);
    weft__completion_come(&completion->remote);
}

static inline void weft_complete_threadsafe(weft_completion *completion, int status)
{
    weft__completion_set(completion, status);
    weft_post(completion->core, &completion->remote);
}

static inline void weft__completion_begin(weft_completion *completion, weft_task *task)
{
    completion->remote.run = weft__completion_come;
    completion->core = weft_task_core(task);
    completion->task = task;
}

static inline WEFT_ASYNC(weft_await_callback, self)
{
    WEFT_ASSERT(self->start != NULL, "how is it started?");
    WEFT_CHECKPOINT();
    if (weft__is_pending(weft__c)) {
        WEFT_PARK(NULL); /* it is refused, before the operation could begin */
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    weft__completion_begin(&self->completion, WEFT_SELF());
    {
        const int status = self->start(self->context, &self->completion);
        if (status < 0) {
            WEFT_RETURN_STATUS(status);
        }
    }
    self->completion.core->outside++;
    if (!self->completion.has_come && self->cancel != NULL) {
        WEFT_PARK(NULL);
        if (!self->completion.has_come) {
            self->was_cancelled = true;
            self->cancel(self->context, &self->completion);
        }
    }
    if (!self->completion.has_come) {
        WEFT_HOLD(NULL);
    }
    self->completion.core->outside--;
    if (self->was_cancelled && self->completion.status < 0) {
        WEFT_RETURN_STATUS(WEFT_ECANCELED);
    }
    WEFT_RETURN_STATUS(self->completion.status);
}
WEFT_END

WEFT__END_C

#endif
