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
 *                       asyncio           Trio             when it passes
 *     WEFT_TIMEOUT      timeout           fail_after       the block leaves with WEFT_ETIMEDOUT
 *     WEFT_TIMEOUT_AT   timeout_at        fail_at
 *     WEFT_MOVE_ON                        move_on_after    the program goes on behind the block
 *     WEFT_MOVE_ON_AT                     move_on_at
 *     WEFT_SHIELD                         shield=True      (keeps out what is asked outside)
 *
 * `break` and `continue` leave the block, as its end does. Put braces around it.
 */
#ifndef WEFT_TIMER_H
#define WEFT_TIMER_H

#include <weft/cancel.h>

/** A block that fails with WEFT_ETIMEDOUT if it takes longer than `after`. A duration of 0 or less
 *  has passed when the block is entered: what would wait inside is refused. */
#define WEFT_TIMEOUT(scope, after)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, weft__scope_enter_for, after, WEFT__LEAVE_TIMEOUT)

/** The same with a time, as WEFT_NOW() tells it, instead of a duration. WEFT_FOREVER is no limit,
 *  here and in all of these. */
#define WEFT_TIMEOUT_AT(scope, at)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, weft__scope_enter_until, at, WEFT__LEAVE_TIMEOUT)

/**
 * A block that is left when it takes longer than `after`; then the program goes on behind it, with
 * WEFT_STATUS() equal to WEFT_ETIMEDOUT and `scope.expired` set. It also absorbs
 * weft_scope_cancel(&scope): WEFT_STATUS() is WEFT_ECANCELED then. Left by its end it leaves the
 * status alone: it is that of the last await inside.
 */
#define WEFT_MOVE_ON(scope, after)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, weft__scope_enter_for, after, WEFT__LEAVE_MOVE_ON)

/** The same with a time instead of a duration. */
#define WEFT_MOVE_ON_AT(scope, at)                                                                 \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, weft__scope_enter_until, at, WEFT__LEAVE_MOVE_ON)

/**
 * A block into which no cancellation from outside comes, for at most `after`; 0: without limit.
 * What was asked meanwhile meets the first wait behind the block.
 */
#define WEFT_SHIELD(scope, after)                                                                  \
    WEFT__SCOPE(WEFT__N, WEFT__N, scope, weft__scope_enter_shield, after, WEFT__LEAVE_SHIELD)

/* Who sleeps is kept where its duration was, if that has room for it. */
#define WEFT__SLEEPER_APART (WEFT_TIME_BITS < 8 * __SIZEOF_POINTER__)
#if WEFT__SLEEPER_APART
#define WEFT__SLEEPER task
#else
#define WEFT__SLEEPER after
#endif

/** Sleeps for a duration; 0 or less lets the other ready tasks run once. */
struct weft_sleep {
    WEFT_FRAME;
    weft_time after; /* is written over while it sleeps */
    /* private: */
    weft_timer timer;
#if WEFT__SLEEPER_APART
    weft_task *task;
#endif
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
 * Moves the deadline of an open scope (of one that was left: does nothing). WEFT_FOREVER takes it
 * away. One that has expired stays so. Context: loop. Cost: O(1).
 */
static inline void weft_scope_reschedule(weft_scope *scope, weft_time at);

/** True once a scope was asked to end: by its deadline or by weft_scope_cancel(). Also behind the
 *  block, until it is entered again. Absorbing is another thing: see WEFT_MOVE_ON. */
static inline bool weft_scope_was_cancelled(const weft_scope *scope)
{
    return scope->serial != 0 || scope->expired;
}

/**
 * When what a task does now will be cancelled, as far as that is known: the earliest deadline of
 * the scopes that are open in it. What a shield hides counts from the end of the shield.
 *
 *     WEFT_TRY(self->query, query, .limit = weft_effective_deadline(WEFT_SELF()));
 *
 * @param task  It has not ended.
 * @return WEFT_FOREVER: there is none. Now, or earlier: it is cancelled already.
 * Context: loop. Cost: O(scopes of the task).
 */
static inline weft_time weft_effective_deadline(const weft_task *task);

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
        weft_timers_cancel(&weft_task_core(scope->task)->timers, &scope->timer);
    }
    scope->has_deadline = at != WEFT_FOREVER;
    scope->timer.at = at;
    if (scope->has_deadline && !scope->expired) {
        if (!weft_time_is_before(weft_task_core(scope->task)->now, at)) {
            weft__scope_expire(scope);
        } else if ((scope->task->chain.wait & WEFT__PARKED) != 0) {
            weft_timers_arm(&weft_task_core(scope->task)->timers, &scope->timer, at);
        } else {
            scope->task->chain.flags |= WEFT__UNARMED;
        }
    }
}

static inline weft_time weft__earlier(weft_time a, weft_time b)
{
    return b != WEFT_FOREVER && (a == WEFT_FOREVER || weft_time_is_before(b, a)) ? b : a;
}

static inline weft_time weft__later(weft_time a, weft_time b)
{
    return weft__earlier(a, b) == a ? b : a;
}

/* When a scope undoes what its task waits for; what the cleanup knows of does so no more. */
static inline weft_time weft__scope_ends(const weft_chain *chain, const weft_scope *scope,
                                         weft_time now)
{
    return scope->serial > chain->note         ? now
           : scope->expired || scope->shielded ? WEFT_FOREVER
                                               : weft_scope_deadline(scope);
}

static inline weft_time weft_effective_deadline(const weft_task *task)
{
    const weft_chain *const chain = &task->chain;
    const weft_time now = weft_task_core(task)->now;
    weft_time at = WEFT_FOREVER, hidden_until = now;
    for (weft_block *block = chain->block; block != NULL; block = block->outer) {
        const weft_scope *const scope = weft__scope_of(block);
        at = weft__earlier(at, weft__later(hidden_until, weft__scope_ends(chain, scope, now)));
        if (scope->shielded) {
            hidden_until = weft__later(hidden_until, weft_scope_deadline(scope));
        }
    }
    return chain->asked > chain->note ? weft__earlier(at, hidden_until) : at;
}

static inline void weft__scope_enter(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                     bool shielded)
{
    weft_scope fresh = WEFT__ZERO;
    fresh.shielded = shielded;
    fresh.task = weft__task(chain);
    fresh.timer.fire = weft__scope_fire;
    *scope = fresh;
    weft__scope_push(chain, frame, scope);
    weft__can_cancel(weft_task_core(scope->task));
}

/* Gives a scope that was just entered its deadline, which may have passed. */
static inline void weft__scope_limit(weft_chain *chain, weft_scope *scope, weft_time at,
                                     bool is_to_come)
{
    scope->has_deadline = true;
    scope->timer.at = at;
    if (is_to_come) {
        chain->flags |= WEFT__UNARMED;
    } else {
        weft__scope_expire(scope);
    }
}

static inline void weft__scope_enter_for(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                         weft_time after)
{
    weft__scope_enter(frame, chain, scope, false);
    if (after != WEFT_FOREVER) {
        weft__scope_limit(chain, scope, weft_time_add(weft__core(chain)->now, after), after > 0);
    }
}

static inline void weft__scope_enter_until(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                           weft_time at)
{
    weft__scope_enter(frame, chain, scope, false);
    if (at != WEFT_FOREVER) {
        weft__scope_limit(chain, scope, at, weft_time_is_before(weft__core(chain)->now, at));
    }
}

static inline void weft__scope_enter_shield(weft_frame *frame, weft_chain *chain, weft_scope *scope,
                                            weft_time after)
{
    weft__scope_enter(frame, chain, scope, true);
    if (after != 0 && after != WEFT_FOREVER) {
        weft__scope_limit(chain, scope, weft_time_add(weft__core(chain)->now, after), after > 0);
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
        weft__passes_at(frame, chain, line);
    }
    return !moves_on;
}

#define WEFT__SCOPE(n, u, scope, enter, limit, leave) WEFT__SCOPE_(n, u, scope, enter, limit, leave)
#define WEFT__SCOPE_(n, u, scope, enter, limit, leave)                                             \
    WEFT__BLOCK(n, u, enter(weft__f, weft__c, &(scope), limit), WEFT__SCOPE_LEAVE(u, scope, leave))
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

typedef weft_task *__attribute__((may_alias)) weft__sleeping;

static inline weft__sleeping *weft__sleeper(struct weft_sleep *sleep)
{
    return (weft__sleeping *)(void *)&sleep->WEFT__SLEEPER;
}

static inline void weft__sleep_fire(weft_timer *timer)
{
    weft_wake(*weft__sleeper(WEFT_CONTAINER(timer, struct weft_sleep, timer)));
}

static inline void weft__sleep_arm(struct weft_sleep *sleep, weft_task *task)
{
    weft_core *const core = weft_task_core(task);
    const weft_time at = weft_time_add(core->now, sleep->after);
    *weft__sleeper(sleep) = task;
    sleep->timer.fire = weft__sleep_fire;
    weft_timers_arm(&core->timers, &sleep->timer, at);
}

static inline WEFT_ASYNC(weft_sleep, self)
{
    if (self->after > 0) {
        weft__sleep_arm(self, WEFT_SELF());
    }
    WEFT__PARK(WEFT__N, NULL, weft_timer_is_armed(&self->timer) ? WEFT__PARKED : WEFT__READY);
    weft_timers_cancel(&weft__core(weft__c)->timers, &self->timer);
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
