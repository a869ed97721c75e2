/* cancelled_outlives_signal.c - a wait is cancelled, and its signal comes and ends before it runs. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: cancelled_outlives_signal\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/cancel.h>
#include <weft/remote_signal.h>
static weft_task *waiter;

struct cancels {
    WEFT_FRAME;
    weft_signal *button;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_task_cancel(waiter);
    weft_signal_set(self->button);
}
WEFT_END

static WEFT_TASK(cancels) canceller;

typedef WEFT_TASK(weft_signal_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_signal button;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_signal_init(&self->button, weft_task_core(WEFT_SELF()));
    waiter = &self->slot->task;
    WEFT_CHECK(weft_spawn(self->group, &canceller, cancels, &self->button));
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_signal_wait, &self->button));
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
