/* done_callback.h - a function that is told how a task, or a future, ended. */
/* SPDX-License-Identifier: MIT */
/*
 *     static void fetched(void *page, int status);
 *
 *     weft_task_add_done_callback(&slot.task, &callback, fetched, &page);
 *
 * is asyncio's task.add_done_callback(). It is always posted, never called from inside the end of
 * the task: the loop calls it in the next pass, in the order in which callbacks were added, and in
 * their order with those who join the task. Of a task that has ended already it is posted at once.
 *
 * The status is handed over, since the slot may be in use again by then; and so it has been read: a
 * failure that a done callback is told of is not reported as one that nobody awaited.
 *
 * One that lives in a frame is removed in FINALLY, which does no harm if it was called or never added:
 *
 *     WEFT_FINALLY:
 *         weft_task_remove_done_callback(&slot.task, &self->callback);
 *
 * It waits in the row of those who are told of the task's end (core.h), so it costs the task nothing.
 */
#ifndef WEFT_DONE_CALLBACK_H
#define WEFT_DONE_CALLBACK_H

#include <weft/callback.h>
#include <weft/waiter.h>

/** A done callback. Zeroed: of nothing. It must stay where it is until it was called or removed. */
typedef struct weft_done_callback {
    void (*done)(void *argument, int status);
    void *argument;
    /* private: */
    weft_callback callback;
    union {
        weft_owner watcher; /* of a task */
        weft_waiter waiter; /* of a future */
    };
} weft_done_callback;

WEFT__BEGIN_C

#if !WEFT_BARE
/**
 * Has `done(argument, status)` called by the loop after a task has ended. When it is called the
 * callback is idle again: it may be added anew, or freed.
 *
 * @param task  Was spawned; it may have ended, as long as its loop is there.
 * @param callback  Is not under way.
 * Context: loop. Cost: O(1), no allocation. It sees the context variables of who adds it.
 */
static inline void weft_task_add_done_callback(weft_task *task, weft_done_callback *callback,
                                               void (*done)(void *argument, int status),
                                               void *argument);

/**
 * Takes back a callback that was added to this task, also when it is posted already.
 *
 * @return true if it will not be called; false: it was, or was never added.
 * Context: loop. Cost: O(1).
 */
static inline bool weft_task_remove_done_callback(weft_task *task, weft_done_callback *callback);
#endif

/** True until it is called or removed. */
static inline bool weft_done_callback_is_pending(const weft_done_callback *callback)
{
    return weft__callback_waits(&callback->callback);
}

#if WEFT_CONTEXT
/** Gives one that is pending another context than that of who added it; NULL: none. */
static inline void weft_done_callback_set_context(weft_done_callback *callback,
                                                  weft_binding *context)
{
    weft_callback_set_context(&callback->callback, context);
}
#endif

/* How it is done. */

static inline void weft__done_call(void *pointer)
{
    const weft_done_callback *const callback = (const weft_done_callback *)pointer;
    callback->done(callback->argument, callback->callback.task.chain.status);
}

static inline void weft__done_begin(weft_core *core, weft_done_callback *callback,
                                    void (*done)(void *, int), void *argument)
{
    WEFT_ASSERT(!weft_done_callback_is_pending(callback),
                "this callback is under way: each is added once, give every one its own");
    callback->done = done;
    callback->argument = argument;
    callback->callback.call = weft__done_call;
    callback->callback.argument = callback;
    weft__callback_begin(&core->callbacks, &callback->callback);
    weft__callback_look(&callback->callback, core);
}

#if !WEFT_BARE
static inline void weft__done_ended(weft_owner *watcher, weft_task *task)
{
    weft_done_callback *const callback = WEFT_CONTAINER(watcher, weft_done_callback, watcher);
    task->chain.flags |= WEFT__WAS_JOINED;
    weft__callback_ready(&callback->callback, task->status);
}

static inline void weft_task_add_done_callback(weft_task *task, weft_done_callback *callback,
                                               void (*done)(void *argument, int status),
                                               void *argument)
{
    WEFT_ASSERT(task->owner != NULL, "this task was never spawned: weft_spawn() it first");
    weft__done_begin(weft_task_core(task), callback, done, argument);
    if (weft_task_is_done(task)) {
        weft__callback_ready(&callback->callback, task->status);
    } else {
        callback->watcher.ended = weft__done_ended;
        weft__watch_end(task, &callback->watcher);
    }
}

static inline bool weft_task_remove_done_callback(weft_task *task, weft_done_callback *callback)
{
    if ((callback->callback.task.chain.wait & WEFT__PARKED) == 0) {
        return weft_callback_cancel(&callback->callback);
    }
    weft__unwatch_end(task, &callback->watcher);
    weft__callback_idle(&callback->callback);
    return true;
}
#endif

WEFT__END_C

#endif
