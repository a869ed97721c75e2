/* lost_in_block.c - a local in a block of the library is lost at the await in it. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/timer.h>

void use(int count);

struct hello {
    WEFT_FRAME;
    int limit;
    weft_scope patience;
    struct weft_sleep nap;
};

WEFT_ASYNC(hello, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        int count = self->limit;
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        use(count);
    }
}
WEFT_END
