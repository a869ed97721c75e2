/* watches_outlive_frame.c - a call ends while a task waits for others by watches in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: watches_outlive_frame\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/wait.h>
static WEFT_TASK(weft_sleep) sleeper;

typedef WEFT_TASK(weft_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_watch watches[1];
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, &sleeper, weft_sleep, WEFT_S(1)));
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_wait,
                          weft_watch_tasks(self->watches, &sleeper.task)));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
