/* semaphore.h - so many at a time. */
/* SPDX-License-Identifier: MIT */
/*
 *     self->limit = (weft_semaphore){ .permits = 8 };
 *
 *     WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
 *     ...
 * WEFT_FINALLY:
 *     weft_release(&self->turn);
 *
 * A permit is in a hold (see hold.h), and comes back by weft_release(). A semaphore counts things,
 * too: weft_semaphore_release() adds one that nobody held, weft_semaphore_forget() uses one up.
 *
 * With `.bound` it has never more free permits than that: one too many is a mistake, and stops.
 */
#ifndef WEFT_SEMAPHORE_H
#define WEFT_SEMAPHORE_H

#include <weft/at_once.h>
#include <weft/hold.h>

/** `{ .permits = 8 }` lets eight hold it at once; `{ .permits = 8, .bound = 8 }` is bounded. It
 *  outlives those who wait, and every hold of a permit. */
typedef struct weft_semaphore {
    size_t permits; /* that are free; read it, but change it only before it is used */
    size_t bound;   /* so many may be free at most; 0: any number */
    /* private: */
    weft_holdable holdable;
} weft_semaphore;

/**
 * Waits for a permit.
 *
 * Status:  0, or WEFT_ECANCELED: then it holds nothing.
 * Context: coroutine.
 * Cost:    O(1), no allocation.
 */
struct weft_acquire {
    WEFT_FRAME;
    weft_semaphore *semaphore; /* outlives the wait, and the hold */
    weft_hold *hold;           /* holds nothing; the permit is put there: release it in FINALLY */
};

#define WEFT__FIRST_OF_weft_acquire , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_acquire);

/** Takes a permit if one is free. @return 0, or WEFT_EBUSY. Context: loop. Cost: O(1). */
static inline int weft_acquire_nowait(weft_semaphore *semaphore, weft_hold *hold);

/** True if weft_acquire_nowait() would find none: all permits are held, or handed to waiters. */
static inline bool weft_semaphore_is_locked(const weft_semaphore *semaphore)
{
    return semaphore->permits == 0;
}

/** Adds a permit that nobody held: the one that waits longest gets it. For counting things that
 *  have come; what a hold holds is given back by weft_release(). Context: loop. Cost: O(1). */
static inline void weft_semaphore_release(weft_semaphore *semaphore)
{
    if (weft__hand_over(&semaphore->holdable) == NULL) {
        WEFT_ASSERT(semaphore->bound == 0 || semaphore->permits < semaphore->bound,
                    "more permits than its bound: weft_semaphore_release() once for each one that "
                    "was used up");
        semaphore->permits++;
    }
}

static inline void weft__semaphore_give_back(weft_holdable *holdable)
{
    weft_semaphore_release(WEFT_CONTAINER(holdable, weft_semaphore, holdable));
}

/** Empties a hold, but the permit does not come back: it is used up. Accepts a hold that holds
 *  nothing. Context: loop. */
static inline void weft_semaphore_forget(weft_hold *hold)
{
    const weft_holdable *const of = weft__hold_empty(hold);
    WEFT_ASSERT(of == NULL || of->give_back == weft__semaphore_give_back,
                "only a semaphore's permit can be used up: weft_release() what comes back");
}

static inline int weft__semaphore_take(weft_semaphore *semaphore, weft_hold *hold, weft_task *by)
{
    WEFT_ASSERT(weft_hold_is_empty(hold),
                "this hold has a permit already: weft_release() it first");
    semaphore->holdable.give_back = weft__semaphore_give_back;
    if (semaphore->permits == 0) {
        return WEFT_EBUSY;
    }
    semaphore->permits--;
    weft__hold_fill(hold, &semaphore->holdable, by);
    return 0;
}

static inline int weft_acquire_nowait(weft_semaphore *semaphore, weft_hold *hold)
{
    return weft__semaphore_take(semaphore, hold, NULL);
}

/* --- its first step: see at_once.h ------------------------------------------------------------- */

static WEFT__APART weft_step weft__acquire_slowly(struct weft_acquire *self, weft_chain *chain,
                                                  weft_semaphore *semaphore, weft_hold *hold)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_acquire, .semaphore = semaphore, .hold = hold);
}

static WEFT__APART weft_step weft__first_weft_acquire(struct weft_acquire *self, weft_chain *chain,
                                                      weft_semaphore *semaphore, weft_hold *hold)
{
    if (WEFT__RARE(!weft__begins_at_once(chain) || semaphore == NULL || hold == NULL ||
                   !weft_hold_is_empty(hold))) {
        return weft__acquire_slowly(self, chain, semaphore, hold);
    }
    if (weft__semaphore_take(semaphore, hold, weft__task(chain)) == 0) {
        return weft__done_at_once(&self->weft, chain);
    }
    self->semaphore = semaphore;
    self->hold = hold;
    return WEFT__WAIT_FIRST(&self->weft, weft_acquire, chain, &semaphore->holdable.waiters);
}
WEFT__FIRST_STEP(weft_acquire, given.semaphore, given.hold)

static inline WEFT_ASYNC(weft_acquire, self)
{
    WEFT__IS_ACQUIRER(weft_acquire);
    WEFT_ASSERT(self->semaphore != NULL && self->hold != NULL, "a semaphore, and a hold for it");
    WEFT_CHECKPOINT();
    if (weft__semaphore_take(self->semaphore, self->hold, WEFT_SELF()) != 0) {
        WEFT__PARK_FIRST(&self->semaphore->holdable.waiters);
        if (WEFT_STATUS() < 0) {
            weft_release(self->hold); /* chosen, then cancelled: the next one gets it */
        }
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

WEFT__END_C

#endif
