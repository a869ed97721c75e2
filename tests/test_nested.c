/* test_nested.c - drivers in drivers: every combination of faults, cancellations, orders. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <errno.h>
#include <weft/sync.h>

static int runs;
static weft_test_resource file = {.name = "file"};
static weft_test_resource lock = {.name = "lock"};

static void begin_runs(void)
{
    runs = 0;
    begin_with((weft_test_desc){.seed = 0});
}

static int take(weft_test_resource *resource)
{
    WEFT_TEST_POINT(&test, -EMFILE);
    weft_test_acquire(&test, resource);
    return 0;
}

/* Takes two things with a wait between, and gives back in FINALLY. Planted, if it is told so: after
 * a failure it gives back behind a wait, which a cancellation refuses. */
struct program {
    WEFT_FRAME;
    bool is_wrong;
    bool has_file, has_lock;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    WEFT_CHECK(take(&file));
    self->has_file = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    if (take(&lock) < 0) {
        if (self->is_wrong) {
            self->has_file = false;
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
            weft_test_release(&test, &file);
        }
        WEFT_RETURN(-EMFILE);
    }
    self->has_lock = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    if (self->has_lock) {
        weft_test_release(&test, &lock);
    }
    if (self->has_file) {
        weft_test_release(&test, &file);
    }
}
WEFT_END

static void run_program(weft_test *of, void *context)
{
    runs++;
    (void)weft_test_run(of, program, .is_wrong = context != NULL);
}

static void run_cancelled(weft_test *of, void *context)
{
    (void)weft_test_cancellations(of, WEFT_TEST_ANY, run_program, context);
}

static void run_faulty(weft_test *of, void *context)
{
    (void)weft_test_faults(of, run_program, context);
}

START_TEST(each_fault_meets_each_cancellation)
{
    begin_runs();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_program, NULL), 5);
    ck_assert_int_eq(weft_test_faults(&test, run_program, NULL), 2);
    runs = 0;
    ck_assert_int_eq(weft_test_faults(&test, run_cancelled, NULL), 2);
    /* with the first point failing 1 place, the second 3, none 5; and once each without */
    ck_assert_int_eq(runs, 2 + 4 + 6);
    ck_assert_clean();
}
END_TEST

START_TEST(and_each_cancellation_each_fault)
{
    begin_runs();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_faulty, NULL), 5);
    /* cancelled at places 1 to 5: points 0 1 1 2 2, without: 2; and once each without */
    ck_assert_int_eq(runs, 1 + 2 + 2 + 3 + 3 + 3);
    ck_assert_clean();
}
END_TEST

START_TEST(what_only_a_combination_shows_is_found_and_both_are_named)
{
    static bool is_wrong = true;
    begin_runs();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_program, &is_wrong), 5);
    ck_assert_int_eq(weft_test_faults(&test, run_program, &is_wrong), 2);
    ck_assert_clean();
    ck_assert_int_eq(weft_test_faults(&test, run_cancelled, &is_wrong), -2);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_ptr_eq(strstr(printed, "fault 2 (test_nested.c:"), printed);
    ck_assert_ptr_nonnull(
        strstr(printed, "), place 4 (program.weft_sleep): not released: file\n    trace: \n"));
}
END_TEST

static void run_pairs(weft_test *of, void *context)
{
    (void)weft_test_faults(of, run_program, context);
}

START_TEST(two_of_the_same_kind_let_each_pair_fail)
{
    begin_runs();
    ck_assert_int_eq(weft_test_faults(&test, run_pairs, NULL), 2);
    /* with the first failing, 1 point is passed, else 2; and once each without */
    ck_assert_int_eq(runs, 2 + 3 + 3);
    ck_assert_clean();
}
END_TEST

struct passer {
    WEFT_FRAME;
    const char *name;
};

static WEFT_ASYNC(passer, self)
{
    WEFT_PASS();
    weft_trace(&test, self->name);
}
WEFT_END

struct pair {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) a, b;
};

static WEFT_ASYNC(pair, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, passer, "a"));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, passer, "b"));
    }
}
WEFT_END

static void run_pair(weft_test *of, void *context)
{
    (void)context;
    runs++;
    (void)weft_test_run(of, pair);
}

static void cancel_pair(weft_test *of, void *context)
{
    (void)weft_test_cancellations(of, WEFT_TEST_ANY, run_pair, context);
}

static void schedule_pair(weft_test *of, void *context)
{
    (void)weft_test_schedules(of, 1000, run_pair, context);
}

START_TEST(each_seed_meets_each_cancellation)
{
    begin_runs();
    const int places = weft_test_cancellations(&test, WEFT_TEST_ANY, run_pair, NULL);
    ck_assert_int_gt(places, 0);
    runs = 0;
    ck_assert_int_eq(weft_test_seeds(&test, 10, cancel_pair, NULL), 10);
    ck_assert_int_eq(runs, 10 * (places + 1));
    ck_assert_clean();
}
END_TEST

START_TEST(each_cancellation_is_tried_in_each_schedule)
{
    begin_runs();
    const int places = weft_test_cancellations(&test, WEFT_TEST_ANY, run_pair, NULL);
    const int schedules = weft_test_schedules(&test, 1000, run_pair, NULL);
    runs = 0;
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, schedule_pair, NULL), places);
    ck_assert_int_gt(runs, places + schedules);
    ck_assert_clean();
}
END_TEST

/* The b before a of a cancelled pair. */
static void fail_if_b_is_first(weft_test *of, void *context)
{
    run_pair(of, context);
    if (of->trace[0] == 'b') {
        weft_test_fail(of, "b was first", NULL);
    }
}

static void schedule_failing(weft_test *of, void *context)
{
    (void)weft_test_schedules(of, 1000, fail_if_b_is_first, context);
}

START_TEST(the_outer_driver_ends_with_the_number_of_its_own_run)
{
    begin_runs();
    ck_assert_int_eq(weft_test_seeds(&test, 5, schedule_failing, NULL), -1);
    ck_assert_int_eq(test.run, 1);
    ck_assert_ptr_eq(strstr(printed, "seed 1, schedule "), printed);
    ck_assert_ptr_nonnull(strstr(printed, ": b was first\n"));
}
END_TEST

START_TEST(schedules_around_another_driver_stop)
{
    begin_runs();
    (void)weft_test_schedules(&test, 1000, cancel_pair, NULL);
}
END_TEST

/* --- a main task that waits for ever ---------------------------------------------------------- */

/* The first waits for the second, which says so only if it is not cancelled. */
static weft_event ready;

struct second {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(second, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_event_set(&ready);
}
WEFT_END

struct first {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(second) other;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(first, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->other, second));
        WEFT_TRY(self->wait, weft_event_wait, &ready);
    }
}
WEFT_END

static void run_first(weft_test *of, void *context)
{
    (void)context;
    ready = (weft_event){0};
    (void)weft_test_run(of, first);
}

static void cancel_first(weft_test *of, void *context)
{
    (void)weft_test_cancellations(of, WEFT_TEST_ANY, run_first, context);
}

START_TEST(who_waits_for_ever_for_one_that_was_cancelled_is_found)
{
    begin_runs();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_first, NULL), -3);
    ck_assert_failure("place 3 (second): ", "a deadlock");
    ck_assert_ptr_nonnull(strstr(printed, "first: waits in weft_event_wait"));
}
END_TEST

START_TEST(unless_that_may_be)
{
    begin_with((weft_test_desc){.may_deadlock = true});
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_first, NULL), 0);
    ck_assert_int_eq(weft_test_seeds(&test, 3, cancel_first, NULL), 3);
    ck_assert_clean();
}
END_TEST

/* Planted: swallows its cancellation, and waits for what does not come then. */
struct swallows {
    WEFT_FRAME;
    struct weft_sleep nap;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(swallows, self)
{
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    if (WEFT_STATUS() == 0) {
        WEFT_RETURN(0);
    }
    (void)weft_uncancel(WEFT_SELF());
    WEFT_TRY(self->wait, weft_event_wait, &ready);
}
WEFT_END

static void run_swallows(weft_test *of, void *context)
{
    (void)context;
    ready = (weft_event){0};
    (void)weft_test_run(of, swallows);
}

START_TEST(a_main_task_that_does_not_end_when_it_is_cancelled_is_found)
{
    begin_runs();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_swallows, NULL), -2);
    ck_assert_failure("place 2 (swallows.weft_sleep): ", "a deadlock");
}
END_TEST

SUITE_TOGETHER(nested)
{
    TEST(each_fault_meets_each_cancellation);
    TEST(and_each_cancellation_each_fault);
    TEST(what_only_a_combination_shows_is_found_and_both_are_named);
    TEST(two_of_the_same_kind_let_each_pair_fail);
    TEST(each_seed_meets_each_cancellation);
    TEST(each_cancellation_is_tried_in_each_schedule);
    TEST(the_outer_driver_ends_with_the_number_of_its_own_run);
    TEST_STOPS(schedules_around_another_driver_stop);
    TEST(who_waits_for_ever_for_one_that_was_cancelled_is_found);
    TEST(unless_that_may_be);
    TEST(a_main_task_that_does_not_end_when_it_is_cancelled_is_found);
}
