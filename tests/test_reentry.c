/* test_reentry.c - what callbacks do to that which called them, and to everything else. */
/* SPDX-License-Identifier: MIT */
/*
 * A callback is called from the loop, with nothing around it. So each function that may be called in
 * the loop may be called there: also on what the callback belongs to, and on what waits for it.
 */
#include "workers.h"
#include <weft/barrier.h>
#include <weft/channel.h>
#include <weft/done_callback.h>
#include <weft/event.h>
#include <weft/future.h>
#include <weft/queue.h>
#include <weft/semaphore.h>

static worker_task a, b;
static weft_done_callback told;
static weft_callback posted;

static void begin_here(void)
{
    begin();
    a = b = (worker_task){0};
    told = (weft_done_callback){0};
    posted = (weft_callback){0};
}

/* Done callbacks of tasks. */

static void cancel_b(void *unused, int status)
{
    (void)unused;
    say("told%d,%d ", status, weft_task_cancel(&b.task));
}

START_TEST(a_done_callback_may_cancel_another_task)
{
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 9);
    weft_task_add_done_callback(&a.task, &told, cancel_b, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 told0,1 b-4097@1 ");
}
END_TEST

static void cancel_a(void *unused, int status)
{
    (void)unused;
    say("told%d,%d ", status, weft_task_cancel(&a.task));
}

START_TEST(its_own_task_cannot_be_cancelled_any_more)
{
    begin_here();
    START(&a, worker, 'a', 1);
    weft_task_add_done_callback(&a.task, &told, cancel_a, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 told0,0 ");
}
END_TEST

static void start_again(void *unused, int status)
{
    (void)unused;
    say("told%d ", status);
    START(&a, worker, 'A', 1);
}

START_TEST(it_may_start_a_task_in_the_slot_of_the_one_that_ended)
{
    begin_here();
    START(&a, worker, 'a', 1);
    weft_task_add_done_callback(&a.task, &told, start_again, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 told0 A0@2 ");
}
END_TEST

/* A group whose child's callback acts on it. */
static weft_group *group_of;

struct grouped {
    WEFT_FRAME;
    void (*done)(void *, int);
    int status;
    weft_group group;
    weft_done_callback callback;
    struct weft_sleep nap;
};

static WEFT_ASYNC(grouped, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        group_of = &self->group;
        WEFT_SPAWN(&self->group, &a, worker, 'a', 1, .status = self->status);
        WEFT_SPAWN(&self->group, &b, worker, 'b', 5);
        weft_task_add_done_callback(&a.task, &self->callback, self->done, NULL);
    }
    say("behind@%d ", seconds());
}
WEFT_END

static void cancel_group(void *unused, int status)
{
    (void)unused;
    weft_group_cancel(group_of);
    say("told%d ", status);
}

START_TEST(it_may_cancel_the_group_of_its_task)
{
    WEFT_TASK(grouped) task = {0};
    begin_here();
    START(&task, grouped, cancel_group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 told0 b-4097@1 behind@1 ");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

static worker_task third;

static void spawn_sibling(void *unused, int status)
{
    (void)unused;
    say("told%d,%d ", status, weft_spawn(group_of, &third, worker, 'c', 9));
}

START_TEST(it_may_spawn_a_sibling_as_long_as_the_group_goes_on)
{
    WEFT_TASK(grouped) task = {0};
    begin_here();
    third = (worker_task){0};
    START(&task, grouped, spawn_sibling);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 told0,0 b0@5 c0@10 behind@10 ");
}
END_TEST

/* Futures. */

static WEFT_FUTURE(int) first, second;

static void cancel_second(void *unused, int status)
{
    (void)unused;
    say("told%d,%d ", status, weft_future_cancel(&second.future));
}

static void say_told(void *unused, int status)
{
    (void)unused;
    say("second%d ", status);
}

START_TEST(the_callback_of_a_future_may_cancel_another_whose_callbacks_come_later)
{
    weft_done_callback other = {0};
    begin_here();
    weft_future_init(&first.future, &executor.core);
    weft_future_init(&second.future, &executor.core);
    weft_future_add_done_callback(&first.future, &told, cancel_second, NULL);
    weft_future_add_done_callback(&second.future, &other, say_told, NULL);
    weft_future_set_result(&first, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "told0,1 ");
    run_one_pass();
    ck_assert_str_eq(trace, "told0,1 second-4097 ");
}
END_TEST

static void release_first(void *unused, int status)
{
    (void)unused;
    weft_future_release(&first.future);
    say("released%d ", status);
}

START_TEST(the_last_callback_may_release_its_future)
{
    begin_here();
    weft_future_init(&first.future, &executor.core);
    weft_future_add_done_callback(&first.future, &told, release_first, NULL);
    weft_future_set_error(&first.future, -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "released-5 ");
    ck_assert_str_eq(reported, "");
}
END_TEST

/* Everything that tasks wait for. */

static weft_event event;
static weft_semaphore semaphore;
static weft_queue queue;
static weft_channel channel;
static weft_sender out;
static weft_receiver in;
static int items[1];

struct waits {
    WEFT_FRAME;
    int what, item;
    weft_hold hold;
    union {
        struct weft_event_wait wait;
        struct weft_acquire acquire;
        struct weft_get get;
        struct weft_receive receive;
        struct weft_queue_join join;
    };
};

static WEFT_ASYNC(waits, self)
{
    if (self->what == 0) {
        WEFT_CATCH(self->wait, weft_event_wait, &event);
    } else if (self->what == 1) {
        WEFT_CATCH(self->acquire, weft_acquire, &semaphore, &self->hold);
    } else if (self->what <= 3) {
        WEFT_CATCH(self->get, weft_get, &queue, &self->item);
    } else if (self->what <= 5) {
        WEFT_CATCH(self->receive, weft_receive, &in, &self->item);
    } else {
        WEFT_CATCH(self->join, weft_queue_join, &queue);
    }
    say("on%d,%d ", WEFT_STATUS(), self->item);
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

static void give(void *what)
{
    const int item = 7;
    switch (*(int *)what) {
    case 0:
        weft_event_set(&event);
        weft_event_clear(&event);
        break;
    case 1:
        weft_semaphore_release(&semaphore);
        break;
    case 2:
        ck_assert_int_eq(weft_put_nowait(&queue, &item), 0);
        break;
    case 3:
        weft_queue_shutdown(&queue, false);
        break;
    case 4:
        ck_assert_int_eq(weft_send_nowait(&out, &item), 0);
        break;
    case 5:
        weft_sender_close(&out);
        break;
    default:
        weft_queue_task_done(&queue);
        break;
    }
    say("gave ");
}

START_TEST(a_callback_may_give_what_a_task_waits_for_which_goes_on_behind_it)
{
    static const char *const traces[] = {"gave on0,0 ",     "gave on0,0 ", "gave on0,7 ",
                                         "gave on-4103,0 ", "gave on0,7 ", "gave on-4100,0 ",
                                         "gave on0,0 "};
    WEFT_TASK(waits) task = {0};
    int what = _i;
    begin_here();
    event = (weft_event){0};
    semaphore = (weft_semaphore){0};
    weft_queue_init(&queue, items, sizeof items[0], 1);
    if (_i == 6) {
        ck_assert_int_eq(weft_put_nowait(&queue, &what), 0);
    }
    weft_channel_open(&channel, NULL, sizeof(int), 0, &out, &in);
    START(&task, waits, _i);
    run_one_pass();
    weft_callback_post(&executor.core, &posted, give, &what);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

/* From among the timers. */

static void take_back_b(void *unused)
{
    (void)unused;
    say("cancels%d ", weft_task_cancel(&b.task));
}

START_TEST(a_timer_may_cancel_a_task_that_sleeps_until_the_same_moment)
{
    static const char *const traces[] = {"cancels1 b-4097@1 ", "cancels1 b-4097@1 "};
    alarm_clock alarm;
    begin_here();
    if (_i == 0) {
        set_alarm(&alarm, 1, take_back_b, NULL);
    }
    START(&b, worker, 'b', 1);
    run_one_pass();
    if (_i == 1) {
        set_alarm(&alarm, 1, take_back_b, NULL);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

SUITE(reentry)
{
    TEST(a_done_callback_may_cancel_another_task);
    TEST(its_own_task_cannot_be_cancelled_any_more);
    TEST(it_may_start_a_task_in_the_slot_of_the_one_that_ended);
    TEST(it_may_cancel_the_group_of_its_task);
    TEST(it_may_spawn_a_sibling_as_long_as_the_group_goes_on);
    TEST(the_callback_of_a_future_may_cancel_another_whose_callbacks_come_later);
    TEST(the_last_callback_may_release_its_future);
    TEST_EACH(a_callback_may_give_what_a_task_waits_for_which_goes_on_behind_it, 7);
    TEST_EACH(a_timer_may_cancel_a_task_that_sleeps_until_the_same_moment, 2);
}
