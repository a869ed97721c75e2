/* 50_reschedule.c - more time, as long as something comes. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the deadline of a block can be moved while it is open, or taken away; and asked for. Here
 * each piece that arrives gives the download five seconds more, but all of it has a fixed time, an
 * absolute one, around it. Whichever passes first is told by `expired`.
 * Next: 51_eager.c, tasks that begin at once.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct download {
    WEFT_FRAME;
    const weft_time *gaps; /* before each piece, in seconds; 0: the end */
    weft_time until;
    int piece;
    weft_scope in_all, silence;
    struct weft_sleep nap;
};

static WEFT_ASYNC(download, self)
{
    WEFT_MOVE_ON_AT(self->in_all, self->until) {
        WEFT_MOVE_ON(self->silence, WEFT_S(5)) {
            for (; self->gaps[self->piece] != 0; self->piece++) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->gaps[self->piece]));
                weft_scope_reschedule(&self->silence, WEFT_NOW() + WEFT_S(5));
            }
        }
    }
    printf("%d pieces%s%s\n", self->piece, self->silence.expired ? ", then silence" : "",
           self->in_all.expired ? ", then it was too late" : "");
}
WEFT_END

struct program {
    WEFT_FRAME;
    struct download download;
};

static WEFT_ASYNC(program, self)
{
    static const weft_time steady[] = {4, 4, 4, 0}, silent[] = {4, 6, 4, 0},
                           slow[] = {4, 4, 4, 4, 0};
    WEFT_TRY(self->download, download, steady, WEFT_NOW() + WEFT_S(14));
    WEFT_TRY(self->download, download, silent, WEFT_NOW() + WEFT_S(14));
    WEFT_TRY(self->download, download, slow, WEFT_NOW() + WEFT_S(14));
    WEFT_TRY(self->download, download, slow, WEFT_FOREVER);
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program);
}

/* prints:
 * 3 pieces
 * 1 pieces, then silence
 * 3 pieces, then it was too late
 * 4 pieces
 */
