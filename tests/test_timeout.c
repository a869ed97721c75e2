/* test_timeout.c - blocks with a deadline: TIMEOUT and MOVE_ON. */
/* SPDX-License-Identifier: MIT */
#include "timed.h"

START_TEST(a_timeout_that_passes_fails_with_etimedout)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, false, WEFT_S(2), WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4098@2");
    ck_assert_int_eq(task.task.status, WEFT_ETIMEDOUT);
    ck_assert(task.frame.scope.expired);
}
END_TEST

START_TEST(a_move_on_that_passes_goes_on_behind_and_tells)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@2 f0@2");
    ck_assert(task.frame.scope.expired);
}
END_TEST

START_TEST(work_that_ends_in_time_leaves_no_timer_behind)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, _i == 0, WEFT_S(9), WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "worked behind0@2 f0@2");
    ck_assert(!task.frame.scope.expired);
    ck_assert(!weft_timer_is_armed(&task.frame.scope.timer));
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

START_TEST(a_deadline_in_the_past_refuses_the_first_wait)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, _i == 0 ? 0 : -WEFT_S(1), WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@0 f0@0");
}
END_TEST

START_TEST(a_limit_of_forever_is_no_deadline)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, false, WEFT_FOREVER, WEFT_S(9));
    run_one_pass();
    ck_assert(weft_scope_deadline(&task.frame.scope) == WEFT_FOREVER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "worked behind0@9 f0@9");
}
END_TEST

START_TEST(a_cancel_from_outside_passes_through_as_what_it_is)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, _i == 0, WEFT_S(9), WEFT_S(8));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097@0");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* A callee that does not wait. */
struct quick {
    WEFT_FRAME;
};

static WEFT_ASYNC(quick, self)
{
}
WEFT_END

struct never_waits {
    WEFT_FRAME;
    weft_scope scope;
    struct quick quick;
};

static WEFT_ASYNC(never_waits, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->quick, quick);
        say("%d", weft_timer_is_armed(&self->scope.timer));
    }
    WEFT_TIMEOUT(self->scope, 0) {
        WEFT_TRY(self->quick, quick);
        say(" on");
    }
}
WEFT_END

START_TEST(what_does_not_wait_arms_no_timer_and_does_not_time_out)
{
    WEFT_TASK(never_waits) task = {0};
    begin();
    START(&task, never_waits);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 on");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

struct fails_in_time {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(fails_in_time, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(2)) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        WEFT_RETURN(-5);
    }
    say("never");
}
WEFT_END

START_TEST(another_failure_leaves_through_move_on)
{
    WEFT_TASK(fails_in_time) task = {0};
    begin();
    START(&task, fails_in_time);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

struct fails_late {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(fails_late, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(2)) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(9));
        WEFT_RETURN(-5);
    }
}
WEFT_END

START_TEST(a_failure_of_the_body_is_not_replaced_by_a_timeout_that_passed_before_it)
{
    WEFT_TASK(fails_late) task = {0};
    begin();
    START(&task, fails_late);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

/* Nested. */

struct nested {
    WEFT_FRAME;
    weft_time outer_limit, inner_limit;
    weft_scope outer, inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(nested, self)
{
    WEFT_MOVE_ON(self->outer, self->outer_limit) {
        WEFT_MOVE_ON(self->inner, self->inner_limit) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
            say("never ");
        }
        say("inner%d@%d ", WEFT_STATUS(), seconds());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
        say("never ");
    }
    say("outer%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(of_two_nested_deadlines_the_earlier_comes_first)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, _i == 0 ? WEFT_S(3) : WEFT_S(2), _i == 0 ? WEFT_S(2) : WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "inner-4098@2 outer-4098@3" : "outer-4098@2");
    ck_assert_int_eq(task.frame.inner.expired, _i == 0);
}
END_TEST

START_TEST(nested_equal_deadlines_surface_at_the_outermost)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, WEFT_S(2), WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "outer-4098@2");
}
END_TEST

START_TEST(nested_deadlines_in_the_past_surface_at_the_outermost)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, 0, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "outer-4098@0");
}
END_TEST

START_TEST(a_cancel_in_the_pass_of_the_deadline_wins_whichever_came_first)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(9));
    run_one_pass();
    if (_i == 0) {
        ck_assert(weft_task_cancel(&task.task));
    }
    virtual_now = WEFT_S(2);
    executor.core.now = virtual_now;
    (void)weft_timers_fire(&executor.core.timers, virtual_now);
    if (_i == 1) {
        ck_assert(weft_task_cancel(&task.task));
    }
    ck_assert(task.frame.scope.expired);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097@2");
}
END_TEST

START_TEST(a_sleep_that_ends_together_with_its_deadline_has_timed_out)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@2 f0@2");
}
END_TEST

struct deep {
    WEFT_FRAME;
    int depth;
    weft_scope scope;
    struct deep *inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(deep, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(200 - self->depth)) {
        if (self->depth > 0) {
            WEFT_TRY(*self->inner, deep, self->depth - 1, .inner = self->inner + 1);
        } else {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(500));
        }
    }
}
WEFT_END

START_TEST(a_deadline_counts_however_deep_the_wait)
{
    static struct deep frames[100];
    WEFT_TASK(deep) task = {0};
    begin();
    START(&task, deep, 100, .inner = frames);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ETIMEDOUT);
    ck_assert_int_eq(seconds(), 100);
    ck_assert(task.frame.scope.expired);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

struct in_a_loop {
    WEFT_FRAME;
    int i;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(in_a_loop, self)
{
    for (self->i = 1; self->i <= 4; self->i++) {
        WEFT_MOVE_ON(self->scope, WEFT_S(2)) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->i));
        }
        say("%s@%d ", self->scope.expired ? "late" : "ok", seconds());
    }
}
WEFT_END

START_TEST(a_scope_is_fresh_each_time_it_is_entered)
{
    WEFT_TASK(in_a_loop) task = {0};
    begin();
    START(&task, in_a_loop);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ok@1 late@3 late@5 late@7 ");
}
END_TEST

/* Until a time. */

struct timed_at {
    WEFT_FRAME;
    bool moves_on;
    weft_time before, at, work;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(timed_at, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->before);
    if (self->moves_on) {
        WEFT_MOVE_ON_AT(self->scope, self->at) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    } else {
        WEFT_TIMEOUT_AT(self->scope, self->at) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    }
    say("behind%d@%d ", WEFT_STATUS(), seconds());
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_block_may_last_until_a_time_whenever_it_is_entered)
{
    const char *const traces[] = {"f-4098@5", "behind-4098@5 f0@5"};
    WEFT_TASK(timed_at) task = {0};
    begin();
    START(&task, timed_at, _i == 1, WEFT_S(3), WEFT_S(5), WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert(task.frame.scope.expired);
    ck_assert(weft_scope_deadline(&task.frame.scope) == WEFT_S(5));
}
END_TEST

START_TEST(a_time_that_has_passed_refuses_the_first_wait)
{
    const char *const traces[] = {"f-4098@3", "behind-4098@3 f0@3"};
    WEFT_TASK(timed_at) task = {0};
    begin();
    START(&task, timed_at, _i % 2 == 1, WEFT_S(3), WEFT_S(3) - _i / 2, WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i % 2]);
}
END_TEST

START_TEST(a_time_that_is_now_refuses_the_first_wait_in_the_same_step)
{
    WEFT_TASK(timed_at) task = {0};
    begin();
    START(&task, timed_at, _i == 1, 0, 0, WEFT_S(9));
    run_one_pass(); /* the nap before */
    run_one_pass();
    ck_assert(weft_task_is_done(&task.task));
}
END_TEST

START_TEST(until_for_ever_is_no_deadline)
{
    WEFT_TASK(timed_at) task = {0};
    begin();
    START(&task, timed_at, _i == 1, WEFT_S(3), WEFT_FOREVER, WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "worked behind0@12 f0@12");
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

static int limits;

static weft_time limit_of(weft_time limit)
{
    limits++;
    return limit;
}

struct counts_limits {
    WEFT_FRAME;
    weft_scope scope;
};

static WEFT_ASYNC(counts_limits, self)
{
    WEFT_TIMEOUT(self->scope, limit_of(WEFT_S(1))) {
        say("a");
    }
    WEFT_MOVE_ON(self->scope, limit_of(WEFT_S(1))) {
        say("b");
    }
    WEFT_TIMEOUT_AT(self->scope, limit_of(WEFT_S(1))) {
        say("c");
    }
    WEFT_MOVE_ON_AT(self->scope, limit_of(WEFT_S(1))) {
        say("d");
    }
    WEFT_SHIELD(self->scope, limit_of(WEFT_S(1))) {
        say("e");
    }
}
WEFT_END

START_TEST(the_limit_is_evaluated_once)
{
    WEFT_TASK(counts_limits) task = {0};
    limits = 0;
    begin();
    START(&task, counts_limits);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(limits, 5);
    ck_assert_str_eq(trace, "abcde");
}
END_TEST

SUITE_TOGETHER(timeout)
{
    TEST(a_timeout_that_passes_fails_with_etimedout);
    TEST(a_move_on_that_passes_goes_on_behind_and_tells);
    TEST_EACH(work_that_ends_in_time_leaves_no_timer_behind, 2);
    TEST_EACH(a_deadline_in_the_past_refuses_the_first_wait, 2);
    TEST(a_limit_of_forever_is_no_deadline);
    TEST_EACH(a_cancel_from_outside_passes_through_as_what_it_is, 2);
    TEST(what_does_not_wait_arms_no_timer_and_does_not_time_out);
    TEST(another_failure_leaves_through_move_on);
    TEST(a_failure_of_the_body_is_not_replaced_by_a_timeout_that_passed_before_it);
    TEST_EACH(of_two_nested_deadlines_the_earlier_comes_first, 2);
    TEST(nested_equal_deadlines_surface_at_the_outermost);
    TEST(nested_deadlines_in_the_past_surface_at_the_outermost);
    TEST_EACH(a_cancel_in_the_pass_of_the_deadline_wins_whichever_came_first, 2);
    TEST(a_sleep_that_ends_together_with_its_deadline_has_timed_out);
    TEST(a_deadline_counts_however_deep_the_wait);
    TEST(a_scope_is_fresh_each_time_it_is_entered);
    TEST_EACH(a_block_may_last_until_a_time_whenever_it_is_entered, 2);
    TEST_EACH(a_time_that_has_passed_refuses_the_first_wait, 4);
    TEST_EACH(a_time_that_is_now_refuses_the_first_wait_in_the_same_step, 2);
    TEST_EACH(until_for_ever_is_no_deadline, 2);
    TEST(the_limit_is_evaluated_once);
}
