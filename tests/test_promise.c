/* test_promise.c - the end of a future that an interrupt or another thread holds. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#if defined __unix__
#include <pthread.h>
#include <sched.h>
#endif
#include <weft/promise.h>

typedef WEFT_FUTURE(int) number_future;
typedef WEFT_PROMISE(int) number_promise;

static number_future number;
static number_promise promise;

static void begin_promised(void)
{
    begin();
    weft_future_init(&number.future, &executor.core);
    weft_promise_init_value(&promise, &number);
}

/* What is posted arrives. */
static void look(void)
{
    (void)weft__pass(&executor);
}

struct awaiter {
    WEFT_FRAME;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(awaiter, self)
{
    WEFT_CATCH(self->wait, weft_future_wait, &number.future);
    say("%d ", WEFT_STATUS() == 0 ? number.value : WEFT_STATUS());
}
WEFT_END

typedef WEFT_TASK(awaiter) awaiter_task;

/* Kept. */

START_TEST(what_is_set_arrives_when_the_loop_looks_not_before)
{
    awaiter_task task = {0};
    begin_promised();
    START(&task, awaiter);
    look();
    weft_promise_set_result(&promise, 42);
    ck_assert(!weft_future_is_done(&number.future));
    ck_assert_int_eq(number.value, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "42 ");
    ck_assert(!weft_promise_is_out(&promise.promise));
}
END_TEST

START_TEST(an_error_arrives_too)
{
    awaiter_task task = {0};
    begin_promised();
    START(&task, awaiter);
    look();
    weft_promise_set_error(&promise.promise, -5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-5 ");
}
END_TEST

START_TEST(a_promise_without_a_value_makes_it_done)
{
    weft_future future = {0};
    weft_promise plain = {0};
    begin();
    weft_future_init(&future, &executor.core);
    weft_promise_init(&plain, &future);
    weft_promise_set_done(&plain);
    look();
    ck_assert_int_eq(weft_future_status(&future), 0);
}
END_TEST

START_TEST(only_what_is_set_first_counts)
{
    begin_promised();
    weft_promise_set_result(&promise, 42);
    weft_promise_set_result(&promise, 43);
    weft_promise_set_error(&promise.promise, -5);
    look();
    weft_promise_set_result(&promise, 44);
    look();
    ck_assert_int_eq(weft_future_status(&number.future), 0);
    ck_assert_int_eq(number.value, 42);
}
END_TEST

static int notified;

static void count_wake(void *context)
{
    (void)context;
    notified++;
}

START_TEST(setting_wakes_the_loop)
{
    const weft_port port = {virtual_port_now, virtual_port_sleep_until, count_wake};
    begin_promised();
    executor.core.port = &port;
    weft_promise_set_result(&promise, 42);
    ck_assert_int_eq(notified, 1);
    ck_assert(weft_executor_is_woken(&executor));
}
END_TEST

START_TEST(come_back_it_can_be_given_again)
{
    begin_promised();
    for (int i = 0; i < 3; i++) {
        weft_promise_set_result(&promise, i);
        look();
        ck_assert_int_eq(number.value, i);
        weft_future_release(&number.future);
        weft_promise_init_value(&promise, &number);
    }
    weft_promise_release(&promise.promise);
}
END_TEST

/* Not kept, or too late. */

START_TEST(a_result_for_one_that_was_cancelled_is_dropped)
{
    begin_promised();
    ck_assert(weft_future_cancel(&number.future));
    weft_promise_set_result(&promise, 42);
    look();
    ck_assert(weft_future_is_cancelled(&number.future));
    ck_assert_int_eq(number.value, 0);
    ck_assert(!weft_promise_is_out(&promise.promise));
}
END_TEST

START_TEST(a_result_for_one_that_was_set_by_the_loop_is_dropped_whoever_was_first)
{
    begin_promised();
    if (_i == 0) {
        weft_promise_set_result(&promise, 42);
    }
    weft_future_set_result(&number, 7);
    if (_i == 1) {
        weft_promise_set_result(&promise, 42);
    }
    look();
    ck_assert_int_eq(number.value, 7);
}
END_TEST

START_TEST(a_result_for_one_that_was_released_is_dropped)
{
    begin_promised();
    if (_i == 0) {
        weft_promise_set_result(&promise, 42);
    }
    weft_future_release(&number.future);
    memset(&number, 0xaa, sizeof number);
    if (_i == 1) {
        weft_promise_set_result(&promise, 42);
    }
    ck_assert(weft_promise_is_out(&promise.promise));
    look();
    ck_assert(!weft_promise_is_out(&promise.promise));
    ck_assert_int_ne(number.value, 42);
}
END_TEST

START_TEST(a_promise_that_nobody_holds_is_taken_back)
{
    number_promise none = {0};
    begin_promised();
    weft_promise_release(&promise.promise);
    weft_promise_release(&promise.promise);
    weft_promise_release(&none.promise);
    ck_assert(!weft_promise_is_out(&promise.promise));
    ck_assert(!weft_future_is_done(&number.future));
    weft_promise_init_value(&none, &number);
    weft_promise_set_result(&none, 1);
    look();
    ck_assert_int_eq(number.value, 1);
}
END_TEST

START_TEST(as_long_as_one_is_out_a_wait_is_no_deadlock)
{
    begin_promised();
    ck_assert_uint_eq(executor.core.outside, 1);
    weft_promise_set_result(&promise, 42);
    look();
    ck_assert_uint_eq(executor.core.outside, 0);
    weft_future_release(&number.future);
    weft_promise_init_value(&promise, &number);
    weft_future_release(&number.future);
    ck_assert_uint_eq(executor.core.outside, 1);
    weft_promise_release(&promise.promise);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

/* Waited for. */

struct owner {
    WEFT_FRAME;
    number_future answer;
    number_promise promise;
    struct weft_future_wait wait;
    struct weft_promise_wait back;
};

static WEFT_ASYNC(owner, self)
{
    weft_future_init(&self->answer.future, weft_task_core(WEFT_SELF()));
    weft_promise_init_value(&self->promise, &self->answer);
    WEFT_TRY(self->wait, weft_future_wait, &self->answer.future);
    say("%d ", self->answer.value);
WEFT_FINALLY:
    say("ends ");
    WEFT_AWAIT(self->back, weft_promise_wait, &self->promise.promise);
    weft_future_release(&self->answer.future);
    say("ended ");
}
WEFT_END

START_TEST(a_frame_can_wait_until_its_promise_has_come_back_and_nothing_cancels_that)
{
    WEFT_TASK(owner) task = {0};
    begin();
    START(&task, owner);
    look();
    ck_assert(weft_task_cancel(&task.task));
    look();
    ck_assert(weft_task_cancel(&task.task));
    look();
    ck_assert_str_eq(trace, "ends ");
    weft_promise_set_result(&task.frame.promise, 42);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends ended ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(one_that_has_come_back_or_was_never_given_is_not_waited_for)
{
    WEFT_TASK(owner) task = {0}, unborn = {0};
    begin();
    START(&task, owner);
    START(&unborn, owner);
    ck_assert(weft_task_cancel(&unborn.task)); /* before it begins: only its FINALLY runs */
    look();
    weft_promise_set_result(&task.frame.promise, 42);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends ended 42 ends ended ");
}
END_TEST

/* Misused. */

START_TEST(a_second_promise_of_a_future_stops)
{
    number_promise other = {0};
    begin_promised();
    weft_promise_init_value(&other, &number);
}
END_TEST

START_TEST(giving_a_promise_that_is_out_stops)
{
    number_future other = {0};
    begin_promised();
    weft_future_init(&other.future, &executor.core);
    weft_promise_init_value(&promise, &other);
}
END_TEST

START_TEST(a_promise_of_a_future_that_is_done_stops)
{
    begin();
    weft_future_init(&number.future, &executor.core);
    weft_future_set_result(&number, 1);
    weft_promise_init_value(&promise, &number);
}
END_TEST

START_TEST(a_promise_of_a_future_of_no_loop_stops)
{
    begin();
    weft_promise_init_value(&promise, &number);
}
END_TEST

START_TEST(taking_back_one_that_was_set_and_has_not_come_back_stops)
{
    begin_promised();
    weft_promise_set_result(&promise, 42);
    weft_promise_release(&promise.promise);
}
END_TEST

#if defined __unix__

/* From other threads. */

enum { MANY = 1000, THREADS = 4 };

static struct exchange {
    number_future answer;
    number_promise promise;
} exchanges[THREADS][MANY];

static void *set_all(void *mine)
{
    struct exchange *const exchange = mine;
    for (int i = 0; i < MANY; i++) {
        weft_promise_set_result(&exchange[i].promise, i);
    }
    return NULL;
}

START_TEST(four_threads_set_a_thousand_each_and_none_is_lost)
{
    pthread_t threads[THREADS];
    begin();
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < MANY; i++) {
            weft_future_init(&exchanges[t][i].answer.future, &executor.core);
            weft_promise_init_value(&exchanges[t][i].promise, &exchanges[t][i].answer);
        }
        ck_assert_int_eq(pthread_create(&threads[t], NULL, set_all, exchanges[t]), 0);
    }
    while (executor.core.outside > 0) {
        look();
        sched_yield();
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        for (int i = 0; i < MANY; i++) {
            ck_assert_int_eq(exchanges[t][i].answer.value, i);
        }
    }
}
END_TEST

#endif

SUITE(promise)
{
    TEST(what_is_set_arrives_when_the_loop_looks_not_before);
    TEST(an_error_arrives_too);
    TEST(a_promise_without_a_value_makes_it_done);
    TEST(only_what_is_set_first_counts);
    TEST(setting_wakes_the_loop);
    TEST(come_back_it_can_be_given_again);
    TEST_EACH(a_result_for_one_that_was_set_by_the_loop_is_dropped_whoever_was_first, 2);
    TEST(a_result_for_one_that_was_cancelled_is_dropped);
    TEST_EACH(a_result_for_one_that_was_released_is_dropped, 2);
    TEST(a_promise_that_nobody_holds_is_taken_back);
    TEST(as_long_as_one_is_out_a_wait_is_no_deadlock);
    TEST(a_frame_can_wait_until_its_promise_has_come_back_and_nothing_cancels_that);
    TEST(one_that_has_come_back_or_was_never_given_is_not_waited_for);
    TEST_STOPS(a_second_promise_of_a_future_stops);
    TEST_STOPS(giving_a_promise_that_is_out_stops);
    TEST_STOPS(a_promise_of_a_future_that_is_done_stops);
    TEST_STOPS(a_promise_of_a_future_of_no_loop_stops);
    TEST_STOPS(taking_back_one_that_was_set_and_has_not_come_back_stops);
    TEST_OF_THREADS(four_threads_set_a_thousand_each_and_none_is_lost);
}
