/* task.h - a chain that is scheduled: it parks until somebody wakes or cancels it. */
/* SPDX-License-Identifier: MIT */
/*
 * A task is a chain of frames with a place in a queue. Everything that waits, in this library and
 * in yours, is written with the two primitives of this page:
 *
 *     struct my_wait { WEFT_FRAME; struct my_event *event; };
 *
 *     WEFT_ASYNC(my_wait, self)                          void my_set(struct my_event *event)
 *     {                                                  {
 *         WEFT_PARK(&self->event->waiters);                  weft_wake_first(&event->waiters);
 *     }                                                  }
 *     WEFT_END
 *
 *               spawn                 park
 *     (zeroed) ──────> ready ──────────────────> parked     park: it hangs by its own link in the
 *                       │ ^                        │              list of what it waits for
 *                       v └────────────────────────┘        wake: O(1), never fails, runs nothing;
 *                    running       wake, cancel                   a cancel is a wake with a status
 *                       │
 *                       v
 *                     ended
 *
 * How a wait ends, and what the task is told then: wake.h. A park with WEFT_HOLD cannot be cancelled at
 * all: the request meets the next wait.
 *
 * What is waited for outlives the wait. Woken, a task does not touch the list any more; one that was
 * cancelled may, until it has run. With WEFT_DEBUG what ends before stops the program (held.h).
 */
#ifndef WEFT_TASK_H
#define WEFT_TASK_H

#include <weft/wake.h>

/** In a coroutine: the task that runs it. Stops in a generator that plain C drives. */
#define WEFT_SELF() weft__task(weft__c)

/**
 * In a coroutine: waits until somebody wakes this task.
 *
 * WEFT_STATUS() is then 0, what the waker gave, or WEFT_ECANCELED. WEFT_HOLD is the same, but
 * cannot be cancelled: for what the kernel, a DMA or a child still holds.
 *
 * @param list  Where it hangs: wakers find it there, and a cancel takes it out. NULL: nowhere.
 * Cost: O(1).
 */
#define WEFT_PARK(list) WEFT__PARK(WEFT__N, list, WEFT__PARKED)
#define WEFT_HOLD(list) WEFT__PARK(WEFT__N, list, WEFT__PARKED | WEFT__HOLDS)
#define WEFT__PARK(n, list, how) WEFT__PARK_BY(n, weft__park(weft__c, list, how))
#define WEFT__PARK_BY(n, park)                                                                     \
    do {                                                                                           \
        WEFT__FITS(n);                                                                             \
        WEFT__AT(n);                                                                               \
        return park;                                                                               \
        WEFT__CASE(n) :;                                                                           \
    } while (0)

/** In a coroutine: lets the other ready tasks run first. WEFT_STATUS() as after WEFT_PARK. */
#define WEFT_PASS() WEFT__PARK(WEFT__N, NULL, WEFT__READY)

/**
 * In a coroutine: ends it with a status that came from a wait. As WEFT_RETURN, but the place where
 * a failure is said to begin is the line that awaits this coroutine.
 */
#define WEFT_RETURN_STATUS(value)                                                                  \
    do {                                                                                           \
        weft__c->status = (int16_t)(value);                                                        \
        if (WEFT__SMALL || WEFT__RARE(weft__c->status < 0)) {                                      \
            weft__from_library(weft__c);                                                           \
        }                                                                                          \
        WEFT__LEAVE();                                                                             \
    } while (0)

/**
 * In a coroutine that may never have to wait: lets the others run once the budget is used up.
 * Put it before the work. It fails only by cancellation, and leaves then.
 */
#define WEFT_CHECKPOINT()                                                                          \
    do {                                                                                           \
        if (WEFT__RARE(weft__is_spent(weft__c))) {                                                 \
            WEFT_PASS();                                                                           \
            if (weft__c->status < 0) {                                                             \
                WEFT__LEAVE();                                                                     \
            }                                                                                      \
        }                                                                                          \
    } while (0)

WEFT__BEGIN_C

/* How it is done. */

/* Of its own, so that a step that only parks needs no room on the stack for it. */
__attribute__((noreturn, cold, noinline, unused)) static void weft__not_a_task(weft_frame *frame)
{
    weft__stop_in(frame, NULL, "it has to wait: drive it from a coroutine, not from plain C");
}

static inline weft_task *weft__task(weft_chain *chain)
{
    if (WEFT_ASSERTS && WEFT__RARE((chain->flags & WEFT__IS_TASK) == 0)) {
        weft__not_a_task(chain->top);
    }
    return WEFT_CONTAINER(chain, weft_task, chain);
}

static inline weft_core *weft__core(weft_chain *chain)
{
    return weft_task_core(weft__task(chain));
}

static inline bool weft__is_spent(weft_chain *chain)
{
    weft_core *const core = weft__core(chain);
    if (core->budget <= 1) {
        return true;
    }
    core->budget--;
    return false;
}

/* A timer for each open scope whose deadline has none yet: only now that the task really waits. */
__attribute__((noinline, unused)) static void weft__arm_scopes(weft_task *task)
{
    weft_timers *const timers = &weft_task_core(task)->timers;
    for (weft_block *block = task->chain.block; block != NULL; block = block->outer) {
        weft_scope *const scope = weft__scope_of(block);
        if (scope->has_deadline && !scope->expired && !weft_timer_is_armed(&scope->timer)) {
            weft_timers_arm(timers, &scope->timer, scope->timer.at);
        }
    }
    task->chain.flags &= (uint8_t)~WEFT__UNARMED;
}

/* It waits now: in a list, nowhere, or, how is READY, for its next turn. */
static inline weft_step weft__wait(weft_task *task, weft_link *list, int how)
{
    const weft_step verdict = {(weft__verdict_word)(how & (WEFT__PARKED | WEFT__READY))};
    weft__set_wait(&task->chain, how);
    if ((how & WEFT__READY) != 0) { /* where it stands in the queue is its place */
        return verdict;
    }
    weft__link_leave(&task->link);
    if (list != NULL) {
        weft_link_insert(list, &task->link);
        weft__still_touches(task, list);
    } else {
        task->link.next = NULL; /* nowhere */
    }
    return verdict;
}

/* Cancelled: the wait does not begin. A task that does nothing but try must not starve the others,
 * so that a refusal counts against the budget; when that is used up, they get their turn first. */
__attribute__((cold, noinline, unused)) static weft_step weft__refuse(weft_task *task)
{
    weft_core *const core = weft_task_core(task);
    weft_chain *const chain = &task->chain;
    weft_step verdict = {WEFT__ENTERS};
    weft__touches_no_more(task);
    if (WEFT_REPORTS) {
        core->refused = core->refuser == task ? core->refused : 0;
        core->refuser = task;
        chain->flags |= WEFT__TIDIES;
        if (++core->refused == 1000) {
            weft__report(
                core, task, chain->top->caller != NULL ? chain->top->caller : chain->top,
                WEFT_TEXT("a thousand waits refused in a row: leave the loop on WEFT_ECANCELED"),
                WEFT_ECANCELED);
        }
    }
    if (weft__is_spent(chain)) {
        verdict = weft__wait(task, NULL, WEFT__READY | WEFT__HOLDS);
    }
    chain->status = WEFT_ECANCELED;
    weft__from_library(chain);
    weft__acknowledge(chain);
    return verdict;
}

/* Where something was cancelled, or a scope has a deadline. */
__attribute__((noinline, unused)) static weft_step weft__park_rarely(weft_task *task,
                                                                     weft_link *list, int how)
{
    if (weft__is_pending(&task->chain) && (how & WEFT__HOLDS) == 0) {
        return weft__refuse(task);
    }
    if ((task->chain.flags & WEFT__UNARMED) != 0) {
        weft__arm_scopes(task);
    }
    return weft__wait(task, list, how);
}

static inline void weft__can_cancel(weft_core *core)
{
    core->park_rarely = weft__park_rarely;
}

static WEFT__APART weft_step weft__park_checked(weft_chain *chain, weft_link *list, int how)
{
    weft_task *const task = weft__task(chain);
    return weft_task_core(task)->park_rarely(task, list, how);
}

/* What a step returns that waits. A wait that is refused is one, too: the trampoline enters it again
 * behind the wait. So the way of all others needs no call, and no registers kept for one. */
static inline weft_step weft__park(weft_chain *chain, weft_link *list, int how)
{
    const int rare = WEFT__UNARMED | WEFT__PENDING | (WEFT_ASSERTS ? WEFT__DRIVEN : 0);
    if (WEFT__RARE((chain->flags & rare) != 0)) {
        return weft__park_checked(chain, list, how);
    }
    return weft__wait(WEFT_CONTAINER(chain, weft_task, chain), list, how);
}

/* Leaves a scope: its timer, its requests and the count of refusals go with it. */
static inline void weft__scope_leave(weft_task *task, weft_scope *scope)
{
    if (weft_timer_is_armed(&scope->timer)) {
        weft_timers_cancel(&weft_task_core(task)->timers, &scope->timer);
    }
    if (scope->serial != 0) {
        weft_task_core(task)->refused = 0;
        weft__forget_reason(&task->chain);
    }
    weft__scope_pop(&task->chain, scope);
    scope->task = NULL; /* closed: what is asked of it now is asked of nobody */
}

/* The chain of a task, with its first frame: in as few stores as there can be, or as little code. */
static inline void weft__chain_begin(weft_task *task, weft_frame *frame)
{
    weft_chain *const chain = &task->chain;
    if (WEFT__SMALL) {
        __builtin_memset(task, 0, WEFT__TASK_BYTES);
        chain->wait = WEFT__READY;
        chain->flags = WEFT__IS_TASK;
    } else {
        weft__chain_fresh(chain);
    }
    chain->top = frame;
}

/* Begins a task that has its chain and its owner, and puts it into the queue. Its name is left as it
 * is. */
static inline void weft__task_begin(weft_core *core, weft_task *task)
{
    const weft_task *const spawner = core->current;
    weft__is_at_hand(core);
    weft__inherit_context(task, spawner);
    weft__link_append(core->place, &task->link);
#if WEFT_DEBUG
    task->chain.notes = &core->notes;
    __builtin_memset(&task->waits, 0, sizeof task->waits);
    weft__note(&core->notes, &task->held, task, WEFT__HELD_TASK);
#endif
}

/* What gets ready while this task runs stands before it. */
static inline void weft__take_place(weft_core *core, weft_task *task)
{
    core->place = &task->link;
    core->upcoming = task->link.next;
    core->current = task;
}

/* Runs a task that has taken its place, until it suspends or has ended: see weft__trampoline(). */
static inline int weft__task_step(weft_core *core, weft_task *task)
{
    core->budget = WEFT_BUDGET;
    weft__touches_no_more(task);
    return weft__trampoline(&task->chain);
}

/* What few tasks have lets go of the one that has ended. */
static WEFT__APART void weft__task_tidy(weft_core *core, weft_task *task)
{
#if WEFT_CONTEXT
    weft__context_move(&task->context, NULL);
#endif
    if (WEFT_REPORTS && core->refuser == task) {
        core->refuser = NULL;
    }
}

/* It has ended: now it may be freed. */
static inline void weft__task_end(weft_core *core, weft_task *task)
{
    if ((WEFT_CONTEXT || WEFT_REPORTS) && WEFT__RARE((task->chain.flags & WEFT__TIDIES) != 0)) {
        weft__task_tidy(core, task);
    }
    core->place = core->upcoming;
    weft__link_leave(&task->link);
    task->chain.flags |= WEFT__DONE;
    task->status = task->chain.status;
#if WEFT_DEBUG
    weft__unnote(&task->held);
#endif
    weft__tell_end(task); /* from here on nobody touches it */
}

/* Runs a task that stands in the queue, until it waits or gives way (true) or has ended. */
static WEFT__SHARED bool weft__task_run(weft_core *core, weft_task *task)
{
    weft__take_place(core, task);
    if (WEFT__RARE(weft__task_step(core, task) == 0)) {
        weft__task_end(core, task);
        return false;
    }
    return true;
}

WEFT__END_C

#endif
