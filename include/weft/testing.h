/* testing.h - runs coroutines on a clock that jumps, and looks at what they leave behind. */
/* SPDX-License-Identifier: MIT */
/*
 * Runs coroutines without ever waiting: when nothing is ready the clock jumps to the next timer.
 *
 *     static weft_test test;
 *
 *     weft_test_init(&test, &(weft_test_desc){ .trace_times = true });
 *     ck_assert_int_eq(weft_test_run(&test, client, .retries = 3), 0);
 *     ck_assert_str_eq(test.trace, "connect@0s retry@250ms done@1s ");
 *
 * in which `client` calls weft_trace(&test, "retry"). Same program, same seed: same trace.
 *
 * When a run is over, everything must be released (leak.h), no timer armed and no task left that
 * does not end when it is cancelled; and it must not have taken too many steps. What is wrong is
 * printed, and stands in test.failure. (What no test can end is a step that never waits.)
 *
 *     trace.h          the test itself: its options, its trace
 *     leak.h           resources, waiters that must be gone at the end
 *     virtual_clock.h  wait until all tasks are blocked; a clock that is moved by hand
 *     sequencer.h      coroutines that reach places in order
 *     explore.h        many seeds, every schedule, a cancellation at every place
 *     injection.h      everything that can fail fails once
 *     descriptors.h    hosted: descriptors that were left open
 *
 * Freestanding it needs -DWEFT_HOOKS=1 for the whole program: see config.h.
 */
#ifndef WEFT_TESTING_H
#define WEFT_TESTING_H

#include <weft/leak.h>
#include <weft/sequencer.h>
#include <weft/virtual_clock.h>

#if WEFT_HOOKS && !WEFT_BARE /* without them nobody can watch or choose */

WEFT__BEGIN_C

/** Prepares a test. @param desc  Copied; NULL: all defaults. */
static inline void weft_test_init(weft_test *test, const weft_test_desc *desc);

/**
 * Runs a coroutine as the main task until it has ended; then cancels what is left, and awaits it.
 *
 *     status = weft_test_run(&test, fetch, .url = "http://one/");
 *
 * The frame is the run's own. To read results from it spawn a slot of yours instead, and then
 * weft_test_run_until(&test, &slot.task).
 *
 * @return its status; WEFT_EDEADLOCK if nothing could ever wake it: all tasks are dumped, and it is
 *         cancelled; WEFT_ESTOPPED after weft_executor_stop(), or after too many steps: then it is
 *         cancelled, too.
 * Context: plain C.
 */
#define weft_test_run(test, ...) weft__test_run(test, __VA_ARGS__, )

/** Runs until a task has ended that you spawned into &test.executor.group; else the same. */
static inline int weft_test_run_until(weft_test *test, weft_task *task);

/**
 * Runs all tasks that you spawned into &test.executor.group while the clock goes on by `after`, and
 * until they are blocked then. 0: what is ready now; WEFT_FOREVER: until there are no more timers.
 * To be called several times, and then weft_test_finish().
 *
 *     weft_spawn(&test.executor.group, &slot, client);
 *     weft_test_advance(&test, WEFT_S(5));
 *     ck_assert_str_eq(test.trace, "connect@0s retry@5s ");
 *     weft_test_finish(&test);
 *
 * @return 0; WEFT_ESTOPPED as above.
 * Context: plain C; a coroutine awaits weft_advance.
 */
static inline int weft_test_advance(weft_test *test, weft_time after);

/** Ends a run: cancels what is left, awaits it (the clock goes by itself), and looks what was not
 *  released. The end of weft_test_run(). Context: plain C. */
static inline void weft_test_finish(weft_test *test);

/* How it is done. */

#define weft__test_run(test, fn, ...) WEFT__TEST_RUN(test, WEFT__NEW(fn, NULL, __VA_ARGS__))
#ifdef __cplusplus
#define WEFT__TEST_RUN(test, new_frame) weft__test_run_copy(test, new_frame)
#else
#define WEFT__TEST_RUN(test, new_frame) weft__test_run_frame(test, &new_frame.weft)
#endif

static weft_time weft__test_now(void *context)
{
    return ((const weft_test *)context)->now;
}

/* The executor asks for this when nothing is ready; and now and then while something is. */
static bool weft__test_sleep_until(void *context, weft_time at)
{
    weft_test *const test = (weft_test *)context;
    return weft_executor_is_woken(&test->executor) ||
           !weft_link_is_empty(&test->executor.core.ready) || weft__clock_idle(test, at) ||
           weft__clock_go(test, at) || weft__clock_arrive(test);
}

/* What the executor reports: a detached task that failed, a loop that spins on WEFT_ECANCELED. */
static inline void weft__test_report(weft_core *core, const weft_report *report)
{
    weft_test *const test = weft__test_of(weft__executor_of(core));
    weft__print print = weft__test_print(test);
    weft__print_text(&print, report->message);
    weft__print_text(&print, "\n");
}

static inline void weft__test_too_long(weft_test *test, const weft_task *task)
{
    test->is_endless = true;
    weft_executor_stop(&test->executor);
    if (!test->is_finishing) {
        weft_test_fail(test, "too many steps: it does not end, or raise weft_test_desc.max_steps",
                       weft_task_name(task));
        weft__test_dump(test);
    }
}

/* Before a step. */
static void weft__test_before(weft_executor *executor, weft_task *task)
{
    weft_test *const test = weft__test_of(executor);
    test->is_idle = false;
    if (test->steps++ == test->last_step) {
        weft__test_too_long(test, task);
    }
    for (weft__driver *driver = test->drivers; driver != NULL; driver = driver->outer) {
        if (driver->before != NULL) {
            driver->before(driver, test, task);
        }
    }
    if (test->desc.trace_steps) {
        weft__trace_step(test, task);
    }
}

/* After a step, if the task waits now. */
static void weft__test_parked(weft_executor *executor, weft_task *task)
{
    weft_test *const test = weft__test_of(executor);
    for (weft__driver *driver = test->drivers; driver != NULL; driver = driver->outer) {
        if (driver->parked != NULL) {
            driver->parked(driver, test, task);
        }
    }
}

static weft__driver *weft__test_chooser(const weft_test *test)
{
    weft__driver *driver = test->drivers;
    while (driver != NULL && driver->choose == NULL) {
        driver = driver->outer;
    }
    return driver;
}

static size_t weft__test_choose(weft_executor *executor, size_t count)
{
    weft_test *const test = weft__test_of(executor);
    weft__driver *const driver = weft__test_chooser(test);
    return driver != NULL    ? driver->choose(driver, count)
           : test->seed != 0 ? (size_t)(weft_test_random(test) % count)
                             : 0;
}

static inline void weft__test_executor(weft_test *test)
{
    static const weft_port port = {weft__test_now, weft__test_sleep_until, NULL};
    const bool is_permuted = test->seed != 0 || weft__test_chooser(test) != NULL;
    weft_executor_init(&test->executor, &port, test);
    test->executor.core.report = weft__test_report;
    test->executor.choose = is_permuted ? weft__test_choose : NULL;
    test->executor.traced = weft__test_before;
    test->executor.parked = test->drivers != NULL ? weft__test_parked : NULL;
    weft_link_init(&test->idlers);
    test->advancer = NULL;
    test->is_idle = test->is_advancing = false;
}

/* From here on it may take so many steps. */
static inline void weft__test_allow(weft_test *test)
{
    test->last_step = test->steps + test->desc.max_steps;
    test->is_endless = false;
}

static inline void weft__test_begin_drivers(weft_test *test, weft__driver *driver)
{
    if (driver != NULL) {
        weft__test_begin_drivers(test, driver->outer);
        if (driver->begin != NULL) {
            driver->begin(driver, test);
        }
    }
}

/* Anew, but with the same options. */
static inline void weft__test_begin(weft_test *test)
{
    test->now = test->desc.start_at;
    test->failure = NULL;
    test->steps = 0;
    test->length = 0;
    test->trace[0] = '\0';
    test->main = NULL;
    test->is_finishing = false;
    while (!weft_link_is_empty(&test->held)) {
        weft__leak_forget(weft__resource_of(test->held.next));
    }
    weft__test_sow(test, test->desc.seed);
    weft__test_begin_drivers(test, test->drivers);
    weft__test_executor(test);
    weft__test_allow(test);
}

static inline void weft_test_init(weft_test *test, const weft_test_desc *desc)
{
    const weft_test_desc defaults = WEFT__ZERO;
    test->desc = desc != NULL ? *desc : defaults;
    if (test->desc.max_steps == 0) {
        test->desc.max_steps = UINT32_C(10000000);
    }
    test->run = 0;
    test->drivers = NULL;
    weft_link_init(&test->held);
    weft__test_begin(test);
}

/* The main task has ended: who is still there, or waits where nobody should? */
static inline void weft__test_look(weft_test *test)
{
    const weft_group *const group = &test->executor.group;
    weft__leak_waiters(test);
    if (test->desc.no_tasks_left && weft_group_is_busy(group)) {
        const weft_task *const left = WEFT_CONTAINER(group->children.next, weft_task, sibling);
        weft_test_fail(test, "a task is left", weft_task_name(left));
        weft__test_dump(test);
    }
}

/* Cancels what is left, and awaits it. What does not end is forgotten, with all it hangs in. */
static inline void weft__test_cancel_rest(weft_test *test)
{
    int status;
    test->is_advancing = false;
    test->is_finishing = true;
    weft__test_allow(test);
    weft_group_cancel(&test->executor.group);
    do {
        status = weft_executor_run(&test->executor);
    } while (status == WEFT_ESTOPPED && !test->is_endless);
    test->executor.group.is_cancelled = false;
    if (status < 0) {
        weft_test_fail(test, "tasks are left that do not end when they are cancelled", NULL);
        weft__test_dump(test);
        weft__test_executor(test);
    }
    test->is_finishing = false;
}

static inline void weft_test_finish(weft_test *test)
{
    weft_time at;
    if (!test->is_endless && (test->main == NULL || weft_task_is_done(test->main))) {
        weft__test_look(test);
    }
    test->main = NULL;
    weft__test_cancel_rest(test);
    if (weft_timers_next(&test->executor.core.timers, &at)) {
        weft_test_fail(test, "a timer is left armed", NULL);
    }
    weft__leak_held(test);
    if (test->desc.check != NULL) {
        test->desc.check(test, test->desc.context);
    }
}

/* Nothing can ever wake the main task. */
static inline void weft__test_deadlock(weft_test *test)
{
    if (test->drivers != NULL && !test->desc.may_deadlock) {
        weft_test_fail(test, "a deadlock", NULL);
    }
    if (test->drivers == NULL || !test->desc.may_deadlock) {
        weft__test_dump(test);
    }
}

static inline int weft_test_run_until(weft_test *test, weft_task *task)
{
    int status;
    test->main = task;
    weft__test_allow(test);
    task->chain.flags |= WEFT__WAS_JOINED; /* its status is returned: nothing to report */
    status = weft_executor_run_until(&test->executor, task);
    if (status == WEFT_EDEADLOCK && !weft_task_is_done(task)) {
        weft__test_deadlock(test);
    }
    weft_test_finish(test);
    return status;
}

static inline int weft__test_run_frame(weft_test *test, weft_frame *frame)
{
    weft_task task = WEFT__ZERO;
    (void)weft__group_start(&test->executor.group, &task, frame);
    return weft_test_run_until(test, &task);
}

static inline int weft_test_advance(weft_test *test, weft_time after)
{
    weft_executor *const executor = &test->executor;
    WEFT_ASSERT(!executor->is_running, "this test runs already: in a coroutine await weft_advance");
    weft__clock_advance(test, after);
    weft__test_allow(test);
    executor->is_running = true;
    executor->until_poll = 0;
    while (weft__pass(executor) && !executor->is_stopped) {
    }
    const bool was_stopped = executor->is_stopped;
    executor->is_running = executor->is_stopped = false;
    test->is_advancing = false;
    return was_stopped ? (int)WEFT_ESTOPPED : 0;
}

WEFT__END_C

#ifdef __cplusplus
template <class T>
static inline int weft__test_run_copy(weft_test *test, T frame)
{
    return weft__test_run_frame(test, &frame.weft);
}
#endif

#endif
#endif
