/* test_explore.c - every schedule, every cancellation. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <stdio.h>
#include <weft/explore.h>
#include <weft/queue.h>
#include <weft/sync.h>

static weft_test test;
static char printed[8192];
static char recorded[4096]; /* by the programs: one trace a run */
static weft_test_resource file = {.name = "file"};
static weft_test_resource lock = {.name = "lock"};

static void put(void *context, const char *piece, size_t length)
{
    strncat(context, piece, length);
}

static void begin(void)
{
    printed[0] = '\0';
    recorded[0] = '\0';
    weft_test_init(&test, &(weft_test_desc){.print = put, .context = printed});
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
    begin();
    ck_assert_int_eq(weft_test_schedules(&test, 100, run_three, NULL), 6);
    ck_assert_str_eq(recorded, "a b c|a c b|b a c|b c a|c a b|c b a|");
}
END_TEST

START_TEST(schedules_beyond_the_limit_are_left_out)
{
    begin();
    ck_assert_int_eq(weft_test_schedules(&test, 5, run_three, NULL), 6);
    ck_assert_str_eq(recorded, "a b c|a c b|b a c|b c a|c a b|");
    begin();
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
    begin();
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
    begin();
    ck_assert_int_eq(weft_test_schedules(&test, 100, add_unguarded, NULL), -1);
    ck_assert_str_eq(test.failure, "an update was lost");
    ck_assert_str_eq(printed, "run 1: an update was lost\n    trace: \n");
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
    begin();
    ck_assert_int_eq(weft_test_schedules(&test, 100, fail_when_c_is_first, NULL), -5);
    ck_assert_int_eq(test.run, 5);
    ck_assert_str_eq(printed, "run 5: c was first\n    trace: c a b \n");
}
END_TEST

START_TEST(a_guarded_update_is_right_in_every_schedule)
{
    begin();
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
    begin();
    (void)weft_test_schedules(&test, 100, run_differently, &times);
}
END_TEST

/* Holds two things, one after the other, and gives them back in a cleanup that waits. */
struct tidy {
    WEFT_FRAME;
    bool has_file, has_lock;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tidy, self)
{
    weft_test_acquire(&test, &file);
    self->has_file = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_acquire(&test, &lock);
    self->has_lock = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, "done");
WEFT_FINALLY:
    if (self->has_lock) {
        weft_test_release(&test, &lock);
    }
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    if (self->has_file) {
        weft_test_release(&test, &file);
    }
    weft_trace(&test, WEFT_OUTCOME() == WEFT_ECANCELED ? "cancelled" : "ended");
}
WEFT_END

static void run_tidy(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, tidy);
    record();
}

/* Three waits, the last in the cleanup: before the first step, and on both sides of each wait. */
START_TEST(a_main_task_is_cancelled_once_at_each_place_and_then_left_alone)
{
    begin();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_tidy, NULL), 7);
    ck_assert_str_eq(recorded, "cancelled|cancelled|cancelled|cancelled|cancelled|"
                               "done ended|done ended|done ended|");
}
END_TEST

/* Forgets its file when it is cancelled in the second wait. */
struct leaky {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaky, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_acquire(&test, &file);
    weft_trace(&test, "acquired");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_release(&test, &file);
}
WEFT_END

static void run_leaky(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, leaky);
}

START_TEST(a_place_where_a_cancellation_leaks_is_found)
{
    begin();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_leaky, NULL), -4);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_str_eq(printed, "run 4: not released: file\n    trace: acquired \n");
}
END_TEST

START_TEST(a_failed_search_leaves_nothing_behind_for_the_next)
{
    begin();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_leaky, NULL), -4);
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_tidy, NULL), 7);
}
END_TEST

/* Releases twice when it is cancelled. */
struct eager_to_release {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(eager_to_release, self)
{
    weft_test_acquire(&test, &file);
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    if (WEFT_STATUS() < 0) {
        weft_test_release(&test, &file);
    }
    weft_test_release(&test, &file);
}
WEFT_END

static void run_eager_to_release(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, eager_to_release);
}

START_TEST(what_is_released_twice_is_found)
{
    begin();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_eager_to_release, NULL),
                     -2);
    ck_assert_str_eq(test.failure, "released, but not held");
}
END_TEST

static void run_without(weft_test *of, void *context)
{
    (void)of, (void)context;
}

START_TEST(a_program_that_runs_nothing_has_no_place)
{
    begin();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_without, NULL), 0);
}
END_TEST

/* A producer and two consumers over a queue, and a semaphore: cancelled at any place, no item is
 * in two hands and no permit is lost. */
struct consumer {
    WEFT_FRAME;
    weft_queue *queue;
    weft_semaphore *limit;
    int *sum;
    int item;
    weft_hold turn;
    union {
        struct weft_get get;
        struct weft_acquire acquire;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(consumer, self)
{
    for (;;) {
        WEFT_TRY(self->get, weft_get, self->queue, &self->item);
        *self->sum += self->item;
        WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
        weft_test_acquire(&test, &lock);
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        weft_test_release(&test, &lock);
        weft_release(&self->turn);
    }
WEFT_FINALLY:
    if (self->turn.of != NULL && lock.held > 0) {
        weft_test_release(&test, &lock);
    }
    weft_release(&self->turn);
}
WEFT_END

struct factory {
    WEFT_FRAME;
    weft_queue *queue;
    weft_semaphore *limit;
    int *sum;
    int item;
    weft_group group;
    WEFT_TASK(consumer) a, b;
    union {
        struct weft_put put;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(factory, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(
            weft_spawn(&self->group, &self->a, consumer, self->queue, self->limit, self->sum));
        WEFT_CHECK(
            weft_spawn(&self->group, &self->b, consumer, self->queue, self->limit, self->sum));
        for (self->item = 1; self->item <= 4; self->item++) {
            if (self->item % 2 == 1) { /* at first the consumers wait, then the producer */
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
            }
            WEFT_TRY(self->put, weft_put, self->queue, &self->item);
        }
        weft_queue_shutdown(self->queue, false);
    }
}
WEFT_END

static void run_factory(weft_test *of, void *context)
{
    int room[1], sum = 0, rest = 0, item;
    weft_queue queue;
    weft_semaphore limit = {.permits = 1};
    weft_queue_init(&queue, room, sizeof room[0], 1);
    (void)context;
    const int status = weft_test_run(of, factory, &queue, &limit, &sum);
    while (weft_get_nowait(&queue, &item) == 0) {
        rest += item;
    }
    if (limit.permits != 1) {
        weft_test_fail(of, "a permit was lost", NULL);
    }
    if (status == 0 && sum + rest != 1 + 2 + 3 + 4) {
        weft_test_fail(of, "an item was lost", NULL);
    }
    if (status != 0 && status != WEFT_ECANCELED) {
        weft_test_fail(of, "it failed", weft_status_text(status));
    }
}

START_TEST(any_task_of_a_program_is_cancelled_at_each_of_its_places)
{
    begin();
    const int of_main = weft_test_cancellations(&test, WEFT_TEST_MAIN, run_factory, NULL);
    ck_assert_int_gt(of_main, 0);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_factory, NULL), of_main);
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(every_schedule_of_a_program_leaves_nothing_behind)
{
    begin();
    ck_assert_int_gt(weft_test_schedules(&test, 10000, run_factory, NULL), 1);
    ck_assert_str_eq(printed, "");
}
END_TEST

SUITE(explore)
{
    TEST(three_tasks_that_are_ready_together_have_six_schedules_the_promised_order_first);
    TEST(schedules_beyond_the_limit_are_left_out);
    TEST(tasks_of_one_pass_change_places_but_no_task_overtakes_a_pass);
    TEST(a_program_that_says_it_failed_ends_the_search);
    TEST(a_failure_in_one_order_is_found_and_shown);
    TEST(a_guarded_update_is_right_in_every_schedule);
    TEST_STOPS(a_program_that_does_not_do_the_same_each_time_stops);
    TEST(a_main_task_is_cancelled_once_at_each_place_and_then_left_alone);
    TEST(a_place_where_a_cancellation_leaks_is_found);
    TEST(a_failed_search_leaves_nothing_behind_for_the_next);
    TEST(what_is_released_twice_is_found);
    TEST(a_program_that_runs_nothing_has_no_place);
    TEST(any_task_of_a_program_is_cancelled_at_each_of_its_places);
    TEST(every_schedule_of_a_program_leaves_nothing_behind);
}
