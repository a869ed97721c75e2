/* test_generator_async.c - generators that await between their values, in a loop of a task. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

struct listener {
    WEFT_FRAME;
    enum way way;
    int to;
    struct ticker ticker;
    struct failure failure;
};

static WEFT_ASYNC(listener, self)
{
    WEFT_FOR_EACH(self->ticker, ticker, self->to) {
        say("%d@%d ", self->ticker.value, seconds());
        if (self->way == BY_BREAK) {
            break;
        } else if (self->way == BY_TRY) {
            WEFT_TRY(self->failure, failure, -5);
        }
    }
    say("behind");
WEFT_FINALLY:
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(an_async_generator_awaits_between_its_values)
{
    WEFT_TASK(listener) task = {0};
    begin();
    START(&task, listener, TO_THE_END, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 2@2 [0@3]behind{0@3}");
}
END_TEST

START_TEST(closing_an_async_generator_waits_for_its_cleanup)
{
    const char *const traces[] = {"1@1 [-4099@2]behind{0@2}", "1@1 [-4099@2]{-5@2}"};
    WEFT_TASK(listener) task = {0};
    begin();
    START(&task, listener, _i == 0 ? BY_BREAK : BY_TRY, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_cancel_in_the_wait_of_an_async_generator_unwinds_it_first)
{
    WEFT_TASK(listener) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, listener, TO_THE_END, 9);
    START(&canceller_task, canceller, &task.task, WEFT_MS(1500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4097@2]{-4097@2}");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct listener_that_waits {
    WEFT_FRAME;
    struct ticker ticker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(listener_that_waits, self)
{
    WEFT_FOR_EACH(self->ticker, ticker, 9) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
    }
WEFT_FINALLY:
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_cancel_in_the_body_of_for_each_closes_the_async_generator)
{
    WEFT_TASK(listener_that_waits) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, listener_that_waits);
    START(&canceller_task, canceller, &task.task, WEFT_S(5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4099@6]{-4097@6}");
}
END_TEST

/* Does not let itself be cancelled: yields what it has. */
struct reluctant {
    WEFT_FRAME;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(reluctant, self)
{
    for (;;) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(10));
        WEFT_YIELD(self->value = WEFT_STATUS());
    }
}
WEFT_END

struct reluctant_loop {
    WEFT_FRAME;
    struct reluctant reluctant;
    struct weft_sleep nap;
};

static WEFT_ASYNC(reluctant_loop, self)
{
    WEFT_FOR_EACH(self->reluctant, reluctant) {
        say("%d ", self->reluctant.value);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("never ");
    }
}
WEFT_END

START_TEST(a_generator_that_catches_a_cancellation_may_yield_and_the_next_wait_is_refused)
{
    WEFT_TASK(reluctant_loop) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, reluctant_loop);
    START(&canceller_task, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_second_cancel_interrupts_the_cleanup_of_a_generator_that_is_closed_but_it_ends)
{
    WEFT_TASK(listener) task = {0};
    WEFT_TASK(canceller) cancellers[2] = {0};
    begin();
    START(&task, listener, TO_THE_END, 9);
    START(&cancellers[0], canceller, &task.task, WEFT_MS(1500));
    START(&cancellers[1], canceller, &task.task, WEFT_MS(2100));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4097@2]{-4097@2}");
    ck_assert(virtual_now == WEFT_MS(2100));
}
END_TEST

START_TEST(a_cancel_that_interrupts_the_cleanup_behind_a_break_leaves_the_loop)
{
    WEFT_TASK(listener) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, listener, BY_BREAK, 9);
    START(&canceller_task, canceller, &task.task, WEFT_MS(1500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4099@1]{-4097@1}");
    ck_assert(virtual_now == WEFT_MS(1500));
}
END_TEST

START_TEST(a_loop_that_is_left_over_at_the_end_of_a_run_is_closed_by_the_cancellation)
{
    WEFT_TASK(listener) task = {0};
    begin();
    START(&task, listener, TO_THE_END, 9);
    run_one_pass();
    weft_group_cancel(&executor.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4097@1]{-4097@1}");
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

struct yields_in_scope {
    WEFT_FRAME;
    weft_scope scope;
    int value;
};

static WEFT_ASYNC(yields_in_scope, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_YIELD(self->value = 1);
    }
}
WEFT_END

struct drives_scope {
    WEFT_FRAME;
    struct yields_in_scope generator;
};

static WEFT_ASYNC(drives_scope, self)
{
    WEFT_FOR_EACH(self->generator, yields_in_scope) {
    }
}
WEFT_END

START_TEST(yielding_inside_a_scope_of_the_generators_own_stops)
{
    WEFT_TASK(drives_scope) task = {0};
    begin();
    START(&task, drives_scope);
    (void)run();
}
END_TEST

SUITE_TOGETHER(generator_async)
{
    TEST(an_async_generator_awaits_between_its_values);
    TEST_EACH(closing_an_async_generator_waits_for_its_cleanup, 2);
    TEST(a_cancel_in_the_wait_of_an_async_generator_unwinds_it_first);
    TEST(a_cancel_in_the_body_of_for_each_closes_the_async_generator);
    TEST(a_generator_that_catches_a_cancellation_may_yield_and_the_next_wait_is_refused);
    TEST(a_second_cancel_interrupts_the_cleanup_of_a_generator_that_is_closed_but_it_ends);
    TEST(a_cancel_that_interrupts_the_cleanup_behind_a_break_leaves_the_loop);
    TEST(a_loop_that_is_left_over_at_the_end_of_a_run_is_closed_by_the_cancellation);
    TEST_STOPS(yielding_inside_a_scope_of_the_generators_own_stops);
}
