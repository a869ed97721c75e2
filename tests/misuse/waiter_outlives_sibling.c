/* waiter_outlives_sibling.c - a task ends while another one of its group waits for its event. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_sibling\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/event.h>

static weft_event *opened;

struct opens {
    WEFT_FRAME;
    weft_event opened;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    opened = &self->opened;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(opens) opener;
    WEFT_TASK(weft_event_wait) waiter;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->opener, opens));
        WEFT_TRY(self->nap, weft_sleep, 0);
        WEFT_CHECK(weft_spawn(&self->group, &self->waiter, weft_event_wait, opened));
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
