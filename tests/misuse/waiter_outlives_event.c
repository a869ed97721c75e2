/* waiter_outlives_event.c - a call ends while a task still waits for an event in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_event\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/event.h>

struct opens {
    WEFT_FRAME;
    weft_group *group;
    weft_event opened;
    WEFT_TASK(weft_event_wait) *slot;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_event_wait, &self->opened));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_event_wait) slot;
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
