/* executor.h - runs what is ready, sleeps until the next deadline. */
/* SPDX-License-Identifier: MIT */
/*
 * The whole of it is a table of contents:
 *
 *     while (there is something to wait for) {
 *         sleep until something happens;      // not at all, if a task is ready
 *         make ready what is due;
 *         run those that are ready now;       // what they make ready runs in the next pass
 *     }
 *
 * What a platform must provide is its *port*, three functions (core.h):
 *
 *     static weft_time now(void *context);
 *     static bool sleep_until(void *context, weft_time at);
 *     static void wake(void *context);
 *
 *     static const weft_port port = { now, sleep_until, wake };
 *     static weft_executor executor;
 *     static WEFT_TASK(blink) left, right;
 *
 *     weft_executor_init(&executor, &port, NULL);
 *     weft_spawn(&executor.group, &left, blink, WEFT_MS(250));
 *     weft_spawn(&executor.group, &right, blink, WEFT_MS(400));
 *     weft_executor_run(&executor);
 *
 * On an operating system loop.h is all of that, ready made.
 */
#ifndef WEFT_EXECUTOR_H
#define WEFT_EXECUTOR_H

#include <weft/generator.h>
#include <weft/join.h>
#include <weft/spawn.h>
#include <weft/timer.h>

typedef struct weft_executor {
#if WEFT_BARE
    __extension__ union {
        weft_core core;
        weft_group group; /* the same: no task is in another */
    };
#else
    weft_core core;
#endif
    uint16_t until_poll; /* private: resumes until the port is asked again, while there is work */
    bool is_running, is_stopped; /* private */
#if WEFT_POLL > 1
    uint16_t between_polls; /* private: resumes, as they are now */
#endif
#if !WEFT_BARE
    weft_group group; /* owns the detached tasks: weft_spawn(&executor.group, …) */
#endif
    /* private: */
#if WEFT_HOOKS
    size_t (*choose)(struct weft_executor *, size_t count); /* testing: which of the ready runs */
    void (*traced)(struct weft_executor *, weft_task *);    /* testing: before a task runs */
    void (*parked)(struct weft_executor *, weft_task *);    /* testing: after a step, if it waits */
#endif
    uint32_t chance; /* which of several that are equally good: see select.h */
} weft_executor;

WEFT__BEGIN_C

/** Prepares an executor. The port and its context outlive it. */
static inline void weft_executor_init(weft_executor *executor, const weft_port *port,
                                      void *context);

/**
 * Runs until every task has ended and every posted callback was called, or weft_executor_stop().
 *
 * @return 0; WEFT_ESTOPPED; WEFT_EDEADLOCK if tasks are left and nothing can ever wake them.
 */
static inline int weft_executor_run(weft_executor *executor);

/** Runs until one task has ended: its status, or as weft_executor_run(). */
static inline int weft_executor_run_until(weft_executor *executor, weft_task *task);

/** Ends the run after this pass. Context: loop. */
static inline void weft_executor_stop(weft_executor *executor)
{
    executor->is_stopped = true;
    executor->until_poll = 0; /* which ends passes of one task each, too */
}

/** True if something was posted: for sleep_until(). Context: any. */
static inline bool weft_executor_is_woken(weft_executor *executor)
{
    return !weft_remote_is_empty(&executor->core.remote);
}

/** When the next timer is due; WEFT_FOREVER: none. Never later than that, at times earlier. */
static inline weft_time weft_executor_next(weft_executor *executor)
{
    weft_time at;
    return weft_timers_next(&executor->core.timers, &at) ? at : WEFT_FOREVER;
}

/* How it is done. */

static inline weft_executor *weft__executor_of(weft_core *core)
{
    return WEFT_CONTAINER(core, weft_executor, core);
}

#if !WEFT_BARE
/* Of the executor's own group. */
static inline void weft__detached_ended(weft_owner *owner, weft_task *task)
{
    weft__tell_unheard(owner->core, task);
}
#endif

static inline void weft_executor_init(weft_executor *executor, const weft_port *port, void *context)
{
    __builtin_memset(executor, 0, sizeof *executor);
    weft__core_begin(&executor->core, port, context);
#if WEFT_POLL > 1
    executor->between_polls = WEFT_POLL;
#endif
#if !WEFT_BARE
    weft__group_open(&executor->group, &executor->core, weft__detached_ended);
#endif
}

/* The port is asked each WEFT_POLL resumes, or some more; with 1 it is each pass, and nothing is counted. */
static inline void weft__count_resumes(weft_executor *executor, size_t count)
{
    if (WEFT_POLL > 1) {
        executor->until_poll =
            (uint16_t)(executor->until_poll > count ? executor->until_poll - count : 0);
    }
}

#if WEFT_POLL > 1
WEFT__STATIC_ASSERT(WEFT_POLL < 0x2000, "WEFT_POLL is 8,191 at most");

/* It was asked at `before`, and now. To ask costs as much as a dozen short resumes: so where they are short
 * more of them come between, as long as all take no more than some microseconds. */
static inline void weft__polled(weft_executor *executor, bool was_idle, weft_time before)
{
    const weft_time took = (weft_time)(executor->core.now - before);
    if (was_idle || took == 0 || took > WEFT_US(4)) {
        executor->between_polls = WEFT_POLL;
    } else if (took < WEFT_US(1) && executor->between_polls <= 4 * WEFT_POLL) {
        executor->between_polls = (uint16_t)(2 * executor->between_polls); /* 8 times at most */
    }
    executor->until_poll = executor->between_polls;
}
#else
static inline void weft__polled(weft_executor *executor, bool was_idle, weft_time before)
{
    (void)executor, (void)was_idle, (void)before;
}
#endif

/* Sleeps, or only looks if a task is ready; then makes ready what is due. */
static inline bool weft__poll(weft_executor *executor)
{
    weft_core *const core = &executor->core;
    const bool is_idle = core->ready.next == &core->ready;
    const weft_time at = is_idle ? weft_executor_next(executor) : core->now;
    if (!core->port->sleep_until(core->context, at) && is_idle &&
        weft_remote_is_empty(&core->remote)) {
        return false;
    }
    const weft_time before = core->now;
    core->now = core->port->now(core->context);
    weft__polled(executor, is_idle, before);
    return true;
}

#if WEFT_HOOKS
/* Testing: the one of a batch that runs next; counted anew, since a callback may be taken back.
 * Callbacks keep their place, so no task overtakes one. */
static inline weft_link *weft__choose(weft_executor *executor, const weft_link *batch)
{
    size_t count = 0, nth;
    weft_link *link = batch->next;
    if (executor->choose == NULL) {
        return link;
    }
    for (; link != batch && !weft__is_callback(WEFT_CONTAINER(link, weft_task, link));
         link = link->next) {
        count++;
    }
    link = batch->next;
    for (nth = count > 1 ? executor->choose(executor, count) : 0; nth > 0; nth--) {
        link = link->next;
    }
    return link;
}

/* Testing: one pass in an order that is chosen, and told before each step and after it. */
__attribute__((cold, noinline, unused)) static void weft__run_chosen(weft_executor *executor)
{
    weft_core *const core = &executor->core;
    weft_link batch = WEFT__ZERO;
    weft_link_splice(&batch, &core->ready);
    while (!weft_link_is_empty(&batch)) {
        weft_link *const link = weft__choose(executor, &batch);
        weft_task *const task = WEFT_CONTAINER(link, weft_task, link);
        const bool is_callback = weft__is_callback(task); /* it may free itself */
        weft__count_resumes(executor, 1);
        if (executor->traced != NULL) {
            executor->traced(executor, task);
        }
        weft_link_remove(link);
        weft__link_append(&core->ready, link);
        const bool is_left = weft__task_run(core, task);
        weft__leave_place(core);
        if (is_left && !is_callback && executor->parked != NULL) {
            executor->parked(executor, task);
        }
    }
}

/* From the next turn on, also if that would be a pass of one task. */
static inline void weft__set_traced(weft_executor *executor,
                                    void (*traced)(weft_executor *, weft_task *))
{
    executor->traced = traced;
    executor->until_poll = 0;
}

static inline bool weft__is_hooked(const weft_executor *executor)
{
    return (executor->choose != NULL) | (executor->traced != NULL);
}
#else
static inline bool weft__is_hooked(const weft_executor *executor)
{
    (void)executor;
    return false;
}

static inline void weft__run_chosen(weft_executor *executor)
{
    (void)executor;
}
#endif

/* Runs the tasks that are ready now, and no others. There are some. */
static inline void weft__run_ready(weft_executor *executor)
{
    weft_core *const core = &executor->core;
    weft_link *link = core->ready.next;
    size_t count = 0;
    do {
        count++;
        (void)weft__task_run(core, WEFT_CONTAINER(link, weft_task, link));
        link = core->upcoming;
    } while (link != &core->ready);
    weft__count_resumes(executor, count);
}

/* A task has not ended, or a callback is still to be called. */
static inline bool weft__has_work(const weft_executor *executor)
{
#if WEFT_BARE
    return executor->core.tasks > 0 || executor->core.callbacks.posted > 0;
#else
    const weft_link *const tasks = &executor->group.children;
    return tasks->next != tasks || executor->core.callbacks.posted > 0;
#endif
}

/* The next pass at this time would begin with nothing: it is not time to poll, nothing has come. */
static inline bool weft__is_quiet(const weft_executor *executor)
{
    const weft_core *const core = &executor->core;
    return executor->until_poll != 0 && WEFT__GLANCE(core->remote.first) == NULL &&
           weft__timers_rest(&core->timers, core->now);
}

static inline bool weft__is_awaited_no_more(const weft_task *awaited)
{
    return awaited != NULL && weft_task_is_done(awaited);
}

static inline bool weft__one_is_ready(const weft_core *core)
{
    return core->ready.next != &core->ready && core->ready.next->next == &core->ready;
}

/* Passes of one task each, as long as nothing else happens: one that gives way, or several that wake
 * each other. Where none has ended there is still work. (Who is awaited may have, inside a spawn.) */
static inline void weft__run_singly(weft_executor *executor, const weft_task *awaited)
{
    weft_core *const core = &executor->core;
    int suspended;
    do {
        weft_task *const task = WEFT_CONTAINER(core->ready.next, weft_task, link);
        weft__take_place(core, task);
        do {
            executor->until_poll--;
            suspended = weft__task_step(core, task);
        } while (suspended == WEFT__PASSES && core->ready.next == &task->link &&
                 weft__is_quiet(executor) && !weft__is_awaited_no_more(awaited));
        if (suspended == 0) {
            weft__task_end(core, task);
            if (awaited == NULL && !weft__has_work(executor)) {
                return;
            }
        }
    } while (suspended != WEFT__PASSES && weft__one_is_ready(core) && weft__is_quiet(executor) &&
             !weft__is_awaited_no_more(awaited));
}

/* One pass, or several of one task each; false if nothing can ever happen again. */
static inline bool weft__pass_or_more(weft_executor *executor, bool one, const weft_task *awaited)
{
    weft_core *const core = &executor->core;
    if (WEFT_POLL == 1 || executor->until_poll == 0 || core->ready.next == &core->ready) {
        if (!weft__poll(executor)) {
            return false;
        }
    }
    weft__run_posted(core);
    (void)weft_timers_fire(&core->timers, core->now);
    if (core->ready.next == &core->ready) {
        return true;
    }
    if (WEFT__RARE(weft__is_hooked(executor))) {
        weft__run_chosen(executor);
    } else if (WEFT_POLL > 1 && !one && weft__one_is_ready(core)) {
        weft__run_singly(executor, awaited);
    } else {
        weft__run_ready(executor);
    }
    weft__rest(core);
    return true;
}

static inline bool weft__pass(weft_executor *executor)
{
    return weft__pass_or_more(executor, true, NULL);
}

static inline int weft__run_while(weft_executor *executor, weft_task *task)
{
    weft_core *const core = &executor->core;
    int status = 0;
    WEFT_ASSERT(!executor->is_running, "this executor runs already: await instead of running it");
    if (WEFT_ASSERTS || __STDC_HOSTED__) {
        executor->is_running = true;
    }
    weft_core *const outer = weft__set_at_work(core);
    if (task != NULL) {
        task->chain.flags |= WEFT__WAS_JOINED; /* its status is returned */
    }
    core->now = core->port->now(core->context);
    if (WEFT_POLL > 1) {
        executor->until_poll = 0;
    }
    while (status == 0 && (task != NULL ? !weft_task_is_done(task) : weft__has_work(executor))) {
        if (!weft__pass_or_more(executor, executor->is_stopped, task)) {
            status = WEFT_EDEADLOCK;
        } else if (executor->is_stopped) {
            status = WEFT_ESTOPPED;
        }
    }
    (void)weft__set_at_work(outer);
    executor->is_running = false;
    executor->is_stopped = false;
    return task != NULL && weft_task_is_done(task) ? task->status : status;
}

static inline int weft_executor_run(weft_executor *executor)
{
    return weft__run_while(executor, NULL);
}

static inline int weft_executor_run_until(weft_executor *executor, weft_task *task)
{
    return weft__run_while(executor, task);
}

WEFT__END_C

#endif
