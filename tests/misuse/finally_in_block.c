/* finally_in_block.c - the cleanup begins inside a loop: the rest of the loop would be lost. */
/* SPDX-License-Identifier: MIT */
/* error: WEFT_FINALLY: stands outside all blocks */
#include <weft/frame.h>

struct job {
    WEFT_FRAME;
    int number;
};

WEFT_ASYNC(job, self)
{
    for (self->number = 0; self->number < 3; self->number++) {
        self->number++;
    WEFT_FINALLY:
        self->number--;
    }
}
WEFT_END
