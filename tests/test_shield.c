/* test_shield.c - what is kept from a cancellation: a block, a task. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"

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

/* A task. */

struct shielder {
    WEFT_FRAME;
    weft_task *task;
    struct weft_shield shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shielder, self)
{
    WEFT_CATCH(self->shield, weft_shield, self->task);
    say("shield%d@%d ", WEFT_STATUS(), seconds());
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("on ");
}
WEFT_END

typedef WEFT_TASK(shielder) shielder_task;

START_TEST(who_shields_a_task_waits_for_its_end_and_has_its_status)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    begin();
    START(&task, worker, 'w', 2, .status = -_i);
    START(&waiter, shielder, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@2 shield0@2 on " : "w-1@2 shield-1@2 on ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(shielding_a_task_that_has_ended_does_not_wait)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    begin();
    START(&task, worker, 'w', 1);
    ck_assert_int_eq(run(), 0);
    START(&waiter, shielder, &task.task);
    run_one_pass();
    ck_assert_str_eq(trace, "w0@1 shield0@1 ");
}
END_TEST

START_TEST(cancelling_the_one_who_waits_leaves_the_task_alone)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    canceller_task asker = {0};
    begin();
    START(&task, worker, 'w', 3);
    START(&waiter, shielder, &task.task);
    START(&asker, canceller, &waiter.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "shield-4097@1 w0@3 ");
    ck_assert_int_eq(waiter.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelled_already_it_does_not_wait_and_leaves_the_task_alone)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    begin();
    START(&task, worker, 'w', 3);
    START(&waiter, shielder, &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&waiter.task));
    run_one_pass();
    ck_assert_str_eq(trace, "shield-4097@0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "shield-4097@0 w0@3 ");
}
END_TEST

START_TEST(a_failure_of_the_task_after_that_is_reported_once_however_many_shielded_it)
{
    worker_task task = {0};
    shielder_task first = {0}, second = {0};
    begin();
    START(&task, worker, 'w', 3, .status = -5);
    START(&first, shielder, &task.task);
    START(&second, shielder, &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&first.task));
    ck_assert(weft_task_cancel(&second.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "shield-4097@0 shield-4097@0 w-5@3 ");
    ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(a_failure_that_somebody_else_awaits_is_not_reported)
{
    worker_task task = {0};
    shielder_task first = {0}, second = {0};
    begin();
    START(&task, worker, 'w', 3, .status = -5);
    START(&first, shielder, &task.task);
    START(&second, shielder, &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&first.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "shield-4097@0 w-5@3 shield-5@3 on ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(a_task_that_somebody_cancels_gives_cancelled_and_the_one_who_waits_goes_on)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    canceller_task asker = {0};
    begin();
    START(&task, worker, 'w', 3);
    START(&waiter, shielder, &task.task);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@1 shield-4097@1 on ");
}
END_TEST

START_TEST(the_task_ended_and_the_one_who_waits_cancelled_in_one_pass_is_the_status_of_the_task)
{
    worker_task task = {0};
    shielder_task waiter = {0};
    begin();
    START(&task, worker, 'w', 0);
    START(&waiter, shielder, &task.task);
    run_one_pass();
    if (_i == 1) {
        run_one_pass(); /* the task has ended */
    }
    ck_assert(weft_task_cancel(&waiter.task)); /* else it is ready, before the waiter */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@0 shield0@0 ");
    ck_assert_int_eq(waiter.task.status, WEFT_ECANCELED);
}
END_TEST

struct limits_shield {
    WEFT_FRAME;
    weft_task *task;
    weft_scope patience;
    struct weft_shield shield;
};

static WEFT_ASYNC(limits_shield, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(2)) {
        WEFT_TRY(self->shield, weft_shield, self->task);
    }
    say("behind%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_limit_around_it_leaves_the_task_alone)
{
    worker_task task = {0};
    WEFT_TASK(limits_shield) waiter = {0};
    begin();
    START(&task, worker, 'w', 3);
    START(&waiter, limits_shield, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "behind-4098@2 w0@3 ");
}
END_TEST

struct owns_shielded {
    WEFT_FRAME;
    weft_group group;
    worker_task slot;
    struct weft_shield shield;
};

static WEFT_ASYNC(owns_shielded, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->slot, worker, 'w', 9);
        WEFT_TRY(self->shield, weft_shield, &self->slot.task);
    }
}
WEFT_END

START_TEST(a_group_that_is_left_by_the_cancellation_cancels_the_task_all_the_same)
{
    WEFT_TASK(owns_shielded) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, owns_shielded);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@1 ");
}
END_TEST

struct quiet_shielder {
    WEFT_FRAME;
    weft_task *task;
    struct weft_shield shield;
};

static WEFT_ASYNC(quiet_shielder, self)
{
    WEFT_TRY(self->shield, weft_shield, self->task);
}
WEFT_END

START_TEST(ten_thousand_that_shield_one_task_are_cancelled_in_any_order)
{
    enum { MANY = SIZED(10000, 30) };
    WEFT_TASK(quiet_shielder) *const many = calloc(MANY, sizeof *many);
    worker_task task = {0};
    begin();
    START(&task, worker, 'w', 3);
    for (int i = 0; i < MANY; i++) {
        START(&many[i], quiet_shielder, &task.task);
    }
    run_one_pass();
    for (int i = 0; i < MANY; i++) {
        ck_assert(weft_task_cancel(&many[(long)i * 7919 % MANY].task));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
    free(many);
}
END_TEST

SUITE_TOGETHER(shield)
{
    TEST(a_shield_gives_way_when_its_time_is_over);
    TEST(a_shield_whose_time_is_over_lets_a_later_cancellation_in);
    TEST(a_shield_whose_time_is_over_disturbs_nobody_who_is_not_cancelled);
    TEST(work_that_ends_in_time_is_shielded_to_its_end);
    TEST(a_shield_keeps_out_the_deadline_of_a_scope_around_it);
    TEST(a_deadline_inside_a_shield_counts);
    TEST_EACH(who_shields_a_task_waits_for_its_end_and_has_its_status, 2);
    TEST(shielding_a_task_that_has_ended_does_not_wait);
    TEST(cancelling_the_one_who_waits_leaves_the_task_alone);
    TEST(cancelled_already_it_does_not_wait_and_leaves_the_task_alone);
    TEST(a_failure_of_the_task_after_that_is_reported_once_however_many_shielded_it);
    TEST(a_failure_that_somebody_else_awaits_is_not_reported);
    TEST(a_task_that_somebody_cancels_gives_cancelled_and_the_one_who_waits_goes_on);
    TEST_EACH(the_task_ended_and_the_one_who_waits_cancelled_in_one_pass_is_the_status_of_the_task,
              2);
    TEST(a_limit_around_it_leaves_the_task_alone);
    TEST(a_group_that_is_left_by_the_cancellation_cancels_the_task_all_the_same);
    TEST(ten_thousand_that_shield_one_task_are_cancelled_in_any_order);
}
