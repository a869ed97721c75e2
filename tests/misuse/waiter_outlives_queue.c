/* waiter_outlives_queue.c - a call ends while a task still waits for an item of a queue in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_queue\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/queue.h>

struct opens {
    WEFT_FRAME;
    weft_group *group;
    weft_queue jobs;
    int rooms[2], job;
    WEFT_TASK(weft_get) *slot;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_queue_init(&self->jobs, self->rooms, sizeof self->rooms[0], 2);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_get, &self->jobs, &self->job));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_get) slot;
    struct opens opens;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->opens, opens, &self->group, .slot = (void *)&self->slot);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
