/* lost_assignment.c - a local that was assigned, not initialised, is lost all the same. */
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
    int count;
    count = self->limit + 1;
    WEFT_TRY(self->nap, nap);
    use(count);
}
WEFT_END
