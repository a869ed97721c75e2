/* test_eager.c - children whose first step runs at once. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"

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

/* What a child may do in its first step. */

struct busy_child {
    WEFT_FRAME;
    char name;
    weft_group *group;
    worker_task *slot; /* starts a sibling in it */
    weft_task *victim; /* cancels this one */
    int status;
};

static WEFT_ASYNC(busy_child, self)
{
    say("%c( ", self->name);
    if (self->slot != NULL) {
        WEFT_SPAWN(self->group, self->slot, worker, 'w', 1);
    }
    if (self->victim != NULL) {
        (void)weft_task_cancel(self->victim);
    }
    ck_assert_ptr_eq(executor.core.current, WEFT_SELF());
    say(")%c ", self->name);
    WEFT_RETURN(self->status);
}
WEFT_END

struct busy_parent {
    WEFT_FRAME;
    bool keep_going;
    struct busy_child as; /* in */
    int again;
    weft_group group;
    WEFT_TASK(busy_child) child;
    worker_task sibling;
    struct weft_join join;
    struct weft_sleep nap;
};

static WEFT_ASYNC(busy_parent, self)
{
    WEFT_GROUP(self->group, .eager = true, .keep_going = self->keep_going) {
        do {
            WEFT_SPAWN(&self->group, &self->child, busy_child, 'c', &self->group, self->as.slot,
                       self->as.victim, self->as.status);
            say("spawned ");
        } while (self->again-- > 0);
        ck_assert_ptr_eq(executor.core.current, WEFT_SELF());
        WEFT_CATCH(self->join, weft_join, &self->child.task);
        say("joined%d ", WEFT_STATUS());
        WEFT_TRY(self->nap, weft_sleep, 0);
        say("body ");
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

static WEFT_TASK(busy_parent) busy;

START_TEST(one_that_ends_at_once_is_done_and_joining_it_does_not_wait)
{
    begin();
    START(&busy, busy_parent);
    run_one_pass();
    ck_assert_str_eq(trace, "c( )c spawned joined0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned joined0 body f0@0");
}
END_TEST

START_TEST(a_slot_whose_task_ended_at_once_may_be_used_again_at_once)
{
    begin();
    START(&busy, busy_parent, .again = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned c( )c spawned c( )c spawned joined0 body f0@0");
}
END_TEST

START_TEST(one_that_fails_at_once_is_told_where_the_group_keeps_going)
{
    begin();
    START(&busy, busy_parent, .keep_going = true, {.status = -5});
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned joined-5 body f0@0");
    ck_assert_ptr_eq(busy.frame.group.failed, &busy.frame.child.task);
}
END_TEST

START_TEST(after_one_that_failed_at_once_the_group_takes_no_further_ones)
{
    begin();
    START(&busy, busy_parent, .again = 1, .as = {.status = -5});
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned f-5@0");
}
END_TEST

START_TEST(it_may_start_siblings)
{
    begin();
    START(&busy, busy_parent, .as = {.slot = &busy.frame.sibling});
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned joined0 body w0@1 f0@1");
}
END_TEST

START_TEST(it_may_cancel_its_parent_which_runs)
{
    begin();
    START(&busy, busy_parent, .as = {.slot = &busy.frame.sibling, .victim = &busy.task});
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c( )c spawned joined0 w-4097@0 f-4097@0");
}
END_TEST

struct suicidal {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(suicidal, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("s%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(it_may_cancel_itself)
{
    WEFT_TASK(suicidal) task = {0};
    begin();
    executor.group.eager = true;
    ck_assert_int_eq(weft_spawn(&executor.group, &task, suicidal), 0);
    ck_assert_ptr_null(executor.core.current);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-4097@1");
}
END_TEST

/* Each starts the next in its first step. */
struct link_of_chain;

struct chained {
    WEFT_FRAME;
    weft_group *group;
    struct link_of_chain *rest;
    int left;
    struct weft_sleep nap;
};

struct link_of_chain {
    weft_task task;
    struct chained frame;
};

static int begun;
static const char *lowest, *highest;

static WEFT_ASYNC(chained, self)
{
    const char *const here = __builtin_frame_address(0);
    begun++;
    lowest = lowest == NULL || here < lowest ? here : lowest;
    highest = highest == NULL || here > highest ? here : highest;
    if (self->left > 0) {
        WEFT_SPAWN(self->group, self->rest, chained, self->group, self->rest + 1, self->left - 1);
    }
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

START_TEST(ten_thousand_that_start_each_other_do_not_use_up_the_stack)
{
    enum { MANY = SIZED(10000, 30) };
    struct link_of_chain *const links = calloc(MANY, sizeof *links);
    begin();
    begun = 0;
    lowest = highest = NULL;
    executor.group.eager = true;
    START(&links[0], chained, &executor.group, links + 1, MANY - 1);
    ck_assert_int_eq(begun, WEFT_EAGER); /* the next one waits for its turn */
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(begun, MANY);
    ck_assert_int_lt(highest - lowest, 100000);
    free(links);
}
END_TEST

struct spends {
    WEFT_FRAME;
    int count;
};

static WEFT_ASYNC(spends, self)
{
    while (self->count-- > 0) {
        WEFT_CHECKPOINT();
    }
}
WEFT_END

START_TEST(it_has_a_budget_of_its_own_and_its_parent_keeps_what_it_had)
{
    WEFT_TASK(spends) task = {0};
    begin();
    executor.group.eager = true;
    executor.core.budget = 77;
    START(&task, spends, WEFT_BUDGET - 1);
    ck_assert(weft_task_is_done(&task.task));
    ck_assert_uint_eq(executor.core.budget, 77);
}
END_TEST

SUITE_TOGETHER(eager)
{
    TEST_EACH(an_eager_group_runs_the_first_step_of_a_child_at_once, 2);
    TEST(an_eager_child_that_fails_at_once_cancels_the_group);
    TEST(an_eager_child_may_cancel_its_group_at_once);
    TEST(one_that_ends_at_once_is_done_and_joining_it_does_not_wait);
    TEST(a_slot_whose_task_ended_at_once_may_be_used_again_at_once);
    TEST(one_that_fails_at_once_is_told_where_the_group_keeps_going);
    TEST(after_one_that_failed_at_once_the_group_takes_no_further_ones);
    TEST(it_may_start_siblings);
    TEST(it_may_cancel_its_parent_which_runs);
    TEST(it_may_cancel_itself);
    TEST(ten_thousand_that_start_each_other_do_not_use_up_the_stack);
    TEST(it_has_a_budget_of_its_own_and_its_parent_keeps_what_it_had);
}
