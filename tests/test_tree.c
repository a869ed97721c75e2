/* test_tree.c - all tasks of an executor, and the one that runs. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

#include <weft/tree.h>

struct worker {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

struct server {
    WEFT_FRAME;
    weft_group outer, inner;
    WEFT_TASK(worker) slots[3];
};

static WEFT_ASYNC(server, self)
{
    WEFT_GROUP(self->outer) {
        WEFT_CHECK(weft_spawn(&self->outer, &self->slots[0], worker));
        weft_task_set_name(&self->slots[0].task, "outer");
        WEFT_GROUP(self->inner) {
            WEFT_CHECK(weft_spawn(&self->inner, &self->slots[1], worker));
            WEFT_CHECK(weft_spawn(&self->inner, &self->slots[2], worker));
            weft_task_set_name(&self->slots[1].task, "first");
            weft_task_set_name(&self->slots[2].task, "second");
        }
    }
}
WEFT_END

static void say_all(void)
{
    for (weft_task_walk walk = weft_all_tasks(&executor.core); weft_next_task(&walk);) {
        say("%s ", weft_task_name(walk.task));
    }
}

START_TEST(parents_come_first_outer_groups_before_inner_ones_in_the_order_of_spawning)
{
    WEFT_TASK(server) first = {0};
    WEFT_TASK(worker) second = {0};
    begin();
    START(&first, server);
    START(&second, worker);
    (void)weft__pass(&executor);
    say_all();
    ck_assert_str_eq(trace, "server outer first second worker ");
    (void)run();
}
END_TEST

START_TEST(what_has_ended_is_not_among_them)
{
    WEFT_TASK(worker) task = {0};
    begin();
    say_all();
    START(&task, worker);
    (void)run();
    say_all();
    ck_assert_str_eq(trace, "");
}
END_TEST

struct tells {
    WEFT_FRAME;
};

static WEFT_ASYNC(tells, self)
{
    say("%s ", weft_task_name(weft_current_task(&executor.core)));
}
WEFT_END

struct asks {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(tells) child;
};

static WEFT_ASYNC(asks, self)
{
    say("%s ", weft_task_name(weft_current_task(&executor.core)));
    WEFT_GROUP(self->group, .eager = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, tells));
        say("%s ", weft_current_task(&executor.core) == WEFT_SELF() ? "back" : "lost");
    }
}
WEFT_END

START_TEST(the_current_task_is_the_one_that_runs_an_eager_child_in_its_first_step)
{
    WEFT_TASK(asks) task = {0};
    begin();
    START(&task, asks);
    weft_task_set_name(&task.task, "parent");
    ck_assert_ptr_null(weft_current_task(&executor.core));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "parent tells back ");
    ck_assert_ptr_null(weft_current_task(&executor.core));
}
END_TEST

SUITE_TOGETHER(tree)
{
    TEST(parents_come_first_outer_groups_before_inner_ones_in_the_order_of_spawning);
    TEST(what_has_ended_is_not_among_them);
    TEST(the_current_task_is_the_one_that_runs_an_eager_child_in_its_first_step);
}
