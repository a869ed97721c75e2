/* woken_outlives_turn.c - a turn ends, and so does the sequencer, before the one runs who is next. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_turn\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/sequencer.h>

typedef WEFT_TASK(weft_take_turn) outside;
static weft_turn turn;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_sequencer order;
    weft_turn turn;
    struct weft_take_turn take;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_TRY(self->take, weft_take_turn, &self->order, &self->turn, 0);
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_take_turn, &self->order, &turn, 1));
    WEFT_TRY(self->nap, weft_sleep, 0);
    weft_end_turn(&self->turn);
}
WEFT_END

#include "runs_opens.h"
