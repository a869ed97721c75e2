/* wheel.h - the bound for timers: a hierarchical wheel by hand. */
/* SPDX-License-Identifier: MIT */
/*
 * 64 slots a level, and a tick of 1.05 ms (2^20 ns): five levels reach 36 years. After Varghese and
 * Lauck, "Hashed and Hierarchical Timing Wheels". It is coarse: a timer fires up to a tick late, and
 * timers of one tick fire in any order. That is what makes it cheap; Weft's is exact and ordered.
 */
#ifndef BENCH_WHEEL_H
#define BENCH_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WHEEL_TICK_BITS = 20, WHEEL_BITS = 6, WHEEL_SLOTS = 1 << WHEEL_BITS, WHEEL_LEVELS = 5 };

struct wheel_timer {
    struct wheel_timer *next, **back; /* back: what points here; NULL: not armed */
    uint64_t tick;
    void (*fire)(struct wheel_timer *);
};

struct wheel {
    uint64_t now;  /* ns */
    uint64_t tick; /* the last that has been fired */
    uint64_t used[WHEEL_LEVELS];
    struct wheel_timer *slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

static inline void wheel_init(struct wheel *wheel, uint64_t now)
{
    memset(wheel, 0, sizeof *wheel);
    wheel->now = now;
    wheel->tick = now >> WHEEL_TICK_BITS;
}

static inline void wheel_put(struct wheel *wheel, struct wheel_timer *timer)
{
    const uint64_t differs = (timer->tick ^ wheel->tick) | 1;
    const unsigned level = (63U - (unsigned)__builtin_clzll(differs)) / WHEEL_BITS;
    const unsigned slot = (unsigned)(timer->tick >> (level * WHEEL_BITS)) % WHEEL_SLOTS;
    struct wheel_timer **const head = &wheel->slots[level][slot];
    timer->next = *head;
    timer->back = head;
    if (*head != NULL) {
        (*head)->back = &timer->next;
    }
    *head = timer;
    wheel->used[level] |= (uint64_t)1 << slot;
}

static inline void wheel_arm(struct wheel *wheel, struct wheel_timer *timer, uint64_t at)
{
    timer->tick = (at + (1 << WHEEL_TICK_BITS) - 1) >> WHEEL_TICK_BITS;
    if (timer->tick <= wheel->tick) {
        timer->tick = wheel->tick + 1;
    }
    wheel_put(wheel, timer);
}

/* The bit of the slot stays: a slot that is empty is found out when its time comes. */
static inline void wheel_cancel(struct wheel_timer *timer)
{
    if (timer->back != NULL) {
        *timer->back = timer->next;
        if (timer->next != NULL) {
            timer->next->back = timer->back;
        }
        timer->back = NULL;
    }
}

/* The first tick in which there may be something to do; false: there is none. */
static inline bool wheel_next_tick(const struct wheel *wheel, uint64_t *ret_tick)
{
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        const unsigned shift = level * WHEEL_BITS;
        const unsigned slot = (unsigned)(wheel->tick >> shift) % WHEEL_SLOTS;
        const uint64_t later = slot == 63 ? 0 : wheel->used[level] >> (slot + 1) << (slot + 1);
        if (later != 0) {
            const uint64_t round = wheel->tick >> shift >> WHEEL_BITS << WHEEL_BITS;
            *ret_tick = (round + (unsigned)__builtin_ctzll(later)) << shift;
            return true;
        }
    }
    return false;
}

static inline bool wheel_next(const struct wheel *wheel, uint64_t *ret_at)
{
    uint64_t tick;
    const bool is_some = wheel_next_tick(wheel, &tick);
    *ret_at = is_some ? tick << WHEEL_TICK_BITS : 0;
    return is_some;
}

/* Takes a slot's list. */
static inline struct wheel_timer *wheel_take(struct wheel *wheel, unsigned level)
{
    const unsigned slot = (unsigned)(wheel->tick >> (level * WHEEL_BITS)) % WHEEL_SLOTS;
    struct wheel_timer *const timer = wheel->slots[level][slot];
    wheel->slots[level][slot] = NULL;
    wheel->used[level] &= ~((uint64_t)1 << slot);
    return timer;
}

static inline void wheel_fire(struct wheel *wheel, uint64_t now)
{
    const uint64_t until = now >> WHEEL_TICK_BITS;
    wheel->now = now;
    for (uint64_t tick; wheel_next_tick(wheel, &tick) && tick <= until;) {
        wheel->tick = tick;
        for (unsigned level = WHEEL_LEVELS - 1; level > 0; level--) {
            if ((tick & (((uint64_t)1 << (level * WHEEL_BITS)) - 1)) == 0) {
                for (struct wheel_timer *timer = wheel_take(wheel, level), *next; timer;
                     timer = next) {
                    next = timer->next;
                    wheel_put(wheel, timer);
                }
            }
        }
        for (struct wheel_timer *timer; (timer = wheel->slots[0][tick % WHEEL_SLOTS]) != NULL;) {
            wheel_cancel(timer);
            timer->fire(timer);
        }
        wheel->used[0] &= ~((uint64_t)1 << tick % WHEEL_SLOTS);
    }
    wheel->tick = wheel->tick < until ? until : wheel->tick;
}

#endif
