/* broken_outlives_barrier.c - a barrier is broken, and ends before those have left who waited. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: broken_outlives_barrier\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/barrier.h>

typedef WEFT_TASK(weft_barrier_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_barrier barrier;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    self->barrier.parties = 2;
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_barrier_wait, &self->barrier));
    WEFT_TRY(self->nap, weft_sleep, 0);
    weft_barrier_abort(&self->barrier);
}
WEFT_END

#include "runs_opens.h"
