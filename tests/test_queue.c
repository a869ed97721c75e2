/* test_queue.c - items that pass from task to task, in order, with a limit. */
/* SPDX-License-Identifier: MIT */
/* What ends a wait early is in test_queue_cancel.c, what ends a queue in test_queue_shutdown.c. */
#include "queues.h"

/* Without waiting. */

START_TEST(items_come_out_in_the_order_in_which_they_went_in)
{
    begin_with(FIFO, 3);
    for (int round = 0; round < 5; round++) { /* round the ring */
        put(round), put(round + 10);
        ck_assert_int_eq(get(), round);
        ck_assert_int_eq(get(), round + 10);
    }
}
END_TEST

START_TEST(a_fresh_queue_is_empty_and_tells_its_maxsize)
{
    begin_with(_i, 3);
    ck_assert_uint_eq(weft_queue_maxsize(&queue), 3);
    ck_assert_uint_eq(weft_queue_size(&queue), 0);
    ck_assert(weft_queue_is_empty(&queue) && !weft_queue_is_full(&queue));
}
END_TEST

START_TEST(a_queue_tells_how_full_it_is)
{
    begin_with(_i, 2);
    put(1);
    ck_assert_uint_eq(weft_queue_size(&queue), 1);
    ck_assert(!weft_queue_is_empty(&queue) && !weft_queue_is_full(&queue));
    put(2);
    ck_assert_uint_eq(weft_queue_size(&queue), 2);
    ck_assert(!weft_queue_is_empty(&queue) && weft_queue_is_full(&queue));
    (void)get();
    ck_assert_uint_eq(weft_queue_size(&queue), 1);
    ck_assert(!weft_queue_is_full(&queue));
}
END_TEST

START_TEST(getting_from_an_empty_queue_is_refused_and_leaves_the_item_alone)
{
    begin_with(_i, 2);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY);
}
END_TEST

START_TEST(putting_into_a_full_queue_is_refused_and_changes_nothing)
{
    begin_with(_i, 1);
    put(1);
    ck_assert_int_eq(refused_put(), WEFT_EFULL);
    ck_assert_uint_eq(queue.unfinished, 1);
    ck_assert_int_eq(get(), 1);
    ck_assert(weft_queue_is_empty(&queue));
}
END_TEST

START_TEST(items_of_any_size_are_copied)
{
    struct wide {
        char text[37];
    } items[2], in = {"hello"}, out = {""};
    begin();
    weft_queue_init(&queue, items, sizeof items[0], 2);
    ck_assert_int_eq(weft_put_nowait(&queue, &in), 0);
    in.text[0] = 'j';
    ck_assert_int_eq(weft_get_nowait(&queue, &out), 0);
    ck_assert_str_eq(out.text, "hello");
}
END_TEST

START_TEST(a_queue_that_was_used_up_can_be_prepared_anew)
{
    begin_with(_i, 2);
    put(1);
    weft_queue_shutdown(&queue, true);
    begin_with(_i, 2);
    put(2);
    ck_assert_int_eq(get(), 2);
}
END_TEST

/* Waiting. */

START_TEST(what_need_not_wait_does_not_suspend)
{
    putter_task producer = {0};
    getter_task consumer = {0};
    begin_with(_i, 1);
    START(&producer, putter, 1, 1);
    START(&consumer, getter, 'a', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "+1 a1 ");
}
END_TEST

START_TEST(a_getter_waits_for_an_item)
{
    getter_task task = {0};
    begin_with(_i, 2);
    start_getter(&task, 'a');
    ck_assert_str_eq(trace, "");
    put(5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a5 ");
}
END_TEST

START_TEST(a_putter_waits_for_room)
{
    putter_task task = {0};
    begin_with(_i, 2);
    START(&task, putter, 1, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "+1 +2 ");
    const int first = get();
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+1 +2 +3 ");
    ck_assert_int_eq(first + get() + get(), 6);
}
END_TEST

START_TEST(getters_are_served_in_the_order_in_which_they_came)
{
    getter_task tasks[3] = {0};
    begin_with(_i, 3);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    for (int i = 0; i < 3; i++) { /* one at a time, so that the order of items is of no account */
        put(i);
        run_one_pass();
    }
    ck_assert_str_eq(trace, "a0 b1 c2 ");
}
END_TEST

START_TEST(putters_are_served_in_the_order_in_which_they_came)
{
    putter_task tasks[3] = {0};
    begin_with(_i, 1);
    put(0);
    for (int i = 0; i < 3; i++) {
        start_putter(&tasks[i], 3 - i);
    }
    ck_assert_int_eq(get(), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(get(), 3 - i);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+3 +2 +1 ");
}
END_TEST

START_TEST(several_getters_that_were_chosen_take_the_items_in_order)
{
    getter_task tasks[3] = {0};
    begin_with(FIFO, 3);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    put(1), put(2), put(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 c3 ");
}
END_TEST

START_TEST(an_item_wakes_one_getter_and_room_wakes_one_putter)
{
    getter_task getters[2] = {0};
    putter_task putters[2] = {0};
    begin_with(_i, 1);
    start_getter(&getters[0], 'a');
    start_getter(&getters[1], 'b');
    put(1);
    run_one_pass();
    ck_assert_str_eq(trace, "a1 ");
    put(2);
    run_one_pass();
    put(3);
    start_putter(&putters[0], 4);
    start_putter(&putters[1], 5);
    ck_assert_int_eq(get(), 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a1 b2 +4 ");
    ck_assert_int_eq(get(), 4);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(producers_and_consumers_pass_every_item_once_whatever_the_room)
{
    static const size_t rooms[] = {1, 2, 3, MOST};
    putter_task putters[3] = {0};
    getter_task getters[2] = {0};
    begin_with(_i / 4, rooms[_i % 4]);
    START(&getters[0], getter, 'a', 30);
    START(&getters[1], getter, 'b', 30);
    for (int i = 0; i < 3; i++) {
        START(&putters[i], putter, (i + 1) * 100, 20);
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < 60; i++) {
        char from_a[16], from_b[16];
        (void)snprintf(from_a, sizeof from_a, "a%d ", (i / 20 + 1) * 100 + i % 20);
        (void)snprintf(from_b, sizeof from_b, "b%d ", (i / 20 + 1) * 100 + i % 20);
        ck_assert_int_eq((strstr(trace, from_a) != NULL) + (strstr(trace, from_b) != NULL), 1);
    }
    ck_assert(weft_queue_is_empty(&queue));
    ck_assert_uint_eq(queue.count, 0);
    ck_assert_uint_eq(queue.unfinished, 60);
}
END_TEST

/* Promised. */

START_TEST(every_waiting_getter_gets_an_item_even_if_there_are_more_than_the_queue_has_room)
{
    getter_task getters[2] = {0};
    putter_task task = {0};
    begin_with(_i, 1);
    START(&getters[0], getter, 'a', 1);
    START(&getters[1], getter, 'b', 1);
    START(&task, putter, 1, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_nonnull(strstr(trace, "a1 "));
    ck_assert_ptr_nonnull(strstr(trace, "b2 "));
}
END_TEST

START_TEST(nobody_takes_the_item_that_is_promised_to_another)
{
    getter_task tasks[2] = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    put(1);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY);
    ck_assert(weft_queue_is_empty(&queue));
    ck_assert_uint_eq(weft_queue_size(&queue), 0);
    START(&tasks[1], getter, 'b', 1);
    run_one_pass();
    ck_assert_str_eq(trace, "a1 ");
    put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 ");
}
END_TEST

START_TEST(a_newcomer_does_not_overtake_a_getter_that_was_chosen)
{
    getter_task tasks[3] = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1);
    ck_assert(weft_task_cancel(&tasks[0].task));
    START(&tasks[2], getter, 'c', 1);
    run_one_pass(); /* b is chosen, and c asks before b has run */
    ck_assert_str_eq(trace, "a!cancelled ");
    run_one_pass();
    ck_assert_str_eq(trace, "a!cancelled b1 ");
    put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled b1 c2 ");
}
END_TEST

START_TEST(a_promised_item_keeps_its_room_until_it_is_taken)
{
    getter_task getters[2] = {0};
    begin_with(_i, 1);
    start_getter(&getters[0], 'a');
    start_getter(&getters[1], 'b');
    put(1);
    ck_assert(weft_queue_is_full(&queue));
    ck_assert_int_eq(refused_put(), WEFT_EFULL);
    run_one_pass();
    put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 ");
}
END_TEST

START_TEST(which_item_a_getter_takes_is_decided_when_it_runs)
{
    static const int others[] = {1, 3, 1}; /* the first of two, in the order of each kind */
    static const char *const traces[] = {"a3 ", "a1 ", "a3 "};
    getter_task task = {0};
    begin_with(_i, 2);
    start_getter(&task, 'a');
    put(1), put(3);
    ck_assert_int_eq(get(), others[_i]);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(room_belongs_to_the_putter_that_waits_and_to_no_newcomer)
{
    putter_task task = {0};
    begin_with(_i, 1);
    put(1);
    start_putter(&task, 2);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(refused_put(), WEFT_EFULL);
    ck_assert_int_eq(get(), 2); /* it is in, before the putter has run */
    put(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+2 ");
}
END_TEST

START_TEST(a_getter_that_takes_its_item_lets_a_putter_in_whose_item_goes_to_the_next_getter)
{
    getter_task getters[2] = {0};
    putter_task task = {0};
    begin_with(_i, 1);
    start_getter(&getters[0], 'a');
    start_getter(&getters[1], 'b');
    put(1);
    START(&task, putter, 2, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 +2 b2 ");
    ck_assert_uint_eq(queue.count, 0);
}
END_TEST

/* Many. */

START_TEST(ten_thousand_getters_take_their_items_in_one_pass_in_order)
{
    static getter_task tasks[MOST];
    begin_with(_i, MOST);
    for (int i = 0; i < MOST; i++) {
        START(&tasks[i], getter, 'a', 1);
    }
    run_one_pass();
    for (int i = 0; i < MOST; i++) {
        put(i);
    }
    run_one_pass();
    for (int i = 0; i < MOST; i++) {
        ck_assert(weft_task_is_done(&tasks[i].task));
        ck_assert_int_eq(tasks[i].frame.item, _i == LIFO ? MOST - 1 - i : i);
    }
    ck_assert_uint_eq(queue.count, 0);
}
END_TEST

START_TEST(ten_thousand_putters_are_let_in_one_by_one_in_order)
{
    static putter_task tasks[MOST];
    begin_with(_i, 1);
    put(-1);
    for (int i = 0; i < MOST; i++) {
        START(&tasks[i], putter, i, 1);
    }
    run_one_pass();
    for (int i = -1; i < MOST; i++) {
        ck_assert_int_eq(get(), i);
    }
    run_one_pass();
    for (int i = 0; i < MOST; i++) {
        ck_assert_int_eq(tasks[i].task.status, 0);
    }
}
END_TEST

/* Fairness. */

struct busy {
    WEFT_FRAME;
    bool *stop;
    int rounds, item;
    struct weft_put put;
    struct weft_get get;
};

static WEFT_ASYNC(busy, self)
{
    while (!*self->stop && self->rounds < 1000) {
        WEFT_TRY(self->put, weft_put, &queue, &self->rounds);
        WEFT_TRY(self->get, weft_get, &queue, &self->item);
        self->rounds++;
    }
}
WEFT_END

struct stopper {
    WEFT_FRAME;
    bool *stop;
};

static WEFT_ASYNC(stopper, self)
{
    *self->stop = true;
}
WEFT_END

START_TEST(a_task_whose_puts_and_gets_never_wait_lets_the_others_run)
{
    bool stop = false;
    WEFT_TASK(busy) busy_task = {0};
    WEFT_TASK(stopper) stopper_task = {0};
    begin_with(_i, 1);
    START(&busy_task, busy, &stop);
    START(&stopper_task, stopper, &stop);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_lt(busy_task.frame.rounds, WEFT_BUDGET);
}
END_TEST

/* Misuse. */

START_TEST(a_queue_without_room_stops)
{
    weft_queue_init(&queue, room, sizeof room[0], 0);
}
END_TEST

START_TEST(getting_from_a_queue_that_was_never_prepared_stops)
{
    getter_task task = {0};
    begin();
    START(&task, getter, 'a', 1);
    (void)run();
}
END_TEST

START_TEST(putting_into_a_queue_that_was_never_prepared_stops)
{
    putter_task task = {0};
    begin();
    START(&task, putter, 1, 1);
    (void)run();
}
END_TEST

SUITE_TOGETHER(queue)
{
    TEST(items_come_out_in_the_order_in_which_they_went_in);
    TEST_EACH(a_fresh_queue_is_empty_and_tells_its_maxsize, KINDS);
    TEST_EACH(a_queue_tells_how_full_it_is, KINDS);
    TEST_EACH(getting_from_an_empty_queue_is_refused_and_leaves_the_item_alone, KINDS);
    TEST_EACH(putting_into_a_full_queue_is_refused_and_changes_nothing, KINDS);
    TEST(items_of_any_size_are_copied);
    TEST_EACH(a_queue_that_was_used_up_can_be_prepared_anew, KINDS);
    TEST_EACH(what_need_not_wait_does_not_suspend, KINDS);
    TEST_EACH(a_getter_waits_for_an_item, KINDS);
    TEST_EACH(a_putter_waits_for_room, KINDS);
    TEST_EACH(getters_are_served_in_the_order_in_which_they_came, KINDS);
    TEST_EACH(putters_are_served_in_the_order_in_which_they_came, KINDS);
    TEST(several_getters_that_were_chosen_take_the_items_in_order);
    TEST_EACH(an_item_wakes_one_getter_and_room_wakes_one_putter, KINDS);
    TEST_EACH(producers_and_consumers_pass_every_item_once_whatever_the_room, KINDS * 4);
    TEST_EACH(every_waiting_getter_gets_an_item_even_if_there_are_more_than_the_queue_has_room,
              KINDS);
    TEST_EACH(nobody_takes_the_item_that_is_promised_to_another, KINDS);
    TEST_EACH(a_newcomer_does_not_overtake_a_getter_that_was_chosen, KINDS);
    TEST_EACH(a_promised_item_keeps_its_room_until_it_is_taken, KINDS);
    TEST_EACH(which_item_a_getter_takes_is_decided_when_it_runs, KINDS);
    TEST_EACH(room_belongs_to_the_putter_that_waits_and_to_no_newcomer, KINDS);
    TEST_EACH(a_getter_that_takes_its_item_lets_a_putter_in_whose_item_goes_to_the_next_getter,
              KINDS);
    TEST_EACH(ten_thousand_getters_take_their_items_in_one_pass_in_order, KINDS);
    TEST_EACH(ten_thousand_putters_are_let_in_one_by_one_in_order, KINDS);
    TEST_EACH(a_task_whose_puts_and_gets_never_wait_lets_the_others_run, KINDS);
    TEST_STOPS(a_queue_without_room_stops);
    TEST_STOPS(getting_from_a_queue_that_was_never_prepared_stops);
    TEST_STOPS(putting_into_a_queue_that_was_never_prepared_stops);
}
