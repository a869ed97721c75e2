/* finally_with_nothing.c - WEFT_FINALLY is a label: a statement must follow it. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wpedantic */
/* warning(gcc): label at end of compound statement */
/* error(clang): expected statement */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    int status;
};

WEFT_ASYNC(hello, self)
{
    self->status = 1;
WEFT_FINALLY:
}
WEFT_END
