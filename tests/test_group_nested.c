/* test_group_nested.c - groups in other blocks, and in groups. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"

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

/* Asks for its own end just before its group waits for the child. */
struct asks_in_group {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(worker) child;
};

static WEFT_ASYNC(asks_in_group, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, worker, 'a', 2));
        (void)weft_task_cancel(WEFT_SELF());
    }
    say("never");
}
WEFT_END

struct cleanup_with_group {
    WEFT_FRAME;
    struct asks_in_group inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_with_group, self)
{
    say("body ");
WEFT_FINALLY:
    WEFT_AWAIT(self->inner, asks_in_group);
    say("%d ", WEFT_STATUS());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_request_that_the_end_of_a_group_handed_down_interrupts_no_further_wait_of_a_cleanup)
{
    WEFT_TASK(cleanup_with_group) task = {0};
    begin();
    START(&task, cleanup_with_group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body a-4097@0 -4097 0@1");
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

/* Two groups, one in the other; a is a task of the outer, b and c are tasks of the inner. */
enum what { NOTHING, CANCELS_THE_OUTER, CANCELS_THE_INNER };

struct two_groups {
    WEFT_FRAME;
    struct worker a, b, c;
    bool outer_keeps_going, inner_keeps_going;
    enum what what; /* after a second, in the inner body */
    weft_group outer, inner;
    worker_task slots[3];
    struct weft_sleep nap;
};

static WEFT_ASYNC(two_groups, self)
{
    WEFT_GROUP(self->outer, .keep_going = self->outer_keeps_going) {
        WEFT_SPAWN(&self->outer, &self->slots[0], worker, 'a', self->a.work, self->a.cleanup,
                   self->a.status);
        WEFT_GROUP(self->inner, .keep_going = self->inner_keeps_going) {
            WEFT_SPAWN(&self->inner, &self->slots[1], worker, 'b', self->b.work, self->b.cleanup,
                       self->b.status);
            WEFT_SPAWN(&self->inner, &self->slots[2], worker, 'c', self->c.work, self->c.cleanup,
                       self->c.status);
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
            if (self->what == CANCELS_THE_OUTER) {
                weft_group_cancel(&self->outer);
            } else if (self->what == CANCELS_THE_INNER) {
                weft_group_cancel(&self->inner);
            }
        }
        say("inner%d@%d ", WEFT_STATUS(), seconds());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
    say("outer%d@%d ", WEFT_STATUS(), seconds());
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

static WEFT_TASK(two_groups) two;

#define WORKS(...) ((struct worker){__VA_ARGS__})

START_TEST(a_failure_in_the_inner_group_goes_on_to_the_outer_one)
{
    begin();
    START(&two, two_groups, WORKS(.work = 9, .cleanup = 1), WORKS(.work = 2, .status = -5),
          WORKS(.work = 9, .cleanup = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@2 c-4097@4 a-4097@5 f-5@5");
    ck_assert_ptr_eq(two.frame.inner.failed, &two.frame.slots[1].task);
    ck_assert_ptr_null(two.frame.outer.failed);
}
END_TEST

START_TEST(where_the_inner_group_keeps_going_the_outer_one_sees_nothing)
{
    begin();
    START(&two, two_groups, WORKS(.work = 9), WORKS(.work = 2, .status = -5), WORKS(.work = 5),
          .inner_keeps_going = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@2 c0@5 inner0@5 a0@9 outer0@9 f0@9");
}
END_TEST

START_TEST(where_the_outer_group_keeps_going_a_failure_of_the_body_cancels_it_all_the_same)
{
    begin();
    START(&two, two_groups, WORKS(.work = 9, .cleanup = 1), WORKS(.work = 2, .status = -5),
          WORKS(.work = 9), .outer_keeps_going = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@2 c-4097@2 a-4097@3 f-5@3");
}
END_TEST

START_TEST(a_failure_in_the_outer_group_waits_for_the_inner_one)
{
    begin();
    START(&two, two_groups, WORKS(.work = 3, .status = -6), WORKS(.work = 9, .cleanup = 1),
          WORKS(.work = 9, .cleanup = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-6@3 b-4097@4 c-4097@5 f-6@5");
}
END_TEST

START_TEST(a_failure_in_the_cleanup_of_the_inner_group_is_that_which_leaves_it)
{
    begin();
    START(&two, two_groups, WORKS(.work = 3, .status = -6),
          WORKS(.work = 2, .cleanup = 2, .status = -5), WORKS(.work = 9, .cleanup = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-6@3 b-5@3 c-4097@5 f-5@5");
    ck_assert_int_eq(two.frame.outer.status, -6);
}
END_TEST

START_TEST(cancelling_the_inner_group_leaves_the_outer_one_alone)
{
    begin();
    START(&two, two_groups, WORKS(.work = 9), WORKS(.work = 9, .cleanup = 1), WORKS(.work = 9),
          .what = CANCELS_THE_INNER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-4097@1 b-4097@2 inner0@2 a0@9 outer0@9 f0@9");
}
END_TEST

START_TEST(cancelling_the_outer_group_ends_both_and_is_quiet_behind_the_outer_one)
{
    begin();
    START(&two, two_groups, WORKS(.work = 9), WORKS(.work = 9, .cleanup = 1), WORKS(.work = 9),
          .what = CANCELS_THE_OUTER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 c-4097@1 b-4097@2 outer0@2 f0@2");
}
END_TEST

/* A tree of tasks: each has a group with two more. */
struct node;
struct node_slot;

struct node {
    WEFT_FRAME;
    int number, depth, fails;
    struct node_slot *slots; /* 2 * number and 2 * number + 1 are the children's */
    weft_group group;
    struct weft_sleep nap;
};

struct node_slot {
    weft_task task;
    struct node frame;
};

static WEFT_ASYNC(node, self)
{
    WEFT_GROUP(self->group) {
        if (self->depth > 0) {
            for (int i = 0; i < 2; i++) {
                const int child = 2 * self->number + i;
                WEFT_SPAWN(&self->group, &self->slots[child], node, child, self->depth - 1,
                           self->fails, self->slots);
            }
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->number == self->fails ? 1 : 9));
        if (self->number == self->fails) {
            WEFT_RETURN(-5);
        }
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d:%d@%d ", self->number, WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(cancelling_the_root_of_a_tree_ends_the_leaves_first_and_each_level_waits_for_them)
{
    static struct node_slot slots[8];
    canceller_task asker = {0};
    begin();
    START(&slots[1], node, 1, 2, 0, slots);
    START(&asker, canceller, &slots[1].task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "4:-4097@3 5:-4097@3 6:-4097@3 7:-4097@3 "
                            "2:-4097@4 3:-4097@4 1:-4097@5 ");
}
END_TEST

START_TEST(a_leaf_that_fails_brings_the_tree_down_and_its_status_arrives_at_the_root)
{
    static struct node_slot slots[8];
    begin();
    START(&slots[1], node, 1, 2, 5, slots);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "5:-5@2 4:-4097@3 2:-5@4 6:-4097@5 7:-4097@5 3:-4097@6 1:-5@7 ");
    ck_assert_int_eq(slots[1].task.status, -5);
}
END_TEST

/* Misuse; the message is in tests/misuse. */

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

SUITE_TOGETHER(group_nested)
{
    TEST(a_deadline_around_a_group_cancels_its_children_and_waits_for_their_cleanup);
    TEST(the_cleanup_of_a_cancelled_task_may_have_a_group);
    TEST(a_further_request_cancels_the_group_of_a_cleanup);
    TEST(a_request_that_the_end_of_a_group_handed_down_interrupts_no_further_wait_of_a_cleanup);
    TEST(a_failure_in_an_outer_group_cancels_the_inner_one);
    TEST(a_failure_in_the_inner_group_goes_on_to_the_outer_one);
    TEST(where_the_inner_group_keeps_going_the_outer_one_sees_nothing);
    TEST(where_the_outer_group_keeps_going_a_failure_of_the_body_cancels_it_all_the_same);
    TEST(a_failure_in_the_outer_group_waits_for_the_inner_one);
    TEST(a_failure_in_the_cleanup_of_the_inner_group_is_that_which_leaves_it);
    TEST(cancelling_the_inner_group_leaves_the_outer_one_alone);
    TEST(cancelling_the_outer_group_ends_both_and_is_quiet_behind_the_outer_one);
    TEST(cancelling_the_root_of_a_tree_ends_the_leaves_first_and_each_level_waits_for_them);
    TEST(a_leaf_that_fails_brings_the_tree_down_and_its_status_arrives_at_the_root);
    TEST_STOPS(yielding_inside_a_group_stops);
}
