/* waiter.h - one who waits in a list: a coroutine, or a case of a select. */
/* SPDX-License-Identifier: MIT */
/*
 * A task hangs in one list by its own link (WEFT_PARK). What a select can wait for has a list of
 * waiters instead: each is a member of the frame that waits, so that a task can have several.
 *
 *     weft_waiter_begin(&self->waiter, &event->waiters, WEFT_SELF());
 *     WEFT_PARK(NULL);
 *     weft_waiter_end(&self->waiter);           // out of the list, if a cancel ended the wait
 *
 * and who makes it happen takes the first of the list:
 *
 *     weft_waiter *const waiter = weft_waiter_first(&event->waiters);
 *     if (waiter != NULL) {
 *         weft_waiter_wake(waiter);
 *     }
 *
 * Of the cases of a select just one is ever told: that takes the others out of their lists, at once.
 *
 * One whose task was cancelled is in the list until that has run. So the list outlives it by that
 * much, or who ends it takes all out, as weft_future_release() does. Without WEFT_DEBUG nothing looks.
 */
#ifndef WEFT_WAITER_H
#define WEFT_WAITER_H

#include <weft/task.h>

/** One who waits. Zeroed: for nothing. */
typedef struct weft_waiter {
    weft_link link;
    weft_task *task;
#if WEFT_DEBUG
    weft__held held; /* the list */
#endif
} weft_waiter;

/* Right before the waiter of a case stands what takes the other cases out. */
typedef void weft__claim(weft_waiter *);

WEFT__BEGIN_C

/** Prepares a waiter that is in no list. */
static inline void weft_waiter_init(weft_waiter *waiter, weft_task *task)
{
    waiter->task = task;
    weft_link_init(&waiter->link);
}

/* For WEFT_DEBUG: it is in this list; in none any more. */
static inline void weft__waiter_note(weft_waiter *waiter, const weft_link *list)
{
#if WEFT_DEBUG
    weft__note(&weft_task_core(waiter->task)->notes, &waiter->held, list, WEFT__HELD_WAIT);
#else
    (void)waiter, (void)list;
#endif
}

static inline void weft__waiter_unnote(weft_waiter *waiter)
{
#if WEFT_DEBUG
    weft__unnote(&waiter->held);
#else
    (void)waiter;
#endif
}

/* Into a list, behind the others. */
static inline void weft__waiter_hang(weft_waiter *waiter, weft_link *list)
{
    weft_link_insert(list, &waiter->link);
    weft__waiter_note(waiter, list);
}

/* Out of its list, if it is in one. */
static inline void weft__waiter_unhang(weft_waiter *waiter)
{
    weft_link_remove(&waiter->link);
    weft__waiter_unnote(waiter);
}

/** Puts a waiter behind the others of a list. The task parks next. Context: loop. Cost: O(1). */
static inline void weft_waiter_begin(weft_waiter *waiter, weft_link *list, weft_task *task)
{
    waiter->task = task;
    weft__waiter_hang(waiter, list);
}

/** Takes a waiter out of its list. @return false if it was told: then it is in none. */
static inline bool weft_waiter_end(weft_waiter *waiter)
{
    const bool waits = !weft_link_is_empty(&waiter->link);
    weft__waiter_unhang(waiter);
    return waits;
}

/** The one that waits longest in a list, or NULL. */
static inline weft_waiter *weft_waiter_first(const weft_link *list)
{
    return weft_link_is_empty(list) ? NULL : WEFT_CONTAINER(list->next, weft_waiter, link);
}

/** False if its task was cancelled and has not run: it is still in the list, but nothing that could
 *  be lost may be given to it. */
static inline bool weft_waiter_waits(const weft_waiter *waiter)
{
    return (waiter->task->chain.wait & WEFT__PARKED) != 0;
}

/** The one that waits longest, as weft_waiter_first(); those that do not wait any more are taken out
 *  of the list. To give something that could be lost. Cost: O(1) on the whole. */
static inline weft_waiter *weft_waiter_next(const weft_link *list)
{
    weft_waiter *waiter;
    while ((waiter = weft_waiter_first(list)) != NULL && !weft_waiter_waits(waiter)) {
        weft__waiter_unhang(waiter);
    }
    return waiter;
}

/* A case of a select that waits. (Nobody hangs in a list while it runs, when that bit is a level.) */
static inline bool weft__waiter_is_case(const weft_waiter *waiter)
{
    return (waiter->task->chain.wait & WEFT__SELECTS) != 0;
}

/* Takes it out of its list, and a case of a select out of all others. @return whether it is one. */
static inline bool weft__waiter_claim(weft_waiter *waiter)
{
    const bool is_case = weft__waiter_is_case(waiter);
    weft__waiter_unhang(waiter);
    if (is_case) {
        (*((weft__claim *const *)(const void *)waiter - 1))(waiter);
    }
    return is_case;
}

/** Tells it that what it waits for has happened; a cancel before it runs still makes the wait
 *  WEFT_ECANCELED. (That of a select is final.) Context: loop. Cost: O(1); a select: O(cases). */
static inline void weft_waiter_wake(weft_waiter *waiter)
{
    weft_task *const task = waiter->task;
    if (weft__waiter_claim(waiter)) {
        weft_wake_final(task, 0);
    } else {
        weft_wake(task);
    }
}

/** The same, but it cannot be undone: it was given something that cannot be given back. */
static inline void weft_waiter_choose(weft_waiter *waiter, int status)
{
    weft_task *const task = waiter->task;
    (void)weft__waiter_claim(waiter);
    weft_wake_final(task, status);
}

WEFT__END_C

#endif
