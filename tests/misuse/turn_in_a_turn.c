/* turn_in_a_turn.c - the next turn is taken before the last is ended. */
/* SPDX-License-Identifier: MIT */
/* stops: weft_take_turn: weft: this turn has not ended: weft_end_turn\(\) it first */
#include <weft/testing.h>

static weft_test test;
static weft_sequencer sequencer;

struct actor {
    WEFT_FRAME;
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(actor, self)
{
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, 0);
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, 1);
}
WEFT_END

int main(void)
{
    weft_test_init(&test, NULL);
    return weft_test_run(&test, actor, .turn = {0});
}
