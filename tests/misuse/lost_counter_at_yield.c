/* lost_counter_at_yield.c - a counter of a `for` is lost at the yield inside of it. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/generator.h>

void use(int count);

struct numbers {
    WEFT_FRAME;
    int limit, value;
};

WEFT_ASYNC(numbers, self)
{
    for (int count = 0; count < self->limit; count++) {
        WEFT_YIELD(self->value = count);
        use(count);
    }
}
WEFT_END
