/* test_cancel.c - why a task was asked to stop, and where. */
/* SPDX-License-Identifier: MIT */
#include <weft/dump.h>

#include "virtual.h"

static void say_reason(const char *who, const weft_reason *reason)
{
    if (reason == NULL) {
        say("%s:none ", who);
    } else {
        say("%s:%s ", who, reason->why != NULL ? reason->why : "?");
    }
}

struct sleeper {
    WEFT_FRAME;
    const char *name;
    int status; /* with which it ends after a second; 0: it sleeps on */
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->status != 0 ? 1 : 100));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    say_reason(self->name, WEFT_REASON());
}
WEFT_END

typedef WEFT_TASK(sleeper) sleeper_task;

START_TEST(who_cancels_leaves_file_and_line_and_can_say_why)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, "a");
    (void)weft__pass(&executor);
    ck_assert_ptr_null(weft_task_reason(&task.task));
    const int line = __LINE__ + 1;
    weft_task_cancel_because(&task.task, "enough");
    ck_assert_str_eq(weft_task_reason(&task.task)->why, "enough");
    ck_assert_str_eq(weft_task_reason(&task.task)->file, __FILE__);
    ck_assert_int_eq(weft_task_reason(&task.task)->line, line);
    (void)run();
    ck_assert_str_eq(trace, "a:enough ");
    ck_assert_str_eq(weft_task_reason(&task.task)->why, "enough");
}
END_TEST

START_TEST(who_does_not_say_why_leaves_the_place)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, "a");
    weft_task_cancel(&task.task);
    ck_assert_ptr_null(weft_task_reason(&task.task)->why);
    ck_assert_str_eq(weft_task_reason(&task.task)->file, __FILE__);
    (void)run();
    ck_assert_str_eq(trace, "a:? ");
}
END_TEST

START_TEST(the_first_of_several_says_why)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, "a");
    (void)weft__pass(&executor);
    weft_task_cancel_because(&task.task, "first");
    weft_task_cancel_because(&task.task, "second");
    (void)run();
    ck_assert_str_eq(trace, "a:first ");
}
END_TEST

struct stubborn {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stubborn, self)
{
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    say_reason("caught", WEFT_REASON());
    (void)weft_uncancel(WEFT_SELF());
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    say_reason("again", WEFT_REASON());
    WEFT_RETURN(-5);
WEFT_FINALLY:
    say_reason("failed", WEFT_REASON());
}
WEFT_END

START_TEST(a_request_after_one_that_was_taken_back_has_its_own_and_a_failure_forgets_it)
{
    WEFT_TASK(stubborn) task = {0};
    begin();
    START(&task, stubborn);
    (void)weft__pass(&executor);
    weft_task_cancel_because(&task.task, "first");
    (void)weft__pass(&executor);
    weft_task_cancel_because(&task.task, "second");
    (void)run();
    ck_assert_str_eq(trace, "caught:first again:second failed:none ");
}
END_TEST

struct patient {
    WEFT_FRAME;
    weft_scope scope;
    struct sleeper sleeper;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->sleeper, sleeper, "inside");
    }
    say_reason("behind", WEFT_REASON());
}
WEFT_END

START_TEST(a_deadline_says_so_and_is_forgotten_behind_its_block)
{
    WEFT_TASK(patient) task = {0};
    begin();
    START(&task, patient);
    (void)run();
    ck_assert_str_eq(trace, "inside:its deadline passed behind:none ");
}
END_TEST

START_TEST(a_scope_hands_on_why_it_was_cancelled)
{
    WEFT_TASK(patient) task = {0};
    begin();
    START(&task, patient);
    (void)weft__pass(&executor);
    weft_scope_cancel_because(&task.frame.scope, "not wanted");
    (void)run();
    ck_assert_str_eq(trace, "inside:not wanted behind:none ");
}
END_TEST

struct parent {
    WEFT_FRAME;
    int status; /* of the first child */
    weft_group group;
    sleeper_task first, second;
};

static WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->first, sleeper, "first", self->status));
        WEFT_CHECK(weft_spawn(&self->group, &self->second, sleeper, "second"));
    }
}
WEFT_END

START_TEST(what_a_group_is_cancelled_for_its_tasks_are_told)
{
    WEFT_TASK(parent) task = {0};
    begin();
    START(&task, parent);
    (void)weft__pass(&executor);
    (void)weft__pass(&executor);
    if (_i == 0) {
        weft_task_cancel_because(&task.task, "parent");
    } else {
        weft_group_cancel_because(&task.frame.group, "group");
    }
    (void)run();
    ck_assert_str_eq(trace, _i == 0 ? "first:parent second:parent " : "first:group second:group ");
}
END_TEST

START_TEST(a_child_that_fails_is_the_reason_for_its_siblings)
{
    WEFT_TASK(parent) task = {0};
    begin();
    START(&task, parent, .status = -5);
    (void)run();
    ck_assert_str_eq(trace, "first:none second:another task of its group failed ");
}
END_TEST

struct joiner {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_TRY(self->join, weft_join, self->task);
}
WEFT_END

START_TEST(a_joiner_hands_its_reason_on_to_what_it_joins)
{
    sleeper_task task = {0};
    WEFT_TASK(joiner) join = {0};
    begin();
    START(&task, sleeper, "joined");
    START(&join, joiner, &task.task);
    (void)weft__pass(&executor);
    weft_task_cancel_because(&join.task, "hurry");
    (void)run();
    ck_assert_str_eq(trace, "joined:hurry ");
}
END_TEST

static void put(void *context, const char *text, size_t length)
{
    (void)context;
    say("%.*s", (int)length, text);
}

START_TEST(a_dump_tells_why)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, "a");
    (void)weft__pass(&executor);
    weft_task_cancel_because(&task.task, "enough");
    weft_dump(&executor, put, NULL);
    ck_assert_ptr_nonnull(strstr(trace, "`-- sleeper: ready, cancelled: enough\n"));
    (void)run();
}
END_TEST

SUITE_TOGETHER(cancel)
{
    TEST(who_cancels_leaves_file_and_line_and_can_say_why);
    TEST(who_does_not_say_why_leaves_the_place);
    TEST(the_first_of_several_says_why);
    TEST(a_request_after_one_that_was_taken_back_has_its_own_and_a_failure_forgets_it);
    TEST(a_deadline_says_so_and_is_forgotten_behind_its_block);
    TEST(a_scope_hands_on_why_it_was_cancelled);
    TEST_EACH(what_a_group_is_cancelled_for_its_tasks_are_told, 2);
    TEST(a_child_that_fails_is_the_reason_for_its_siblings);
    TEST(a_joiner_hands_its_reason_on_to_what_it_joins);
    TEST(a_dump_tells_why);
}
