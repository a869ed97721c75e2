/* declaration_after_finally.c - WEFT_FINALLY is a label: a statement must follow it. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wpedantic */
/* warning(gcc): a label can only be part of a statement and a declaration is not a statement */
/* error(clang): expected expression */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    int status;
};

WEFT_ASYNC(hello, self)
{
    self->status = 1;
WEFT_FINALLY:
    int status = self->status;
    self->status = status + 1;
}
WEFT_END
