/* test_remote_signal.c - what an interrupt or another thread tells, and a task awaits. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/remote_signal.h>

struct listener {
    WEFT_FRAME;
    char name;
    weft_signal *signal;
    int times;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(listener, self)
{
    while (self->times-- > 0) {
        WEFT_CATCH(self->wait, weft_signal_wait, self->signal);
        say("%c%d ", self->name, WEFT_STATUS());
    }
}
WEFT_END

typedef WEFT_TASK(listener) listener_task;

START_TEST(a_signal_wakes_its_waiter_in_the_next_pass)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&task, listener, 'a', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 ");
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(a_signal_that_came_before_is_not_missed_and_is_taken)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    weft_signal_set(&signal);
    START(&task, listener, 'a', &signal, 2);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(several_signals_before_the_task_has_looked_count_as_one)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&task, listener, 'a', &signal, 2);
    run_one_pass();
    for (int i = 0; i < 5; i++) {
        weft_signal_set(&signal);
    }
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(a_cancelled_listener_stands_in_no_line)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&task, listener, 'a', &signal, 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert(weft_link_is_empty(&signal.waiters));
}
END_TEST

START_TEST(a_cancelled_listener_leaves_the_signal_for_the_next)
{
    weft_signal signal;
    listener_task a = {0}, b = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&a, listener, 'a', &signal, 1);
    START(&b, listener, 'b', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    weft_remote_run(&executor.core.remote); /* a is chosen */
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(a_listener_that_is_cancelled_with_nobody_behind_leaves_the_signal_set)
{
    weft_signal signal;
    listener_task a = {0}, b = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&a, listener, 'a', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    weft_remote_run(&executor.core.remote);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    START(&b, listener, 'b', &signal, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
}
END_TEST

START_TEST(waiting_for_a_signal_that_was_not_prepared_stops)
{
    weft_signal signal = {0};
    listener_task task = {0};
    begin();
    START(&task, listener, 'a', &signal, 1);
    (void)run();
}
END_TEST

SUITE(remote_signal)
{
    TEST(a_signal_wakes_its_waiter_in_the_next_pass);
    TEST(a_signal_that_came_before_is_not_missed_and_is_taken);
    TEST(several_signals_before_the_task_has_looked_count_as_one);
    TEST(a_cancelled_listener_stands_in_no_line);
    TEST(a_cancelled_listener_leaves_the_signal_for_the_next);
    TEST(a_listener_that_is_cancelled_with_nobody_behind_leaves_the_signal_set);
    TEST_STOPS(waiting_for_a_signal_that_was_not_prepared_stops);
}
