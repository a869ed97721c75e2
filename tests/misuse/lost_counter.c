/* lost_counter.c - a counter of a `for` is lost at the await inside of it. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/frame.h>

void use(int count);

struct nap {
    WEFT_FRAME;
};
WEFT_DECLARE(nap);

struct hello {
    WEFT_FRAME;
    int limit;
    struct nap nap;
};

WEFT_ASYNC(hello, self)
{
    for (int count = 0; count < 3; count++) {
        WEFT_TRY(self->nap, nap);
    }
}
WEFT_END
