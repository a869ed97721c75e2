/* waiter_outlives_limiter.c - a call ends while a task waits for a token of its limiter. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_limiter\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/limiter.h>

typedef WEFT_TASK(weft_limiter_acquire) outside;
static weft_hold token;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_limiter workers; /* zeroed: no token */
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_limiter_acquire, &self->workers, &token));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
