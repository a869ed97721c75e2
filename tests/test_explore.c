/* test_explore.c - every schedule. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/sync.h>

static char recorded[SIZED(4096, 512)]; /* by the programs: one trace a run */

static void begin_recording(void)
{
    recorded[0] = '\0';
    begin_with((weft_test_desc){.seed = 0});
}

/* Records the trace of this run without its last space, and a bar. */
static void record(void)
{
    if (test.length > 0) {
        strncat(recorded, test.trace, test.length - 1);
    }
    strcat(recorded, "|");
}

struct passer {
    WEFT_FRAME;
    const char *first, *second;
};

static WEFT_ASYNC(passer, self)
{
    weft_trace(&test, self->first);
    if (self->second != NULL) {
        WEFT_PASS();
        weft_trace(&test, self->second);
    }
}
WEFT_END

struct three {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) a, b, c;
};

static WEFT_ASYNC(three, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, passer, "a"));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, passer, "b"));
        WEFT_CHECK(weft_spawn(&self->group, &self->c, passer, "c"));
    }
}
WEFT_END

static void run_three(weft_test *of, void *context)
{
    (void)context;
    ck_assert_int_eq(weft_test_run(of, three), 0);
    record();
}

START_TEST(three_tasks_that_are_ready_together_have_six_schedules_the_promised_order_first)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 100, run_three, NULL), 6);
    ck_assert_str_eq(recorded, "a b c|a c b|b a c|b c a|c a b|c b a|");
}
END_TEST

START_TEST(schedules_beyond_the_limit_are_left_out)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 5, run_three, NULL), 6);
    ck_assert_str_eq(recorded, "a b c|a c b|b a c|b c a|c a b|");
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 4, run_three, NULL), 5);
}
END_TEST

struct pair {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) a, b;
};

static WEFT_ASYNC(pair, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, passer, "a", "A"));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, passer, "b", "B"));
    }
}
WEFT_END

static void run_pair(weft_test *of, void *context)
{
    (void)context;
    ck_assert_int_eq(weft_test_run(of, pair), 0);
    record();
}

START_TEST(tasks_of_one_pass_change_places_but_no_task_overtakes_a_pass)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 100, run_pair, NULL), 4);
    ck_assert_str_eq(recorded, "a b A B|a b B A|b a B A|b a A B|");
}
END_TEST

/* Two that add 1 to the same number; with a wait between reading and writing an update is lost. */
struct adder {
    WEFT_FRAME;
    int *number;
    weft_semaphore *guard;
    int read;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(adder, self)
{
    if (self->guard != NULL) {
        WEFT_TRY(self->acquire, weft_acquire, self->guard, &self->turn);
    }
    self->read = *self->number;
    WEFT_PASS();
    *self->number = self->read + 1;
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

struct adders {
    WEFT_FRAME;
    int *number;
    weft_semaphore *guard;
    weft_group group;
    WEFT_TASK(adder) a, b;
};

static WEFT_ASYNC(adders, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, adder, self->number, self->guard));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, adder, self->number, self->guard));
    }
}
WEFT_END

static void add_with(weft_test *of, weft_semaphore *guard)
{
    int number = 0;
    ck_assert_int_eq(weft_test_run(of, adders, &number, guard), 0);
    if (number != 2) {
        weft_test_fail(of, "an update was lost", NULL);
    }
}

static void add_unguarded(weft_test *of, void *context)
{
    (void)context;
    add_with(of, NULL);
}

static void add_guarded(weft_test *of, void *context)
{
    weft_semaphore guard = {.permits = 1};
    (void)context;
    add_with(of, &guard);
}

START_TEST(a_program_that_says_it_failed_ends_the_search)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 100, add_unguarded, NULL), -1);
    ck_assert_str_eq(test.failure, "an update was lost");
    ck_assert_str_eq(printed, "schedule 1: an update was lost\n    trace: \n");
}
END_TEST

static void fail_when_c_is_first(weft_test *of, void *context)
{
    run_three(of, context);
    if (of->trace[0] == 'c') {
        weft_test_fail(of, "c was first", NULL);
    }
}

START_TEST(a_failure_in_one_order_is_found_and_shown)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 100, fail_when_c_is_first, NULL), -5);
    ck_assert_int_eq(test.run, 5);
    ck_assert_str_eq(printed, "schedule 5: c was first\n    trace: c a b \n");
}
END_TEST

START_TEST(a_guarded_update_is_right_in_every_schedule)
{
    begin_recording();
    ck_assert_int_eq(weft_test_schedules(&test, 100, add_guarded, NULL), 2);
}
END_TEST

static void run_differently(weft_test *of, void *context)
{
    int *const times = context;
    if ((*times)++ == 0) {
        (void)weft_test_run(of, three);
    } else {
        (void)weft_test_run(of, pair);
    }
}

START_TEST(a_program_that_does_not_do_the_same_each_time_stops)
{
    int times = 0;
    begin_recording();
    (void)weft_test_schedules(&test, 100, run_differently, &times);
}
END_TEST

SUITE_TOGETHER(explore)
{
    TEST(three_tasks_that_are_ready_together_have_six_schedules_the_promised_order_first);
    TEST(schedules_beyond_the_limit_are_left_out);
    TEST(tasks_of_one_pass_change_places_but_no_task_overtakes_a_pass);
    TEST(a_program_that_says_it_failed_ends_the_search);
    TEST(a_failure_in_one_order_is_found_and_shown);
    TEST(a_guarded_update_is_right_in_every_schedule);
    TEST_STOPS(a_program_that_does_not_do_the_same_each_time_stops);
}
