/* forgotten_end_then_another.c - a coroutine without its WEFT_END, and one behind it. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): expected declaration or statement at end of input|invalid storage class */
/* error(clang): function definition is not allowed here */
#include <weft/frame.h>

struct first {
    WEFT_FRAME;
    int i;
};

static WEFT_ASYNC(first, self)
{
    self->i = 1;
}

struct second {
    WEFT_FRAME;
    struct first first;
};

WEFT_ASYNC(second, self)
{
    WEFT_TRY(self->first, first);
}
WEFT_END
