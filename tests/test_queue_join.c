/* test_queue_join.c - loops over the items of a queue, and when all of them are done. */
/* SPDX-License-Identifier: MIT */
#include "queues.h"

/* Done with all. */

START_TEST(a_join_waits_until_every_item_is_done)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1), put(2);
    start_joiner(&task);
    (void)get(), (void)get();
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "");
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(a_join_of_a_queue_that_was_never_used_does_not_wait)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    start_joiner(&task);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(a_join_where_all_is_done_does_not_wait)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1);
    (void)get();
    weft_queue_task_done(&queue);
    start_joiner(&task);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(an_item_that_was_got_counts_until_it_is_done)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1);
    (void)get();
    start_joiner(&task);
    ck_assert_str_eq(trace, "");
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(all_who_join_go_on_in_the_order_in_which_they_came)
{
    getter_task getting = {0};
    joiner_task tasks[3] = {0};
    begin_with(_i, 2);
    put(1);
    for (int i = 0; i < 3; i++) {
        start_joiner(&tasks[i]);
    }
    START(&getting, getter, 'a', 1);
    run_one_pass();
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 joined joined joined ");
}
END_TEST

START_TEST(a_join_that_was_released_goes_on_even_if_more_is_put_before_it_runs)
{
    joiner_task tasks[2] = {0};
    begin_with(_i, 2);
    put(1);
    start_joiner(&tasks[0]);
    weft_queue_task_done(&queue);
    put(2);
    START(&tasks[1], joiner); /* but who comes now waits */
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "joined ");
    ck_assert(weft_task_is_done(&tasks[0].task));
}
END_TEST

START_TEST(an_item_that_waits_for_room_is_unfinished_once_it_is_in)
{
    putter_task task = {0};
    begin_with(_i, 1);
    put(1);
    start_putter(&task, 2);
    ck_assert_uint_eq(queue.unfinished, 1);
    (void)get();
    ck_assert_uint_eq(queue.unfinished, 2);
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(a_join_can_be_cancelled_and_changes_nothing)
{
    joiner_task tasks[2] = {0};
    begin_with(_i, 2);
    put(1);
    start_joiner(&tasks[0]);
    start_joiner(&tasks[1]);
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "j!cancelled joined ");
}
END_TEST

START_TEST(released_and_cancelled_before_it_ran_a_join_is_cancelled)
{
    joiner_task task = {0};
    begin_with(_i, 2);
    put(1);
    start_joiner(&task);
    weft_queue_task_done(&queue);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "j!cancelled ");
}
END_TEST

START_TEST(an_item_may_be_done_before_it_is_got)
{
    begin_with(_i, 2);
    put(1);
    weft_queue_task_done(&queue);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(done_once_too_often_stops)
{
    begin_with(FIFO, 2);
    put(1);
    weft_queue_task_done(&queue);
    weft_queue_task_done(&queue);
}
END_TEST

/* Loops over a queue. */

struct consumer {
    WEFT_FRAME;
    int stop_at; /* leaves by `break` there */
    int item, count;
    struct weft_queue_each each;
    struct weft_sleep work;
};

static WEFT_ASYNC(consumer, self)
{
    WEFT_FOR_EACH(self->each, weft_queue_each, &queue, &self->item) {
        say("%d ", self->item);
        if (self->item == self->stop_at) {
            break;
        }
        WEFT_TRY(self->work, weft_sleep, WEFT_MS(1));
        weft_queue_task_done(&queue);
        self->count++;
    }
    say("end ");
}
WEFT_END

START_TEST(a_loop_takes_every_item_until_the_shutdown_and_ends_quietly)
{
    WEFT_TASK(consumer) task = {0};
    putter_task producer = {0};
    begin_with(_i, 1);
    START(&task, consumer);
    START(&producer, putter, 1, 3);
    ck_assert_int_eq(weft_executor_run_until(&executor, &producer.task), 0);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
    ck_assert_int_eq(task.frame.count, 3);
    ck_assert_ptr_nonnull(strstr(trace, "3 end "));
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(a_loop_over_a_queue_that_was_shut_down_takes_what_is_in)
{
    WEFT_TASK(consumer) task = {0};
    begin_with(_i, 2);
    put(1);
    weft_queue_shutdown(&queue, false);
    START(&task, consumer);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 end ");
}
END_TEST

START_TEST(an_immediate_shutdown_ends_a_loop_after_its_item)
{
    WEFT_TASK(consumer) task = {0};
    begin_with(_i, 2);
    put(1), put(2);
    START(&task, consumer);
    run_one_pass();
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == LIFO ? "2 end " : "1 end ");
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(a_loop_that_is_left_by_break_takes_no_item_more)
{
    WEFT_TASK(consumer) task = {0};
    begin_with(_i, 2);
    put(1), put(2);
    START(&task, consumer, .stop_at = _i == LIFO ? 2 : 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(weft_queue_size(&queue), 1);
    ck_assert_int_eq(get(), _i == LIFO ? 1 : 2);
}
END_TEST

START_TEST(a_loop_that_is_cancelled_while_it_waits_leaves_its_item_to_the_next)
{
    WEFT_TASK(consumer) tasks[2] = {0};
    begin_with(_i, 2);
    START(&tasks[0], consumer);
    START(&tasks[1], consumer);
    run_one_pass();
    put(1);
    ck_assert(weft_task_cancel(&tasks[0].task));
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 end ");
    ck_assert_int_eq(tasks[0].task.status, WEFT_ECANCELED);
    ck_assert_int_eq(tasks[1].task.status, 0);
}
END_TEST

START_TEST(several_loops_share_the_items_and_all_of_them_end)
{
    WEFT_TASK(consumer) tasks[3] = {0};
    putter_task producer = {0};
    joiner_task joining = {0};
    begin_with(_i, 2);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], consumer);
    }
    START(&producer, putter, 1, 100);
    ck_assert_int_eq(weft_executor_run_until(&executor, &producer.task), 0);
    START(&joining, joiner);
    ck_assert_int_eq(weft_executor_run_until(&executor, &joining.task), 0);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(tasks[0].frame.count + tasks[1].frame.count + tasks[2].frame.count, 100);
}
END_TEST

SUITE_TOGETHER(queue_join)
{
    TEST_EACH(a_join_waits_until_every_item_is_done, KINDS);
    TEST_EACH(a_join_of_a_queue_that_was_never_used_does_not_wait, KINDS);
    TEST_EACH(a_join_where_all_is_done_does_not_wait, KINDS);
    TEST_EACH(an_item_that_was_got_counts_until_it_is_done, KINDS);
    TEST_EACH(all_who_join_go_on_in_the_order_in_which_they_came, KINDS);
    TEST_EACH(a_join_that_was_released_goes_on_even_if_more_is_put_before_it_runs, KINDS);
    TEST_EACH(an_item_that_waits_for_room_is_unfinished_once_it_is_in, KINDS);
    TEST_EACH(a_join_can_be_cancelled_and_changes_nothing, KINDS);
    TEST_EACH(released_and_cancelled_before_it_ran_a_join_is_cancelled, KINDS);
    TEST_EACH(an_item_may_be_done_before_it_is_got, KINDS);
    TEST_STOPS(done_once_too_often_stops);
    TEST_EACH(a_loop_takes_every_item_until_the_shutdown_and_ends_quietly, KINDS);
    TEST_EACH(a_loop_over_a_queue_that_was_shut_down_takes_what_is_in, KINDS);
    TEST_EACH(an_immediate_shutdown_ends_a_loop_after_its_item, KINDS);
    TEST_EACH(a_loop_that_is_left_by_break_takes_no_item_more, KINDS);
    TEST_EACH(a_loop_that_is_cancelled_while_it_waits_leaves_its_item_to_the_next, KINDS);
    TEST_EACH(several_loops_share_the_items_and_all_of_them_end, KINDS);
}
