/* join.h - waiting for the end of a task. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_TRY(self->join, weft_join, &self->slot.task);
 *
 * Three ways, which differ in what a cancellation of the one who waits does:
 *
 *     weft_join      cancels the task, too, and waits all the same: joining is owning
 *     weft_wait_for  so does a limit of time
 *     weft_shield    leaves the task alone, and stops waiting
 *
 * The status is that of the task; where it is WEFT_ECANCELED although nobody cancelled the one who
 * waits, WEFT_AWAIT goes on. What the task has done is in its slot.
 *
 * Who joins stands in the row of those who are told of the task's end (see core.h): a join costs
 * the task nothing, and several may join one task. They go on in the order in which they came.
 */
#ifndef WEFT_JOIN_H
#define WEFT_JOIN_H

#include <weft/at_once.h>
#include <weft/spawn.h>
#include <weft/timer.h>

#if !WEFT_BARE /* see bare.h */

/* One who waits for one task. The slot may be used again before it runs: the status is kept as the
 * outcome of its frame. */
typedef struct weft__joining {
    weft_task *joiner; /* NULL: the task has ended */
    weft_owner watcher;
} weft__joining;

/**
 * In a coroutine: waits until a task has ended; the status is that task's.
 *
 * Joining is owning: cancelling the joiner cancels the joined, and the await ends when that has
 * ended, with its status. If it has ended although it was asked to stop that is a success, and the
 * cancellation meets the next wait. A task that its group has cancelled is not asked once more.
 *
 * Does not wait if the task has ended already. Cost: O(1).
 */
struct weft_join {
    WEFT_FRAME;
    weft_task *task; /* was started */
    /* private: */
    weft__joining joining;
};

/**
 * As weft_join, but cancelling the one who waits leaves the task alone (asyncio.shield): the await
 * ends at once, with WEFT_ECANCELED, and how the task ends later is its group's affair; one that is
 * detached and fails is reported, once. Do not forget who owns it: a group that is left by that
 * cancellation cancels it, too.
 */
struct weft_shield {
    WEFT_FRAME;
    weft_task *task; /* was started */
    /* private: */
    weft__joining joining;
};

/**
 * As weft_join inside a WEFT_TIMEOUT (asyncio.wait_for): when the time is up the task is cancelled,
 * the await waits for its cleanup, and fails with WEFT_ETIMEDOUT. If the task ends in another way
 * after all, with success or with a failure of its own, the status is that.
 *
 * With a limit of 0 or less a task that is only prepared does not enter its body; its FINALLY runs.
 * For a call there is no need of a task: write a WEFT_TIMEOUT around it.
 */
struct weft_wait_for {
    WEFT_FRAME;
    weft_task *task;
    weft_time limit;   /* a duration; WEFT_FOREVER: none */
    weft_group *group; /* where the task is started if it is only prepared; else NULL */
    /* private: */
    weft_scope patience;
    struct weft_join join;
};

#define WEFT__FIRST_OF_weft_join , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_join);

static inline void weft__joining_ended(weft_owner *watcher, weft_task *task)
{
    weft__joining *const joining = WEFT_CONTAINER(watcher, weft__joining, watcher);
    weft_task *const joiner = joining->joiner;
    task->chain.flags |= WEFT__WAS_JOINED;
    joining->joiner = NULL;
    weft__wake_returned(joiner, task->status);
}

/* From now on it is told when the task ends, and parks next. */
static inline void weft__joining_watch(weft__joining *joining, weft_task *joiner, weft_task *task)
{
    joining->joiner = joiner;
    joining->watcher.ended = weft__joining_ended;
    weft__watch_end(task, &joining->watcher);
}

/* True: the task has not ended, and the joiner parks next. */
static inline bool weft__joining_begin(weft_frame *frame, weft__joining *joining, weft_task *joiner,
                                       weft_task *task)
{
    WEFT_ASSERT(task != NULL && task != joiner, "join another task");
    WEFT_ASSERT((task->chain.flags & WEFT__IS_TASK) != 0,
                "this task was never started: weft_spawn() it before it is joined");
    if (weft_task_is_done(task)) {
        frame->outcome = task->status;
        return false;
    }
    weft__joining_watch(joining, joiner, task);
    return true;
}

/* A function of its own, and the last thing that is called: so a join keeps no registers for it. */
static WEFT__APART weft_step weft__join_hands_down(weft_chain *chain, weft_task *task)
{
    weft__hand_down(task, weft__reason_of(chain));
    return weft__park(chain, NULL, WEFT__PARKED | WEFT__HOLDS);
}

/* --- its first step: see at_once.h ------------------------------------------------------------- */

static WEFT__APART weft_step weft__join_slowly(struct weft_join *self, weft_chain *chain,
                                               weft_task *task)
{
    return WEFT__NOT_COUNTED(self, chain, weft_join, .task = task);
}

/* By a task, of another one that was started. */
static inline bool weft__joins_at_once(const weft_chain *chain, const weft_task *task)
{
    return !WEFT_ASSERTS || ((chain->flags & WEFT__IS_TASK) != 0 && task != NULL &&
                             &task->chain != chain && (task->chain.flags & WEFT__IS_TASK) != 0);
}

static WEFT__APART weft_step weft__first_weft_join(struct weft_join *self, weft_chain *chain,
                                                   weft_task *task)
{
    if (WEFT__RARE(!weft__joins_at_once(chain, task))) {
        return weft__join_slowly(self, chain, task);
    }
    if (weft_task_is_done(task)) {
        return WEFT__OFTEN(task->status == 0) ? weft__done_at_once(&self->weft, chain)
                                              : weft__join_slowly(self, chain, task);
    }
    self->task = task;
    weft__joining_watch(&self->joining, WEFT_CONTAINER(chain, weft_task, chain), task);
    return WEFT__WAIT_FIRST(&self->weft, weft_join, chain, NULL);
}
WEFT__FIRST_STEP(weft_join, given.task)

static inline WEFT_ASYNC(weft_join, self)
{
    if (weft__joining_begin(&self->weft, &self->joining, WEFT_SELF(), self->task)) {
        WEFT__PARK_FIRST(NULL);
        if (self->joining.joiner != NULL) { /* cancelled: hand it on, and wait all the same */
            WEFT__PARK_BY(WEFT__N, weft__join_hands_down(weft__c, self->task));
        }
    }
    WEFT_RETURN_STATUS(self->weft.outcome);
}
WEFT_END

static inline WEFT_ASYNC(weft_shield, self)
{
    if (weft__joining_begin(&self->weft, &self->joining, WEFT_SELF(), self->task)) {
        WEFT_PARK(NULL);
        if (self->joining.joiner != NULL) {
            weft__unwatch_end(self->task, &self->joining.watcher);
            WEFT_RETURN_STATUS(WEFT_ECANCELED);
        }
    }
    WEFT_RETURN_STATUS(self->weft.outcome);
}
WEFT_END

/* With no time at all its first step is the cleanup. */
static inline void weft__start_within(weft_group *group, weft_task *task, weft_time limit)
{
    if (limit > 0) {
        (void)weft_spawn_prepared(group, task);
    } else if (weft__group_add(group, task, task->chain.top, false) == 0) {
        (void)weft_task_cancel_because(task, "its deadline passed");
    }
}

static inline WEFT_ASYNC(weft_wait_for, self)
{
    WEFT_ASSERT(self->task != NULL, "wait for which task?");
    weft__needs_group(self->task, self->group);
    if (weft_task_is_prepared(self->task)) {
        weft__start_within(self->group, self->task, self->limit);
    }
    if (weft_task_is_done(self->task)) {
        WEFT_RETURN_STATUS(self->task->status);
    }
    WEFT_MOVE_ON(self->patience, self->limit) {
        WEFT_CATCH(self->join, weft_join, .task = self->task);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    WEFT_RETURN_STATUS(WEFT_STATUS()); /* absorbed: it was too late */
}
WEFT_END

WEFT__END_C

#endif
#endif
