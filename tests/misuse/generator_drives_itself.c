/* generator_drives_itself.c - a generator asks itself for its next value. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this generator is in use: one driver at a time */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_YIELD(self->value = 1);
    (void)weft_next(self);
    WEFT_YIELD(self->value = 2);
}
WEFT_END

int main(void)
{
    struct numbers it;
    weft_init(&it, numbers);
    (void)weft_next(&it);
    (void)weft_next(&it);
    return 0;
}
