/* cancel.h - asking a task, or what happens inside a scope, to stop. */
/* SPDX-License-Identifier: MIT */
/*
 * Cancelling is asking. The wait under way is undone, further ones are refused, the frames unwind
 * innermost first, each through its FINALLY, which can wait; and the task ends when it has let go of
 * everything. How a request is remembered stands in scope.h.
 *
 *     weft_task_cancel(&self->slot.task);                       // and then await it:
 *     WEFT_AWAIT(self->join, weft_join, &self->slot.task);      // WEFT_STATUS(): WEFT_ECANCELED
 */
#ifndef WEFT_CANCEL_H
#define WEFT_CANCEL_H

#include <weft/task.h>

WEFT__BEGIN_C

/**
 * Asks a task to stop: its wait under way is undone and every further one refused, until it has
 * ended; FINALLY can wait. A task that has not begun runs only its FINALLY.
 *
 *     bool weft_task_cancel(weft_task *task);
 *     bool weft_task_cancel_because(weft_task *task, const char *why);
 *
 * @param why  For people, a string of static storage: weft_task_reason(), dumps.
 * @return true if it will see that; false if it has ended already.
 * Context: loop. Cost: O(scopes of the task).
 */
#define weft_task_cancel(task) weft__task_cancel(task, WEFT__REASON(NULL))
#define weft_task_cancel_because(task, why) weft__task_cancel(task, WEFT__REASON(why))

/** How many requests stand on the task's own scope. */
static inline int weft_cancelling(const weft_task *task)
{
    return (int)task->chain.requests;
}

/**
 * Takes one request back; with the last of them the task may wait again. A wait that was undone
 * stays undone, but WEFT_AWAIT goes on after it; a task that has not begun will begin after all.
 *
 * @return how many requests are left.
 */
static inline int weft_uncancel(weft_task *task);

/** Cancels what happens inside a scope. Quiet: who cancels, absorbs (see WEFT_MOVE_ON). */
#define weft_scope_cancel(scope) weft__scope_cancel(scope, WEFT__REASON(NULL))
#define weft_scope_cancel_because(scope, why) weft__scope_cancel(scope, WEFT__REASON(why))

/**
 * Why a task was cancelled last, and where: who cancels by the functions above leaves file and line;
 * a deadline, a group and a loop say so. What a task hands on (to its group's children, to what it
 * joins) has the same reason.
 *
 * @return static; NULL if it was not cancelled, or has failed since in another way, or WEFT_ORIGINS
 *         is 0. It stays when the task has ended. Context: loop.
 */
static inline const weft_reason *weft_task_reason(const weft_task *task)
{
    return weft__reason_of(&task->chain);
}

/** In a coroutine, in FINALLY as a rule: why this task was cancelled. As weft_task_reason(). */
#define WEFT_REASON() weft_task_reason(WEFT_SELF())

/* How it is done. */

#if WEFT_ORIGINS
#define WEFT__REASON(why)                                                                          \
    (__extension__({                                                                               \
        static const weft_reason weft__reason = {why, __FILE__, __LINE__};                         \
        &weft__reason;                                                                             \
    }))
#else
#define WEFT__REASON(why) ((const weft_reason *)NULL)
#endif

/* A request has come: undoes the wait, if there is one and it can be undone. */
static inline void weft__interrupt(weft_task *task)
{
    weft_chain *const chain = &task->chain;
    if (!weft__is_pending(chain) || (chain->wait & WEFT__HOLDS) != 0 ||
        (chain->flags & WEFT__DONE) != 0) {
        return;
    }
    if ((chain->wait & WEFT__PARKED) != 0) {
        weft__make_ready(task, WEFT_ECANCELED, WEFT__READY);
    } else if ((chain->wait & WEFT__READY) == 0) {
        return; /* it runs: its next wait is refused */
    } else if (chain->top->state == WEFT__START && chain->top->caller == NULL) {
        chain->top->state = WEFT__UNWIND;
        chain->status = WEFT_ECANCELED;
        return;
    } else if (chain->status >= 0 || chain->status == WEFT_ECANCELED) {
        chain->status = WEFT_ECANCELED; /* woken, but it has not run: the end is taken back */
    } else {
        return; /* the wait has failed by itself */
    }
    weft__acknowledge(chain);
}

static inline void weft__request(weft_task *task, weft__serial *requests, weft__serial *serial,
                                 const weft_reason *reason)
{
    if (!weft__is_pending(&task->chain)) {
        weft__set_reason(&task->chain, reason); /* the first says why */
    }
    weft__can_cancel(weft_task_core(task));
    *serial = weft__next_serial(&task->chain);
    *requests = *requests < WEFT__SERIAL_LAST ? (weft__serial)(*requests + 1) : *requests;
    weft__look(&task->chain);
    weft__interrupt(task);
}

static inline bool weft__task_cancel(weft_task *task, const weft_reason *reason)
{
    if (!weft_task_is_running(task)) {
        return false;
    }
    weft__request(task, &task->chain.requests, &task->chain.asked, reason);
    return true;
}

static inline int weft_uncancel(weft_task *task)
{
    weft_chain *const chain = &task->chain;
    if (chain->requests > 0 && --chain->requests == 0) {
        chain->asked = 0;
        weft__look(chain);
        if (!weft_task_is_done(task) && (chain->wait & WEFT__READY) != 0 &&
            chain->top->state == WEFT__UNWIND && chain->top->caller == NULL &&
            !weft__is_pending(chain)) {
            chain->top->state = WEFT__START;
            chain->status = 0;
        }
    }
    return (int)chain->requests;
}

static inline void weft__scope_cancel(weft_scope *scope, const weft_reason *reason)
{
    if (scope->task != NULL) {
        weft__request(scope->task, &scope->requests, &scope->serial, reason);
    }
}

WEFT__END_C

#endif
