/* deadline_list.h - which timer is due next: a sorted list, for the smallest memory. */
/* SPDX-License-Identifier: MIT */
/*
 * The contract stands in deadline.h; this is how it is kept with two pointers.
 *
 *     armed <-> at 30 <-> at 70 <-> at 70 <-> at 95 <-> armed
 *                                  ^
 *               one that is armed for 70 comes behind those with its deadline
 *
 * The search for a timer's place begins at the end: it is short where durations are much the same.
 * All comparisons are by difference, so the clock may wrap round.
 */
#ifndef WEFT_DEADLINE_LIST_H
#define WEFT_DEADLINE_LIST_H

#include <weft/tick.h>

#if WEFT_TIMERS_LIST

typedef struct weft_timers {
    /* private: */
    weft_link armed; /* by deadlines, equal ones in the order armed */
} weft_timers;

static inline void weft_timers_init(weft_timers *timers, weft_time now)
{
    (void)now;
    weft_link_init(&timers->armed);
}

static inline void weft_timers_arm(weft_timers *timers, weft_timer *timer, weft_time at)
{
    weft_link *place = &timers->armed;
    WEFT_ASSERT(!weft_timer_is_armed(timer), "this timer is armed already: cancel it first");
    timer->at = at;
    while (place->prev != &timers->armed &&
           weft_time_is_before(at, weft__timer_of(place->prev)->at)) {
        place = place->prev;
    }
    weft__link_append(place, &timer->link);
}

static inline void weft_timers_cancel(weft_timers *timers, weft_timer *timer)
{
    (void)timers; /* only its neighbours need to know */
    if (weft_timer_is_armed(timer)) {
        weft__timer_unlink(timer);
    }
}

static inline bool weft_timers_next(weft_timers *timers, weft_time *ret_at)
{
    if (timers->armed.next == &timers->armed) {
        return false;
    }
    *ret_at = weft__timer_of(timers->armed.next)->at;
    return true;
}

/* weft_timers_fire() would find nothing. */
static inline bool weft__timers_rest(const weft_timers *timers, weft_time now)
{
    return timers->armed.next == &timers->armed ||
           weft_time_is_before(now, weft__timer_of(timers->armed.next)->at);
}

/* Moves those that are due to a list of their own. */
static inline void weft__timers_take(weft_timers *timers, weft_time now, weft_link *due)
{
    weft_link *link;
    weft_link_init(due);
    while ((link = timers->armed.next) != &timers->armed &&
           !weft_time_is_before(now, weft__timer_of(link)->at)) {
        weft__link_leave(link);
        weft__link_append(due, link);
    }
}

static inline size_t weft_timers_fire(weft_timers *timers, weft_time now)
{
    weft_link due;
    size_t count = 0;
    if (!WEFT__SMALL && weft__timers_rest(timers, now)) {
        return 0;
    }
    weft__timers_take(timers, now, &due);
    while (due.next != &due) {
        weft_timer *const timer = weft__timer_of(due.next);
        weft__timer_unlink(timer);
        timer->fire(timer);
        count++;
    }
    return count;
}

#endif
#endif
