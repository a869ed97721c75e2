/* libev.c - libev has no tasks; a timer and its callback are the nearest thing to a sleeping one. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <ev.h>

static size_t awake;

static void woken(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    awake++;
}

static void sleepers(size_t size)
{
    struct ev_loop *const loop = ev_default_loop(0);
    size_t bytes = bench_resident_bytes();
    bench_begin();
    ev_timer *const timers = (ev_timer *)bench_allocate(size, sizeof *timers);
    for (size_t i = 0; i < size; i++) {
        ev_timer_init(&timers[i], woken, (double)BENCH_SLEEP_NS(size) / 1e9, 0.);
        ev_timer_start(loop, &timers[i]);
    }
    bytes = bench_resident_bytes() - bytes;
    ev_run(loop, 0);
    bench_stop();
    bench_check(awake == size);
    bench_figures("sleepers", size, " bytes=%.1f", (double)bytes / (double)size);
}

BENCH_MAIN({"sleepers", sleepers})
