/* overwrite_open_generator.c - a call in the room of a generator that is not closed. */
/* SPDX-License-Identifier: MIT */
/* stops: overwrite_open_generator\.c:\d+: hello: weft: this frame still runs */
#include "port.h"

struct numbers {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_YIELD(self->value = 1);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    union {
        struct numbers numbers;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(hello, self)
{
    weft_init(&self->numbers, numbers);
    WEFT_NEXT(self->numbers);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
