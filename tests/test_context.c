/* test_context.c - context variables, and the names of tasks. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/generator.h>

static const weft_variable request = {.unbound = "none"};
static const weft_variable language = {.unbound = "C"};

struct reads {
    WEFT_FRAME;
    const char *who;
    int after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(reads, self)
{
    if (self->after > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->after));
    }
    say("%s:%s/%s ", self->who, (const char *)WEFT_GET(&request),
        (const char *)WEFT_GET(&language));
}
WEFT_END

struct binds {
    WEFT_FRAME;
    weft_binding outer, inner;
    struct reads reads;
};

static WEFT_ASYNC(binds, self)
{
    WEFT_TRY(self->reads, reads, "before");
    WEFT_BIND(self->outer, &request, "17")
    {
        WEFT_TRY(self->reads, reads, "in");
        WEFT_BIND(self->inner, &request, "18")
        {
            WEFT_TRY(self->reads, reads, "deeper");
        }
        WEFT_BIND(self->inner, &language, "Welsh")
        {
            WEFT_TRY(self->reads, reads, "both", .after = 1);
        }
        WEFT_TRY(self->reads, reads, "out");
    }
    WEFT_TRY(self->reads, reads, "after");
}
WEFT_END

typedef WEFT_TASK(binds) binds_task;

START_TEST(a_variable_has_its_value_in_the_block_and_in_all_that_is_called_there)
{
    binds_task task = {0};
    begin();
    START(&task, binds);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "before:none/C in:17/C deeper:18/C both:17/Welsh out:17/C "
                            "after:none/C ");
}
END_TEST

struct spawns {
    WEFT_FRAME;
    weft_binding outer, inner;
    weft_group group;
    WEFT_TASK(reads) slots[3];
};

/* The first and the last child are spawned under the outer binding, the second under the inner. */
static WEFT_ASYNC(spawns, self)
{
    WEFT_BIND(self->outer, &request, "17")
    {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->slots[0], reads, "a", .after = 1));
            WEFT_BIND(self->inner, &request, "18")
            {
                WEFT_CHECK(weft_spawn(&self->group, &self->slots[1], reads, "b"));
                WEFT_CHECK(weft_spawn(&self->group, &self->slots[2], reads, "c", .after = 2));
                weft_task_set_context(&self->slots[2].task, &self->outer);
                while (!weft_task_is_done(&self->slots[1].task)) {
                    WEFT_PASS();
                }
            }
        }
    }
}
WEFT_END

START_TEST(a_task_sees_what_its_spawner_saw_when_it_was_spawned)
{
    WEFT_TASK(spawns) task = {0};
    begin();
    START(&task, spawns);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b:18/C a:17/C c:17/C ");
}
END_TEST

struct grandparent {
    WEFT_FRAME;
    weft_binding binding;
    weft_group group;
    WEFT_TASK(spawns) slot;
};

static WEFT_ASYNC(grandparent, self)
{
    WEFT_BIND(self->binding, &language, "Welsh")
    {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->slot, spawns));
        }
    }
}
WEFT_END

START_TEST(it_goes_on_to_the_tasks_of_a_task)
{
    WEFT_TASK(grandparent) task = {0};
    begin();
    START(&task, grandparent);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b:18/Welsh a:17/Welsh c:17/Welsh ");
}
END_TEST

struct leaves {
    WEFT_FRAME;
    int how;
    weft_binding outer, inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaves, self)
{
    WEFT_BIND(self->outer, &language, "Welsh")
    {
        WEFT_BIND(self->inner, &request, "17")
        {
            if (self->how == 0) {
                WEFT_RETURN(-7);
            } else if (self->how == 1) {
                break;
            }
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        }
        say("%s/%s ", (const char *)WEFT_GET(&request), (const char *)WEFT_GET(&language));
    }
WEFT_FINALLY:
    say("%s/%s %d ", (const char *)WEFT_GET(&request), (const char *)WEFT_GET(&language),
        WEFT_OUTCOME());
}
WEFT_END

START_TEST(whichever_way_the_block_is_left_the_value_is_what_it_was_before)
{
    static const char *const traces[] = {"none/C -7 ", "none/Welsh none/C 0 ", "none/C -4097 "};
    WEFT_TASK(leaves) task = {0};
    begin();
    START(&task, leaves, _i);
    if (_i == 2) {
        (void)weft__pass(&executor);
        weft_task_cancel(&task.task);
    }
    (void)run();
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

struct outlives {
    WEFT_FRAME;
    weft_group group;
    weft_binding binding;
    WEFT_TASK(reads) slot;
};

static WEFT_ASYNC(outlives, self)
{
    WEFT_GROUP(self->group) {
        WEFT_BIND(self->binding, &request, "17")
        {
            WEFT_CHECK(weft_spawn(&self->group, &self->slot, reads, "late", .after = 1));
        }
    }
}
WEFT_END

START_TEST(a_task_that_outlives_a_binding_it_sees_stops_the_program)
{
    WEFT_TASK(outlives) task = {0};
    begin();
    START(&task, outlives);
    (void)run();
}
END_TEST

struct detaches {
    WEFT_FRAME;
    weft_group group;
    weft_binding binding;
    WEFT_TASK(reads) slot;
};

static WEFT_ASYNC(detaches, self)
{
    WEFT_GROUP(self->group) {
        WEFT_BIND(self->binding, &request, "17")
        {
            WEFT_CHECK(weft_spawn(&self->group, &self->slot, reads, "late", .after = 1));
            weft_task_set_context(&self->slot.task, NULL);
        }
    }
}
WEFT_END

START_TEST(a_task_that_is_to_outlive_a_binding_is_given_another_context)
{
    WEFT_TASK(detaches) task = {0};
    begin();
    START(&task, detaches);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "late:none/C ");
}
END_TEST

struct bound {
    WEFT_FRAME;
    int value;
    weft_binding binding;
};

static WEFT_ASYNC(bound, self)
{
    WEFT_BIND(self->binding, &request, "generator")
    {
        WEFT_YIELD(self->value = 1);
    }
}
WEFT_END

struct drives {
    WEFT_FRAME;
    struct reads reads;
    struct bound each;
};

static WEFT_ASYNC(drives, self)
{
    WEFT_FOR_EACH(self->each, bound) {
        WEFT_TRY(self->reads, reads, "body");
    }
    WEFT_TRY(self->reads, reads, "behind");
}
WEFT_END

START_TEST(a_binding_that_is_open_at_a_yield_is_seen_by_who_drives_the_generator)
{
    WEFT_TASK(drives) task = {0};
    begin();
    START(&task, drives);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "body:generator/C behind:none/C ");
}
END_TEST

START_TEST(a_context_can_be_asked_from_plain_c)
{
    const weft_binding outer = {.variable = &request, .value = "17"};
    ck_assert_str_eq(weft_context_get(&outer, &request), "17");
    ck_assert_str_eq(weft_context_get(&outer, &language), "C");
    ck_assert_str_eq(weft_context_get(NULL, &request), "none");
}
END_TEST

START_TEST(a_task_is_named_after_its_first_coroutine)
{
    WEFT_TASK(reads) task = {0};
    begin();
    START(&task, reads, "a", .after = 1);
    ck_assert_str_eq(weft_task_name(&task.task), "reads");
    (void)weft__pass(&executor);
    ck_assert_str_eq(weft_task_name(&task.task), "reads");
    (void)run();
}
END_TEST

START_TEST(or_as_it_is_told)
{
    WEFT_TASK(reads) task = {0};
    begin();
    START(&task, reads, "a", .after = 1);
    weft_task_set_name(&task.task, "reader 1");
    ck_assert_str_eq(weft_task_name(&task.task), "reader 1");
    (void)run();
    ck_assert_str_eq(weft_task_name(&task.task), "reader 1");
}
END_TEST

START_TEST(a_child_does_not_inherit_the_name)
{
    WEFT_TASK(spawns) task = {0};
    begin();
    START(&task, spawns);
    weft_task_set_name(&task.task, "parent");
    (void)weft__pass(&executor);
    ck_assert_str_eq(weft_task_name(&task.frame.slots[0].task), "reads");
    (void)run();
}
END_TEST

SUITE_TOGETHER(context)
{
    TEST(a_variable_has_its_value_in_the_block_and_in_all_that_is_called_there);
    TEST(a_task_sees_what_its_spawner_saw_when_it_was_spawned);
    TEST(it_goes_on_to_the_tasks_of_a_task);
    TEST_EACH(whichever_way_the_block_is_left_the_value_is_what_it_was_before, 3);
    TEST_STOPS(a_task_that_outlives_a_binding_it_sees_stops_the_program);
    TEST(a_task_that_is_to_outlive_a_binding_is_given_another_context);
    TEST(a_binding_that_is_open_at_a_yield_is_seen_by_who_drives_the_generator);
    TEST(a_context_can_be_asked_from_plain_c);
    TEST(a_task_is_named_after_its_first_coroutine);
    TEST(or_as_it_is_told);
    TEST(a_child_does_not_inherit_the_name);
}
