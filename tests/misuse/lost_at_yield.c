/* lost_at_yield.c - a local is lost at a yield as at an await. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int limit, value;
};

WEFT_ASYNC(numbers, self)
{
    int count = self->limit;
    WEFT_YIELD(self->value = 1);
    self->value = count;
}
WEFT_END
