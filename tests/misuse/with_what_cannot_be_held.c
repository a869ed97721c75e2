/* with_what_cannot_be_held.c - WEFT_WITH of something that is neither lock nor semaphore. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): '_Generic' selector of type 'weft_event \*'.* is not compatible with any association */
/* error(clang): controlling expression type 'weft_event \*'.* not compatible with any generic */
#include <weft/sync.h>

struct hello {
    WEFT_FRAME;
    weft_event event;
    weft_with with;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_WITH(self->with, &self->event) {
        WEFT_PASS();
    }
}
WEFT_END
