/* as_completed.h - several tasks, one after the other as they end. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_FOR_EACH(self->next, weft_as_completed, weft_watch_slots(self->watches, self->all, 3)) {
 *         printf("%d: %d\n", (int)(self->next.watch - self->watches), self->next.watch->status);
 *     }
 *
 * Those that have ended already come first, in the order in which they stand in the set; then the
 * others, in the order of their ends. `break` leaves those that are left alone.
 */
#ifndef WEFT_AS_COMPLETED_H
#define WEFT_AS_COMPLETED_H

#include <weft/generator.h>
#include <weft/wait.h>

#if !WEFT_BARE /* see bare.h */

/**
 * Yields the watch of each task that has ended (asyncio.as_completed). Its index in the array, or
 * watch->task, tell which it is; a task that stands there twice comes twice. While the loop's body
 * runs, the tasks go on, and what ends meanwhile is not lost.
 *
 * Fails: WEFT_ETIMEDOUT, when the time is up and no further one has ended; WEFT_ECANCELED. The
 *        tasks are left alone in either case.
 * Cost:  O(tasks) at the beginning and at the end, O(1) for each that ends.
 */
struct weft_as_completed {
    WEFT_FRAME;
    weft_watches tasks;
    weft_time
        timeout; /* for all of them together, from the first on; 0 or WEFT_FOREVER: no limit */
    weft_group *group; /* where prepared tasks are started; else NULL */
    weft_watch *watch; /* the value */
    /* private: */
    size_t left;
    weft_time at;
    weft__waiting waiting;
    weft__alarm alarm;
};

WEFT__BEGIN_C

static inline WEFT_ASYNC(weft_as_completed, self)
{
    WEFT_ASSERT(self->tasks.each != NULL || self->tasks.count == 0, "which tasks?");
    self->at = weft__timeout_at(self->timeout, WEFT_NOW());
    self->left = weft__waiting_begin(&self->waiting, WEFT_SELF(), self->tasks, self->group,
                                     WEFT_FIRST_COMPLETED);
    self->waiting.waiter = NULL;
    for (; self->left > 0; self->left--) {
        WEFT_CHECKPOINT();
        if (self->waiting.first == NULL) {
            if (weft__is_too_late(self->at, WEFT_NOW())) {
                WEFT_RETURN_STATUS(WEFT_ETIMEDOUT);
            }
            self->waiting.waiter = WEFT_SELF();
            weft__alarm_arm(&self->alarm, WEFT_SELF(), self->at);
            WEFT_PARK(NULL);
            weft__alarm_stop(&self->alarm);
            self->waiting.waiter = NULL;
            if (WEFT_STATUS() < 0 || self->waiting.first == NULL) {
                WEFT_RETURN_STATUS(WEFT_STATUS() < 0 ? WEFT_STATUS() : WEFT_ETIMEDOUT);
            }
        }
        WEFT_YIELD(self->watch = weft__waiting_take(&self->waiting));
    }
WEFT_FINALLY:
    weft__waiting_end(&self->waiting);
}
WEFT_END

WEFT__END_C

#endif
#endif
