/* libevent.c - timers of libevent. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <event2/event.h>
#include <event2/event_struct.h>

static size_t timers_fired;
static struct event_base *base;
static struct event *members;

static void count_fired(evutil_socket_t none, short events, void *argument)
{
    (void)none, (void)events, (void)argument;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    /* The time is read once a turn, as the others do. */
    struct event_config *const config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    base = event_base_new_with_config(config);
    event_config_free(config);
    members = (struct event *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        bench_check(evtimer_assign(&members[i], base, count_fired, NULL) == 0);
    }
}

static inline void timer_arm(size_t i, int64_t after)
{
    const struct timeval wait = {after / 1000000000, after % 1000000000 / 1000};
    evtimer_add(&members[i], &wait);
}

static inline void timer_cancel(size_t i)
{
    evtimer_del(&members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    event_base_loop(base, EVLOOP_NONBLOCK);
}

#include "timers.h"

BENCH_MAIN(TIMERS_CASES)
