/* test_timeout_nested.c - what leaves a block with a deadline, and what stands of requests then. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"

/* A TIMEOUT, or a MOVE_ON, in another one; the body says what it likes by `status`. */
struct nested {
    WEFT_FRAME;
    bool outer_moves_on, inner_moves_on;
    weft_time outer_limit, inner_limit;
    int work, status;
    weft_scope outer, inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(nested, self)
{
    if (self->outer_moves_on) {
        WEFT_MOVE_ON(self->outer, self->outer_limit) {
            WEFT_MOVE_ON(self->inner, self->inner_limit) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
                WEFT_RETURN(self->status);
            }
            say("between%d ", WEFT_STATUS());
        }
    } else {
        WEFT_MOVE_ON(self->outer, self->outer_limit) {
            WEFT_TIMEOUT(self->inner, self->inner_limit) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
                WEFT_RETURN(self->status);
            }
        }
    }
    say("behind%d ", WEFT_STATUS());
WEFT_FINALLY:
    say("f%d %d%d %d", WEFT_OUTCOME(), self->outer.expired, self->inner.expired,
        weft_cancelling(WEFT_SELF()));
}
WEFT_END

START_TEST(a_timeout_of_its_own_that_the_body_returns_is_none_of_the_blocks)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, .outer_moves_on = true, .outer_limit = WEFT_S(9), .inner_limit = WEFT_S(9),
          .work = 1, .status = WEFT_ETIMEDOUT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4098 00 0");
}
END_TEST

START_TEST(the_timeout_of_an_inner_block_passes_through_an_outer_one_that_has_time)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, .outer_limit = WEFT_S(9), .inner_limit = WEFT_S(1), .work = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4098 01 0");
}
END_TEST

START_TEST(left_by_its_end_a_block_keeps_the_status_of_what_was_awaited_last)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, .outer_moves_on = true, .outer_limit = WEFT_S(9), .inner_limit = WEFT_S(1),
          .work = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "between-4098 behind-4098 f0 01 0");
}
END_TEST

START_TEST(an_outer_deadline_passes_through_the_inner_block_which_has_not_expired)
{
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, .outer_moves_on = _i == 0, .outer_limit = WEFT_S(1),
          .inner_limit = WEFT_S(9), .work = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098 f0 10 0");
}
END_TEST

/* Takes requests back inside a block that has expired. */
struct takes_back {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(takes_back, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
        say("%d %d ", WEFT_STATUS(), weft_cancelling(WEFT_SELF()));
        say("%d ", weft_uncancel(WEFT_SELF()));
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
}
WEFT_END

START_TEST(a_deadline_is_no_request_on_the_task_and_uncancel_does_not_take_it_back)
{
    WEFT_TASK(takes_back) task = {0};
    begin();
    START(&task, takes_back);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 0 0 -4097@1 ");
    ck_assert_int_eq(task.task.status, 0);
    ck_assert(task.frame.scope.expired);
}
END_TEST

START_TEST(more_taken_back_than_asked_for_is_nothing)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 'a', 1);
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    run_one_pass();
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(weft_cancelling(&task.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@0 "); /* its wait had been undone */
}
END_TEST

/* A request on the task and the deadline; who called takes the request back behind the block. */
struct asks_and_takes_back {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(asks_and_takes_back, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
        (void)weft_task_cancel(WEFT_SELF());
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
        say("%d ", WEFT_STATUS());
        (void)weft_uncancel(WEFT_SELF());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("not here ");
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_request_that_was_taken_back_leaves_the_deadline_to_count)
{
    WEFT_TASK(asks_and_takes_back) task = {0};
    begin();
    START(&task, asks_and_takes_back);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 f-4098@1");
}
END_TEST

/* Leaves an expired block without a failure. */
struct leaves {
    WEFT_FRAME;
    int way; /* 0: its end, 1: break, 2: continue of a loop inside, 3: return 0, 4: return -5 */
    int i;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaves, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
        for (self->i = 0; self->i < 2; self->i++) {
            WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
            if (self->way == 2) {
                continue;
            }
            break;
        }
        if (self->way == 1) {
            break;
        } else if (self->way >= 3) {
            WEFT_RETURN(self->way == 3 ? 0 : -5);
        }
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("behind@%d ", seconds());
WEFT_FINALLY:
    say("f%d %d", WEFT_OUTCOME(), self->scope.expired);
}
WEFT_END

START_TEST(swallowed_a_timeout_is_no_failure_but_the_block_has_expired)
{
    static const char *const traces[] = {"behind@2 f0 1", "behind@2 f0 1", "behind@2 f0 1", "f0 1",
                                         "f-5 1"};
    WEFT_TASK(leaves) task = {0};
    begin();
    START(&task, leaves, _i);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

/* Asks for more time when it is too late. */
struct begs {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(begs, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(5));
        weft_scope_reschedule(&self->scope, WEFT_NOW() + WEFT_S(9));
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("not here ");
    }
    say("behind%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(what_has_expired_cannot_be_given_more_time)
{
    WEFT_TASK(begs) task = {0};
    begin();
    START(&task, begs);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@1");
}
END_TEST

/* A scope is asked twice, and by its deadline on top. */
struct asked_often {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(asked_often, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        weft_scope_cancel(&self->scope);
        weft_scope_cancel(&self->scope);
        weft_scope_reschedule(&self->scope, WEFT_NOW());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
    }
    say("%d ", WEFT_STATUS());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("behind@%d", seconds());
}
WEFT_END

START_TEST(asked_often_a_scope_is_left_once)
{
    WEFT_TASK(asked_often) task = {0};
    begin();
    START(&task, asked_often);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4098 behind@1");
}
END_TEST

/* A child is cancelled from outside while the timeout of its parent runs. */
struct parent {
    WEFT_FRAME;
    weft_scope scope;
    weft_group group;
    worker_task slot;
    struct weft_join join;
};

static WEFT_ASYNC(parent, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(9)) {
        WEFT_GROUP(self->group) {
            WEFT_SPAWN(&self->group, &self->slot, worker, 'c', 5);
            WEFT_CATCH(self->join, weft_join, &self->slot.task);
            say("%d ", WEFT_STATUS());
        }
    }
    say("behind%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(that_a_child_was_cancelled_by_somebody_is_no_timeout)
{
    WEFT_TASK(parent) task = {0};
    WEFT_TASK(canceller) cancels = {0};
    begin();
    START(&task, parent);
    START(&cancels, canceller, &task.frame.slot.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-4097@1 -4097 behind0@1");
}
END_TEST

SUITE(timeout_nested)
{
    TEST(a_timeout_of_its_own_that_the_body_returns_is_none_of_the_blocks);
    TEST(the_timeout_of_an_inner_block_passes_through_an_outer_one_that_has_time);
    TEST(left_by_its_end_a_block_keeps_the_status_of_what_was_awaited_last);
    TEST_EACH(an_outer_deadline_passes_through_the_inner_block_which_has_not_expired, 2);
    TEST(a_deadline_is_no_request_on_the_task_and_uncancel_does_not_take_it_back);
    TEST(more_taken_back_than_asked_for_is_nothing);
    TEST(a_request_that_was_taken_back_leaves_the_deadline_to_count);
    TEST_EACH(swallowed_a_timeout_is_no_failure_but_the_block_has_expired, 5);
    TEST(what_has_expired_cannot_be_given_more_time);
    TEST(asked_often_a_scope_is_left_once);
    TEST(that_a_child_was_cancelled_by_somebody_is_no_timeout);
}
