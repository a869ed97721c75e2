/* lost_in_protothread.c - the same in the small coroutines of resume.h. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/resume.h>

void use(int count);

struct blink {
    WEFT_PT_STATE;
    int limit;
};

WEFT_PT(blink, self)
{
    int count = self->limit;
    WEFT_PT_YIELD();
    use(count);
}
WEFT_PT_END
