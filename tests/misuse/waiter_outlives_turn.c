/* waiter_outlives_turn.c - a call ends while a task waits for a turn of its sequencer. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_turn\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/sequencer.h>

typedef WEFT_TASK(weft_take_turn) outside;
static weft_turn turn;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_sequencer order;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_take_turn, &self->order, &turn, 1));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
