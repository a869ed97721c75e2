/* test_timer.c - what waits for time: sleeping, and scopes with a deadline. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

/* Sleeping. */

struct sleeper {
    WEFT_FRAME;
    char name;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    say("%c%d ", self->name, seconds());
}
WEFT_END

typedef WEFT_TASK(sleeper) sleeper_task;

START_TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
    sleeper_task a = {0}, b = {0}, c = {0};
    begin();
    START(&a, sleeper, 'a', WEFT_S(3));
    START(&b, sleeper, 'b', WEFT_S(1));
    START(&c, sleeper, 'c', WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1 c2 a3 ");
}
END_TEST

START_TEST(equal_deadlines_wake_in_the_order_in_which_they_were_armed)
{
    static sleeper_task tasks[20];
    begin();
    for (int i = 0; i < 20; i++) {
        START(&tasks[i], sleeper, (char)('a' + i), WEFT_S(5));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a5 b5 c5 d5 e5 f5 g5 h5 i5 j5 k5 l5 m5 n5 o5 p5 q5 r5 s5 t5 ");
}
END_TEST

struct late_sleeper {
    WEFT_FRAME;
    char name;
    weft_time first, then;
    struct weft_sleep nap;
};

static WEFT_ASYNC(late_sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->first);
    WEFT_TRY(self->nap, weft_sleep, self->then);
    say("%c%d ", self->name, seconds());
}
WEFT_END

START_TEST(equal_deadlines_that_were_armed_at_different_times_keep_that_order)
{
    WEFT_TASK(late_sleeper) a = {0};
    WEFT_TASK(late_sleeper) b = {0};
    WEFT_TASK(late_sleeper) c = {0};
    begin();
    START(&a, late_sleeper, 'a', WEFT_S(900), WEFT_S(100));
    START(&b, late_sleeper, 'b', WEFT_S(1), WEFT_S(999));
    START(&c, late_sleeper, 'c', WEFT_S(500), WEFT_S(500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1000 c1000 a1000 ");
}
END_TEST

START_TEST(a_sleep_of_0_or_less_lets_the_others_run_once)
{
    sleeper_task a = {0}, b = {0};
    begin();
    START(&a, sleeper, 'a', _i == 0 ? 0 : -WEFT_S(9));
    START(&b, sleeper, 'b', 0);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 ");
}
END_TEST

START_TEST(sleeping_for_ever_is_a_deadlock_until_it_is_cancelled)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, 'a', WEFT_FOREVER);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_cancelled_sleep_leaves_no_timer_behind)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, 'a', WEFT_S(10));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_timer_is_armed(&task.frame.nap.timer));
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

struct until {
    WEFT_FRAME;
    weft_time at;
    struct weft_sleep_until wait;
};

static WEFT_ASYNC(until, self)
{
    WEFT_TRY(self->wait, weft_sleep_until, self->at);
    say("%d ", seconds());
    WEFT_TRY(self->wait, weft_sleep_until, self->at);
    say("%d ", seconds());
    WEFT_TRY(self->wait, weft_sleep_until, self->at + WEFT_S(2));
    say("%d", seconds());
}
WEFT_END

START_TEST(sleep_until_waits_for_a_time_and_a_past_one_lets_the_others_run)
{
    WEFT_TASK(until) task = {0};
    begin();
    START(&task, until, WEFT_S(5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "5 5 7");
}
END_TEST

struct metronome {
    WEFT_FRAME;
    int ticks;
    struct weft_sleep nap;
};

static WEFT_ASYNC(metronome, self)
{
    while (self->ticks-- > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(250));
    }
    say("%d.%d", (int)(WEFT_NOW() / WEFT_S(1)), (int)(WEFT_NOW() / WEFT_MS(100) % 10));
}
WEFT_END

START_TEST(now_is_the_time_of_this_pass)
{
    WEFT_TASK(metronome) task = {0};
    begin();
    START(&task, metronome, 10);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "2.5");
}
END_TEST

struct exact {
    WEFT_FRAME;
    weft_time after, woke;
    struct weft_sleep nap;
};

static WEFT_ASYNC(exact, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    self->woke = WEFT_NOW();
}
WEFT_END

START_TEST(ten_thousand_sleepers_wake_each_at_its_time)
{
    enum { COUNT = 10000 };
    WEFT_TASK(exact) *const tasks = calloc(COUNT, sizeof *tasks);
    begin();
    for (int i = 0; i < COUNT; i++) {
        START(&tasks[i], exact, WEFT_US(1 + (i * 7919LL) % COUNT * 1000));
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < COUNT; i++) {
        ck_assert(tasks[i].frame.woke == tasks[i].frame.after);
    }
    free(tasks);
}
END_TEST

/* TIMEOUT and MOVE_ON. */

struct timed {
    WEFT_FRAME;
    bool moves_on;
    weft_time limit, work;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(timed, self)
{
    if (self->moves_on) {
        WEFT_MOVE_ON(self->scope, self->limit) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    } else {
        WEFT_TIMEOUT(self->scope, self->limit) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    }
    say("behind%d@%d ", WEFT_STATUS(), seconds());
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

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

/* In a cleanup. */

struct cleanup_timeouts {
    WEFT_FRAME;
    int i, count, expired;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_timeouts, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1000));
WEFT_FINALLY:
    for (self->i = 0; self->i < self->count; self->i++) {
        WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
            say("never ");
        }
        self->expired += self->scope.expired;
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        if (WEFT_STATUS() != 0) {
            say("revived at %d ", self->i);
        }
    }
    say("%d@%d f%d", self->expired, seconds(), WEFT_OUTCOME());
}
WEFT_END

START_TEST(timeouts_that_pass_inside_a_cleanup_revive_nothing_that_was_noted)
{
    const char *const traces[] = {"1@2 f-4097", "400@800 f-4097"};
    WEFT_TASK(cleanup_timeouts) task = {0};
    begin();
    START(&task, cleanup_timeouts, .count = _i == 0 ? 1 : 400);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* A scope of the cleanup stays one of the cleanup, whatever else was asked meanwhile. */
struct cleanup_scope {
    WEFT_FRAME;
    int i;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_scope, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1000));
WEFT_FINALLY:
    WEFT_MOVE_ON(self->scope, WEFT_S(5)) {
        for (self->i = 0; self->i < 4; self->i++) {
            WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
            say("%d@%d ", WEFT_STATUS(), seconds());
        }
    }
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
    say("%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(in_an_expired_scope_of_the_cleanup_all_waits_are_refused_also_after_a_further_request)
{
    WEFT_TASK(cleanup_scope) task = {0};
    begin();
    START(&task, cleanup_scope);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task)); /* interrupts the first wait of the cleanup */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@0 -4097@5 -4097@5 -4097@5 0@15");
}
END_TEST

START_TEST(moving_the_deadline_of_a_scope_that_was_left_arms_nothing)
{
    WEFT_TASK(in_a_loop) task = {0};
    WEFT_TASK(sleeper) other = {0};
    begin();
    START(&task, in_a_loop);
    START(&other, sleeper, 'o', WEFT_S(1));
    ck_assert_int_eq(weft_executor_run_until(&executor, &task.task), 0);
    weft_scope_reschedule(&task.frame.scope, WEFT_S(100));
    ck_assert(!weft_timer_is_armed(&task.frame.scope.timer));
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

struct left_scope {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(left_scope, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->nap, weft_sleep, 0);
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
}
WEFT_END

START_TEST(moving_the_deadline_of_a_scope_that_was_left_disturbs_no_later_wait)
{
    WEFT_TASK(left_scope) task = {0};
    begin();
    START(&task, left_scope);
    run_one_pass();
    run_one_pass(); /* left; it sleeps behind the block */
    weft_scope_reschedule(&task.frame.scope, WEFT_S(5));
    ck_assert(!weft_timer_is_armed(&task.frame.scope.timer));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

/* A deadline from outside passes while the cleanup inside of it runs. */
struct slow_to_clean {
    WEFT_FRAME;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(slow_to_clean, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(5));
    say("%d@%d ", WEFT_STATUS(), seconds());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(5));
    say("%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

struct limits_cleanup {
    WEFT_FRAME;
    int status;
    weft_scope scope;
    struct slow_to_clean inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(limits_cleanup, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(3)) {
        WEFT_TRY(self->inner, slow_to_clean, self->status);
        say("on ");
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("never ");
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_deadline_from_outside_interrupts_one_wait_of_a_cleanup)
{
    const char *const traces[] = {"-4097@3 0@8 on f-4098@8", "-4097@3 0@8 f-5@8"};
    WEFT_TASK(limits_cleanup) task = {0};
    begin();
    START(&task, limits_cleanup, _i == 0 ? 0 : -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_cancelled_task_whose_cleanup_outlasts_the_deadline_is_cancelled_not_timed_out)
{
    WEFT_TASK(limits_cleanup) task = {0};
    begin();
    START(&task, limits_cleanup, 0);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@3 0@8 f-4097@8");
}
END_TEST

/* SHIELD with a limit. */

struct shielded {
    WEFT_FRAME;
    weft_time limit;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shielded, self)
{
    WEFT_SHIELD(self->shield, self->limit) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
    say("behind@%d ", seconds());
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    (void)weft_task_cancel(self->victim);
}
WEFT_END

START_TEST(a_shield_gives_way_when_its_time_is_over)
{
    WEFT_TASK(shielded) task = {0};
    WEFT_TASK(canceller) asker = {0};
    begin();
    START(&task, shielded, WEFT_S(3));
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097@3");
    ck_assert(task.frame.shield.expired);
}
END_TEST

START_TEST(a_shield_whose_time_is_over_lets_a_later_cancellation_in)
{
    WEFT_TASK(shielded) task = {0};
    WEFT_TASK(canceller) asker = {0};
    begin();
    START(&task, shielded, WEFT_S(3));
    START(&asker, canceller, &task.task, WEFT_S(4));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097@4");
}
END_TEST

START_TEST(a_shield_whose_time_is_over_disturbs_nobody_who_is_not_cancelled)
{
    WEFT_TASK(shielded) task = {0};
    begin();
    START(&task, shielded, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@5 behind@10 f0@10");
}
END_TEST

START_TEST(work_that_ends_in_time_is_shielded_to_its_end)
{
    WEFT_TASK(shielded) task = {0};
    WEFT_TASK(canceller) asker = {0};
    begin();
    START(&task, shielded, WEFT_S(6));
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@5 f-4097@5");
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

struct shield_in_timeout {
    WEFT_FRAME;
    weft_scope limit, shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shield_in_timeout, self)
{
    WEFT_TIMEOUT(self->limit, WEFT_S(2)) {
        WEFT_SHIELD(self->shield, 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
            say("saved@%d ", seconds());
        }
        say("behind ");
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("never");
    }
}
WEFT_END

START_TEST(a_shield_keeps_out_the_deadline_of_a_scope_around_it)
{
    WEFT_TASK(shield_in_timeout) task = {0};
    begin();
    START(&task, shield_in_timeout);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "saved@5 behind ");
    ck_assert_int_eq(task.task.status, WEFT_ETIMEDOUT);
}
END_TEST

struct timeout_in_shield {
    WEFT_FRAME;
    weft_scope limit, shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(timeout_in_shield, self)
{
    WEFT_SHIELD(self->shield, 0) {
        WEFT_MOVE_ON(self->limit, WEFT_S(2)) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
            say("never");
        }
        say("moved%d@%d", WEFT_STATUS(), seconds());
    }
}
WEFT_END

START_TEST(a_deadline_inside_a_shield_counts)
{
    WEFT_TASK(timeout_in_shield) task = {0};
    begin();
    START(&task, timeout_in_shield);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "moved-4098@2");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

/* Moving a deadline. */

START_TEST(a_deadline_can_be_moved_while_the_task_waits)
{
    const int at[] = {1, 4, 20};
    const char *const traces[] = {"behind-4098@1 f0@1", "behind-4098@4 f0@4",
                                  "worked behind0@9 f0@9"};
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(9));
    run_one_pass();
    weft_scope_reschedule(&task.frame.scope, WEFT_S(at[_i]));
    ck_assert(weft_scope_deadline(&task.frame.scope) == WEFT_S(at[_i]));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_deadline_can_be_taken_away)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(9));
    run_one_pass();
    weft_scope_reschedule(&task.frame.scope, WEFT_FOREVER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "worked behind0@9 f0@9");
}
END_TEST

START_TEST(a_deadline_moved_into_the_past_passes_at_once)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(9));
    run_one_pass();
    weft_scope_reschedule(&task.frame.scope, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@0 f0@0");
}
END_TEST

struct reschedules_itself {
    WEFT_FRAME;
    int i;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(reschedules_itself, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(2)) {
        for (self->i = 0;; self->i++) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->i));
            say("%d ", seconds());
            weft_scope_reschedule(&self->scope, WEFT_NOW() + WEFT_S(3)); /* idle for 3 at most */
        }
    }
    say("idle@%d", seconds());
}
WEFT_END

START_TEST(a_task_moves_its_own_deadline_on_each_progress)
{
    WEFT_TASK(reschedules_itself) task = {0};
    begin();
    START(&task, reschedules_itself);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 1 3 idle@6");
}
END_TEST

SUITE(timer)
{
    TEST(sleepers_wake_in_the_order_of_their_deadlines);
    TEST(equal_deadlines_wake_in_the_order_in_which_they_were_armed);
    TEST(equal_deadlines_that_were_armed_at_different_times_keep_that_order);
    TEST_EACH(a_sleep_of_0_or_less_lets_the_others_run_once, 2);
    TEST(sleeping_for_ever_is_a_deadlock_until_it_is_cancelled);
    TEST(a_cancelled_sleep_leaves_no_timer_behind);
    TEST(sleep_until_waits_for_a_time_and_a_past_one_lets_the_others_run);
    TEST(now_is_the_time_of_this_pass);
    TEST(ten_thousand_sleepers_wake_each_at_its_time);
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
    TEST_EACH(timeouts_that_pass_inside_a_cleanup_revive_nothing_that_was_noted, 2);
    TEST(in_an_expired_scope_of_the_cleanup_all_waits_are_refused_also_after_a_further_request);
    TEST(moving_the_deadline_of_a_scope_that_was_left_arms_nothing);
    TEST(moving_the_deadline_of_a_scope_that_was_left_disturbs_no_later_wait);
    TEST_EACH(a_deadline_from_outside_interrupts_one_wait_of_a_cleanup, 2);
    TEST(a_cancelled_task_whose_cleanup_outlasts_the_deadline_is_cancelled_not_timed_out);
    TEST(a_shield_gives_way_when_its_time_is_over);
    TEST(a_shield_whose_time_is_over_lets_a_later_cancellation_in);
    TEST(a_shield_whose_time_is_over_disturbs_nobody_who_is_not_cancelled);
    TEST(work_that_ends_in_time_is_shielded_to_its_end);
    TEST(a_shield_keeps_out_the_deadline_of_a_scope_around_it);
    TEST(a_deadline_inside_a_shield_counts);
    TEST_EACH(a_deadline_can_be_moved_while_the_task_waits, 3);
    TEST(a_deadline_can_be_taken_away);
    TEST(a_deadline_moved_into_the_past_passes_at_once);
    TEST(a_task_moves_its_own_deadline_on_each_progress);
}
