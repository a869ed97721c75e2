/* test_generator_pipeline.c - generators that feed each other, and what ends them all, in order. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "generators.h"
#include <weft/queue.h>
#include <weft/sync.h>

/* Three stages: a source, a stage that doubles, a sink. Each holds something while it runs. */

static weft_test test;
static weft_test_resource file = {.name = "file"}, cipher = {.name = "cipher"};
static bool explores; /* or tells its story in the trace */

static void acquire(weft_test_resource *resource)
{
    if (explores) {
        weft_test_acquire(&test, resource);
    } else {
        say("%s ", resource->name);
    }
}

static void release(weft_test_resource *resource)
{
    if (explores) {
        weft_test_release(&test, resource);
    } else {
        say("~%s@%d ", resource->name, seconds());
    }
}

enum place { NOWHERE, IN_SOURCE, IN_MIDDLE, IN_SINK };

struct source {
    WEFT_FRAME;
    enum place fails;
    int to, value;
    bool has_file;
    struct weft_sleep nap;
};

static WEFT_ASYNC(source, self)
{
    acquire(&file);
    self->has_file = true;
    for (self->value = 1; self->value <= self->to; self->value++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        if (self->fails == IN_SOURCE && self->value == 2) {
            WEFT_RETURN(-5);
        }
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    if (self->has_file) {
        release(&file);
    }
}
WEFT_END

struct doubled {
    WEFT_FRAME;
    enum place fails;
    int to, value;
    bool has_cipher;
    struct source source;
    struct weft_sleep nap;
};

static WEFT_ASYNC(doubled, self)
{
    acquire(&cipher);
    self->has_cipher = true;
    WEFT_FOR_EACH(self->source, source, .fails = self->fails, .to = self->to) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        if (self->fails == IN_MIDDLE && self->source.value == 2) {
            WEFT_RETURN(-6);
        }
        WEFT_YIELD(self->value = 2 * self->source.value);
    }
WEFT_FINALLY:
    if (explores && file.held) {
        weft_test_fail(&test, "a stage ends before the one that feeds it", NULL);
    }
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    if (self->has_cipher) {
        release(&cipher);
    }
}
WEFT_END

struct sink {
    WEFT_FRAME;
    enum place fails;
    int to, stop_at;
    struct doubled doubled;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sink, self)
{
    WEFT_FOR_EACH(self->doubled, doubled, .fails = self->fails, .to = self->to) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        if (self->fails == IN_SINK && self->doubled.value == 4) {
            WEFT_RETURN(-7);
        }
        if (!explores) {
            say("%d@%d ", self->doubled.value, seconds());
        }
        if (self->doubled.value == self->stop_at) {
            break;
        }
    }
WEFT_FINALLY:
    if (explores && (file.held || cipher.held)) {
        weft_test_fail(&test, "a loop ends before the generator it was over", NULL);
    }
    if (!explores) {
        say("end:%d@%d", WEFT_OUTCOME(), seconds());
    }
}
WEFT_END

START_TEST(values_are_made_one_at_a_time_when_they_are_asked_for)
{
    WEFT_TASK(sink) task = {0};
    begin();
    START(&task, sink, .to = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "cipher file 2@3 4@6 ~file@7 ~cipher@8 end:0@8");
}
END_TEST

START_TEST(an_error_in_any_stage_closes_all_in_order_from_the_source_on)
{
    static const char *const traces[] = {
        [IN_SOURCE] = "cipher file 2@3 ~file@5 ~cipher@6 end:-5@6",
        [IN_MIDDLE] = "cipher file 2@3 ~file@6 ~cipher@7 end:-6@7",
        [IN_SINK] = "cipher file 2@3 ~file@7 ~cipher@8 end:-7@8",
    };
    WEFT_TASK(sink) task = {0};
    begin();
    START(&task, sink, .fails = (enum place)(IN_SOURCE + _i), .to = 9);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[IN_SOURCE + _i]);
}
END_TEST

START_TEST(a_break_closes_all_in_order_from_the_source_on)
{
    WEFT_TASK(sink) task = {0};
    begin();
    START(&task, sink, .to = 9, .stop_at = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "cipher file 2@3 ~file@4 ~cipher@5 end:0@5");
}
END_TEST

START_TEST(a_cancel_in_any_stage_closes_all_in_order_from_the_source_on)
{
    static const char *const traces[] = {
        [IN_SOURCE] = "cipher file ~file@1 ~cipher@2 end:-4097@2",
        [IN_MIDDLE] = "cipher file ~file@2 ~cipher@3 end:-4097@3",
        [IN_SINK] = "cipher file ~file@3 ~cipher@4 end:-4097@4",
    };
    WEFT_TASK(sink) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, sink, .to = 9);
    START(&canceller_task, canceller, &task.task, WEFT_MS(1000 * _i + 500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[IN_SOURCE + _i]);
}
END_TEST

static void run_pipeline(weft_test *unused, void *context)
{
    const enum place *const fails = (const enum place *)context;
    (void)unused;
    (void)weft_test_run(&test, sink, .fails = *fails, .to = 3, .stop_at = *fails ? 0 : 4);
}

START_TEST(wherever_it_is_cancelled_each_stage_ends_after_those_that_feed_it)
{
    enum place fails = (enum place)_i;
    explores = true;
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_pipeline, &fails), 10);
    explores = false;
}
END_TEST

/* So many stages that the C stack is not deep enough for them: each adds one. */

enum { STAGES = SIZED(100, 20) };

struct stage {
    WEFT_FRAME;
    int left, value;
    struct stage *feeder; /* the next in an array */
    struct weft_sleep nap;
};

static int ended;

static WEFT_ASYNC(stage, self)
{
    if (self->left == 0) {
        for (self->value = 0; self->value < 1000; self->value++) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
            WEFT_YIELD((void)0);
        }
    } else {
        WEFT_FOR_EACH(*self->feeder, stage, self->left - 1, .feeder = self->feeder + 1) {
            WEFT_YIELD(self->value = self->feeder->value + 1);
        }
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(1));
    ended++;
}
WEFT_END

struct end_of_many {
    WEFT_FRAME;
    int sum;
    struct stage stages[STAGES + 1];
};

static WEFT_ASYNC(end_of_many, self)
{
    WEFT_FOR_EACH(self->stages[0], stage, STAGES, .feeder = &self->stages[1]) {
        self->sum += self->stages[0].value;
        if (self->stages[0].value == STAGES + 9) {
            break;
        }
    }
}
WEFT_END

START_TEST(a_hundred_stages_pass_values_on_and_all_are_closed)
{
    static WEFT_TASK(end_of_many) task;
    begin();
    ended = 0;
    START(&task, end_of_many);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.sum, 10 * STAGES + 45);
    ck_assert_int_eq(ended, STAGES + 1);
    ck_assert(virtual_now == WEFT_MS(10 + STAGES + 1));
}
END_TEST

/* Deadlines around and inside a loop. */

enum deadline { AROUND_LOOP, IN_BODY, IN_GENERATOR };

struct polls {
    WEFT_FRAME;
    weft_queue *queue;
    int item;
    bool has_item; /* out: or a second has passed */
    weft_scope patience;
    struct weft_get get;
};

static WEFT_ASYNC(polls, self)
{
    for (;;) {
        WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
            WEFT_AWAIT(self->get, weft_get, self->queue, &self->item);
            if (WEFT_STATUS() == WEFT_ESHUTDOWN) {
                WEFT_RETURN(0);
            }
        }
        WEFT_YIELD(self->has_item = !self->patience.expired);
    }
}
WEFT_END

struct loops {
    WEFT_FRAME;
    enum deadline where;
    weft_queue queue;
    int items[4];
    weft_scope scope;
    struct polls polls;
    struct ticker ticker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(loops, self)
{
    if (self->where == AROUND_LOOP) {
        WEFT_MOVE_ON(self->scope, WEFT_MS(2500)) {
            WEFT_FOR_EACH(self->ticker, ticker, 9) {
                say("%d@%d ", self->ticker.value, seconds());
            }
        }
    } else if (self->where == IN_BODY) {
        WEFT_FOR_EACH(self->ticker, ticker, 2) {
            WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
            }
            say("%d@%d ", self->ticker.value, seconds());
        }
    } else {
        weft_queue_init(&self->queue, self->items, sizeof self->items[0], 4);
        self->items[3] = 7;
        WEFT_CHECK(weft_put_nowait(&self->queue, &self->items[3]));
        WEFT_FOR_EACH(self->polls, polls, &self->queue) {
            say("%d@%d ", self->polls.has_item ? self->polls.item : -1, seconds());
            if (seconds() == 2) {
                weft_queue_shutdown(&self->queue, false);
            }
        }
    }
    say("behind@%d", seconds());
}
WEFT_END

START_TEST(a_deadline_stands_around_a_loop_in_its_body_or_in_the_generator)
{
    static const char *const traces[] = {"1@1 2@2 [-4097@3]behind@3", "1@2 2@4 [0@5]behind@5",
                                         "7@0 -1@1 -1@2 behind@2"};
    WEFT_TASK(loops) task = {0};
    begin();
    START(&task, loops, (enum deadline)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

/* What a generator holds while its value is looked at. */

static weft_semaphore lock;

struct guarded {
    WEFT_FRAME;
    int value;
    weft_hold hold;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(guarded, self)
{
    WEFT_TRY(self->acquire, weft_acquire, &lock, &self->hold);
    for (;; self->value++) {
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

struct guards {
    WEFT_FRAME;
    char name;
    struct guarded guarded;
    struct weft_sleep nap;
};

static WEFT_ASYNC(guards, self)
{
    WEFT_FOR_EACH(self->guarded, guarded) {
        say("%c%d ", self->name, self->guarded.value);
        if (self->guarded.value == 2) {
            break;
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
}
WEFT_END

START_TEST(what_a_generator_holds_it_holds_until_its_loop_is_left)
{
    WEFT_TASK(guards) a = {0}, b = {0};
    begin();
    lock = (weft_semaphore){.permits = 1};
    START((&a), guards, 'a');
    START((&b), guards, 'b');
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 a1 a2 b0 b1 b2 ");
    ck_assert_uint_eq(lock.permits, 1);
}
END_TEST

/* Delegation in tasks. */

struct relay {
    WEFT_FRAME;
    int to, value;
    struct ticker ticker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(relay, self)
{
    weft_init(&self->ticker, ticker, self->to);
    WEFT_YIELD_FROM(self->ticker, self->value = self->ticker.value);
    WEFT_YIELD(self->value = 100);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct relayed {
    WEFT_FRAME;
    int stop_at;
    struct relay relay;
    struct weft_sleep nap;
};

static WEFT_ASYNC(relayed, self)
{
    WEFT_FOR_EACH(self->relay, relay, 2) {
        say("%d@%d ", self->relay.value, seconds());
        if (self->relay.value == self->stop_at) {
            break;
        }
        WEFT_TRY(self->nap, weft_sleep, 0);
    }
    say("behind");
}
WEFT_END

START_TEST(a_task_may_delegate_to_a_generator_that_waits)
{
    WEFT_TASK(relayed) task = {0};
    begin();
    START(&task, relayed);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 2@2 [0@3]100@3 {0@4}behind");
}
END_TEST

START_TEST(closing_a_delegating_generator_waits_for_the_inner_cleanup_and_then_for_its_own)
{
    WEFT_TASK(relayed) task = {0};
    begin();
    START(&task, relayed, .stop_at = 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4099@2]{-4099@3}behind");
}
END_TEST

START_TEST(a_cancel_in_the_inner_generator_unwinds_both)
{
    WEFT_TASK(relayed) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, relayed);
    START(&canceller_task, canceller, &task.task, WEFT_MS(1500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4097@2]{-4097@3}");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

SUITE_TOGETHER(generator_pipeline)
{
    TEST(values_are_made_one_at_a_time_when_they_are_asked_for);
    TEST_EACH(an_error_in_any_stage_closes_all_in_order_from_the_source_on, 3);
    TEST(a_break_closes_all_in_order_from_the_source_on);
    TEST_EACH(a_cancel_in_any_stage_closes_all_in_order_from_the_source_on, 3);
    TEST_EACH(wherever_it_is_cancelled_each_stage_ends_after_those_that_feed_it, IN_SINK + 1);
    TEST(a_hundred_stages_pass_values_on_and_all_are_closed);
    TEST_EACH(a_deadline_stands_around_a_loop_in_its_body_or_in_the_generator, 3);
    TEST(what_a_generator_holds_it_holds_until_its_loop_is_left);
    TEST(a_task_may_delegate_to_a_generator_that_waits);
    TEST(closing_a_delegating_generator_waits_for_the_inner_cleanup_and_then_for_its_own);
    TEST(a_cancel_in_the_inner_generator_unwinds_both);
}
