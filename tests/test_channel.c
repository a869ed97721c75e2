/* test_channel.c - items that pass from one end to the other. */
/* SPDX-License-Identifier: MIT */
#include "channels.h"

/* --- without waiting -------------------------------------------------------------------------- */

START_TEST(items_come_out_in_the_order_in_which_they_went_in)
{
    begin_with_room_for(3);
    for (int round = 0; round < 5; round++) { /* round the ring */
        ck_assert_str_eq(send_now(round), "ok");
        ck_assert_str_eq(send_now(round + 10), "ok");
        ck_assert_int_eq(receive_now(), round);
        ck_assert_int_eq(receive_now(), round + 10);
    }
}
END_TEST

START_TEST(what_would_wait_is_told_and_nothing_changes)
{
    begin_with_room_for(2);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_str_eq(trace, "empty ");
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_str_eq(send_now(3), "full");
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(receive_now(), -1);
}
END_TEST

START_TEST(items_of_any_size_are_copied)
{
    struct wide {
        char text[37];
    } items[2], sent = {"hello"}, received = {""};
    begin();
    weft_channel_open(&channel, items, sizeof items[0], 2, &out, &in);
    ck_assert_int_eq(weft_send_nowait(&out, &sent), 0);
    sent.text[0] = 'j';
    ck_assert_int_eq(weft_receive_nowait(&in, &received), 0);
    ck_assert_str_eq(received.text, "hello");
}
END_TEST

START_TEST(without_room_nothing_is_sent_unless_somebody_waits_for_it)
{
    listener_task x = {0};
    begin_with_room_for(0);
    ck_assert_str_eq(send_now(1), "full");
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_str_eq(send_now(3), "full");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x2 ");
}
END_TEST

START_TEST(without_room_nothing_is_received_unless_somebody_waits_to_send)
{
    talker_task a = {0};
    begin_with_room_for(0);
    ck_assert_int_eq(receive_now(), -1);
    SEND(&a, 'a', 1, 1);
    run_one_pass();
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "empty empty a1 ");
}
END_TEST

START_TEST(a_channel_with_room_needs_storage)
{
    weft_channel_open(&channel, NULL, sizeof room[0], 1, &out, &in);
}
END_TEST

START_TEST(an_item_has_a_size)
{
    weft_channel_open(&channel, room, 0, 1, &out, &in);
}
END_TEST

/* --- waiting ---------------------------------------------------------------------------------- */

START_TEST(a_receiver_waits_for_an_item)
{
    listener_task x = {0};
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    ck_assert_str_eq(send_now(5), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x5 ");
}
END_TEST

START_TEST(a_sender_waits_for_room)
{
    talker_task a = {0};
    begin_with_room_for(2);
    SEND(&a, 'a', 1, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a1 a2 ");
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 a2 a3 ");
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(receive_now(), 3);
}
END_TEST

START_TEST(what_need_not_wait_goes_on_in_the_same_step)
{
    talker_task a = {0};
    listener_task x = {0};
    begin_with_room_for(3);
    SEND(&a, 'a', 1, 3);
    RECEIVE(&x, 'x', 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a1 a2 a3 x1 x2 x3 ");
}
END_TEST

START_TEST(who_never_has_to_wait_lets_the_others_run)
{
    talker_task a = {0}, b = {0};
    static int many[WEFT_BUDGET * 2];
    begin();
    weft_channel_open(&channel, many, sizeof many[0], WEFT_BUDGET * 2, &out, &in);
    SEND(&a, 'a', 1, WEFT_BUDGET + 1);
    SEND(&b, 'b', 1, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_nonnull(strstr(strstr(trace, "b1 "), "a128 "));
}
END_TEST

START_TEST(an_item_goes_straight_to_the_receiver_that_waits)
{
    listener_task x = {0};
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(send_now(5), "ok");
    ck_assert_int_eq(x.frame.item, 5); /* before it has run */
    ck_assert_uint_eq(weft_channel_statistics(&channel).buffered, 0);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(nobody_comes_between_an_item_and_its_receiver)
{
    listener_task x = {0};
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(send_now(5), "ok");
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "empty x5 ");
}
END_TEST

START_TEST(nobody_comes_between_free_room_and_its_sender)
{
    talker_task a = {0};
    begin_with_room_for(1);
    SEND(&a, 'a', 1, 2);
    run_one_pass();
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_str_eq(send_now(9), "full");
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(receive_now(), 2);
}
END_TEST

START_TEST(receivers_are_served_in_the_order_in_which_they_came)
{
    listener_task tasks[3] = {0};
    begin_with_room_for(_i == 0 ? 0 : 3);
    for (int i = 0; i < 3; i++) {
        RECEIVE(&tasks[i], (char)('x' + i), 1);
    }
    run_one_pass();
    for (int i = 1; i <= 3; i++) {
        ck_assert_str_eq(send_now(i), "ok");
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 y2 z3 ");
}
END_TEST

START_TEST(senders_are_served_in_the_order_in_which_they_came)
{
    talker_task tasks[3] = {0};
    begin_with_room_for(_i == 0 ? 0 : 1);
    if (_i == 1) {
        ck_assert_str_eq(send_now(0), "ok");
    }
    for (int i = 0; i < 3; i++) {
        SEND(&tasks[i], (char)('a' + i), i + 1, 1);
    }
    run_one_pass();
    for (int i = 1 - _i; i <= 3; i++) {
        ck_assert_int_eq(receive_now(), i);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 c3 ");
}
END_TEST

START_TEST(one_who_comes_again_stands_behind_the_others)
{
    talker_task a = {0}, b = {0};
    listener_task x = {0};
    begin_with_room_for(0);
    SEND(&a, 'a', 1, 2);
    SEND(&b, 'b', 11, 2);
    RECEIVE(&x, 'x', 4);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 x11 a1 a2 b11 x2 x12 b12 ");
}
END_TEST

START_TEST(without_room_a_send_ends_when_it_was_received)
{
    talker_task a = {0};
    listener_task x = {0};
    begin_with_room_for(0);
    SEND(&a, 'a', 1, 2);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    run_one_pass();
    ck_assert_str_eq(trace, "x1 a1 ");
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(every_item_passes_once_and_in_order_whatever_the_room)
{
    static const size_t rooms[] = {0, 1, 2, 3, 7, 64};
    talker_task talkers[3] = {0};
    listener_task listeners[2] = {0};
    begin_with_room_for(rooms[_i]);
    RECEIVE(&listeners[0], 'x', 30);
    RECEIVE(&listeners[1], 'y', 30);
    for (int i = 0; i < 3; i++) {
        SEND(&talkers[i], (char)('a' + i), i * 100, 20);
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < 60; i++) {
        char item[16];
        int times = 0;
        for (int j = 0; j < 2; j++) {
            (void)snprintf(item, sizeof item, "%c%d ", 'x' + j, i / 20 * 100 + i % 20);
            for (const char *at = trace; (at = strstr(at, item)) != NULL; at++) {
                times++;
            }
        }
        ck_assert_msg(times == 1, "%s: %d times", item + 1, times);
    }
    ck_assert_uint_eq(weft_channel_statistics(&channel).buffered, 0);
}
END_TEST

/* --- cancelled: it did not happen, or it has -------------------------------------------------- */

START_TEST(a_cancelled_receiver_has_received_nothing)
{
    listener_task tasks[2] = {0};
    begin_with_room_for(2);
    RECEIVE(&tasks[0], 'x', 1);
    RECEIVE(&tasks[1], 'y', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_str_eq(send_now(1), "ok"); /* it has not run yet */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-cancelled y1 ");
}
END_TEST

START_TEST(an_item_for_which_all_receivers_are_cancelled_is_buffered)
{
    listener_task x = {0};
    begin_with_room_for(1);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&x.task));
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(receive_now(), 1);
}
END_TEST

START_TEST(a_cancelled_sender_has_sent_nothing)
{
    talker_task tasks[2] = {0};
    begin_with_room_for(0);
    SEND(&tasks[0], 'a', 1, 1);
    SEND(&tasks[1], 'b', 2, 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(receive_now(), 2); /* it has not run yet */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled b2 ");
}
END_TEST

START_TEST(a_cancelled_sender_leaves_the_room_to_the_next)
{
    talker_task tasks[2] = {0};
    begin_with_room_for(1);
    ck_assert_str_eq(send_now(0), "ok");
    SEND(&tasks[0], 'a', 1, 1);
    SEND(&tasks[1], 'b', 2, 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(receive_now(), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_str_eq(trace, "a-cancelled b2 ");
}
END_TEST

START_TEST(a_wait_that_was_cancelled_leaves_no_trace)
{
    talker_task a = {0};
    listener_task x = {0};
    begin_with_room_for(0);
    if (_i == 0) {
        SEND(&a, 'a', 1, 1);
    } else {
        RECEIVE(&x, 'x', 1);
    }
    run_one_pass();
    ck_assert(weft_task_cancel(_i == 0 ? &a.task : &x.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_null(out.waiting);
    ck_assert_ptr_null(in.waiting);
    ck_assert(weft_link_is_empty(&channel.senders) && weft_link_is_empty(&channel.receivers));
}
END_TEST

START_TEST(chosen_then_cancelled_a_receive_has_happened_and_the_next_wait_is_refused)
{
    listener_task x = {0};
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 2);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert(weft_task_cancel(&x.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 x-cancelled ");
}
END_TEST

START_TEST(chosen_then_cancelled_a_send_has_happened_and_the_next_wait_is_refused)
{
    talker_task a = {0};
    begin_with_room_for(0);
    SEND(&a, 'a', 1, 2);
    run_one_pass();
    ck_assert_int_eq(receive_now(), 1);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 a-cancelled ");
}
END_TEST

START_TEST(who_is_cancelled_can_still_do_what_needs_no_wait)
{
    talker_task a = {0};
    begin_with_room_for(1);
    ck_assert_str_eq(send_now(0), "ok");
    SEND(&a, 'a', 1, 3);
    run_one_pass();
    ck_assert_int_eq(receive_now(), 0); /* chosen */
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 a2 a-cancelled ");
}
END_TEST

/* Receives within a second, and says when. */
struct hurried {
    WEFT_FRAME;
    int item;
    weft_scope patience;
    struct weft_receive receive;
};

static WEFT_ASYNC(hurried, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        WEFT_TRY(self->receive, weft_receive, &in, &self->item);
        say("x%d ", self->item);
    }
    say("%s@%d ", how(WEFT_STATUS()), seconds());
}
WEFT_END

static void send_one(weft_timer *timer)
{
    (void)timer;
    say("%s ", send_now(1));
}

START_TEST(an_item_that_comes_before_the_deadline_in_the_same_pass_is_received)
{
    WEFT_TASK(hurried) x = {0};
    weft_timer timer = {.fire = send_one};
    begin_with_room_for(1);
    weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1)); /* armed first: fires first */
    START(&x, hurried);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ok x1 ok@1 ");
    ck_assert_uint_eq(weft_channel_statistics(&channel).buffered, 0);
}
END_TEST

START_TEST(an_item_that_comes_behind_the_deadline_in_the_same_pass_is_not_received)
{
    WEFT_TASK(hurried) x = {0};
    weft_timer timer = {.fire = send_one};
    begin_with_room_for(1);
    START(&x, hurried);
    run_one_pass();
    weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ok timeout@1 ");
    ck_assert_uint_eq(weft_channel_statistics(&channel).buffered, 1);
}
END_TEST

SUITE_TOGETHER(channel)
{
    TEST(items_come_out_in_the_order_in_which_they_went_in);
    TEST(what_would_wait_is_told_and_nothing_changes);
    TEST(items_of_any_size_are_copied);
    TEST(without_room_nothing_is_sent_unless_somebody_waits_for_it);
    TEST(without_room_nothing_is_received_unless_somebody_waits_to_send);
    TEST_STOPS(a_channel_with_room_needs_storage);
    TEST_STOPS(an_item_has_a_size);

    TEST(a_receiver_waits_for_an_item);
    TEST(a_sender_waits_for_room);
    TEST(what_need_not_wait_goes_on_in_the_same_step);
    TEST(who_never_has_to_wait_lets_the_others_run);
    TEST(an_item_goes_straight_to_the_receiver_that_waits);
    TEST(nobody_comes_between_an_item_and_its_receiver);
    TEST(nobody_comes_between_free_room_and_its_sender);
    TEST_EACH(receivers_are_served_in_the_order_in_which_they_came, 2);
    TEST_EACH(senders_are_served_in_the_order_in_which_they_came, 2);
    TEST(one_who_comes_again_stands_behind_the_others);
    TEST(without_room_a_send_ends_when_it_was_received);
    TEST_EACH(every_item_passes_once_and_in_order_whatever_the_room, 6);

    TEST(a_cancelled_receiver_has_received_nothing);
    TEST(an_item_for_which_all_receivers_are_cancelled_is_buffered);
    TEST(a_cancelled_sender_has_sent_nothing);
    TEST(a_cancelled_sender_leaves_the_room_to_the_next);
    TEST_EACH(a_wait_that_was_cancelled_leaves_no_trace, 2);
    TEST(chosen_then_cancelled_a_receive_has_happened_and_the_next_wait_is_refused);
    TEST(chosen_then_cancelled_a_send_has_happened_and_the_next_wait_is_refused);
    TEST(who_is_cancelled_can_still_do_what_needs_no_wait);
    TEST(an_item_that_comes_before_the_deadline_in_the_same_pass_is_received);
    TEST(an_item_that_comes_behind_the_deadline_in_the_same_pass_is_not_received);
}
