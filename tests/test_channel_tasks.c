/* test_channel_tasks.c - tasks that hand things on: whole programs on a channel. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "channels.h" /* its names would hide those of parameters in the headers */

/* --- for each --------------------------------------------------------------------------------- */

struct eacher {
    WEFT_FRAME;
    int last, item;
    struct weft_channel_each each;
};

static WEFT_ASYNC(eacher, self)
{
    WEFT_FOR_EACH(self->each, weft_channel_each, &in, &self->item) {
        say("x%d ", self->item);
        if (self->item == self->last) {
            break;
        }
    }
    say("done ");
WEFT_FINALLY:
    say("%s ", how(WEFT_OUTCOME()));
}
WEFT_END

START_TEST(for_each_ends_with_the_last_item_and_leaves_the_receiver_open)
{
    WEFT_TASK(eacher) x = {0};
    talker_task a = {0};
    begin_with_room_for(0);
    START(&x, eacher);
    SEND(&a, 'a', 1, 2);
    ck_assert_int_eq(weft_executor_run_until(&executor, &a.task), 0);
    weft_sender_close(&out);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 x1 x2 a2 done ok ");
    ck_assert_uint_eq(weft_channel_statistics(&channel).open_receivers, 1);
}
END_TEST

START_TEST(for_each_can_be_left_and_what_comes_later_is_not_taken)
{
    WEFT_TASK(eacher) x = {0};
    begin_with_room_for(4);
    for (int i = 1; i <= 4; i++) {
        ck_assert_str_eq(send_now(i), "ok");
    }
    START(&x, eacher, .last = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 x2 done ok ");
    ck_assert_int_eq(receive_now(), 3);
}
END_TEST

START_TEST(for_each_leaves_when_it_is_cancelled)
{
    WEFT_TASK(eacher) x = {0};
    begin_with_room_for(4);
    START(&x, eacher);
    run_one_pass();
    ck_assert(weft_task_cancel(&x.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "cancelled ");
}
END_TEST

START_TEST(for_each_leaves_when_its_receiver_is_closed)
{
    WEFT_TASK(eacher) x = {0};
    begin_with_room_for(4);
    START(&x, eacher);
    run_one_pass();
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "closed ");
}
END_TEST

/* --- owned by tasks --------------------------------------------------------------------------- */

/* Each has an end of its own, and closes it in FINALLY. */
struct producer {
    WEFT_FRAME;
    weft_sender mine;
    int first, count;
    struct weft_send send;
};

static WEFT_ASYNC(producer, self)
{
    for (; self->count > 0; self->count--, self->first++) {
        WEFT_TRY(self->send, weft_send, &self->mine, &self->first);
    }
WEFT_FINALLY:
    weft_sender_close(&self->mine);
    say("p-%s ", how(WEFT_OUTCOME()));
}
WEFT_END

struct consumer {
    WEFT_FRAME;
    weft_receiver mine;
    int count, item, sum;
    struct weft_channel_each each;
};

static WEFT_ASYNC(consumer, self)
{
    WEFT_FOR_EACH(self->each, weft_channel_each, &self->mine, &self->item) {
        self->sum += self->item;
        if (--self->count == 0) {
            break;
        }
    }
WEFT_FINALLY:
    weft_receiver_close(&self->mine);
    say("c-%s ", how(WEFT_OUTCOME()));
}
WEFT_END

START_TEST(consumers_end_behind_the_last_producer)
{
    WEFT_TASK(producer) producers[3] = {0};
    WEFT_TASK(consumer) consumers[2] = {0};
    begin_with_room_for(2);
    for (int i = 0; i < 3; i++) {
        START(&producers[i], producer, weft_sender_clone(&out), i * 10, 10);
    }
    for (int i = 0; i < 2; i++) {
        START(&consumers[i], consumer, weft_receiver_clone(&in), 0);
    }
    weft_sender_close(&out);
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(consumers[0].frame.sum + consumers[1].frame.sum, 29 * 15);
    ck_assert_str_eq(trace, "p-ok p-ok p-ok c-ok c-ok ");
}
END_TEST

START_TEST(producers_end_behind_the_last_consumer)
{
    WEFT_TASK(producer) producers[2] = {0};
    WEFT_TASK(consumer) task = {0};
    begin_with_room_for(1);
    for (int i = 0; i < 2; i++) {
        START(&producers[i], producer, weft_sender_clone(&out), i * 10, 10);
    }
    START(&task, consumer, weft_receiver_clone(&in), 5);
    weft_sender_close(&out);
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-ok p-broken p-broken ");
    ck_assert_int_eq(reports, 2);
}
END_TEST

START_TEST(a_producer_that_is_cancelled_before_it_begins_closes_its_end)
{
    WEFT_TASK(producer) task = {0};
    begin_with_room_for(1);
    START(&task, producer, weft_sender_clone(&out), 0, 10);
    weft_sender_close(&out);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_str_eq(trace, "p-cancelled end ");
}
END_TEST

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = SIZED(10000, 12) };
static int steps;

struct counted {
    WEFT_FRAME;
    int item;
    bool sends;
    weft_sender mine;
    struct weft_send send;
    struct weft_receive receive;
};

static WEFT_ASYNC(counted, self)
{
    steps++;
    if (self->sends) {
        WEFT_TRY(self->send, weft_send, &self->mine, &self->item);
    } else {
        WEFT_TRY(self->receive, weft_receive, &in, &self->item);
    }
    steps++;
}
WEFT_END

START_TEST(ten_thousand_receivers_wait_and_each_is_resumed_once)
{
    static WEFT_TASK(counted) tasks[MANY];
    begin_with_room_for(0);
    steps = 0;
    for (int i = 0; i < MANY; i++) {
        START(&tasks[i], counted, .sends = false);
    }
    run_one_pass();
    for (int i = 0; i < MANY; i++) {
        ck_assert_str_eq(send_now(i), "ok");
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(steps, 2 * MANY);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(tasks[i].frame.item, i);
    }
}
END_TEST

START_TEST(ten_thousand_senders_wait_and_close_or_cancel_at_constant_cost)
{
    static WEFT_TASK(counted) tasks[MANY];
    begin_with_room_for(0);
    steps = 0;
    for (int i = 0; i < MANY; i++) {
        START(&tasks[i], counted, .item = i, .sends = true, .mine = weft_sender_clone(&out));
    }
    run_one_pass();
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_senders, MANY);
    for (int i = MANY - 1; i > 0; i--) {
        if (i % 3 == 0) {
            weft_sender_close(&tasks[i].frame.mine);
        } else if (i % 3 == 1) {
            ck_assert(weft_task_cancel(&tasks[i].task));
        }
    }
    for (int i = 0; i < MANY; i++) {
        if (i == 0 || i % 3 == 2) {
            ck_assert_int_eq(receive_now(), i);
        }
    }
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_senders, 0);
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* --- every schedule, every cancellation ------------------------------------------------------- */

/*
 * Two producers and two consumers; each notes what became of each item. Whatever happens, an item
 * whose send succeeded is received once or is still in the channel, and no other is.
 */
enum { EACH = 2, ITEMS = 2 * EACH };

static weft_test test;
static size_t capacity;
static bool consumers_stop; /* after one item each: then the channel breaks */
static int sent[ITEMS], received[ITEMS];

struct noter {
    WEFT_FRAME;
    weft_sender mine;
    int item, last;
    struct weft_send send;
};

static WEFT_ASYNC(noter, self)
{
    for (; self->item < self->last; self->item++) {
        WEFT_CATCH(self->send, weft_send, &self->mine, &self->item);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN(WEFT_STATUS() == WEFT_EBROKEN ? 0 : WEFT_STATUS());
        }
        sent[self->item]++;
    }
WEFT_FINALLY:
    weft_sender_close(&self->mine);
}
WEFT_END

struct taker {
    WEFT_FRAME;
    weft_receiver mine;
    int item;
    struct weft_receive receive;
};

static WEFT_ASYNC(taker, self)
{
    do {
        WEFT_CATCH(self->receive, weft_receive, &self->mine, &self->item);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN(WEFT_STATUS() == WEFT_EEND ? 0 : WEFT_STATUS());
        }
        received[self->item]++;
    } while (!consumers_stop);
WEFT_FINALLY:
    weft_receiver_close(&self->mine);
}
WEFT_END

struct market {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(noter) noters[2];
    WEFT_TASK(taker) takers[2];
};

static WEFT_ASYNC(market, self)
{
    WEFT_GROUP(self->group) {
        for (int i = 0; i < 2; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->noters[i], noter, weft_sender_clone(&out),
                                  i * EACH, (i + 1) * EACH));
            WEFT_CHECK(weft_spawn(&self->group, &self->takers[i], taker, weft_receiver_clone(&in)));
        }
        weft_sender_close(&out);
        if (consumers_stop) {
            weft_receiver_close(&in);
        }
    }
}
WEFT_END

/* What is left, with the receiver of the test itself, if that is open: then nothing was dropped. */
static void check_market(void)
{
    const bool drops = in.channel == NULL;
    int item;
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_senders, 0);
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_receivers, 0);
    while (weft_receive_nowait(&in, &item) == 0) {
        received[item]++;
    }
    for (item = 0; item < ITEMS; item++) {
        if (sent[item] > 1 || received[item] > sent[item] ||
            (!drops && received[item] < sent[item])) {
            weft_test_fail(&test, "an item was lost or doubled", NULL);
        }
    }
}

static void run_market(weft_test *of, void *context)
{
    int *const leaves = context;
    memset(sent, 0, sizeof sent);
    memset(received, 0, sizeof received);
    weft_channel_open(&channel, room, sizeof room[0], capacity, &out, &in);
    const int status = weft_test_run(of, market);
    weft_sender_close(&out); /* market may not have begun */
    ck_assert(status != 0 || consumers_stop || weft_channel_statistics(&channel).buffered == 0);
    check_market();
    *leaves += status != 0;
}

START_TEST(in_every_schedule_each_item_is_received_once)
{
    int leaves = 0, schedules;
    capacity = (size_t)_i;
    consumers_stop = false;
    weft_test_init(&test, NULL);
    schedules = weft_test_schedules(&test, 5000, run_market, &leaves);
    ck_assert_int_ge(schedules, 48);
    ck_assert_int_le(schedules, 5000); /* all of them */
    ck_assert_int_eq(leaves, 0);
}
END_TEST

START_TEST(in_every_schedule_each_item_is_received_once_or_nobody_was_left_to_receive_it)
{
    int leaves = 0, schedules;
    capacity = (size_t)_i;
    consumers_stop = true;
    weft_test_init(&test, NULL);
    schedules = weft_test_schedules(&test, 5000, run_market, &leaves);
    ck_assert_int_ge(schedules, 24);
    ck_assert_int_le(schedules, 5000);
    ck_assert_int_eq(leaves, 0);
}
END_TEST

START_TEST(whoever_is_cancelled_and_wherever_no_item_is_lost_or_doubled)
{
    int leaves = 0;
    capacity = (size_t)(_i % 3);
    consumers_stop = _i / 3 == 1;
    for (uint32_t seed = 0; seed < 30; seed++) {
        weft_test_init(&test, &(weft_test_desc){.seed = seed});
        ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_market, &leaves), 6);
    }
    ck_assert_int_gt(leaves, 0);
}
END_TEST

SUITE_TOGETHER(channel_tasks)
{
    TEST(for_each_ends_with_the_last_item_and_leaves_the_receiver_open);
    TEST(for_each_can_be_left_and_what_comes_later_is_not_taken);
    TEST(for_each_leaves_when_it_is_cancelled);
    TEST(for_each_leaves_when_its_receiver_is_closed);

    TEST(consumers_end_behind_the_last_producer);
    TEST(producers_end_behind_the_last_consumer);
    TEST(a_producer_that_is_cancelled_before_it_begins_closes_its_end);

    TEST(ten_thousand_receivers_wait_and_each_is_resumed_once);
    TEST(ten_thousand_senders_wait_and_close_or_cancel_at_constant_cost);

    TEST_EACH(in_every_schedule_each_item_is_received_once, 3);
    TEST_EACH(in_every_schedule_each_item_is_received_once_or_nobody_was_left_to_receive_it, 3);
    TEST_EACH(whoever_is_cancelled_and_wherever_no_item_is_lost_or_doubled, 6);
}
