/* lost_local.c - a local that was set before an await is lost behind it. */
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
    int count = self->limit;
    use(count);
    WEFT_TRY(self->nap, nap);
    use(count);
}
WEFT_END
