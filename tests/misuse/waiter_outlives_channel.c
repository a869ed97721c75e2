/* waiter_outlives_channel.c - a call ends while a task waits for an item of its channel. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_channel\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/channel.h>

typedef WEFT_TASK(weft_receive) outside;
static weft_sender sender;
static weft_receiver receiver;
static int item;

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
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_receive, &receiver, &item));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
