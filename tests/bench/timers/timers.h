/* timers.h - the workloads of bare timers, for all programs in C and C++. */
/* SPDX-License-Identifier: MIT */
/*
 * Timers have numbers. A program defines, before it includes this (so that all can be inlined):
 *
 *     static void timers_begin(size_t count);                  room for 0 to count - 1, none armed
 *     static inline void timer_arm(size_t i, int64_t after);   ns from the begin
 *     static inline void timer_cancel(size_t i);
 *     static void timers_settle(void);                         calls what cancelling has left to call
 *     static void timers_drain(void);                          all are overdue: fires them
 *     static size_t timers_fired;
 */
#ifndef BENCH_TIMERS_H
#define BENCH_TIMERS_H

#include "bench.h"

/* Those that are not to fire are due in a minute. */
static const int64_t TIMERS_LATER = 60000000000;

static int64_t *timers_random(size_t count, int64_t least)
{
    uint64_t state = 88172645463325252U;
    int64_t *const deadlines = (int64_t *)bench_allocate(count, sizeof *deadlines);
    for (size_t i = 0; i < count; i++) {
        deadlines[i] = least + (int64_t)(bench_random(&state) % TIMERS_SPAN);
    }
    return deadlines;
}

static void timers_arm_cancel(size_t size)
{
    const size_t count = bench_scaled(2000000);
    const int64_t *const deadlines = timers_random(size, TIMERS_LATER);
    timers_begin(size + 1);
    for (size_t i = 0; i < size; i++) {
        timer_arm(i, deadlines[i]);
    }
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        timer_arm(size, TIMERS_LATER + TIMERS_SPAN / 2 + (int64_t)(i & 0xffff));
        bench_look();
        timer_cancel(size);
        bench_look();
        if (i % 1024 == 1023) {
            timers_settle();
        }
    }
    bench_end("arm_cancel", count);
}

static void timers_rearm(size_t size)
{
    const size_t count = bench_scaled(1000000), rolls = 1 << 20;
    uint64_t state = 2463534242U;
    const int64_t *const deadlines = timers_random(rolls > size ? rolls : size, TIMERS_LATER);
    uint32_t *const order = (uint32_t *)bench_allocate(rolls, sizeof *order);
    timers_begin(size);
    for (size_t i = 0; i < size; i++) {
        timer_arm(i, deadlines[i]);
    }
    for (size_t i = 0; i < rolls; i++) {
        order[i] = (uint32_t)(bench_random(&state) % size);
    }
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        timer_cancel(order[i % rolls]);
        timer_arm(order[i % rolls], deadlines[i % rolls]);
        if (i % 1024 == 1023) {
            timers_settle();
        }
    }
    bench_end("rearm", count);
}

static void timers_arm(size_t size)
{
    const int64_t *const deadlines = timers_random(size, TIMERS_LATER);
    timers_begin(size);
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        timer_arm(i, deadlines[i]);
    }
    bench_end("arm", size);
}

static void timers_fire(size_t size)
{
    const int64_t *const deadlines = timers_random(size, 1);
    timers_begin(size);
    for (size_t i = 0; i < size; i++) {
        timer_arm(i, deadlines[i]);
    }
    const struct timespec pause = {0, TIMERS_SPAN + 50000000};
    nanosleep(&pause, NULL);
    bench_begin();
    timers_drain();
    bench_end("fire", size);
    bench_check(timers_fired == size);
}

#define TIMERS_CASES                                                                               \
    {"arm_cancel", timers_arm_cancel}, {"rearm", timers_rearm}, {"arm", timers_arm},               \
    {                                                                                              \
        "fire", timers_fire                                                                        \
    }

#endif
