/* test_queue_explore.c - in every order, cancelled at every place: nothing is lost, nothing twice. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "queues.h"

enum { PRODUCERS = 2, CONSUMERS = 2, EACH = 2, ITEMS = PRODUCERS * EACH };

/* What became of each item. */
static int was_put[ITEMS], was_got[ITEMS];
static size_t done;

struct producer {
    WEFT_FRAME;
    int item, left;
    struct weft_put put;
};

static WEFT_ASYNC(producer, self)
{
    for (; self->left > 0; self->left--, self->item++) {
        WEFT_TRY(self->put, weft_put, &queue, &self->item);
        was_put[self->item]++;
    }
}
WEFT_END

struct consumer {
    WEFT_FRAME;
    int item;
    struct weft_queue_each each;
    struct weft_sleep nap;
};

static WEFT_ASYNC(consumer, self)
{
    WEFT_FOR_EACH(self->each, weft_queue_each, &queue, &self->item) {
        was_got[self->item]++;
        WEFT_CATCH(self->nap, weft_sleep, 0);
        weft_queue_task_done(&queue);
        done++;
    }
}
WEFT_END

/* Producers, consumers, a join and a shutdown. A child that is cancelled alone stops nobody else. */
struct market {
    WEFT_FRAME;
    bool immediate;
    int producers, consumers;
    weft_group outer, inner;
    WEFT_TASK(producer) producer_tasks[PRODUCERS];
    WEFT_TASK(consumer) consumer_tasks[CONSUMERS];
    struct weft_queue_join join;
};

static WEFT_ASYNC(market, self)
{
    WEFT_GROUP(self->outer) {
        for (int i = 0; i < self->consumers; i++) {
            WEFT_CHECK(weft_spawn(&self->outer, &self->consumer_tasks[i], consumer));
        }
        WEFT_GROUP(self->inner) {
            for (int i = 0; i < self->producers; i++) {
                WEFT_CHECK(
                    weft_spawn(&self->inner, &self->producer_tasks[i], producer, i * EACH, EACH));
            }
        }
        if (!self->immediate) {
            WEFT_TRY(self->join, weft_queue_join, &queue);
        }
        weft_queue_shutdown(&queue, self->immediate);
    }
WEFT_FINALLY:
    weft_queue_shutdown(&queue, self->immediate);
}
WEFT_END

struct plan {
    int kind;
    size_t capacity;
    bool immediate;
    int producers, consumers;
};

static void check(weft_test *test, const struct plan *plan)
{
    size_t put_count = 0;
    int item;
    while (weft_get_nowait(&queue, &item) == 0) {
        was_got[item]++;
    }
    for (int i = 0; i < ITEMS; i++) {
        put_count += (size_t)was_put[i];
        if (was_got[i] > was_put[i] || was_put[i] > 1) {
            weft_test_fail(test, "an item came out twice, or from nowhere", NULL);
        }
        if (was_got[i] < was_put[i] && !plan->immediate) {
            weft_test_fail(test, "an item was lost", NULL);
        }
    }
    if (plan->immediate ? queue.unfinished != 0 : queue.unfinished != put_count - done) {
        weft_test_fail(test, "the count of unfinished items is wrong", NULL);
    }
    if (queue.count != 0 || queue.promised != 0 || weft_first_waiter(&queue.getters) != NULL ||
        weft_first_waiter(&queue.putters) != NULL || weft_first_waiter(&queue.joiners) != NULL) {
        weft_test_fail(test, "something is left in the queue", NULL);
    }
}

static void run_market(weft_test *test, void *context)
{
    const struct plan *const plan = (const struct plan *)context;
    make_queue(plan->kind, plan->capacity);
    memset(was_put, 0, sizeof was_put);
    memset(was_got, 0, sizeof was_got);
    done = 0;
    const int status = weft_test_run(test, market, .immediate = plan->immediate,
                                     .producers = plan->producers, .consumers = plan->consumers);
    if (status != 0 && status != WEFT_ECANCELED) {
        weft_test_fail(test, "it failed otherwise than by being cancelled", NULL);
    }
    check(test, plan);
}

static weft_test test;

START_TEST(nothing_is_lost_or_doubled_in_any_order_of_one_producer_and_two_consumers)
{
    struct plan plan = {_i % KINDS, 1, _i / KINDS == 1, 1, 2};
    weft_test_init(&test, NULL);
    const int schedules = weft_test_schedules(&test, SIZED(100000, 30000), run_market, &plan);
    ck_assert_int_gt(schedules, 10);
    ck_assert_int_le(schedules, SIZED(100000, 30000));
}
END_TEST

START_TEST(nothing_is_lost_or_doubled_in_any_order_of_two_producers_and_one_consumer)
{
    struct plan plan = {_i % KINDS, 1, _i / KINDS == 1, 2, 1};
    weft_test_init(&test, NULL);
    const int schedules = weft_test_schedules(&test, SIZED(100000, 30000), run_market, &plan);
    ck_assert_int_gt(schedules, 10);
    ck_assert_int_le(schedules, SIZED(100000, 30000));
}
END_TEST

START_TEST(nothing_is_lost_or_doubled_wherever_any_of_the_tasks_is_cancelled)
{
    struct plan plan = {_i % KINDS, 1, false, PRODUCERS, CONSUMERS};
    for (uint32_t seed = 0; seed < 20; seed++) {
        for (plan.capacity = 1; plan.capacity <= 3; plan.capacity++) {
            weft_test_init(&test, &(weft_test_desc){.seed = seed});
            plan.immediate = _i / KINDS == 1;
            ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_market, &plan), 10);
        }
    }
}
END_TEST

SUITE_TOGETHER(queue_explore)
{
    TEST_EACH(nothing_is_lost_or_doubled_in_any_order_of_one_producer_and_two_consumers, KINDS * 2);
    TEST_EACH(nothing_is_lost_or_doubled_in_any_order_of_two_producers_and_one_consumer, KINDS * 2);
    TEST_EACH(nothing_is_lost_or_doubled_wherever_any_of_the_tasks_is_cancelled, KINDS * 2);
}
