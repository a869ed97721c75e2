/* test_queue_cancel.c - a put or a get that is cancelled did not happen. */
/* SPDX-License-Identifier: MIT */
#include "queues.h"

/* Getters. */

START_TEST(a_cancelled_getter_takes_nothing)
{
    getter_task task = {0};
    begin_with(_i, 2);
    start_getter(&task, 'a');
    ck_assert(weft_task_cancel(&task.task));
    put(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled ");
    ck_assert_int_eq(task.frame.item, 0);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(a_cancelled_getter_leaves_its_place_to_those_behind)
{
    getter_task tasks[3] = {0};
    begin_with(_i, 2);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert(weft_task_cancel(&tasks[1].task));
    put(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled b!cancelled c1 ");
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_getter_passes_the_item_on)
{
    getter_task tasks[2] = {0};
    begin_with(_i, 2);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled b1 ");
    ck_assert_int_eq(tasks[0].frame.item, 0);
    ck_assert_uint_eq(queue.promised, 0);
    ck_assert_uint_eq(queue.count, 0);
}
END_TEST

START_TEST(chosen_and_cancelled_with_nobody_behind_the_item_stays_where_it_was)
{
    static const int orders[][3] = {{1, 2, 3}, {3, 2, 1}, {1, 2, 3}};
    getter_task task = {0};
    begin_with(_i, 3);
    start_getter(&task, 'a');
    put(1), put(2);
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    put(3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(get(), orders[_i][i]);
    }
}
END_TEST

START_TEST(the_items_of_two_cancelled_getters_are_in_their_order)
{
    static const int orders[][3] = {{1, 2, 3}, {3, 2, 1}, {1, 2, 3}};
    getter_task tasks[2] = {0};
    begin_with(_i, 3);
    start_getter(&tasks[0], 'a');
    start_getter(&tasks[1], 'b');
    put(1), put(2), put(3);
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(get(), orders[_i][i]);
    }
}
END_TEST

START_TEST(those_that_were_chosen_as_well_still_get_the_first_items_in_order)
{
    static const char *const traces[] = {"a!cancelled b1 c2 ", "a!cancelled b3 c2 ",
                                         "a!cancelled b1 c2 "};
    getter_task tasks[3] = {0};
    begin_with(_i, 3);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    put(1), put(2), put(3);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_uint_eq(weft_queue_size(&queue), 1);
}
END_TEST

START_TEST(a_promise_that_is_given_up_goes_to_the_getter_that_waits_longest)
{
    getter_task tasks[3] = {0};
    begin_with(_i, 1);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    put(1);
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[1].task)); /* who has it now */
    run_one_pass();
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a!cancelled b!cancelled c1 ");
}
END_TEST

START_TEST(a_promise_that_is_given_up_lets_no_putter_in)
{
    getter_task task = {0};
    putter_task other = {0};
    begin_with(_i, 1);
    start_getter(&task, 'a');
    put(1);
    START(&other, putter, 2, 1);
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert_str_eq(trace, "a!cancelled ");
    ck_assert(weft_queue_is_full(&queue));
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(get(), 2);
}
END_TEST

START_TEST(ten_thousand_chosen_getters_may_be_cancelled_and_the_items_stay_in_order)
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
    for (int i = 0; i < MOST; i++) {
        ck_assert(weft_task_cancel(&tasks[i].task));
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < MOST; i++) {
        ck_assert_int_eq(tasks[i].frame.item, 0);
        ck_assert_int_eq(get(), _i == LIFO ? MOST - 1 - i : i);
    }
}
END_TEST

/* Putters. */

START_TEST(a_cancelled_putter_has_not_put)
{
    putter_task tasks[2] = {0};
    begin_with(_i, 1);
    put(0);
    start_putter(&tasks[0], 1);
    start_putter(&tasks[1], 2);
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass();
    ck_assert_int_eq(get(), 0);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "!cancelled +2 ");
    ck_assert_uint_eq(queue.unfinished, 2);
}
END_TEST

START_TEST(cancelled_in_the_step_that_makes_room_a_putter_is_passed_over)
{
    putter_task tasks[2] = {0};
    begin_with(_i, 1);
    put(0);
    start_putter(&tasks[0], 1);
    start_putter(&tasks[1], 2);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(get(), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "!cancelled +2 ");
    ck_assert_int_eq(get(), 2);
}
END_TEST

struct put_then_sleep {
    WEFT_FRAME;
    int item;
    struct weft_put put;
    struct weft_sleep nap;
};

static WEFT_ASYNC(put_then_sleep, self)
{
    WEFT_CATCH(self->put, weft_put, &queue, &self->item);
    say("%d ", WEFT_STATUS());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("never ");
}
WEFT_END

START_TEST(cancelled_after_its_turn_a_putter_has_put_and_its_next_wait_is_refused)
{
    WEFT_TASK(put_then_sleep) task = {0};
    begin_with(_i, 1);
    put(0);
    START(&task, put_then_sleep, 1);
    run_one_pass();
    ck_assert_int_eq(get(), 0);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(get(), 1);
    ck_assert_uint_eq(queue.unfinished, 2);
}
END_TEST

struct cancels_itself {
    WEFT_FRAME;
    int item;
    struct weft_get get;
    struct weft_put put;
};

static WEFT_ASYNC(cancels_itself, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->get, weft_get, &queue, &self->item);
    say("got:%s ", WEFT_STATUS() == 0 ? "ok" : status_name(WEFT_STATUS()));
    WEFT_CATCH(self->put, weft_put, &queue, &self->item);
    say("put:%s ", WEFT_STATUS() == 0 ? "ok" : status_name(WEFT_STATUS()));
}
WEFT_END

START_TEST(a_task_that_is_cancelled_already_may_do_what_need_not_wait)
{
    WEFT_TASK(cancels_itself) task = {0};
    begin_with(_i, 1);
    put(1);
    START(&task, cancels_itself);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "got:ok put:ok ");
}
END_TEST

START_TEST(a_task_that_is_cancelled_already_does_not_begin_to_wait)
{
    static const char *const traces[] = {"got:cancelled put:ok ", "got:ok put:cancelled "};
    WEFT_TASK(cancels_itself) task = {0};
    putter_task other = {0};
    begin_with(_i / 2, 1);
    if (_i % 2 == 1) {
        put(1);
        start_putter(&other, 2); /* has the room when the item was got */
    }
    START(&task, cancels_itself);
    run_one_pass();
    ck_assert_str_eq(trace, traces[_i % 2]);
    ck_assert(weft_link_is_empty(&queue.getters) && weft_link_is_empty(&queue.putters));
}
END_TEST

/* Timeouts: a deadline that passes together with success. */

struct patient {
    WEFT_FRAME;
    bool puts;
    int item;
    weft_scope patience;
    struct weft_get get;
    struct weft_put put;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
        if (self->puts) {
            WEFT_TRY(self->put, weft_put, &queue, &self->item);
        } else {
            WEFT_TRY(self->get, weft_get, &queue, &self->item);
        }
    }
    say("%d@%d ", self->item, seconds());
WEFT_FINALLY:
    say("(%s) ", WEFT_OUTCOME() == 0 ? "ok" : status_name(WEFT_OUTCOME()));
}
WEFT_END

static void put_one(weft_timer *timer)
{
    (void)timer;
    put(1);
}

static void get_one(weft_timer *timer)
{
    (void)timer;
    say("<%d ", get());
}

static void arm(weft_timer *timer, weft_time at, void (*fire)(weft_timer *))
{
    const weft_timer fresh = {.fire = fire};
    *timer = fresh;
    weft_timers_arm(&executor.core.timers, timer, at);
}

START_TEST(a_getter_whose_patience_ends_has_taken_nothing)
{
    WEFT_TASK(patient) task = {0};
    begin_with(_i, 2);
    START(&task, patient, .puts = false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "(timeout) ");
    put(1);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(an_item_that_comes_before_the_deadline_is_got)
{
    WEFT_TASK(patient) task = {0};
    weft_timer timer;
    begin_with(_i, 2);
    START(&task, patient, .puts = false);
    arm(&timer, WEFT_MS(999), put_one);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@0 (ok) ");
}
END_TEST

START_TEST(an_item_and_the_deadline_in_one_pass_are_a_timeout_and_the_item_stays)
{
    WEFT_TASK(patient) task = {0};
    weft_timer timer;
    begin_with(_i / 2, 2);
    if (_i % 2 == 0) { /* the item first */
        arm(&timer, WEFT_S(1), put_one);
        START(&task, patient, .puts = false);
    } else {
        START(&task, patient, .puts = false);
        run_one_pass();
        arm(&timer, WEFT_S(1), put_one);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "(timeout) ");
    ck_assert_int_eq(get(), 1);
    ck_assert_uint_eq(queue.unfinished, 1);
}
END_TEST

START_TEST(a_putter_whose_patience_ends_has_not_put)
{
    WEFT_TASK(patient) task = {0};
    begin_with(_i, 1);
    put(0);
    START(&task, patient, .puts = true, .item = 7);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "(timeout) ");
    ck_assert_int_eq(get(), 0);
    ck_assert(weft_queue_is_empty(&queue));
    ck_assert_uint_eq(queue.unfinished, 1);
}
END_TEST

START_TEST(room_and_the_deadline_in_one_pass_are_what_came_first)
{
    static const char *const traces[] = {"<0 7@1 (ok) ", "<0 (timeout) "};
    WEFT_TASK(patient) task = {0};
    weft_timer timer;
    begin_with(_i / 2, 1);
    put(0);
    if (_i % 2 == 0) { /* room first: it has put, and that is final */
        arm(&timer, WEFT_S(1), get_one);
        START(&task, patient, .puts = true, .item = 7);
    } else {
        START(&task, patient, .puts = true, .item = 7);
        run_one_pass();
        arm(&timer, WEFT_S(1), get_one);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i % 2]);
    ck_assert_uint_eq(weft_queue_size(&queue), _i % 2 == 0 ? 1 : 0);
    ck_assert_uint_eq(queue.unfinished, _i % 2 == 0 ? 2 : 1);
}
END_TEST

START_TEST(a_getter_that_gave_up_may_ask_again_and_is_last_then)
{
    getter_task tasks[2] = {0};
    WEFT_TASK(patient) impatient = {0};
    begin_with(_i, 2);
    START(&impatient, patient, .puts = false);
    start_getter(&tasks[0], 'a');
    ck_assert_int_eq(weft_executor_run_until(&executor, &impatient.task), WEFT_ETIMEDOUT);
    start_getter(&tasks[1], 'b');
    put(1);
    run_one_pass();
    put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "(timeout) a1 b2 ");
}
END_TEST

SUITE_TOGETHER(queue_cancel)
{
    TEST_EACH(a_cancelled_getter_takes_nothing, KINDS);
    TEST_EACH(a_cancelled_getter_leaves_its_place_to_those_behind, KINDS);
    TEST_EACH(chosen_and_cancelled_before_it_ran_a_getter_passes_the_item_on, KINDS);
    TEST_EACH(chosen_and_cancelled_with_nobody_behind_the_item_stays_where_it_was, KINDS);
    TEST_EACH(the_items_of_two_cancelled_getters_are_in_their_order, KINDS);
    TEST_EACH(those_that_were_chosen_as_well_still_get_the_first_items_in_order, KINDS);
    TEST_EACH(a_promise_that_is_given_up_goes_to_the_getter_that_waits_longest, KINDS);
    TEST_EACH(a_promise_that_is_given_up_lets_no_putter_in, KINDS);
    TEST_EACH(ten_thousand_chosen_getters_may_be_cancelled_and_the_items_stay_in_order, KINDS);
    TEST_EACH(a_cancelled_putter_has_not_put, KINDS);
    TEST_EACH(cancelled_in_the_step_that_makes_room_a_putter_is_passed_over, KINDS);
    TEST_EACH(cancelled_after_its_turn_a_putter_has_put_and_its_next_wait_is_refused, KINDS);
    TEST_EACH(a_task_that_is_cancelled_already_may_do_what_need_not_wait, KINDS);
    TEST_EACH(a_task_that_is_cancelled_already_does_not_begin_to_wait, KINDS * 2);
    TEST_EACH(a_getter_whose_patience_ends_has_taken_nothing, KINDS);
    TEST_EACH(an_item_that_comes_before_the_deadline_is_got, KINDS);
    TEST_EACH(an_item_and_the_deadline_in_one_pass_are_a_timeout_and_the_item_stays, KINDS * 2);
    TEST_EACH(a_putter_whose_patience_ends_has_not_put, KINDS);
    TEST_EACH(room_and_the_deadline_in_one_pass_are_what_came_first, KINDS * 2);
    TEST_EACH(a_getter_that_gave_up_may_ask_again_and_is_last_then, KINDS);
}
