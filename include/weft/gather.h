/* gather.h - several tasks at once, and all of their results. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_GROUP(self->group, .keep_going = true) {
 *         WEFT_TRY(self->gather, weft_gather,
 *                  weft_watch_tasks(self->watches, weft_prepare(&self->a, fetch, "http://one/"),
 *                                   weft_prepare(&self->b, fetch, "http://two/")),
 *                  .group = &self->group);
 *         use(&self->a.frame, &self->b.frame);
 *     }
 *
 * The results are where those of tasks always are, in their slots, in whatever order they came.
 *
 * In a group that does not keep going the group itself is what gathers: a failure cancels the
 * others and the body, and the end of the block waits for all. A gather is for tasks that go on
 * when one of them fails, or that belong to a group further out.
 */
#ifndef WEFT_GATHER_H
#define WEFT_GATHER_H

#include <weft/wait.h>

#if !WEFT_BARE /* see bare.h */

/**
 * Waits until all tasks have ended, or the first has failed (asyncio.gather).
 *
 * Status:  0: all have succeeded. Else that of the first that failed, also WEFT_ECANCELED of one
 *          that somebody else cancelled; the others go on, and whatever becomes of them is not
 *          reported. With `.collect` 0 whatever their statuses are: the watches tell.
 * Cancelled: cancels all that have not ended, and waits for them all the same. It fails with
 *          WEFT_ECANCELED if one of them was cut short by that; but a failure beats it, unless it
 *          collects. If none was, all is as if nothing had been asked, and the cancellation meets
 *          the next wait.
 *
 * Does not wait if all have ended. Cost: O(tasks) at the beginning and at the end, O(1) for each.
 */
struct weft_gather {
    WEFT_FRAME;
    weft_watches tasks;
    bool collect;       /* failures are results, too (return_exceptions) */
    weft_group *group;  /* where prepared tasks are started; else NULL */
    weft_watch *failed; /* out: the first that failed, or NULL */
    /* private: */
    bool was_cancelled;
    weft__waiting waiting;
};

WEFT__BEGIN_C

/* The first that failed; if all of them were asked to stop the first whose own failure it is. */
static inline weft_watch *weft__first_failure(const weft__waiting *waiting, bool was_cancelled)
{
    weft_watch *found = NULL;
    for (weft_watch *watch = waiting->first; watch != NULL; watch = watch->next) {
        if (watch->status < 0 && found == NULL) {
            found = watch;
        }
        if (watch->status < 0 && (watch->status != WEFT_ECANCELED || !was_cancelled)) {
            return watch;
        }
    }
    return found;
}

/* Whatever becomes of those that go on, somebody was there to ask. */
static inline void weft__gather_retrieve(const weft__waiting *waiting)
{
    for (size_t i = 0; i < waiting->tasks.count; i++) {
        if (weft__watch_is_open(&waiting->tasks.each[i])) {
            waiting->tasks.each[i].task->chain.flags |= WEFT__WAS_JOINED;
        }
    }
}

static inline bool weft__is_cut_short(const weft__waiting *waiting)
{
    const weft_watch *watch = waiting->first;
    while (watch != NULL && watch->status != WEFT_ECANCELED) {
        watch = watch->next;
    }
    return watch != NULL;
}

static inline int16_t weft__gather_result(const struct weft_gather *gather)
{
    if (gather->collect) {
        return gather->was_cancelled && weft__is_cut_short(&gather->waiting)
                   ? (int16_t)WEFT_ECANCELED
                   : (int16_t)0;
    }
    return gather->failed != NULL ? gather->failed->status : (int16_t)0;
}

static inline WEFT_ASYNC(weft_gather, self)
{
    WEFT_ASSERT(self->tasks.each != NULL || self->tasks.count == 0, "gather which tasks?");
    WEFT_CHECKPOINT();
    (void)weft__waiting_begin(&self->waiting, WEFT_SELF(), self->tasks, self->group,
                              self->collect ? WEFT_ALL_COMPLETED : WEFT_FIRST_FAILURE);
    if (!self->waiting.is_met) {
        WEFT_PARK(NULL);
        if (!self->waiting.is_met) {
            self->was_cancelled = true;
            weft__waiting_cancel(&self->waiting, WEFT_REASON());
            WEFT_HOLD(NULL);
        }
    }
    self->failed = weft__first_failure(&self->waiting, self->was_cancelled);
    weft__gather_retrieve(&self->waiting);
    weft__waiting_end(&self->waiting);
    WEFT_RETURN_STATUS(weft__gather_result(self));
}
WEFT_END

WEFT__END_C

#endif
#endif
