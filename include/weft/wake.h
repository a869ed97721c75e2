/* wake.h - ending the wait of a task. */
/* SPDX-License-Identifier: MIT */
/*
 * Whoever ends a wait records how it ended: the waker with 0 or a status of its own, the canceller
 * with WEFT_ECANCELED. A task that was woken and is then cancelled before it ran is told
 * WEFT_ECANCELED, unless the waker said that the end is final (weft_wake_final); so a wait that was
 * given something (a permit, an item) must look, and give it back. How a wait begins: task.h.
 */
#ifndef WEFT_WAKE_H
#define WEFT_WAKE_H

#include <weft/held.h>
#include <weft/owner.h>

WEFT__BEGIN_C

/* For WEFT_DEBUG: when this task runs again it will touch what lies at `place`, woken or not. */
static inline void weft__still_touches(weft_task *task, const void *place)
{
#if WEFT_DEBUG
    weft__unnote(&task->waits);
    weft__note(&weft_task_core(task)->notes, &task->waits, place, WEFT__HELD_WAIT);
#else
    (void)task, (void)place;
#endif
}

/* It will not. */
static inline void weft__touches_no_more(weft_task *task)
{
#if WEFT_DEBUG
    weft__unnote(&task->waits);
#else
    (void)task;
#endif
}

/* Ends a wait that has not ended, with success: that is how it began. */
static inline void weft__succeed(weft_task *task, int wait)
{
    weft_core *const core = weft_task_core(task);
    weft__is_at_hand(core);
    task->chain.wait = (uint8_t)wait;
    if (task->link.next != NULL) {
        weft__link_leave(&task->link);
    }
    weft__link_append(core->place, &task->link);
}

/* The same with a status. */
static inline void weft__make_ready(weft_task *task, int16_t status, int wait)
{
    task->chain.status = status;
    weft__succeed(task, wait);
}

/* A wait that could not be undone still cannot. */
static inline int weft__wait_then_ready(const weft_task *task)
{
    return task->chain.wait ^ (WEFT__PARKED | WEFT__READY);
}

/**
 * Ends the wait of a task with a status; nothing happens if it is not waiting (any more).
 *
 * Context: loop. Cost: O(1). The task runs in the next pass, behind those that are ready.
 */
static inline void weft_wake_status(weft_task *task, int status)
{
    if ((task->chain.wait & WEFT__PARKED) != 0) {
        weft__touches_no_more(task);
        weft__make_ready(task, (int16_t)status, weft__wait_then_ready(task));
        weft__from_library(&task->chain);
    }
}

/** Ends the wait of a task with success. A cancel before it runs still makes it WEFT_ECANCELED. */
static inline void weft_wake(weft_task *task)
{
    if ((task->chain.wait & WEFT__PARKED) != 0) {
        weft__touches_no_more(task);
        weft__succeed(task, weft__wait_then_ready(task));
    }
}

/* Of another loop than the waker's. */
__attribute__((cold, noinline, unused)) static void weft__wake_elsewhere(weft_task *task)
{
    weft_wake(task);
}

/* As weft_wake() of one that hangs in a list, by a task of `core`. Who is woken runs next, mostly, and
 * what is known of it only by following it delays that: so its core is only compared, which the
 * processor does beside. */
static inline void weft__wake_near(weft_core *core, weft_task *task)
{
    if (WEFT__SMALL || WEFT__RARE(weft_task_core(task) != core)) {
        weft__wake_elsewhere(task);
    } else if ((task->chain.wait & WEFT__PARKED) != 0) {
        weft__touches_no_more(task);
        weft__is_at_hand(core);
        task->chain.wait = (uint8_t)weft__wait_then_ready(task);
        weft__link_leave(&task->link);
        weft__link_append(core->place, &task->link);
    }
}

/** Ends a wait in a way that cannot be undone: bytes have moved, a result is there. */
static inline void weft_wake_final(weft_task *task, int status)
{
    if ((task->chain.wait & WEFT__PARKED) != 0) {
        weft__touches_no_more(task);
        weft__make_ready(task, (int16_t)status, WEFT__READY | WEFT__HOLDS);
        if (status < 0) {
            weft__from_library(&task->chain);
        }
    }
}

/* A coroutine in which a task waits has nothing to do behind it, and ends; that which the task itself
 * is ends by itself. */
static inline void weft__end_for(weft_task *task)
{
    weft_chain *const chain = &task->chain;
    weft_frame *const frame = chain->top;
    if (WEFT__RARE(frame->caller == NULL)) {
        return;
    }
#if WEFT_DEBUG
    weft__check_end(frame, chain);
#endif
    frame->state = WEFT__ENDED;
    chain->top = frame->caller;
}

/* As weft_wake_final(), where the coroutine that waits only returns `status` behind it. */
static inline void weft__wake_returned(weft_task *task, int16_t status)
{
    task->chain.top->outcome = status;
    if (!WEFT__SMALL && (task->chain.wait & WEFT__PARKED) != 0) {
        weft__end_for(task);
    }
    weft_wake_final(task, status);
}

/** The task that waits longest in a list of WEFT_PARK, or NULL. */
static inline weft_task *weft_first_waiter(const weft_link *list)
{
    return weft_link_is_empty(list) ? NULL : WEFT_CONTAINER(list->next, weft_task, link);
}

/** Wakes the one that waits longest; false if none does. */
static inline bool weft_wake_first(const weft_link *list)
{
    weft_task *const task = weft_first_waiter(list);
    if (task != NULL) {
        weft_wake(task);
    }
    return task != NULL;
}

/** Wakes all that wait, in the order in which they came. */
static inline void weft_wake_all(const weft_link *list)
{
    while (weft_wake_first(list)) {
    }
}

WEFT__END_C

#endif
