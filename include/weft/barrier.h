/* barrier.h - nobody goes on before all have come. */
/* SPDX-License-Identifier: MIT */
/*
 *     self->barrier = (weft_barrier){ .parties = 3 };
 *
 *     WEFT_TRY(self->wait, weft_barrier_wait, &self->barrier);
 *     if (self->wait.index == 0) { ... }                       // one of them: 0, 1 and 2
 *
 * The last of a round lets all of it go; then the next round can begin. Who comes before everybody
 * has left the last one waits for that, too:
 *
 *        ┌───────────── the last has left ──────────────┐
 *        v                                              │
 *     filling ──── as many wait as there are parties ──> draining
 *
 *     abort, from anywhere: broken, until reset
 *
 * A party that is cancelled leaves, and the round waits for another one. What was let go is final:
 * a cancellation that comes then meets the next wait.
 */
#ifndef WEFT_BARRIER_H
#define WEFT_BARRIER_H

#include <weft/task.h>

/** `{ .parties = 3 }`: so many go on together. It outlives all of them, until they have run: the last
 *  to come goes on before those that it lets go, so it does not lie in a frame that this one ends. */
typedef struct weft_barrier {
    size_t parties; /* 1 at least */
    /* private: */
    size_t arrived; /* those in `waiters`, and the `cancelled` */
    size_t cancelled;
    size_t leaving; /* were let go, or told that it is broken, and have not run since */
    bool is_broken;
    weft_link waiters;
} weft_barrier;

/**
 * Waits until so many wait as there are parties. The last to come does not wait.
 *
 * Status:  0; WEFT_EBROKEN: weft_barrier_reset() or _abort(); WEFT_ECANCELED: the round goes on
 *          without this party.
 * Context: coroutine.
 * Cost:    O(1); for the one that lets a round go O(parties). No allocation.
 */
struct weft_barrier_wait {
    WEFT_FRAME;
    weft_barrier *barrier; /* outlives the wait */
    size_t index;          /* out: in the order in which they came, from 0 to parties - 1 */
    /* private: */
    bool is_leaving;
};

WEFT__BEGIN_C

/** How many wait for the round to be full; while those of the last one leave: 0. One that was
 *  cancelled counts until it has run. */
static inline size_t weft_barrier_waiting(const weft_barrier *barrier)
{
    return barrier->leaving == 0 ? barrier->arrived : 0;
}

/** True from weft_barrier_abort() to weft_barrier_reset(). */
static inline bool weft_barrier_is_broken(const weft_barrier *barrier)
{
    return barrier->is_broken;
}

/** Empties it, and mends it if it is broken: all that wait are told WEFT_EBROKEN. Those that were
 *  let go before go on. Context: loop. Cost: O(waiting). */
static inline void weft_barrier_reset(weft_barrier *barrier);

/** Breaks it: all that wait, and all that come before a reset, are told WEFT_EBROKEN. For a party
 *  that fails, so that the others do not wait for ever. Context: loop. Cost: O(waiting). */
static inline void weft_barrier_abort(weft_barrier *barrier);

/* How it is done. */

static inline struct weft_barrier_wait *weft__barrier_leaves(weft_barrier *barrier, weft_task *task)
{
    struct weft_barrier_wait *const wait = (struct weft_barrier_wait *)(void *)task->chain.top;
    wait->is_leaving = true;
    barrier->leaving++;
    barrier->arrived--;
    return wait;
}

/* Lets the first `count` go; false: there are fewer, since some were cancelled and have not run. */
static inline bool weft__barrier_let_go(weft_barrier *barrier, size_t count)
{
    const weft_link *const end = &barrier->waiters;
    size_t waiting = 0, index;
    for (weft_link *link = end->next; waiting < count && link != end; link = link->next) {
        waiting++;
    }
    if (waiting < count) {
        barrier->cancelled = barrier->arrived - waiting;
        return false;
    }
    for (index = 0; index < count; index++) {
        weft_task *const task = weft_first_waiter(end);
        weft__barrier_leaves(barrier, task)->index = index;
        weft_wake_final(task, 0);
        weft__still_touches(task, barrier);
    }
    return true;
}

/* True if so many seem to wait: `cancelled` are those that are known. */
static inline bool weft__barrier_has(const weft_barrier *barrier, size_t count)
{
    return barrier->leaving == 0 && barrier->arrived - barrier->cancelled >= count;
}

/* One has run again: it left with its round, or was cancelled. */
static inline void weft__barrier_left(weft_barrier *barrier, bool with_its_round)
{
    if (with_its_round) {
        barrier->leaving--;
        if (weft__barrier_has(barrier, barrier->parties)) {
            (void)weft__barrier_let_go(barrier, barrier->parties);
        }
    } else {
        barrier->arrived--;
        barrier->cancelled -= barrier->cancelled > 0;
    }
}

static inline void weft__barrier_break(weft_barrier *barrier, bool for_good)
{
    barrier->is_broken = for_good;
    for (weft_task *task; (task = weft_first_waiter(&barrier->waiters)) != NULL;) {
        (void)weft__barrier_leaves(barrier, task);
        weft_wake_status(task, WEFT_EBROKEN);
        weft__still_touches(task, barrier);
    }
}

static inline void weft_barrier_reset(weft_barrier *barrier)
{
    weft__barrier_break(barrier, false);
}

static inline void weft_barrier_abort(weft_barrier *barrier)
{
    weft__barrier_break(barrier, true);
}

static inline WEFT_ASYNC(weft_barrier_wait, self)
{
    WEFT_ASSERT(self->barrier != NULL && self->barrier->parties > 0,
                "a barrier, of how many parties?");
    WEFT_CHECKPOINT();
    if (self->barrier->is_broken) {
        WEFT_RETURN_STATUS(WEFT_EBROKEN);
    }
    self->index = self->barrier->parties - 1;
    if (weft__barrier_has(self->barrier, self->index) &&
        weft__barrier_let_go(self->barrier, self->index)) {
        WEFT_RETURN(0);
    }
    self->barrier->arrived++;
    WEFT_PARK(&self->barrier->waiters);
    weft__barrier_left(self->barrier, self->is_leaving);
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
