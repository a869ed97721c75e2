/* test_testing.c - the virtual clock, the trace, the seed, resources. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <stdio.h>
#include <weft/queue.h>
#include <weft/sync.h>
#include <weft/testing.h>

static weft_test test;
static char printed[8192];

static void put(void *context, const char *piece, size_t length)
{
    strncat(context, piece, length);
}

static void begin_with(weft_test_desc desc)
{
    printed[0] = '\0';
    desc.print = put;
    desc.context = printed;
    weft_test_init(&test, &desc);
}

static void begin(void)
{
    begin_with((weft_test_desc){.trace_times = true});
}

struct sleeper {
    WEFT_FRAME;
    const char *name;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    weft_trace(&test, self->name);
}
WEFT_END

struct two {
    WEFT_FRAME;
    weft_time first, second;
    weft_group group;
    WEFT_TASK(sleeper) a, b;
};

static WEFT_ASYNC(two, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, sleeper, "a", self->first));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, sleeper, "b", self->second));
    }
    weft_trace(&test, "both");
}
WEFT_END

START_TEST(the_clock_jumps_when_nothing_is_ready)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(86400), WEFT_MS(1500)), 0);
    ck_assert_str_eq(test.trace, "b@1500ms a@86400s both@86400s ");
    ck_assert_int_eq(test.now, WEFT_S(86400));
}
END_TEST

START_TEST(the_clock_begins_where_it_is_told)
{
    begin_with((weft_test_desc){.trace_times = true, .start_at = WEFT_S(100)});
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_US(7)), 0);
    ck_assert_str_eq(test.trace, "x@100000007us ");
}
END_TEST

START_TEST(times_in_a_trace_are_exact_to_the_tick)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 1), 0);
    ck_assert_str_eq(test.trace, "x@1ticks ");
}
END_TEST

START_TEST(without_options_the_trace_has_no_times)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(2), WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "b a both ");
}
END_TEST

START_TEST(a_run_goes_on_where_the_one_before_ended)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "y", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "x@1s y@2s ");
}
END_TEST

START_TEST(steps_are_traced_with_the_first_and_the_innermost_coroutine)
{
    begin_with((weft_test_desc){.trace_steps = true, .trace_times = true});
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(2), WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "two@0s sleeper@0s sleeper@0s sleeper.weft_sleep@1s b@1s "
                                 "sleeper.weft_sleep@2s a@2s two@2s both@2s ");
}
END_TEST

START_TEST(a_trace_that_is_full_stops)
{
    begin();
    for (size_t count = 0; count < sizeof test.trace; count++) {
        weft_trace(&test, "");
    }
}
END_TEST

struct result {
    WEFT_FRAME;
    int value;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(result, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    self->value = 42;
    WEFT_RETURN(self->status);
}
WEFT_END

START_TEST(the_status_is_that_of_the_coroutine)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, result, .status = -5), -5);
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(results_can_be_read_from_a_slot)
{
    static WEFT_TASK(result) slot;
    begin();
    weft_spawn(&test.executor.group, &slot, result, .value = 0);
    ck_assert_int_eq(weft_test_run_until(&test, &slot.task), 0);
    ck_assert_int_eq(slot.frame.value, 42);
}
END_TEST

struct waits {
    WEFT_FRAME;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waits, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->event);
WEFT_FINALLY:
    weft_trace(&test, WEFT_OUTCOME() == WEFT_ECANCELED ? "cancelled" : "set");
}
WEFT_END

START_TEST(a_deadlock_dumps_all_tasks_and_cancels_the_coroutine)
{
    weft_event event = {0};
    begin();
    ck_assert_int_eq(weft_test_run(&test, waits, &event), WEFT_EDEADLOCK);
    ck_assert_ptr_eq(strstr(printed, "1 task\n`-- waits: waits in weft_event_wait\n"), printed);
    ck_assert_str_eq(test.trace, "cancelled@0s ");
    ck_assert_ptr_null(test.failure);
}
END_TEST

struct stubborn {
    WEFT_FRAME;
    weft_link list;
};

static WEFT_ASYNC(stubborn, self)
{
    WEFT_HOLD(&self->list);
}
WEFT_END

START_TEST(a_task_that_does_not_end_when_it_is_cancelled_is_a_failure)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, stubborn), WEFT_EDEADLOCK);
    ck_assert_str_eq(test.failure, "tasks are left that do not end when they are cancelled");
    ck_assert_ptr_nonnull(strstr(printed, "stubborn: waits in stubborn, held, cancelled"));
}
END_TEST

START_TEST(tasks_that_are_left_are_cancelled_and_awaited)
{
    static WEFT_TASK(waits) left;
    weft_event event = {0};
    begin();
    weft_spawn(&test.executor.group, &left, waits, &event);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "slept", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "slept@1s cancelled@1s ");
    ck_assert_int_eq(left.task.status, WEFT_ECANCELED);
    ck_assert_ptr_null(test.failure);
}
END_TEST

struct stops {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stops, self)
{
    weft_executor_stop(&test.executor);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(a_run_that_is_stopped_says_so)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, stops), WEFT_ESTOPPED);
}
END_TEST

START_TEST(a_detached_failure_is_printed)
{
    static WEFT_TASK(result) failing;
    begin();
    weft_spawn(&test.executor.group, &failing, result, .status = -5);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(2)), 0);
    ck_assert_str_eq(printed, "a detached task failed, and nobody awaited it\n");
}
END_TEST

/* Traces in which order six tasks run that are ready together. */
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

struct six {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) each[6];
};

static WEFT_ASYNC(six, self)
{
    static const char names[6][2] = {"a", "b", "c", "d", "e", "f"};
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < 6; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->each[i], passer, names[i]));
        }
    }
}
WEFT_END

static const char *trace_with(uint32_t seed)
{
    begin_with((weft_test_desc){.seed = seed});
    ck_assert_int_eq(weft_test_run(&test, six), 0);
    return test.trace;
}

START_TEST(without_a_seed_the_order_is_the_promised_one)
{
    ck_assert_str_eq(trace_with(0), "a b c d e f ");
}
END_TEST

START_TEST(the_same_seed_gives_the_same_trace)
{
    char first[16];
    strcpy(first, trace_with((uint32_t)_i + 1));
    ck_assert_str_eq(trace_with((uint32_t)_i + 1), first);
}
END_TEST

START_TEST(a_hundred_seeds_give_many_orders_of_the_same_entries)
{
    char traces[100][16];
    int different = 0;
    for (int i = 0; i < 100; i++) {
        bool is_new = true;
        strcpy(traces[i], trace_with((uint32_t)i + 1));
        ck_assert_uint_eq(strlen(traces[i]), 12);
        ck_assert_uint_eq(strspn(traces[i], "abcdef "), 12);
        for (int before = 0; before < i; before++) {
            is_new = is_new && strcmp(traces[before], traces[i]) != 0;
        }
        different += is_new;
    }
    ck_assert_int_gt(different, 50);
}
END_TEST

START_TEST(random_numbers_are_those_of_the_paper)
{
    begin();
    ck_assert_uint_eq(weft_test_random(&test), 723471715);
    ck_assert_uint_eq(weft_test_random(&test), 2497366906);
    ck_assert_uint_eq(weft_test_random(&test), 2064144800);
}
END_TEST

START_TEST(what_is_released_as_often_as_acquired_is_right)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_acquire(&test, &file);
    weft_test_release(&test, &file);
    weft_test_release(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_ptr_null(test.failure);
}
END_TEST

START_TEST(what_is_not_released_is_a_failure)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_str_eq(printed, "not released: file\n    trace: x@0s \n");
}
END_TEST

START_TEST(what_is_released_twice_is_a_failure)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_release(&test, &file);
    weft_test_release(&test, &file);
    ck_assert_str_eq(test.failure, "released, but not held");
    ck_assert_int_eq(file.held, 0);
}
END_TEST

static void never(weft_timer *timer)
{
    (void)timer;
}

START_TEST(a_timer_that_is_left_armed_is_a_failure)
{
    weft_timer timer = {.fire = never};
    begin();
    weft_timers_arm(&test.executor.core.timers, &timer, WEFT_S(9));
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_str_eq(test.failure, "a timer is left armed");
}
END_TEST

SUITE(testing)
{
    TEST(the_clock_jumps_when_nothing_is_ready);
    TEST(the_clock_begins_where_it_is_told);
    TEST(times_in_a_trace_are_exact_to_the_tick);
    TEST(without_options_the_trace_has_no_times);
    TEST(a_run_goes_on_where_the_one_before_ended);
    TEST(steps_are_traced_with_the_first_and_the_innermost_coroutine);
    TEST_STOPS(a_trace_that_is_full_stops);
    TEST(the_status_is_that_of_the_coroutine);
    TEST(results_can_be_read_from_a_slot);
    TEST(a_deadlock_dumps_all_tasks_and_cancels_the_coroutine);
    TEST(a_task_that_does_not_end_when_it_is_cancelled_is_a_failure);
    TEST(tasks_that_are_left_are_cancelled_and_awaited);
    TEST(a_run_that_is_stopped_says_so);
    TEST(a_detached_failure_is_printed);
    TEST(without_a_seed_the_order_is_the_promised_one);
    TEST_EACH(the_same_seed_gives_the_same_trace, 10);
    TEST(a_hundred_seeds_give_many_orders_of_the_same_entries);
    TEST(random_numbers_are_those_of_the_paper);
    TEST(what_is_released_as_often_as_acquired_is_right);
    TEST(what_is_not_released_is_a_failure);
    TEST(what_is_released_twice_is_a_failure);
    TEST(a_timer_that_is_left_armed_is_a_failure);
}
