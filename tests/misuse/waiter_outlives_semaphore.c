/* waiter_outlives_semaphore.c - a call ends while a task waits for a permit of its semaphore. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_semaphore\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/semaphore.h>

typedef WEFT_TASK(weft_acquire) outside;
static weft_hold turn;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_semaphore limit; /* zeroed: no permit */
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_acquire, &self->limit, &turn));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
