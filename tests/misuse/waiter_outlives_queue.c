/* waiter_outlives_queue.c - a call ends while a task waits for an item of its queue. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_queue\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/queue.h>

typedef WEFT_TASK(weft_get) outside;
static int job;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_queue jobs;
    int rooms[2];
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_queue_init(&self->jobs, self->rooms, sizeof self->rooms[0], 2);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_get, &self->jobs, &job));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
