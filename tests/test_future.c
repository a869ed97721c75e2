/* test_future.c - a result that is still to come: its states, and those who await it. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/future.h>

typedef WEFT_FUTURE(int) number_future;

static number_future number;

static void begin_pending(void)
{
    begin();
    weft_future_init(&number.future, &executor.core);
}

/* States. */

enum { RESULT, ERROR, CANCELLED, STATES };

static void make_done(int state)
{
    if (state == RESULT) {
        weft_future_set_result(&number, 42);
    } else if (state == ERROR) {
        weft_future_set_error(&number.future, -5);
    } else {
        ck_assert(weft_future_cancel(&number.future));
    }
}

static const int statuses[] = {0, -5, WEFT_ECANCELED};

START_TEST(a_new_future_is_pending_a_zeroed_one_too)
{
    const number_future zeroed = {0};
    begin_pending();
    ck_assert(!weft_future_is_done(&number.future) && !weft_future_is_done(&zeroed.future));
    ck_assert(!weft_future_is_cancelled(&number.future));
}
END_TEST

START_TEST(done_it_has_a_result_or_an_error_or_is_cancelled)
{
    begin_pending();
    make_done(_i);
    ck_assert(weft_future_is_done(&number.future));
    ck_assert_int_eq(weft_future_is_cancelled(&number.future), _i == CANCELLED);
    ck_assert_int_eq(weft_future_status(&number.future), statuses[_i]);
    ck_assert_int_eq(number.value, _i == RESULT ? 42 : 0);
}
END_TEST

START_TEST(asking_a_pending_one_how_it_ended_stops)
{
    begin_pending();
    (void)weft_future_status(&number.future);
}
END_TEST

START_TEST(a_result_for_one_that_is_done_stops)
{
    begin_pending();
    make_done(_i);
    weft_future_set_result(&number, 43);
}
END_TEST

START_TEST(an_error_for_one_that_is_done_stops)
{
    begin_pending();
    make_done(RESULT);
    weft_future_set_error(&number.future, -6);
}
END_TEST

START_TEST(setting_one_done_that_is_done_stops)
{
    begin_pending();
    make_done(RESULT);
    weft_future_set_done(&number.future);
}
END_TEST

START_TEST(an_error_that_is_none_stops)
{
    begin_pending();
    weft_future_set_error(&number.future, 0);
}
END_TEST

static int evaluated; /* how often, or a line */

static int evaluate(void)
{
    return ++evaluated;
}

START_TEST(trying_to_set_one_that_is_done_changes_nothing_and_says_so)
{
    begin_pending();
    make_done(_i);
    ck_assert(!weft_future_try_set_result(&number, evaluate()));
    ck_assert(!weft_future_try_set_error(&number.future, -6));
    ck_assert(!weft_future_try_set_done(&number.future));
    ck_assert_int_eq(weft_future_status(&number.future), statuses[_i]);
    ck_assert_int_eq(number.value, _i == RESULT ? 42 : 0);
    ck_assert_int_eq(evaluated, 0);
}
END_TEST

START_TEST(trying_to_set_one_that_is_pending_sets_it)
{
    begin_pending();
    ck_assert(weft_future_try_set_result(&number, evaluate()));
    ck_assert_int_eq(weft_future_status(&number.future), 0);
    ck_assert_int_eq(number.value, 1);
    weft_future_release(&number.future);
    ck_assert(weft_future_try_set_error(&number.future, -6));
    ck_assert_int_eq(weft_future_status(&number.future), -6);
    weft_future_release(&number.future);
    ck_assert(weft_future_try_set_done(&number.future));
    ck_assert_int_eq(weft_future_status(&number.future), 0);
}
END_TEST

START_TEST(cancelling_one_that_is_done_says_no_and_changes_nothing)
{
    begin_pending();
    make_done(_i);
    ck_assert(!weft_future_cancel(&number.future));
    ck_assert_int_eq(weft_future_status(&number.future), statuses[_i]);
}
END_TEST

START_TEST(an_error_of_cancellation_is_a_cancellation)
{
    begin_pending();
    weft_future_set_error(&number.future, WEFT_ECANCELED);
    ck_assert(weft_future_is_cancelled(&number.future));
}
END_TEST

START_TEST(a_value_may_be_a_struct_or_be_filled_in_place)
{
    struct point {
        int x, y;
    };
    WEFT_FUTURE(struct point) point = {0};
    begin();
    weft_future_set_result(&point, (struct point){3, 4});
    ck_assert_int_eq(point.value.y, 4);
    weft_future_release(&point.future);
    point.value.x = 5;
    weft_future_set_done(&point.future);
    ck_assert_int_eq(point.value.x, 5);
}
END_TEST

#if WEFT_ORIGINS
START_TEST(a_cancellation_has_a_reason_and_a_place_an_error_its_place)
{
    begin_pending();
    ck_assert_ptr_null(weft_future_reason(&number.future));
    const bool was_pending = weft_future_cancel_because(&number.future, "enough");
    evaluated = __LINE__ - 1;
    ck_assert(was_pending);
    ck_assert_str_eq(weft_future_reason(&number.future)->why, "enough");
    ck_assert_int_eq(weft_future_reason(&number.future)->line, evaluated);
    ck_assert_ptr_nonnull(strstr(weft_future_reason(&number.future)->file, "test_future.c"));
    weft_future_release(&number.future);
    weft_future_set_error(&number.future, -5);
    evaluated = __LINE__ - 1;
    ck_assert_ptr_null(weft_future_reason(&number.future)->why);
    ck_assert_int_eq(weft_future_reason(&number.future)->line, evaluated);
    (void)weft_future_status(&number.future);
    weft_future_release(&number.future);
    weft_future_set_result(&number, 42);
    ck_assert_ptr_null(weft_future_reason(&number.future));
}
END_TEST
#endif

/* Awaited. */

struct awaiter {
    WEFT_FRAME;
    char name;
    bool cancels, waits_again;
    struct weft_future_wait wait;
    struct weft_sleep nap;
};

static WEFT_ASYNC(awaiter, self)
{
    WEFT_CATCH(self->wait, weft_future_wait, &number.future, self->cancels);
    say("%c%d ", self->name, WEFT_STATUS() == 0 ? number.value : WEFT_STATUS());
    if (self->waits_again) {
        WEFT_CATCH(self->nap, weft_sleep, 0);
        say("%c%d ", self->name, WEFT_STATUS());
    }
}
WEFT_END

typedef WEFT_TASK(awaiter) awaiter_task;

static const char *const told[] = {"a42 ", "a-5 ", "a-4097 "};

START_TEST(an_awaiter_waits_until_it_is_done_and_is_told_how)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, 'a');
    run_one_pass();
    make_done(_i);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, told[_i]);
}
END_TEST

START_TEST(awaiting_one_that_is_done_does_not_suspend)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    make_done(_i);
    START(&tasks[0], awaiter, 'a');
    run_one_pass();
    ck_assert_str_eq(trace, told[_i]);
    ck_assert(weft_task_is_done(&tasks[0].task));
}
END_TEST

START_TEST(an_awaiter_that_nobody_serves_is_a_deadlock)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, 'a');
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a42 ");
}
END_TEST

START_TEST(all_that_await_it_are_told_in_the_order_in_which_they_came)
{
    awaiter_task tasks[3] = {0};
    begin_pending();
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], awaiter, (char)('a' + i));
    }
    run_one_pass();
    make_done(_i);
    ck_assert_int_eq(run(), 0);
    static const char *const traces[] = {"a42 b42 c42 ", "a-5 b-5 c-5 ", "a-4097 b-4097 c-4097 "};
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(one_that_comes_after_it_is_done_need_not_wait_for_those_before)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    START(&tasks[0], awaiter, 'a');
    run_one_pass();
    START(&tasks[1], awaiter, 'b');
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b42 a42 ");
}
END_TEST

struct producer {
    WEFT_FRAME;
    weft_time after;
    int state;
    struct weft_sleep nap;
};

static WEFT_ASYNC(producer, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    make_done(self->state);
    say("set ");
}
WEFT_END

typedef WEFT_TASK(producer) producer_task;

START_TEST(who_sets_it_goes_on_first_and_the_awaiter_in_the_next_pass)
{
    awaiter_task task = {0};
    producer_task setter = {0};
    begin_pending();
    START(&task, awaiter, 'a');
    START(&setter, producer, WEFT_S(1), _i);
    ck_assert_int_eq(run(), 0);
    static const char *const traces[] = {"set a42 ", "set a-5 ", "set a-4097 "};
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

struct chooser {
    WEFT_FRAME;
    bool tries;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(chooser, self)
{
    if (self->tries) {
        WEFT_TRY(self->wait, weft_future_wait, &number.future);
    } else {
        WEFT_AWAIT(self->wait, weft_future_wait, &number.future);
    }
    say("went on after %d ", WEFT_STATUS());
}
WEFT_END

START_TEST(the_cancellation_of_a_future_is_not_one_of_the_task_that_awaits_it)
{
    WEFT_TASK(chooser) tries = {0}, looks = {0};
    begin_pending();
    START(&tries, chooser, true);
    START(&looks, chooser, false);
    run_one_pass();
    make_done(CANCELLED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "went on after -4097 ");
    ck_assert_int_eq(tries.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(weft_cancelling(&tries.task), 0);
    ck_assert_int_eq(looks.task.status, 0);
}
END_TEST

/* Awaited, and cancelled. */

START_TEST(a_cancelled_awaiter_leaves_the_future_and_the_others_alone)
{
    awaiter_task tasks[3] = {0};
    begin_pending();
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], awaiter, (char)('a' + i));
    }
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[1].task));
    run_one_pass();
    ck_assert(!weft_future_is_done(&number.future));
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097 a42 c42 ");
}
END_TEST

START_TEST(told_of_a_result_and_cancelled_before_it_ran_it_is_cancelled_and_the_result_stays)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    START(&tasks[0], awaiter, 'a');
    START(&tasks[1], awaiter, 'b');
    run_one_pass();
    make_done(RESULT);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b42 ");
    ck_assert_int_eq(weft_future_status(&number.future), 0);
}
END_TEST

START_TEST(cancelled_and_told_in_the_same_pass_it_is_cancelled)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    START(&tasks[0], awaiter, 'a', .cancels = _i == 1);
    START(&tasks[1], awaiter, 'b');
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b42 ");
    ck_assert_int_eq(weft_future_status(&number.future), 0);
}
END_TEST

START_TEST(
    told_of_an_error_and_cancelled_before_it_ran_it_has_the_error_and_the_next_wait_is_refused)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, 'a', .waits_again = true);
    run_one_pass();
    make_done(ERROR);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5 a-4097 ");
}
END_TEST

START_TEST(an_await_that_cancels_takes_the_future_along)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    START(&tasks[0], awaiter, 'a');
    START(&tasks[1], awaiter, 'b', .cancels = true);
    run_one_pass();
    ck_assert(weft_task_cancel_because(&tasks[1].task, "enough"));
    ck_assert_int_eq(run(), 0);
    ck_assert(weft_future_is_cancelled(&number.future));
    ck_assert_str_eq(trace, "b-4097 a-4097 ");
#if WEFT_ORIGINS
    ck_assert_str_eq(weft_future_reason(&number.future)->why, "enough");
#endif
}
END_TEST

START_TEST(an_await_that_cancels_leaves_alone_what_was_set_before)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, 'a', .cancels = true);
    run_one_pass();
    make_done(RESULT);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert_int_eq(weft_future_status(&number.future), 0);
}
END_TEST

struct condemned {
    WEFT_FRAME;
    bool cancels;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(condemned, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->wait, weft_future_wait, &number.future, self->cancels);
    say("%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(in_a_cancelled_task_a_pending_one_is_refused)
{
    WEFT_TASK(condemned) task = {0};
    begin_pending();
    START(&task, condemned, _i == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 ");
    ck_assert(weft_link_is_empty(&number.future.waiters));
    ck_assert_int_eq(weft_future_is_cancelled(&number.future), _i);
}
END_TEST

START_TEST(in_a_cancelled_task_the_result_of_a_done_one_can_still_be_had)
{
    WEFT_TASK(condemned) task = {0};
    begin_pending();
    make_done(RESULT);
    START(&task, condemned);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 ");
}
END_TEST

/* Awaited, for a time. */

struct patient {
    WEFT_FRAME;
    bool cancels;
    weft_scope patience;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        WEFT_TRY(self->wait, weft_future_wait, &number.future, self->cancels);
        say("got %d ", number.value);
    }
    say("%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_timeout_leaves_the_future_pending_unless_the_await_cancels)
{
    WEFT_TASK(patient) task = {0};
    begin_pending();
    START(&task, patient, _i == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4098@1 ");
    ck_assert_int_eq(weft_future_is_done(&number.future), _i);
    ck_assert_int_eq(weft_future_is_cancelled(&number.future), _i);
}
END_TEST

START_TEST(a_result_in_the_same_pass_as_the_timeout_is_had_or_not_but_never_both)
{
    /* Both timers are due together; who was armed first fires first. */
    WEFT_TASK(patient) task = {0};
    producer_task setter = {0};
    begin_pending();
    if (_i == 0) {
        START(&setter, producer, WEFT_S(1), RESULT);
        START(&task, patient);
    } else {
        START(&task, patient);
        START(&setter, producer, WEFT_S(1), RESULT);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "set -4098@1 " : "-4098@1 set ");
    ck_assert_int_eq(weft_future_status(&number.future), 0);
}
END_TEST

START_TEST(a_result_one_pass_before_the_timeout_is_had)
{
    WEFT_TASK(patient) task = {0};
    begin_pending();
    START(&task, patient);
    run_one_pass();
    make_done(RESULT);
    virtual_now = WEFT_S(1) - 1;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "got 42 0@0 ");
}
END_TEST

SUITE(future)
{
    TEST(a_new_future_is_pending_a_zeroed_one_too);
    TEST_EACH(done_it_has_a_result_or_an_error_or_is_cancelled, STATES);
    TEST_STOPS(asking_a_pending_one_how_it_ended_stops);
    TEST_STOPS(a_result_for_one_that_is_done_stops);
    TEST_STOPS(an_error_for_one_that_is_done_stops);
    TEST_STOPS(setting_one_done_that_is_done_stops);
    TEST_STOPS(an_error_that_is_none_stops);
    TEST_EACH(trying_to_set_one_that_is_done_changes_nothing_and_says_so, STATES);
    TEST(trying_to_set_one_that_is_pending_sets_it);
    TEST_EACH(cancelling_one_that_is_done_says_no_and_changes_nothing, STATES);
    TEST(an_error_of_cancellation_is_a_cancellation);
    TEST(a_value_may_be_a_struct_or_be_filled_in_place);
#if WEFT_ORIGINS
    TEST(a_cancellation_has_a_reason_and_a_place_an_error_its_place);
#endif
    TEST_EACH(an_awaiter_waits_until_it_is_done_and_is_told_how, STATES);
    TEST_EACH(awaiting_one_that_is_done_does_not_suspend, STATES);
    TEST(an_awaiter_that_nobody_serves_is_a_deadlock);
    TEST_EACH(all_that_await_it_are_told_in_the_order_in_which_they_came, STATES);
    TEST(one_that_comes_after_it_is_done_need_not_wait_for_those_before);
    TEST_EACH(who_sets_it_goes_on_first_and_the_awaiter_in_the_next_pass, STATES);
    TEST(the_cancellation_of_a_future_is_not_one_of_the_task_that_awaits_it);
    TEST(a_cancelled_awaiter_leaves_the_future_and_the_others_alone);
    TEST(told_of_a_result_and_cancelled_before_it_ran_it_is_cancelled_and_the_result_stays);
    TEST_EACH(cancelled_and_told_in_the_same_pass_it_is_cancelled, 2);
    TEST(
        told_of_an_error_and_cancelled_before_it_ran_it_has_the_error_and_the_next_wait_is_refused);
    TEST(an_await_that_cancels_takes_the_future_along);
    TEST(an_await_that_cancels_leaves_alone_what_was_set_before);
    TEST_EACH(in_a_cancelled_task_a_pending_one_is_refused, 2);
    TEST(in_a_cancelled_task_the_result_of_a_done_one_can_still_be_had);
    TEST_EACH(a_timeout_leaves_the_future_pending_unless_the_await_cancels, 2);
    TEST_EACH(a_result_in_the_same_pass_as_the_timeout_is_had_or_not_but_never_both, 2);
    TEST(a_result_one_pass_before_the_timeout_is_had);
}
