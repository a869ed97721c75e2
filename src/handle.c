/* handle.c - callbacks of the loop: now, later, from another thread. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

static void keep(weft_handle *handle);

static void called(void *pointer)
{
    weft_handle *const handle = pointer;
    void (*const call)(void *) = __atomic_load_n(&handle->call, __ATOMIC_RELAXED);
    void *const argument = __atomic_load_n(&handle->argument, __ATOMIC_RELAXED);
    if (handle->stays || weft_timer_is_armed(&handle->timer)) {
        keep(handle); /* before the call, which may free it; it sees what this one sees */
    }
    if (handle->source == NULL || weft__handle_turn(handle)) {
        call(argument);
    }
}

/* Atomically: several threads may post one handle, while the loop calls it. */
static void prepare(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument)
{
    __atomic_store_n(&handle->loop, loop, __ATOMIC_RELAXED);
    __atomic_store_n(&handle->call, call, __ATOMIC_RELAXED);
    __atomic_store_n(&handle->argument, argument, __ATOMIC_RELAXED);
}

/* It will be called, and sees the context of who runs. The loop may be closed before: so its owner is
 * not that of a weft_callback, but one that nobody asks how many are posted. */
static void begin(weft_handle *handle)
{
    weft_loop *const loop = __atomic_load_n(&handle->loop, __ATOMIC_RELAXED);
    if (!weft__callback_waits(&handle->callback)) {
        handle->callback.call = called;
        handle->callback.argument = handle;
        weft__callback_begin(&loop->handles, &handle->callback);
    }
    weft__callback_look(&handle->callback, &loop->executor.core);
}

/* The same, and not in the next pass: the close of the loop takes it back. */
static void keep(weft_handle *handle)
{
    begin(handle);
    if (weft_link_is_empty(&handle->callback.task.link)) {
        weft_link_insert(&handle->loop->waiting, &handle->callback.task.link);
    }
}

weft_handle *weft__handle_of(weft_link *waiting)
{
    return WEFT_CONTAINER(waiting, weft_handle, callback.task.link);
}

/* It is called in the next pass. What had not begun is another thread's: nobody runs, it sees nothing. */
static void post(weft_handle *handle)
{
    if (!weft__callback_waits(&handle->callback)) {
        begin(handle);
    }
    if (!weft_callback_is_posted(&handle->callback)) {
        weft_link_remove(&handle->callback.task.link);
        weft__callback_ready(&handle->callback, 0);
    }
}

void weft__handle_begin(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument)
{
    prepare(loop, handle, call, argument);
    handle->stays = true;
    keep(handle);
}

void weft__handle_post(weft_handle *handle)
{
    post(handle);
}

void weft_call_soon(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument)
{
    weft__loop_check_thread(loop, __func__);
    prepare(loop, handle, call, argument);
    begin(handle);
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
    keep(handle);
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
    if (!weft__callback_waits(&handle->callback)) {
        return false;
    }
    weft__loop_check_thread(handle->loop, __func__);
    if (is_armed) {
        weft_timers_cancel(&handle->loop->executor.core.timers, &handle->timer);
    }
    if (weft_callback_cancel(&handle->callback)) {
        return true;
    }
    weft_link_remove(&handle->callback.task.link);
    weft__callback_idle(&handle->callback);
    return is_armed;
}
