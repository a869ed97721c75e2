/* test_channel_ends.c - who may still send, who may still receive. */
/* SPDX-License-Identifier: MIT */
#include "channels.h"

/* --- the end of the stream -------------------------------------------------------------------- */

START_TEST(after_the_last_sender_what_was_sent_is_received_and_then_comes_the_end)
{
    begin_with_room_for(2);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    weft_sender_close(&out);
    ck_assert_int_eq(receive_now(), 1);
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_str_eq(trace, "end end ");
}
END_TEST

START_TEST(the_end_is_told_to_all_that_wait_in_order)
{
    listener_task tasks[3] = {0};
    begin_with_room_for(2);
    for (int i = 0; i < 3; i++) {
        RECEIVE(&tasks[i], (char)('x' + i), 1);
    }
    run_one_pass();
    weft_sender_close(&out);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-end y-end z-end ");
}
END_TEST

START_TEST(who_receives_after_the_end_is_told_at_once)
{
    listener_task x = {0};
    begin_with_room_for(0);
    weft_sender_close(&out);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "x-end ");
}
END_TEST

START_TEST(the_end_comes_when_the_last_clone_is_closed_in_whatever_order)
{
    weft_sender clones[2];
    begin_with_room_for(2);
    clones[0] = weft_sender_clone(&out);
    clones[1] = weft_sender_clone(&clones[0]);
    weft_sender_close(_i == 0 ? &out : &clones[1]);
    weft_sender_close(&clones[0]);
    ck_assert_int_eq(receive_now(), -1);
    weft_sender_close(_i == 0 ? &clones[1] : &out);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_str_eq(trace, "empty end ");
}
END_TEST

START_TEST(cancelled_before_the_end_was_told_a_receiver_is_cancelled_behind_it_has_the_end)
{
    listener_task tasks[2] = {0};
    begin_with_room_for(2);
    RECEIVE(&tasks[0], 'x', 1);
    RECEIVE(&tasks[1], 'y', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    weft_sender_close(&out);
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-cancelled y-end ");
}
END_TEST

/* --- nobody receives any more ----------------------------------------------------------------- */

START_TEST(after_the_last_receiver_nothing_can_be_sent)
{
    talker_task a = {0};
    begin_with_room_for(2);
    weft_receiver_close(&in);
    ck_assert_str_eq(send_now(1), "broken");
    SEND(&a, 'a', 1, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "a-broken ");
}
END_TEST

START_TEST(that_it_is_broken_is_told_to_all_senders_that_wait_in_order)
{
    talker_task tasks[3] = {0};
    begin_with_room_for(0);
    for (int i = 0; i < 3; i++) {
        SEND(&tasks[i], (char)('a' + i), i, 1);
    }
    run_one_pass();
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-broken b-broken c-broken ");
}
END_TEST

START_TEST(what_is_buffered_for_nobody_is_forgotten)
{
    begin_with_room_for(2);
    ck_assert_str_eq(send_now(1), "ok");
    weft_receiver_close(&in);
    ck_assert_uint_eq(weft_channel_statistics(&channel).buffered, 0);
    weft_sender_close(&out);
}
END_TEST

START_TEST(before_the_last_receiver_closes_it_can_take_all_that_is_there)
{
    talker_task a = {0};
    begin_with_room_for(2);
    SEND(&a, 'a', 1, 4);
    run_one_pass();
    for (int i = 1; i <= 3; i++) { /* the third is taken from the sender that waits */
        ck_assert_int_eq(receive_now(), i);
    }
    ck_assert_int_eq(receive_now(), -1);
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 a2 empty a3 a-broken ");
}
END_TEST

START_TEST(it_is_broken_when_the_last_clone_is_closed_in_whatever_order)
{
    weft_receiver clones[2];
    begin_with_room_for(2);
    clones[0] = weft_receiver_clone(&in);
    clones[1] = weft_receiver_clone(&clones[0]);
    weft_receiver_close(_i == 0 ? &in : &clones[1]);
    weft_receiver_close(&clones[0]);
    ck_assert_str_eq(send_now(1), "ok");
    weft_receiver_close(_i == 0 ? &clones[1] : &in);
    ck_assert_str_eq(send_now(2), "broken");
}
END_TEST

START_TEST(receivers_share_the_items_and_each_comes_to_one)
{
    listener_task x = {0}, y = {0};
    weft_receiver clone;
    begin_with_room_for(4);
    clone = weft_receiver_clone(&in);
    RECEIVE(&x, 'x', 1);
    RECEIVE_BY(&y, 'y', &clone, 1);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 y2 ");
}
END_TEST

/* --- this end was closed ---------------------------------------------------------------------- */

START_TEST(a_closed_end_does_nothing_any_more)
{
    talker_task a = {0};
    listener_task x = {0};
    weft_sender clone_out;
    weft_receiver clone_in;
    begin_with_room_for(2);
    clone_out = weft_sender_clone(&out); /* the channel stays open both ways */
    clone_in = weft_receiver_clone(&in);
    ck_assert_str_eq(send_now(1), "ok");
    weft_sender_close(&out);
    weft_receiver_close(&in);
    ck_assert_str_eq(send_now(2), "closed");
    ck_assert_int_eq(receive_now(), -1);
    SEND(&a, 'a', 1, 1);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "closed a-closed x-closed ");
    weft_sender_close(&clone_out);
    weft_receiver_close(&clone_in);
}
END_TEST

START_TEST(a_closed_end_is_told_before_that_the_other_side_has_gone)
{
    begin_with_room_for(2);
    weft_receiver_close(&in);
    weft_sender_close(&out);
    ck_assert_str_eq(send_now(1), "closed");
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_str_eq(trace, "closed ");
}
END_TEST

START_TEST(closing_a_sender_ends_the_waits_on_it_and_no_others)
{
    talker_task a = {0}, b = {0}, c = {0};
    weft_sender clone;
    begin_with_room_for(0);
    clone = weft_sender_clone(&out);
    SEND_BY(&a, 'a', &clone, 1, 1);
    SEND_BY(&b, 'b', &out, 2, 1);
    SEND_BY(&c, 'c', &clone, 3, 1);
    run_one_pass();
    weft_sender_close(&clone);
    ck_assert_int_eq(receive_now(), 2);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "empty a-closed c-closed b2 ");
}
END_TEST

START_TEST(closing_a_receiver_ends_the_waits_on_it_and_no_others)
{
    listener_task x = {0}, y = {0}, z = {0};
    weft_receiver clone;
    begin_with_room_for(1);
    clone = weft_receiver_clone(&in);
    RECEIVE_BY(&x, 'x', &clone, 1);
    RECEIVE_BY(&y, 'y', &in, 1);
    RECEIVE_BY(&z, 'z', &clone, 1);
    run_one_pass();
    weft_receiver_close(&clone);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-closed z-closed y1 ");
}
END_TEST

START_TEST(who_waits_on_the_last_end_that_closes_is_told_that_it_was_closed)
{
    talker_task a = {0};
    begin_with_room_for(0);
    SEND(&a, 'a', 1, 1);
    run_one_pass();
    weft_sender_close(&out);
    ck_assert_int_eq(receive_now(), -1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "end a-closed ");
}
END_TEST

START_TEST(chosen_and_then_closed_it_has_happened)
{
    listener_task x = {0};
    begin_with_room_for(1);
    RECEIVE(&x, 'x', 2);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 x-closed ");
}
END_TEST

START_TEST(cancelled_and_then_closed_it_was_cancelled)
{
    listener_task x = {0};
    begin_with_room_for(1);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&x.task));
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-cancelled ");
}
END_TEST

START_TEST(closed_and_then_cancelled_it_was_closed)
{
    listener_task x = {0};
    begin_with_room_for(1);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    weft_receiver_close(&in);
    ck_assert(weft_task_cancel(&x.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x-closed ");
}
END_TEST

START_TEST(closing_what_is_closed_or_zeroed_does_nothing)
{
    weft_sender no_sender = {0};
    weft_receiver no_receiver = {0};
    begin_with_room_for(2);
    weft_sender_close(&no_sender);
    weft_receiver_close(&no_receiver);
    weft_sender_close(&out);
    weft_sender_close(&out);
    weft_receiver_close(&in);
    weft_receiver_close(&in);
    ck_assert_uint_eq(weft_channel_statistics(&channel).open_senders, 0);
    ck_assert_uint_eq(weft_channel_statistics(&channel).open_receivers, 0);
}
END_TEST

START_TEST(the_clone_of_a_closed_end_is_closed)
{
    weft_sender clone_out;
    weft_receiver clone_in;
    begin_with_room_for(2);
    weft_sender_close(&out);
    weft_receiver_close(&in);
    clone_out = weft_sender_clone(&out);
    clone_in = weft_receiver_clone(&in);
    ck_assert_ptr_null(clone_out.channel);
    ck_assert_ptr_null(clone_in.channel);
}
END_TEST

START_TEST(an_end_on_which_nobody_waits_any_more_can_be_moved)
{
    listener_task x = {0}, y = {0};
    weft_receiver moved;
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 1);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_int_eq(run(), 0);
    moved = in;
    memset(&in, 0, sizeof in);
    RECEIVE_BY(&y, 'y', &moved, 2);
    run_one_pass();
    ck_assert_str_eq(send_now(2), "ok");
    run_one_pass();
    weft_receiver_close(&moved);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 y2 y-closed ");
}
END_TEST

START_TEST(an_end_on_which_several_waited_can_be_moved)
{
    listener_task x = {0}, y = {0}, z = {0};
    weft_receiver moved;
    begin_with_room_for(2);
    RECEIVE(&x, 'x', 1);
    RECEIVE(&y, 'y', 1);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_int_eq(run(), 0);
    moved = in;
    memset(&in, 0, sizeof in);
    RECEIVE_BY(&z, 'z', &moved, 1);
    run_one_pass();
    weft_receiver_close(&moved);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "x1 y2 z-closed ");
}
END_TEST

START_TEST(when_an_end_is_closed_those_that_wait_on_others_keep_their_order)
{
    listener_task a = {0}, b = {0}, c = {0}, d = {0}, e = {0};
    weft_receiver clone, other;
    begin_with_room_for(0);
    clone = weft_receiver_clone(&in);
    other = weft_receiver_clone(&in);
    RECEIVE_BY(&a, 'a', &in, 1);
    RECEIVE_BY(&b, 'b', &clone, 1);
    RECEIVE_BY(&c, 'c', &other, 1);
    RECEIVE_BY(&d, 'd', &clone, 1);
    RECEIVE_BY(&e, 'e', &in, 1);
    run_one_pass();
    weft_receiver_close(&clone);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_str_eq(send_now(3), "ok");
    weft_receiver_close(&other);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-closed d-closed a1 c2 e3 ");
}
END_TEST

START_TEST(a_sender_closed_by_its_copy_too_stops)
{
    weft_sender copy;
    begin_with_room_for(2);
    copy = out;
    weft_sender_close(&out);
    weft_sender_close(&copy);
}
END_TEST

START_TEST(a_receiver_closed_by_its_copy_too_stops)
{
    weft_receiver copy;
    begin_with_room_for(2);
    copy = in;
    weft_receiver_close(&in);
    weft_receiver_close(&copy);
}
END_TEST

START_TEST(a_sender_that_was_closed_by_its_copy_is_not_cloned)
{
    weft_sender copy;
    begin_with_room_for(2);
    copy = out;
    weft_sender_close(&out);
    (void)weft_sender_clone(&copy);
}
END_TEST

START_TEST(a_receiver_that_was_closed_by_its_copy_is_not_cloned)
{
    weft_receiver copy;
    begin_with_room_for(2);
    copy = in;
    weft_receiver_close(&in);
    (void)weft_receiver_clone(&copy);
}
END_TEST

/* --- how it stands ---------------------------------------------------------------------------- */

START_TEST(a_channel_tells_how_it_stands)
{
    talker_task tasks[2] = {0};
    weft_sender clone;
    weft_channel_stats stats;
    begin_with_room_for(3);
    clone = weft_sender_clone(&out);
    SEND(&tasks[0], 'a', 1, 4);
    SEND_BY(&tasks[1], 'b', &clone, 1, 1);
    run_one_pass();
    stats = weft_channel_statistics(&channel);
    ck_assert_uint_eq(stats.buffered, 3);
    ck_assert_uint_eq(stats.capacity, 3);
    ck_assert_uint_eq(stats.open_senders, 2);
    ck_assert_uint_eq(stats.open_receivers, 1);
    ck_assert_uint_eq(stats.waiting_senders, 2);
    ck_assert_uint_eq(stats.waiting_receivers, 0);
    ck_assert(weft_task_cancel(&tasks[0].task)); /* and it does not wait any more */
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_senders, 1);
    weft_sender_close(&clone);
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_senders, 0);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(a_channel_tells_how_many_wait_to_receive)
{
    listener_task tasks[2] = {0};
    begin_with_room_for(3);
    RECEIVE(&tasks[0], 'x', 1);
    RECEIVE(&tasks[1], 'y', 1);
    run_one_pass();
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_receivers, 2);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_uint_eq(weft_channel_statistics(&channel).waiting_receivers, 1);
    ck_assert_str_eq(send_now(2), "ok");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(a_channel_whose_ends_are_closed_can_be_opened_again)
{
    begin_with_room_for(2);
    weft_sender_close(&out);
    weft_receiver_close(&in);
    weft_channel_open(&channel, room, sizeof room[0], 2, &out, &in);
    ck_assert_str_eq(send_now(1), "ok");
    ck_assert_int_eq(receive_now(), 1);
}
END_TEST

SUITE_TOGETHER(channel_ends)
{
    TEST(after_the_last_sender_what_was_sent_is_received_and_then_comes_the_end);
    TEST(the_end_is_told_to_all_that_wait_in_order);
    TEST(who_receives_after_the_end_is_told_at_once);
    TEST_EACH(the_end_comes_when_the_last_clone_is_closed_in_whatever_order, 2);
    TEST(cancelled_before_the_end_was_told_a_receiver_is_cancelled_behind_it_has_the_end);

    TEST(after_the_last_receiver_nothing_can_be_sent);
    TEST(that_it_is_broken_is_told_to_all_senders_that_wait_in_order);
    TEST(what_is_buffered_for_nobody_is_forgotten);
    TEST(before_the_last_receiver_closes_it_can_take_all_that_is_there);
    TEST_EACH(it_is_broken_when_the_last_clone_is_closed_in_whatever_order, 2);
    TEST(receivers_share_the_items_and_each_comes_to_one);

    TEST(a_closed_end_does_nothing_any_more);
    TEST(a_closed_end_is_told_before_that_the_other_side_has_gone);
    TEST(closing_a_sender_ends_the_waits_on_it_and_no_others);
    TEST(closing_a_receiver_ends_the_waits_on_it_and_no_others);
    TEST(who_waits_on_the_last_end_that_closes_is_told_that_it_was_closed);
    TEST(chosen_and_then_closed_it_has_happened);
    TEST(cancelled_and_then_closed_it_was_cancelled);
    TEST(closed_and_then_cancelled_it_was_closed);
    TEST(closing_what_is_closed_or_zeroed_does_nothing);
    TEST(the_clone_of_a_closed_end_is_closed);
    TEST(an_end_on_which_nobody_waits_any_more_can_be_moved);
    TEST(an_end_on_which_several_waited_can_be_moved);
    TEST(when_an_end_is_closed_those_that_wait_on_others_keep_their_order);
    TEST_STOPS(a_sender_closed_by_its_copy_too_stops);
    TEST_STOPS(a_receiver_closed_by_its_copy_too_stops);
    TEST_STOPS(a_sender_that_was_closed_by_its_copy_is_not_cloned);
    TEST_STOPS(a_receiver_that_was_closed_by_its_copy_is_not_cloned);

    TEST(a_channel_tells_how_it_stands);
    TEST(a_channel_tells_how_many_wait_to_receive);
    TEST(a_channel_whose_ends_are_closed_can_be_opened_again);
}
