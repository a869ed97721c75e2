/* condition.h - waiting, with a lock, for what the lock guards to change. */
/* SPDX-License-Identifier: MIT */
/*
 *     self->changed = (weft_condition){ .lock = &self->lock };
 *
 *     WEFT_TRY(self->acquire, weft_lock_acquire, &self->lock, &self->hold);
 *     WEFT_TRY(self->wait, weft_condition_wait_for, &self->changed, &self->hold, has_room, self);
 *     ...                                        // has_room(self), and this task holds the lock
 *
 * A wait gives the lock back, waits until it is notified, and holds the lock again before it goes
 * on: also when it is cancelled, and then what else is asked of it waits until it holds it.
 *
 * A notification is for a task that waits at that moment, and is never lost: it moves the task to
 * the end of those who wait for the lock, and if the task leaves with an error after all, the next
 * one is notified in its place. When the lock breaks, so does every wait.
 *
 * Where nothing is awaited while the lock is held no lock is needed: an event, a queue or a
 * semaphore is the simpler choice.
 */
#ifndef WEFT_CONDITION_H
#define WEFT_CONDITION_H

#include <weft/lock.h>

/** `{ .lock = &lock }`. It outlives those who wait: a wait that was notified or cancelled, until it has
 *  the lock again and has run. */
typedef struct weft_condition {
    weft_lock *lock; /* outlives it; several conditions may share one */
    /* private: */
    weft__crowd crowd;
} weft_condition;

/**
 * Gives the lock back, waits for a notification, and holds the lock again.
 *
 * Look at what you wait for again, in a loop, or use weft_condition_wait_for: others may have come
 * between the notification and the lock.
 *
 * Status:  0; WEFT_ECANCELED: the hold has the lock again; WEFT_EBROKEN: the hold is empty.
 * Context: coroutine. Cost: O(1), no allocation.
 */
struct weft_condition_wait {
    WEFT_FRAME;
    weft_condition *condition; /* outlives the wait */
    weft_hold *hold;           /* that has the condition's lock */
    /* private: */
    bool is_notified;
    bool is_cancelled; /* before it was notified */
#if WEFT_DEBUG
    weft__held held; /* the condition, until the wait has ended */
#endif
};

/**
 * Waits until `predicate(context)` is true, which is asked with the lock held: at once, and after
 * each notification.
 *
 * Status: as weft_condition_wait.
 */
struct weft_condition_wait_for {
    WEFT_FRAME;
    weft_condition *condition; /* outlives the wait */
    weft_hold *hold;
    bool (*predicate)(void *context);
    void *context;
    /* private: */
    struct weft_condition_wait wait;
};

WEFT__BEGIN_C

/** Notifies so many of those that wait, the one that waits longest first. They go on one after the
 *  other, when they have the lock. Context: the task that holds it. Cost: O(1) for each of them. */
static inline void weft_condition_notify(weft_condition *condition, size_t count)
{
    weft_lock *const lock = condition->lock;
    WEFT_ASSERT(lock != NULL && weft__lock_is_mine(lock),
                "acquire the condition's lock before you notify");
    for (weft_task *task;
         count > 0 && (task = weft_first_waiter(&condition->crowd.waiters)) != NULL; count--) {
        ((struct weft_condition_wait *)(void *)task->chain.top)->is_notified = true;
        task->chain.wait |= WEFT__HOLDS; /* a cancel waits until it has the lock */
        weft_link_remove(&task->link);
        weft_link_insert(&lock->holdable.waiters, &task->link);
    }
}

/** Notifies all that wait. Context: the task that holds the lock. Cost: O(1) for each of them. */
static inline void weft_condition_notify_all(weft_condition *condition)
{
    weft_condition_notify(condition, SIZE_MAX);
}

/* How it is done. */

static inline void weft__condition_check(const weft_condition *condition, const weft_hold *hold,
                                         const weft_task *by)
{
    (void)by, (void)hold;
    WEFT_ASSERT(condition != NULL && condition->lock != NULL && hold != NULL,
                "a condition with a lock, and the hold that has it");
    WEFT_ASSERT(hold->of == &condition->lock->holdable && condition->lock->owner == by,
                "acquire the condition's lock, into this hold, before you wait");
}

/* From here on it waits, and is told if the lock breaks. */
static inline void weft__condition_begin(struct weft_condition_wait *wait)
{
    weft_condition *const condition = wait->condition;
#if WEFT_DEBUG
    weft__note(&weft_task_core(condition->lock->owner)->notes, &wait->held, condition,
               WEFT__HELD_WAIT);
#endif
    if (weft_link_is_empty(&condition->crowd.link)) {
        weft_link_insert(&condition->lock->crowds, &condition->crowd.link);
    }
    weft_release(wait->hold);
}

/* It was cancelled, and must have the lock before it says so. True: it has to wait for it. */
static inline bool weft__condition_relocks(struct weft_condition_wait *wait, weft_task *by)
{
    wait->is_cancelled = true;
    return weft_lock_acquire_nowait(wait->condition->lock, wait->hold, by) == WEFT_EBUSY;
}

/* It has the lock again, or that is broken. How the wait ends: a cancellation that came too late to
 * undo it counts, too, and then the notification goes to the next. */
static inline int weft__condition_end(struct weft_condition_wait *wait, weft_chain *chain)
{
    weft_condition *const condition = wait->condition;
#if WEFT_DEBUG
    weft__unnote(&wait->held);
#endif
    if (weft_link_is_empty(&condition->crowd.waiters)) {
        weft_link_remove(&condition->crowd.link);
    }
    if (weft_hold_is_empty(wait->hold)) {
        return WEFT_EBROKEN;
    }
    if (!wait->is_cancelled && !weft__is_pending(chain)) {
        return 0;
    }
    if (wait->is_notified) {
        weft__acknowledge(chain);
        weft_condition_notify(condition, 1);
    }
    return WEFT_ECANCELED;
}

static inline WEFT_ASYNC(weft_condition_wait, self)
{
    WEFT__IS_ACQUIRER(weft_condition_wait);
    weft__condition_check(self->condition, self->hold, WEFT_SELF());
    if (weft__is_pending(weft__c)) {
        WEFT_PASS(); /* refused, while it holds the lock */
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    weft__condition_begin(self);
    WEFT_PARK(&self->condition->crowd.waiters);
    if (WEFT_STATUS() == WEFT_ECANCELED && weft__condition_relocks(self, WEFT_SELF())) {
        WEFT_HOLD(&self->condition->lock->holdable.waiters);
    }
    WEFT_RETURN_STATUS(weft__condition_end(self, weft__c));
}
WEFT_END

static inline WEFT_ASYNC(weft_condition_wait_for, self)
{
    WEFT_ASSERT(self->predicate != NULL, "which predicate?");
    weft__condition_check(self->condition, self->hold, WEFT_SELF());
    while (!self->predicate(self->context)) {
        WEFT_CATCH(self->wait, weft_condition_wait, .condition = self->condition,
                   .hold = self->hold);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
}
WEFT_END

WEFT__END_C

#endif
