/* frame_not_first.c - the head of a frame stands behind another member. */
/* SPDX-License-Identifier: MIT */
/* error: WEFT_FRAME is the first member */
#include <weft/frame.h>

struct job {
    int number;
    WEFT_FRAME;
};

WEFT_ASYNC(job, self)
{
    self->number++;
}
WEFT_END
