/* waiter_outlives_channel.c - a call ends while a task still waits for an item of a channel in its frame. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_channel\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/channel.h>

struct opens {
    WEFT_FRAME;
    weft_group *group;
    weft_channel pipe;
    weft_sender sender;
    weft_receiver receiver;
    int item;
    WEFT_TASK(weft_receive) *slot;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_channel_open(&self->pipe, NULL, sizeof self->item, 0, &self->sender, &self->receiver);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_receive, &self->receiver, &self->item));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_receive) slot;
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
