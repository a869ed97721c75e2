/* strict_local.c - strictly, an initialised local is reported if an await is in its scope. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_STRICT */
/* warning(gcc): switch jumps into scope of identifier|switch jumps over variable initialization */
/* compiles(clang) */
#include <weft/frame.h>

struct nap {
    WEFT_FRAME;
};
WEFT_DECLARE(nap);

struct hello {
    WEFT_FRAME;
    int number;
    struct nap nap;
};
WEFT_DECLARE(hello);

WEFT_ASYNC(hello, self)
{
    const int twice = self->number * 2;
    self->number = twice;
    WEFT_TRY(self->nap, nap);
}
WEFT_END
