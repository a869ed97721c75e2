/* ok_no_pragmas.c - told to, the header leaves the user's warning flags alone. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_NO_PRAGMAS */
/* flags(gcc): -Wno-maybe-uninitialized */
/* flags(clang): -Wno-sometimes-uninitialized */
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
    int lost = self->number;
    WEFT_TRY(self->nap, nap);
    self->number = lost;
}
WEFT_END
