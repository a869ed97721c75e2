/* goto_out_of_for_each.c - a loop over a generator is left by `goto`, which does not close it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: goto_out_of_for_each\.c:\d+: hello: weft: it ended with an open generator in its frame */
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
    struct numbers numbers;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_FOR_EACH(self->numbers, numbers) {
        goto out;
    }
out:;
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
