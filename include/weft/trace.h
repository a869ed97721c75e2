/* trace.h - a test: what happened in it, as one string, and what was wrong. */
/* SPDX-License-Identifier: MIT */
/*
 * Everything that a test of coroutines needs hangs in one struct, a weft_test. The program under
 * test, or the fakes around it, say what happens; the test compares it as a whole:
 *
 *     weft_trace(&test, "retry");
 *     ...
 *     ck_assert_str_eq(test.trace, "connect@0s retry@250ms done@1s ");
 *
 * and whoever finds that something is wrong says so with weft_test_fail(). It is printed, with how
 * far the test had come; the first stands in test.failure:
 *
 *     place 4 (client.weft_sleep): not released: socket
 *         trace: connect@0s retry@250ms
 *
 * testing.h runs the test.
 */
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <weft/dump.h>

#if !WEFT_BARE /* see bare.h */

/* Characters of a trace; a test that needs more stops. Define it for the whole program. */
#ifndef WEFT_TEST_TRACE
#define WEFT_TEST_TRACE 2048
#endif

typedef struct weft_test weft_test;

/** Options of a test. Zero is the default of each. */
typedef struct weft_test_desc {
    uint32_t seed;      /* 0: tasks run in the order in which they became ready. Another number
                           permutes those that are ready in the same pass */
    uint32_t max_steps; /* a run that takes more does not end: a failure. Default: 10,000,000 */
    weft_time start_at; /* what the clock shows at first */
    bool manual_clock;  /* it goes only when it is told to: see virtual_clock.h */
    bool trace_steps;   /* each step of a task is traced: its first and its innermost coroutine */
    bool trace_times;   /* each entry of the trace bears its time: "retry@250ms " */
    bool no_tasks_left; /* a task that is left when the main task has ended is a failure; else it
                           is cancelled and awaited, and no more is said */
    bool faults_stay;   /* injection.h: what has failed once fails from then on */
    bool may_deadlock;  /* explore.h: a run whose main task waits for ever is no failure */
    /* Called at the end of each run, when all tasks have ended: weft_test_fail() if it finds that
     * something is wrong. */
    void (*check)(weft_test *test, void *context);
    /* Where failures and dumps are written. Default: stderr; freestanding: nowhere. */
    void (*print)(void *context, const char *text, size_t length);
    void *context; /* for check and print */
} weft_test_desc;

/* Who runs a program many times, and what it does to it: see explore.h. They may be nested. */
typedef struct weft__driver {
    struct weft__driver *outer;
    int number; /* of its run, from 1 */
    /* Each may be NULL. What run this is: "place 4"; before each run, of an inner driver's too;
     * before a step of a task; after it, if the task waits; which of so many ready tasks runs; what
     * a fault point returns. */
    void (*tell)(struct weft__driver *, weft_test *, weft__print *);
    void (*begin)(struct weft__driver *, weft_test *);
    void (*before)(struct weft__driver *, weft_test *, weft_task *);
    void (*parked)(struct weft__driver *, weft_test *, weft_task *);
    size_t (*choose)(struct weft__driver *, size_t count);
    int (*fault)(struct weft__driver *, int status, const char *file, int line);
} weft__driver;

/** A test. It must not move after weft_test_init(). */
struct weft_test {
    weft_executor executor; /* spawn further tasks into &test.executor.group */
    weft_time now;          /* the virtual clock; who sets it forward makes timers late */
    const char *failure;    /* the first thing that was wrong, or NULL */
    uint32_t seed;          /* of this run */
    uint32_t steps;         /* of tasks and callbacks; if it is what it was, nobody has waited */
    int run;                /* explore.h: the number of this run, from 1 */
    size_t length;          /* of the trace */
    char trace[WEFT_TEST_TRACE]; /* zero-terminated */
    /* private: */
    weft_test_desc desc;
    uint32_t random;
    uint32_t last_step;    /* more are too many */
    weft_link held;        /* leak.h: what is to be released */
    weft_task *main;       /* of weft_test_run(), until it has ended */
    weft__driver *drivers; /* the innermost */
    weft_link idlers;      /* virtual_clock.h: they wait until all tasks are blocked */
    weft_task *advancer;   /* and this one until the clock shows `until` */
    weft_time until;       /* while it advances: no further than that */
    weft_time idle_since;
    bool is_idle;      /* no step since then */
    bool is_advancing; /* the clock goes as far as `until` */
    bool is_finishing; /* what is left is cancelled: the clock goes by itself */
    bool is_endless;   /* there were too many steps */
};

WEFT__BEGIN_C

/** Appends an entry to the trace: with its time, if desc.trace_times says so, and a space. */
static inline void weft_trace(weft_test *test, const char *entry);

/** Says that something was wrong: prints it with the trace, and keeps the first in test.failure.
 *  @param what  Or who: printed behind it; NULL: nothing. */
static inline void weft_test_fail(weft_test *test, const char *failure, const char *what);

/** A number that depends on the seed alone. xorshift32: G. Marsaglia, Xorshift RNGs, 2003. */
static inline uint32_t weft_test_random(weft_test *test);

/* How it is done. */

static inline weft_test *weft__test_of(weft_executor *executor)
{
    return WEFT_CONTAINER(executor, weft_test, executor);
}

static inline weft__print weft__test_print(weft_test *test)
{
    return weft__print_to(test->desc.print, test->desc.context);
}

/* "place 4", "fault 2, place 4": the outermost first. */
static inline void weft__tell_drivers(weft_test *test, weft__driver *driver, weft__print *print)
{
    if (driver->outer != NULL) {
        weft__tell_drivers(test, driver->outer, print);
        weft__print_text(print, ", ");
    }
    driver->tell(driver, test, print);
}

static inline void weft_test_fail(weft_test *test, const char *failure, const char *what)
{
    weft__print print = weft__test_print(test);
    test->failure = test->failure != NULL ? test->failure : failure;
    if (test->drivers != NULL) {
        weft__tell_drivers(test, test->drivers, &print);
        weft__print_text(&print, ": ");
    }
    weft__print_text(&print, failure);
    weft__print_text(&print, what != NULL ? ": " : "");
    weft__print_text(&print, what != NULL ? what : "");
    weft__print_text(&print, "\n    trace: ");
    weft__print_text(&print, test->trace);
    weft__print_text(&print, "\n");
}

static inline void weft__test_dump(weft_test *test)
{
    const weft__print print = weft__test_print(test);
    weft_dump(&test->executor, print.write, print.context);
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

/* "client", or "client.weft_sleep" if it stands in there. */
static inline void weft__print_place(weft__print *print, weft_step_function *first,
                                     weft_step_function *innermost)
{
    weft__print_function(print, first);
    if (innermost != first) {
        weft__print_text(print, ".");
        weft__print_function(print, innermost);
    }
}

static inline void weft__trace_step(weft_test *test, const weft_task *task)
{
    weft__print print = weft__print_to(weft__trace_write, test);
    weft__print_place(&print, weft__first_function(task), task->chain.top->step);
    weft__trace_end(test, &print);
}

static inline uint32_t weft_test_random(weft_test *test)
{
    test->random ^= test->random << 13;
    test->random ^= test->random >> 17;
    test->random ^= test->random << 5;
    return test->random;
}

/* Small seeds would begin with small numbers: multiplied by an odd number they are spread, and none
 * becomes 0, which would stay 0. */
static inline void weft__test_sow(weft_test *test, uint32_t seed)
{
    test->seed = seed;
    test->random = seed != 0 ? seed * UINT32_C(2654435769) : UINT32_C(2463534242);
}

WEFT__END_C

#endif
#endif
