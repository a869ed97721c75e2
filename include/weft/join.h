/* join.h - waiting for the end of a task. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_TRY(self->join, weft_join, &self->slot.task);
 *
 * Who joins stands in the row of those who are told of the task's end (see core.h): a join costs the
 * task nothing, and several may join one task. They go on in the order in which they came.
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
    weft_owner watcher;
    bool has_ended;
    int16_t status;
};

WEFT__BEGIN_C

/* The slot may be used again before the joiner runs: it keeps what it needs. */
static inline void weft__join_ended(weft_owner *watcher, weft_task *task)
{
    struct weft_join *const join = WEFT_CONTAINER(watcher, struct weft_join, watcher);
    task->chain.flags |= WEFT__WAS_JOINED;
    join->has_ended = true;
    join->status = task->status;
    weft_wake_final(join->joiner, 0);
}

static inline WEFT_ASYNC(weft_join, self)
{
    WEFT_ASSERT(self->task != NULL && self->task != WEFT_SELF(), "join another task");
    if (!weft_task_is_running(self->task)) {
        WEFT_RETURN_STATUS(self->task->status);
    }
    self->joiner = WEFT_SELF();
    self->watcher.ended = weft__join_ended;
    weft__watch_end(self->task, &self->watcher);
    WEFT_PARK(NULL);
    if (!self->has_ended) { /* cancelled: hand it on, and wait all the same */
        (void)weft__task_cancel(self->task, weft_task_reason(self->joiner));
        WEFT_HOLD(NULL);
    }
    WEFT_RETURN_STATUS(self->status);
}
WEFT_END

WEFT__END_C

#endif
