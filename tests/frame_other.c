/* frame_other.c - coroutines of another translation unit, for test_frame.c. */
/* SPDX-License-Identifier: MIT */
#include "frame_other.h"

WEFT_ASYNC(other_add, self)
{
    self->sum = self->a + self->b;
    WEFT_RETURN(self->sum < 0 ? -7 : 0);
}
WEFT_END

static WEFT_ASYNC(private_answer, self)
{
    self->answer = 2;
}
WEFT_END

WEFT_ASYNC(other_ask, self)
{
    WEFT_TRY(self->ask, private_answer);
    self->answer = self->ask.answer;
}
WEFT_END
