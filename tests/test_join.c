/* test_join.c - waiting for the end of a task. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

struct worker {
    WEFT_FRAME;
    char name;
    int work, cleanup, status;
    int result; /* out */
    struct weft_sleep nap;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
    self->result = 42;
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    if (self->cleanup > 0) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(self->cleanup));
    }
    say("%c%d@%d ", self->name, WEFT_OUTCOME(), seconds());
}
WEFT_END

struct joiner {
    WEFT_FRAME;
    char name;
    weft_task *task;
    struct weft_join join;
    struct weft_sleep nap;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_CATCH(self->join, weft_join, self->task);
    say("%c:%d@%d ", self->name, WEFT_STATUS(), seconds());
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("%c on ", self->name);
}
WEFT_END

typedef WEFT_TASK(worker) worker_task;
typedef WEFT_TASK(joiner) joiner_task;

START_TEST(a_joiner_waits_for_the_end_and_has_the_status)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 2, .status = _i == 0 ? 0 : -5);
    START(&join, joiner, 'j', &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "w0@2 j:0@2 j on " : "w-5@2 j:-5@2 j on ");
    ck_assert_int_eq(task.frame.result, 42);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(joining_a_task_that_has_ended_does_not_wait)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 1, .status = -5);
    ck_assert_int_eq(run(), 0);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    ck_assert_str_eq(trace, "w-5@1 j:-5@1 ");
}
END_TEST

START_TEST(several_may_join_one_task)
{
    worker_task task = {0};
    joiner_task joins[3] = {0};
    begin();
    START(&task, worker, 'w', 1, .status = -5);
    for (size_t i = 0; i < 3; i++) {
        START(&joins[i], joiner, (char)('a' + (int)i), &task.task);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(joins[0].task.status, 0);
    ck_assert_ptr_nonnull(strstr(trace, "a:-5@1"));
    ck_assert_ptr_nonnull(strstr(trace, "b:-5@1"));
    ck_assert_ptr_nonnull(strstr(trace, "c:-5@1"));
}
END_TEST

START_TEST(several_joiners_go_on_in_the_order_in_which_they_came)
{
    worker_task task = {0};
    joiner_task joins[3] = {0};
    begin();
    START(&task, worker, 'w', 1);
    for (size_t i = 0; i < 3; i++) {
        START(&joins[i], joiner, (char)('a' + (int)i), &task.task);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@1 a:0@1 b:0@1 c:0@1 a on b on c on ");
}
END_TEST

START_TEST(a_join_in_a_chain_of_tasks_ends_one_pass_after_the_other)
{
    worker_task task = {0};
    joiner_task a = {0}, b = {0};
    begin();
    START(&task, worker, 'w', 1);
    START(&a, joiner, 'a', &task.task);
    START(&b, joiner, 'b', &a.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@1 a:0@1 a on b:0@1 b on ");
}
END_TEST

START_TEST(cancelling_the_joiner_cancels_the_joined_and_waits_for_its_cleanup)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@2 j:-4097@2 ");
    ck_assert_int_eq(join.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelling_the_joiner_twice_cancels_the_joined_once)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&join.task));
    run_one_pass();
    run_one_pass();
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@2 j:-4097@2 ");
}
END_TEST

struct late_joiner {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(late_joiner, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->join, weft_join, self->task);
    say("never");
}
WEFT_END

START_TEST(a_joiner_that_is_cancelled_already_cancels_the_joined)
{
    worker_task task = {0};
    WEFT_TASK(late_joiner) join = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 2);
    START(&join, late_joiner, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@2 ");
    ck_assert_int_eq(join.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_joined_task_that_swallows_gives_its_status_and_the_next_wait_is_refused)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 0, .cleanup = 2); /* its body is over, its cleanup goes on */
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    run_one_pass();
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@0 j:0@0 ");
    ck_assert_int_eq(join.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(the_joined_ended_and_the_joiner_cancelled_in_one_pass_is_success)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 0);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    run_one_pass();
    ck_assert_str_eq(trace, "w0@0 ");
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@0 j:0@0 ");
}
END_TEST

/* A slot is used again as soon as its task has ended, before the joiner has run. */

START_TEST(a_joiner_has_the_status_even_if_the_slot_is_used_again_before_it_runs)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 0, .status = -5);
    START(&join, joiner, 'j', &task.task);
    run_one_pass(); /* both wait */
    run_one_pass(); /* the task has ended, the joiner is ready */
    START(&task, worker, 'n', 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-5@0 j:-5@0 j on n0@3 ");
}
END_TEST

struct reuser {
    WEFT_FRAME;
    worker_task *slot;
};

static WEFT_ASYNC(reuser, self)
{
    WEFT_PASS();
    WEFT_CHECK(weft_spawn(&executor.group, self->slot, worker, 'n', 3));
}
WEFT_END

START_TEST(a_cancelled_joiner_leaves_alone_what_uses_the_slot_next)
{
    worker_task task = {0};
    WEFT_TASK(reuser) next = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 0);
    START(&next, reuser, &task);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&join.task)); /* now ready: the task, the next, the joiner */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0@0 j:0@0 n0@3 ");
}
END_TEST

/* In a group. */

struct joins_sibling {
    WEFT_FRAME;
    weft_group group;
    worker_task failing, other;
    struct weft_join join;
};

static WEFT_ASYNC(joins_sibling, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->failing, worker, 'f', 1, .status = -5);
        WEFT_SPAWN(&self->group, &self->other, worker, 'o', 9, .cleanup = 3);
        WEFT_CATCH(self->join, weft_join, &self->other.task);
        say("j:%d@%d ", WEFT_STATUS(), seconds());
    }
}
WEFT_END

START_TEST(a_task_that_its_group_has_cancelled_is_not_asked_once_more)
{
    WEFT_TASK(joins_sibling) task = {0};
    begin();
    START(&task, joins_sibling);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-5@1 o-4097@4 j:-4097@4 ");
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

START_TEST(a_detached_task_that_its_loop_has_cancelled_is_not_asked_once_more)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 3);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    weft_group_cancel(&executor.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@3 j:-4097@3 ");
}
END_TEST

START_TEST(one_that_was_asked_alone_is_asked_once_more_which_hurries_its_cleanup)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&task, worker, 'w', 9, .cleanup = 3);
    START(&join, joiner, 'j', &task.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass(); /* in its cleanup */
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@0 j:-4097@0 ");
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

struct self_joiner {
    WEFT_FRAME;
    struct weft_join join;
};

static WEFT_ASYNC(self_joiner, self)
{
    WEFT_TRY(self->join, weft_join, WEFT_SELF());
}
WEFT_END

START_TEST(joining_oneself_stops)
{
    WEFT_TASK(self_joiner) task = {0};
    begin();
    START(&task, self_joiner);
    (void)run();
}
END_TEST

START_TEST(joining_what_was_only_prepared_stops)
{
    worker_task task = {0};
    joiner_task join = {0};
    begin();
    START(&join, joiner, 'j', weft_prepare(&task, worker, 'w', 1));
    (void)run();
}
END_TEST

START_TEST(two_that_join_each_other_are_a_deadlock)
{
    joiner_task a = {0}, b = {0};
    begin();
    START(&a, joiner, 'a', &b.task);
    START(&b, joiner, 'b', &a.task);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
}
END_TEST

SUITE_TOGETHER(join)
{
    TEST_EACH(a_joiner_waits_for_the_end_and_has_the_status, 2);
    TEST(joining_a_task_that_has_ended_does_not_wait);
    TEST(several_may_join_one_task);
    TEST(several_joiners_go_on_in_the_order_in_which_they_came);
    TEST(a_join_in_a_chain_of_tasks_ends_one_pass_after_the_other);
    TEST(cancelling_the_joiner_cancels_the_joined_and_waits_for_its_cleanup);
    TEST(cancelling_the_joiner_twice_cancels_the_joined_once);
    TEST(a_joiner_that_is_cancelled_already_cancels_the_joined);
    TEST(a_joined_task_that_swallows_gives_its_status_and_the_next_wait_is_refused);
    TEST(the_joined_ended_and_the_joiner_cancelled_in_one_pass_is_success);
    TEST(a_joiner_has_the_status_even_if_the_slot_is_used_again_before_it_runs);
    TEST(a_cancelled_joiner_leaves_alone_what_uses_the_slot_next);
    TEST(a_task_that_its_group_has_cancelled_is_not_asked_once_more);
    TEST(a_detached_task_that_its_loop_has_cancelled_is_not_asked_once_more);
    TEST(one_that_was_asked_alone_is_asked_once_more_which_hurries_its_cleanup);
    TEST_STOPS(joining_oneself_stops);
    TEST_STOPS(joining_what_was_only_prepared_stops);
    TEST(two_that_join_each_other_are_a_deadlock);
}
