/* test_queue.c - items that pass from task to task, in order, with a limit. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/queue.h>

static int room[64];
static weft_queue queue;

static void begin_with_room_for(size_t capacity)
{
    begin();
    weft_queue_init(&queue, room, sizeof room[0], capacity);
}

/* Puts `count` numbers from `first` on, and says each that is in. */
struct putter {
    WEFT_FRAME;
    int first, count, i;
    struct weft_put put;
};

static WEFT_ASYNC(putter, self)
{
    for (self->i = 0; self->i < self->count; self->i++, self->first++) {
        WEFT_CATCH(self->put, weft_put, &queue, &self->first);
        if (WEFT_STATUS() < 0) {
            say("!%d ", WEFT_STATUS());
            WEFT_RETURN(WEFT_STATUS());
        }
        say("+%d ", self->first);
    }
}
WEFT_END

/* Gets `count` numbers, and says each. */
struct getter {
    WEFT_FRAME;
    char name;
    int count, item;
    struct weft_get get;
};

static WEFT_ASYNC(getter, self)
{
    while (self->count-- > 0) {
        WEFT_CATCH(self->get, weft_get, &queue, &self->item);
        if (WEFT_STATUS() < 0) {
            say("%c!%d ", self->name, WEFT_STATUS());
            WEFT_RETURN(WEFT_STATUS());
        }
        say("%c%d ", self->name, self->item);
    }
}
WEFT_END

typedef WEFT_TASK(putter) putter_task;
typedef WEFT_TASK(getter) getter_task;

static void put(int item)
{
    ck_assert_int_eq(weft_put_nowait(&queue, &item), 0);
}

static int get(void)
{
    int item = -1;
    ck_assert_int_eq(weft_get_nowait(&queue, &item), 0);
    return item;
}

/* Without waiting. */

START_TEST(items_come_out_in_the_order_in_which_they_went_in)
{
    begin_with_room_for(3);
    for (int round = 0; round < 5; round++) { /* round the ring */
        put(round), put(round + 10);
        ck_assert_int_eq(get(), round);
        ck_assert_int_eq(get(), round + 10);
    }
}
END_TEST

START_TEST(a_queue_tells_how_full_it_is)
{
    int item = 3;
    begin_with_room_for(2);
    ck_assert(weft_queue_is_empty(&queue) && !weft_queue_is_full(&queue));
    put(1);
    ck_assert(!weft_queue_is_empty(&queue) && !weft_queue_is_full(&queue));
    put(2);
    ck_assert(weft_queue_is_full(&queue));
    ck_assert_uint_eq(weft_queue_size(&queue), 2);
    ck_assert_int_eq(weft_put_nowait(&queue, &item), WEFT_EFULL);
}
END_TEST

START_TEST(nothing_to_get_is_told_and_leaves_the_item_alone)
{
    int item = 7;
    begin_with_room_for(2);
    ck_assert_int_eq(weft_get_nowait(&queue, &item), WEFT_EEMPTY);
    ck_assert_int_eq(item, 7);
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

/* Waiting. */

START_TEST(a_getter_waits_for_an_item)
{
    getter_task task = {0};
    begin_with_room_for(2);
    START(&task, getter, 'a', 1);
    run_one_pass();
    put(5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a5 ");
}
END_TEST

START_TEST(a_putter_waits_for_room)
{
    putter_task task = {0};
    begin_with_room_for(2);
    START(&task, putter, 1, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "+1 +2 ");
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+1 +2 +3 ");
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 3);
}
END_TEST

START_TEST(getters_are_served_in_order)
{
    getter_task tasks[3] = {0};
    begin_with_room_for(3);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], getter, (char)('a' + i), 1);
    }
    run_one_pass();
    put(1), put(2), put(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 c3 ");
}
END_TEST

START_TEST(putters_are_served_in_order)
{
    putter_task tasks[3] = {0};
    begin_with_room_for(1);
    put(0);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], putter, i + 1, 1);
    }
    run_one_pass();
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(get(), i);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+1 +2 +3 ");
}
END_TEST

START_TEST(producers_and_consumers_pass_every_item_once_whatever_the_room)
{
    static const size_t rooms[] = {1, 2, 3, 7, 64};
    putter_task putters[3] = {0};
    getter_task getters[2] = {0};
    begin_with_room_for(rooms[_i]);
    START(&getters[0], getter, 'a', 30);
    START(&getters[1], getter, 'b', 30);
    for (int i = 0; i < 3; i++) {
        START(&putters[i], putter, i * 100, 20);
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < 60; i++) {
        char item[16];
        (void)snprintf(item, sizeof item, "%d ", i / 20 * 100 + i % 20);
        ck_assert_msg(strstr(trace, item) != NULL, "%s is lost", item);
    }
    ck_assert(weft_queue_is_empty(&queue));
    ck_assert_uint_eq(queue.handed, 0);
}
END_TEST

START_TEST(every_waiting_getter_gets_an_item_even_if_there_are_more_than_the_queue_has_room)
{
    getter_task getters[2] = {0};
    putter_task task = {0};
    begin_with_room_for(1);
    START(&getters[0], getter, 'a', 1);
    START(&getters[1], getter, 'b', 1);
    START(&task, putter, 1, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_nonnull(strstr(trace, "a1 "));
    ck_assert_ptr_nonnull(strstr(trace, "b2 "));
}
END_TEST

START_TEST(an_item_on_its_way_to_a_getter_keeps_its_room_since_it_may_come_back)
{
    int item = 2;
    getter_task getters[2] = {0};
    begin_with_room_for(1);
    START(&getters[0], getter, 'a', 1);
    START(&getters[1], getter, 'b', 1);
    run_one_pass();
    put(1);
    ck_assert(weft_queue_is_full(&queue));
    ck_assert_int_eq(weft_put_nowait(&queue, &item), WEFT_EFULL);
    run_one_pass();
    put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 ");
}
END_TEST

/* Cancelled. */

START_TEST(a_cancelled_getter_takes_nothing)
{
    getter_task tasks[2] = {0};
    begin_with_room_for(2);
    START(&tasks[0], getter, 'a', 1);
    START(&tasks[1], getter, 'b', 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    put(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!-4097 b1 ");
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_getter_passes_the_item_on)
{
    getter_task tasks[2] = {0};
    begin_with_room_for(2);
    START(&tasks[0], getter, 'a', 1);
    START(&tasks[1], getter, 'b', 1);
    run_one_pass();
    put(1);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!-4097 b1 ");
    ck_assert_uint_eq(queue.handed, 0);
}
END_TEST

START_TEST(chosen_and_cancelled_with_nobody_behind_the_item_goes_back_to_the_front)
{
    getter_task task = {0};
    begin_with_room_for(3);
    START(&task, getter, 'a', 1);
    run_one_pass();
    put(1), put(2);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(get(), 2);
}
END_TEST

START_TEST(the_items_of_two_cancelled_getters_go_back_in_their_order)
{
    getter_task tasks[2] = {0};
    begin_with_room_for(3);
    START(&tasks[0], getter, 'a', 1);
    START(&tasks[1], getter, 'b', 1);
    run_one_pass();
    put(1), put(2), put(3);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 3);
}
END_TEST

START_TEST(an_item_that_goes_back_finds_its_room)
{
    getter_task task = {0};
    putter_task putter_of_two = {0};
    begin_with_room_for(1);
    START(&task, getter, 'a', 1);
    run_one_pass();
    put(1);
    START(&putter_of_two, putter, 2, 1);
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(get(), 2);
}
END_TEST

START_TEST(a_cancelled_putter_has_not_put)
{
    putter_task tasks[2] = {0};
    begin_with_room_for(1);
    put(0);
    START(&tasks[0], putter, 1, 1);
    START(&tasks[1], putter, 2, 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    ck_assert_int_eq(get(), 0);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "!-4097 +2 ");
    ck_assert_uint_eq(queue.unfinished, 2);
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_putter_has_put)
{
    putter_task task = {0};
    begin_with_room_for(1);
    put(0);
    START(&task, putter, 1, 1);
    run_one_pass();
    ck_assert_int_eq(get(), 0);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+1 ");
    ck_assert_int_eq(get(), 1);
}
END_TEST

/* Done with all. */

struct joiner {
    WEFT_FRAME;
    struct weft_queue_join join;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_TRY(self->join, weft_queue_join, &queue);
    say("joined ");
}
WEFT_END

START_TEST(a_join_waits_until_every_item_is_done)
{
    WEFT_TASK(joiner) task = {0};
    begin_with_room_for(2);
    put(1), put(2);
    START(&task, joiner);
    run_one_pass();
    (void)get(), (void)get();
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    weft_queue_task_done(&queue);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(a_join_of_a_queue_without_items_does_not_wait)
{
    WEFT_TASK(joiner) task = {0};
    begin_with_room_for(2);
    START(&task, joiner);
    run_one_pass();
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(done_once_too_often_stops)
{
    begin_with_room_for(2);
    put(1);
    weft_queue_task_done(&queue);
    weft_queue_task_done(&queue);
}
END_TEST

/* Shutdown. */

START_TEST(after_a_shutdown_nothing_is_put_and_what_is_in_can_be_got)
{
    int item = 2;
    begin_with_room_for(2);
    put(1);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(weft_put_nowait(&queue, &item), WEFT_ESHUTDOWN);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(weft_get_nowait(&queue, &item), WEFT_ESHUTDOWN);
}
END_TEST

START_TEST(a_shutdown_wakes_getters_and_putters)
{
    getter_task getters[2] = {0};
    putter_task task = {0};
    begin_with_room_for(1);
    START(&getters[0], getter, 'a', 1);
    run_one_pass();
    weft_queue_shutdown(&queue, false);
    START(&getters[1], getter, 'b', 1);
    START(&task, putter, 1, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!-4103 b!-4103 !-4103 ");
}
END_TEST

START_TEST(a_shutdown_ends_the_wait_of_a_putter)
{
    putter_task task = {0};
    begin_with_room_for(1);
    put(0);
    START(&task, putter, 1, 1);
    run_one_pass();
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "!-4103 ");
    ck_assert_uint_eq(queue.unfinished, 1);
}
END_TEST

START_TEST(an_immediate_shutdown_drops_what_is_in_as_if_it_were_done)
{
    int item = 0;
    WEFT_TASK(joiner) task = {0};
    begin_with_room_for(3);
    put(1), put(2);
    START(&task, joiner);
    run_one_pass();
    weft_queue_shutdown(&queue, true);
    ck_assert_int_eq(weft_get_nowait(&queue, &item), WEFT_ESHUTDOWN);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joined ");
}
END_TEST

START_TEST(an_item_that_comes_back_after_an_immediate_shutdown_is_dropped_too)
{
    int item = 0;
    getter_task task = {0};
    WEFT_TASK(joiner) join = {0};
    begin_with_room_for(3);
    START(&task, getter, 'a', 1);
    run_one_pass();
    put(1);
    START(&join, joiner);
    weft_queue_shutdown(&queue, true);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!-4097 joined ");
    ck_assert_int_eq(weft_get_nowait(&queue, &item), WEFT_ESHUTDOWN);
}
END_TEST

struct consumer {
    WEFT_FRAME;
    int item, sum;
    struct weft_get get;
};

static WEFT_ASYNC(consumer, self)
{
    for (;;) {
        WEFT_CATCH(self->get, weft_get, &queue, &self->item);
        if (WEFT_STATUS() == WEFT_ESHUTDOWN) {
            WEFT_RETURN(0);
        }
        self->sum += self->item;
        weft_queue_task_done(&queue);
    }
}
WEFT_END

START_TEST(consumers_end_by_a_shutdown_after_the_last_item)
{
    WEFT_TASK(consumer) consumers[3] = {0};
    putter_task task = {0};
    begin_with_room_for(2);
    for (int i = 0; i < 3; i++) {
        START(&consumers[i], consumer);
    }
    START(&task, putter, 1, 100);
    ck_assert_int_eq(weft_executor_run_until(&executor, &task.task), 0);
    weft_queue_shutdown(&queue, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(consumers[0].frame.sum + consumers[1].frame.sum + consumers[2].frame.sum,
                     5050);
    ck_assert_uint_eq(queue.unfinished, 0);
}
END_TEST

START_TEST(a_queue_without_room_stops)
{
    weft_queue_init(&queue, room, sizeof room[0], 0);
}
END_TEST

SUITE(queue)
{
    TEST(items_come_out_in_the_order_in_which_they_went_in);
    TEST(a_queue_tells_how_full_it_is);
    TEST(nothing_to_get_is_told_and_leaves_the_item_alone);
    TEST(items_of_any_size_are_copied);
    TEST(a_getter_waits_for_an_item);
    TEST(a_putter_waits_for_room);
    TEST(getters_are_served_in_order);
    TEST(putters_are_served_in_order);
    TEST_EACH(producers_and_consumers_pass_every_item_once_whatever_the_room, 5);
    TEST(every_waiting_getter_gets_an_item_even_if_there_are_more_than_the_queue_has_room);
    TEST(an_item_on_its_way_to_a_getter_keeps_its_room_since_it_may_come_back);
    TEST(a_cancelled_getter_takes_nothing);
    TEST(chosen_and_cancelled_before_it_ran_a_getter_passes_the_item_on);
    TEST(chosen_and_cancelled_with_nobody_behind_the_item_goes_back_to_the_front);
    TEST(the_items_of_two_cancelled_getters_go_back_in_their_order);
    TEST(an_item_that_goes_back_finds_its_room);
    TEST(a_cancelled_putter_has_not_put);
    TEST(chosen_and_cancelled_before_it_ran_a_putter_has_put);
    TEST(a_join_waits_until_every_item_is_done);
    TEST(a_join_of_a_queue_without_items_does_not_wait);
    TEST_STOPS(done_once_too_often_stops);
    TEST(after_a_shutdown_nothing_is_put_and_what_is_in_can_be_got);
    TEST(a_shutdown_wakes_getters_and_putters);
    TEST(a_shutdown_ends_the_wait_of_a_putter);
    TEST(an_immediate_shutdown_drops_what_is_in_as_if_it_were_done);
    TEST(an_item_that_comes_back_after_an_immediate_shutdown_is_dropped_too);
    TEST(consumers_end_by_a_shutdown_after_the_last_item);
    TEST_STOPS(a_queue_without_room_stops);
}
