/* test_wait_for.c - waiting for the end of a task, but not for longer than so long. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "workers.h"

struct waiter {
    WEFT_FRAME;
    weft_task *task;
    weft_time limit;
    weft_group *group;
    struct weft_wait_for wait;
    struct weft_sleep nap;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_CATCH(self->wait, weft_wait_for, self->task, self->limit, self->group);
    say("wait%d@%d ", WEFT_STATUS(), seconds());
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("on ");
}
WEFT_END

typedef WEFT_TASK(waiter) waiter_task;

START_TEST(a_task_that_ends_in_time_gives_its_status)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 2, .status = -_i);
    START(&wait, waiter, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@2 wait0@2 on " : "w-1@2 wait-1@2 on ");
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

START_TEST(when_the_time_is_up_the_task_is_cancelled_and_its_cleanup_awaited)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    START(&wait, waiter, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@5 wait-4098@5 on ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_task_that_finishes_although_the_time_is_up_beats_the_timeout)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 2, .cleanup = 5, .status = -_i); /* its cleanup is interrupted */
    START(&wait, waiter, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@3 wait0@3 on " : "w-1@3 wait-1@3 on ");
}
END_TEST

START_TEST(for_ever_is_no_limit)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 9);
    START(&wait, waiter, &task.task, WEFT_FOREVER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@9 wait0@9 on ");
}
END_TEST

START_TEST(a_limit_that_has_passed_cancels_a_task_that_runs)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    run_one_pass();
    START(&wait, waiter, &task.task, _i == 0 ? 0 : -1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@2 wait-4098@2 on ");
}
END_TEST

START_TEST(a_limit_that_has_passed_takes_the_result_of_a_task_that_has_ended)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 1, .status = -_i);
    ck_assert_int_eq(run(), 0);
    START(&wait, waiter, &task.task, 0);
    run_one_pass();
    ck_assert_str_eq(trace, _i == 0 ? "w0@1 wait0@1 " : "w-1@1 wait-1@1 ");
}
END_TEST

START_TEST(a_task_that_was_cancelled_before_is_cancelled_not_timed_out)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&task, worker, 'w', 9);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    START(&wait, waiter, &task.task, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@0 wait-4097@0 on ");
}
END_TEST

START_TEST(a_task_that_somebody_else_cancels_is_cancelled_not_timed_out)
{
    worker_task task = {0};
    waiter_task wait = {0};
    canceller_task asker = {0};
    begin();
    START(&task, worker, 'w', 9);
    START(&wait, waiter, &task.task, WEFT_S(3));
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@1 wait-4097@1 on ");
}
END_TEST

START_TEST(cancelling_the_one_who_waits_cancels_the_task_and_waits_for_its_cleanup)
{
    worker_task task = {0};
    waiter_task wait = {0};
    canceller_task asker = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    START(&wait, waiter, &task.task, WEFT_S(3));
    START(&asker, canceller, &wait.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@4 wait-4097@4 ");
    ck_assert_int_eq(wait.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_cancel_in_the_pass_of_the_timeout_wins)
{
    worker_task task = {0};
    waiter_task wait = {0};
    canceller_task asker = {0};
    begin();
    if (_i == 1) {
        START(&asker, canceller, &wait.task, WEFT_S(3));
    }
    START(&task, worker, 'w', 9);
    START(&wait, waiter, &task.task, WEFT_S(3));
    if (_i == 0) {
        START(&asker, canceller, &wait.task, WEFT_S(3));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@3 wait-4097@3 ");
    ck_assert_int_eq(wait.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(of_the_end_and_the_timeout_in_one_pass_the_first_decides)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    if (_i == 0) {
        START(&task, worker, 'w', 3);
        START(&wait, waiter, &task.task, WEFT_S(3));
    } else { /* the waiter begins before the task */
        START(&wait, waiter, weft_prepare(&task, worker, 'w', 3), WEFT_S(3), &executor.group);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@3 wait0@3 on " : "w-4097@3 wait-4098@3 on ");
}
END_TEST

/* A task that is only prepared. */

START_TEST(a_task_that_is_only_prepared_is_started_in_the_group_that_is_given)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&wait, waiter, weft_prepare(&task, worker, 'w', _i == 0 ? 2 : 9), WEFT_S(3),
          &executor.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@2 wait0@2 on " : "w-4097@3 wait-4098@3 on ");
}
END_TEST

struct begins {
    WEFT_FRAME;
    int *owned; /* by its arguments */
};

static WEFT_ASYNC(begins, self)
{
    say("begun ");
WEFT_FINALLY:
    (*self->owned)--;
}
WEFT_END

START_TEST(with_no_time_at_all_its_body_is_never_entered_and_its_cleanup_runs)
{
    WEFT_TASK(begins) task = {0};
    waiter_task wait = {0};
    int owned = 1;
    begin();
    executor.group.eager = _i > 1;
    ck_assert_int_eq(weft_spawn(&executor.group, &wait, waiter, weft_prepare(&task, begins, &owned),
                                _i % 2 == 0 ? 0 : -1, &executor.group),
                     0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "wait-4098@0 on ");
    ck_assert_int_eq(owned, 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(an_eager_task_that_ends_at_once_costs_no_wait)
{
    WEFT_TASK(begins) task = {0};
    waiter_task wait = {0};
    int owned = 1;
    begin();
    executor.group.eager = true;
    START(&wait, waiter, weft_prepare(&task, begins, &owned), WEFT_S(1), &executor.group);
    ck_assert_str_eq(trace, "begun wait0@0 ");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(without_a_group_it_stops)
{
    worker_task task = {0};
    waiter_task wait = {0};
    begin();
    START(&wait, waiter, weft_prepare(&task, worker, 'w', 2), WEFT_S(3));
    (void)run();
}
END_TEST

/* The place where it failed is the line that awaits it. */
struct placed {
    WEFT_FRAME;
    weft_task *task;
    struct weft_wait_for wait;
};

static int awaiting_line;

static WEFT_ASYNC(placed, self)
{
    awaiting_line = __LINE__ + 1;
    WEFT_TRY(self->wait, weft_wait_for, self->task, WEFT_S(1));
}
WEFT_END

START_TEST(a_timeout_is_said_to_begin_at_the_line_that_waits)
{
    worker_task task = {0};
    WEFT_TASK(placed) wait = {0};
    begin();
    START(&task, worker, 'w', 9);
    START(&wait, placed, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(wait.task.status, WEFT_ETIMEDOUT);
    ck_assert_int_eq(wait.task.chain.failed_line, awaiting_line);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct silent {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(silent, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

struct explored {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(silent) slot;
    struct weft_wait_for wait;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->slot, silent);
        WEFT_CATCH(self->wait, weft_wait_for, &self->slot.task, WEFT_S(1));
        if (!weft_task_is_done(&self->slot.task)) {
            weft_test_fail(&test, "it did not wait for the end", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, explored);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_the_task_has_ended)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, explore, NULL), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, NULL), 8);
}
END_TEST

SUITE_TOGETHER(wait_for)
{
    TEST_EACH(a_task_that_ends_in_time_gives_its_status, 2);
    TEST(when_the_time_is_up_the_task_is_cancelled_and_its_cleanup_awaited);
    TEST_EACH(a_task_that_finishes_although_the_time_is_up_beats_the_timeout, 2);
    TEST(for_ever_is_no_limit);
    TEST_EACH(a_limit_that_has_passed_cancels_a_task_that_runs, 2);
    TEST_EACH(a_limit_that_has_passed_takes_the_result_of_a_task_that_has_ended, 2);
    TEST(a_task_that_was_cancelled_before_is_cancelled_not_timed_out);
    TEST(a_task_that_somebody_else_cancels_is_cancelled_not_timed_out);
    TEST(cancelling_the_one_who_waits_cancels_the_task_and_waits_for_its_cleanup);
    TEST_EACH(a_cancel_in_the_pass_of_the_timeout_wins, 2);
    TEST_EACH(of_the_end_and_the_timeout_in_one_pass_the_first_decides, 2);
    TEST_EACH(a_task_that_is_only_prepared_is_started_in_the_group_that_is_given, 2);
    TEST_EACH(with_no_time_at_all_its_body_is_never_entered_and_its_cleanup_runs, 4);
    TEST(an_eager_task_that_ends_at_once_costs_no_wait);
    TEST_STOPS(without_a_group_it_stops);
    TEST(a_timeout_is_said_to_begin_at_the_line_that_waits);
    TEST(in_every_schedule_and_cancelled_at_every_place_the_task_has_ended);
}
