/* test_transfer.c - a peripheral keeps memory until its interrupt; so does the await. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/timer.h>
#include <weft/transfer.h>

static weft_transfer transfer;

static void start(weft_transfer *which)
{
    (void)which;
    say("start ");
}

/* The hardware goes on for a while. */
static void stop(weft_transfer *which)
{
    (void)which;
    say("stop ");
}

struct user {
    WEFT_FRAME;
    struct weft_transfer_wait wait;
    struct weft_sleep nap;
};

static WEFT_ASYNC(user, self)
{
    WEFT_CATCH(self->wait, weft_transfer_wait, &transfer);
    say("%d ", WEFT_STATUS());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("on ");
}
WEFT_END

static WEFT_TASK(user) task;

static void begin_transfer(void (*how_to_stop)(weft_transfer *))
{
    begin();
    weft_transfer_init(&transfer, start, how_to_stop, &executor.core);
    memset(&task, 0, sizeof task);
    START(&task, user);
    run_one_pass();
}

START_TEST(the_await_ends_with_what_the_interrupt_says)
{
    begin_transfer(stop);
    ck_assert(weft_transfer_is_under_way(&transfer));
    weft_transfer_end(&transfer, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "start 0 on ");
    ck_assert(!weft_transfer_is_under_way(&transfer));
}
END_TEST

START_TEST(a_failure_of_the_hardware_is_the_status)
{
    begin_transfer(stop);
    weft_transfer_end(&transfer, -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "start -5 on ");
}
END_TEST

START_TEST(a_cancelled_await_waits_until_the_hardware_has_let_go)
{
    begin_transfer(stop);
    weft_task_cancel(&task.task);
    run_one_pass();
    ck_assert_str_eq(trace, "start stop ");
    ck_assert(!weft_task_is_done(&task.task));
    weft_transfer_end(&transfer, WEFT_ECANCELED);
    run_one_pass();
    ck_assert(weft_task_is_done(&task.task));
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_second_cancel_does_not_end_the_wait_either)
{
    begin_transfer(stop);
    weft_task_cancel(&task.task);
    run_one_pass();
    weft_task_cancel(&task.task);
    ck_assert(weft_link_is_empty(&executor.core.ready));
    ck_assert_str_eq(trace, "start stop ");
    ck_assert(!weft_task_is_done(&task.task));
    weft_transfer_end(&transfer, WEFT_ECANCELED);
    run_one_pass();
    ck_assert(weft_task_is_done(&task.task));
}
END_TEST

START_TEST(hardware_that_cannot_stop_is_waited_for)
{
    begin_transfer(NULL);
    weft_task_cancel(&task.task);
    run_one_pass();
    ck_assert(!weft_task_is_done(&task.task));
    weft_transfer_end(&transfer, 0);
    run_one_pass();
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED); /* of the sleep behind it */
    ck_assert_str_eq(trace, "start 0 ");
}
END_TEST

START_TEST(done_and_cancelled_in_one_pass_is_done_in_either_order)
{
    begin_transfer(stop);
    if (_i == 0) {
        weft_transfer_end(&transfer, 0);
        weft_remote_run(&executor.core.remote);
        weft_task_cancel(&task.task);
    } else {
        weft_task_cancel(&task.task);
        weft_transfer_end(&transfer, 0);
    }
    run_one_pass();
    ck_assert_str_eq(trace, "start 0 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED); /* of the sleep behind it */
}
END_TEST

struct late {
    WEFT_FRAME;
    struct weft_transfer_wait wait;
};

static WEFT_ASYNC(late, self)
{
    weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->wait, weft_transfer_wait, &transfer);
    say("%d ", WEFT_STATUS() == WEFT_ECANCELED);
}
WEFT_END

START_TEST(a_cancelled_task_starts_nothing)
{
    static WEFT_TASK(late) slot;
    begin();
    weft_transfer_init(&transfer, start, stop, &executor.core);
    START(&slot, late);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 ");
}
END_TEST

START_TEST(an_end_that_nobody_awaits_is_ignored)
{
    begin_transfer(stop);
    weft_transfer_end(&transfer, 0);
    ck_assert_int_eq(run(), 0);
    weft_transfer_end(&transfer, 0);
    weft_remote_run(&executor.core.remote);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(two_awaits_of_one_transfer_stop)
{
    static WEFT_TASK(user) other;
    begin_transfer(stop);
    START(&other, user);
    run_one_pass();
}
END_TEST

SUITE(transfer)
{
    TEST(the_await_ends_with_what_the_interrupt_says);
    TEST(a_failure_of_the_hardware_is_the_status);
    TEST(a_cancelled_await_waits_until_the_hardware_has_let_go);
    TEST(a_second_cancel_does_not_end_the_wait_either);
    TEST(hardware_that_cannot_stop_is_waited_for);
    TEST_EACH(done_and_cancelled_in_one_pass_is_done_in_either_order, 2);
    TEST(a_cancelled_task_starts_nothing);
    TEST(an_end_that_nobody_awaits_is_ignored);
    TEST_STOPS(two_awaits_of_one_transfer_stop);
}
