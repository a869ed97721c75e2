/* test_queue_shutdown.c - how a queue ends: gracefully, or at once. */
/* SPDX-License-Identifier: MIT */
#include "queues.h"

/* Shut down. */

START_TEST(nothing_is_put_into_a_queue_that_was_shut_down_even_if_there_is_room)
{
    putter_task task = {0};
    begin_with(_i / 2, 2);
    weft_queue_shutdown(&queue, _i % 2 == 1);
    ck_assert_int_eq(refused_put(), WEFT_ESHUTDOWN);
    START(&task, putter, 1, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "!shutdown ");
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(a_full_queue_that_was_shut_down_tells_that_it_was_shut_down)
{
    putter_task task = {0};
    begin_with(_i, 1);
    put(1);
    weft_queue_shutdown(&queue, false);
    ck_assert(weft_queue_is_full(&queue));
    ck_assert_int_eq(refused_put(), WEFT_ESHUTDOWN);
    START(&task, putter, 2, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "!shutdown ");
}
END_TEST

START_TEST(what_is_in_can_still_be_got_and_then_no_more)
{
    getter_task task = {0};
    begin_with(_i, 2);
    put(1), put(2);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(get() + get(), 3);
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
    START(&task, getter, 'a', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "a!shutdown ");
}
END_TEST

START_TEST(a_getter_may_take_what_is_in_without_waiting)
{
    getter_task task = {0};
    begin_with(_i, 2);
    put(1), put(2);
    weft_queue_shutdown(&queue, false);
    START(&task, getter, 'a', 3);
    run_one_pass();
    ck_assert_str_eq(trace, _i == LIFO ? "a2 a1 a!shutdown " : "a1 a2 a!shutdown ");
}
END_TEST

START_TEST(getters_that_wait_are_told_in_order)
{
    getter_task tasks[3] = {0};
    begin_with(_i / 2, 1);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    weft_queue_shutdown(&queue, _i % 2 == 1);
    ck_assert_str_eq(trace, ""); /* it runs nobody */
    run_one_pass();
    ck_assert_str_eq(trace, "a!shutdown b!shutdown c!shutdown ");
}
END_TEST

START_TEST(putters_that_wait_are_told_in_order_and_have_not_put)
{
    putter_task tasks[2] = {0};
    begin_with(_i / 2, 1);
    put(0);
    start_putter(&tasks[0], 1);
    start_putter(&tasks[1], 2);
    weft_queue_shutdown(&queue, _i % 2 == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "!shutdown !shutdown ");
    ck_assert_uint_eq(queue.unfinished, _i % 2 == 1 ? 0 : 1);
    ck_assert_uint_eq(weft_queue_size(&queue), _i % 2 == 1 ? 0 : 1);
}
END_TEST

START_TEST(a_putter_whose_turn_came_before_the_shutdown_has_put)
{
    putter_task task = {0};
    begin_with(_i, 1);
    put(1);
    start_putter(&task, 2);
    (void)get();
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+2 ");
    ck_assert_int_eq(get(), 2);
}
END_TEST

START_TEST(a_graceful_shutdown_alone_does_not_end_a_join)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1);
    start_joiner(&task);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    (void)get();
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(shut_down_twice_is_shut_down_once)
{
    begin_with(_i, 2);
    put(1);
    weft_queue_shutdown(&queue, false);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
}
END_TEST

/* Shut down while an item is on its way. */

START_TEST(an_item_that_was_promised_before_a_graceful_shutdown_is_got)
{
    getter_task tasks[2] = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b!shutdown ");
}
END_TEST

START_TEST(a_getter_is_told_of_a_shutdown_only_when_nothing_can_come_any_more)
{
    getter_task tasks[3] = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1);
    weft_queue_shutdown(&queue, false);
    ck_assert(weft_task_cancel(&tasks[0].task)); /* so that b may have it */
    START(&tasks[2], getter, 'c', 1);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY); /* as yet */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled b1 c!shutdown ");
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
}
END_TEST

START_TEST(told_and_then_cancelled_a_getter_was_told)
{
    getter_task task = {0};
    begin_with(_i, 2);
    start_getter(&task, 'a');
    weft_queue_shutdown(&queue, false);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!shutdown ");
}
END_TEST

START_TEST(cancelled_and_then_shut_down_a_getter_is_cancelled)
{
    getter_task task = {0};
    begin_with(_i, 2);
    start_getter(&task, 'a');
    ck_assert(weft_task_cancel(&task.task));
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled ");
}
END_TEST

/* At once. */

START_TEST(an_immediate_shutdown_drops_what_is_in)
{
    begin_with(_i, 2);
    put(1), put(2);
    weft_queue_shutdown(&queue, true);
    ck_assert(weft_queue_is_empty(&queue));
    ck_assert_uint_eq(weft_queue_size(&queue), 0);
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
    ck_assert_int_eq(refused_put(), WEFT_ESHUTDOWN);
}
END_TEST

START_TEST(what_is_dropped_counts_as_done)
{
    joiner_task task = {0};
    begin_with(_i, 3);
    put(1), put(2);
    start_joiner(&task);
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(what_was_got_before_an_immediate_shutdown_is_still_to_be_done)
{
    joiner_task task = {0};
    begin_with(_i, 3);
    put(1), put(2);
    (void)get();
    start_joiner(&task);
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_uint_eq(queue.unfinished, 1);
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(what_was_said_to_be_done_already_is_not_counted_twice)
{
    begin_with(_i, 3);
    put(1), put(2);
    weft_queue_task_done(&queue);
    weft_queue_shutdown(&queue, true);
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(an_immediate_shutdown_drops_promised_items_too)
{
    getter_task tasks[2] = {0};
    joiner_task joining = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1);
    start_joiner(&joining);
    ck_assert_str_eq(trace, "a1 ");
    put(2);
    weft_queue_task_done(&queue);
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b!shutdown joined ");
    ck_assert_int_eq(tasks[1].frame.item, 0);
    ck_assert_uint_eq(queue.promised, 0);
}
END_TEST

START_TEST(chosen_dropped_and_cancelled_a_getter_is_cancelled)
{
    getter_task task = {0};
    joiner_task joining = {0};
    begin_with(_i, 3);
    start_getter(&task, 'a');
    put(1);
    START(&joining, joiner);
    weft_queue_shutdown(&queue, true);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled joined ");
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
}
END_TEST

START_TEST(a_graceful_shutdown_may_become_an_immediate_one_but_not_the_reverse)
{
    begin_with(_i, 2);
    put(1);
    weft_queue_shutdown(&queue, false);
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(refused_get(), WEFT_ESHUTDOWN);
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(a_join_of_a_queue_that_was_shut_down_follows_what_is_unfinished)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1);
    weft_queue_shutdown(&queue, false);
    start_joiner(&task);
    ck_assert_str_eq(trace, "");
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(ten_thousand_getters_are_told_of_a_shutdown)
{
    static getter_task tasks[MOST];
    begin_with(_i, 1);
    for (int i = 0; i < MOST; i++) {
        START(&tasks[i], getter, 'a', 1);
    }
    run_one_pass();
    weft_queue_shutdown(&queue, false);
    run_one_pass();
    for (int i = 0; i < MOST; i++) {
        ck_assert_int_eq(tasks[i].task.status, WEFT_ESHUTDOWN);
    }
}
END_TEST

SUITE_TOGETHER(queue_shutdown)
{
    TEST_EACH(nothing_is_put_into_a_queue_that_was_shut_down_even_if_there_is_room, KINDS * 2);
    TEST_EACH(a_full_queue_that_was_shut_down_tells_that_it_was_shut_down, KINDS);
    TEST_EACH(what_is_in_can_still_be_got_and_then_no_more, KINDS);
    TEST_EACH(a_getter_may_take_what_is_in_without_waiting, KINDS);
    TEST_EACH(getters_that_wait_are_told_in_order, KINDS * 2);
    TEST_EACH(putters_that_wait_are_told_in_order_and_have_not_put, KINDS * 2);
    TEST_EACH(a_putter_whose_turn_came_before_the_shutdown_has_put, KINDS);
    TEST_EACH(a_graceful_shutdown_alone_does_not_end_a_join, KINDS);
    TEST_EACH(shut_down_twice_is_shut_down_once, KINDS);
    TEST_EACH(an_item_that_was_promised_before_a_graceful_shutdown_is_got, KINDS);
    TEST_EACH(a_getter_is_told_of_a_shutdown_only_when_nothing_can_come_any_more, KINDS);
    TEST_EACH(told_and_then_cancelled_a_getter_was_told, KINDS);
    TEST_EACH(cancelled_and_then_shut_down_a_getter_is_cancelled, KINDS);
    TEST_EACH(an_immediate_shutdown_drops_what_is_in, KINDS);
    TEST_EACH(what_is_dropped_counts_as_done, KINDS);
    TEST_EACH(what_was_got_before_an_immediate_shutdown_is_still_to_be_done, KINDS);
    TEST_EACH(what_was_said_to_be_done_already_is_not_counted_twice, KINDS);
    TEST_EACH(an_immediate_shutdown_drops_promised_items_too, KINDS);
    TEST_EACH(chosen_dropped_and_cancelled_a_getter_is_cancelled, KINDS);
    TEST_EACH(a_graceful_shutdown_may_become_an_immediate_one_but_not_the_reverse, KINDS);
    TEST_EACH(a_join_of_a_queue_that_was_shut_down_follows_what_is_unfinished, KINDS);
    TEST_EACH(ten_thousand_getters_are_told_of_a_shutdown, KINDS);
}
