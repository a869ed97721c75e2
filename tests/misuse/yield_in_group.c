/* yield_in_group.c - a generator yields inside a group of its own. */
/* SPDX-License-Identifier: MIT */
/* stops: yield_in_group\.c:\d+: numbers: weft: it yields inside a scope or group: leave the block */
#include "port.h"

struct numbers {
    WEFT_FRAME;
    int value;
    weft_group group;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_GROUP(self->group) {
        WEFT_YIELD(self->value = 1);
    }
}
WEFT_END

struct hello {
    WEFT_FRAME;
    struct numbers numbers;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_FOR_EACH(self->numbers, numbers) {
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
