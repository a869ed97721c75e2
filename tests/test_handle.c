/* test_handle.c - callbacks: now, later, at a time, from their own. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"

START_TEST(a_pass_runs_what_was_ready_then_io_then_timers)
{
    weft_handle ready = {0}, timer = {0}, reader = {0};
    weft_source source = {0};
    int ends[2];
    begin(_i);
    make_pipe(ends);
    ck_assert_int_eq(weft_source_open(&source, loop, ends[0]), 0);
    weft_add_reader(&source, &reader, say_it, word("io"));
    run_passes(1); /* it looks at the descriptor once */
    weft_call_later(loop, &timer, 0, say_it, word("timer"));
    put(ends[1], "x");
    weft_call_soon(loop, &ready, say_it, word("ready"));
    run_passes(1);
    ck_assert_str_eq(trace, "ready io timer ");
    weft_source_close(&source);
    close_pipe(ends);
    end();
}
END_TEST

START_TEST(callbacks_are_called_in_the_order_posted)
{
    weft_handle a = {0}, b = {0}, c = {0};
    begin(_i);
    weft_call_soon(loop, &a, say_it, word("a"));
    weft_call_soon(loop, &b, say_it, word("b"));
    weft_call_soon(loop, &c, say_it, word("c"));
    run_passes(1);
    ck_assert_str_eq(trace, "a b c ");
    end();
}
END_TEST

static weft_handle next, other;

static void post_next(void *text)
{
    say_it(text);
    weft_call_soon(loop, &next, say_it, word("next"));
}

START_TEST(what_a_callback_posts_is_called_in_the_next_pass)
{
    weft_handle first = {0};
    begin(_i);
    weft_call_soon(loop, &first, post_next, word("first"));
    run_passes(1);
    ck_assert_str_eq(trace, "first ");
    run_passes(1);
    ck_assert_str_eq(trace, "first next ");
    end();
}
END_TEST

START_TEST(a_posted_handle_is_called_once)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, say_it, word("a"));
    weft_call_soon(loop, &handle, say_it, word("b"));
    run_passes(2);
    ck_assert_str_eq(trace, "b ");
    end();
}
END_TEST

static int rounds;

static void go_round(void *handle)
{
    if (--rounds > 0) {
        weft_call_soon(loop, handle, go_round, handle);
    } else {
        weft_loop_stop(loop);
    }
}

START_TEST(a_handle_may_be_posted_again_from_its_own_callback)
{
    weft_handle handle = {0};
    begin(_i);
    rounds = 1000;
    weft_call_soon(loop, &handle, go_round, &handle);
    ck_assert_int_eq(weft_loop_run_forever(loop), 0);
    ck_assert_int_eq(rounds, 0);
    end();
}
END_TEST

static void free_it(void *handle)
{
    say("freed ");
    free(handle);
}

START_TEST(a_handle_may_be_freed_in_its_own_callback)
{
    weft_handle *const posted = calloc(1, sizeof *posted), *const armed = calloc(1, sizeof *armed);
    begin(_i);
    weft_call_soon(loop, posted, free_it, posted);
    weft_call_later(loop, armed, 0, free_it, armed);
    run_passes(2);
    ck_assert_str_eq(trace, "freed freed ");
    end();
}
END_TEST

START_TEST(timers_fire_by_time_and_in_the_order_armed)
{
    weft_handle late = {0}, first = {0}, second = {0}, early = {0};
    begin(_i);
    const weft_time now = weft_loop_time(loop);
    weft_call_at(loop, &late, now + WEFT_MS(3), say_it, word("late"));
    weft_call_at(loop, &first, now + WEFT_MS(2), say_it, word("first"));
    weft_call_at(loop, &second, now + WEFT_MS(2), say_it, word("second"));
    weft_call_at(loop, &early, now - WEFT_MS(1), say_it, word("early"));
    weft_call_at(loop, &other, now + WEFT_MS(4), stop_it, NULL);
    weft_loop_run_forever(loop);
    ck_assert_str_eq(trace, "early first second late ");
    end();
}
END_TEST

static weft_time called_at;

static void note_time(void *unused)
{
    (void)unused;
    called_at = weft_loop_time(loop);
    weft_loop_stop(loop);
}

START_TEST(a_delay_counts_from_the_call_also_when_the_loop_stood_still)
{
    weft_handle handle = {0};
    begin(_i);
    run_passes(1);
    const weft_time before = weft_loop_time(loop);
    while (weft_loop_time(loop) - before < WEFT_MS(3)) {
    }
    const weft_time asked_at = weft_loop_time(loop);
    weft_call_later(loop, &handle, WEFT_MS(4), note_time, NULL);
    weft_loop_run_forever(loop);
    ck_assert_int_ge(called_at - asked_at, WEFT_MS(4));
    end();
}
END_TEST

START_TEST(a_callback_that_was_taken_back_is_not_called)
{
    weft_handle posted = {0}, armed = {0}, both = {0}, idle = {0};
    begin(_i);
    weft_call_soon(loop, &posted, say_it, word("posted"));
    weft_call_later(loop, &armed, 0, say_it, word("armed"));
    weft_call_later(loop, &both, 0, say_it, word("both"));
    weft_call_soon(loop, &both, say_it, word("both"));
    ck_assert(weft_handle_cancel(&posted));
    ck_assert(weft_handle_cancel(&armed));
    ck_assert(weft_handle_cancel(&both));
    ck_assert(!weft_handle_cancel(&both));
    ck_assert(!weft_handle_cancel(&idle));
    run_passes(2);
    ck_assert_str_eq(trace, "");
    end();
}
END_TEST

static void cancel_other(void *unused)
{
    (void)unused;
    say("%d ", weft_handle_cancel(&other));
}

START_TEST(a_handle_tells_whether_it_is_to_be_called_and_when)
{
    weft_handle handle = {0};
    begin(_i);
    ck_assert(!weft_handle_is_pending(&handle));
    const weft_time at = weft_loop_time(loop) - 1;
    weft_call_at(loop, &handle, at, say_it, word("at"));
    ck_assert(weft_handle_is_pending(&handle));
    ck_assert(weft_handle_when(&handle) == at);
    run_passes(2);
    ck_assert(!weft_handle_is_pending(&handle));
    weft_call_soon(loop, &handle, say_it, word("soon"));
    ck_assert(weft_handle_is_pending(&handle));
    ck_assert(weft_handle_cancel(&handle));
    ck_assert(!weft_handle_is_pending(&handle));
    ck_assert_str_eq(trace, "at ");
    end();
}
END_TEST

START_TEST(a_time_for_ever_never_comes)
{
    weft_handle never = {0}, ever = {0};
    begin(_i);
    weft_call_later(loop, &never, WEFT_FOREVER, say_it, word("never"));
    weft_call_at(loop, &ever, INT64_MIN, say_it, word("ever"));
    run_passes(3);
    ck_assert_str_eq(trace, "ever ");
    ck_assert(weft_loop_timeout(loop) == WEFT_FOREVER);
    ck_assert(weft_handle_cancel(&never));
    end();
}
END_TEST

START_TEST(a_callback_can_take_back_one_of_the_same_pass)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, cancel_other, NULL);
    weft_call_soon(loop, &other, say_it, word("other"));
    run_passes(2);
    ck_assert_str_eq(trace, "1 ");
    end();
}
END_TEST

START_TEST(a_callback_that_was_called_cannot_be_taken_back)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, say_it, word("called"));
    run_passes(1);
    ck_assert(!weft_handle_cancel(&handle));
    end();
}
END_TEST

SUITE(handle)
{
    TEST_EACH(a_pass_runs_what_was_ready_then_io_then_timers, BACKENDS);
    TEST_EACH(callbacks_are_called_in_the_order_posted, BACKENDS);
    TEST_EACH(what_a_callback_posts_is_called_in_the_next_pass, BACKENDS);
    TEST_EACH(a_posted_handle_is_called_once, BACKENDS);
    TEST_EACH(a_handle_may_be_posted_again_from_its_own_callback, BACKENDS);
    TEST_EACH(a_handle_may_be_freed_in_its_own_callback, BACKENDS);
    TEST_EACH(timers_fire_by_time_and_in_the_order_armed, BACKENDS);
    TEST_EACH(a_delay_counts_from_the_call_also_when_the_loop_stood_still, BACKENDS);
    TEST_EACH(a_callback_that_was_taken_back_is_not_called, BACKENDS);
    TEST_EACH(a_handle_tells_whether_it_is_to_be_called_and_when, BACKENDS);
    TEST_EACH(a_time_for_ever_never_comes, BACKENDS);
    TEST_EACH(a_callback_can_take_back_one_of_the_same_pass, BACKENDS);
    TEST_EACH(a_callback_that_was_called_cannot_be_taken_back, BACKENDS);
}
