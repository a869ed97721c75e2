/* yield_in_finally.c - a generator that is being cleaned up has nobody to yield to. */
/* SPDX-License-Identifier: MIT */
/* error: no yield in FINALLY */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int value;
};

WEFT_ASYNC(numbers, self)
{
    WEFT_YIELD(self->value = 1);
WEFT_FINALLY:
    WEFT_YIELD(self->value = 2);
}
WEFT_END
