/* test_deadline.c - which timer is due next. */
/* SPDX-License-Identifier: MIT */
/*
 * Compiled once for each structure and width of time; the tests are the same:
 *
 *     (nothing)   -DWEFT_TIMERS_LIST   -DWEFT_TIME_BITS=32   -DWEFT_TIME_BITS=16
 *
 * test_deadline_model.c is about the same, at random.
 *
 * Timers are letters, times are ticks since the beginning of the test. Most tests run once for each
 * of several beginnings: where the clock wraps, one lies right before that.
 */
#include "weft_check.h"
#include <weft/deadline.h>

struct letter {
    weft_timer timer;
    void (*then)(void); /* what else happens when it fires */
};

static const weft_time beginnings[] = {
    0,
    1000,
    -5,
#if WEFT_TIME_BITS == 64
    ((weft_time)1 << 40) - 7,
    -((weft_time)1 << 60) - 4090,
#else
    WEFT_FOREVER - 3,
    WEFT_FOREVER - 300,
#endif
};
enum { BEGINNINGS = sizeof beginnings / sizeof beginnings[0] };

static weft_timers timers;
static weft_time beginning;
static struct letter letters[26];
static char trace[64];

static weft_timer *letter(char name)
{
    return &letters[name - 'a'].timer;
}

static void on_fire(weft_timer *timer)
{
    const struct letter *const fired = (const struct letter *)(const void *)timer;
    trace[strlen(trace)] = (char)('a' + (fired - letters));
    ck_assert(!weft_timer_is_armed(timer));
    if (fired->then != NULL) {
        fired->then();
    }
}

static void begin(weft_time at)
{
    memset(letters, 0, sizeof letters);
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        letters[i].timer.fire = on_fire;
    }
    beginning = at;
    weft_timers_init(&timers, beginning);
}

/* So many ticks after the beginning. */
static weft_time time_of(int ticks)
{
    return (weft_time)((uint64_t)beginning + (uint64_t)ticks);
}

static void arm(char name, int ticks)
{
    weft_timers_arm(&timers, letter(name), time_of(ticks));
}

static void cancel(char name)
{
    weft_timers_cancel(&timers, letter(name));
}

/* What fires at a time. */
static const char *fire(int ticks)
{
    memset(trace, 0, sizeof trace);
    const size_t count = weft_timers_fire(&timers, time_of(ticks));
    ck_assert_uint_eq(count, strlen(trace));
    return trace;
}

/* When to wake, or -1: nothing is armed. */
static int next(void)
{
    weft_time at;
    return weft_timers_next(&timers, &at) ? (int)(weft_time)((uint64_t)at - (uint64_t)beginning)
                                          : -1;
}

START_TEST(without_timers_nothing_is_next_and_nothing_fires)
{
    weft_time at = 42;
    begin(beginnings[_i]);
    ck_assert(!weft_timers_next(&timers, &at));
    ck_assert_int_eq(at, 42);
    ck_assert_str_eq(fire(100), "");
}
END_TEST

START_TEST(a_zeroed_timer_is_not_armed)
{
    const weft_timer timer = {.fire = on_fire};
    ck_assert(!weft_timer_is_armed(&timer));
}
END_TEST

START_TEST(a_timer_is_armed_until_it_fires_or_is_cancelled)
{
    begin(beginnings[_i]);
    arm('a', 10);
    arm('b', 20);
    ck_assert(weft_timer_is_armed(letter('a')));
    ck_assert(weft_timer_is_armed(letter('b')));
    fire(10);
    cancel('b');
    ck_assert(!weft_timer_is_armed(letter('a')));
    ck_assert(!weft_timer_is_armed(letter('b')));
}
END_TEST

START_TEST(a_timer_fires_at_its_tick_not_before_and_once)
{
    for (int distance = 1; distance < 10000; distance = distance * 3 + 1) {
        begin(beginnings[_i]);
        arm('a', distance);
        ck_assert_str_eq(fire(distance - 1), "");
        ck_assert_str_eq(fire(distance), "a");
        ck_assert_str_eq(fire(distance + 1), "");
    }
}
END_TEST

START_TEST(timers_fire_in_the_order_of_their_deadlines)
{
    begin(beginnings[_i]);
    arm('e', 9000);
    arm('b', 11);
    arm('d', 300);
    arm('a', 10);
    arm('c', 17);
    ck_assert_str_eq(fire(10000), "abcde");
}
END_TEST

START_TEST(only_what_is_due_fires)
{
    begin(beginnings[_i]);
    arm('c', 300);
    arm('a', 10);
    arm('b', 299);
    ck_assert_str_eq(fire(299), "ab");
    ck_assert_str_eq(fire(300), "c");
}
END_TEST

START_TEST(timers_with_equal_deadlines_fire_in_the_order_armed)
{
    begin(beginnings[_i]);
    arm('c', 5000);
    arm('x', 100);
    arm('a', 5000);
    arm('y', 5001);
    arm('b', 5000);
    ck_assert_str_eq(fire(9000), "xcaby");
}
END_TEST

START_TEST(equal_deadlines_armed_at_different_distances_fire_in_the_order_armed)
{
    begin(beginnings[_i]);
    arm('d', 5000);
    fire(904);
    arm('a', 5000);
    fire(4800);
    arm('c', 5000);
    fire(4999);
    arm('b', 5000);
    ck_assert_str_eq(fire(5000), "dacb");
}
END_TEST

START_TEST(more_equal_deadlines_than_a_few_fire_in_the_order_armed)
{
    const char order[] = "qwertzuiopasdfghjklyxcvbnm";
    begin(beginnings[_i]);
    for (int i = 0; i < 26; i++) {
        arm(order[i], 5000);
        fire(i * 190);
    }
    ck_assert_str_eq(fire(5000), order);
}
END_TEST

START_TEST(a_timer_armed_again_goes_behind_those_with_its_deadline)
{
    begin(beginnings[_i]);
    arm('a', 50);
    arm('b', 50);
    cancel('a');
    arm('a', 50);
    ck_assert_str_eq(fire(50), "ba");
}
END_TEST

START_TEST(a_cancelled_timer_does_not_fire)
{
    begin(beginnings[_i]);
    arm('a', 10);
    arm('b', 10);
    arm('c', 10);
    cancel('b');
    ck_assert_str_eq(fire(10), "ac");
}
END_TEST

START_TEST(cancelling_a_timer_that_is_not_armed_does_nothing)
{
    begin(beginnings[_i]);
    cancel('a');
    arm('a', 10);
    fire(10);
    cancel('a');
    cancel('a');
    arm('a', 20);
    ck_assert_str_eq(fire(20), "a");
}
END_TEST

START_TEST(the_earliest_deadline_is_next)
{
    begin(beginnings[_i]);
    arm('a', 9000);
    ck_assert_int_eq(next(), 9000);
    arm('b', 40);
    ck_assert_int_eq(next(), 40);
    arm('c', 41);
    cancel('b');
    ck_assert_int_eq(next(), 41);
    fire(41);
    ck_assert_int_eq(next(), 9000);
    cancel('a');
    ck_assert_int_eq(next(), -1);
}
END_TEST

/* How many wakes it takes until all of so many have fired; 'a' is due at 9000, 'b' at 9001, ... */
static int wakes_of(size_t count)
{
    size_t fired = 0;
    int wakes = 0;
    for (int at; (at = next()) != -1; wakes++) {
        const char *const what = fire(at);
        ck_assert(*what == '\0' || *what - 'a' == at - 9000);
        fired += strlen(what);
    }
    ck_assert_uint_eq(fired, count);
    return wakes;
}

START_TEST(of_many_timers_the_earliest_is_next_and_each_wake_fires_one)
{
    begin(beginnings[_i]);
    for (int i = 0; i < 26; i++) {
        arm((char)('a' + i), 9000 + i);
    }
    ck_assert_int_eq(next(), 9000);
    ck_assert_int_eq(wakes_of(26), 26);
}
END_TEST

START_TEST(of_many_timers_of_which_some_were_cancelled_next_is_never_late_and_each_wake_leads_on)
{
    begin(beginnings[_i]);
    for (int i = 0; i < 26; i++) {
        arm((char)('a' + i), 9000 + i);
    }
    cancel('a');
    cancel('b');
    ck_assert_int_le(next(), 9002);
    ck_assert_int_le(wakes_of(24), 24 + 4);
}
END_TEST

START_TEST(many_that_are_due_together_need_one_wake_however_far_away)
{
    begin(beginnings[_i]);
    for (int i = 0; i < 26; i++) {
        arm((char)('a' + i), 30000);
    }
    ck_assert_int_eq(next(), 30000);
    ck_assert_str_eq(fire(29999), "");
    ck_assert_int_eq(next(), 30000);
    ck_assert_str_eq(fire(30000), "abcdefghijklmnopqrstuvwxyz");
    ck_assert_int_eq(next(), -1);
}
END_TEST

START_TEST(a_deadline_in_the_past_is_next_and_fires_in_the_next_call)
{
    begin(beginnings[_i]);
    fire(100);
    arm('b', 101);
    arm('a', 60);
    ck_assert_int_le(next(), 60);
    ck_assert_str_eq(fire(100), "a");
    ck_assert_int_eq(next(), 101);
}
END_TEST

START_TEST(deadlines_in_the_past_fire_in_their_order_and_before_the_others)
{
    begin(beginnings[_i]);
    fire(100);
    arm('e', 101);
    arm('d', 100);
    arm('b', 60);
    arm('a', 20);
    arm('c', 60);
    ck_assert_str_eq(fire(101), "abcde");
}
END_TEST

START_TEST(the_clock_may_stand_still)
{
    begin(beginnings[_i]);
    ck_assert_str_eq(fire(0), "");
    arm('a', 0);
    ck_assert_str_eq(fire(0), "a");
    ck_assert_str_eq(fire(0), "");
}
END_TEST

static void cancel_c(void)
{
    cancel('c');
}

START_TEST(a_callback_may_cancel_what_is_due_in_the_same_call)
{
    const int at[] = {10, 11, 4000};
    for (size_t i = 0; i < 3; i++) {
        begin(beginnings[_i]);
        letters[0].then = cancel_c;
        arm('a', 10);
        arm('b', at[i]);
        arm('c', at[i]);
        arm('d', at[i]);
        ck_assert_str_eq(fire(4000), "abd");
        ck_assert_int_eq(next(), -1);
    }
}
END_TEST

static void arm_around(void)
{
    arm('x', 5);
    arm('y', 15);
    arm('z', 30);
    arm('a', 40);
}

START_TEST(what_a_callback_arms_fires_in_the_next_call_even_if_it_is_due)
{
    begin(beginnings[_i]);
    letters[0].then = arm_around;
    arm('a', 10);
    arm('b', 20);
    arm('c', 30);
    ck_assert_str_eq(fire(30), "abc");
    letters[0].then = NULL;
    ck_assert_int_le(next(), 5);
    ck_assert_str_eq(fire(30), "xyz");
    ck_assert_str_eq(fire(40), "a");
}
END_TEST

static void arm_far_and_move_b(void)
{
    arm('z', 9000);
    cancel('b');
    arm('b', 8000);
}

START_TEST(a_callback_may_arm_what_is_due_later)
{
    begin(beginnings[_i]);
    letters[0].then = arm_far_and_move_b;
    arm('a', 10);
    arm('b', 10);
    arm('c', 10);
    ck_assert_str_eq(fire(5000), "ac");
    ck_assert_int_eq(next(), 8000);
    ck_assert_str_eq(fire(9000), "bz");
}
END_TEST

static void arm_a_where_it_was(void)
{
    arm('a', 10);
}

START_TEST(a_callback_that_arms_its_timer_for_now_does_not_hold_up_the_call)
{
    begin(beginnings[_i]);
    letters[0].then = arm_a_where_it_was;
    arm('a', 10);
    ck_assert_str_eq(fire(10), "a");
    ck_assert_str_eq(fire(10), "a");
}
END_TEST

static void free_timer(weft_timer *timer)
{
    free(timer);
}

START_TEST(a_callback_may_free_its_own_timer)
{
    begin(beginnings[_i]);
    for (int i = 0; i < 30; i++) {
        weft_timer *const timer = (weft_timer *)calloc(1, sizeof *timer);
        timer->fire = free_timer;
        weft_timers_arm(&timers, timer, time_of(i / 3 * 5));
    }
    ck_assert_uint_eq(weft_timers_fire(&timers, time_of(100)), 30);
}
END_TEST

START_TEST(a_timer_that_is_armed_cannot_be_armed)
{
    begin(0);
    arm('a', 10);
    arm('a', 10);
}
END_TEST

#if WEFT_TIME_BITS == 64
START_TEST(the_far_future_can_be_waited_for)
{
    weft_time at;
    int wakes = 0;
    begin(beginnings[_i]);
    weft_timers_arm(&timers, letter('b'), WEFT_FOREVER);
    weft_timers_arm(&timers, letter('a'), WEFT_FOREVER - 1);
    weft_timers_arm(&timers, letter('c'), WEFT_FOREVER);
    memset(trace, 0, sizeof trace);
    while (weft_timers_next(&timers, &at)) {
        weft_timers_fire(&timers, at);
        wakes++;
    }
    ck_assert_str_eq(trace, "abc");
    ck_assert_int_eq(wakes, 2);
}
END_TEST
#endif

START_TEST(the_order_of_two_times_is_that_of_their_difference)
{
    const weft_time at = beginnings[_i];
    ck_assert(weft_time_is_before(at, weft_time_add(at, 1)));
    ck_assert(weft_time_is_before(at, weft_time_add(at, 16000)));
    ck_assert(!weft_time_is_before(weft_time_add(at, 16000), at));
    ck_assert(!weft_time_is_before(at, at));
}
END_TEST

START_TEST(forever_after_any_time_is_forever_and_nothing_else_is)
{
    ck_assert(weft_time_add(beginnings[_i], WEFT_FOREVER) == WEFT_FOREVER);
#if WEFT_TIME_BITS == 64
    ck_assert(weft_time_add(5, WEFT_FOREVER - 1) == WEFT_FOREVER);
#else
    ck_assert(weft_time_add(WEFT_FOREVER - 1, 1) == -WEFT_FOREVER - 1);
#endif
}
END_TEST

START_TEST(durations_are_rounded_up_to_whole_ticks)
{
    ck_assert(WEFT_S(0) == 0 && WEFT_MS(0) == 0 && WEFT_US(0) == 0);
    ck_assert(WEFT_US(1) > 0 && WEFT_MS(1) > 0 && WEFT_S(1) > 0);
    ck_assert(WEFT_S(2) == WEFT_TICK_HZ * 2);
    ck_assert(WEFT_S(0.5) == WEFT_TICK_HZ / 2);
    ck_assert(WEFT_MS(1000) == WEFT_S(1));
    ck_assert(WEFT_US(1000000) == WEFT_S(1));
    ck_assert(WEFT_US(1001) == (WEFT_TICK_HZ * (int64_t)1001 + 999999) / 1000000);
}
END_TEST

SUITE_TOGETHER(deadline)
{
    TEST_EACH(without_timers_nothing_is_next_and_nothing_fires, BEGINNINGS);
    TEST(a_zeroed_timer_is_not_armed);
    TEST_EACH(a_timer_is_armed_until_it_fires_or_is_cancelled, BEGINNINGS);
    TEST_EACH(a_timer_fires_at_its_tick_not_before_and_once, BEGINNINGS);
    TEST_EACH(timers_fire_in_the_order_of_their_deadlines, BEGINNINGS);
    TEST_EACH(only_what_is_due_fires, BEGINNINGS);
    TEST_EACH(timers_with_equal_deadlines_fire_in_the_order_armed, BEGINNINGS);
    TEST_EACH(equal_deadlines_armed_at_different_distances_fire_in_the_order_armed, BEGINNINGS);
    TEST_EACH(more_equal_deadlines_than_a_few_fire_in_the_order_armed, BEGINNINGS);
    TEST_EACH(a_timer_armed_again_goes_behind_those_with_its_deadline, BEGINNINGS);
    TEST_EACH(a_cancelled_timer_does_not_fire, BEGINNINGS);
    TEST_EACH(cancelling_a_timer_that_is_not_armed_does_nothing, BEGINNINGS);
    TEST_EACH(the_earliest_deadline_is_next, BEGINNINGS);
    TEST_EACH(of_many_timers_the_earliest_is_next_and_each_wake_fires_one, BEGINNINGS);
    TEST_EACH(of_many_timers_of_which_some_were_cancelled_next_is_never_late_and_each_wake_leads_on,
              BEGINNINGS);
    TEST_EACH(many_that_are_due_together_need_one_wake_however_far_away, BEGINNINGS);
    TEST_EACH(a_deadline_in_the_past_is_next_and_fires_in_the_next_call, BEGINNINGS);
    TEST_EACH(deadlines_in_the_past_fire_in_their_order_and_before_the_others, BEGINNINGS);
    TEST_EACH(the_clock_may_stand_still, BEGINNINGS);
    TEST_EACH(a_callback_may_cancel_what_is_due_in_the_same_call, BEGINNINGS);
    TEST_EACH(what_a_callback_arms_fires_in_the_next_call_even_if_it_is_due, BEGINNINGS);
    TEST_EACH(a_callback_may_arm_what_is_due_later, BEGINNINGS);
    TEST_EACH(a_callback_that_arms_its_timer_for_now_does_not_hold_up_the_call, BEGINNINGS);
    TEST_EACH(a_callback_may_free_its_own_timer, BEGINNINGS);
    TEST_STOPS(a_timer_that_is_armed_cannot_be_armed);
#if WEFT_TIME_BITS == 64
    TEST_EACH(the_far_future_can_be_waited_for, BEGINNINGS);
#endif
    TEST_EACH(the_order_of_two_times_is_that_of_their_difference, BEGINNINGS);
    TEST_EACH(forever_after_any_time_is_forever_and_nothing_else_is, BEGINNINGS);
    TEST(durations_are_rounded_up_to_whole_ticks);
}
