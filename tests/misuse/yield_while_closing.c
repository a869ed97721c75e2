/* yield_while_closing.c - a generator answers being closed with a further value. */
/* SPDX-License-Identifier: MIT */
/* stops: yield_while_closing\.c:\d+: numbers: weft: it yields while it is closed: let WEFT_ECLOSED */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(numbers, self)
{
    for (;;) {
        WEFT_YIELD_CATCH(self->value++);
    }
}
WEFT_END

int main(void)
{
    struct numbers it;
    weft_init(&it, numbers);
    (void)weft_next(&it);
    weft_close_generator(&it);
    return 0;
}
