/* waiter_outlives_priority_queue.c - a call ends while a task waits for room in its queue. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_priority_queue\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/priority_queue.h>

typedef WEFT_TASK(weft_put) outside;
static int job;

static bool is_less(const void *left, const void *right)
{
    return *(const int *)left < *(const int *)right;
}

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_queue jobs;
    WEFT_PRIORITY_QUEUE_ITEMS(int, 1) rooms;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_priority_queue_init(&self->jobs, &self->rooms, is_less);
    (void)weft_put_nowait(&self->jobs, &job);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_put, &self->jobs, &job));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
