/* waiter_outlives_event.c - a call ends while a task still waits for an event in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_event\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/event.h>

typedef WEFT_TASK(weft_event_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_event opened;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_event_wait, &self->opened));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
