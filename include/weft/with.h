/* with.h - a block that holds something, and gives it back on every way out. */
/* SPDX-License-Identifier: MIT */
/*
 *     struct transfer { WEFT_FRAME; weft_with with; struct write write; };
 *
 *     WEFT_WITH(self->with, &account->lock) {                  // async with lock:
 *         WEFT_TRY(self->write, write, account);
 *     }                                                        // here it has been given back
 *
 * It acquires first, which may wait, and leaves if that fails: the body is not entered then. The
 * way out may be the end, `break`, `continue`, an error, WEFT_RETURN or a cancellation.
 */
#ifndef WEFT_WITH_H
#define WEFT_WITH_H

#include <weft/condition.h>
#include <weft/generator.h>
#include <weft/limiter.h>
#include <weft/lock.h>
#include <weft/semaphore.h>

/** Room for the wait and the hold: a member of the frame whose block it is, one for each block that
 *  may be open together. Zeroed: never used. */
typedef struct weft_with {
    weft_hold hold; /* for weft_condition_wait */
    /* private: */
    union {
        struct weft_acquire semaphore;
        struct weft_limiter_acquire limiter;
        struct weft_lock_acquire lock;
    };
} weft_with;

/**
 * A block that holds a lock, a permit or a token.
 *
 * @param with   A weft_with of the frame; evaluated more than once.
 * @param thing  A pointer to a weft_lock, a weft_semaphore or a weft_limiter, or to a
 *               weft_condition, whose lock it is then; evaluated once.
 * Leaves with what acquiring it fails with: WEFT_ECANCELED; a lock: WEFT_EBROKEN.
 *
 * Expands to:
 *     for (state = NEXT;; state = NEXT or VALUE ? state : n)
 *         if (state == NEXT)       { case a: acquire, or leave; state = VALUE; }
 *         else if (state != VALUE) { case u: release; leave on if it came from u, else break; }
 *         else for (exit is u; state != n; state = n)
 *             { body }
 */
#define WEFT_WITH(with, thing) WEFT__WITH(WEFT__N, WEFT__N, WEFT__N, with, thing)

/* How it is done. */

#define WEFT__WITH(a, n, u, with, thing) WEFT__WITH_(a, n, u, with, thing)
#define WEFT__WITH_(a, n, u, with, thing)                                                          \
    for (WEFT_ASSERT(weft__with_is_free(&(with)), "this weft_with is in use: one for each block"), \
         WEFT__CHECK_ROOM(with), weft__c->top = WEFT__WITH_ENTER(thing)(&(with), thing, weft__f),  \
                                 weft__f->state = WEFT__NEXT;                                      \
         ; weft__after_body(weft__f, WEFT__STATE(n)))                                              \
        if (weft__f->state == WEFT__NEXT) {                                                        \
            WEFT__ENTER(a, weft__call(weft__c, weft__c->top->step));                               \
            WEFT__LEAVE_IF(weft__c->status < 0);                                                   \
            weft__f->state = WEFT__VALUE;                                                          \
            continue;                                                                              \
        } else if (weft__f->state != WEFT__VALUE) {                                                \
            WEFT__FITS(n);                                                                         \
            WEFT__FITS(u);                                                                         \
            if (0) {                                                                               \
                WEFT__CASE(u) :;                                                                   \
            }                                                                                      \
            weft_release(&(with).hold);                                                            \
            if (weft__f->state == WEFT__STATE(u)) {                                                \
                WEFT__LEAVE();                                                                     \
            }                                                                                      \
            break;                                                                                 \
        } else if (weft__with_begins(weft__f)) {                                                   \
        } else                                                                                     \
            WEFT__SHADOW_OK                                                                        \
            for (char(*weft__exit)[WEFT__STATE(u)] __attribute__((unused));                        \
                 weft__f->state != WEFT__STATE(n); weft__f->state = WEFT__STATE(n)) WEFT__SHADOW_END

WEFT__BEGIN_C

static inline bool weft__with_is_free(const weft_with *with)
{
    return weft_hold_is_empty(&with->hold) && weft__is_idle(&with->lock.weft);
}

/* The body begins, and is there to be left. */
static inline bool weft__with_begins(weft_frame *frame)
{
    frame->state = WEFT__INSIDE;
    return false;
}

static inline weft_frame *weft__with_semaphore(weft_with *with, weft_semaphore *semaphore,
                                               weft_frame *caller)
{
    with->semaphore = WEFT__NEW(weft_acquire, caller, .semaphore = semaphore, .hold = &with->hold);
    return &with->semaphore.weft;
}

static inline weft_frame *weft__with_limiter(weft_with *with, weft_limiter *limiter,
                                             weft_frame *caller)
{
    with->limiter =
        WEFT__NEW(weft_limiter_acquire, caller, .limiter = limiter, .hold = &with->hold);
    return &with->limiter.weft;
}

static inline weft_frame *weft__with_lock(weft_with *with, weft_lock *lock, weft_frame *caller)
{
    with->lock = WEFT__NEW(weft_lock_acquire, caller, .lock = lock, .hold = &with->hold);
    return &with->lock.weft;
}

static inline weft_frame *weft__with_condition(weft_with *with, weft_condition *condition,
                                               weft_frame *caller)
{
    return weft__with_lock(with, condition->lock, caller);
}

WEFT__END_C

#ifdef __cplusplus
static inline weft_frame *weft__with(weft_with *with, weft_semaphore *thing, weft_frame *caller)
{
    return weft__with_semaphore(with, thing, caller);
}
static inline weft_frame *weft__with(weft_with *with, weft_limiter *thing, weft_frame *caller)
{
    return weft__with_limiter(with, thing, caller);
}
static inline weft_frame *weft__with(weft_with *with, weft_lock *thing, weft_frame *caller)
{
    return weft__with_lock(with, thing, caller);
}
static inline weft_frame *weft__with(weft_with *with, weft_condition *thing, weft_frame *caller)
{
    return weft__with_condition(with, thing, caller);
}
#define WEFT__WITH_ENTER(thing) weft__with
#else
#define WEFT__WITH_ENTER(thing)                                                                    \
    _Generic((thing),                                                                              \
        weft_semaphore *: weft__with_semaphore,                                                    \
        weft_limiter *: weft__with_limiter,                                                        \
        weft_lock *: weft__with_lock,                                                              \
        weft_condition *: weft__with_condition)
#endif

#endif
