/* test_bare.c - tasks of one executor, which stand in no group. */
/* SPDX-License-Identifier: MIT */
/* What they have in common with others is tested by the suites of that, which run with them, too. */
#define WEFT_BARE 1
#include <weft/select.h>
#include <weft/sync.h>

#include "virtual.h"

struct napper {
    WEFT_FRAME;
    const char *name;
    weft_time each;
    int status; /* it ends with */
    int naps;
    struct weft_sleep nap;
};

static WEFT_ASYNC(napper, self)
{
    for (self->naps = 0; self->naps < 2; self->naps++) {
        WEFT_TRY(self->nap, weft_sleep, self->each);
        say("%s%d ", self->name, seconds());
    }
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    say("%s. ", self->name);
}
WEFT_END

START_TEST(a_task_is_a_chain_and_a_link)
{
    ck_assert_uint_eq(offsetof(weft_task, link), sizeof(weft_chain));
#if !WEFT_CONTEXT && !WEFT_DEBUG
    ck_assert_uint_eq(sizeof(weft_task), sizeof(weft_chain) + 2 * sizeof(void *));
#endif
}
END_TEST

START_TEST(they_run_until_all_have_ended)
{
    WEFT_TASK(napper) a = {0}, b = {0};
    begin();
    START(&a, napper, "a", WEFT_S(2));
    START(&b, napper, "b", WEFT_S(3));
    ck_assert_uint_eq(executor.core.tasks, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a2 b3 a4 a. b6 b. ");
    ck_assert_uint_eq(executor.core.tasks, 0);
    ck_assert(weft_task_is_done(&a.task) && weft_task_is_done(&b.task));
}
END_TEST

START_TEST(the_status_of_one_is_told_to_who_runs_until_it_has_ended)
{
    WEFT_TASK(napper) a = {0}, b = {0};
    begin();
    START(&a, napper, "a", WEFT_S(1), -7);
    START(&b, napper, "b", WEFT_S(2));
    ck_assert_int_eq(weft_executor_run_until(&executor, &a.task), -7);
    ck_assert_int_eq(reports, 0);
    ck_assert_str_eq(trace, "a1 b2 a2 a. ");
    ck_assert(weft_task_is_running(&b.task));
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(a_failure_that_nobody_awaits_is_told)
{
    WEFT_TASK(napper) a = {0};
    begin();
    START(&a, napper, "a", WEFT_S(1), -7);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(a.task.status, -7);
    ck_assert_int_eq(reports, 1);
    ck_assert(strstr(reported, "a detached task failed, and nobody awaited it: -7") != NULL);
}
END_TEST

START_TEST(one_is_cancelled_and_cleans_up)
{
    WEFT_TASK(napper) a = {0}, b = {0};
    begin();
    START(&a, napper, "a", WEFT_S(1));
    START(&b, napper, "b", WEFT_S(2));
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a. b2 b4 b. ");
    ck_assert_int_eq(a.task.status, WEFT_ECANCELED);
    ck_assert(!weft_task_cancel(&a.task));
}
END_TEST

START_TEST(one_that_is_prepared_starts_later)
{
    WEFT_TASK(napper) a = {0};
    begin();
    weft_task *const task = weft_prepare(&a, napper, "a", WEFT_S(1));
    ck_assert(weft_task_is_prepared(task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 a2 a. ");
}
END_TEST

START_TEST(slots_of_a_pool_are_used_again)
{
    static WEFT_TASKS(napper, 2) pool;
    memset(&pool, 0, sizeof pool);
    begin();
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, napper, "a", WEFT_S(1)), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, napper, "b", WEFT_S(2)), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, napper, "c", WEFT_S(3)), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, napper, "c", WEFT_S(3)), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 a2 a. b4 b. c7 c10 c. ");
}
END_TEST

/* Who waits for it waits for this. */
struct server {
    WEFT_FRAME;
    weft_event *done;
    struct weft_sleep nap;
};

static WEFT_ASYNC(server, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
WEFT_FINALLY:
    weft_event_set(self->done);
}
WEFT_END

struct client {
    WEFT_FRAME;
    weft_event *done;
    weft_scope patience;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(client, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(3)) {
        WEFT_TRY(self->wait, weft_event_wait, self->done);
    }
    say("%s%d ", self->patience.expired ? "late" : "done", seconds());
    WEFT_TRY(self->wait, weft_event_wait, self->done);
    say("done%d ", seconds());
}
WEFT_END

START_TEST(an_event_tells_that_one_is_done)
{
    weft_event done = {0};
    WEFT_TASK(server) served = {0};
    WEFT_TASK(client) waits = {0};
    begin();
    START(&served, server, &done);
    START(&waits, client, &done);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "late3 done5 ");
}
END_TEST

struct writer {
    WEFT_FRAME;
    weft_lock *lock;
    const char *name;
    weft_with with;
    struct weft_sleep nap;
};

static WEFT_ASYNC(writer, self)
{
    WEFT_WITH(self->with, self->lock) {
        ck_assert_ptr_eq(weft_lock_owner(self->lock), WEFT_SELF());
        say("%s( ", self->name);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("%s) ", self->name);
    }
}
WEFT_END

START_TEST(a_lock_lets_in_one_after_the_other)
{
    weft_lock lock = {0};
    WEFT_TASK(writer) a = {0}, b = {0};
    begin();
    START(&a, writer, &lock, "a");
    START(&b, writer, &lock, "b");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a( a) b( b) ");
    ck_assert(!weft_lock_is_locked(&lock));
}
END_TEST

START_TEST(nothing_that_can_wake_them_is_a_deadlock)
{
    weft_event never = {0};
    WEFT_TASK(client) waits = {0};
    begin();
    START(&waits, client, &never);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert(weft_task_is_running(&waits.task));
    weft_task_cancel(&waits.task);
    ck_assert_int_eq(run(), 0);
}
END_TEST

static void call(void *argument)
{
    say("called ");
    ck_assert_ptr_eq(argument, &executor);
    ck_assert_ptr_null(weft_current_task(&executor.core));
}

START_TEST(a_callback_is_none_of_them)
{
    static weft_callback callback;
    WEFT_TASK(napper) a = {0};
    begin();
    weft_callback_post(&executor.core, &callback, call, &executor);
    START(&a, napper, "a", WEFT_S(1));
    ck_assert_uint_eq(executor.core.tasks, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "called a1 a2 a. ");
    weft_callback_post(&executor.core, &callback, call, &executor);
    ck_assert(weft_callback_cancel(&callback));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "called a1 a2 a. ");
}
END_TEST

struct chooser {
    WEFT_FRAME;
    weft_event *event;
    weft_case told, late;
    struct weft_select select;
};

static WEFT_ASYNC(chooser, self)
{
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_on_event(&self->told, self->event), weft_on_timer(&self->late, WEFT_S(3))));
    say("%s%d ", self->told.happened ? "told" : "late", seconds());
}
WEFT_END

START_TEST(one_waits_for_several_things)
{
    weft_event done = {0}, never = {0};
    WEFT_TASK(chooser) a = {0}, b = {0};
    begin();
    START(&a, chooser, &never);
    ck_assert_int_eq(run(), 0);
    START(&b, chooser, &done);
    run_one_pass();
    weft_event_set(&done);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "late3 told3 ");
}
END_TEST

static bool sleeps_never(void *context, weft_time at)
{
    (void)context, (void)at;
    return false;
}

START_TEST(a_second_executor_stops)
{
    static const weft_port port = {virtual_port_now, sleeps_never, NULL};
    static weft_executor second;
    begin();
    weft_executor_init(&second, &port, NULL);
}
END_TEST

START_TEST(a_spawn_into_a_slot_that_is_in_use_stops)
{
    WEFT_TASK(napper) a = {0};
    begin();
    START(&a, napper, "a", WEFT_S(1));
    START(&a, napper, "a", WEFT_S(1));
}
END_TEST

SUITE_TOGETHER(bare)
{
    TEST(a_task_is_a_chain_and_a_link);
    TEST(they_run_until_all_have_ended);
    TEST(the_status_of_one_is_told_to_who_runs_until_it_has_ended);
    TEST(a_failure_that_nobody_awaits_is_told);
    TEST(one_is_cancelled_and_cleans_up);
    TEST(one_that_is_prepared_starts_later);
    TEST(slots_of_a_pool_are_used_again);
    TEST(an_event_tells_that_one_is_done);
    TEST(a_lock_lets_in_one_after_the_other);
    TEST(nothing_that_can_wake_them_is_a_deadlock);
    TEST(a_callback_is_none_of_them);
    TEST(one_waits_for_several_things);
    TEST_STOPS(a_second_executor_stops);
    TEST_STOPS(a_spawn_into_a_slot_that_is_in_use_stops);
}
