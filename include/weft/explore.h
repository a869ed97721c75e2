/* explore.h - runs a program in every order, and cancels it at every place. */
/* SPDX-License-Identifier: MIT */
/*
 * A test shows that a program can work. These two show that it cannot fail in some order, or be
 * cancelled at some place, and leave something behind: they run it once for each of them.
 *
 *     static void program(weft_test *test, void *context)
 *     {
 *         weft_test_run(test, transfer, .test = test);
 *     }
 *
 *     weft_test_init(&test, NULL);
 *     ck_assert_int_eq(weft_test_schedules(&test, 1000, program, NULL), 24);
 *     ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, program, NULL), 7);
 *
 * A program sets up what it needs, calls weft_test_run() once, and checks, or records for a check
 * after the last run, what came of it. It must do the same each time: nothing from outside, all of
 * its state set up anew. Before each run the test is prepared anew, with the same options. The
 * first run in which something is wrong (test.failure) is the last; its number is test.run.
 */
#ifndef WEFT_EXPLORE_H
#define WEFT_EXPLORE_H

#include <weft/testing.h>

/* Choices in one run of weft_test_schedules(). */
#ifndef WEFT_TEST_CHOICES
#define WEFT_TEST_CHOICES 256
#endif

/** A program to be run many times. */
typedef void weft_test_program(weft_test *test, void *context);

/** Whom weft_test_cancellations() cancels. */
enum weft_test_victim {
    WEFT_TEST_MAIN, /* the task of weft_test_run() */
    WEFT_TEST_ANY   /* each task in turn */
};

WEFT__BEGIN_C

/**
 * Runs a program once for each schedule: each sequence of choices which of the tasks that are ready
 * in one pass runs next. First of all comes the promised order.
 *
 * Of n tasks that are ready together there are n! orders, so this is for small programs; for larger
 * ones take a number of seeds.
 *
 * @param limit  How many runs at most.
 * @return how many schedules there are; limit + 1: there are more, which were left out; -n: in run
 *         n something was wrong.
 */
static inline int weft_test_schedules(weft_test *test, int limit, weft_test_program *program,
                                      void *context);

/**
 * Runs a program once for each place where it can be cancelled, cancelling it there, and at last
 * once without. Places are, for each step of the victim, right before it (it has not begun; or it
 * was woken, and is cancelled before it has run), and right behind it, if it waits:
 *
 *     1 first step 2 ~ waits ~ 3 second step 4 ~ waits ~ 5 third step, in which it ends
 *
 * The first step of a child that is spawned eagerly is part of its parent's: no place.
 *
 * @return how many places there are; -n: in run n something was wrong.
 */
static inline int weft_test_cancellations(weft_test *test, enum weft_test_victim victim,
                                          weft_test_program *program, void *context);

/* How it is done. */

/* The choices of one run: which was picked, of how many. To go on to the next schedule is to count
 * up, as with digits of different bases, of which the last is the fastest. */
typedef struct weft__schedule {
    size_t length; /* known: those before the last stay, the last was counted up, the rest is new */
    size_t at;     /* the next choice */
    uint8_t picked[WEFT_TEST_CHOICES], of[WEFT_TEST_CHOICES];
} weft__schedule;

static inline size_t weft__schedule_choose(weft_executor *executor, size_t count)
{
    weft__schedule *const schedule = (weft__schedule *)weft__test_of(executor)->explorer;
    const size_t at = schedule->at++;
    if (at == schedule->length) {
        WEFT_ASSERT(at < WEFT_TEST_CHOICES && count <= UINT8_MAX,
                    "too many choices: make the program smaller, or raise WEFT_TEST_CHOICES");
        schedule->picked[at] = 0;
        schedule->of[at] = (uint8_t)count;
        schedule->length++;
    }
    WEFT_ASSERT(schedule->of[at] == count, "the program must do the same in each run");
    return schedule->picked[at];
}

/* The next schedule; false: that was the last. */
static inline bool weft__schedule_next(weft__schedule *schedule)
{
    WEFT_ASSERT(schedule->at == schedule->length, "the program must do the same in each run");
    schedule->at = 0;
    for (; schedule->length > 0; schedule->length--) {
        const size_t last = schedule->length - 1;
        if (++schedule->picked[last] < schedule->of[last]) {
            return true;
        }
    }
    return false;
}

static inline int weft_test_schedules(weft_test *test, int limit, weft_test_program *program,
                                      void *context)
{
    weft__schedule schedule = WEFT__ZERO;
    test->explorer = &schedule;
    for (test->run = 1; test->run <= limit; test->run++) {
        weft__test_begin(test);
        test->executor.choose = weft__schedule_choose;
        program(test, context);
        if (test->failure != NULL) {
            return -test->run;
        }
        if (!weft__schedule_next(&schedule)) {
            return test->run;
        }
    }
    return limit + 1;
}

typedef struct weft__places {
    enum weft_test_victim victim;
    int passed;
    int cancel_at;
} weft__places;

static inline void weft__place_pass(weft_executor *executor, weft_task *task)
{
    const weft_test *const test = weft__test_of(executor);
    weft__places *const places = (weft__places *)test->explorer;
    if (test->main != NULL && !weft__is_callback(task) &&
        (places->victim == WEFT_TEST_ANY || task == test->main) &&
        ++places->passed == places->cancel_at) {
        (void)weft_task_cancel(task);
    }
}

static inline void weft__place_before(weft_executor *executor, weft_task *task)
{
    weft__place_pass(executor, task);
    weft__test_traced(executor, task);
}

static inline int weft_test_cancellations(weft_test *test, enum weft_test_victim victim,
                                          weft_test_program *program, void *context)
{
    weft__places places = WEFT__ZERO;
    places.victim = victim;
    test->explorer = &places;
    for (test->run = 1;; test->run++) {
        places.passed = 0;
        places.cancel_at = test->run;
        weft__test_begin(test);
        test->executor.traced = weft__place_before;
        test->executor.parked = weft__place_pass;
        program(test, context);
        if (test->failure != NULL) {
            return -test->run;
        }
        if (places.passed < places.cancel_at) {
            return places.passed;
        }
    }
}

WEFT__END_C

#endif
