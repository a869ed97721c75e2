/* deadline.h - which timer is due next. */
/* SPDX-License-Identifier: MIT */
/*
 * A timer is a struct of yours, or a part of one; what it does is `fire`. Nothing happens by
 * itself: who owns the timers asks when to wake, and then lets fire what is due.
 *
 *     static void blink(weft_timer *timer) { toggle_led(); }
 *
 *     weft_timers timers;
 *     weft_timer timer = {.fire = blink};
 *     weft_time at;
 *
 *     weft_timers_init(&timers, now());
 *     weft_timers_arm(&timers, &timer, weft_time_add(now(), WEFT_MS(250)));
 *     while (weft_timers_next(&timers, &at)) {
 *         sleep_until(at);
 *         weft_timers_fire(&timers, now());
 *     }
 *
 * The life of a timer:
 *
 *                arm               its time comes
 *     not armed -----> armed --------------------> not armed, then fire(timer): it may arm it again
 *         ^              |
 *         +--------------+
 *              cancel
 *
 * Behind the same functions there are two structures. They fire the same timers in the same order.
 *
 * | WEFT_TIMERS_LIST | default for      | memory                | arm  | described in     |
 * |------------------|------------------|-----------------------|------|------------------|
 * | 0                | 64 bits of time  | 6 KiB                 | O(1) | deadline_wheel.h |
 * | 1                | 32 and 16 bits   | 2 pointers            | O(n) | deadline_list.h  |
 *
 * Where the clock wraps, all armed deadlines lie within half a round of each other and of the time
 * at which fire() is called: the longest duration, plus the longest delay, is less than that.
 */
#ifndef WEFT_DEADLINE_H
#define WEFT_DEADLINE_H

#include <weft/deadline_list.h>
#include <weft/deadline_wheel.h>

/**
 * Makes `timers` empty, at the time `now`. It stays where it is from the first arming on.
 *
 * Context: loop, as all here.
 */
static inline void weft_timers_init(weft_timers *timers, weft_time now);

/**
 * Has `timer->fire(timer)` called by the first weft_timers_fire() whose time is `at` or later.
 *
 * A time that has passed is fine: it fires in the next call, also when armed while one is under
 * way. WEFT_FOREVER is a time like others here: who means "never" does not arm.
 *
 * @param timer  Not armed (asserted); it, and `timers`, stay where they are while it is.
 *
 * Owner: caller keeps the timer.
 * Cost:  O(1), list O(n); no allocation.
 */
static inline void weft_timers_arm(weft_timers *timers, weft_timer *timer, weft_time at);

/**
 * Takes a timer out, if it is armed: it does not fire then, even if fire() has its turn already.
 *
 * Cost: O(1).
 */
static inline void weft_timers_cancel(weft_timers *timers, weft_timer *timer);

/**
 * When to wake. Never later than the earliest deadline. Mostly that; in the wheel it may be
 * earlier, that of a timer that was cancelled, where many (more than 8) are close to each other and
 * far away: then fire() fires none, and the answer after it is later. In a callback of fire() those
 * that are due in the same call may be left out.
 *
 * @return false, and *ret_at untouched, if no timer is armed.
 *
 * Cost: bounded, whatever the number of timers; no system call, so ask each time.
 */
static inline bool weft_timers_next(weft_timers *timers, weft_time *ret_at);

/**
 * Fires all timers with a deadline of `now` or before: in the order of their deadlines, and with
 * equal deadlines in the order in which they were armed. This is the only place that calls `fire`.
 *
 * A callback may arm and cancel any timer, free the struct of its own, and leave the others to be
 * fired; it does not call weft_timers_fire() itself. One that it cancels does not fire; one that it
 * arms does not fire before the next call, even if it is due.
 *
 * @param now  Does not go back from call to call.
 * @return how many fired.
 *
 * Cost: O(1) for each that fires and each time that a timer moves down in the wheel (15 times at
 *       the most, usually 1 to 3), but many may move in one call; O(k log k) for k that were armed
 *       when due already.
 */
static inline size_t weft_timers_fire(weft_timers *timers, weft_time now);

#endif
