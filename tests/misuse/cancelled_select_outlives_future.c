/* cancelled_select_outlives_future.c - a select is cancelled, and its future ends before it has run. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: cancelled_select_outlives_future\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/select.h>
static weft_event never;
struct selects {
    WEFT_FRAME;
    weft_future *future;
    weft_case other, late, this;
    struct weft_select select;
};

static WEFT_ASYNC(selects, self)
{
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_event(&self->other, &never), weft_on_timer(&self->late, WEFT_S(9)),
                        weft_on_future(&self->this, self->future)));
}
WEFT_END

typedef WEFT_TASK(selects) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_future answer;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, selects, &self->answer));
    WEFT_TRY(self->nap, weft_sleep, 0);
    weft_task_cancel(&self->slot->task);
}
WEFT_END

#include "runs_opens.h"
