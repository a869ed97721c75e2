/* waiter_outlives_queue_join.c - a call ends while a task waits for the end of the work in its queue. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_queue_join\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/queue.h>

typedef WEFT_TASK(weft_queue_join) outside;

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
    (void)weft_put_nowait(&self->jobs, &(int){1});
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_queue_join, &self->jobs));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
