/* test_at_once.c - what needs no wait is done at once; the frame of an await is written only for one. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/channel.h>
#include <weft/generator.h>
#include <weft/join.h>
#include <weft/limiter.h>
#include <weft/lock.h>
#include <weft/queue.h>
#include <weft/select.h>
#include <weft/semaphore.h>
#include <weft/sync.h>

enum { LARGEST = 24 };

static unsigned char from[LARGEST], to[LARGEST], sent[2 * LARGEST], queued[2 * LARGEST];
static weft_channel channel;
static weft_sender out;
static weft_receiver in;
static weft_queue queue;

static void begin_with_items_of(size_t bytes, size_t capacity)
{
    begin();
    weft_channel_open(&channel, capacity > 0 ? sent : NULL, bytes, capacity, &out, &in);
    weft_queue_init(&queue, queued, bytes, capacity > 0 ? capacity : 1);
    for (size_t i = 0; i < LARGEST; i++) {
        from[i] = (unsigned char)(i + 1);
        to[i] = 0;
    }
}

/* True if it has just been handed over, and nothing beside it. Another one goes next. */
static bool has_come(size_t bytes)
{
    bool good = memcmp(to, from, bytes) == 0;
    for (size_t i = bytes; i < LARGEST; i++) {
        good = good && to[i] == 0;
    }
    from[0]++;
    return good;
}

/* --- what an await leaves ---------------------------------------------------------------------- */

static weft_lock lock;
static weft_semaphore semaphore;
static weft_limiter limiter;
static weft_event event;
static weft_hold holds[3];

struct ends {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(ends, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

static WEFT_TASK(ends) ended;

struct awaits_all {
    WEFT_FRAME;
    struct weft_send send;
    struct weft_receive receive;
    struct weft_put put;
    struct weft_get get;
    struct weft_lock_acquire lock;
    struct weft_acquire acquire;
    struct weft_limiter_acquire borrow;
    struct weft_event_wait wait;
    struct weft_join join;
};

static WEFT_ASYNC(awaits_all, self)
{
    WEFT_TRY(self->send, weft_send, &out, from);
    WEFT_TRY(self->receive, weft_receive, &in, to);
    WEFT_TRY(self->put, weft_put, &queue, from);
    WEFT_TRY(self->get, weft_get, &queue, to);
    WEFT_TRY(self->lock, weft_lock_acquire, &lock, &holds[0]);
    WEFT_TRY(self->acquire, weft_acquire, &semaphore, &holds[1]);
    WEFT_TRY(self->borrow, weft_limiter_acquire, &limiter, &holds[2]);
    WEFT_TRY(self->wait, weft_event_wait, &event);
    WEFT_TRY(self->join, weft_join, &ended.task);
    say("%d ", WEFT_STATUS());
    for (size_t i = 0; i < 3; i++) {
        weft_release(&holds[i]);
    }
}
WEFT_END

START_TEST(an_await_that_needs_no_wait_has_ended_with_success)
{
    WEFT_TASK(awaits_all) task = {0};
    begin_with_items_of(4, 1);
    lock = (weft_lock){.owner = NULL};
    semaphore = (weft_semaphore){.permits = 1};
    limiter = (weft_limiter){.total = 1};
    event = (weft_event){.is_set = true};
    START(&ended, ends, 0);
    START(&task, awaits_all);
    run_one_pass();
    ck_assert_str_eq(trace, "0 ");
    ck_assert(weft_task_is_done(&task.task));
    ck_assert(weft_has_ended(&task.frame.send) && weft_has_ended(&task.frame.receive));
    ck_assert(weft_has_ended(&task.frame.put) && weft_has_ended(&task.frame.get));
    ck_assert(weft_has_ended(&task.frame.lock) && weft_has_ended(&task.frame.acquire));
    ck_assert(weft_has_ended(&task.frame.borrow) && weft_has_ended(&task.frame.wait));
    ck_assert(weft_has_ended(&task.frame.join));
    ck_assert_int_eq(weft_outcome(&task.frame.get), 0);
}
END_TEST

/* A task that has failed: the await has its status, and a WEFT_TRY leaves with it. */
struct joins {
    WEFT_FRAME;
    struct weft_join join;
};

static WEFT_ASYNC(joins, self)
{
    WEFT_CATCH(self->join, weft_join, &ended.task);
    say("%d ", WEFT_STATUS() == -5 && weft_outcome(&self->join) == -5);
    WEFT_TRY(self->join, weft_join, &ended.task);
    say("not reached");
}
WEFT_END

START_TEST(joining_what_has_failed_fails_at_once)
{
    WEFT_TASK(joins) task = {0};
    begin();
    START(&ended, ends, -5);
    START(&task, joins);
    run_one_pass();
    ck_assert_str_eq(trace, "1 ");
    ck_assert(weft_task_is_done(&task.task));
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

/* The same frame, again and again: it fails, then it does not. */
struct tries_again {
    WEFT_FRAME;
    struct weft_put put;
};

static WEFT_ASYNC(tries_again, self)
{
    WEFT_CATCH(self->put, weft_put, &queue, from);
    say("%d ", WEFT_STATUS() == WEFT_ESHUTDOWN && weft_outcome(&self->put) == WEFT_ESHUTDOWN);
    weft_queue_init(&queue, queued, 4, 2);
    WEFT_CATCH(self->put, weft_put, .item = from, .queue = &queue);
    say("%d ", WEFT_STATUS() == 0 && weft_outcome(&self->put) == 0);
    WEFT_TRY(self->put, weft_put, &queue, from);
    weft_queue_shutdown(&queue, false);
    WEFT_TRY(self->put, weft_put, &queue, from);
}
WEFT_END

START_TEST(a_frame_that_is_used_again_shows_how_its_last_await_ended)
{
    WEFT_TASK(tries_again) task = {0};
    begin_with_items_of(4, 1);
    weft_queue_shutdown(&queue, false);
    START(&task, tries_again);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 1 ");
    ck_assert_int_eq(task.task.status, WEFT_ESHUTDOWN);
}
END_TEST

/* --- items of each size, by each way ----------------------------------------------------------- */

struct hands_over {
    WEFT_FRAME;
    size_t count;
    struct weft_send send;
    struct weft_put put;
};

static WEFT_ASYNC(hands_over, self)
{
    for (; self->count > 0; self->count--) {
        WEFT_TRY(self->send, weft_send, &out, from);
        WEFT_TRY(self->put, weft_put, &queue, from);
    }
}
WEFT_END

struct takes_over {
    WEFT_FRAME;
    size_t count, bytes;
    struct weft_receive receive;
    struct weft_get get;
};

static WEFT_ASYNC(takes_over, self)
{
    for (; self->count > 0; self->count--) {
        WEFT_TRY(self->receive, weft_receive, &in, to);
        WEFT_TRY(self->get, weft_get, &queue, to);
        say("%d", has_come(self->bytes));
    }
}
WEFT_END

static const size_t sizes[] = {1, 4, 8, LARGEST};

/* Who comes first waits: i is the size, the capacity of the channel and who it is. */
START_TEST(an_item_of_any_size_comes_by_any_way)
{
    WEFT_TASK(hands_over) giver = {0};
    WEFT_TASK(takes_over) taker = {0};
    const size_t bytes = sizes[_i % 4], capacity = (size_t)_i / 4 % 3;
    begin_with_items_of(bytes, capacity);
    if (_i >= 12) {
        START(&giver, hands_over, 1);
        START(&taker, takes_over, 1, bytes);
    } else {
        START(&taker, takes_over, 1, bytes);
        START(&giver, hands_over, 1);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1");
}
END_TEST

/* One waits to send behind those that are in. */
START_TEST(what_waits_to_be_sent_comes_behind_what_is_in)
{
    unsigned char items[3][LARGEST];
    WEFT_TASK(weft_send) sends[3] = {0};
    WEFT_TASK(weft_put) puts[3] = {0};
    const size_t bytes = sizes[_i];
    begin_with_items_of(bytes, 2);
    for (size_t i = 0; i < 3; i++) {
        memset(items[i], (int)i + 1, bytes);
        START(&sends[i], weft_send, &out, items[i]);
        START(&puts[i], weft_put, &queue, items[i]);
    }
    run_one_pass();
    ck_assert(!weft_task_is_done(&sends[2].task) && !weft_task_is_done(&puts[2].task));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(weft_receive_nowait(&in, to), 0);
        ck_assert_int_eq(memcmp(to, items[i], bytes), 0);
        ck_assert_int_eq(weft_get_nowait(&queue, to), 0);
        ck_assert_int_eq(memcmp(to, items[i], bytes), 0);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(sends[2].task.status, 0);
    ck_assert_int_eq(puts[2].task.status, 0);
}
END_TEST

/* --- waits ------------------------------------------------------------------------------------- */

START_TEST(a_task_that_is_nothing_but_a_receive_ends_with_its_item)
{
    WEFT_TASK(weft_receive) task = {0};
    begin_with_items_of(4, 0);
    START(&task, weft_receive, &in, to);
    run_one_pass();
    ck_assert_int_eq(weft_send_nowait(&out, from), 0);
    ck_assert(!weft_task_is_done(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
    ck_assert(has_come(4));
}
END_TEST

/* Cancelled before it has to wait, or while it does. */
START_TEST(a_wait_that_begins_at_once_can_be_cancelled)
{
    WEFT_TASK(takes_over) taker = {0};
    begin_with_items_of(4, 0);
    START(&taker, takes_over, 1, 4);
    if (_i == 0) {
        run_one_pass();
    }
    weft_task_cancel(&taker.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(taker.task.status, WEFT_ECANCELED);
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_receivers, 0);
    ck_assert_int_eq(weft_send_nowait(&out, from), WEFT_EFULL);
}
END_TEST

struct waits_a_second {
    WEFT_FRAME;
    weft_scope scope;
    union {
        struct weft_receive receive;
        struct weft_get get;
        struct weft_acquire acquire;
        struct weft_limiter_acquire borrow;
        struct weft_event_wait wait;
    };
};

static WEFT_ASYNC(waits_a_second, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->receive, weft_receive, &in, to);
    }
    say("%d%d ", seconds(), self->scope.expired);
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->get, weft_get, &queue, to);
    }
    say("%d%d ", seconds(), self->scope.expired);
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->acquire, weft_acquire, &semaphore, &holds[0]);
    }
    say("%d%d ", seconds(), self->scope.expired);
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->borrow, weft_limiter_acquire, &limiter, &holds[0]);
    }
    say("%d%d ", seconds(), self->scope.expired);
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->wait, weft_event_wait, &event);
    }
    say("%d%d ", seconds(), self->scope.expired);
}
WEFT_END

START_TEST(a_wait_that_begins_at_once_has_a_deadline)
{
    WEFT_TASK(waits_a_second) task = {0};
    begin_with_items_of(4, 0);
    semaphore = (weft_semaphore){.permits = 0};
    limiter = (weft_limiter){.total = 0};
    event = (weft_event){.is_set = false};
    START(&task, waits_a_second);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "11 21 31 41 51 ");
}
END_TEST

/* What it is given has been given before it runs: that is final. */
START_TEST(a_receive_that_is_served_and_then_cancelled_has_received)
{
    WEFT_TASK(takes_over) taker = {0};
    begin_with_items_of(4, 0);
    START(&taker, takes_over, 1, 4);
    run_one_pass();
    ck_assert_int_eq(weft_send_nowait(&out, from), 0);
    /* The task goes on in who awaits it. */
    ck_assert(WEFT__SMALL || weft_has_ended(&taker.frame.receive));
    weft_task_cancel(&taker.task);
    ck_assert_int_eq(run(), 0);
    ck_assert(has_come(4));
    ck_assert_int_eq(taker.task.status, WEFT_ECANCELED); /* by the wait behind it */
}
END_TEST

/* A case of a select stands first, and is told by who sends at once. */
struct selects {
    WEFT_FRAME;
    weft_case came, late;
    struct weft_select select;
};

static WEFT_ASYNC(selects, self)
{
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_on_receive(&self->came, &in, to), weft_on_timer(&self->late, WEFT_S(9))));
    say("%d%d", self->came.happened, self->late.happened);
}
WEFT_END

START_TEST(a_select_that_waits_is_served_as_well)
{
    WEFT_TASK(selects) one = {0};
    WEFT_TASK(weft_send) sends = {0};
    begin_with_items_of(sizes[_i], 0);
    START(&one, selects);
    START(&sends, weft_send, &out, from);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "10");
    ck_assert_int_eq(seconds(), 0);
    ck_assert(has_come(sizes[_i]));
}
END_TEST

/* --- arguments --------------------------------------------------------------------------------- */

static int asked;

static weft_queue *which(void)
{
    asked++;
    return &queue;
}

struct chained {
    WEFT_FRAME;
    union {
        struct weft_put put;
        struct weft_get get;
    };
};

static WEFT_ASYNC(chained, self)
{
    WEFT_TRY(self->put, weft_put, which(), from);
    WEFT_TRY(self->get, weft_get, .item = to, .queue = which());
}
WEFT_END

START_TEST(arguments_are_evaluated_once)
{
    WEFT_TASK(chained) task = {0};
    begin_with_items_of(8, 1);
    asked = 0;
    START(&task, chained);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(asked, 2);
    ck_assert(has_come(8));
}
END_TEST

/* --- misuse ------------------------------------------------------------------------------------ */

struct forgets {
    WEFT_FRAME;
    struct weft_get get;
};

static WEFT_ASYNC(forgets, self)
{
    WEFT_TRY(self->get, weft_get, .item = to);
}
WEFT_END

START_TEST(an_argument_that_is_forgotten_stops)
{
    WEFT_TASK(forgets) task = {0};
    begin();
    START(&task, forgets);
    (void)run();
}
END_TEST

/* --- two executors of one thread --------------------------------------------------------------- */

struct goes_one_way {
    WEFT_FRAME;
    char way;
    union {
        struct weft_put put;
        struct weft_get get;
        struct weft_send send;
        struct weft_receive receive;
    };
};

static WEFT_ASYNC(goes_one_way, self)
{
    if (self->way == 'p') {
        WEFT_TRY(self->put, weft_put, &queue, from);
    } else if (self->way == 'g') {
        WEFT_TRY(self->get, weft_get, &queue, to);
    } else if (self->way == 's') {
        WEFT_TRY(self->send, weft_send, &out, from);
    } else {
        WEFT_TRY(self->receive, weft_receive, &in, to);
    }
    say("%c", self->way);
}
WEFT_END

START_TEST(who_waits_in_another_executor_is_woken_in_its_own)
{
    static const struct {
        char waits, comes;
        const char *here, *there;
    } ways[] = {{'g', 'p', "p", "pg"}, {'r', 's', "s", "sr"}, {'s', 'r', "r", "rs"}};
    static weft_executor other;
    WEFT_TASK(goes_one_way) here = {0}, there = {0};
    begin_with_items_of(4, 0);
    weft_executor_init(&other, &virtual_port, NULL);
    ck_assert_int_eq(weft_spawn(&other.group, &there, goes_one_way, ways[_i].waits), 0);
    ck_assert_int_eq(weft_executor_run(&other), WEFT_EDEADLOCK);
    START(&here, goes_one_way, ways[_i].comes);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, ways[_i].here);
    ck_assert_int_eq(weft_executor_run(&other), 0);
    ck_assert_str_eq(trace, ways[_i].there);
    ck_assert(has_come(4));
}
END_TEST

static struct weft_get shared;

struct shares {
    WEFT_FRAME;
};

static WEFT_ASYNC(shares, self)
{
    WEFT_TRY(shared, weft_get, &queue, to);
}
WEFT_END

START_TEST(a_frame_that_waits_for_another_stops)
{
    WEFT_TASK(shares) tasks[2] = {0};
    begin_with_items_of(4, 1);
    START(&tasks[0], shares);
    START(&tasks[1], shares);
    (void)run();
}
END_TEST

SUITE(at_once)
{
    TEST(an_await_that_needs_no_wait_has_ended_with_success);
    TEST(joining_what_has_failed_fails_at_once);
    TEST(a_frame_that_is_used_again_shows_how_its_last_await_ended);
    TEST_EACH(an_item_of_any_size_comes_by_any_way, 24);
    TEST_EACH(what_waits_to_be_sent_comes_behind_what_is_in, 4);
    TEST(a_task_that_is_nothing_but_a_receive_ends_with_its_item);
    TEST_EACH(a_wait_that_begins_at_once_can_be_cancelled, 2);
    TEST(a_wait_that_begins_at_once_has_a_deadline);
    TEST(a_receive_that_is_served_and_then_cancelled_has_received);
    TEST_EACH(a_select_that_waits_is_served_as_well, 4);
    TEST_EACH(who_waits_in_another_executor_is_woken_in_its_own, 3);
    TEST(arguments_are_evaluated_once);
    TEST_STOPS(an_argument_that_is_forgotten_stops);
    TEST_STOPS(a_frame_that_waits_for_another_stops);
}
