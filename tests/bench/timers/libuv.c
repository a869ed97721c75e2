/* libuv.c - timers of libuv, in milliseconds, as it has them. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <uv.h>

static size_t timers_fired;
static uv_loop_t *loop;
static uv_timer_t *members;

static void count_fired(uv_timer_t *timer)
{
    (void)timer;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    loop = uv_default_loop();
    members = (uv_timer_t *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        bench_check(uv_timer_init(loop, &members[i]) == 0);
    }
    uv_update_time(loop);
}

static inline void timer_arm(size_t i, int64_t after)
{
    uv_timer_start(&members[i], count_fired, (uint64_t)after / 1000000, 0);
}

static inline void timer_cancel(size_t i)
{
    uv_timer_stop(&members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    uv_run(loop, UV_RUN_NOWAIT);
}

#include "timers.h"

BENCH_MAIN(TIMERS_CASES)
