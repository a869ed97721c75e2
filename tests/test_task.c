/* test_task.c - a chain that is scheduled: it parks until somebody wakes or cancels it. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/generator.h>
#include <weft/sync.h>

static weft_link list;

/* Waits in `list`, once, and says how that ended. */
struct waiter {
    WEFT_FRAME;
    const char *name;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_PARK(&list);
    say("%s%d ", self->name, WEFT_STATUS());
}
WEFT_END

typedef WEFT_TASK(waiter) waiter_task;

/* Three tasks, a, b and c, that wait in `list` in that order. */
static void begin_with_three(waiter_task tasks[3])
{
    static const char *const names[] = {"a", "b", "c"};
    begin();
    weft_link_init(&list);
    for (size_t i = 0; i < 3; i++) {
        START(&tasks[i], waiter, names[i]);
    }
    run_one_pass();
}

/* Parked, and then woken or not, by this file's main line between two passes. */

START_TEST(wake_first_wakes_the_one_that_waits_longest)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    ck_assert(weft_wake_first(&list));
    run_one_pass();
    ck_assert_str_eq(trace, "a0 ");
    ck_assert_ptr_eq(weft_first_waiter(&list), &tasks[1].task);
}
END_TEST

START_TEST(wake_all_wakes_in_the_order_in_which_they_came)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 c0 ");
}
END_TEST

START_TEST(waking_in_an_empty_list_wakes_nobody)
{
    const weft_link empty = {0};
    ck_assert(!weft_wake_first(&empty));
    ck_assert_ptr_null(weft_first_waiter(&empty));
    weft_wake_all(&empty);
}
END_TEST

START_TEST(any_of_those_that_wait_can_be_woken)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake(&tasks[1].task);
    run_one_pass();
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0 a0 c0 ");
}
END_TEST

START_TEST(a_wake_runs_nothing_by_itself)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_all(&list);
    ck_assert_str_eq(trace, "");
}
END_TEST

START_TEST(waking_twice_is_waking_once)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake(&tasks[0].task);
    weft_wake(&tasks[0].task);
    run_one_pass();
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(waking_a_task_that_has_ended_does_nothing)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    weft_wake(&tasks[0].task);
    weft_wake_status(&tasks[0].task, -5);
    weft_wake_final(&tasks[0].task, -5);
    ck_assert_int_eq(tasks[0].task.status, 0);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(a_waker_may_give_a_status)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_status(&tasks[0].task, -5);
    weft_wake_final(&tasks[1].task, -6);
    run_one_pass();
    ck_assert_str_eq(trace, "a-5 b-6 ");
}
END_TEST

START_TEST(whoever_ends_a_wait_first_decides_how_it_ended)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_status(&tasks[0].task, -5);
    weft_wake(&tasks[0].task);
    (void)weft_task_cancel(&tasks[0].task);
    (void)weft_task_cancel(&tasks[1].task);
    weft_wake_status(&tasks[1].task, -5);
    run_one_pass();
    ck_assert_str_eq(trace, "a-5 b-4097 ");
}
END_TEST

START_TEST(woken_with_success_and_cancelled_before_it_ran_is_cancelled)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake(&tasks[0].task);
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    ck_assert_str_eq(trace, "a-4097 ");
}
END_TEST

START_TEST(woken_finally_and_cancelled_before_it_ran_is_success)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    weft_wake_final(&tasks[0].task, 0);
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    ck_assert_str_eq(trace, "a0 ");
    ck_assert_int_eq(tasks[0].task.status, 0);
}
END_TEST

START_TEST(a_cancelled_wait_is_out_of_its_list_at_once)
{
    waiter_task tasks[3] = {0};
    begin_with_three(tasks);
    (void)weft_task_cancel(&tasks[0].task);
    ck_assert_ptr_eq(weft_first_waiter(&list), &tasks[1].task);
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 c0 ");
}
END_TEST

START_TEST(a_task_tells_whether_it_runs_or_is_done)
{
    waiter_task tasks[3] = {0};
    ck_assert(!weft_task_is_running(&tasks[0].task) && !weft_task_is_done(&tasks[0].task));
    begin_with_three(tasks);
    ck_assert(weft_task_is_running(&tasks[0].task) && !weft_task_is_done(&tasks[0].task));
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_task_is_running(&tasks[0].task) && weft_task_is_done(&tasks[0].task));
}
END_TEST

/* A wait that cannot be undone. */

struct holder {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(holder, self)
{
    WEFT_HOLD(&list);
    say("held%d ", WEFT_STATUS());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("never");
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_hold_is_not_cancelled_but_the_next_wait_is)
{
    WEFT_TASK(holder) task = {0};
    begin();
    START(&task, holder);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "");
    ck_assert(weft_wake_first(&list));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "held0 f-4097");
}
END_TEST

START_TEST(a_hold_begins_in_a_task_that_is_cancelled_already)
{
    WEFT_TASK(holder) task = {0};
    begin();
    START(&task, holder);
    run_one_pass();
    (void)weft_wake_first(&list);
    ck_assert(weft_task_cancel(&task.task)); /* between the wake and its run */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "held0 f-4097");
}
END_TEST

/* A park without a list. */

struct lonely {
    WEFT_FRAME;
};

static WEFT_ASYNC(lonely, self)
{
    WEFT_PARK(NULL);
    say("w%d", WEFT_STATUS());
}
WEFT_END

START_TEST(a_task_may_wait_nowhere)
{
    WEFT_TASK(lonely) task = {0};
    begin();
    START(&task, lonely);
    run_one_pass();
    weft_wake(&task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w0");
}
END_TEST

/* Taking turns. */

struct passer {
    WEFT_FRAME;
    char name;
    int turns;
};

static WEFT_ASYNC(passer, self)
{
    while (self->turns-- > 0) {
        say("%c", self->name);
        WEFT_PASS();
    }
}
WEFT_END

START_TEST(a_pass_lets_every_other_ready_task_run_once)
{
    WEFT_TASK(passer) a = {0};
    WEFT_TASK(passer) b = {0};
    WEFT_TASK(passer) c = {0};
    begin();
    START(&a, passer, 'a', 3);
    START(&b, passer, 'b', 2);
    START(&c, passer, 'c', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "abcaba");
}
END_TEST

START_TEST(a_task_that_passes_can_be_cancelled)
{
    WEFT_TASK(lonely) sleeper = {0};
    WEFT_TASK(passer) task = {0};
    begin();
    START(&task, passer, 'a', 1);
    START(&sleeper, lonely);
    run_one_pass();
    weft_wake(&sleeper.task);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "aw0");
}
END_TEST

struct waker {
    WEFT_FRAME;
    bool first;
};

static WEFT_ASYNC(waker, self)
{
    say("[");
    weft_wake_all(&list);
    say("]");
    WEFT_PASS();
    say(".");
}
WEFT_END

START_TEST(a_woken_task_runs_in_the_next_pass_behind_those_that_are_ready)
{
    waiter_task tasks[3] = {0};
    WEFT_TASK(waker) waker_task = {0};
    WEFT_TASK(passer) other = {0};
    begin_with_three(tasks);
    START(&waker_task, waker);
    START(&other, passer, 'o', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[]oa0 b0 c0 .");
}
END_TEST

/* Budget. */

struct checker {
    WEFT_FRAME;
    int rounds, i;
};

static WEFT_ASYNC(checker, self)
{
    for (self->i = 0; self->i < self->rounds; self->i++) {
        WEFT_CHECKPOINT();
    }
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_task_that_never_waits_lets_the_others_run_when_its_budget_is_spent)
{
    WEFT_TASK(checker) task = {0};
    begin();
    START(&task, checker, 1000);
    run_one_pass();
    ck_assert_int_ge(task.frame.i, WEFT_BUDGET / 2);
    ck_assert_int_le(task.frame.i, WEFT_BUDGET);
    const int first = task.frame.i;
    run_one_pass();
    ck_assert_int_ge(task.frame.i - first, WEFT_BUDGET / 2);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(each_task_has_the_whole_budget_each_time_it_runs)
{
    WEFT_TASK(checker) a = {0};
    WEFT_TASK(checker) b = {0};
    begin();
    START(&a, checker, WEFT_BUDGET - 1);
    START(&b, checker, WEFT_BUDGET - 1);
    run_one_pass();
    ck_assert(weft_task_is_done(&a.task));
    ck_assert(weft_task_is_done(&b.task));
}
END_TEST

START_TEST(a_checkpoint_leaves_a_cancelled_task_when_the_budget_is_spent)
{
    WEFT_TASK(checker) task = {0};
    begin();
    START(&task, checker, 30000);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097");
    ck_assert_int_lt(task.frame.i, 2 * WEFT_BUDGET);
}
END_TEST

struct asker {
    WEFT_FRAME;
    weft_event *event;
    int i;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(asker, self)
{
    for (self->i = 0; self->i < 10000; self->i++) {
        WEFT_TRY(self->wait, weft_event_wait, self->event);
    }
}
WEFT_END

START_TEST(waits_that_are_ready_at_once_are_paid_from_the_budget)
{
    weft_event event = {.is_set = true};
    WEFT_TASK(asker) task = {0};
    begin();
    START(&task, asker, &event);
    run_one_pass();
    ck_assert_int_ge(task.frame.i, WEFT_BUDGET / 2);
    ck_assert_int_le(task.frame.i, WEFT_BUDGET);
}
END_TEST

/* Refused waits. */

static int refused_line;

struct stubborn {
    WEFT_FRAME;
    int tries, i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stubborn, self)
{
    for (self->i = 0; self->i < self->tries; self->i++) {
        refused_line = __LINE__ + 1;
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    }
}
WEFT_END

START_TEST(refused_waits_are_paid_from_the_budget)
{
    WEFT_TASK(stubborn) task = {0};
    WEFT_TASK(passer) other = {0};
    begin();
    START(&task, stubborn, 1000000);
    START(&other, passer, 'o', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    run_one_pass();
    ck_assert(weft_task_is_done(&other.task));
    ck_assert_int_lt(task.frame.i, 3 * WEFT_BUDGET);
}
END_TEST

START_TEST(a_thousand_refused_waits_are_reported_once_with_function_and_line)
{
    WEFT_TASK(stubborn) task = {0};
    char expected[32];
    begin();
    START(&task, stubborn, 5000);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 1);
    (void)snprintf(expected, sizeof expected, "stubborn:%d: ", refused_line);
    ck_assert_ptr_nonnull(strstr(reported, expected));
}
END_TEST

START_TEST(fewer_than_a_thousand_refused_waits_are_not_reported)
{
    WEFT_TASK(stubborn) task = {0};
    begin();
    START(&task, stubborn, 900);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
}
END_TEST

struct polite {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(polite, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(one_refused_wait_in_each_of_two_thousand_tasks_is_not_reported)
{
    WEFT_TASK(polite) task = {0};
    begin();
    for (int i = 0; i < 2000; i++) {
        START(&task, polite);
        ck_assert_int_eq(run(), 0);
    }
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(without_a_report_hook_nothing_is_reported)
{
    WEFT_TASK(stubborn) task = {0};
    begin();
    executor.core.report = NULL;
    START(&task, stubborn, 5000);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* Who runs. */

struct self_teller {
    WEFT_FRAME;
    weft_task *seen;
};

static WEFT_ASYNC(self_teller, self)
{
    self->seen = WEFT_SELF();
}
WEFT_END

START_TEST(a_coroutine_knows_the_task_that_runs_it)
{
    WEFT_TASK(self_teller) task = {0};
    begin();
    START(&task, self_teller);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_eq(task.frame.seen, &task.task);
}
END_TEST

START_TEST(asking_for_the_task_stops_where_plain_c_drives)
{
    struct self_teller it;
    weft_init(&it, self_teller);
    (void)weft_next(&it);
}
END_TEST

SUITE_TOGETHER(task)
{
    TEST(wake_first_wakes_the_one_that_waits_longest);
    TEST(wake_all_wakes_in_the_order_in_which_they_came);
    TEST(waking_in_an_empty_list_wakes_nobody);
    TEST(any_of_those_that_wait_can_be_woken);
    TEST(a_wake_runs_nothing_by_itself);
    TEST(waking_twice_is_waking_once);
    TEST(waking_a_task_that_has_ended_does_nothing);
    TEST(a_waker_may_give_a_status);
    TEST(whoever_ends_a_wait_first_decides_how_it_ended);
    TEST(woken_with_success_and_cancelled_before_it_ran_is_cancelled);
    TEST(woken_finally_and_cancelled_before_it_ran_is_success);
    TEST(a_cancelled_wait_is_out_of_its_list_at_once);
    TEST(a_task_tells_whether_it_runs_or_is_done);
    TEST(a_hold_is_not_cancelled_but_the_next_wait_is);
    TEST(a_hold_begins_in_a_task_that_is_cancelled_already);
    TEST(a_task_may_wait_nowhere);
    TEST(a_pass_lets_every_other_ready_task_run_once);
    TEST(a_task_that_passes_can_be_cancelled);
    TEST(a_woken_task_runs_in_the_next_pass_behind_those_that_are_ready);
    TEST(a_task_that_never_waits_lets_the_others_run_when_its_budget_is_spent);
    TEST(each_task_has_the_whole_budget_each_time_it_runs);
    TEST(a_checkpoint_leaves_a_cancelled_task_when_the_budget_is_spent);
    TEST(waits_that_are_ready_at_once_are_paid_from_the_budget);
    TEST(refused_waits_are_paid_from_the_budget);
    TEST(a_thousand_refused_waits_are_reported_once_with_function_and_line);
    TEST(fewer_than_a_thousand_refused_waits_are_not_reported);
    TEST(one_refused_wait_in_each_of_two_thousand_tasks_is_not_reported);
    TEST(without_a_report_hook_nothing_is_reported);
    TEST(a_coroutine_knows_the_task_that_runs_it);
    TEST_STOPS(asking_for_the_task_stops_where_plain_c_drives);
}
