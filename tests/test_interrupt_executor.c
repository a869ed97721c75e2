/* test_interrupt_executor.c - an executor that runs whenever its interrupt is pended. */
/* SPDX-License-Identifier: MIT */
#define WEFT_PRIORITIES 1
#include <weft/event.h>
#include <weft/interrupt_executor.h>
#include <weft/remote_signal.h>

#include "virtual.h"

#if __STDC_HOSTED__ /* else the port of the board has it */
WEFT_PRIORITIES_HERE
#endif

static weft_interrupt_executor urgent;
static int pended;
static weft_time alarm_at;

static bool set_the_alarm(void *context, weft_time at)
{
    (void)context;
    alarm_at = at;
    return true;
}

static void pend(void *context)
{
    (void)context;
    pended++;
}

static const weft_port port = {virtual_port_now, set_the_alarm, pend};

static void begin_both(void)
{
    begin();
    pended = 0;
    alarm_at = 0;
    weft_executor_init(&urgent.executor, &port, NULL);
}

/* What a core does: the handler runs as long as its interrupt is pended. */
static void interrupt(void)
{
    do {
        pended = 0;
        weft_interrupt_executor_run(&urgent);
    } while (pended > 0);
}

#define START_URGENT(slot, ...)                                                                    \
    ck_assert_int_eq(weft_spawn(&urgent.executor.group, slot, __VA_ARGS__), 0)

struct sleeper {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    say("slept ");
}
WEFT_END

struct listener {
    WEFT_FRAME;
    weft_signal *signal;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(listener, self)
{
    for (;;) {
        WEFT_TRY(self->wait, weft_signal_wait, self->signal);
        say("told ");
    }
}
WEFT_END

struct yielder {
    WEFT_FRAME;
    int i;
};

static WEFT_ASYNC(yielder, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        say("%d ", self->i);
        WEFT_PASS();
    }
}
WEFT_END

START_TEST(it_runs_until_nothing_is_ready)
{
    WEFT_TASK(yielder) task = {0};
    begin_both();
    START_URGENT(&task, yielder);
    ck_assert_str_eq(trace, "");
    interrupt();
    ck_assert_str_eq(trace, "0 1 2 ");
    ck_assert(weft_task_is_done(&task.task));
    ck_assert(alarm_at == WEFT_FOREVER);
}
END_TEST

START_TEST(its_alarm_is_the_next_deadline)
{
    WEFT_TASK(sleeper) late = {0}, early = {0};
    begin_both();
    START_URGENT(&late, sleeper, WEFT_S(5));
    START_URGENT(&early, sleeper, WEFT_S(2));
    interrupt();
    ck_assert(alarm_at <= WEFT_S(2));
    virtual_now = WEFT_S(2);
    interrupt();
    ck_assert_str_eq(trace, "slept ");
    ck_assert(alarm_at > WEFT_S(2) && alarm_at <= WEFT_S(5));
}
END_TEST

START_TEST(a_signal_from_outside_pends_it)
{
    weft_signal signal;
    WEFT_TASK(listener) task = {0};
    begin_both();
    weft_signal_init(&signal, &urgent.executor.core);
    START_URGENT(&task, listener, &signal);
    interrupt();
    weft_signal_set(&signal);
    weft_signal_set(&signal);
    ck_assert_int_eq(pended, 1);
    ck_assert_str_eq(trace, "");
    interrupt();
    ck_assert_str_eq(trace, "told ");
}
END_TEST

static weft_signal during;

struct teller {
    WEFT_FRAME;
};

static WEFT_ASYNC(teller, self)
{
    (void)self;
    weft_signal_set(&during); /* as an interrupt of a higher priority might */
}
WEFT_END

START_TEST(what_comes_in_while_it_runs_is_not_lost)
{
    WEFT_TASK(listener) listening = {0};
    WEFT_TASK(teller) telling = {0};
    begin_both();
    weft_signal_init(&during, &urgent.executor.core);
    START_URGENT(&listening, listener, &during);
    START_URGENT(&telling, teller);
    interrupt();
    ck_assert_str_eq(trace, "told ");
}
END_TEST

START_TEST(stopped_it_does_nothing)
{
    WEFT_TASK(yielder) task = {0};
    begin_both();
    START_URGENT(&task, yielder);
    weft_executor_stop(&urgent.executor);
    interrupt();
    ck_assert_str_eq(trace, "");
}
END_TEST

/* Preempts main() in the middle of a task, and puts back who was at work. */
struct preempted {
    WEFT_FRAME;
    weft_signal *signal;
};

static WEFT_ASYNC(preempted, self)
{
    weft_signal_set(self->signal);
    interrupt();
    say("and on, %d ", weft__at_work == &executor.core);
}
WEFT_END

START_TEST(a_task_of_main_goes_on_behind_it)
{
    weft_signal signal;
    WEFT_TASK(listener) listening = {0};
    WEFT_TASK(preempted) task = {0};
    begin_both();
    weft_signal_init(&signal, &urgent.executor.core);
    START_URGENT(&listening, listener, &signal);
    interrupt();
    START(&task, preempted, &signal);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "told and on, 1 ");
    ck_assert_ptr_null(weft__at_work);
}
END_TEST

struct waiter {
    WEFT_FRAME;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->event);
}
WEFT_END

struct setter {
    WEFT_FRAME;
    weft_event *event;
};

static WEFT_ASYNC(setter, self)
{
    weft_event_set(self->event);
}
WEFT_END

START_TEST(to_wake_a_task_of_another_executor_stops)
{
    weft_event event = {0};
    WEFT_TASK(waiter) waiting = {0};
    WEFT_TASK(setter) setting = {0};
    begin_both();
    START_URGENT(&waiting, waiter, &event);
    interrupt();
    START(&setting, setter, &event);
    (void)run();
}
END_TEST

struct spawner {
    WEFT_FRAME;
    WEFT_TASK(yielder) slot;
};

static WEFT_ASYNC(spawner, self)
{
    WEFT_CHECK(weft_spawn(&urgent.executor.group, &self->slot, yielder));
}
WEFT_END

START_TEST(to_spawn_into_another_executor_stops)
{
    WEFT_TASK(spawner) task = {0};
    begin_both();
    START(&task, spawner);
    (void)run();
}
END_TEST

SUITE(interrupt_executor)
{
    TEST(it_runs_until_nothing_is_ready);
    TEST(its_alarm_is_the_next_deadline);
    TEST(a_signal_from_outside_pends_it);
    TEST(what_comes_in_while_it_runs_is_not_lost);
    TEST(stopped_it_does_nothing);
    TEST(a_task_of_main_goes_on_behind_it);
    TEST_STOPS(to_wake_a_task_of_another_executor_stops);
    TEST_STOPS(to_spawn_into_another_executor_stops);
}
