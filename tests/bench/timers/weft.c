/* weft.c - timers of Weft, and blocks with a deadline. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <weft.h>

static size_t timers_fired;
static weft_timers timers;
static weft_timer *members;

static void count_fired(weft_timer *timer)
{
    (void)timer;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    members = (weft_timer *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        members[i].fire = count_fired;
    }
    weft_timers_init(&timers, 0);
}

static inline void timer_arm(size_t i, int64_t after)
{
    weft_timers_arm(&timers, &members[i], after);
}

static inline void timer_cancel(size_t i)
{
    weft_timers_cancel(&timers, &members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    weft_timers_fire(&timers, 2 * TIMERS_SPAN);
}

#include "timers.h"

/* --- a block with a deadline around a call ------------------------------------------------------ */

struct ready_call {
    WEFT_FRAME;
    uint64_t *value;
};

__attribute__((noinline)) static WEFT_ASYNC(ready_call, self)
{
    ++*self->value;
}
WEFT_END

struct in_time {
    WEFT_FRAME;
    size_t count;
    uint64_t value;
    weft_scope patience;
    struct ready_call call;
};

static WEFT_ASYNC(in_time, self)
{
    bench_begin();
    for (; self->count > 0; self->count--) {
        WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
            WEFT_TRY(self->call, ready_call, &self->value);
        }
    }
    bench_stop();
}
WEFT_END

static void timeout_ready(size_t size)
{
    const size_t count = bench_scaled(10000000) * size;
    bench_check(weft_run(in_time, count) == 0);
    bench_figures("timeout_ready", count, "%s", "");
}

/* It suspends, and then succeeds. */
struct passes {
    WEFT_FRAME;
};

static WEFT_ASYNC(passes, self)
{
    (void)self;
    WEFT_PASS();
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

struct in_good_time {
    WEFT_FRAME;
    size_t times;
    weft_scope patience;
    struct passes passes;
};

static WEFT_ASYNC(in_good_time, self)
{
    for (; self->times > 0; self->times--) {
        WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
            WEFT_TRY(self->passes, passes);
        }
    }
}
WEFT_END

typedef WEFT_TASK(in_good_time) in_good_time_slot;

struct all_in_time {
    WEFT_FRAME;
    size_t count, times;
    in_good_time_slot *slots;
    weft_group group;
};

static WEFT_ASYNC(all_in_time, self)
{
    bench_begin();
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], in_good_time, self->times);
        }
    }
    bench_stop();
}
WEFT_END

static void timeout_suspends(size_t size)
{
    const size_t times = bench_scaled(50000);
    in_good_time_slot *const slots = (in_good_time_slot *)bench_allocate(size, sizeof *slots);
    bench_check(weft_run(all_in_time, size, times, slots) == 0);
    bench_figures("timeout_suspends", size * times, "%s", "");
    free(slots);
}

/* All wait for one event, each in a block with a deadline of its own. */
struct patient {
    WEFT_FRAME;
    weft_event *event;
    weft_scope patience;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(100)) {
        WEFT_TRY(self->wait, weft_event_wait, self->event);
    }
}
WEFT_END

typedef WEFT_TASK(patient) patient_slot;

struct storm {
    WEFT_FRAME;
    size_t count;
    patient_slot *slots;
    weft_event event;
    weft_group group;
};

static WEFT_ASYNC(storm, self)
{
    bench_begin();
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], patient, &self->event);
        }
        WEFT_PASS();
        weft_event_set(&self->event);
    }
    bench_stop();
}
WEFT_END

static void timeout_storm(size_t size)
{
    patient_slot *const slots = (patient_slot *)bench_allocate(size, sizeof *slots);
    bench_check(weft_run(storm, size, slots) == 0);
    bench_figures("timeout_storm", size, "%s", "");
    free(slots);
}

BENCH_MAIN(TIMERS_CASES, {"timeout_ready", timeout_ready}, {"timeout_suspends", timeout_suspends},
           {"timeout_storm", timeout_storm})
