/* lost_counter_unseen_by_gcc.c - nothing behind the yield uses the counter but the loop itself. */
/* SPDX-License-Identifier: MIT */
/* A lost scalar that gcc does not see (generator.h says so); should it learn, this tells. */
/* compiles(gcc) */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int limit, value;
};

WEFT_ASYNC(numbers, self)
{
    for (int count = 0; count < self->limit; count++) {
        WEFT_YIELD(self->value = count);
    }
}
WEFT_END
