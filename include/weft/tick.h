/* tick.h - time in ticks, and a timer that is due at one. */
/* SPDX-License-Identifier: MIT */
/*
 * A weft_time is a number of ticks, WEFT_TICK_HZ of them a second: a duration, or the time since
 * some beginning. Names tell which: `after` is a duration, `at` is a time.
 *
 *     sleep.after = WEFT_MS(250);
 *     at = weft_time_add(now, WEFT_S(10));
 *
 * | WEFT_TIME_BITS | at WEFT_TICK_HZ | a duration is at most | the clock                    |
 * |----------------|-----------------|-----------------------|------------------------------|
 * | 64             | 1,000,000,000   | 292 years             | never ends                   |
 * | 32             | 1,000           | 24 days               | wraps round every 49 days    |
 * | 16             | 1,000           | 32 seconds            | wraps round every 65 seconds |
 *
 * Where the clock wraps, of two times the earlier is the one from which the other is less than half
 * a round away: compare them with weft_time_is_before(), never with `<`.
 */
#ifndef WEFT_TICK_H
#define WEFT_TICK_H

#include <weft/link.h>

/* 1: timers stand in a sorted list, small but O(n) to arm (deadline_list.h); 0: in a wheel. */
#ifndef WEFT_TIMERS_LIST
#define WEFT_TIMERS_LIST (WEFT_TIME_BITS < 64)
#endif

#if WEFT_TIME_BITS == 64
typedef int64_t weft_time;
typedef uint64_t weft__time_unsigned;
#define WEFT_FOREVER INT64_MAX
#elif WEFT_TIME_BITS == 32
typedef int32_t weft_time;
typedef uint32_t weft__time_unsigned;
#define WEFT_FOREVER INT32_MAX
#elif WEFT_TIME_BITS == 16
typedef int16_t weft_time;
typedef uint16_t weft__time_unsigned;
#define WEFT_FOREVER INT16_MAX
#else
#error "WEFT_TIME_BITS is 64, 32 or 16"
#endif

/**
 * Durations. Rounded up to whole ticks, so that none but 0 is 0.
 *
 * @param n  An integer, evaluated once. With a constant the result is one, too. A fraction is right
 *           where the unit is a whole number of ticks: WEFT_S(0.5). No check that the result fits.
 *
 * Cost: a product where the unit is a whole number of ticks, a quotient where a tick is a whole
 *       number of units, else (32,768 Hz) both, in 64 bits: free for a constant, dear for a variable.
 */
#define WEFT_S(n) ((weft_time)((n) * (weft_time)(WEFT_TICK_HZ)))
#define WEFT_MS(n) WEFT__TICKS_MS(n)
#define WEFT_US(n) WEFT__TICKS_US(n)

#if WEFT_TICK_HZ % 1000 == 0
#define WEFT__TICKS_MS(n) ((weft_time)((n) * (weft_time)(WEFT_TICK_HZ / 1000)))
#elif 1000 % WEFT_TICK_HZ == 0
#define WEFT__TICKS_MS(n) WEFT__TICKS_OF(n, 1000 / WEFT_TICK_HZ)
#else
#define WEFT__TICKS_MS(n) WEFT__TICKS_UNEVEN(n, 1000)
#endif
#if WEFT_TICK_HZ % 1000000 == 0
#define WEFT__TICKS_US(n) ((weft_time)((n) * (weft_time)(WEFT_TICK_HZ / 1000000)))
#elif 1000000 % WEFT_TICK_HZ == 0
#define WEFT__TICKS_US(n) WEFT__TICKS_OF(n, 1000000 / WEFT_TICK_HZ)
#else
#define WEFT__TICKS_US(n) WEFT__TICKS_UNEVEN(n, 1000000)
#endif
#define WEFT__TICKS_OF(n, units) ((weft_time)(((n) + (int32_t)((units)-1)) / (int32_t)(units)))
#define WEFT__TICKS_UNEVEN(n, units)                                                               \
    ((weft_time)(((n) * (int64_t)(WEFT_TICK_HZ) + (int64_t)((units)-1)) / (int64_t)(units)))

/** Something that happens at a time. Zeroed: not armed. It stays where it is while it is armed. */
typedef struct weft_timer {
    weft_link link;                         /* in weft_timers, while armed */
    weft_time at;                           /* set by weft_timers_arm() */
    void (*fire)(struct weft_timer *timer); /* the caller's: what happens then; not NULL */
} weft_timer;

/** True from weft_timers_arm() until it fires or is cancelled. In `fire` it is not armed. */
static inline bool weft_timer_is_armed(const weft_timer *timer)
{
    return timer->link.next != NULL;
}

/* Takes an armed timer out of its list. */
static inline void weft__timer_unlink(weft_timer *timer)
{
    timer->link.prev->next = timer->link.next;
    timer->link.next->prev = timer->link.prev;
    timer->link.next = NULL;
}

static inline weft_timer *weft__timer_of(weft_link *link)
{
    return WEFT_CONTAINER(link, weft_timer, link);
}

/** True if `a` is before `b`. */
static inline bool weft_time_is_before(weft_time a, weft_time b)
{
    return WEFT_TIME_BITS == 64 ? a < b
                                : (weft_time)((weft__time_unsigned)a - (weft__time_unsigned)b) < 0;
}

/**
 * The time that is `after` ticks after `at`. WEFT_FOREVER, which is after everything, stays so; in
 * 64 bits what does not fit becomes it. Where the clock wraps, a time that would by chance be equal
 * to WEFT_FOREVER is one tick later.
 */
static inline weft_time weft_time_add(weft_time at, weft_time after)
{
    const weft_time sum = (weft_time)((weft__time_unsigned)at + (weft__time_unsigned)after);
    if (after == WEFT_FOREVER || (WEFT_TIME_BITS == 64 && after > 0 && sum < at)) {
        return WEFT_FOREVER;
    }
    return WEFT_TIME_BITS < 64 && sum == WEFT_FOREVER ? (weft_time)((weft__time_unsigned)sum + 1)
                                                     : sum;
}

#endif
