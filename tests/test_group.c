/* test_group.c - tasks belong to a group, and a group ends after the last of them. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

/* Works for some seconds and ends with a status; its cleanup takes some more. */
struct worker {
    WEFT_FRAME;
    char name;
    int work, cleanup, status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    if (self->cleanup > 0) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(self->cleanup));
    }
    say("%c%d@%d ", self->name, WEFT_OUTCOME(), seconds());
}
WEFT_END

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
    ck_assert_str_eq(weft_describe(task.task.chain.failed_in)->name, "worker");
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
    ck_assert_str_eq(weft_describe(task.task.chain.failed_in)->name, "origin_of_body");
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

/* Spawning. */

struct spawns_late {
    WEFT_FRAME;
    int status, after;
    weft_group group;
    WEFT_TASK(worker) first, second;
};

static WEFT_ASYNC(spawns_late, self)
{
    self->status = weft_spawn(&self->group, &self->first, worker, 'x');
    WEFT_GROUP(self->group) {
        weft_group_cancel(&self->group);
        self->after = weft_spawn(&self->group, &self->first, worker, 'y');
    }
    say("%d ", weft_spawn(&self->group, &self->second, worker, 'z'));
    say("%d", weft_task_is_running(&self->second.task));
}
WEFT_END

START_TEST(spawning_fails_outside_of_the_block_and_in_a_cancelled_group)
{
    WEFT_TASK(spawns_late) task = {0};
    begin();
    START(&task, spawns_late);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.status, WEFT_EGROUP);
    ck_assert_int_eq(task.frame.after, WEFT_ECANCELED);
    ck_assert_str_eq(trace, "-4111 0");
}
END_TEST

struct chain_slot;

struct chain_spawner {
    WEFT_FRAME;
    weft_group *group;
    int left;
    struct chain_slot *slots;
    struct weft_sleep nap;
};

struct chain_slot {
    weft_task task;
    struct chain_spawner frame;
};

static WEFT_ASYNC(chain_spawner, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    if (self->left > 0) {
        WEFT_CHECK(weft_spawn(self->group, self->slots, chain_spawner, self->group, self->left - 1,
                              self->slots + 1));
    }
    say("%d@%d ", self->left, seconds());
}
WEFT_END

struct chain_parent {
    WEFT_FRAME;
    weft_group group;
    struct chain_slot slots[4];
};

static WEFT_ASYNC(chain_parent, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slots[0], chain_spawner, &self->group, 3,
                              &self->slots[1]));
    }
    say("behind");
}
WEFT_END

START_TEST(a_child_may_start_siblings_while_the_block_waits)
{
    WEFT_TASK(chain_parent) task = {0};
    begin();
    START(&task, chain_parent);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "3@1 2@2 1@3 0@4 behind");
}
END_TEST

struct reuses {
    WEFT_FRAME;
    int i;
    weft_group group;
    WEFT_TASK(worker) slot;
};

static WEFT_ASYNC(reuses, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->slot, worker, (char)('a' + self->i), 1));
        }
        say("%d ", self->slot.task.status);
    }
}
WEFT_END

START_TEST(a_slot_and_a_group_can_be_used_again)
{
    WEFT_TASK(reuses) task = {0};
    begin();
    START(&task, reuses);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 0 b0@2 0 c0@3 0 ");
}
END_TEST

struct empty_group {
    WEFT_FRAME;
    weft_group group;
};

static WEFT_ASYNC(empty_group, self)
{
    WEFT_GROUP(self->group) {
    }
    say("behind");
}
WEFT_END

START_TEST(a_group_without_children_does_not_wait)
{
    WEFT_TASK(empty_group) task = {0};
    begin();
    START(&task, empty_group);
    run_one_pass();
    ck_assert_str_eq(trace, "behind");
    ck_assert(!weft_group_is_busy(&executor.group));
}
END_TEST

/* Pools. */

static int calls;

static int counted(int value)
{
    calls++;
    return value;
}

START_TEST(a_pool_has_room_for_as_many_as_it_has_slots)
{
    WEFT_TASKS(worker, 3) pool = {0};
    begin();
    calls = 0;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, (char)('a' + i), counted(1)),
                         0);
    }
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'x', counted(1)), WEFT_EBUSY);
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c0@1 ");
}
END_TEST

START_TEST(a_pool_uses_a_slot_again_when_its_task_has_ended)
{
    WEFT_TASKS(worker, 2) pool = {0};
    begin();
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'a', 9), 0);
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'b', 1), 0);
        ck_assert_int_eq(run(), 0);
    }
    ck_assert_int_eq(seconds(), 90);
}
END_TEST

START_TEST(a_pool_of_one_works)
{
    WEFT_TASKS(worker, 1) pool = {0};
    begin();
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'a', 1), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'b', 1), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'c', 1), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 c0@2 ");
}
END_TEST

START_TEST(any_slot_of_a_pool_that_is_free_is_found)
{
    WEFT_TASKS(worker, 8) pool = {0};
    begin();
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(
            weft_spawn_in(&executor.group, &pool, worker, (char)('a' + i), i == 5 ? 1 : 9), 0);
    }
    ck_assert_int_eq(weft_executor_run_until(&executor, &pool.slots[(5 + 1) % 8].task), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'x', 1), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'y', 1), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f0@1 x0@2 a0@9 b0@9 c0@9 d0@9 e0@9 g0@9 h0@9 ");
}
END_TEST

/* Eager start. */

struct eager_child {
    WEFT_FRAME;
    char name;
    bool waits;
    int status;
    weft_task *self_seen;
    struct weft_sleep nap;
};

static WEFT_ASYNC(eager_child, self)
{
    self->self_seen = WEFT_SELF();
    say("%c ", self->name);
    if (self->waits) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("%c@%d ", self->name, seconds());
    }
    WEFT_RETURN(self->status);
}
WEFT_END

struct eager_parent {
    WEFT_FRAME;
    bool eager;
    int status; /* in: of the second child */
    weft_group group;
    WEFT_TASK(eager_child) a, b;
    struct weft_sleep nap;
};

static WEFT_ASYNC(eager_parent, self)
{
    WEFT_GROUP(self->group, .eager = self->eager) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, eager_child, 'a', .waits = true));
        say("1 ");
        WEFT_CHECK(weft_spawn(&self->group, &self->b, eager_child, 'b', .status = self->status));
        say("2%s ", weft_task_is_done(&self->b.task) ? "done" : "");
        ck_assert_ptr_eq(WEFT_SELF(), executor.core.current);
        WEFT_TRY(self->nap, weft_sleep, 0);
        say("body ");
    }
    say("behind");
}
WEFT_END

START_TEST(an_eager_group_runs_the_first_step_of_a_child_at_once)
{
    const char *const traces[] = {"1 2 a b body a@1 behind", "a 1 b 2done body a@1 behind"};
    WEFT_TASK(eager_parent) task = {0};
    begin();
    START(&task, eager_parent, _i == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_ptr_eq(task.frame.a.frame.self_seen, &task.frame.a.task);
}
END_TEST

START_TEST(an_eager_child_that_fails_at_once_cancels_the_group)
{
    WEFT_TASK(eager_parent) task = {0};
    begin();
    START(&task, eager_parent, true, -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a 1 b 2done ");
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.frame.a.task.status, WEFT_ECANCELED);
}
END_TEST

struct eager_canceller {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(cancels_own_group) child;
};

static WEFT_ASYNC(eager_canceller, self)
{
    WEFT_GROUP(self->group, .eager = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, cancels_own_group, &self->group));
        say("body ");
    }
    say("behind");
}
WEFT_END

START_TEST(an_eager_child_may_cancel_its_group_at_once)
{
    WEFT_TASK(eager_canceller) task = {0};
    begin();
    START(&task, eager_canceller);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body behind");
}
END_TEST

/* With other blocks. */

struct timed_group {
    WEFT_FRAME;
    weft_scope limit;
    weft_group group;
    WEFT_TASK(worker) child;
};

static WEFT_ASYNC(timed_group, self)
{
    WEFT_MOVE_ON(self->limit, WEFT_S(2)) {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->child, worker, 'w', 9, .cleanup = 3));
        }
        say("never ");
    }
    say("behind%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_deadline_around_a_group_cancels_its_children_and_waits_for_their_cleanup)
{
    WEFT_TASK(timed_group) task = {0};
    begin();
    START(&task, timed_group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-4097@5 behind-4098@5");
}
END_TEST

struct cleanup_group {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(worker) a, b;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_group, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, worker, 'a', 2));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, worker, 'b', 1));
    }
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(the_cleanup_of_a_cancelled_task_may_have_a_group)
{
    WEFT_TASK(cleanup_group) task = {0};
    begin();
    START(&task, cleanup_group);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a0@2 f-4097@2");
}
END_TEST

START_TEST(a_further_request_cancels_the_group_of_a_cleanup)
{
    WEFT_TASK(cleanup_group) task = {0};
    WEFT_TASK(canceller) asker = {0};
    begin();
    START(&task, cleanup_group);
    START(&asker, canceller, &task.task, WEFT_MS(1500));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a-4097@1 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct nested_groups {
    WEFT_FRAME;
    weft_group outer, inner;
    WEFT_TASK(worker) a, b;
};

static WEFT_ASYNC(nested_groups, self)
{
    WEFT_GROUP(self->outer) {
        WEFT_CHECK(weft_spawn(&self->outer, &self->a, worker, 'a', 1, .status = -5));
        WEFT_GROUP(self->inner) {
            WEFT_CHECK(weft_spawn(&self->inner, &self->b, worker, 'b', 9, .cleanup = 2));
        }
        say("never ");
    }
    say("never ");
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_failure_in_an_outer_group_cancels_the_inner_one)
{
    WEFT_TASK(nested_groups) task = {0};
    begin();
    START(&task, nested_groups);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@3 f-5@3");
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

START_TEST(spawning_into_a_slot_that_is_in_use_stops)
{
    WEFT_TASK(worker) task = {0};
    begin();
    START(&task, worker, 'a', 1);
    START(&task, worker, 'b', 1);
}
END_TEST

struct yields_in_group {
    WEFT_FRAME;
    weft_group group;
    int value;
};

static WEFT_ASYNC(yields_in_group, self)
{
    WEFT_GROUP(self->group) {
        WEFT_YIELD(self->value = 1);
    }
}
WEFT_END

struct takes_from_group {
    WEFT_FRAME;
    struct yields_in_group generator;
};

static WEFT_ASYNC(takes_from_group, self)
{
    WEFT_FOR_EACH(self->generator, yields_in_group) {
    }
}
WEFT_END

START_TEST(yielding_inside_a_group_stops)
{
    WEFT_TASK(takes_from_group) task = {0};
    begin();
    START(&task, takes_from_group);
    (void)run();
}
END_TEST

SUITE(group)
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
    TEST(spawning_fails_outside_of_the_block_and_in_a_cancelled_group);
    TEST(a_child_may_start_siblings_while_the_block_waits);
    TEST(a_slot_and_a_group_can_be_used_again);
    TEST(a_group_without_children_does_not_wait);
    TEST(a_pool_has_room_for_as_many_as_it_has_slots);
    TEST(a_pool_uses_a_slot_again_when_its_task_has_ended);
    TEST(a_pool_of_one_works);
    TEST(any_slot_of_a_pool_that_is_free_is_found);
    TEST_EACH(an_eager_group_runs_the_first_step_of_a_child_at_once, 2);
    TEST(an_eager_child_that_fails_at_once_cancels_the_group);
    TEST(an_eager_child_may_cancel_its_group_at_once);
    TEST(a_deadline_around_a_group_cancels_its_children_and_waits_for_their_cleanup);
    TEST(the_cleanup_of_a_cancelled_task_may_have_a_group);
    TEST(a_further_request_cancels_the_group_of_a_cleanup);
    TEST(a_failure_in_an_outer_group_cancels_the_inner_one);
    TEST_STOPS(spawning_into_a_slot_that_is_in_use_stops);
    TEST_STOPS(yielding_inside_a_group_stops);
}
