/* place_taken_twice.c - each place of a sequencer has one turn. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this place was taken before: each has one turn, number them 0, 1, 2, \.\.\. */
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
    weft_end_turn(&self->turn);
}
WEFT_END

int main(void)
{
    weft_test_init(&test, NULL);
    (void)weft_test_run(&test, actor, .turn = {0});
    return weft_test_run(&test, actor, .turn = {0});
}
