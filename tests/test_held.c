/* test_held.c - with WEFT_DEBUG: what may end with its frame, although a task waited for it. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_DEBUG
#define WEFT_DEBUG 1
#endif
#include "virtual.h"
#include <weft/barrier.h>
#include <weft/channel.h>
#include <weft/event.h>
#include <weft/promise.h>
#include <weft/queue.h>
#include <weft/remote_signal.h>
#include <weft/select.h>
#include <weft/semaphore.h>

/* That what ends too early stops is for tests/misuse/. Here is what must not stop: `main_task`
 * calls `opens`, whose frame has the things; a task further out waits for one of them, and runs only
 * when that frame has ended. */
enum kind { EVENT, FUTURE, PUT, JOIN, RECEIVE, ACQUIRE, SELECT };

struct opens {
    WEFT_FRAME;
    enum kind kind;
    void (*last)(struct opens *); /* what it does before it ends */
    weft_group *group;
    weft_task *waiter;
    weft_event event, other;
    weft_future future;
    weft_queue queue;
    int items[1];
    weft_channel channel;
    weft_sender sender;
    weft_receiver receiver;
    weft_semaphore semaphore;
    struct weft_sleep nap;
};

struct waits {
    WEFT_FRAME;
    struct opens *opens;
    int item;
    weft_hold hold;
    weft_case told, lost, closed;
    union {
        struct weft_event_wait event;
        struct weft_future_wait future;
        struct weft_put put;
        struct weft_queue_join join;
        struct weft_receive receive;
        struct weft_acquire acquire;
        struct weft_select select;
    };
};

static WEFT_ASYNC(waits, self)
{
    if (self->opens->kind == EVENT) {
        WEFT_CATCH(self->event, weft_event_wait, &self->opens->event);
    } else if (self->opens->kind == FUTURE) {
        WEFT_CATCH(self->future, weft_future_wait, &self->opens->future);
    } else if (self->opens->kind == PUT) {
        WEFT_CATCH(self->put, weft_put, &self->opens->queue, &self->item);
    } else if (self->opens->kind == JOIN) {
        WEFT_CATCH(self->join, weft_queue_join, &self->opens->queue);
    } else if (self->opens->kind == RECEIVE) {
        WEFT_CATCH(self->receive, weft_receive, &self->opens->receiver, &self->item);
    } else if (self->opens->kind == ACQUIRE) {
        WEFT_CATCH(self->acquire, weft_acquire, &self->opens->semaphore, &self->hold);
        weft_semaphore_forget(&self->hold);
    } else {
        WEFT_CATCH(self->select, weft_select,
                   WEFT_CASES(weft_on_event(&self->lost, &self->opens->other),
                              weft_on_receive(&self->closed, &self->opens->receiver, &self->item),
                              weft_on_future(&self->told, &self->opens->future)));
    }
    say("%s", WEFT_STATUS() == 0                ? "told"
              : WEFT_STATUS() == WEFT_ECANCELED ? "cancelled"
                                                : "closed");
}
WEFT_END

static WEFT_ASYNC(opens, self)
{
    weft_future_init(&self->future, weft_task_core(WEFT_SELF()));
    weft_queue_init(&self->queue, self->items, sizeof self->items[0], 1);
    (void)weft_put_nowait(&self->queue, &(int){1});
    weft_channel_open(&self->channel, NULL, sizeof(int), 0, &self->sender, &self->receiver);
    (void)weft_spawn_prepared(self->group, self->waiter);
    WEFT_TRY(self->nap, weft_sleep, 0);
    self->last(self);
    if (self->kind == ACQUIRE) {
        WEFT_TRY(self->nap, weft_sleep, 0); /* the other one runs */
    }
}
WEFT_END

struct main_task {
    WEFT_FRAME;
    enum kind kind;
    void (*last)(struct opens *);
    weft_group group;
    WEFT_TASK(waits) slot;
    struct opens opens;
};

static WEFT_ASYNC(main_task, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_TRY(self->opens, opens, self->kind, self->last, &self->group,
                 weft_prepare(&self->slot, waits, &self->opens));
        say("ended, ");
    }
}
WEFT_END

static const char *ends(enum kind kind, void (*last)(struct opens *))
{
    static WEFT_TASK(main_task) slot;
    begin();
    START(&slot, main_task, kind, last);
    (void)run();
    return trace;
}

static void set(struct opens *self)
{
    weft_event_set(&self->event);
}

START_TEST(an_event_may_end_once_it_was_set)
{
    ck_assert_str_eq(ends(EVENT, set), "ended, told");
}
END_TEST

static void cancel_and_set(struct opens *self)
{
    weft_task_cancel(self->waiter);
    weft_event_set(&self->event);
}

START_TEST(an_event_may_end_that_was_set_after_its_waiter_was_cancelled)
{
    ck_assert_str_eq(ends(EVENT, cancel_and_set), "ended, cancelled");
}
END_TEST

static void set_done(struct opens *self)
{
    weft_future_set_done(&self->future);
}

START_TEST(a_future_may_end_once_it_is_done)
{
    ck_assert_str_eq(ends(FUTURE, set_done), "ended, told");
}
END_TEST

static void cancel_and_release(struct opens *self)
{
    weft_task_cancel(self->waiter);
    weft_future_release(&self->future);
}

START_TEST(a_future_may_end_that_was_released_after_its_waiter_was_cancelled)
{
    ck_assert_str_eq(ends(FUTURE, cancel_and_release), "ended, cancelled");
}
END_TEST

static void take(struct opens *self)
{
    int item;
    (void)weft_get_nowait(&self->queue, &item);
}

START_TEST(a_queue_may_end_once_the_item_was_put)
{
    ck_assert_str_eq(ends(PUT, take), "ended, told");
}
END_TEST

static void shut_down(struct opens *self)
{
    weft_queue_shutdown(&self->queue, false);
}

START_TEST(a_queue_may_end_whose_putters_were_told_of_the_shutdown)
{
    ck_assert_str_eq(ends(PUT, shut_down), "ended, closed");
}
END_TEST

static void finish(struct opens *self)
{
    weft_queue_task_done(&self->queue);
}

START_TEST(a_queue_may_end_once_all_of_it_is_done)
{
    ck_assert_str_eq(ends(JOIN, finish), "ended, told");
}
END_TEST

static void send(struct opens *self)
{
    (void)weft_send_nowait(&self->sender, &(int){1});
}

START_TEST(a_channel_may_end_once_the_item_was_received)
{
    ck_assert_str_eq(ends(RECEIVE, send), "ended, told");
}
END_TEST

static void close_ends(struct opens *self)
{
    weft_receiver_close(&self->receiver);
    weft_sender_close(&self->sender);
}

START_TEST(a_channel_may_end_whose_ends_were_closed)
{
    ck_assert_str_eq(ends(RECEIVE, close_ends), "ended, closed");
}
END_TEST

START_TEST(what_lost_a_select_may_end)
{
    ck_assert_str_eq(ends(SELECT, set_done), "ended, told");
}
END_TEST

static void add_permit(struct opens *self)
{
    weft_semaphore_release(&self->semaphore);
}

START_TEST(a_semaphore_may_end_once_what_was_taken_is_used_up)
{
    ck_assert_str_eq(ends(ACQUIRE, add_permit), "toldended, ");
}
END_TEST

struct meets {
    WEFT_FRAME;
    weft_barrier barrier;
    weft_group group;
    WEFT_TASK(weft_barrier_wait) other;
    struct weft_sleep nap;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(meets, self)
{
    self->barrier.parties = 2;
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->other, weft_barrier_wait, &self->barrier));
        WEFT_TRY(self->nap, weft_sleep, 0);
        WEFT_TRY(self->wait, weft_barrier_wait, &self->barrier);
    }
}
WEFT_END

START_TEST(a_barrier_may_end_once_all_have_left)
{
    WEFT_TASK(meets) slot = {0};
    begin();
    START(&slot, meets);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(slot.task.status, 0);
}
END_TEST

static weft_promise promise;

struct promises {
    WEFT_FRAME;
    weft_future future;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(promises, self)
{
    weft_future_init(&self->future, weft_task_core(WEFT_SELF()));
    weft_promise_init(&promise, &self->future);
    weft_promise_set_done(&promise);
    WEFT_TRY(self->wait, weft_future_wait, &self->future);
}
WEFT_END

START_TEST(a_future_may_end_once_its_promise_has_come_back)
{
    WEFT_TASK(promises) slot = {0};
    begin();
    START(&slot, promises);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(slot.task.status, 0);
}
END_TEST

struct is_refused {
    WEFT_FRAME;
    weft_signal signal;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(is_refused, self)
{
    weft_signal_init(&self->signal, weft_task_core(WEFT_SELF()));
    weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->wait, weft_signal_wait, &self->signal);
}
WEFT_END

START_TEST(what_a_refused_wait_was_for_may_end)
{
    WEFT_TASK(is_refused) slot = {0};
    begin();
    START(&slot, is_refused);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(slot.task.status, WEFT_ECANCELED);
}
END_TEST

SUITE_TOGETHER(held)
{
    TEST(an_event_may_end_once_it_was_set);
    TEST(an_event_may_end_that_was_set_after_its_waiter_was_cancelled);
    TEST(a_future_may_end_once_it_is_done);
    TEST(a_future_may_end_that_was_released_after_its_waiter_was_cancelled);
    TEST(a_queue_may_end_once_the_item_was_put);
    TEST(a_queue_may_end_whose_putters_were_told_of_the_shutdown);
    TEST(a_queue_may_end_once_all_of_it_is_done);
    TEST(a_channel_may_end_once_the_item_was_received);
    TEST(a_channel_may_end_whose_ends_were_closed);
    TEST(what_lost_a_select_may_end);
    TEST(a_semaphore_may_end_once_what_was_taken_is_used_up);
    TEST(a_barrier_may_end_once_all_have_left);
    TEST(a_future_may_end_once_its_promise_has_come_back);
    TEST(what_a_refused_wait_was_for_may_end);
}
