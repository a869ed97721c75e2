/* test_executor.c - runs what is ready, sleeps until the next deadline. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/sync.h>

static weft_link list;

/* Says its name each time it runs. */
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

struct waiter {
    WEFT_FRAME;
    char name;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_PARK(&list);
    say("%c", self->name);
}
WEFT_END

struct sleeper {
    WEFT_FRAME;
    char name;
    weft_time after;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    say("%c", self->name);
    WEFT_RETURN(self->status);
}
WEFT_END

struct listener {
    WEFT_FRAME;
    char name;
    weft_signal *signal;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(listener, self)
{
    WEFT_TRY(self->wait, weft_signal_wait, self->signal);
    say("%c", self->name);
}
WEFT_END

/* One pass. */

START_TEST(without_tasks_a_run_ends_at_once)
{
    begin();
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(tasks_run_in_the_order_in_which_they_were_started)
{
    WEFT_TASK(passer) tasks[5] = {0};
    begin();
    for (int i = 0; i < 5; i++) {
        START(&tasks[i], passer, (char)('a' + i), 2);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "abcdeabcde");
}
END_TEST

START_TEST(a_pass_runs_the_ready_then_what_came_from_outside_then_due_timers)
{
    weft_signal signal;
    WEFT_TASK(sleeper) timer = {0};
    WEFT_TASK(listener) outside = {0};
    WEFT_TASK(waiter) ready = {0};
    begin();
    weft_link_init(&list);
    weft_signal_init(&signal, &executor.core);
    START(&timer, sleeper, 't', WEFT_S(1));
    START(&outside, listener, 'o', &signal);
    START(&ready, waiter, 'r');
    run_one_pass();
    virtual_now = WEFT_S(1);
    weft_signal_set(&signal);
    weft_wake_all(&list);
    run_one_pass();
    ck_assert_str_eq(trace, "rot");
}
END_TEST

START_TEST(what_a_pass_makes_ready_runs_in_the_next)
{
    WEFT_TASK(passer) task = {0};
    begin();
    START(&task, passer, 'a', 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a");
    run_one_pass();
    ck_assert_str_eq(trace, "aa");
}
END_TEST

struct starter {
    WEFT_FRAME;
    WEFT_TASK(passer) child;
};

static WEFT_ASYNC(starter, self)
{
    say("[");
    WEFT_CHECK(weft_spawn(&executor.group, &self->child, passer, 'c', 1));
    say("]");
    WEFT_PARK(&list); /* its slot must outlive the child */
}
WEFT_END

START_TEST(a_task_that_is_started_in_a_pass_runs_in_the_next)
{
    WEFT_TASK(starter) task = {0};
    WEFT_TASK(passer) other = {0};
    begin();
    weft_link_init(&list);
    START(&task, starter);
    START(&other, passer, 'o', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "[]o");
    run_one_pass();
    ck_assert_str_eq(trace, "[]oc");
}
END_TEST

/* A clock that goes on by itself each time it is read: a millisecond, mostly. */

static int polls;
static weft_time tick;

static weft_time ticking_now(void *context)
{
    (void)context;
    return virtual_now += tick;
}

static bool ticking_sleep_until(void *context, weft_time at)
{
    (void)context;
    polls++;
    if (at > virtual_now && at != WEFT_FOREVER) {
        virtual_now = at;
    }
    return at != WEFT_FOREVER;
}

static const weft_port ticking_port = {ticking_now, ticking_sleep_until, NULL};

static void begin_ticking(void)
{
    begin();
    polls = 0;
    tick = WEFT_MS(1);
    weft_executor_init(&executor, &ticking_port, NULL);
}

struct busy {
    WEFT_FRAME;
    bool *stops;
    int turns;
};

static WEFT_ASYNC(busy, self)
{
    while (!*self->stops) {
        self->turns++;
        WEFT_PASS();
    }
}
WEFT_END

struct stopper {
    WEFT_FRAME;
    bool *stops;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stopper, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(100));
    *self->stops = true;
}
WEFT_END

START_TEST(work_that_posts_itself_does_not_starve_timers)
{
    bool stops = false;
    WEFT_TASK(busy) tasks[3] = {0};
    WEFT_TASK(stopper) timer = {0};
    begin_ticking();
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], busy, &stops);
    }
    START(&timer, stopper, &stops);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_lt(tasks[0].frame.turns, 100 * 100);
}
END_TEST

START_TEST(while_there_is_work_the_port_is_asked_at_intervals_only)
{
    WEFT_TASK(passer) tasks[2] = {0};
    begin_ticking();
    START(&tasks[0], passer, 'a', 1000);
    START(&tasks[1], passer, 'b', 1000);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(polls, 10);
    ck_assert_int_le(polls, WEFT_POLL > 1 ? 100 : 1001);
}
END_TEST

/* A node that posts itself again whenever it runs. */
struct reposter {
    weft_remote remote;
    int runs;
};

static void repost(weft_remote *remote)
{
    struct reposter *const self = (struct reposter *)(void *)remote;
    self->runs++;
    weft_post(&executor.core, remote);
}

START_TEST(a_node_that_posts_itself_starves_neither_tasks_nor_timers)
{
    bool stops = false;
    struct reposter node = {.remote = {.run = repost}};
    WEFT_TASK(busy) task = {0};
    WEFT_TASK(stopper) timer = {0};
    begin_ticking();
    weft_post(&executor.core, &node.remote);
    START(&task, busy, &stops);
    START(&timer, stopper, &stops);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_gt(node.runs, 1);
    ck_assert_int_gt(task.frame.turns, 1);
}
END_TEST

struct time_teller {
    WEFT_FRAME;
    weft_time first, second;
};

static WEFT_ASYNC(time_teller, self)
{
    self->first = WEFT_NOW();
    self->second = WEFT_NOW();
}
WEFT_END

START_TEST(time_is_read_once_a_pass)
{
    WEFT_TASK(time_teller) a = {0};
    WEFT_TASK(time_teller) b = {0};
    begin_ticking();
    START(&a, time_teller);
    START(&b, time_teller);
    ck_assert_int_eq(run(), 0);
    ck_assert(a.frame.first == a.frame.second);
    ck_assert(a.frame.first == b.frame.first);
}
END_TEST

/* One that is alone, and gives way: whatever it brings about comes before its next turn. */

struct alone {
    WEFT_FRAME;
    weft_remote node;
    weft_timer timer;
    WEFT_TASK(passer) other;
};

static void say_posted(weft_remote *node)
{
    (void)node;
    say("posted ");
}

static void say_due(weft_timer *timer)
{
    (void)timer;
    say("due ");
}

static WEFT_ASYNC(alone, self)
{
    WEFT_PASS();
    self->node.run = say_posted;
    weft_post(&executor.core, &self->node);
    WEFT_PASS();
    say("1 ");
    self->timer.fire = say_due;
    weft_timers_arm(&executor.core.timers, &self->timer, executor.core.now);
    WEFT_PASS();
    say("2 ");
    START(&self->other, passer, 'o', 1);
    WEFT_PASS();
    say(" 3 ");
    WEFT_PASS(); /* the other ends before it, or behind it */
    WEFT_PASS();
    weft_executor_stop(&executor);
    WEFT_PASS();
    say("4 ");
}
WEFT_END

START_TEST(what_one_that_is_alone_brings_about_comes_before_its_next_turn)
{
    WEFT_TASK(alone) task = {0};
    begin();
    START(&task, alone);
    ck_assert_int_eq(run(), WEFT_ESTOPPED);
    ck_assert_str_eq(trace, "posted 1 due 2 o 3 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "posted 1 due 2 o 3 4 ");
}
END_TEST

START_TEST(for_one_that_is_alone_the_port_is_asked_at_intervals_too)
{
    WEFT_TASK(passer) task = {0};
    begin_ticking();
    START(&task, passer, 'a', 1000);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(polls, 1000 / WEFT_POLL);
    ck_assert_int_le(polls, 1000 / WEFT_POLL + 2);
}
END_TEST

/* Says nothing. */
struct silent {
    WEFT_FRAME;
    int turns;
};

static WEFT_ASYNC(silent, self)
{
    while (self->turns-- > 0) {
        WEFT_PASS();
    }
}
WEFT_END

/* How often it is asked in 10,000 resumes, if so much time goes by in between; more or less 3. */
static void is_asked(int times, weft_time between)
{
    WEFT_TASK(silent) task = {0};
    begin_ticking();
    tick = between;
    START(&task, silent, 10000);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(polls, times - 3);
    ck_assert_int_le(polls, times + 3);
}

START_TEST(where_resumes_are_short_up_to_eight_times_as_many_come_in_between)
{
    const int often = 10000 / WEFT_POLL, seldom = WEFT_POLL > 1 ? often / 8 : often;
    is_asked(often, WEFT_US(5));
    is_asked(often, 0);   /* the clock stands still */
    if (WEFT_US(1) > 1) { /* else it does not see so little */
        is_asked(seldom, WEFT_US(1) / 2);
    }
}
END_TEST

/* They are short at first, and then long. */
static weft_time slower_now(void *context)
{
    (void)context;
    return virtual_now += polls < 10 ? WEFT_US(1) / 2 : WEFT_MS(1);
}

START_TEST(once_they_are_long_it_is_asked_as_often_as_ever)
{
    static const weft_port port = {slower_now, ticking_sleep_until, NULL};
    WEFT_TASK(silent) task = {0};
    begin_ticking();
    weft_executor_init(&executor, &port, NULL);
    START(&task, silent, 20000);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(polls, 20000 / WEFT_POLL * 3 / 4);
}
END_TEST

/* Starts another, which has ended when that returns. */
struct starts_eagerly {
    WEFT_FRAME;
    int turns;
};

typedef WEFT_TASK(passer) passer_slot;
static passer_slot eager_slot;

static WEFT_ASYNC(starts_eagerly, self)
{
    WEFT_PASS();
    START(&eager_slot, passer, 'e', 0);
    for (; self->turns < 10; self->turns++) {
        WEFT_PASS();
    }
}
WEFT_END

START_TEST(a_run_until_ends_with_the_pass_in_which_another_has_ended_the_task)
{
    WEFT_TASK(starts_eagerly) task = {0};
    begin();
    memset(&eager_slot, 0, sizeof eager_slot);
    executor.group.eager = true;
    START(&task, starts_eagerly);
    ck_assert_int_eq(weft_executor_run_until(&executor, &eager_slot.task), 0);
    ck_assert_int_eq(task.frame.turns, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.turns, 10);
}
END_TEST

#if WEFT_HOOKS
static void say_traced(weft_executor *of, weft_task *task)
{
    (void)of, (void)task;
    say("t");
}

struct has_itself_traced {
    WEFT_FRAME;
};

static WEFT_ASYNC(has_itself_traced, self)
{
    WEFT_PASS();
    weft__set_traced(&executor, say_traced);
    WEFT_PASS();
    weft__set_traced(&executor, NULL);
    WEFT_PASS();
}
WEFT_END

START_TEST(one_that_is_alone_is_traced_from_its_next_turn_on)
{
    WEFT_TASK(has_itself_traced) task = {0};
    begin();
    START(&task, has_itself_traced);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "t");
}
END_TEST
#endif

/* A port that wakes up for no reason. */

static bool nervous_sleep_until(void *context, weft_time at)
{
    (void)context;
    polls++;
    if (at == WEFT_FOREVER) {
        return false;
    }
    virtual_now += at > virtual_now + WEFT_MS(100) ? WEFT_MS(100) : at - virtual_now;
    return true;
}

static const weft_port nervous_port = {virtual_port_now, nervous_sleep_until, NULL};

START_TEST(a_port_may_return_for_no_reason)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    polls = 0;
    weft_executor_init(&executor, &nervous_port, NULL);
    START(&task, sleeper, 's', WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s");
    ck_assert(virtual_now == WEFT_S(1));
    ck_assert_int_ge(polls, 10);
}
END_TEST

/* The port of one executor sees only its own context. */

struct other_clock {
    weft_time now;
    int reads;
};

static weft_time other_now(void *context)
{
    struct other_clock *const clock = context;
    clock->reads++;
    return clock->now;
}

static bool other_sleep_until(void *context, weft_time at)
{
    struct other_clock *const clock = context;
    clock->now = at > clock->now && at != WEFT_FOREVER ? at : clock->now;
    return at != WEFT_FOREVER;
}

START_TEST(two_executors_do_not_know_each_other)
{
    static const weft_port port = {other_now, other_sleep_until, NULL};
    static weft_executor second;
    struct other_clock clock = {.now = WEFT_S(1000)};
    WEFT_TASK(sleeper) mine = {0};
    WEFT_TASK(sleeper) others = {0};
    begin();
    weft_executor_init(&second, &port, &clock);
    START(&mine, sleeper, 'm', WEFT_S(1));
    ck_assert_int_eq(weft_spawn(&second.group, &others, sleeper, 'o', WEFT_S(5)), 0);
    ck_assert_int_eq(weft_executor_run(&second), 0);
    ck_assert_str_eq(trace, "o");
    ck_assert(clock.now == WEFT_S(1005) && virtual_now == 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "om");
}
END_TEST

/* The end of a run. */

START_TEST(a_run_until_a_task_has_ended_gives_its_status_and_leaves_the_others)
{
    WEFT_TASK(sleeper) a = {0};
    WEFT_TASK(sleeper) b = {0};
    begin();
    START(&a, sleeper, 'a', WEFT_S(1), .status = -5);
    START(&b, sleeper, 'b', WEFT_S(2));
    ck_assert_int_eq(weft_executor_run_until(&executor, &a.task), -5);
    ck_assert_str_eq(trace, "a");
    ck_assert_int_eq(weft_executor_run_until(&executor, &a.task), -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ab");
}
END_TEST

struct stops_executor {
    WEFT_FRAME;
};

static WEFT_ASYNC(stops_executor, self)
{
    weft_executor_stop(&executor);
}
WEFT_END

START_TEST(a_stop_finishes_the_pass_and_the_run_can_go_on_later)
{
    WEFT_TASK(stops_executor) task = {0};
    WEFT_TASK(passer) other = {0};
    begin();
    START(&task, stops_executor);
    START(&other, passer, 'o', 3);
    ck_assert_int_eq(run(), WEFT_ESTOPPED);
    ck_assert_str_eq(trace, "o");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ooo");
}
END_TEST

START_TEST(stopped_before_the_task_ends_a_run_until_says_so)
{
    WEFT_TASK(stops_executor) task = {0};
    WEFT_TASK(passer) other = {0};
    begin();
    START(&task, stops_executor);
    START(&other, passer, 'o', 3);
    ck_assert_int_eq(weft_executor_run_until(&executor, &other.task), WEFT_ESTOPPED);
    ck_assert_int_eq(weft_executor_run_until(&executor, &other.task), 0);
}
END_TEST

START_TEST(tasks_that_nothing_can_wake_are_a_deadlock_after_all_others_have_ended)
{
    WEFT_TASK(waiter) stuck = {0};
    WEFT_TASK(sleeper) other = {0};
    begin();
    weft_link_init(&list);
    START(&stuck, waiter, 'w');
    START(&other, sleeper, 's', WEFT_S(1));
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "s");
    ck_assert(weft_task_is_running(&stuck.task));
}
END_TEST

START_TEST(after_a_deadlock_the_run_can_go_on_once_somebody_is_woken)
{
    WEFT_TASK(waiter) stuck = {0};
    begin();
    weft_link_init(&list);
    START(&stuck, waiter, 'w');
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    weft_wake_all(&list);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w");
}
END_TEST

START_TEST(the_next_deadline_is_told_or_forever)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
    START(&task, sleeper, 's', WEFT_S(5));
    run_one_pass();
    ck_assert(weft_executor_next(&executor) <= WEFT_S(5));
    ck_assert(weft_executor_next(&executor) > 0);
}
END_TEST

/* Reports. */

START_TEST(the_failure_of_a_detached_task_is_reported_once)
{
    WEFT_TASK(sleeper) task = {0};
    WEFT_TASK(passer) other = {0};
    begin();
    START(&task, sleeper, 's', WEFT_S(1), .status = -5);
    START(&other, passer, 'o', 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 1);
    ck_assert_ptr_nonnull(strstr(reported, ": -5\n"));
}
END_TEST

START_TEST(the_report_of_a_failure_names_where_it_began)
{
    WEFT_TASK(sleeper) task = {0};
    char expected[32];
    begin();
    START(&task, sleeper, 's', WEFT_S(1), .status = -5);
    ck_assert_int_eq(run(), 0);
    (void)snprintf(expected, sizeof expected, "sleeper:%d:", task.task.chain.failed_line);
    ck_assert_ptr_nonnull(strstr(reported, expected));
}
END_TEST

START_TEST(a_detached_task_that_was_cancelled_is_not_reported)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper, 's', WEFT_S(1));
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
}
END_TEST

struct joiner {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_AWAIT(self->join, weft_join, self->task);
}
WEFT_END

START_TEST(the_failure_of_a_detached_task_that_somebody_joins_is_not_reported)
{
    WEFT_TASK(sleeper) task = {0};
    WEFT_TASK(joiner) join = {0};
    begin();
    START(&task, sleeper, 's', WEFT_S(1), .status = -5);
    START(&join, joiner, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(the_failure_of_a_task_that_the_run_waits_for_is_not_reported)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper, 's', WEFT_S(1), .status = -5);
    ck_assert_int_eq(weft_executor_run_until(&executor, &task.task), -5);
    ck_assert_int_eq(reports, 0);
}
END_TEST

struct parent {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(sleeper) child;
};

static WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, sleeper, 's', 0, .status = -5));
    }
}
WEFT_END

START_TEST(the_failure_of_a_child_of_a_group_is_the_groups_and_not_reported)
{
    WEFT_TASK(parent) task = {0};
    begin();
    START(&task, parent);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

struct runs_inside {
    WEFT_FRAME;
};

static WEFT_ASYNC(runs_inside, self)
{
    (void)weft_executor_run(&executor);
}
WEFT_END

START_TEST(running_an_executor_inside_of_itself_stops)
{
    WEFT_TASK(runs_inside) task = {0};
    begin();
    START(&task, runs_inside);
    (void)run();
}
END_TEST

SUITE_TOGETHER(executor)
{
    TEST(without_tasks_a_run_ends_at_once);
    TEST(tasks_run_in_the_order_in_which_they_were_started);
    TEST(a_pass_runs_the_ready_then_what_came_from_outside_then_due_timers);
    TEST(what_a_pass_makes_ready_runs_in_the_next);
    TEST(a_task_that_is_started_in_a_pass_runs_in_the_next);
    TEST(work_that_posts_itself_does_not_starve_timers);
    TEST(while_there_is_work_the_port_is_asked_at_intervals_only);
    TEST(a_node_that_posts_itself_starves_neither_tasks_nor_timers);
    TEST(time_is_read_once_a_pass);
    TEST(what_one_that_is_alone_brings_about_comes_before_its_next_turn);
    TEST(for_one_that_is_alone_the_port_is_asked_at_intervals_too);
    TEST(where_resumes_are_short_up_to_eight_times_as_many_come_in_between);
    TEST(once_they_are_long_it_is_asked_as_often_as_ever);
    TEST(a_run_until_ends_with_the_pass_in_which_another_has_ended_the_task);
#if WEFT_HOOKS
    TEST(one_that_is_alone_is_traced_from_its_next_turn_on);
#endif
    TEST(a_port_may_return_for_no_reason);
    TEST(two_executors_do_not_know_each_other);
    TEST(a_run_until_a_task_has_ended_gives_its_status_and_leaves_the_others);
    TEST(a_stop_finishes_the_pass_and_the_run_can_go_on_later);
    TEST(stopped_before_the_task_ends_a_run_until_says_so);
    TEST(tasks_that_nothing_can_wake_are_a_deadlock_after_all_others_have_ended);
    TEST(after_a_deadlock_the_run_can_go_on_once_somebody_is_woken);
    TEST(the_next_deadline_is_told_or_forever);
    TEST(the_failure_of_a_detached_task_is_reported_once);
    TEST(the_report_of_a_failure_names_where_it_began);
    TEST(a_detached_task_that_was_cancelled_is_not_reported);
    TEST(the_failure_of_a_detached_task_that_somebody_joins_is_not_reported);
    TEST(the_failure_of_a_task_that_the_run_waits_for_is_not_reported);
    TEST(the_failure_of_a_child_of_a_group_is_the_groups_and_not_reported);
    TEST_STOPS(running_an_executor_inside_of_itself_stops);
}
