/* deadline_wheel.h - which timer is due next: wheels in wheels, exact to the tick. */
/* SPDX-License-Identifier: MIT */
/*
 * The contract stands in deadline.h; this is how it is kept for any number of timers.
 *
 * A time is a number of sixteen digits, each 0 to 15. A timer hangs at the level of the highest
 * digit in which its deadline differs from `now`, in the slot of that digit:
 *
 *     slot         0 1 2 3 4 5 6 7 ... 15
 *     level 0          ^   a                  a:  ... 0 3 4
 *     level 1            ^       b            b:  ... 0 7 9
 *     level 2      ^         c                c:  ... 5 0 1        ^: now, ... 0 3 2
 *
 * So all of a level are due before all of the next; within a level the slots are due in their
 * order; in a slot of level 0 all are due at the same tick. When the earliest of a slot of a higher
 * level is due, `now` goes there at once, and the slot's timers move down, each to where it belongs
 * then: so a thousand that are due together move once, and nobody wakes for a slot that only begins.
 *
 * Why equal deadlines fire in the order armed. The place is a function of `now` and the deadline
 * alone, and `now` neither enters nor passes a slot with timers without emptying it in that step:
 * so none hangs where it would not be put today, and all with one deadline hang in one slot.
 * Arming appends to a slot. A move takes a whole slot, first to last, and appends each. The sort is
 * stable. So of two, the one armed first stays ahead.
 *
 * `occupied` has a bit for each slot. A timer that is cancelled just leaves its list: a bit may
 * stand over an empty slot until a search comes by and clears it, and `earliest` may be that of a
 * timer that is gone. An arming sets one bit at most, so that is O(1) for each, and never more than
 * all 256.
 *
 * Digits of 4 bits take 6 KiB. When they were chosen, 5 and 6 bits, which take 10 and 17 KiB, armed no
 * faster, and fired faster only by a tenth, while all is in the cache. Measure: tests/bench/timers.
 */
#ifndef WEFT_DEADLINE_WHEEL_H
#define WEFT_DEADLINE_WHEEL_H

#include <weft/tick.h>

#if !WEFT_TIMERS_LIST

WEFT__STATIC_ASSERT(WEFT_TIME_BITS == 64, "a clock that wraps needs WEFT_TIMERS_LIST");

enum {
    WEFT__WHEEL_DIGIT = 4, /* bits */
    WEFT__WHEEL_LEVELS = 64 / WEFT__WHEEL_DIGIT,
    WEFT__WHEEL_DIGITS = 1 << WEFT__WHEEL_DIGIT,
    WEFT__WHEEL_SLOTS = WEFT__WHEEL_LEVELS * WEFT__WHEEL_DIGITS,
    WEFT__WHEEL_FEW = 8 /* timers in a slot that are looked at one by one */
};

typedef struct weft_timers {
    /* private: */
    uint64_t now;      /* where the wheel stands, in digits; no timer that hangs in it is before */
    weft_time until;   /* what fire() was last told; not before now */
    weft_time late_at; /* not after any deadline in late */
    unsigned levels;   /* a bit for each: some slot of it may have timers */
    uint16_t occupied[WEFT__WHEEL_LEVELS];
    weft_link due;  /* taken by fire(), in the order in which they fire */
    weft_link late; /* armed when they were due already, in the order armed */
    weft_link slots[WEFT__WHEEL_SLOTS];
    weft_time earliest[WEFT__WHEEL_SLOTS]; /* of an occupied one: not after any deadline in it */
} weft_timers;

/* A time as digits: the sign is turned over, so that a negative time is before 0. */
static inline uint64_t weft__wheel_digits(weft_time at)
{
    return (uint64_t)at ^ (uint64_t)1 << 63;
}

static inline void weft_timers_init(weft_timers *timers, weft_time now)
{
    __builtin_memset(timers, 0, sizeof *timers); /* not by way of 6 KiB of the stack */
    timers->now = weft__wheel_digits(now);
    timers->until = now;
    weft_link_init(&timers->late);
}

/* Hangs a timer where it belongs now. Its deadline is not before now. */
static inline void weft__wheel_hang(weft_timers *timers, weft_timer *timer)
{
    const uint64_t at = weft__wheel_digits(timer->at);
    const unsigned highest = 63U - (unsigned)__builtin_clzll((at ^ timers->now) | 1U);
    const unsigned level = highest / WEFT__WHEEL_DIGIT;
    const unsigned digit = (unsigned)(at >> level * WEFT__WHEEL_DIGIT) % WEFT__WHEEL_DIGITS;
    const unsigned slot = level * WEFT__WHEEL_DIGITS + digit;
    if (WEFT__RARE(((unsigned)timers->occupied[level] >> digit & 1U) == 0)) {
        timers->occupied[level] = (uint16_t)(timers->occupied[level] | 1U << digit);
        timers->levels |= 1U << level;
        timers->earliest[slot] = timer->at;
    } else if (timer->at < timers->earliest[slot]) {
        timers->earliest[slot] = timer->at;
    }
    weft_link_insert(&timers->slots[slot], &timer->link);
}

static inline void weft_timers_arm(weft_timers *timers, weft_timer *timer, weft_time at)
{
    WEFT_ASSERT(!weft_timer_is_armed(timer), "this timer is armed already: cancel it first");
    timer->at = at;
    if (WEFT__RARE(at <= timers->until)) {
        if (weft_link_is_empty(&timers->late) || at < timers->late_at) {
            timers->late_at = at;
        }
        weft_link_insert(&timers->late, &timer->link);
    } else {
        weft__wheel_hang(timers, timer);
    }
}

static inline void weft_timers_cancel(weft_timers *timers, weft_timer *timer)
{
    (void)timers; /* only its neighbours need to know */
    if (weft_timer_is_armed(timer)) {
        weft__timer_unlink(timer);
    }
}

/* The first slot that has a timer; WEFT__WHEEL_SLOTS: none. */
static inline unsigned weft__wheel_first(weft_timers *timers)
{
    while (timers->levels != 0) {
        const unsigned level = (unsigned)__builtin_ctz(timers->levels);
        while (timers->occupied[level] != 0) {
            const unsigned digit = (unsigned)__builtin_ctz(timers->occupied[level]);
            const unsigned slot = level * WEFT__WHEEL_DIGITS + digit;
            if (!weft_link_is_empty(&timers->slots[slot])) {
                return slot;
            }
            timers->occupied[level] = (uint16_t)(timers->occupied[level] & ~(1U << digit));
        }
        timers->levels &= ~(1U << level);
    }
    return WEFT__WHEEL_SLOTS;
}

/* The time, in digits, at which a slot begins. */
static inline uint64_t weft__wheel_start(const weft_timers *timers, unsigned slot)
{
    const unsigned shift = slot / WEFT__WHEEL_DIGITS * WEFT__WHEEL_DIGIT;
    const uint64_t digit = slot % WEFT__WHEEL_DIGITS;
    const uint64_t higher = timers->now >> shift & ~(uint64_t)(WEFT__WHEEL_DIGITS - 1);
    return (higher | digit) << shift;
}

/* True if there are so few that looking at each is cheap. */
static inline bool weft__wheel_is_few(const weft_link *slot)
{
    const weft_link *link = slot->next;
    for (int left = WEFT__WHEEL_FEW; left > 0 && link != slot; left--) {
        link = link->next;
    }
    return link == slot;
}

/* The earliest deadline in a slot; when there are many, that of one that was cancelled, at times. */
static inline weft_time weft__wheel_earliest(const weft_timers *timers, unsigned slot)
{
    const weft_link *const head = &timers->slots[slot];
    weft_time earliest = WEFT_FOREVER;
    if (!weft__wheel_is_few(head)) {
        return timers->earliest[slot];
    }
    for (weft_link *link = head->next; link != head; link = link->next) {
        const weft_time at = weft__timer_of(link)->at;
        earliest = at < earliest ? at : earliest;
    }
    return earliest;
}

static inline bool weft_timers_next(weft_timers *timers, weft_time *ret_at)
{
    if (!weft_link_is_empty(&timers->late)) {
        *ret_at = timers->late_at;
        return true;
    }
    const unsigned first = weft__wheel_first(timers);
    if (first == WEFT__WHEEL_SLOTS) {
        return false;
    }
    *ret_at = weft__wheel_earliest(timers, first);
    return true;
}

/* Moves the second half of a list, which has two timers at least, to another, which is empty. */
static inline void weft__timers_halve(weft_link *list, weft_link *ret_rest)
{
    weft_link *front = list->next, *back = list->prev;
    while (front != back && front->next != back) { /* from both ends, until they meet */
        front = front->next;
        back = back->prev;
    }
    front = back->prev;
    ret_rest->next = back;
    ret_rest->prev = list->prev;
    back->prev = ret_rest;
    list->prev->next = ret_rest;
    front->next = list;
    list->prev = front;
}

/* Sorts a list by deadlines and leaves equal ones in their order: a merge sort. */
__attribute__((noinline, unused)) static void weft__timers_sort(weft_link *list)
{
    weft_link rest;
    if (list->next == list->prev) {
        return; /* one timer, or none */
    }
    weft__timers_halve(list, &rest);
    weft__timers_sort(list);
    weft__timers_sort(&rest);
    for (weft_link *place = list->next; place != list; place = place->next) {
        while (!weft_link_is_empty(&rest) &&
               weft__timer_of(rest.next)->at < weft__timer_of(place)->at) {
            weft_link *const link = rest.next;
            weft_link_remove(link);
            weft_link_insert(place, link);
        }
    }
    weft_link_splice(list, &rest);
}

/* Takes of a few those that are due, in order, and moves the others down. */
static inline void weft__wheel_take_few(weft_timers *timers, weft_link *slot)
{
    weft__timers_sort(slot);
    while (!weft_link_is_empty(slot)) {
        weft_timer *const timer = weft__timer_of(slot->next);
        weft__timer_unlink(timer);
        if (timer->at <= timers->until) {
            weft_link_insert(&timers->due, &timer->link);
        } else {
            weft__wheel_hang(timers, timer);
        }
    }
}

/* Moves all of a slot down. A long list lies all over the memory: touched from its other end, too,
   it makes the processor wait for two timers at a time. */
static inline void weft__wheel_move_down(weft_timers *timers, weft_link *slot)
{
    const weft_link *ahead = slot->prev;
    weft_link *link = slot->next;
    weft_link_init(slot);
    while (link != slot) {
        weft_timer *const timer = weft__timer_of(link);
        link = link->next;
        ahead = ahead->prev;
        __builtin_prefetch(ahead);
        weft__wheel_hang(timers, timer);
    }
}

/* Goes on to the first deadline: its slot's timers become due, or move down. False: it is to come.
 * If that slot has begun already `now` stays before it. */
static inline bool weft__wheel_turn(weft_timers *timers)
{
    const uint64_t until = weft__wheel_digits(timers->until);
    const unsigned first = weft__wheel_first(timers);
    if (first == WEFT__WHEEL_SLOTS || weft__wheel_start(timers, first) > until) {
        timers->now = until;
        return false;
    }
    if (timers->earliest[first] > timers->until) {
        return false;
    }
    weft_link *const slot = &timers->slots[first];
    timers->now = weft__wheel_digits(timers->earliest[first]);
    if (first < WEFT__WHEEL_DIGITS) {
        weft_link_splice(&timers->due, slot);
    } else if (weft__wheel_is_few(slot)) {
        weft__wheel_take_few(timers, slot);
    } else {
        weft__wheel_move_down(timers, slot);
    }
    return true;
}

static inline size_t weft__wheel_fire_due(weft_timers *timers)
{
    size_t count = 0;
    while (!weft_link_is_empty(&timers->due)) {
        weft_timer *const timer = weft__timer_of(timers->due.next);
        weft__timer_unlink(timer);
        timer->fire(timer);
        count++;
    }
    return count;
}

/* weft_timers_fire() would find nothing, if the last was at this time. */
static inline bool weft__timers_rest(const weft_timers *timers, weft_time now)
{
    (void)now;
    return timers->late.next == &timers->late;
}

static inline size_t weft_timers_fire(weft_timers *timers, weft_time now)
{
    size_t count = 0;
    if (WEFT__RARE(timers->late.next != &timers->late)) {
        weft_link_splice(&timers->due, &timers->late);
        weft__timers_sort(&timers->due);
    } else if (now <= timers->until) {
        return 0; /* the clock stands: the loop may ask at each pass */
    }
    timers->until = now > timers->until ? now : timers->until;
    do {
        count += weft__wheel_fire_due(timers);
    } while (weft__wheel_turn(timers));
    return count;
}

#endif
#endif
