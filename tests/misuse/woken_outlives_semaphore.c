/* woken_outlives_semaphore.c - a permit is handed over, and the semaphore ends before it is back. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_semaphore\.c:\d+: opens: weft: it ended while a task holds a lock or a permit that lies in it */
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
    weft_semaphore_release(&self->limit);
}
WEFT_END

#include "runs_opens.h"
