/* handle.c - callbacks: each stands in the ready queue as a task of one step. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

/* Before the call the handle is idle again, and after it nothing is touched: the callback may post
 * it once more, or free it. That is why the step says "suspended". */
static weft_step handle_step(weft_frame *frame, weft_chain *chain)
{
    static const weft_site site = {.name = "callback", .file = "weft/loop.h"};
    const weft_step gone = {.suspended = true};
    if (frame->state == WEFT__DESCRIBE) {
        return weft__other(frame, chain, &site);
    }
    weft_handle *const handle = WEFT_CONTAINER(frame, weft_handle, frame);
    void (*const call)(void *) = __atomic_load_n(&handle->call, __ATOMIC_RELAXED);
    void *const argument = __atomic_load_n(&handle->argument, __ATOMIC_RELAXED);
    handle->task.chain.flags = WEFT__IS_TASK | WEFT__DONE;
    weft_link_remove(&handle->task.sibling);
    if (handle->source == NULL || weft__handle_turn(handle)) {
        call(argument);
    }
    return gone;
}

void weft__handles_init(weft_loop *loop)
{
    weft_link_init(&loop->handles);
    loop->handle_owner.core = &loop->executor.core;
}

/* Atomically: several threads may post one handle, while the loop calls it. */
static void prepare(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument)
{
    __atomic_store_n(&handle->loop, loop, __ATOMIC_RELAXED);
    __atomic_store_n(&handle->call, call, __ATOMIC_RELAXED);
    __atomic_store_n(&handle->argument, argument, __ATOMIC_RELAXED);
}

static void post(weft_handle *handle)
{
    weft_loop *const loop = __atomic_load_n(&handle->loop, __ATOMIC_RELAXED);
    if (!weft_task_is_running(&handle->task)) {
        handle->frame = weft__head(handle_step, NULL);
        weft__task_start(&loop->handle_owner, &loop->handles, &handle->task, &handle->frame);
    }
}

void weft_call_soon(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument)
{
    weft__loop_check_thread(loop, __func__);
    prepare(loop, handle, call, argument);
    post(handle);
}

static void fire(weft_timer *timer)
{
    post(WEFT_CONTAINER(timer, weft_handle, timer));
}

void weft_call_at(weft_loop *loop, weft_handle *handle, weft_time at, void (*call)(void *),
                  void *argument)
{
    weft__loop_check_thread(loop, __func__);
    WEFT_ASSERT(!weft_timer_is_armed(&handle->timer), "weft_handle_cancel() it before");
    prepare(loop, handle, call, argument);
    handle->timer.fire = fire;
    weft_timers_arm(&loop->executor.core.timers, &handle->timer, at);
}

void weft_call_later(weft_loop *loop, weft_handle *handle, weft_time after, void (*call)(void *),
                     void *argument)
{
    weft_call_at(loop, handle, weft_time_add(weft_loop_time(loop), after), call, argument);
}

static void arrived(weft_remote *remote)
{
    post(WEFT_CONTAINER(remote, weft_handle, remote));
}

void weft_call_soon_threadsafe(weft_loop *loop, weft_handle *handle, void (*call)(void *),
                               void *argument)
{
    prepare(loop, handle, call, argument);
    if (__atomic_load_n(&handle->remote.run, __ATOMIC_RELAXED) != arrived) {
        __atomic_store_n(&handle->remote.run, arrived, __ATOMIC_RELAXED);
    }
    weft_post(&loop->executor.core, &handle->remote);
}

bool weft_handle_cancel(weft_handle *handle)
{
    const bool is_armed = weft_timer_is_armed(&handle->timer);
    const bool is_posted = weft_task_is_running(&handle->task);
    if (is_armed || is_posted) {
        weft__loop_check_thread(handle->loop, __func__);
    }
    if (is_armed) {
        weft_timers_cancel(&handle->loop->executor.core.timers, &handle->timer);
    }
    if (is_posted) {
        weft_link_remove(&handle->task.link);
        weft_link_remove(&handle->task.sibling);
        handle->task.chain.flags = WEFT__IS_TASK | WEFT__DONE;
    }
    return is_armed || is_posted;
}
