/* driver_outlives_generator.c - a call ends while a task still drives a generator in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: driver_outlives_generator\.c:\d+: opens: weft: it ended with an open generator in its frame */
#include "port.h"
#include <weft/generator.h>
struct ticks {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ticks, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        WEFT_YIELD((void)0);
    }
}
WEFT_END

struct drives {
    WEFT_FRAME;
    struct ticks *ticks;
};

static WEFT_ASYNC(drives, self)
{
    WEFT_NEXT(*self->ticks);
}
WEFT_END

typedef WEFT_TASK(drives) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    struct ticks ticks;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_init(&self->ticks, ticks);
    WEFT_CHECK(weft_spawn(self->group, self->slot, drives, &self->ticks));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
