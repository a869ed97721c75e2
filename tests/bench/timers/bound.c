/* bound.c - timers by hand: a wheel. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "wheel.h"

static size_t timers_fired;
static struct wheel wheel;
static struct wheel_timer *members;

static void count_fired(struct wheel_timer *timer)
{
    (void)timer;
    timers_fired++;
}

static void timers_begin(size_t count)
{
    members = (struct wheel_timer *)bench_allocate(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        members[i].fire = count_fired;
    }
    wheel_init(&wheel, 0);
}

static inline void timer_arm(size_t i, int64_t after)
{
    wheel_arm(&wheel, &members[i], (uint64_t)after);
}

static inline void timer_cancel(size_t i)
{
    wheel_cancel(&members[i]);
}

static void timers_settle(void)
{
}

static void timers_drain(void)
{
    wheel_fire(&wheel, 2 * TIMERS_SPAN);
}

#include "timers.h"

/* --- what a timeout around a call costs at least ------------------------------------------------ */

__attribute__((noinline)) static int ready_call(uint64_t *value)
{
    ++*value;
    return 0;
}

static void timeout_ready(size_t size)
{
    const size_t count = bench_scaled(20000000) * size;
    uint64_t value = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        bench_check(ready_call(&value) == 0);
    }
    bench_end("timeout_ready", count);
}

struct link {
    struct link *next, *prev;
};

struct waiter {
    struct link link;
    void (*step)(struct waiter *);
    struct wheel_timer timer;
    size_t left;
};

static struct link ready = {&ready, &ready};
static size_t ended;

static inline void append(struct link *list, struct waiter *waiter)
{
    struct link *const last = list->prev;
    waiter->link.next = list;
    waiter->link.prev = last;
    last->next = &waiter->link;
    list->prev = &waiter->link;
}

static inline struct waiter *take(struct link *list)
{
    struct link *const first = list->next;
    if (first == list) {
        return NULL;
    }
    first->next->prev = list;
    list->next = first->next;
    return (struct waiter *)(void *)first;
}

static void run(void)
{
    for (struct waiter *waiter; (waiter = take(&ready)) != NULL;) {
        waiter->step(waiter);
    }
}

static void pass_with_timer(struct waiter *self)
{
    wheel_cancel(&self->timer);
    if (self->left-- > 0) {
        wheel_arm(&wheel, &self->timer, 1000000000);
        append(&ready, self);
    } else {
        ended++;
    }
}

static void timeout_suspends(size_t size)
{
    const size_t times = bench_scaled(50000);
    struct waiter *const waiters = (struct waiter *)bench_allocate(size, sizeof *waiters);
    wheel_init(&wheel, 0);
    for (size_t i = 0; i < size; i++) {
        waiters[i].step = pass_with_timer;
        waiters[i].left = times;
        append(&ready, &waiters[i]);
    }
    bench_begin();
    run();
    bench_end("timeout_suspends", size * times);
    bench_check(ended == size);
}

static struct link event = {&event, &event};

static void storm_ends(struct waiter *self)
{
    wheel_cancel(&self->timer);
    ended++;
}

static void storm_waits(struct waiter *self)
{
    self->step = storm_ends;
    wheel_arm(&wheel, &self->timer, 1000000000);
    append(&event, self);
}

static void timeout_storm(size_t size)
{
    struct waiter *const waiters = (struct waiter *)bench_allocate(size, sizeof *waiters);
    wheel_init(&wheel, 0);
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        waiters[i].step = storm_waits;
        append(&ready, &waiters[i]);
    }
    run();
    for (struct waiter *waiter; (waiter = take(&event)) != NULL;) {
        append(&ready, waiter);
    }
    run();
    bench_end("timeout_storm", size);
    bench_check(ended == size);
}

BENCH_MAIN(TIMERS_CASES, {"timeout_ready", timeout_ready}, {"timeout_suspends", timeout_suspends},
           {"timeout_storm", timeout_storm})
