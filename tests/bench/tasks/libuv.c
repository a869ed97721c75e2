/* libuv.c - libuv has no tasks; a timer and its callback are the nearest thing to a sleeping one. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <uv.h>

static size_t awake;

static void woken(uv_timer_t *timer)
{
    (void)timer;
    awake++;
}

static void sleepers(size_t size)
{
    uv_loop_t *const loop = uv_default_loop();
    size_t bytes = bench_resident_bytes();
    bench_begin();
    uv_timer_t *const timers = (uv_timer_t *)bench_allocate(size, sizeof *timers);
    for (size_t i = 0; i < size; i++) {
        bench_check(uv_timer_init(loop, &timers[i]) == 0);
        bench_check(uv_timer_start(&timers[i], woken, 100 + size / 1000, 0) == 0);
    }
    bytes = bench_resident_bytes() - bytes;
    bench_check(uv_run(loop, UV_RUN_DEFAULT) == 0);
    bench_stop();
    bench_check(awake == size);
    bench_figures("sleepers", size, " bytes=%.1f", (double)bytes / (double)size);
}

BENCH_MAIN({"sleepers", sleepers})
