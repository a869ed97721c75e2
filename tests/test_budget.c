/* test_budget.c - whatever a task does that never has to wait, the others have their turn. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/channel.h>
#include <weft/future.h>
#include <weft/gather.h>
#include <weft/limiter.h>
#include <weft/lock.h>
#include <weft/queue.h>
#include <weft/race.h>
#include <weft/remote_signal.h>
#include <weft/select.h>
#include <weft/semaphore.h>
#include <weft/sequencer.h>
#include <weft/sync.h>
#include <weft/wait.h>

enum { AGAIN = 3 * WEFT_BUDGET };

static weft_hold hold;
static int items[2], item;

/* A coroutine that awaits the same again and again, with something to do before and behind it; and
 * the test that it comes so far as its budget goes, and in the end to its end. */
#define NEVER_WAITS(name, call_type, before, behind, ...)                                          \
    struct name {                                                                                  \
        WEFT_FRAME;                                                                                \
        int i;                                                                                     \
        struct call_type call;                                                                     \
        weft_watch watches[1];                                                                     \
        weft_case ready;                                                                           \
    };                                                                                             \
                                                                                                   \
    static WEFT_ASYNC(name, self)                                                                  \
    {                                                                                              \
        for (; self->i < AGAIN; self->i++) {                                                       \
            before;                                                                                \
            WEFT_TRY(self->call, call_type, __VA_ARGS__);                                          \
            behind;                                                                                \
        }                                                                                          \
    }                                                                                              \
    WEFT_END                                                                                       \
                                                                                                   \
    START_TEST(who_##name##_lets_the_others_run)                                                   \
    {                                                                                              \
        WEFT_TASK(name) task = {0};                                                                \
        begin();                                                                                   \
        begin_##name();                                                                            \
        START(&task, name);                                                                        \
        run_one_pass();                                                                            \
        ck_assert(!weft_task_is_done(&task.task));                                                 \
        ck_assert_int_ge(task.frame.i, WEFT_BUDGET / 4);                                           \
        ck_assert_int_le(task.frame.i, WEFT_BUDGET);                                               \
        ck_assert_int_eq(run(), 0);                                                                \
        ck_assert_int_eq(task.frame.i, AGAIN);                                                     \
        ck_assert_int_eq(task.task.status, 0);                                                     \
    }                                                                                              \
    END_TEST

/* --- synchronisation -------------------------------------------------------------------------- */

static weft_event event;

static void begin_awaits_a_set_event(void)
{
    event = (weft_event){.is_set = true};
}

NEVER_WAITS(awaits_a_set_event, weft_event_wait, (void)0, (void)0, &event)

static weft_semaphore semaphore;

static void begin_takes_free_permits(void)
{
    semaphore = (weft_semaphore){.permits = 1};
}

NEVER_WAITS(takes_free_permits, weft_acquire, (void)0, weft_release(&hold), &semaphore, &hold)

static weft_lock lock;

static void begin_takes_a_free_lock(void)
{
    lock = (weft_lock){.owner = NULL};
}

NEVER_WAITS(takes_a_free_lock, weft_lock_acquire, (void)0, weft_release(&hold), &lock, &hold)

static weft_limiter limiter;

static void begin_borrows_free_tokens(void)
{
    limiter = (weft_limiter){.total = 1};
}

NEVER_WAITS(borrows_free_tokens, weft_limiter_acquire, (void)0, weft_release(&hold), &limiter,
            &hold)

static weft_barrier barrier;

static void begin_passes_a_barrier_of_one(void)
{
    barrier = (weft_barrier){.parties = 1};
}

NEVER_WAITS(passes_a_barrier_of_one, weft_barrier_wait, (void)0, (void)0, &barrier)

static weft_sequencer sequencer;
static weft_turn turn;

static void begin_takes_turn_after_turn(void)
{
    sequencer = (weft_sequencer){.next = 0};
}

NEVER_WAITS(takes_turn_after_turn, weft_take_turn, (void)0, weft_end_turn(&turn), &sequencer, &turn,
            (size_t)self->i)

static weft_future future;

static void begin_awaits_a_done_future(void)
{
    weft_future_init(&future, &executor.core);
    weft_future_set_done(&future);
}

NEVER_WAITS(awaits_a_done_future, weft_future_wait, (void)0, (void)0, &future)

static weft_signal bell;

static void begin_hears_a_bell_that_rings(void)
{
    weft_signal_init(&bell, &executor.core);
}

static void ring(void)
{
    weft_signal_set(&bell);
    weft_remote_run(&executor.core.remote);
}

NEVER_WAITS(hears_a_bell_that_rings, weft_signal_wait, ring(), (void)0, &bell)

/* --- queues and channels ---------------------------------------------------------------------- */

static weft_queue queue;

static void begin_puts_where_there_is_room(void)
{
    weft_queue_init(&queue, items, sizeof items[0], 2);
}

static void begin_gets_what_is_there(void)
{
    begin_puts_where_there_is_room();
}

static void begin_joins_an_idle_queue(void)
{
    begin_puts_where_there_is_room();
}

NEVER_WAITS(puts_where_there_is_room, weft_put, (void)0, (void)weft_get_nowait(&queue, &item),
            &queue, &item)
NEVER_WAITS(gets_what_is_there, weft_get, (void)weft_put_nowait(&queue, &item), (void)0, &queue,
            &item)
NEVER_WAITS(joins_an_idle_queue, weft_queue_join, (void)0, (void)0, &queue)

static weft_channel channel;
static weft_sender sender;
static weft_receiver receiver;

static void begin_sends_where_there_is_room(void)
{
    weft_channel_open(&channel, items, sizeof items[0], 2, &sender, &receiver);
}

static void begin_receives_what_is_there(void)
{
    begin_sends_where_there_is_room();
}

NEVER_WAITS(sends_where_there_is_room, weft_send, (void)0,
            (void)weft_receive_nowait(&receiver, &item), &sender, &item)
NEVER_WAITS(receives_what_is_there, weft_receive, (void)weft_send_nowait(&sender, &item), (void)0,
            &receiver, &item)

static void begin_selects_what_is_ready(void)
{
    begin_awaits_a_set_event();
}

NEVER_WAITS(selects_what_is_ready, weft_select, (void)0, (void)0,
            WEFT_CASES(weft_on_event(&self->ready, &event)))

/* --- tasks ------------------------------------------------------------------------------------ */

struct nothing {
    WEFT_FRAME;
};

static WEFT_ASYNC(nothing, self)
{
    /* It has ended when the others begin. */
}
WEFT_END

static WEFT_TASK(nothing) ended;

static void begin_waits_for_the_ended(void)
{
    START(&ended, nothing);
    ck_assert_int_eq(run(), 0);
}

static void begin_gathers_the_ended(void)
{
    begin_waits_for_the_ended();
}

static void begin_races_the_ended(void)
{
    begin_waits_for_the_ended();
}

NEVER_WAITS(waits_for_the_ended, weft_wait, (void)0, (void)0,
            weft_watch_tasks(self->watches, &ended.task))
NEVER_WAITS(gathers_the_ended, weft_gather, (void)0, (void)0,
            weft_watch_tasks(self->watches, &ended.task))
NEVER_WAITS(races_the_ended, weft_race, (void)0, (void)0,
            weft_watch_tasks(self->watches, &ended.task))

SUITE_TOGETHER(budget)
{
    TEST(who_awaits_a_set_event_lets_the_others_run);
    TEST(who_takes_free_permits_lets_the_others_run);
    TEST(who_takes_a_free_lock_lets_the_others_run);
    TEST(who_borrows_free_tokens_lets_the_others_run);
    TEST(who_passes_a_barrier_of_one_lets_the_others_run);
    TEST(who_takes_turn_after_turn_lets_the_others_run);
    TEST(who_awaits_a_done_future_lets_the_others_run);
    TEST(who_hears_a_bell_that_rings_lets_the_others_run);
    TEST(who_puts_where_there_is_room_lets_the_others_run);
    TEST(who_gets_what_is_there_lets_the_others_run);
    TEST(who_joins_an_idle_queue_lets_the_others_run);
    TEST(who_sends_where_there_is_room_lets_the_others_run);
    TEST(who_receives_what_is_there_lets_the_others_run);
    TEST(who_selects_what_is_ready_lets_the_others_run);
    TEST(who_waits_for_the_ended_lets_the_others_run);
    TEST(who_gathers_the_ended_lets_the_others_run);
    TEST(who_races_the_ended_lets_the_others_run);
}
