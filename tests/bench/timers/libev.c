/* libev.c - timers of libev. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <ev.h>

static size_t timers_fired;
static struct ev_loop *loop;
static ev_timer *members;

static void count_fired(struct ev_loop *unused, ev_timer *timer, int events)
{
    (void)unused, (void)timer, (void)events;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    loop = ev_default_loop(0);
    members = (ev_timer *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        ev_init(&members[i], count_fired);
    }
    ev_now_update(loop);
}

static inline void timer_arm(size_t i, int64_t after)
{
    ev_timer_set(&members[i], (double)after / 1e9, 0.);
    ev_timer_start(loop, &members[i]);
}

static inline void timer_cancel(size_t i)
{
    ev_timer_stop(loop, &members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    ev_run(loop, EVRUN_NOWAIT);
}

#include "timers.h"

BENCH_MAIN(TIMERS_CASES)
