/* select_outlives_channel.c - a call ends while a select waits for a channel in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: select_outlives_channel\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/select.h>
static weft_event never;
static weft_sender sender;
static weft_receiver receiver;
static int item;
struct selects {
    WEFT_FRAME;
    weft_receiver *receiver;
    weft_case other, late, this;
    struct weft_select select;
};

static WEFT_ASYNC(selects, self)
{
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_event(&self->other, &never), weft_on_timer(&self->late, WEFT_S(9)),
                        weft_on_receive(&self->this, self->receiver, &item)));
}
WEFT_END

typedef WEFT_TASK(selects) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_channel pipe;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_channel_open(&self->pipe, NULL, sizeof item, 0, &sender, &receiver);
    WEFT_CHECK(weft_spawn(self->group, self->slot, selects, &receiver));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
