/* two_finallys.c - a coroutine has one cleanup. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): duplicate label 'weft__unwind' */
/* error(clang): redefinition of label 'weft__unwind' */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    int i;
};

WEFT_ASYNC(hello, self)
{
    self->i = 1;
WEFT_FINALLY:
    self->i = 2;
WEFT_FINALLY:
    self->i = 3;
}
WEFT_END
