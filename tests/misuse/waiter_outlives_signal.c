/* waiter_outlives_signal.c - a call ends while a task still waits for a signal in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_signal\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
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

static WEFT_ASYNC(opens, self)
{
    weft_signal_init(&self->button, weft_task_core(WEFT_SELF()));
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_signal_wait, &self->button));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
