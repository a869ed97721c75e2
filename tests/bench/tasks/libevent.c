/* libevent.c - libevent has no tasks; a timer and its callback are the nearest to a sleeping one. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <event2/event.h>
#include <event2/event_struct.h>

static size_t awake;

static void woken(evutil_socket_t none, short events, void *argument)
{
    (void)none, (void)events, (void)argument;
    awake++;
}

static void sleepers(size_t size)
{
    struct event_base *const base = event_base_new();
    const int64_t after = BENCH_SLEEP_NS(size);
    const struct timeval wait = {after / 1000000000, after % 1000000000 / 1000};
    size_t bytes = bench_resident_bytes();
    bench_begin();
    /* All of one length: libevent's documentation wants them in a queue of their own. */
    const struct timeval *const common = event_base_init_common_timeout(base, &wait);
    struct event *const timers = (struct event *)bench_allocate(size, sizeof *timers);
    for (size_t i = 0; i < size; i++) {
        bench_check(evtimer_assign(&timers[i], base, woken, NULL) == 0);
        bench_check(evtimer_add(&timers[i], common) == 0);
    }
    bytes = bench_resident_bytes() - bytes;
    bench_check(event_base_dispatch(base) >= 0);
    bench_stop();
    bench_check(awake == size);
    bench_figures("sleepers", size, " bytes=%.1f", (double)bytes / (double)size);
}

BENCH_MAIN({"sleepers", sleepers})
