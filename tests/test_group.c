/* test_group.c - tasks belong to a group, and a group ends after the last of them. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"

/* A group of two, a and b. The body sleeps, and is then left in some way. */
enum way { TO_THE_END, BY_BREAK, BY_RETURN, BY_CHECK, BY_CANCELLING_THE_GROUP };

struct parent {
    WEFT_FRAME;
    struct worker a, b; /* in: how the children work */
    bool keep_going;
    int body; /* in: seconds */
    enum way way;
    weft_group group;
    WEFT_TASK(worker) first, second;
    struct weft_sleep nap;
};

static WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group, .keep_going = self->keep_going) {
        WEFT_CHECK(weft_spawn(&self->group, &self->first, worker, 'a', self->a.work,
                              self->a.cleanup, self->a.status));
        WEFT_CHECK(weft_spawn(&self->group, &self->second, worker, 'b', self->b.work,
                              self->b.cleanup, self->b.status));
        if (self->body > 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->body));
            say("body@%d ", seconds());
        }
        if (self->way == BY_BREAK) {
            break;
        } else if (self->way == BY_RETURN) {
            WEFT_RETURN(0);
        } else if (self->way == BY_CHECK) {
            WEFT_CHECK(-7);
        } else if (self->way == BY_CANCELLING_THE_GROUP) {
            weft_group_cancel(&self->group);
        }
    }
    say("behind%d@%d ", WEFT_STATUS(), seconds());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

typedef WEFT_TASK(parent) parent_task;

static void start_parent(parent_task *task, struct worker a, struct worker b, int body,
                         enum way way)
{
    begin();
    START(task, parent, a, b, false, body, way);
}

#define WORKS(...) ((struct worker){__VA_ARGS__})

START_TEST(a_block_ends_after_the_last_child)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 3), WORKS(.work = 2), 1, (enum way)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body@1 b0@2 a0@3 behind0@3 f0@4");
}
END_TEST

START_TEST(a_body_that_outlasts_its_children_ends_the_block)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 1), WORKS(.work = 2), 3, TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@2 body@3 behind0@3 f0@4");
}
END_TEST

START_TEST(a_return_without_failure_lets_the_children_finish)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 3), WORKS(.work = 2), 1, BY_RETURN);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body@1 b0@2 a0@3 f0@3");
}
END_TEST

START_TEST(a_failure_of_the_body_cancels_the_children_and_waits_for_their_cleanup)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 9, .cleanup = 2), WORKS(.work = 9), 1, BY_CHECK);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body@1 b-4097@1 a-4097@3 f-7@3");
}
END_TEST

START_TEST(a_failing_child_cancels_its_siblings_and_the_body)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 1, .status = -5), WORKS(.work = 9, .cleanup = 2), 20,
                 TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@3 f-5@3");
    ck_assert_int_eq(task.frame.group.status, -5);
    ck_assert_ptr_eq(task.frame.group.failed, &task.frame.first.task);
    ck_assert_int_eq(task.frame.second.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_failing_child_cancels_its_siblings_while_the_block_waits_for_them)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 1, .status = -5), WORKS(.work = 9, .cleanup = 2), 0,
                 TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@3 f-5@3");
}
END_TEST

START_TEST(of_two_failing_children_the_first_decides)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 2, .status = -5), WORKS(.work = 1, .status = -6), 0,
                 TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@1 a-4097@1 f-6@1");
    ck_assert_ptr_eq(task.frame.group.failed, &task.frame.second.task);
}
END_TEST

START_TEST(of_two_children_that_fail_in_one_pass_the_first_decides)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 0, .status = -5), WORKS(.work = 0, .status = -6), 9,
                 TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@0 b-4097@0 f-5@0");
}
END_TEST

START_TEST(the_origin_of_a_group_that_failed_is_that_of_the_child)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 1, .status = -5), WORKS(.work = 9), 20, TO_THE_END);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "worker");
    ck_assert_int_eq(task.task.chain.failed_line, task.frame.first.task.chain.failed_line);
}
END_TEST

struct origin_of_body {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(worker) child;
};

static int body_line;

static WEFT_ASYNC(origin_of_body, self)
{
    body_line = __LINE__ + 1;
    WEFT_RETURN(-7);
WEFT_FINALLY:
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, worker, 'c', 1, .status = -5));
    }
}
WEFT_END

START_TEST(a_group_that_fails_in_the_cleanup_does_not_hide_where_the_outcome_came_from)
{
    WEFT_TASK(origin_of_body) task = {0};
    begin();
    START(&task, origin_of_body);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -7);
    ck_assert_int_eq(task.task.chain.failed_line, body_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_of_body");
}
END_TEST

START_TEST(told_to_keep_going_a_group_lets_the_others_finish_and_goes_on_behind)
{
    parent_task task = {0};
    begin();
    START(&task, parent, WORKS(.work = 1, .status = -5), WORKS(.work = 3), .keep_going = true, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 body@2 b0@3 behind0@3 f0@4");
    ck_assert_int_eq(task.frame.group.status, -5);
    ck_assert_ptr_eq(task.frame.group.failed, &task.frame.first.task);
    ck_assert_int_eq(task.frame.first.task.status, -5);
}
END_TEST

START_TEST(a_child_that_a_third_party_cancels_is_no_failure)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 9), WORKS(.work = 2), 0, TO_THE_END);
    run_one_pass();
    run_one_pass();
    ck_assert(weft_task_cancel(&task.frame.first.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@0 b0@2 behind0@2 f0@3");
    ck_assert_ptr_null(task.frame.group.failed);
}
END_TEST

/* The parent is cancelled. */

START_TEST(cancelling_the_parent_cancels_the_children_and_waits_for_their_cleanup)
{
    parent_task task = {0};
    WEFT_TASK(canceller) asker = {0};
    start_parent(&task, WORKS(.work = 9, .cleanup = 2), WORKS(.work = 9), _i == 0 ? 0 : 8,
                 TO_THE_END);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@1 a-4097@3 f-4097@3");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_group_hands_a_cancellation_down_once)
{
    parent_task task = {0};
    WEFT_TASK(canceller) first = {0}, second = {0};
    start_parent(&task, WORKS(.work = 9, .cleanup = 5), WORKS(.work = 9), _i == 0 ? 0 : 8,
                 TO_THE_END);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@1 a-4097@6 f-4097@6");
}
END_TEST

START_TEST(a_failure_in_the_cleanup_of_a_child_beats_cancelled)
{
    parent_task task = {0};
    WEFT_TASK(canceller) asker = {0};
    start_parent(&task, WORKS(.work = 1, .cleanup = 2, .status = -5), WORKS(.work = 9), 0,
                 TO_THE_END);
    START(&asker, canceller, &task.task, WEFT_S(2)); /* while a cleans up */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@2 b-4097@2 f-5@2");
}
END_TEST

START_TEST(a_failure_of_the_body_is_not_replaced_by_one_of_a_child)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 0, .cleanup = 2, .status = -5), WORKS(.work = 9), 1,
                 BY_CHECK);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.first.task.status, -5);
    ck_assert_int_eq(task.task.status, -7);
}
END_TEST

START_TEST(a_cancel_after_the_last_child_has_ended_meets_the_next_wait)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 0), WORKS(.work = 0), 0, TO_THE_END);
    run_one_pass();
    run_one_pass();
    run_one_pass(); /* both children have ended, the parent is woken */
    ck_assert_str_eq(trace, "a0@0 b0@0 ");
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@0 behind0@0 f-4097@0");
}
END_TEST

START_TEST(cancelled_at_its_end_a_group_whose_children_all_finished_is_still_cancelled)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 0), WORKS(.work = 0), 0, TO_THE_END);
    run_one_pass();
    run_one_pass(); /* the children sleep, the parent waits for them */
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* The group is cancelled. */

START_TEST(cancelling_the_group_ends_it_quietly)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 9, .cleanup = 2), WORKS(.work = 9), _i == 0 ? 0 : 8,
                 TO_THE_END);
    run_one_pass();
    run_one_pass();
    weft_group_cancel(&task.frame.group);
    weft_group_cancel(&task.frame.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@0 a-4097@2 behind0@2 f0@3");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

START_TEST(the_body_may_cancel_its_group)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 9, .cleanup = 2), WORKS(.work = 9), 1,
                 BY_CANCELLING_THE_GROUP);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body@1 b-4097@1 a-4097@3 behind0@3 f0@4");
}
END_TEST

START_TEST(cancelling_the_group_and_the_parent_is_not_quiet)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 9), WORKS(.work = 9), 8, TO_THE_END);
    run_one_pass();
    weft_group_cancel(&task.frame.group);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@0 b-4097@0 f-4097@0"); /* nothing behind the group */
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_child_that_fails_after_its_group_was_cancelled_is_not_quiet)
{
    parent_task task = {0};
    start_parent(&task, WORKS(.work = 0, .cleanup = 2, .status = -5), WORKS(.work = 9), 8,
                 TO_THE_END);
    run_one_pass();
    run_one_pass();
    run_one_pass();
    weft_group_cancel(&task.frame.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

struct cancels_own_group {
    WEFT_FRAME;
    weft_group *group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels_own_group, self)
{
    weft_group_cancel(self->group);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("never");
}
WEFT_END

struct holds_canceller {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(cancels_own_group) child;
    WEFT_TASK(worker) worker;
};

static WEFT_ASYNC(holds_canceller, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->worker, worker, 'w', 9));
        WEFT_CHECK(weft_spawn(&self->group, &self->child, cancels_own_group, &self->group));
    }
    say("behind");
}
WEFT_END

START_TEST(a_child_may_cancel_its_group)
{
    WEFT_TASK(holds_canceller) task = {0};
    begin();
    START(&task, holds_canceller);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@0 behind");
    ck_assert_int_eq(task.frame.child.task.status, WEFT_ECANCELED);
}
END_TEST

SUITE_TOGETHER(group)
{
    TEST_EACH(a_block_ends_after_the_last_child, 2);
    TEST(a_body_that_outlasts_its_children_ends_the_block);
    TEST(a_return_without_failure_lets_the_children_finish);
    TEST(a_failure_of_the_body_cancels_the_children_and_waits_for_their_cleanup);
    TEST(a_failing_child_cancels_its_siblings_and_the_body);
    TEST(a_failing_child_cancels_its_siblings_while_the_block_waits_for_them);
    TEST(of_two_failing_children_the_first_decides);
    TEST(of_two_children_that_fail_in_one_pass_the_first_decides);
    TEST(the_origin_of_a_group_that_failed_is_that_of_the_child);
    TEST(a_group_that_fails_in_the_cleanup_does_not_hide_where_the_outcome_came_from);
    TEST(told_to_keep_going_a_group_lets_the_others_finish_and_goes_on_behind);
    TEST(a_child_that_a_third_party_cancels_is_no_failure);
    TEST_EACH(cancelling_the_parent_cancels_the_children_and_waits_for_their_cleanup, 2);
    TEST_EACH(a_group_hands_a_cancellation_down_once, 2);
    TEST(a_failure_in_the_cleanup_of_a_child_beats_cancelled);
    TEST(a_failure_of_the_body_is_not_replaced_by_one_of_a_child);
    TEST(a_cancel_after_the_last_child_has_ended_meets_the_next_wait);
    TEST(cancelled_at_its_end_a_group_whose_children_all_finished_is_still_cancelled);
    TEST_EACH(cancelling_the_group_ends_it_quietly, 2);
    TEST(the_body_may_cancel_its_group);
    TEST(cancelling_the_group_and_the_parent_is_not_quiet);
    TEST(a_child_that_fails_after_its_group_was_cancelled_is_not_quiet);
    TEST(a_child_may_cancel_its_group);
}
