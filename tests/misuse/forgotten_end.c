/* forgotten_end.c - a coroutine without its WEFT_END. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): expected declaration or statement at end of input */
/* error(clang): expected '}' */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    int i;
};

WEFT_ASYNC(hello, self)
{
    self->i = 1;
}
