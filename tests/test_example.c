/* test_example.c - a small program and its tests, as docs/testing.md shows them. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <errno.h>
#include <weft/injection.h>
#include <weft/queue.h>
#include <weft/sync.h>

static weft_test test;

/* What stands for the network: it says what happens, counts what is held, and can fail. */
struct wire {
    weft_test_resource socket;
    weft_queue answers;
    int room[1];
};

static void wire_init(struct wire *wire)
{
    wire->socket = (weft_test_resource){.name = "socket"};
    weft_queue_init(&wire->answers, wire->room, sizeof wire->room[0], 1);
}

static int wire_open(struct wire *wire)
{
    WEFT_TEST_POINT(&test, -ECONNREFUSED);
    weft_test_acquire(&test, &wire->socket);
    weft_trace(&test, "open");
    return 0;
}

static int wire_ask(struct wire *wire)
{
    (void)wire;
    WEFT_TEST_POINT(&test, -EPIPE);
    weft_trace(&test, "ask");
    return 0;
}

static void wire_close(struct wire *wire)
{
    weft_test_release(&test, &wire->socket);
    weft_trace(&test, "close");
}

/* The program under test: asks up to three times, and waits ten seconds for each answer. */
struct client {
    WEFT_FRAME;
    struct wire *wire;
    int answer;
    int tries;
    bool is_open;
    weft_scope patience;
    struct weft_get get;
};

static WEFT_ASYNC(client, self)
{
    WEFT_CHECK(wire_open(self->wire));
    self->is_open = true;
    for (self->tries = 1; self->tries <= 3; self->tries++) {
        WEFT_CHECK(wire_ask(self->wire));
        WEFT_MOVE_ON(self->patience, WEFT_S(10)) {
            WEFT_TRY(self->get, weft_get, &self->wire->answers, &self->answer);
        }
        if (!self->patience.expired) {
            WEFT_RETURN(0);
        }
    }
    WEFT_RETURN(-ETIMEDOUT);
WEFT_FINALLY:
    if (self->is_open) {
        wire_close(self->wire);
    }
}
WEFT_END

/* --- a clock that jumps, a trace -------------------------------------------------------------- */

START_TEST(without_an_answer_it_asks_three_times_and_gives_up)
{
    struct wire wire;
    wire_init(&wire);
    weft_test_init(&test, &(weft_test_desc){.trace_times = true});
    ck_assert_int_eq(weft_test_run(&test, client, &wire), -ETIMEDOUT);
    ck_assert_str_eq(test.trace, "open@0s ask@0s ask@10s ask@20s close@30s ");
    ck_assert_ptr_null(test.failure);
}
END_TEST

/* --- wait until all tasks are blocked --------------------------------------------------------- */

struct conversation {
    WEFT_FRAME;
    struct wire *wire;
    weft_group group;
    WEFT_TASK(client) client;
    struct weft_wait_all_tasks_blocked blocked;
    struct weft_sleep nap;
};

static WEFT_ASYNC(conversation, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->client, client, self->wire));
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
        WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
        weft_trace(&test, "answer"); /* it has asked again, and waits */
        (void)weft_put_nowait(&self->wire->answers, &(int){42});
    }
}
WEFT_END

START_TEST(an_answer_to_the_second_question_is_taken)
{
    struct wire wire;
    wire_init(&wire);
    weft_test_init(&test, &(weft_test_desc){.trace_times = true});
    ck_assert_int_eq(weft_test_run(&test, conversation, &wire), 0);
    ck_assert_str_eq(test.trace, "open@0s ask@0s ask@10s answer@10s close@10s ");
}
END_TEST

/* --- a clock that is moved by hand ------------------------------------------------------------ */

START_TEST(it_asks_again_after_ten_seconds_and_not_before)
{
    static WEFT_TASK(client) slot;
    struct wire wire;
    wire_init(&wire);
    weft_test_init(&test, &(weft_test_desc){.manual_clock = true});
    weft_spawn(&test.executor.group, &slot, client, &wire);
    weft_test_advance(&test, WEFT_MS(9999));
    ck_assert_str_eq(test.trace, "open ask ");
    weft_test_advance(&test, WEFT_MS(1));
    ck_assert_str_eq(test.trace, "open ask ask ");
    weft_test_finish(&test);
    ck_assert_str_eq(test.trace, "open ask ask close ");
    ck_assert_ptr_null(test.failure);
}
END_TEST

/* --- places that are reached in order --------------------------------------------------------- */

struct actor {
    WEFT_FRAME;
    weft_sequencer *sequencer;
    size_t place;
    const char *says;
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(actor, self)
{
    WEFT_TRY(self->take, weft_take_turn, self->sequencer, &self->turn, self->place);
    weft_trace(&test, self->says);
    weft_end_turn(&self->turn);
}
WEFT_END

START_TEST(the_second_comes_behind_the_first)
{
    static WEFT_TASK(actor) first, second;
    weft_sequencer sequencer = {0};
    weft_test_init(&test, NULL);
    weft_spawn(&test.executor.group, &second, actor, &sequencer, 1, "second");
    weft_spawn(&test.executor.group, &first, actor, &sequencer, 0, "first");
    ck_assert_int_eq(weft_test_run_until(&test, &second.task), 0);
    ck_assert_str_eq(test.trace, "first second ");
}
END_TEST

/* --- many runs -------------------------------------------------------------------------------- */

static void program(weft_test *of, void *context)
{
    struct wire wire;
    (void)context;
    wire_init(&wire);
    (void)weft_test_run(of, conversation, &wire);
}

START_TEST(in_whatever_order_it_leaves_nothing_behind)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_seeds(&test, 100, program, NULL), 100);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, program, NULL), 0);
}
END_TEST

START_TEST(wherever_it_is_cancelled_it_leaves_nothing_behind)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, program, NULL), 0);
}
END_TEST

START_TEST(whatever_fails_it_leaves_nothing_behind)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_faults(&test, program, NULL), 3);
}
END_TEST

static void cancelled(weft_test *of, void *context)
{
    (void)weft_test_cancellations(of, WEFT_TEST_ANY, program, context);
}

START_TEST(not_even_if_it_is_cancelled_after_a_fault)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_faults(&test, cancelled, NULL), 3);
}
END_TEST

/* --- what is left ----------------------------------------------------------------------------- */

static void check_queue(weft_test *of, void *context)
{
    struct wire *const wire = context;
    if (!weft_queue_is_empty(&wire->answers)) {
        weft_test_fail(of, "an answer is left", NULL);
    }
}

START_TEST(nobody_waits_in_the_queue_and_no_answer_is_left)
{
    struct wire wire;
    weft_test_resource getters = {.name = "getters"};
    wire_init(&wire);
    weft_test_init(&test, &(weft_test_desc){.check = check_queue, .context = &wire});
    weft_test_expect_no_waiters(&test, &getters, &wire.answers.getters);
    ck_assert_int_eq(weft_test_run(&test, conversation, &wire), 0);
    ck_assert_ptr_null(test.failure);
}
END_TEST

/* --- did it wait? ----------------------------------------------------------------------------- */

struct taker {
    WEFT_FRAME;
    weft_queue *queue;
    int item;
    uint32_t steps;
    struct weft_get get;
};

static WEFT_ASYNC(taker, self)
{
    self->steps = test.steps;
    WEFT_TRY(self->get, weft_get, self->queue, &self->item);
    if (test.steps != self->steps) {
        weft_test_fail(&test, "it had to wait", NULL);
    }
}
WEFT_END

START_TEST(an_item_that_is_there_is_taken_without_waiting)
{
    struct wire wire;
    wire_init(&wire);
    weft_test_init(&test, NULL);
    (void)weft_put_nowait(&wire.answers, &(int){42});
    ck_assert_int_eq(weft_test_run(&test, taker, &wire.answers), 0);
    ck_assert_ptr_null(test.failure);
}
END_TEST

SUITE_TOGETHER(example)
{
    TEST(without_an_answer_it_asks_three_times_and_gives_up);
    TEST(an_answer_to_the_second_question_is_taken);
    TEST(it_asks_again_after_ten_seconds_and_not_before);
    TEST(the_second_comes_behind_the_first);
    TEST(in_whatever_order_it_leaves_nothing_behind);
    TEST(wherever_it_is_cancelled_it_leaves_nothing_behind);
    TEST(whatever_fails_it_leaves_nothing_behind);
    TEST(not_even_if_it_is_cancelled_after_a_fault);
    TEST(nobody_waits_in_the_queue_and_no_answer_is_left);
    TEST(an_item_that_is_there_is_taken_without_waiting);
}
