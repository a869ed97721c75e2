/* heap4.c - timers by hand: a heap. */
/* SPDX-License-Identifier: MIT */
#include "heap.h"

static size_t timers_fired;
static struct heap_timer *members;

static void count_fired(struct heap_timer *timer)
{
    (void)timer;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    heap = (struct heap_node *)bench_allocate(count, sizeof *heap);
    members = (struct heap_timer *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        members[i].fire = count_fired;
    }
}

static inline void timer_arm(size_t i, int64_t after)
{
    heap_arm(&members[i], after);
}

static inline void timer_cancel(size_t i)
{
    heap_cancel(&members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    heap_fire(2 * TIMERS_SPAN);
}

#include "timers.h"

BENCH_MAIN(TIMERS_CASES)
