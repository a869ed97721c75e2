/* workers.h - tasks that work for a while, and what is done to them: for suites about tasks. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_WORKERS_H
#define WEFT_TEST_WORKERS_H

#include "virtual.h"

/* Works for some seconds and ends with a status; its cleanup takes some more. Says "a0@3 ": its name,
 * how it ended, and when. */
struct worker {
    WEFT_FRAME;
    char name;
    int work, cleanup, status;
    struct weft_sleep nap;
};

static inline WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    if (self->cleanup > 0) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(self->cleanup));
    }
    say("%c%d@%d ", self->name, WEFT_OUTCOME(), seconds());
}
WEFT_END

typedef WEFT_TASK(worker) worker_task;

/* Cancels a task after a while. */
struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    struct weft_sleep nap;
};

static inline WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    (void)weft_task_cancel(self->victim);
}
WEFT_END

typedef WEFT_TASK(canceller) canceller_task;

#endif
