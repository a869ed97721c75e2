/* test_timer.c - what waits for time: sleeping. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

struct sleeper {
    WEFT_FRAME;
    char name;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    say("%c%d ", self->name, seconds());
}
WEFT_END

typedef WEFT_TASK(sleeper) sleeper_task;

START_TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
    sleeper_task a = {0}, b = {0}, c = {0};
    begin();
    START(&a, sleeper, 'a', WEFT_S(3));
    START(&b, sleeper, 'b', WEFT_S(1));
    START(&c, sleeper, 'c', WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1 c2 a3 ");
}
END_TEST

START_TEST(equal_deadlines_wake_in_the_order_in_which_they_were_armed)
{
    static sleeper_task tasks[20];
    begin();
    for (int i = 0; i < 20; i++) {
        START(&tasks[i], sleeper, (char)('a' + i), WEFT_S(5));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a5 b5 c5 d5 e5 f5 g5 h5 i5 j5 k5 l5 m5 n5 o5 p5 q5 r5 s5 t5 ");
}
END_TEST

struct late_sleeper {
    WEFT_FRAME;
    char name;
    weft_time first, then;
    struct weft_sleep nap;
};

static WEFT_ASYNC(late_sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->first);
    WEFT_TRY(self->nap, weft_sleep, self->then);
    say("%c%d ", self->name, seconds());
}
WEFT_END

START_TEST(equal_deadlines_that_were_armed_at_different_times_keep_that_order)
{
    WEFT_TASK(late_sleeper) a = {0};
    WEFT_TASK(late_sleeper) b = {0};
    WEFT_TASK(late_sleeper) c = {0};
    begin();
    START(&a, late_sleeper, 'a', WEFT_S(900), WEFT_S(100));
    START(&b, late_sleeper, 'b', WEFT_S(1), WEFT_S(999));
    START(&c, late_sleeper, 'c', WEFT_S(500), WEFT_S(500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1000 c1000 a1000 ");
}
END_TEST

START_TEST(a_sleep_of_0_or_less_lets_the_others_run_once)
{
    sleeper_task a = {0}, b = {0};
    begin();
    START(&a, sleeper, 'a', _i == 0 ? 0 : -WEFT_S(9));
    START(&b, sleeper, 'b', 0);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 ");
}
END_TEST

START_TEST(sleeping_for_ever_is_a_deadlock_until_it_is_cancelled)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, 'a', WEFT_FOREVER);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_cancelled_sleep_leaves_no_timer_behind)
{
    sleeper_task task = {0};
    begin();
    START(&task, sleeper, 'a', WEFT_S(10));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_timer_is_armed(&task.frame.nap.timer));
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

struct until {
    WEFT_FRAME;
    weft_time at;
    struct weft_sleep_until wait;
};

static WEFT_ASYNC(until, self)
{
    WEFT_TRY(self->wait, weft_sleep_until, self->at);
    say("%d ", seconds());
    WEFT_TRY(self->wait, weft_sleep_until, self->at);
    say("%d ", seconds());
    WEFT_TRY(self->wait, weft_sleep_until, self->at + WEFT_S(2));
    say("%d", seconds());
}
WEFT_END

START_TEST(sleep_until_waits_for_a_time_and_a_past_one_lets_the_others_run)
{
    WEFT_TASK(until) task = {0};
    begin();
    START(&task, until, WEFT_S(5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "5 5 7");
}
END_TEST

struct metronome {
    WEFT_FRAME;
    int ticks;
    struct weft_sleep nap;
};

static WEFT_ASYNC(metronome, self)
{
    while (self->ticks-- > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(250));
    }
    say("%d.%d", (int)(WEFT_NOW() / WEFT_S(1)), (int)(WEFT_NOW() / WEFT_MS(100) % 10));
}
WEFT_END

START_TEST(now_is_the_time_of_this_pass)
{
    WEFT_TASK(metronome) task = {0};
    begin();
    START(&task, metronome, 10);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "2.5");
}
END_TEST

struct exact {
    WEFT_FRAME;
    weft_time after, woke;
    struct weft_sleep nap;
};

static WEFT_ASYNC(exact, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    self->woke = WEFT_NOW();
}
WEFT_END

START_TEST(ten_thousand_sleepers_wake_each_at_its_time)
{
    enum { COUNT = SIZED(10000, 30) };
    WEFT_TASK(exact) *const tasks = calloc(COUNT, sizeof *tasks);
    begin();
    for (int i = 0; i < COUNT; i++) {
        START(&tasks[i], exact, WEFT_US(1 + (i * 7919LL) % COUNT * 1000));
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < COUNT; i++) {
        ck_assert(tasks[i].frame.woke == tasks[i].frame.after);
    }
    free(tasks);
}
END_TEST

SUITE_TOGETHER(timer)
{
    TEST(sleepers_wake_in_the_order_of_their_deadlines);
    TEST(equal_deadlines_wake_in_the_order_in_which_they_were_armed);
    TEST(equal_deadlines_that_were_armed_at_different_times_keep_that_order);
    TEST_EACH(a_sleep_of_0_or_less_lets_the_others_run_once, 2);
    TEST(sleeping_for_ever_is_a_deadlock_until_it_is_cancelled);
    TEST(a_cancelled_sleep_leaves_no_timer_behind);
    TEST(sleep_until_waits_for_a_time_and_a_past_one_lets_the_others_run);
    TEST(now_is_the_time_of_this_pass);
    TEST(ten_thousand_sleepers_wake_each_at_its_time);
}
