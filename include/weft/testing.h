/* testing.h - a clock that jumps, a trace, a seed: what tests of coroutines stand on. */
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
 * in which `client` calls weft_trace(&test, "retry"). Same program, same seed: same trace. With
 * another seed whatever order is not promised is another, so a test that passes with a hundred seeds
 * depends on nothing it must not depend on.
 *
 * What a program must release is counted with a weft_test_resource. When a run is over everything
 * must be released, no timer armed and no task left; what is wrong is printed, and stands in
 * test.failure. To try every order, and every cancellation, see explore.h.
 */
#ifndef WEFT_TESTING_H
#define WEFT_TESTING_H

#include <weft/dump.h>

/* Characters of a trace; a test that needs more stops. Define it for the whole program. */
#ifndef WEFT_TEST_TRACE
#define WEFT_TEST_TRACE 2048
#endif

/** Options of a test. Zero is the default of each. */
typedef struct weft_test_desc {
    uint32_t seed;      /* 0: tasks run in the order in which they became ready. Another number
                           permutes those that are ready in the same pass */
    weft_time start_at; /* what the clock shows at first */
    bool trace_steps;   /* each step of a task is traced: its first and its innermost coroutine */
    bool trace_times;   /* each entry of the trace bears its time: "retry@250ms " */
    /* Where failures and dumps are written. Default: stderr; freestanding: nowhere. */
    void (*print)(void *context, const char *text, size_t length);
    void *context; /* for print */
} weft_test_desc;

/** A test. It must not move after weft_test_init(). */
typedef struct weft_test {
    weft_executor executor;      /* spawn further tasks into &test.executor.group */
    weft_time now;               /* the virtual clock */
    const char *failure;         /* the first thing that was wrong, or NULL */
    int run;                     /* explore.h: the number of this run, from 1 */
    size_t length;               /* of the trace */
    char trace[WEFT_TEST_TRACE]; /* zero-terminated */
    /* private: */
    weft_test_desc desc;
    uint32_t random;
    weft_link held;  /* resources that are to be released */
    weft_task *main; /* of weft_test_run(), until it has ended */
    void *explorer;  /* explore.h */
} weft_test;

/** Something that is acquired and released: stands in for a file, a lock, a buffer. */
typedef struct weft_test_resource {
    const char *name; /* for messages */
    int held;         /* acquired so many times more often than released */
    weft_link link;
} weft_test_resource;

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
 *         cancelled; WEFT_ESTOPPED after weft_executor_stop(): then it is cancelled, too.
 * Context: plain C.
 */
#define weft_test_run(test, ...) weft__test_run(test, __VA_ARGS__, )

/** Runs until a task has ended that you spawned into &test.executor.group; else the same. */
static inline int weft_test_run_until(weft_test *test, weft_task *task);

/** Appends an entry to the trace: with its time, if desc.trace_times says so, and a space. */
static inline void weft_trace(weft_test *test, const char *entry);

/** A number that depends on the seed alone. xorshift32: G. Marsaglia, Xorshift RNGs, 2003. */
static inline uint32_t weft_test_random(weft_test *test);

/** Counts that something was acquired. The resource outlives the run. */
static inline void weft_test_acquire(weft_test *test, weft_test_resource *resource);

/** Counts that it was released; what is not held must not be. */
static inline void weft_test_release(weft_test *test, weft_test_resource *resource);

/** Says that something was wrong: prints it with the trace, and keeps the first in test.failure.
 *  @param what  Or who: printed behind it; NULL: nothing. */
static inline void weft_test_fail(weft_test *test, const char *failure, const char *what);

/* How it is done. */

#define weft__test_run(test, fn, ...) WEFT__TEST_RUN(test, WEFT__NEW(fn, NULL, __VA_ARGS__))
#ifdef __cplusplus
#define WEFT__TEST_RUN(test, new_frame) weft__test_run_copy(test, new_frame)
#else
#define WEFT__TEST_RUN(test, new_frame) weft__test_run_frame(test, &new_frame.weft)
#endif

static inline weft_test *weft__test_of(weft_executor *executor)
{
    return WEFT_CONTAINER(executor, weft_test, executor);
}

static weft_time weft__test_now(void *context)
{
    return ((const weft_test *)context)->now;
}

static bool weft__test_sleep_until(void *context, weft_time at)
{
    weft_test *const test = (weft_test *)context;
    if (weft_executor_is_woken(&test->executor)) {
        return true;
    }
    if (at != WEFT_FOREVER && weft_time_is_before(test->now, at)) {
        test->now = at;
    }
    return at != WEFT_FOREVER;
}

static inline void weft_test_fail(weft_test *test, const char *failure, const char *what)
{
    weft__print print = weft__print_to(test->desc.print, test->desc.context);
    test->failure = test->failure != NULL ? test->failure : failure;
    if (test->run > 0) {
        weft__print_text(&print, "run ");
        weft__print_number(&print, (weft__amount)test->run, 10);
        weft__print_text(&print, ": ");
    }
    weft__print_text(&print, failure);
    weft__print_text(&print, what != NULL ? ": " : "");
    weft__print_text(&print, what != NULL ? what : "");
    weft__print_text(&print, "\n    trace: ");
    weft__print_text(&print, test->trace);
    weft__print_text(&print, "\n");
}

/* What the executor reports: a detached task that failed, a loop that spins on WEFT_ECANCELED. */
static inline void weft__test_report(weft_core *core, const weft_report *report)
{
    weft_test *const test = weft__test_of(weft__executor_of(core));
    weft__print print = weft__print_to(test->desc.print, test->desc.context);
    weft__print_text(&print, report->message);
    weft__print_text(&print, "\n");
}

static void weft__trace_write(void *context, const char *text, size_t length)
{
    weft_test *const test = (weft_test *)context;
    WEFT_ASSERT(test->length + length < sizeof test->trace,
                "the trace is full: raise WEFT_TEST_TRACE");
    __builtin_memcpy(test->trace + test->length, text, length);
    test->length += length;
    test->trace[test->length] = '\0';
}

static inline void weft__trace_end(weft_test *test, weft__print *print)
{
    if (test->desc.trace_times) {
        weft__print_text(print, "@");
        weft__print_time(print, test->now);
    }
    weft__print_text(print, " ");
    weft__print_flush(print);
}

static inline void weft_trace(weft_test *test, const char *entry)
{
    weft__print print = weft__print_to(weft__trace_write, test);
    weft__print_text(&print, entry);
    weft__trace_end(test, &print);
}

/* Before a step: "client ", or "client.weft_sleep " if it goes on in there. */
static inline void weft__test_traced(weft_executor *executor, weft_task *task)
{
    weft_test *const test = weft__test_of(executor);
    weft__print print = weft__print_to(weft__trace_write, test);
    if (test->desc.trace_steps) {
        weft__print_function(&print, weft__first_function(task));
        if (task->chain.top->caller != NULL) {
            weft__print_text(&print, ".");
            weft__print_function(&print, task->chain.top->step);
        }
        weft__trace_end(test, &print);
    }
}

static inline uint32_t weft_test_random(weft_test *test)
{
    test->random ^= test->random << 13;
    test->random ^= test->random >> 17;
    test->random ^= test->random << 5;
    return test->random;
}

static inline size_t weft__test_choose(weft_executor *executor, size_t count)
{
    return (size_t)(weft_test_random(weft__test_of(executor)) % count);
}

static inline void weft__test_executor(weft_test *test)
{
    static const weft_port port = {weft__test_now, weft__test_sleep_until, NULL};
    weft_executor_init(&test->executor, &port, test);
    test->executor.core.report = weft__test_report;
    test->executor.choose = test->desc.seed != 0 ? weft__test_choose : NULL;
    test->executor.traced = test->desc.trace_steps ? weft__test_traced : NULL;
}

/* Anew, but with the same options. */
static inline void weft__test_begin(weft_test *test)
{
    test->now = test->desc.start_at;
    test->failure = NULL;
    test->length = 0;
    test->trace[0] = '\0';
    test->random = test->desc.seed != 0 ? test->desc.seed : 2463534242; /* 0 would stay 0 */
    test->main = NULL;
    weft_link_init(&test->held);
    weft__test_executor(test);
}

static inline void weft_test_init(weft_test *test, const weft_test_desc *desc)
{
    const weft_test_desc defaults = WEFT__ZERO;
    test->desc = desc != NULL ? *desc : defaults;
    test->run = 0;
    test->explorer = NULL;
    weft__test_begin(test);
}

static inline void weft_test_acquire(weft_test *test, weft_test_resource *resource)
{
    if (resource->held++ == 0) {
        weft_link_insert(&test->held, &resource->link);
    }
}

static inline void weft_test_release(weft_test *test, weft_test_resource *resource)
{
    if (resource->held == 0) {
        weft_test_fail(test, "released, but not held", resource->name);
    } else if (--resource->held == 0) {
        weft_link_remove(&resource->link);
    }
}

static inline void weft__test_dump(weft_test *test)
{
    const weft__print print = weft__print_to(test->desc.print, test->desc.context);
    weft_dump(&test->executor, print.write, print.context);
}

/* After a run: nothing is left behind. */
static inline void weft__test_check(weft_test *test)
{
    weft_time at;
    if (weft_timers_next(&test->executor.core.timers, &at)) {
        weft_test_fail(test, "a timer is left armed", NULL);
    }
    while (!weft_link_is_empty(&test->held)) {
        weft_test_resource *const resource =
            WEFT_CONTAINER(test->held.next, weft_test_resource, link);
        weft_test_fail(test, "not released", resource->name);
        resource->held = 0;
        weft_link_remove(&resource->link);
    }
}

/* Cancels what is left, and awaits it. What does not end is forgotten, with all it hangs in. */
static inline void weft__test_finish(weft_test *test)
{
    int status;
    test->main = NULL;
    weft_group_cancel(&test->executor.group);
    do {
        status = weft_executor_run(&test->executor);
    } while (status == WEFT_ESTOPPED);
    test->executor.group.is_cancelled = false;
    if (status == WEFT_EDEADLOCK) {
        weft_test_fail(test, "tasks are left that do not end when they are cancelled", NULL);
        weft__test_dump(test);
        weft__test_executor(test);
    }
}

static inline int weft_test_run_until(weft_test *test, weft_task *task)
{
    int status;
    test->main = task;
    task->chain.flags |= WEFT__WAS_JOINED; /* its status is returned: nothing to report */
    status = weft_executor_run_until(&test->executor, task);
    if (status == WEFT_EDEADLOCK && !weft_task_is_done(task)) {
        weft__test_dump(test);
    }
    weft__test_finish(test);
    weft__test_check(test);
    return status;
}

static inline int weft__test_run_frame(weft_test *test, weft_frame *frame)
{
    weft_task task = WEFT__ZERO;
    (void)weft__group_start(&test->executor.group, &task, frame);
    return weft_test_run_until(test, &task);
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
