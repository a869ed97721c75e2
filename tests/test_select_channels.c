/* test_select_channels.c - selecting among sends and receives: no item is lost, none passes twice. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/select.h>

#include "chooser.h"

/* --- with those who wait for one thing -------------------------------------------------------- */

START_TEST(a_select_stands_in_line_with_the_others)
{
    listener_task x = {0}, y = {0};
    chooser_task a = {0};
    begin_with_rooms_for(_i == 0 ? 0 : 2, 0);
    RECEIVE(&x, 'x', 1);
    CHOOSE(&a, 'a', "re", 1);
    RECEIVE(&y, 'y', 1);
    run_one_pass();
    for (int i = 1; i <= 3; i++) {
        ck_assert_str_eq(send_now(i), "ok");
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 ar2 y3 ");
}
END_TEST

START_TEST(a_select_that_sends_stands_in_line_with_the_others)
{
    talker_task b = {0}, c = {0};
    chooser_task a = {0};
    begin_with_rooms_for(_i == 0 ? 0 : 1, 0);
    if (_i == 1) {
        ck_assert_str_eq(send_now(0), "ok");
        SEND(&b, 'b', 1, 1);
        run_one_pass();
        ck_assert_int_eq(receive_now(), 0);
    } else {
        SEND(&b, 'b', 1, 1);
    }
    CHOOSE(&a, 'a', "se", 1, .item = 2);
    SEND(&c, 'c', 3, 1);
    run_one_pass();
    for (int i = 1; i <= 3; i++) {
        ck_assert_int_eq(receive_now(), i);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1 as2 c3 ");
}
END_TEST

START_TEST(whoever_left_the_line_is_not_waited_for)
{
    listener_task x = {0};
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "re", 1);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    weft_event_set(&bell);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ae x1 ");
}
END_TEST

START_TEST(an_item_of_a_select_is_read_when_it_is_sent)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "se", 1, .item = 1);
    run_one_pass();
    a.frame.item = 2;
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* --- without room ----------------------------------------------------------------------------- */

START_TEST(two_selects_meet)
{
    chooser_task a = {0}, b = {0};
    begin_choice();
    CHOOSE(&a, 'a', _i == 0 ? "se" : "re", 1, .item = 5);
    CHOOSE(&b, 'b', _i == 0 ? "re" : "se", 1, .item = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "br5 as5 " : "bs5 ar5 ");
    check_no_trace();
}
END_TEST

START_TEST(a_select_does_not_meet_itself)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "srt", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "at ");
    check_no_trace();
}
END_TEST

START_TEST(a_select_that_would_do_both_does_one)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "sr", 1, .item = 7);
    run_one_pass();
    if (_i == 0) {
        ck_assert_int_eq(receive_now(), 7);
        ck_assert_str_eq(send_now(8), "full");
    } else {
        ck_assert_str_eq(send_now(8), "ok");
        ck_assert_int_eq(receive_now(), -1);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "as7 " : "empty ar8 ");
    check_no_trace();
}
END_TEST

START_TEST(two_selects_that_would_do_both_meet_once)
{
    chooser_task a = {0}, b = {0};
    begin_choice();
    CHOOSE(&a, 'a', "sr", 1, .item = 1);
    CHOOSE(&b, 'b', "sr", 1, .item = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert(strcmp(trace, "bs2 ar2 ") == 0 || strcmp(trace, "br1 as1 ") == 0);
    check_no_trace();
}
END_TEST

START_TEST(a_plain_send_and_a_select_meet_and_a_plain_receive_too)
{
    chooser_task a = {0};
    talker_task b = {0};
    listener_task x = {0};
    begin_choice();
    SEND(&b, 'b', 1, 1);
    CHOOSE(&a, 'a', "re", 1);
    ck_assert_int_eq(run(), 0);
    RECEIVE(&x, 'x', 1);
    CHOOSE(&a, 'a', "se", 1, .item = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ar1 b1 as2 x2 ");
}
END_TEST

START_TEST(one_channel_twice_gives_one_item)
{
    chooser_task a = {0};
    begin_with_rooms_for(2, 0);
    CHOOSE(&a, 'a', "rr", 2);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ar1 ar2 ");
    check_no_trace();
}
END_TEST

START_TEST(a_merge_takes_from_both_until_both_have_ended)
{
    talker_task b = {0}, c = {0};
    chooser_task a = {0};
    begin_with_rooms_for(1, 0);
    SEND(&b, 'b', 1, 2);
    SEND_BY(&c, 'c', &other_out, 11, 2);
    CHOOSE(&a, 'a', "rq", 4);
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < 4; i++) {
        char item[16];
        (void)snprintf(item, sizeof item, "%c%d ", i < 2 ? 'r' : 'q', i < 2 ? i + 1 : i + 9);
        ck_assert_msg(strstr(trace, item) != NULL, "%s is missing in %s", item, trace);
    }
}
END_TEST

/* --- ends ------------------------------------------------------------------------------------- */

START_TEST(the_end_of_a_channel_happens_with_that_status)
{
    chooser_task a = {0};
    begin_choice();
    if (_i == 0) {
        weft_sender_close(&out);
    }
    CHOOSE(&a, 'a', "rt", 1);
    run_one_pass();
    weft_sender_close(&out);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ar-end ");
    check_no_trace();
}
END_TEST

START_TEST(a_broken_channel_happens_with_that_status)
{
    chooser_task a = {0};
    begin_choice();
    if (_i == 0) {
        weft_receiver_close(&in);
    }
    CHOOSE(&a, 'a', "st", 1);
    run_one_pass();
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "as-broken ");
    check_no_trace();
}
END_TEST

START_TEST(an_end_that_is_closed_happens_with_that_status)
{
    chooser_task a = {0};
    begin_choice();
    if (_i % 2 == 0) {
        weft_sender_close(&out);
        weft_receiver_close(&in);
    }
    CHOOSE(&a, 'a', _i < 2 ? "st" : "rt", 1);
    run_one_pass();
    if (_i == 1) {
        weft_sender_close(&out);
    } else if (_i == 3) {
        weft_receiver_close(&in);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i < 2 ? "as-closed " : "ar-closed ");
    check_no_trace();
}
END_TEST

START_TEST(closing_both_ends_of_what_one_select_waits_for_happens_once)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "rs", 1);
    run_one_pass();
    weft_sender_close(&out);
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "as-closed ");
    check_no_trace();
}
END_TEST

/* --- every schedule, every cancellation ------------------------------------------------------- */

/*
 * Traders send and receive on two channels, each with one select that does whatever is possible,
 * and give up after a second without any. What a case says that it did is compared: what was sent
 * was received once, or is in the channel still.
 */
enum { TRADERS = 3, DEALS = 2, GOODS = TRADERS * DEALS };

static weft_test test;
static size_t room_of_in;
static int sent[GOODS], received[GOODS];

struct trader {
    WEFT_FRAME;
    int mine, last, taken;
    weft_case sends, receives, sends_other, receives_other, late;
    struct weft_select select;
};

static WEFT_ASYNC(trader, self)
{
    for (;;) {
        WEFT_CATCH(self->select, weft_select,
                   WEFT_CASES(weft_when(self->mine < self->last,
                                        weft_on_send(&self->sends, &out, &self->mine)),
                              weft_on_receive(&self->receives, &in, &self->taken),
                              weft_when(self->mine < self->last,
                                        weft_on_send(&self->sends_other, &other_out, &self->mine)),
                              weft_on_receive(&self->receives_other, &other_in, &self->taken),
                              weft_on_timer(&self->late, WEFT_S(1))));
        if (self->sends.happened + self->receives.happened + self->sends_other.happened +
                self->receives_other.happened + self->late.happened !=
            (WEFT_STATUS() == 0)) {
            weft_test_fail(&test, "not exactly one has happened", NULL);
        }
        if (self->sends.happened || self->sends_other.happened) {
            sent[self->mine++]++;
        } else if (self->receives.happened || self->receives_other.happened) {
            received[self->taken]++;
        } else {
            WEFT_RETURN(WEFT_STATUS());
        }
    }
}
WEFT_END

struct bazaar {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(trader) traders[TRADERS];
};

static WEFT_ASYNC(bazaar, self)
{
    WEFT_GROUP(self->group) {
        for (int i = 0; i < TRADERS; i++) {
            WEFT_CHECK(
                weft_spawn(&self->group, &self->traders[i], trader, i * DEALS, (i + 1) * DEALS));
        }
    }
}
WEFT_END

static void count_left(weft_receiver *receiver)
{
    int item;
    while (weft_receive_nowait(receiver, &item) == 0) {
        received[item]++;
    }
}

/* In the list of a side, or as the one that waits on its end. */
static bool is_left(const weft_link *waiting, const weft_link *list)
{
    return !weft_link_is_empty(list) || (waiting != NULL && waiting != list);
}

static void run_bazaar(weft_test *of, void *context)
{
    int *const completed = context;
    memset(sent, 0, sizeof sent);
    memset(received, 0, sizeof received);
    weft_channel_open(&channel, room, sizeof room[0], room_of_in, &out, &in);
    weft_channel_open(&other, NULL, sizeof other_room[0], 0, &other_out, &other_in);
    *completed += weft_test_run(of, bazaar) == 0;
    count_left(&in);
    count_left(&other_in);
    for (int i = 0; i < GOODS; i++) {
        if (sent[i] != received[i] || sent[i] > 1) {
            weft_test_fail(of, "an item was lost or doubled", NULL);
        }
    }
    if (is_left(in.waiting, &channel.receivers) || is_left(out.waiting, &channel.senders) ||
        is_left(other_in.waiting, &other.receivers) || is_left(other_out.waiting, &other.senders)) {
        weft_test_fail(of, "somebody is left in a queue", NULL);
    }
}

START_TEST(in_every_schedule_exactly_one_happens_and_no_item_is_lost)
{
    int completed = 0;
    room_of_in = (size_t)_i;
    weft_test_init(&test, NULL);
    const int runs = weft_test_schedules(&test, 300000, run_bazaar, &completed);
    ck_assert_int_gt(runs, 200);
    ck_assert_int_eq(completed, runs); /* all of them */
}
END_TEST

START_TEST(with_many_seeds_exactly_one_happens_and_no_item_is_lost)
{
    int completed = 0;
    for (uint32_t seed = 0; seed < SIZED(1000, 50); seed++) {
        room_of_in = seed % 4;
        weft_test_init(&test, &(weft_test_desc){.seed = seed});
        run_bazaar(&test, &completed);
        ck_assert_ptr_null(test.failure);
    }
    ck_assert_int_eq(completed, SIZED(1000, 50));
}
END_TEST

START_TEST(whoever_is_cancelled_and_wherever_exactly_one_happens_and_no_item_is_lost)
{
    int completed = 0;
    room_of_in = (size_t)(_i % 3);
    for (uint32_t seed = 0; seed < SIZED(50, 2); seed++) {
        weft_test_init(&test, &(weft_test_desc){.seed = seed});
        ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_bazaar, &completed), 12);
    }
}
END_TEST

SUITE_TOGETHER(select_channels)
{
    TEST_EACH(a_select_stands_in_line_with_the_others, 2);
    TEST_EACH(a_select_that_sends_stands_in_line_with_the_others, 2);
    TEST(whoever_left_the_line_is_not_waited_for);
    TEST(an_item_of_a_select_is_read_when_it_is_sent);

    TEST_EACH(two_selects_meet, 2);
    TEST(a_select_does_not_meet_itself);
    TEST_EACH(a_select_that_would_do_both_does_one, 2);
    TEST(two_selects_that_would_do_both_meet_once);
    TEST(a_plain_send_and_a_select_meet_and_a_plain_receive_too);
    TEST(one_channel_twice_gives_one_item);
    TEST(a_merge_takes_from_both_until_both_have_ended);

    TEST_EACH(the_end_of_a_channel_happens_with_that_status, 2);
    TEST_EACH(a_broken_channel_happens_with_that_status, 2);
    TEST_EACH(an_end_that_is_closed_happens_with_that_status, 4);
    TEST(closing_both_ends_of_what_one_select_waits_for_happens_once);

    TEST_EACH_OF_MANY(in_every_schedule_exactly_one_happens_and_no_item_is_lost, 2);
    TEST(with_many_seeds_exactly_one_happens_and_no_item_is_lost);
    TEST_EACH(whoever_is_cancelled_and_wherever_exactly_one_happens_and_no_item_is_lost, 3);
}
