/* test_testing.c - a run: how it ends, in which order, and what it does with what is left. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/callback.h>
#include <weft/sync.h>

/* --- how it ends ------------------------------------------------------------------------------ */

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
    ck_assert_clean();
}
END_TEST

START_TEST(results_can_be_read_from_a_slot)
{
    static WEFT_TASK(result) slot;
    begin();
    START(&slot, result, .value = 0);
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
    ck_assert_clean();
}
END_TEST

START_TEST(a_detached_failure_is_printed)
{
    static WEFT_TASK(result) failing;
    begin();
    START(&failing, result, .status = -5);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(2)), 0);
    ck_assert_str_eq(printed, "a detached task failed, and nobody awaited it\n");
}
END_TEST

/* --- what is left ----------------------------------------------------------------------------- */

START_TEST(tasks_that_are_left_are_cancelled_and_awaited)
{
    static WEFT_TASK(waits) left;
    weft_event event = {0};
    begin();
    START(&left, waits, &event);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "slept", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "slept@1s cancelled@1s ");
    ck_assert_int_eq(left.task.status, WEFT_ECANCELED);
    ck_assert_clean();
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

START_TEST(after_such_a_failure_the_test_can_run_again)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, stubborn), WEFT_EDEADLOCK);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "x@1s ");
}
END_TEST

START_TEST(a_run_of_your_own_is_finished_in_the_same_way)
{
    static WEFT_TASK(waits) left;
    weft_event event = {0};
    weft_test_resource file = {.name = "file"};
    begin();
    START(&left, waits, &event);
    weft_test_acquire(&test, &file);
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(5)), 0);
    weft_test_finish(&test);
    ck_assert_str_eq(test.trace, "cancelled@5s ");
    ck_assert_failure("", "not released");
}
END_TEST

/* --- too many steps --------------------------------------------------------------------------- */

struct endless {
    WEFT_FRAME;
    bool is_stubborn; /* does not even end when it is cancelled */
    struct weft_sleep nap;
};

static WEFT_ASYNC(endless, self)
{
    weft_trace(&test, "polls");
    do {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    } while (WEFT_STATUS() == 0 || self->is_stubborn);
    weft_trace(&test, "ends");
}
WEFT_END

START_TEST(a_program_that_never_ends_fails_with_its_trace_and_a_dump)
{
    begin_with((weft_test_desc){.max_steps = 1000});
    ck_assert_int_eq(weft_test_run(&test, endless), WEFT_ESTOPPED);
    ck_assert_failure("", "too many steps: it does not end, or raise weft_test_desc.max_steps");
    ck_assert_ptr_nonnull(strstr(printed, ": endless\n    trace: polls \n1 task\n`-- endless: "));
    ck_assert_str_eq(test.trace, "polls ends ");
    ck_assert_uint_le(test.steps, 1003);
}
END_TEST

START_TEST(without_a_limit_of_yours_ten_million_steps_are_too_many)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, endless), WEFT_ESTOPPED);
    ck_assert_failure("", "too many steps: it does not end, or raise weft_test_desc.max_steps");
    ck_assert_uint_gt(test.steps, 10000000);
}
END_TEST

START_TEST(one_that_does_not_even_end_when_it_is_cancelled_is_given_up)
{
    begin_with((weft_test_desc){.max_steps = 1000});
    ck_assert_int_eq(weft_test_run(&test, endless, .is_stubborn = true), WEFT_ESTOPPED);
    ck_assert_ptr_nonnull(strstr(printed, "\ntasks are left that do not end when they are "
                                          "cancelled\n"));
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
}
END_TEST

START_TEST(one_that_is_left_and_never_ends_is_given_up)
{
    static WEFT_TASK(endless) left;
    begin_with((weft_test_desc){.max_steps = 1000});
    START(&left, endless, .is_stubborn = true);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_str_eq(test.failure, "tasks are left that do not end when they are cancelled");
}
END_TEST

static weft_callback callback;

static void post_again(void *unused)
{
    weft_callback_post(&test.executor.core, &callback, post_again, unused);
}

START_TEST(a_callback_that_posts_itself_for_ever_is_given_up)
{
    begin_with((weft_test_desc){.max_steps = 1000});
    weft_callback_post(&test.executor.core, &callback, post_again, NULL);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), WEFT_ESTOPPED);
    ck_assert_failure("", "too many steps: it does not end, or raise weft_test_desc.max_steps");
}
END_TEST

struct counted {
    WEFT_FRAME;
    int steps;
};

static WEFT_ASYNC(counted, self)
{
    while (--self->steps > 0) {
        WEFT_PASS();
    }
}
WEFT_END

START_TEST(as_many_steps_as_allowed_are_right_and_each_run_has_its_own)
{
    begin_with((weft_test_desc){.max_steps = 100});
    ck_assert_int_eq(weft_test_run(&test, counted, 100), 0);
    ck_assert_int_eq(weft_test_run(&test, counted, 100), 0);
    ck_assert_clean();
    ck_assert_uint_eq(test.steps, 200);
    ck_assert_int_eq(weft_test_run(&test, counted, 102), WEFT_ESTOPPED);
    ck_assert_failure("", "too many steps: it does not end, or raise weft_test_desc.max_steps");
}
END_TEST

START_TEST(an_advance_that_takes_too_many_steps_is_stopped)
{
    static WEFT_TASK(endless) task;
    begin_with((weft_test_desc){.max_steps = 1000, .manual_clock = true});
    START(&task, endless, .is_stubborn = false);
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(500)), 0);
    ck_assert_clean();
    ck_assert_int_eq(weft_test_advance(&test, WEFT_FOREVER), WEFT_ESTOPPED);
    weft_test_finish(&test);
    ck_assert_failure("", "too many steps: it does not end, or raise weft_test_desc.max_steps");
}
END_TEST

/* --- did it wait? ----------------------------------------------------------------------------- */

struct watches {
    WEFT_FRAME;
    weft_event *event;
    bool has_waited;
    uint32_t steps;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(watches, self)
{
    self->steps = test.steps;
    WEFT_TRY(self->wait, weft_event_wait, self->event);
    self->has_waited = test.steps != self->steps;
}
WEFT_END

struct sets {
    WEFT_FRAME;
    weft_event *event;
};

static WEFT_ASYNC(sets, self)
{
    weft_event_set(self->event);
}
WEFT_END

START_TEST(the_number_of_steps_tells_whether_a_call_has_waited)
{
    static WEFT_TASK(watches) watch;
    static WEFT_TASK(sets) other;
    weft_event event = {0};
    begin();
    START(&watch, watches, &event);
    START(&other, sets, &event);
    ck_assert_int_eq(weft_test_run_until(&test, &watch.task), 0);
    ck_assert(watch.frame.has_waited);
    START(&watch, watches, &event);
    ck_assert_int_eq(weft_test_run_until(&test, &watch.task), 0);
    ck_assert(!watch.frame.has_waited);
}
END_TEST

/* --- the order -------------------------------------------------------------------------------- */

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
    ck_assert_int_gt(different, 80); /* of 720 that there are, by chance 93 */
}
END_TEST

SUITE_TOGETHER(testing)
{
    TEST(the_status_is_that_of_the_coroutine);
    TEST(results_can_be_read_from_a_slot);
    TEST(a_deadlock_dumps_all_tasks_and_cancels_the_coroutine);
    TEST(a_run_that_is_stopped_says_so);
    TEST(a_detached_failure_is_printed);
    TEST(tasks_that_are_left_are_cancelled_and_awaited);
    TEST(a_task_that_does_not_end_when_it_is_cancelled_is_a_failure);
    TEST(after_such_a_failure_the_test_can_run_again);
    TEST(a_run_of_your_own_is_finished_in_the_same_way);
    TEST(a_program_that_never_ends_fails_with_its_trace_and_a_dump);
    TEST_OF_MANY(without_a_limit_of_yours_ten_million_steps_are_too_many);
    TEST(one_that_does_not_even_end_when_it_is_cancelled_is_given_up);
    TEST(one_that_is_left_and_never_ends_is_given_up);
    TEST(a_callback_that_posts_itself_for_ever_is_given_up);
    TEST(as_many_steps_as_allowed_are_right_and_each_run_has_its_own);
    TEST(an_advance_that_takes_too_many_steps_is_stopped);
    TEST(the_number_of_steps_tells_whether_a_call_has_waited);
    TEST(without_a_seed_the_order_is_the_promised_one);
    TEST_EACH(the_same_seed_gives_the_same_trace, 10);
    TEST(a_hundred_seeds_give_many_orders_of_the_same_entries);
}
