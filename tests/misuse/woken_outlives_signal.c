/* woken_outlives_signal.c - a signal comes, and ends before the task has taken it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_signal\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/remote_signal.h>

typedef WEFT_TASK(weft_signal_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_signal button;
    struct weft_sleep nap;
};

/* Behind the task, in one pass with the signal: before the task runs. */
static WEFT_ASYNC(opens, self)
{
    weft_signal_init(&self->button, weft_task_core(WEFT_SELF()));
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_signal_wait, &self->button));
    WEFT_TRY(self->nap, weft_sleep, 0);
    weft_signal_set(&self->button);
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
