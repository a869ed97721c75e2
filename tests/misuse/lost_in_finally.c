/* lost_in_finally.c - a local of the cleanup is lost at the await in it. */
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
    use(self->limit);
WEFT_FINALLY:
    (void)0;
    int count = self->limit;
    WEFT_AWAIT(self->nap, nap);
    use(count);
}
WEFT_END
