/* test_timeout_cleanup.c - deadlines in a cleanup, and around one. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

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

/* After the deadline around it, the cleanup has one of its own. */
struct cleans_in_time {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleans_in_time, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_MOVE_ON(self->scope, WEFT_S(5)) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(2));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
}
WEFT_END

struct limits_two {
    WEFT_FRAME;
    weft_scope scope;
    struct cleans_in_time inner;
};

static WEFT_ASYNC(limits_two, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->inner, cleans_in_time);
    }
    say("on@%d", seconds());
}
WEFT_END

START_TEST(a_deadline_that_has_passed_does_not_pass_again_when_the_cleanup_arms_one)
{
    WEFT_TASK(limits_two) task = {0};
    begin();
    START(&task, limits_two);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@3 on@3");
}
END_TEST

SUITE_TOGETHER(timeout_cleanup)
{
    TEST_EACH(timeouts_that_pass_inside_a_cleanup_revive_nothing_that_was_noted, 2);
    TEST(in_an_expired_scope_of_the_cleanup_all_waits_are_refused_also_after_a_further_request);
    TEST_EACH(a_deadline_from_outside_interrupts_one_wait_of_a_cleanup, 2);
    TEST(a_cancelled_task_whose_cleanup_outlasts_the_deadline_is_cancelled_not_timed_out);
    TEST(a_deadline_that_has_passed_does_not_pass_again_when_the_cleanup_arms_one);
}
