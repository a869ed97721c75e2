/* hold.h - something that is held and must be given back: a permit, a token, a lock. */
/* SPDX-License-Identifier: MIT */
/*
 * Whatever can be held is held by a weft_hold: a member of the frame, one word, zeroed empty. What
 * acquires fills it, and one function gives back what is in it, whichever it is:
 *
 *     weft_hold turn;                         // in the frame
 *
 *         WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
 *         ...
 *     WEFT_FINALLY:
 *         weft_release(&self->turn);          // accepts a hold that holds nothing
 *
 * so a cleanup needs no flags, and WEFT_WITH of with.h no cleanup. Who waits is served in the order
 * in which it came, and owns what it was chosen for: it is handed over, so nobody can come between,
 * and a waiter that is cancelled before it runs passes it on.
 *
 * A hold stays where it is while it holds something, and what it holds outlives it, as it outlives
 * those who wait. A frame that ends while it holds something has lost it, one that has what others
 * hold or wait for is written over by them; with WEFT_DEBUG both stop (see held.h).
 */
#ifndef WEFT_HOLD_H
#define WEFT_HOLD_H

#include <weft/task.h>

typedef struct weft_hold weft_hold;

/** What a semaphore, a limiter and a lock have in common. Zeroed: nobody waits. */
typedef struct weft_holdable {
    /* private: */
    void (*give_back)(struct weft_holdable *); /* set when somebody tries to take it */
    weft_link waiters;
} weft_holdable;

/** What is held, or, zeroed, nothing. */
struct weft_hold {
    /* private: */
    weft_holdable *of;
#if WEFT_DEBUG
    const weft_task *by;
    weft_link link; /* for what it is of */
    weft__held held;
    weft__held lent; /* what it is of */
#endif
};

WEFT__BEGIN_C

/** True if it holds nothing. */
static inline bool weft_hold_is_empty(const weft_hold *hold)
{
    return hold->of == NULL;
}

/* Whatever takes: `by` is the task that will hold it, where that is known. */
static inline void weft__hold_fill(weft_hold *hold, weft_holdable *of, weft_task *by)
{
    hold->of = of;
#if WEFT_DEBUG
    hold->by = by;
    weft_link_init(&hold->link);
    weft_link_init(&hold->held.link);
    weft_link_init(&hold->lent.link);
    if (by != NULL) {
        weft__note(by->chain.notes, &hold->held, hold, WEFT__HELD_PERMIT);
        weft__note(by->chain.notes, &hold->lent, of, WEFT__HELD_LENT);
    }
#else
    (void)by;
#endif
}

/* Empties a hold. Returns what it held, or NULL. */
static inline weft_holdable *weft__hold_empty(weft_hold *hold)
{
    weft_holdable *const of = hold->of;
    hold->of = NULL;
#if WEFT_DEBUG
    if (of != NULL) {
        weft_link_remove(&hold->link);
        weft__unnote(&hold->held);
        weft__unnote(&hold->lent);
    }
#endif
    return of;
}

/**
 * Gives back what is held: to the one that waits longest for it, else to where it came from.
 * Accepts a hold that holds nothing.
 *
 * Context: loop; a lock: the task that holds it. Cost: O(1).
 */
static inline void weft_release(weft_hold *hold)
{
    weft_holdable *const of = weft__hold_empty(hold);
    if (of != NULL) {
        of->give_back(of);
    }
}

/* How it is done. */

/* How the frame of everything begins that waits in weft_holdable.waiters: there is its hold. */
struct weft__acquirer {
    WEFT_FRAME;
    const void *from;
    weft_hold *hold;
};
#define WEFT__IS_ACQUIRER(name)                                                                    \
    WEFT__STATIC_ASSERT(offsetof(struct name, hold) == offsetof(struct weft__acquirer, hold),      \
                        "its hold must stand where the one who hands over looks for it")

/* Hands it to the one that waits longest: into which hold; NULL: nobody waits. */
static inline weft_hold *weft__hand_over(weft_holdable *of)
{
    weft_task *const next = weft_first_waiter(&of->waiters);
    if (next == NULL) {
        return NULL;
    }
    const unsigned char *const frame = (const unsigned char *)next->chain.top;
    const void *const place = &frame[offsetof(struct weft__acquirer, hold)];
    weft_hold *const hold = *(weft_hold *const *)place;
    weft__hold_fill(hold, of, next);
    weft_wake(next);
    return hold;
}

WEFT__END_C

#endif
