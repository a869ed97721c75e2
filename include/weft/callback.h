/* callback.h - a function that the loop calls in its next pass. */
/* SPDX-License-Identifier: MIT */
/*
 * asyncio's call_soon(), for every executor, with storage of yours:
 *
 *     static void redraw(void *screen);
 *     static weft_callback callback;
 *
 *     weft_callback_post(core, &callback, redraw, &screen);
 *
 * Why not call it at once? Because whoever posts stands in the middle of something: a list that it
 * walks, a lock that it holds, ten such calls deep in the C stack. From the loop a callback is called
 * with nothing around it, and one that posts another adds nothing to the stack: the ready queue is
 * the *trampoline* from which they all bounce off.
 *
 *     core.ready <-> task.link <-> callback.task.link <-> task.link      one queue, one order
 *
 * For it stands in the ready queue as a task of one step. It has no owner and no frame to unwind, so
 * it cannot be cancelled like a task, only taken back; and no deadlock is found as long as one is to
 * be called. In an order that testing.h permutes, callbacks keep their place.
 *
 * A callback sees the context variables of who posted it (context.h), by weft_current_context(core).
 * If that one has left the block of a binding meanwhile, it sees what is bound around that block.
 */
#ifndef WEFT_CALLBACK_H
#define WEFT_CALLBACK_H

#include <weft/task.h>

/** A callback. Zeroed: not posted. It must stay where it is until it was called or taken back: one
 *  that lives in a frame is cancelled in FINALLY. */
typedef struct weft_callback {
    void (*call)(void *argument);
    void *argument;
    /* private: */
    weft_task task;
    weft_frame frame;
#if WEFT_CONTEXT
    weft__view view;
#endif
} weft_callback;

WEFT__BEGIN_C

/* True from when it has begun to wait until it is called or taken back. */
static inline bool weft__callback_waits(const weft_callback *callback)
{
    return (callback->task.chain.wait & (WEFT__PARKED | WEFT__READY)) != 0;
}

/** True from the post until it is called or taken back. */
static inline bool weft_callback_is_posted(const weft_callback *callback)
{
    return (callback->task.chain.wait & WEFT__READY) != 0;
}

/**
 * Has `call(argument)` called in the next pass, behind all that is ready and posted before. One that
 * is posted already keeps its place, and is called once, with what was given last, and its context.
 *
 * When it is called it is idle again: it may post itself once more, or free itself. A run until all
 * tasks have ended goes on until every callback was called, too.
 *
 * Context: loop; for others weft_post(). Cost: O(1), no allocation.
 */
static inline void weft_callback_post(weft_core *core, weft_callback *callback,
                                      void (*call)(void *argument), void *argument);

/** Takes a callback back. @return true if it will not be called; false: it was, or was not posted. */
static inline bool weft_callback_cancel(weft_callback *callback);

#if WEFT_CONTEXT
/** Gives a callback that is posted another context than that of who posted it; NULL: none. */
static inline void weft_callback_set_context(weft_callback *callback, weft_binding *context)
{
    WEFT_ASSERT(weft__callback_waits(callback), "post it first: it sees what is bound there");
    weft__view_set(&callback->view, context);
}
#endif

/* How it is done. */

/* It sees what the one sees who runs. */
static inline void weft__callback_look(weft_callback *callback, const weft_core *core)
{
#if WEFT_CONTEXT
    weft__view_set(&callback->view, weft_current_context(core));
#else
    (void)callback, (void)core;
#endif
}

/* It waits no longer to be called. */
static inline void weft__callback_idle(weft_callback *callback)
{
    callback->task.chain.flags = 0;
    callback->task.chain.wait = 0;
#if WEFT_CONTEXT
    weft__view_set(&callback->view, NULL);
#endif
#if WEFT_DEBUG
    weft__unnote(&callback->task.held);
#endif
}

/* `current` stands for the callback while it is called, since that may free itself. What it sees
 * needs not be kept: no block is left meanwhile. */
static inline void weft__callback_call(weft_callback *callback)
{
    weft__callbacks *const owner = weft__callbacks_of(&callback->task);
    weft_core *const core = weft_task_core(&callback->task);
    void (*const call)(void *) = callback->call;
    void *const argument = callback->argument;
    weft_task current;
    weft__task_clear(&current);
    current.chain.flags = WEFT__DRIVEN;
    weft__belongs_to_callbacks(&current, owner);
#if WEFT_CONTEXT
    current.context = callback->view.context;
#endif
    weft__callback_idle(callback);
    owner->posted--;
    weft_link_remove(&callback->task.link);
    weft__link_append(core->upcoming, &current.link);
    core->place = &current.link;
    core->current = &current;
    call(argument);
    weft__link_leave(&current.link);
    core->current = NULL;
}

/* "Suspended": so that nothing of it is touched any more. */
__attribute__((unused)) static weft_step weft__callback_step(weft_frame *frame, weft_chain *chain)
{
    const weft_step gone = {WEFT__WAITS};
    struct callback { /* its name, and how much of it is its frame */
        weft_frame frame;
    };
    WEFT__SITE(callback);
    if (WEFT_NAMES && frame->state == WEFT__DESCRIBE) {
        return weft__other(frame, chain, WEFT__SITE_ADDRESS);
    }
    weft__callback_call(WEFT_CONTAINER(frame, weft_callback, frame));
    return gone;
}

/* Makes it a task that waits. */
static inline void weft__callback_begin(weft__callbacks *owner, weft_callback *callback)
{
    weft_task *const task = &callback->task;
    weft__task_clear(task);
    task->chain.top = &callback->frame;
    task->chain.flags = WEFT__IS_TASK | WEFT__DRIVEN;
    task->chain.wait = WEFT__PARKED;
    weft__belongs_to_callbacks(task, owner);
    callback->frame = weft__head(weft__callback_step, NULL);
#if WEFT_DEBUG
    weft__note(&weft_task_core(task)->notes, &task->held, callback, WEFT__HELD_CALLBACK);
#endif
}

/* And one that is ready. */
static inline void weft__callback_ready(weft_callback *callback, int status)
{
    callback->task.chain.wait = WEFT__READY;
    callback->task.chain.status = (int16_t)status;
    weft__link_append(weft_task_core(&callback->task)->place, &callback->task.link);
    weft__callbacks_of(&callback->task)->posted++;
}

static inline void weft_callback_post(weft_core *core, weft_callback *callback,
                                      void (*call)(void *argument), void *argument)
{
    callback->call = call;
    callback->argument = argument;
    if (!weft_callback_is_posted(callback)) {
        weft__callback_begin(&core->callbacks, callback);
        weft__callback_ready(callback, 0);
    }
    weft__callback_look(callback, core);
}

static inline bool weft_callback_cancel(weft_callback *callback)
{
    if (!weft_callback_is_posted(callback)) {
        return false;
    }
    weft__callbacks_of(&callback->task)->posted--;
    weft__ready_remove(weft_task_core(&callback->task), &callback->task.link);
    weft__callback_idle(callback);
    return true;
}

WEFT__END_C

#endif
