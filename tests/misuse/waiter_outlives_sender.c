/* waiter_outlives_sender.c - a call ends while a task waits to send by the end that it has. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_sender\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/channel.h>

typedef WEFT_TASK(weft_send) outside;
static weft_channel pipe;
static weft_receiver receiver;
static int item;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_sender sender;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_channel_open(&pipe, NULL, sizeof item, 0, &self->sender, &receiver);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_send, &self->sender, &item));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
