/* timer.h - what waits for time: sleeping, and scopes with a deadline. */
/* SPDX-License-Identifier: MIT */
/*
 * A timeout is not a parameter of every call, it is a block around them:
 *
 *     WEFT_TIMEOUT(self->patience, WEFT_S(10)) {
 *         WEFT_TRY(self->connect, weft_connect, &self->server, "host", 80);
 *         WEFT_TRY(self->write, weft_write, self->server, "hello", 5);
 *     }                                          // 10 seconds in all, else WEFT_ETIMEDOUT
 *
 * The deadline is absolute and counts for everything inside, however deep. Nothing is armed before
 * a wait inside really suspends: a call that is ready at once costs no timer. Blocks nest; where
 * two deadlines pass together the outermost surfaces.
 *
 * `break` and `continue` leave the block, as its end does. Put braces around it.
 */
#ifndef WEFT_TIMER_H
#define WEFT_TIMER_H

#include <weft/cancel.h>

/** A block that fails with WEFT_ETIMEDOUT if it takes longer than `after`. A duration of 0 or less
 *  has passed when the block is entered: what would wait inside is refused. */
#define WEFT_TIMEOUT(scope, after)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, false, true, after, WEFT__LEAVE_TIMEOUT)

/**
 * A block that is left when it takes longer than `after`; then the program goes on behind it, with
 * WEFT_STATUS() equal to WEFT_ETIMEDOUT and `scope.expired` set. It also absorbs
 * weft_scope_cancel(&scope): WEFT_STATUS() is WEFT_ECANCELED then.
 */
#define WEFT_MOVE_ON(scope, after)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, false, true, after, WEFT__LEAVE_MOVE_ON)

/**
 * A block into which no cancellation from outside comes, for at most `after`; 0: without limit.
 * What was asked meanwhile meets the first wait behind the block.
 */
#define WEFT_SHIELD(scope, after)                                                                  \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, true, false, after, WEFT__LEAVE_SHIELD)

/** Sleeps for a duration; 0 or less lets the other ready tasks run once. */
struct weft_sleep {
    WEFT_FRAME;
    weft_time after;
    /* private: */
    weft_timer timer;
    weft_task *task;
};

/** Sleeps until a time of WEFT_NOW(); one that has passed lets the others run once. */
struct weft_sleep_until {
    WEFT_FRAME;
    weft_time at;
    /* private: */
    struct weft_sleep sleep;
};

/** In a coroutine: the time, as it was at the beginning of this pass of the loop. */
#define WEFT_NOW() (weft__core(weft__c)->now)

WEFT__BEGIN_C

/** When a scope's block ends at the latest; WEFT_FOREVER if it has no deadline. */
static inline weft_time weft_scope_deadline(const weft_scope *scope)
{
    return scope->has_deadline ? scope->timer.at : WEFT_FOREVER;
}

/**
 * Moves the deadline of an open scope (of one that was left: does nothing); WEFT_FOREVER takes it away. One that has expired stays so.
 * Context: loop. Cost: O(1).
 */
static inline void weft_scope_reschedule(weft_scope *scope, weft_time at);

static inline void weft__scope_expire(weft_scope *scope)
{
    scope->expired = true;
    if (scope->shielded) {
        scope->shielded = false;
        weft__look(&scope->task->chain);
        weft__interrupt(scope->task);
    } else {
        weft__request(scope->task, &scope->requests, &scope->serial,
                      WEFT__REASON("its deadline passed"));
    }
}

static inline void weft__scope_fire(weft_timer *timer)
{
    weft__scope_expire(WEFT_CONTAINER(timer, weft_scope, timer));
}

static inline void weft_scope_reschedule(weft_scope *scope, weft_time at)
{
    if (scope->task == NULL) {
        return;
    }
    if (weft_timer_is_armed(&scope->timer)) {
        weft_timers_cancel(&scope->task->owner->core->timers, &scope->timer);
    }
    scope->has_deadline = at != WEFT_FOREVER;
    scope->timer.at = at;
    if (scope->has_deadline && !scope->expired) {
        if (!weft_time_is_before(scope->task->owner->core->now, at)) {
            weft__scope_expire(scope);
        } else if ((scope->task->chain.flags & WEFT__PARKED) != 0) {
            weft_timers_arm(&scope->task->owner->core->timers, &scope->timer, at);
        } else {
            scope->task->chain.flags |= WEFT__UNARMED;
        }
    }
}

static inline void weft__scope_enter(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                     bool shielded, bool has_deadline, weft_time after)
{
    weft_scope fresh = WEFT__ZERO;
    fresh.shielded = shielded;
    fresh.task = weft__task(chain);
    fresh.timer.fire = weft__scope_fire;
    *scope = fresh;
    weft__scope_push(chain, frame, scope);
    if (has_deadline && after != WEFT_FOREVER) {
        scope->has_deadline = true;
        scope->timer.at = weft_time_add(scope->task->owner->core->now, after);
        if (after > 0) {
            chain->flags |= WEFT__UNARMED;
        } else {
            weft__scope_expire(scope);
        }
    }
}

/* What is leaving through the end of a scope's block: true, it leaves on. */
static inline bool weft__scope_passes(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                      bool moves_on, int line)
{
    weft__scope_leave(scope->task, scope);
    if (chain->status != WEFT_ECANCELED || scope->serial == 0 || weft__is_pending(chain)) {
        return true;
    }
    if (scope->expired) {
        chain->status = WEFT_ETIMEDOUT;
        weft__from_library(chain);
        weft__passes(frame, chain, line);
    }
    return !moves_on;
}

#define WEFT__SCOPE(n, u, scope, shielded, has_deadline, after, leave)                             \
    WEFT__SCOPE_(n, u, scope, shielded, has_deadline, after, leave)
#define WEFT__SCOPE_(n, u, scope, shielded, has_deadline, after, leave)                            \
    WEFT__BLOCK(n, u,                                                                              \
                weft__scope_enter(weft__f, weft__c, &(scope), shielded,                            \
                                  (has_deadline) || (after) != 0, after),                          \
                WEFT__SCOPE_LEAVE(u, scope, leave))
#define WEFT__SCOPE_LEAVE(u, scope, leave)                                                         \
    if (weft__f->state == WEFT__STATE(u)) {                                                        \
        if (leave(scope)) {                                                                        \
            WEFT__LEAVE();                                                                         \
        }                                                                                          \
    } else {                                                                                       \
        weft__scope_leave((scope).task, &(scope));                                                 \
    }
#define WEFT__LEAVE_TIMEOUT(scope) weft__scope_passes(weft__f, weft__c, &(scope), false, __LINE__)
#define WEFT__LEAVE_MOVE_ON(scope) weft__scope_passes(weft__f, weft__c, &(scope), true, __LINE__)
#define WEFT__LEAVE_SHIELD(scope) (weft__scope_leave((scope).task, &(scope)), true)

static inline void weft__sleep_fire(weft_timer *timer)
{
    weft_wake(WEFT_CONTAINER(timer, struct weft_sleep, timer)->task);
}

static inline void weft__sleep_arm(struct weft_sleep *sleep, weft_task *task)
{
    weft_core *const core = task->owner->core;
    sleep->task = task;
    sleep->timer.fire = weft__sleep_fire;
    weft_timers_arm(&core->timers, &sleep->timer, weft_time_add(core->now, sleep->after));
}

static inline WEFT_ASYNC(weft_sleep, self)
{
    if (self->after <= 0) {
        WEFT_PASS();
    } else {
        weft__sleep_arm(self, WEFT_SELF());
        WEFT_PARK(NULL);
        weft_timers_cancel(&weft__core(weft__c)->timers, &self->timer);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_sleep_until, self)
{
    WEFT_CATCH(self->sleep, weft_sleep, .after = (weft_time)(self->at - WEFT_NOW()));
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
