/* join.h - waiting for the end of a task. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_TRY(self->join, weft_join, &self->slot.task);
 *
 * Who joins stands in front of the task's owner, and is told first:
 *
 *     task.owner --> join --behind--> group          the task ends: join is told, then the group
 *
 * so that a join costs the task nothing, and several may stand in front of each other.
 */
#ifndef WEFT_JOIN_H
#define WEFT_JOIN_H

#include <weft/cancel.h>

/**
 * In a coroutine: waits until a task has ended; the status is that task's.
 *
 * Joining is owning: cancelling the joiner cancels the joined, and the await ends when that has
 * ended. Several may join one task.
 */
struct weft_join {
    WEFT_FRAME;
    weft_task *task;
    /* private: */
    weft_task *joiner;
    weft_owner owner, *behind; /* stands in front of the task's owner, while it waits */
};

WEFT__BEGIN_C

/* The joined task has ended: its real owner is told after the joiner. */
static inline void weft__join_ended(weft_owner *owner, weft_task *task)
{
    struct weft_join *const join = WEFT__CONTAINER(owner, struct weft_join, owner);
    weft_owner *const behind = join->behind;
    weft_wake_final(join->joiner, 0);
    task->chain.flags |= WEFT__WAS_JOINED;
    task->owner = behind;
    behind->ended(behind, task);
}

static inline WEFT_ASYNC(weft_join, self)
{
    WEFT_ASSERT(self->task != NULL && self->task != WEFT_SELF(), "join another task");
    if (weft_task_is_running(self->task)) {
        self->joiner = WEFT_SELF();
        self->behind = self->task->owner;
        self->owner.core = self->behind->core;
        self->owner.ended = weft__join_ended;
        self->task->owner = &self->owner;
        WEFT_PARK(NULL);
        if (WEFT_STATUS() == WEFT_ECANCELED && weft_task_cancel(self->task)) {
            WEFT_HOLD(NULL);
        }
    }
    WEFT_RETURN_STATUS(self->task->status);
}
WEFT_END

WEFT__END_C

#endif
