/* virtual.h - an executor on a clock that jumps, and a trace of what happened. */
/* SPDX-License-Identifier: MIT */
/*
 * A test begins with begin(), starts its tasks with START() and runs them with run(). What they
 * say() stands in `trace`, and is compared as a whole:
 *
 *     begin();
 *     START(&a, sleeper, "a", WEFT_S(2));
 *     START(&b, sleeper, "b", WEFT_S(1));
 *     ck_assert_int_eq(run(), 0);
 *     ck_assert_str_eq(trace, "b1 a2 ");
 */
#ifndef WEFT_TEST_VIRTUAL_H
#define WEFT_TEST_VIRTUAL_H

#include "weft_check.h"
#include <stdarg.h>
#include <stdio.h>
#include <weft/executor.h>

static weft_time virtual_now;
static weft_executor executor;
static char trace[SIZED(4096, 1024)];
static char reported[SIZED(512, 256)]; /* what the report hook was told, one line each */
static int reports;        /* how many */

__attribute__((format(printf, 1, 2), unused)) static void say(const char *format, ...)
{
    const size_t length = strlen(trace);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(trace + length, sizeof trace - length, format, values);
    va_end(values);
}

/** The seconds since begin(). */
__attribute__((unused)) static int seconds(void)
{
    return (int)(virtual_now / WEFT_S(1));
}

static weft_time virtual_port_now(void *context)
{
    (void)context;
    return virtual_now;
}

/* Jumps to the deadline, unless something was posted; nothing else comes from outside. */
static bool virtual_port_sleep_until(void *context, weft_time at)
{
    (void)context;
    if (weft_executor_is_woken(&executor)) {
        return true;
    }
    if (at == WEFT_FOREVER) {
        return false;
    }
    if (at > virtual_now) {
        virtual_now = at;
    }
    return true;
}

static const weft_port virtual_port = {virtual_port_now, virtual_port_sleep_until, NULL};

static void virtual_report(weft_core *core, const weft_report *report)
{
    const size_t length = strlen(reported);
    (void)core;
    reports++;
    (void)snprintf(reported + length, sizeof reported - length, "%s:%d: %s: %d\n", report->function,
                   report->line, report->message, report->status);
}

/** A fresh executor at second 0, an empty trace. */
__attribute__((unused)) static void begin(void)
{
    virtual_now = 0;
    trace[0] = '\0';
    reported[0] = '\0';
    reports = 0;
    weft_executor_init(&executor, &virtual_port, NULL);
    executor.core.report = virtual_report;
}

static inline void started(int status)
{
    ck_assert_int_eq(status, 0);
}

/** Starts a detached task: START(&slot, fn, arguments). */
#define START(slot, ...) started(weft_spawn(&executor.group, slot, __VA_ARGS__))

/** Runs until every task has ended. */
__attribute__((unused)) static int run(void)
{
    return weft_executor_run(&executor);
}

/** Calls a function at a time, from among the timers: in the same pass as a timeout of that time,
 *  and before it or behind it, as they were armed. */
typedef struct alarm_clock {
    weft_timer timer;
    void (*rings)(void *context);
    void *context;
} alarm_clock;

__attribute__((unused)) static void alarm_fires(weft_timer *timer)
{
    const alarm_clock *const alarm = WEFT_CONTAINER(timer, alarm_clock, timer);
    alarm->rings(alarm->context);
}

__attribute__((unused)) static void set_alarm(alarm_clock *alarm, int second,
                                              void (*rings)(void *context), void *context)
{
    *alarm = (alarm_clock){.timer.fire = alarm_fires, .rings = rings, .context = context};
    weft_timers_arm(&executor.core.timers, &alarm->timer, WEFT_S(second));
}

/** Runs what is ready now, and nothing of what that makes ready. */
__attribute__((unused)) static void run_one_pass(void)
{
    weft_executor_stop(&executor);
    ck_assert_int_eq(weft_executor_run(&executor), WEFT_ESTOPPED);
}

#endif
