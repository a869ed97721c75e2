/* test_scope_deadline.c - the deadline of a scope: asked for, and moved. */
/* SPDX-License-Identifier: MIT */
#include "timed.h"

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

/* Which deadline counts. */

static void say_deadline(const weft_task *task)
{
    const weft_time at = weft_effective_deadline(task);
    if (at == WEFT_FOREVER) {
        say("never ");
    } else {
        say("%d ", (int)(at / WEFT_S(1)));
    }
}

struct deadlines {
    WEFT_FRAME;
    weft_scope a, b, c;
    struct weft_sleep nap;
};

static WEFT_ASYNC(deadlines, self)
{
    say_deadline(WEFT_SELF());
    WEFT_TIMEOUT(self->a, WEFT_S(10)) {
        say_deadline(WEFT_SELF());
        WEFT_TIMEOUT(self->b, WEFT_S(20)) {
            say_deadline(WEFT_SELF());
            WEFT_TIMEOUT(self->c, WEFT_S(5)) {
                say_deadline(WEFT_SELF());
            }
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        say_deadline(WEFT_SELF());
        WEFT_MOVE_ON(self->b, WEFT_FOREVER) {
            say_deadline(WEFT_SELF());
        }
    }
    say_deadline(WEFT_SELF());
}
WEFT_END

START_TEST(the_effective_deadline_is_the_earliest_of_the_open_scopes)
{
    WEFT_TASK(deadlines) task = {0};
    begin();
    START(&task, deadlines);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "never 10 10 5 10 10 never ");
}
END_TEST

struct shields_deadlines {
    WEFT_FRAME;
    weft_scope a, b, c;
};

static WEFT_ASYNC(shields_deadlines, self)
{
    WEFT_TIMEOUT(self->a, WEFT_S(10)) {
        WEFT_SHIELD(self->b, 0) {
            say_deadline(WEFT_SELF());
            WEFT_TIMEOUT(self->c, WEFT_S(20)) {
                say_deadline(WEFT_SELF());
            }
        }
        WEFT_SHIELD(self->b, WEFT_S(15)) {
            say_deadline(WEFT_SELF());
        }
        WEFT_SHIELD(self->b, WEFT_S(5)) {
            say_deadline(WEFT_SELF());
        }
    }
}
WEFT_END

START_TEST(what_a_shield_hides_counts_from_its_end)
{
    WEFT_TASK(shields_deadlines) task = {0};
    begin();
    START(&task, shields_deadlines);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "never 20 15 10 ");
}
END_TEST

struct cancelled_deadlines {
    WEFT_FRAME;
    weft_scope a, b;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancelled_deadlines, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
    (void)weft_task_cancel(WEFT_SELF());
    say_deadline(WEFT_SELF());
    WEFT_SHIELD(self->a, 0) {
        say_deadline(WEFT_SELF());
        WEFT_MOVE_ON(self->b, WEFT_S(4)) {
            say_deadline(WEFT_SELF());
            weft_scope_cancel(&self->b);
            say_deadline(WEFT_SELF());
        }
    }
    say_deadline(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
WEFT_FINALLY:
    say_deadline(WEFT_SELF());
    WEFT_MOVE_ON(self->b, WEFT_S(4)) {
        say_deadline(WEFT_SELF());
    }
}
WEFT_END

START_TEST(where_it_is_cancelled_it_is_now_and_what_the_cleanup_knows_of_does_not_count)
{
    WEFT_TASK(cancelled_deadlines) task = {0};
    begin();
    START(&task, cancelled_deadlines);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "3 never 7 3 3 never 7 ");
}
END_TEST

struct expired_deadlines {
    WEFT_FRAME;
    weft_scope a, b;
    struct weft_sleep nap;
};

static WEFT_ASYNC(expired_deadlines, self)
{
    WEFT_TIMEOUT(self->a, WEFT_S(9)) {
        WEFT_TIMEOUT(self->b, WEFT_S(2)) {
            WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
            say_deadline(WEFT_SELF());
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        }
    }
WEFT_FINALLY:
    say_deadline(WEFT_SELF());
}
WEFT_END

START_TEST(where_a_deadline_has_passed_it_is_now)
{
    WEFT_TASK(expired_deadlines) task = {0};
    begin();
    START(&task, expired_deadlines);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "2 never ");
}
END_TEST

/* In a cleanup, inside scopes from outside. */
struct cleans_inside {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleans_inside, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
WEFT_FINALLY:
    say_deadline(WEFT_SELF());
}
WEFT_END

struct limits_inside {
    WEFT_FRAME;
    weft_time outer;
    bool cancels; /* the inner scope, instead of its deadline */
    weft_scope a, b;
    struct cleans_inside inner;
};

static WEFT_ASYNC(limits_inside, self)
{
    WEFT_TIMEOUT(self->a, self->outer) {
        WEFT_MOVE_ON(self->b, self->cancels ? WEFT_S(4) : WEFT_S(2)) {
            WEFT_TRY(self->inner, cleans_inside);
        }
    }
}
WEFT_END

START_TEST(in_a_cleanup_a_scope_that_has_expired_does_not_count_and_one_further_out_does)
{
    WEFT_TASK(limits_inside) task = {0};
    begin();
    START(&task, limits_inside, _i == 0 ? WEFT_FOREVER : WEFT_S(9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "never " : "9 ");
}
END_TEST

START_TEST(in_a_cleanup_the_deadline_of_a_scope_that_was_cancelled_counts_until_it_passes)
{
    WEFT_TASK(limits_inside) task = {0};
    begin();
    START(&task, limits_inside, WEFT_S(9), true);
    run_one_pass();
    weft_scope_cancel(&task.frame.b);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "4 ");
}
END_TEST

START_TEST(a_scope_tells_whether_it_was_cancelled_by_its_deadline_or_by_somebody)
{
    WEFT_TASK(timed) task = {0};
    begin();
    START(&task, timed, true, WEFT_S(2), WEFT_S(_i == 0 ? 1 : 9));
    run_one_pass();
    ck_assert(!weft_scope_was_cancelled(&task.frame.scope));
    if (_i == 2) {
        weft_scope_cancel(&task.frame.scope);
        ck_assert(weft_scope_was_cancelled(&task.frame.scope));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(weft_scope_was_cancelled(&task.frame.scope), _i > 0);
    ck_assert_int_eq(task.frame.scope.expired, _i == 1);
}
END_TEST

SUITE_TOGETHER(scope_deadline)
{
    TEST(moving_the_deadline_of_a_scope_that_was_left_arms_nothing);
    TEST(moving_the_deadline_of_a_scope_that_was_left_disturbs_no_later_wait);
    TEST_EACH(a_deadline_can_be_moved_while_the_task_waits, 3);
    TEST(a_deadline_can_be_taken_away);
    TEST(a_deadline_moved_into_the_past_passes_at_once);
    TEST(a_task_moves_its_own_deadline_on_each_progress);
    TEST(the_effective_deadline_is_the_earliest_of_the_open_scopes);
    TEST(what_a_shield_hides_counts_from_its_end);
    TEST(where_it_is_cancelled_it_is_now_and_what_the_cleanup_knows_of_does_not_count);
    TEST(where_a_deadline_has_passed_it_is_now);
    TEST_EACH(in_a_cleanup_a_scope_that_has_expired_does_not_count_and_one_further_out_does, 2);
    TEST(in_a_cleanup_the_deadline_of_a_scope_that_was_cancelled_counts_until_it_passes);
    TEST_EACH(a_scope_tells_whether_it_was_cancelled_by_its_deadline_or_by_somebody, 3);
}
