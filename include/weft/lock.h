/* lock.h - one at a time, and it is known who. */
/* SPDX-License-Identifier: MIT */
/*
 * For what must not be seen half done while a coroutine awaits in the middle of it. (Between two
 * awaits nobody else runs: that needs no lock.)
 *
 *     WEFT_TRY(self->acquire, weft_lock_acquire, &account->lock, &self->hold);
 *     ...
 * WEFT_FINALLY:
 *     weft_release(&self->hold);
 *
 * A lock belongs to the task that holds it, from the moment on at which it is handed to it:
 *
 *             acquire                  its owner ends and still holds it
 *     free ────────────> held by a ──────────────────────────────────────> broken
 *      ^                 │     ^ │
 *      └─────────────────┘     └─┘
 *       release, nobody waits   release: the one that waits longest has it
 *
 * What it guards may be half done then, so a broken lock is of no use to anybody: all who wait, and
 * all who come, are told WEFT_EBROKEN, until it is zeroed again. To release what another task holds
 * and to acquire what one holds oneself are mistakes, and stop.
 */
#ifndef WEFT_LOCK_H
#define WEFT_LOCK_H

#include <weft/at_once.h>
#include <weft/hold.h>

/** Zeroed it is free. It outlives those who wait, and the task that holds it, or that task's hold. */
typedef struct weft_lock {
    /* private: */
    weft_holdable holdable;
    weft_task *owner;
    weft_link crowds; /* who waits for other things, and needs the lock for them */
    bool is_broken;   /* then it has no owner */
#if !WEFT_BARE
    weft_owner watcher; /* of the owner's end */
#endif
} weft_lock;

/**
 * Waits until the lock is free, and holds it.
 *
 * Status:  0; WEFT_EBROKEN; WEFT_ECANCELED: then it is not held.
 * Context: coroutine.
 * Cost:    O(1), no allocation.
 */
struct weft_lock_acquire {
    WEFT_FRAME;
    weft_lock *lock; /* outlives the wait, and the hold */
    weft_hold *hold; /* holds nothing; the lock is put there: release it in FINALLY */
};

#define WEFT__FIRST_OF_weft_lock_acquire , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_lock_acquire);

/** Holds the lock if it is free. @param by  Who: WEFT_SELF().
 *  @return 0, WEFT_EBUSY or WEFT_EBROKEN. Context: loop. Cost: O(1). */
static inline int weft_lock_acquire_nowait(weft_lock *lock, weft_hold *hold, weft_task *by);

/** True if a task holds it. */
static inline bool weft_lock_is_locked(const weft_lock *lock)
{
    return lock->owner != NULL;
}

/** The task that holds it, or NULL. */
static inline weft_task *weft_lock_owner(const weft_lock *lock)
{
    return lock->owner;
}

/** True if its owner ended and still held it: zero it, and see to what it guards. */
static inline bool weft_lock_is_broken(const weft_lock *lock)
{
    return lock->is_broken;
}

/* How it is done. */

/* Tasks that wait for something else, but can only have it with this lock: a condition. */
typedef struct weft__crowd {
    weft_link link; /* in lock->crowds, while somebody waits */
    weft_link waiters;
} weft__crowd;

static inline void weft__lock_break_for(const weft_link *waiters)
{
    for (weft_task *task; (task = weft_first_waiter(waiters)) != NULL;) {
        weft_wake_status(task, WEFT_EBROKEN);
    }
}

#if !WEFT_BARE
/* The owner has ended. */
static inline void weft__lock_abandoned(weft_owner *watcher, weft_task *task)
{
    weft_lock *const lock = WEFT_CONTAINER(watcher, weft_lock, watcher);
    (void)task;
    lock->owner = NULL;
    lock->is_broken = true;
    weft__lock_break_for(&lock->holdable.waiters);
    while (!weft_link_is_empty(&lock->crowds)) {
        weft__crowd *const crowd = WEFT_CONTAINER(lock->crowds.next, weft__crowd, link);
        weft_link_remove(&crowd->link);
        weft__lock_break_for(&crowd->waiters);
    }
}
#endif

static inline void weft__lock_belongs_to(weft_lock *lock, weft_task *task)
{
    lock->owner = task;
#if !WEFT_BARE
    lock->watcher.ended = weft__lock_abandoned;
    weft__watch_end(task, &lock->watcher);
#endif
}

static inline void weft__lock_belongs_to_nobody(weft_lock *lock)
{
#if !WEFT_BARE
    weft__unwatch_end(lock->owner, &lock->watcher);
#endif
    lock->owner = NULL;
}

static inline bool weft__lock_is_mine(const weft_lock *lock)
{
    return lock->owner != NULL && lock->owner == weft_task_core(lock->owner)->current;
}

static inline void weft__lock_give_back(weft_holdable *holdable)
{
    weft_lock *const lock = WEFT_CONTAINER(holdable, weft_lock, holdable);
    if (WEFT__RARE(lock->owner == NULL) && lock->is_broken) {
        return; /* the task that held it has ended */
    }
    WEFT_ASSERT(weft__lock_is_mine(lock),
                "this task does not hold the lock: weft_release() it in the task that does");
    weft__lock_belongs_to_nobody(lock);
    weft_task *const next = weft_first_waiter(&holdable->waiters);
    if (next != NULL) {
        weft__lock_belongs_to(lock, next);
        (void)weft__hand_over(holdable);
    }
}

/* Before it is acquired, or waited for. */
static inline void weft__lock_check(const weft_lock *lock, const weft_hold *hold,
                                    const weft_task *by)
{
    (void)lock, (void)hold, (void)by;
    WEFT_ASSERT(by != NULL && weft_task_is_running(by), "who will hold it? Give WEFT_SELF()");
    WEFT_ASSERT(lock->owner != by,
                "this task holds the lock already: it would wait for itself for ever");
    WEFT_ASSERT(weft_hold_is_empty(hold), "this hold has a lock already: weft_release() it first");
}

/* It is free. */
static inline void weft__lock_take(weft_lock *lock, weft_hold *hold, weft_task *by)
{
    lock->holdable.give_back = weft__lock_give_back;
    weft__hold_fill(hold, &lock->holdable, by);
    weft__lock_belongs_to(lock, by);
}

static inline int weft_lock_acquire_nowait(weft_lock *lock, weft_hold *hold, weft_task *by)
{
    weft__lock_check(lock, hold, by);
    if (lock->is_broken || lock->owner != NULL) {
        return lock->is_broken ? WEFT_EBROKEN : WEFT_EBUSY;
    }
    weft__lock_take(lock, hold, by);
    return 0;
}

/* --- its first step: see at_once.h ------------------------------------------------------------- */

static WEFT__APART weft_step weft__lock_slowly(struct weft_lock_acquire *self, weft_chain *chain,
                                               weft_lock *lock, weft_hold *hold)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_lock_acquire, .lock = lock, .hold = hold);
}

static WEFT__APART weft_step weft__first_weft_lock_acquire(struct weft_lock_acquire *self,
                                                           weft_chain *chain, weft_lock *lock,
                                                           weft_hold *hold)
{
    if (WEFT__RARE(!weft__begins_at_once(chain) || lock == NULL || hold == NULL ||
                   lock->is_broken || !weft_hold_is_empty(hold))) {
        return weft__lock_slowly(self, chain, lock, hold);
    }
    if (!weft_lock_is_locked(lock)) {
        weft__lock_take(lock, hold, weft__task(chain));
        return weft__done_at_once(&self->weft, chain);
    }
    if (WEFT_ASSERTS && WEFT__RARE(lock->owner == weft__task(chain))) {
        return weft__lock_slowly(self, chain, lock, hold);
    }
    self->lock = lock;
    self->hold = hold;
    return WEFT__WAIT_FIRST(&self->weft, weft_lock_acquire, chain, &lock->holdable.waiters);
}
WEFT__FIRST_STEP(weft_lock_acquire, given.lock, given.hold)

static inline WEFT_ASYNC(weft_lock_acquire, self)
{
    WEFT__IS_ACQUIRER(weft_lock_acquire);
    WEFT_ASSERT(self->lock != NULL && self->hold != NULL, "a lock, and a hold for it");
    WEFT_CHECKPOINT();
    weft__lock_check(self->lock, self->hold, WEFT_SELF());
    if (!weft_lock_is_locked(self->lock)) {
        WEFT_RETURN_STATUS(weft_lock_acquire_nowait(self->lock, self->hold, WEFT_SELF()));
    }
    WEFT__PARK_FIRST(&self->lock->holdable.waiters);
    if (WEFT_STATUS() < 0) {
        weft_release(self->hold); /* chosen, then cancelled: the next one gets it */
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
