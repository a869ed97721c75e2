/* run.c - a loop runs: until a task has ended, for ever, or for one pass. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>

static void begin(weft_loop *loop)
{
    WEFT_ASSERT(!weft__is_forked(loop), "this loop was made before fork(): make one in the child");
    WEFT_ASSERT(weft__running == NULL, "a loop runs in this thread already: await instead");
    loop->thread = pthread_self();
    weft__running = loop;
}

/* A task that has been started; it has ended behind this in any case. */
static int run_task(weft_loop *loop, weft_task *task)
{
    begin(loop);
    int status = weft_executor_run_until(&loop->executor, task);
    if (!weft_task_is_done(task)) {
        if (status == WEFT_EDEADLOCK) {
            const weft_report report = {.message = "deadlock", .status = status};
            weft__loop_report(&loop->executor.core, &report);
            weft__loop_dump(loop);
        }
        weft_task_cancel_because(task, "its run ended before it: a deadlock, or a stop");
        while (!weft_task_is_done(task)) {
            if (weft_executor_run_until(&loop->executor, task) == WEFT_EDEADLOCK &&
                !weft_task_is_done(task)) {
                WEFT_STOP(__FILE__, __LINE__, __func__,
                          "a deadlock in cleanup: its frame cannot be given up");
            }
        }
    }
    weft__flush_turn(loop);
    weft__running = NULL;
    return status;
}

int weft__loop_run_frame(weft_loop *loop, weft_frame *frame)
{
    weft_task task = WEFT__ZERO;
    const int status = weft__group_start(&loop->executor.group, &task, frame);
    task.chain.flags |= WEFT__WAS_JOINED;
    return status < 0 ? status : run_task(loop, &task);
}

int weft__run_frame(const char *built_with, const weft_loop_desc *desc, weft_frame *frame)
{
    (void)built_with; /* the linker has compared it */
    weft_loop *loop;
    weft_task task = WEFT__ZERO;
    int status = weft_loop_new(&loop, desc);
    if (status < 0) {
        const weft_report report = {
            .message = status == -EINVAL ? "no such back end: it is \"epoll\" or \"poll\", "
                                           "in weft_loop_desc.backend or $WEFT_BACKEND"
                                         : "no event loop",
            .status = status};
        weft__print_report(&report);
        return status;
    }
    status = weft__group_start(&loop->executor.group, &task, frame);
    task.chain.flags |= WEFT__WAS_JOINED;
    if (status == 0) {
        const int has_interrupt = weft__interrupt_begin(loop, &task);
        status = run_task(loop, &task);
        if (has_interrupt == 0 && weft__interrupt_end(loop) && status == WEFT_ECANCELED) {
            status = -EINTR;
        } else if (status < 0 && status != WEFT_ECANCELED && status != WEFT_EDEADLOCK &&
                   status != WEFT_ESTOPPED) {
            weft__report(&loop->executor.core, &task, NULL, "the main task failed", status);
        }
    }
    weft_loop_close(loop);
    return status;
}

/* Passes that nothing but a stop ends. */
static void begin_passes(weft_loop *loop)
{
    begin(loop);
    loop->is_forever = true;
    loop->executor.is_running = true;
    loop->executor.core.now = weft__now();
    loop->executor.until_poll = 0;
}

static void end_passes(weft_loop *loop)
{
    weft__flush_turn(loop);
    loop->executor.is_running = false;
    loop->executor.is_stopped = false;
    loop->is_forever = false;
    weft__running = NULL;
}

int weft_loop_run_forever(weft_loop *loop)
{
    begin_passes(loop);
    do {
        weft__pass(&loop->executor);
    } while (!loop->executor.is_stopped);
    end_passes(loop);
    return 0;
}

int weft_loop_run_once(weft_loop *loop, weft_time at_most)
{
    begin_passes(loop);
    loop->wait_until = weft_time_add(loop->executor.core.now, at_most);
    weft__pass(&loop->executor);
    loop->wait_until = WEFT_FOREVER;
    end_passes(loop);
    return 0;
}

void weft_loop_stop(weft_loop *loop)
{
    weft__loop_check_thread(loop, __func__);
    weft_executor_stop(&loop->executor);
}

bool weft_loop_is_running(const weft_loop *loop)
{
    return weft__running == loop;
}

weft_loop *weft_loop_running(void)
{
    return weft__running;
}
