/* select.h - waits for several things, of which exactly one happens. */
/* SPDX-License-Identifier: MIT */
/*
 * What is waited for are cases, members of the frame; behind the wait `happened` tells which it was:
 *
 *     weft_case job_came, stop, late;
 *     struct weft_select select;
 *
 *     WEFT_TRY(self->select, weft_select,
 *              WEFT_CASES(weft_on_receive(&self->job_came, &self->in, &self->job),
 *                         weft_on_event(&self->stop, &stopping),
 *                         weft_on_timer(&self->late, WEFT_S(1))));
 *     if (self->job_came.happened) {
 *         work_on(&self->job);
 *     } else if (self->late.happened) {
 *         puts("nothing to do");
 *     }
 *
 * A case that is ready happens at once, without a wait. If several are, it is one of them by chance;
 * with `.biased = true` the first in the order in which they are written. Else the task waits, and
 * the first that becomes ready happens. The others leave no trace: nothing was taken or given, they
 * stand in no queue, and cannot happen later.
 *
 * It is final once one has happened: a cancellation that comes behind it, or a timeout around the
 * select, meets the next wait. One that comes before undoes all, and none has happened.
 *
 * The status is that of the case, as if it had been awaited by itself: WEFT_EEND of a channel, the
 * error of a future. It stands in case.status, too: with WEFT_AWAIT you can look at it there.
 *
 * With `.or_default = true` it never waits: if none is ready, none happens, and the status is 0. A
 * case that is not wanted this time has a guard: weft_when(self->free > 0, weft_on_receive(…)).
 *
 * What there is to wait for stands in case_kinds.h, of the operating system in loop_cases.h; how to
 * add a kind, in case.h. All of it outlives the wait, also that of a select that was cancelled, until
 * it has run: it stands in their lists. With WEFT_DEBUG each is looked after (held.h).
 */
#ifndef WEFT_SELECT_H
#define WEFT_SELECT_H

#include <weft/case_kinds.h>

/**
 * Waits until one of several cases happens.
 *
 * Status:  that of the case that happened; 0 if none was ready and there is a default;
 *          WEFT_ECANCELED and none happened: cancelled.
 * Context: coroutine.
 * Cost:    O(cases), no allocation.
 */
struct weft_select {
    WEFT_FRAME;
    weft_case *cases; /* WEFT_CASES(…) */
    /* options, by name */
    bool biased;     /* of those that are ready the first in order, not one by chance */
    bool or_default; /* if none is ready, goes on at once */
    /* private: */
    weft__choice choice;
};

/** The cases of a select, in their order; a NULL is left out. Each weft_on_…() sets its case up for
 *  one select. */
#ifdef __cplusplus
#define WEFT_CASES(...) weft__cases(__VA_ARGS__)
#else
#define WEFT_CASES(...)                                                                            \
    weft__link_cases((weft_case *const[]){__VA_ARGS__},                                            \
                     sizeof((weft_case *const[]){__VA_ARGS__}) / sizeof(weft_case *))
#endif

WEFT__BEGIN_C

/** A guard: the case, or NULL. It is set up all the same, so that `happened` is false. */
static inline weft_case *weft_when(bool condition, weft_case *guarded)
{
    return condition ? guarded : NULL;
}

/* How it is done. */

static inline WEFT_ASYNC(weft_select, self)
{
    WEFT_ASSERT(self->cases != NULL || self->or_default,
                "no case is on: leave one without a guard, or say .or_default = true");
    weft__choice_begin(&self->choice, self->cases, WEFT_SELF());
    WEFT_CHECKPOINT();
    if (weft__choice_take(&self->choice, weft__core(weft__c), self->biased)) {
        WEFT_RETURN_STATUS(self->choice.chosen->status);
    }
    if (!self->or_default) {
        weft__choice_arm(&self->choice);
        WEFT__PARK(WEFT__N, NULL, WEFT__PARKED | WEFT__SELECTS);
        WEFT_RETURN_STATUS(weft__choice_end(&self->choice, weft__c->status));
    }
}
WEFT_END

WEFT__END_C

#endif
