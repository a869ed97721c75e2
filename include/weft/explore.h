/* explore.h - runs a program in every order, and cancels it at every place. */
/* SPDX-License-Identifier: MIT */
/*
 * A test shows that a program can work. These show that it cannot fail in some order, or be
 * cancelled at some place, and leave something behind: they run it once for each of them.
 *
 *     static void program(weft_test *test, void *context)
 *     {
 *         weft_test_run(test, transfer, .test = test);
 *     }
 *
 *     weft_test_init(&test, NULL);
 *     ck_assert_int_eq(weft_test_seeds(&test, 100, program, NULL), 100);
 *     ck_assert_int_eq(weft_test_schedules(&test, 1000, program, NULL), 24);
 *     ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, program, NULL), 7);
 *
 * A program sets up what it needs, calls weft_test_run() once, and checks, or records for a check
 * after the last run, what came of it. It must do the same each time: nothing from outside, all of
 * its state set up anew. Before each run the test is prepared anew, with the same options. The
 * first run in which something is wrong (test.failure) is the last; its number is test.run. Here a
 * main task that waits for ever is wrong, too.
 *
 * They may be nested, and injection.h with them: a program that calls another driver is run in
 * every combination. What is printed tells all of them: "fault 2 (store.c:40), place 5 (client): …".
 * Only weft_test_schedules() cannot be around another.
 *
 *     static void cancelled(weft_test *test, void *context)
 *     {
 *         weft_test_cancellations(test, WEFT_TEST_ANY, program, context);
 *     }
 *
 *     weft_test_seeds(&test, 100, cancelled, NULL);     // each cancellation, in a hundred orders
 */
#ifndef WEFT_EXPLORE_H
#define WEFT_EXPLORE_H

#include <weft/testing.h>

#if WEFT_HOOKS && !WEFT_BARE /* without them nobody can choose */

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
 * Runs a program with so many seeds: 1, 2, 3, … or from weft_test_desc.seed on. With each, whatever
 * order is not promised is another, and so are the numbers of weft_test_random(). A failure names
 * the seed ("seed 7: …"): with that in weft_test_desc.seed the same happens again.
 *
 * @return count; -n: in run n something was wrong.
 */
static inline int weft_test_seeds(weft_test *test, int count, weft_test_program *program,
                                  void *context);

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
 * The first step of a child that is spawned eagerly is part of its parent's: no place. Where tasks
 * may wait for ever for one that was cancelled, set weft_test_desc.may_deadlock.
 *
 * @return how many places there are; -n: in run n something was wrong.
 */
static inline int weft_test_cancellations(weft_test *test, enum weft_test_victim victim,
                                          weft_test_program *program, void *context);

/* How it is done. */

/* "seed 7" */
static inline void weft__tell_number(weft__print *print, const char *what, weft__amount number)
{
    weft__print_text(print, what);
    weft__print_text(print, " ");
    weft__print_number(print, number, 10);
}

static inline void weft__driver_enter(weft_test *test, weft__driver *driver)
{
    WEFT_ASSERT(weft__test_chooser(test) == NULL,
                "the program of weft_test_schedules() runs once each time: let that be innermost");
    driver->outer = test->drivers;
    test->drivers = driver;
}

static inline int weft__driver_leave(weft_test *test, const weft__driver *driver, int result)
{
    test->drivers = driver->outer;
    return test->failure != NULL ? -driver->number : result;
}

/* One more run; false: something was wrong. */
static inline bool weft__driver_run(weft_test *test, weft__driver *driver,
                                    weft_test_program *program, void *context)
{
    driver->number++;
    weft__test_begin(test);
    test->run = driver->number;
    program(test, context);
    test->run = driver->number; /* a driver in the program has counted its own */
    return test->failure == NULL;
}

/* --- seeds ------------------------------------------------------------------------------------ */

static inline void weft__seed_begin(weft__driver *driver, weft_test *test)
{
    const uint32_t first = test->desc.seed != 0 ? test->desc.seed : 1;
    weft__test_sow(test, first + (uint32_t)driver->number - 1);
}

static inline void weft__seed_tell(weft__driver *driver, weft_test *test, weft__print *print)
{
    (void)driver;
    weft__tell_number(print, "seed", test->seed);
}

static inline int weft_test_seeds(weft_test *test, int count, weft_test_program *program,
                                  void *context)
{
    weft__driver driver = WEFT__ZERO;
    driver.tell = weft__seed_tell;
    driver.begin = weft__seed_begin;
    weft__driver_enter(test, &driver);
    while (driver.number < count && weft__driver_run(test, &driver, program, context)) {
    }
    return weft__driver_leave(test, &driver, count);
}

/* --- schedules -------------------------------------------------------------------------------- */

/* The choices of one run: which was picked, of how many. To go on to the next schedule is to count
 * up, as with digits of different bases, of which the last is the fastest. */
typedef struct weft__schedule {
    weft__driver driver;
    size_t length; /* known: those before the last stay, the last was counted up, the rest is new */
    size_t at;     /* the next choice */
    uint8_t picked[WEFT_TEST_CHOICES], of[WEFT_TEST_CHOICES];
} weft__schedule;

static inline weft__schedule *weft__schedule_of(weft__driver *driver)
{
    return WEFT_CONTAINER(driver, weft__schedule, driver);
}

static inline void weft__schedule_begin(weft__driver *driver, weft_test *test)
{
    (void)test;
    weft__schedule_of(driver)->at = 0;
}

static inline void weft__schedule_tell(weft__driver *driver, weft_test *test, weft__print *print)
{
    (void)test;
    weft__tell_number(print, "schedule", (weft__amount)driver->number);
}

static inline size_t weft__schedule_choose(weft__driver *driver, size_t count)
{
    weft__schedule *const schedule = weft__schedule_of(driver);
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
    int count = limit + 1;
    schedule.driver.tell = weft__schedule_tell;
    schedule.driver.begin = weft__schedule_begin;
    schedule.driver.choose = weft__schedule_choose;
    weft__driver_enter(test, &schedule.driver);
    while (schedule.driver.number < limit &&
           weft__driver_run(test, &schedule.driver, program, context)) {
        if (!weft__schedule_next(&schedule)) {
            count = schedule.driver.number;
            break;
        }
    }
    return weft__driver_leave(test, &schedule.driver, count);
}

/* --- cancellations ---------------------------------------------------------------------------- */

typedef struct weft__places {
    weft__driver driver; /* its number is that of the place, too */
    enum weft_test_victim victim;
    int passed, most;                        /* in this run; in any, if there is a driver inside */
    weft_step_function *cancelled, *waiting; /* where: first and innermost coroutine; or NULL */
} weft__places;

static inline weft__places *weft__places_of(weft__driver *driver)
{
    return WEFT_CONTAINER(driver, weft__places, driver);
}

static inline void weft__place_begin(weft__driver *driver, weft_test *test)
{
    (void)test;
    weft__places_of(driver)->passed = 0;
    weft__places_of(driver)->cancelled = NULL;
}

static inline void weft__place_pass(weft__driver *driver, weft_test *test, weft_task *task)
{
    weft__places *const places = weft__places_of(driver);
    if (test->is_finishing || weft__is_callback(task) ||
        (places->victim == WEFT_TEST_MAIN && task != test->main)) {
        return;
    }
    places->passed++;
    places->most = places->passed > places->most ? places->passed : places->most;
    if (places->passed == driver->number) {
        places->cancelled = weft__first_function(task);
        places->waiting = task->chain.top->step;
        (void)weft_task_cancel_because(task, "weft_test_cancellations()");
    }
}

static inline void weft__place_tell(weft__driver *driver, weft_test *test, weft__print *print)
{
    const weft__places *const places = weft__places_of(driver);
    (void)test;
    weft__tell_number(print, places->cancelled != NULL ? "place" : "before place",
                      (weft__amount)driver->number);
    if (places->cancelled != NULL) {
        weft__print_text(print, " (");
        weft__print_place(print, places->cancelled, places->waiting);
        weft__print_text(print, ")");
    }
}

static inline int weft_test_cancellations(weft_test *test, enum weft_test_victim victim,
                                          weft_test_program *program, void *context)
{
    weft__places places = WEFT__ZERO;
    places.victim = victim;
    places.driver.tell = weft__place_tell;
    places.driver.begin = weft__place_begin;
    places.driver.before = weft__place_pass;
    places.driver.parked = weft__place_pass;
    weft__driver_enter(test, &places.driver);
    do {
        places.most = 0;
    } while (weft__driver_run(test, &places.driver, program, context) &&
             places.most >= places.driver.number);
    return weft__driver_leave(test, &places.driver, places.most);
}

WEFT__END_C

#endif
#endif
