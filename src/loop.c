/* loop.c - the loop itself: made, run, closed. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <time.h>
#include <unistd.h>

const char WEFT__BUILT_WITH = 0;
_Thread_local weft_loop *weft__running;
static unsigned fork_generation;

static void forked(void)
{
    fork_generation++;
    weft__running = NULL;
    weft__signals_forked();
}

/* Once is enough; if two threads come here at once, twice does no harm. */
static bool watch_forks(void)
{
    static bool is_watched;
    if (!__atomic_load_n(&is_watched, __ATOMIC_RELAXED)) {
        if (pthread_atfork(NULL, NULL, forked) != 0) {
            return false;
        }
        __atomic_store_n(&is_watched, true, __ATOMIC_RELAXED);
    }
    return true;
}

/* After fork() the child shares the parent's epoll set and pipe, which it must leave alone. */
bool weft__is_forked(const weft_loop *loop)
{
    return loop->fork_generation != fork_generation;
}

weft_time weft__now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (weft_time)now.tv_sec * WEFT_S(1) + now.tv_nsec;
}

/* --- the port --------------------------------------------------------------------------------- */

static weft_time port_now(void *context)
{
    (void)context;
    return weft__now();
}

/* Nobody is there who could ever wake a task: no descriptor that is awaited, no signal handler, no
 * job and no other thread. */
static bool is_alone(const weft_loop *loop)
{
    return !loop->is_forever && loop->awaited == 0 && loop->signal_handlers == 0 &&
           loop->jobs == 0 && loop->executor.core.outside == 0 &&
           (__libc_single_threaded != 0 || weft__pool_is_alone());
}

static void check_step(weft_loop *loop);

static bool has_work(weft_loop *loop)
{
    return !weft_link_is_empty(&loop->executor.core.ready) || loop->executor.is_stopped ||
           weft_executor_is_woken(&loop->executor);
}

/* There are descriptors, or something is in the only one of a loop that has none: its pipe. */
static bool may_see_something(const weft_loop *loop)
{
    return loop->sources.next != loop->sources.prev ||
           __atomic_load_n(&loop->was_woken, __ATOMIC_RELAXED);
}

/* Looks again and again for what comes soon: true if something came. */
static bool spin(weft_loop *loop, weft_time now, weft_time until)
{
    const weft_time at = until < now + loop->spin ? until : now + loop->spin;
    while (!has_work(loop) && weft__now() < at) {
        loop->backend->wait(loop, 0);
        if (loop->wake_source.may_read) {
            return true;
        }
    }
    return has_work(loop);
}

/* Waits until something comes or it is time; with a spin before it if the last wait was short. */
static void wait_or_spin(weft_loop *loop, weft_time until)
{
    if (until == WEFT_FOREVER && loop->spin == 0) {
        loop->backend->wait(loop, WEFT_FOREVER);
        return;
    }
    const weft_time began = weft__now();
    if (until <= began) {
        loop->backend->wait(loop, 0);
    } else if (!loop->spins || !spin(loop, began, until)) {
        const weft_time now = loop->spins ? weft__now() : began;
        loop->backend->wait(loop, until == WEFT_FOREVER ? WEFT_FOREVER
                                  : until > now         ? until - now
                                                        : 0);
        loop->spins = loop->spin > 0 && weft__now() - began < loop->spin;
    }
}

static void empty_wake_pipe(weft_loop *loop)
{
    char bytes[64];
    __atomic_store_n(&loop->was_woken, false, __ATOMIC_RELAXED);
    while (read(loop->wake_pipe[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes) {
    }
    loop->wake_source.may_read = false;
}

static bool port_sleep_until(void *context, weft_time at)
{
    weft_loop *const loop = context;
    WEFT_ASSERT(!weft__is_forked(loop), "this loop was made before fork(): _exit() in the child");
    if (loop->debug) {
        check_step(loop);
    }
    weft__flush_turn(loop); /* which may make tasks ready, or wait for room */
    const bool is_busy = has_work(loop);
    if (at == WEFT_FOREVER && loop->wait_until == WEFT_FOREVER && is_alone(loop) && !is_busy) {
        return false;
    }
    if (!is_busy) {
        wait_or_spin(loop, at < loop->wait_until ? at : loop->wait_until);
    } else if (may_see_something(loop)) {
        loop->backend->wait(loop, 0);
    }
    if (loop->wake_source.may_read) {
        empty_wake_pipe(loop);
    }
    return true;
}

static void port_wake(void *context)
{
    weft_loop *const loop = context;
    if (!weft__is_forked(loop)) {
        while (write(loop->wake_pipe[1], "", 1) < 0 && errno == EINTR) {
        } /* EAGAIN: it is full, so the loop is awake already */
        __atomic_store_n(&loop->was_woken, true, __ATOMIC_RELAXED);
    }
}

static const weft_port port = {port_now, port_sleep_until, port_wake};

weft_loop *weft__loop_of(weft_core *core)
{
    weft_executor *const executor = weft__executor_of(core);
    WEFT_ASSERT(core->port == &port, "this needs an operating system's loop: see loop.h");
    return WEFT_CONTAINER(executor, weft_loop, executor);
}

/* --- debug mode ------------------------------------------------------------------------------- */

/* The step that ran last, if it was a slow one. */
static void check_step(weft_loop *loop)
{
    const weft_time now = weft__now();
    if (loop->has_step && now - loop->step_began > loop->slow_step) {
        const weft_site *const site = weft_describe(loop->step_in);
        const weft_report report = {.message = "a step took long: give the others their turn, or "
                                               "use the thread pool",
                                    .function = site != NULL ? site->name : "?",
                                    .file = site != NULL ? site->file : "?",
                                    .line = loop->step_line};
        weft__loop_report(&loop->executor.core, &report);
    }
    loop->has_step = false;
    loop->step_began = now;
}

#if WEFT_HOOKS
static void step_begins(weft_executor *executor, weft_task *task)
{
    weft_loop *const loop = WEFT_CONTAINER(executor, weft_loop, executor);
    check_step(loop);
    loop->has_step = true; /* behind it the task may be gone */
    loop->step_in = task->chain.top->step;
#if WEFT_LINES
    loop->step_line = task->chain.top->line;
#endif
}
#endif

void weft_loop_set_debug(weft_loop *loop, bool debug)
{
    loop->debug = debug;
    loop->has_step = false;
#if WEFT_HOOKS
    weft__set_traced(&loop->executor, debug ? step_begins : NULL);
#endif
}

void weft__loop_check_thread(const weft_loop *loop, const char *function)
{
    if (WEFT__RARE(loop->debug) && !pthread_equal(loop->thread, pthread_self())) {
        WEFT_STOP(__FILE__, __LINE__, function,
                  "called from another thread: use weft_call_soon_threadsafe()");
    }
}

/* --- made and closed -------------------------------------------------------------------------- */

static const weft_backend *choose_backend(const char *name)
{
    static const weft_backend *const all[] = {&weft__backend_epoll, &weft__backend_poll};
    if (name == NULL) {
        name = getenv("WEFT_BACKEND");
    }
    if (name == NULL || *name == '\0') {
        return all[0];
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->name, name) == 0) {
            return all[i];
        }
    }
    return NULL;
}

static int open_wake_pipe(weft_loop *loop)
{
    if (pipe2(loop->wake_pipe, O_NONBLOCK | O_CLOEXEC) < 0) {
        return -errno;
    }
    const int status = weft_source_open(&loop->wake_source, loop, loop->wake_pipe[0]);
    if (status < 0) {
        close(loop->wake_pipe[0]);
        close(loop->wake_pipe[1]);
        return status;
    }
    /* poll(2) asks only for what is awaited: this always is. */
    loop->wake_source.is_awaited = true;
    loop->wake_source.may_read = false;
    return 0;
}

int weft__loop_new(const char *built_with, weft_loop **ret_loop, const weft_loop_desc *desc)
{
    (void)built_with; /* the linker has compared it */
    const weft_loop_desc defaults = {.backend = NULL};
    const weft_backend *const backend = choose_backend((desc ? desc : &defaults)->backend);
    weft_loop *const loop = backend != NULL && watch_forks() ? calloc(1, sizeof *loop) : NULL;
    if (loop == NULL) {
        return backend == NULL ? -EINVAL : WEFT_ENOMEM;
    }
    desc = desc != NULL ? desc : &defaults;
    loop->backend = backend;
    loop->thread = pthread_self();
    loop->fork_generation = fork_generation;
    loop->wait_until = WEFT_FOREVER;
    loop->slow_step = desc->slow_step > 0 ? desc->slow_step : WEFT_MS(100);
    loop->pool_threads = desc->threads;
    loop->spin = desc->spin;
    weft_link_init(&loop->sources);
    weft_link_init(&loop->waiting);
    weft_link_init(&loop->to_flush);
    weft_executor_init(&loop->executor, &port, loop);
    loop->executor.core.report = weft__loop_report;
    loop->handles.owner.core = &loop->executor.core;
    int status = backend->open(loop);
    if (status == 0) {
        status = open_wake_pipe(loop);
        if (status < 0) {
            backend->close(loop);
        }
    }
    if (status < 0) {
        free(loop);
        return status == -ENOMEM ? WEFT_ENOMEM : status;
    }
    weft_loop_set_debug(loop, desc->debug || getenv("WEFT_DEBUG") != NULL);
    *ret_loop = loop;
    return 0;
}

static void cancel_leftovers(weft_loop *loop)
{
    weft_loop *const outer = weft__running; /* another one of this thread may close it */
    int status;
    weft_group_cancel_because(&loop->executor.group, "the loop closes");
    weft__running = loop;
    do {
        status = weft_executor_run(&loop->executor);
    } while (status == WEFT_ESTOPPED);
    if (status == WEFT_EDEADLOCK) {
        const weft_report report = {.message = "tasks are left at the close of the loop: their "
                                               "cleanup waits for something that never comes"};
        weft__loop_report(&loop->executor.core, &report);
        weft__loop_dump(loop);
    }
    weft__running = outer;
}

/* Callbacks that were not called any more, and sources left open: they outlive the loop. */
static void let_go(weft_loop *loop)
{
    const weft_link *const ready = &loop->executor.core.ready;
    weft_remote_run(&loop->executor.core.remote); /* posted: abandoned jobs, too */
    for (weft_link *link = ready->next, *next; link != ready; link = next) {
        weft_task *const task = WEFT_CONTAINER(link, weft_task, link);
        next = link->next;
        if (task->owner == &loop->handles.owner) {
            weft_handle_cancel(weft__handle_of(link));
        } else if (weft__is_callback(task)) {
            weft_callback_cancel(WEFT_CONTAINER(task, weft_callback, task));
        }
    }
    while (!weft_link_is_empty(&loop->sources)) {
        weft_source_close(WEFT_CONTAINER(loop->sources.next, weft_source, link));
    }
    while (!weft_link_is_empty(&loop->waiting)) {
        weft_handle_cancel(weft__handle_of(loop->waiting.next));
    }
}

void weft_loop_close(weft_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    WEFT_ASSERT(!loop->executor.is_running, "the loop runs: stop it before it is closed");
    if (!weft__is_forked(loop)) {
        loop->thread = pthread_self();
        cancel_leftovers(loop);
        weft__pool_close(loop);
        weft__signals_close(loop);
        let_go(loop);
    }
    close(loop->wake_pipe[0]);
    close(loop->wake_pipe[1]);
    loop->backend->close(loop);
    weft__stock_free(&loop->stock);
    free(loop);
}

/* --- asked ------------------------------------------------------------------------------------ */

weft_time weft_loop_time(const weft_loop *loop)
{
    return weft__running == loop ? loop->executor.core.now : weft__now();
}

weft_group *weft_loop_group(weft_loop *loop)
{
    return &loop->executor.group;
}

weft_core *weft_loop_core(weft_loop *loop)
{
    return &loop->executor.core;
}

const char *weft_loop_backend(const weft_loop *loop)
{
    return loop->backend->name;
}

int weft_loop_fd(const weft_loop *loop)
{
    return loop->backend->fd(loop);
}

weft_time weft_loop_timeout(weft_loop *loop)
{
    if (has_work(loop)) {
        return 0;
    }
    const weft_time at = weft_executor_next(&loop->executor), now = weft__now();
    return at == WEFT_FOREVER ? WEFT_FOREVER : at > now ? at - now : 0;
}
