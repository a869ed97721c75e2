/* test_lifo_queue.c - a queue whose last item comes out first. */
/* SPDX-License-Identifier: MIT */
/* What holds for every kind of queue is in test_queue.c and its neighbours. */
#include "queues.h"

START_TEST(what_was_put_last_comes_out_first)
{
    begin_with(LIFO, 3);
    put(1), put(2), put(3);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY);
}
END_TEST

START_TEST(puts_and_gets_may_take_turns)
{
    begin_with(LIFO, 3);
    put(1), put(2);
    ck_assert_int_eq(get(), 2);
    put(3), put(4);
    ck_assert_int_eq(refused_put(), WEFT_EFULL);
    ck_assert_int_eq(get(), 4);
    ck_assert_int_eq(get(), 3);
    put(5);
    ck_assert_int_eq(get(), 5);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(getters_wait_in_order_but_take_the_last_item)
{
    getter_task tasks[3] = {0};
    begin_with(LIFO, 3);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    put(1), put(2), put(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a3 b2 c1 ");
}
END_TEST

START_TEST(putters_wait_in_order_and_each_is_on_top_when_its_turn_comes)
{
    putter_task tasks[3] = {0};
    begin_with(LIFO, 2);
    put(1), put(2);
    for (int i = 0; i < 3; i++) {
        start_putter(&tasks[i], 3 + i);
    }
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(get(), 4);
    ck_assert_int_eq(get(), 5);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+3 +4 +5 ");
}
END_TEST

START_TEST(given_up_by_a_cancelled_getter_an_item_lies_where_it_lay)
{
    getter_task task = {0};
    begin_with(LIFO, 3);
    start_getter(&task, 'a');
    put(1);
    ck_assert(weft_task_cancel(&task.task));
    put(2);
    run_one_pass();
    put(3);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(a_lifo_queue_without_room_stops)
{
    weft_lifo_queue_init(&queue, NULL, sizeof room[0], 1);
}
END_TEST

SUITE_TOGETHER(lifo_queue)
{
    TEST(what_was_put_last_comes_out_first);
    TEST(puts_and_gets_may_take_turns);
    TEST(getters_wait_in_order_but_take_the_last_item);
    TEST(putters_wait_in_order_and_each_is_on_top_when_its_turn_comes);
    TEST(given_up_by_a_cancelled_getter_an_item_lies_where_it_lay);
    TEST_STOPS(a_lifo_queue_without_room_stops);
}
