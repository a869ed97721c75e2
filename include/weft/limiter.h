/* limiter.h - a capacity that can be changed while it is in use. */
/* SPDX-License-Identifier: MIT */
/*
 * Tokens to be borrowed, as Trio's CapacityLimiter: so many threads, connections, requests at once.
 * It counts what is borrowed, not what is free, so the total can be raised and lowered at any time:
 *
 *     weft_limiter workers = { .total = 40 };
 *
 *     WEFT_TRY(self->borrow, weft_limiter_acquire, &workers, &self->token);
 *     ...
 * WEFT_FINALLY:
 *     weft_release(&self->token);
 *
 * A task borrows one token of a limiter at most: with a second it could wait for itself for ever.
 * With WEFT_DEBUG that stops; else it is not looked for.
 */
#ifndef WEFT_LIMITER_H
#define WEFT_LIMITER_H

#include <weft/at_once.h>
#include <weft/hold.h>

/** `{ .total = 40 }`. Zeroed it lends nothing, until weft_limiter_set_total(). It outlives those who
 *  wait, and every hold of a token. */
typedef struct weft_limiter {
    size_t total;    /* weft_limiter_set_total() changes it */
    size_t borrowed; /* read only; more than the total, where that was lowered meanwhile */
    /* private: */
    weft_holdable holdable;
#if WEFT_DEBUG
    weft_link borrowers;
#endif
} weft_limiter;

/**
 * Waits for a token.
 *
 * Status:  0, or WEFT_ECANCELED: then it holds nothing.
 * Context: coroutine.
 * Cost:    O(1), no allocation.
 */
struct weft_limiter_acquire {
    WEFT_FRAME;
    weft_limiter *limiter; /* outlives the wait, and the hold */
    weft_hold *hold;       /* holds nothing; the token is put there: release it in FINALLY */
};

#define WEFT__FIRST_OF_weft_limiter_acquire , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_limiter_acquire);

/** How many tokens are free; 0 as long as more are borrowed than there are. */
static inline size_t weft_limiter_available(const weft_limiter *limiter)
{
    return limiter->total > limiter->borrowed ? limiter->total - limiter->borrowed : 0;
}

/** Borrows a token if one is free. @param by  Who borrows: WEFT_SELF(); NULL: no task.
 *  @return 0, or WEFT_EBUSY. Context: loop. Cost: O(1). */
static inline int weft_limiter_acquire_nowait(weft_limiter *limiter, weft_hold *hold,
                                              weft_task *by);

/** Changes how many there are. Raised: those that wait longest get the new ones. Lowered below what
 *  is borrowed: nobody gets one before enough have come back. Context: loop. Cost: O(lent). */
static inline void weft_limiter_set_total(weft_limiter *limiter, size_t total);

/* How it is done. */

static inline void weft__limiter_note(weft_limiter *limiter, weft_hold *hold)
{
    limiter->borrowed++;
#if WEFT_DEBUG
    weft_link_insert(&limiter->borrowers, &hold->link);
#else
    (void)hold;
#endif
}

static inline void weft__limiter_lend(weft_limiter *limiter)
{
    while (limiter->borrowed < limiter->total) {
        weft_hold *const hold = weft__hand_over(&limiter->holdable);
        if (hold == NULL) {
            break;
        }
        weft__limiter_note(limiter, hold);
    }
}

static inline void weft__limiter_give_back(weft_holdable *holdable)
{
    weft_limiter *const limiter = WEFT_CONTAINER(holdable, weft_limiter, holdable);
    limiter->borrowed--;
    weft__limiter_lend(limiter);
}

static inline void weft_limiter_set_total(weft_limiter *limiter, size_t total)
{
    limiter->total = total;
    weft__limiter_lend(limiter);
}

#if WEFT_DEBUG
static inline bool weft__limiter_has_lent_to(const weft_limiter *limiter, const weft_task *by)
{
    const weft_link *const end = &limiter->borrowers;
    for (weft_link *link = end->next; link != NULL && link != end; link = link->next) {
        if (WEFT_CONTAINER(link, weft_hold, link)->by == by) {
            return by != NULL;
        }
    }
    return false;
}
#endif

static inline int weft_limiter_acquire_nowait(weft_limiter *limiter, weft_hold *hold, weft_task *by)
{
    WEFT_ASSERT(weft_hold_is_empty(hold), "this hold has a token already: weft_release() it first");
#if WEFT_DEBUG
    WEFT_ASSERT(!weft__limiter_has_lent_to(limiter, by),
                "this task has borrowed a token already: weft_release() it first");
#endif
    limiter->holdable.give_back = weft__limiter_give_back;
    if (limiter->borrowed >= limiter->total) {
        return WEFT_EBUSY;
    }
    weft__hold_fill(hold, &limiter->holdable, by);
    weft__limiter_note(limiter, hold);
    return 0;
}

/* --- its first step: see at_once.h ------------------------------------------------------------- */

static WEFT__APART weft_step weft__borrow_slowly(struct weft_limiter_acquire *self,
                                                 weft_chain *chain, weft_limiter *limiter,
                                                 weft_hold *hold)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_limiter_acquire, .limiter = limiter, .hold = hold);
}

static WEFT__APART weft_step weft__first_weft_limiter_acquire(struct weft_limiter_acquire *self,
                                                              weft_chain *chain,
                                                              weft_limiter *limiter,
                                                              weft_hold *hold)
{
    if (WEFT__RARE(!weft__begins_at_once(chain) || limiter == NULL || hold == NULL ||
                   !weft_hold_is_empty(hold))) {
        return weft__borrow_slowly(self, chain, limiter, hold);
    }
    if (weft_limiter_acquire_nowait(limiter, hold, weft__task(chain)) == 0) {
        return weft__done_at_once(&self->weft, chain);
    }
    self->limiter = limiter;
    self->hold = hold;
    return WEFT__WAIT_FIRST(&self->weft, weft_limiter_acquire, chain, &limiter->holdable.waiters);
}
WEFT__FIRST_STEP(weft_limiter_acquire, given.limiter, given.hold)

static inline WEFT_ASYNC(weft_limiter_acquire, self)
{
    WEFT__IS_ACQUIRER(weft_limiter_acquire);
    WEFT_ASSERT(self->limiter != NULL && self->hold != NULL, "a limiter, and a hold for a token");
    WEFT_CHECKPOINT();
    if (weft_limiter_acquire_nowait(self->limiter, self->hold, WEFT_SELF()) != 0) {
        WEFT__PARK_FIRST(&self->limiter->holdable.waiters);
        if (WEFT_STATUS() < 0) {
            weft_release(self->hold); /* chosen, then cancelled: the next one gets it */
        }
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

WEFT__END_C

#endif
