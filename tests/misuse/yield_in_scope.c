/* yield_in_scope.c - a generator yields inside a scope of its own. */
/* SPDX-License-Identifier: MIT */
/* stops: yield_in_scope\.c:\d+: numbers: weft: it yields inside a scope or group: leave the block */
#include "port.h"

struct numbers {
    WEFT_FRAME;
    int value;
    weft_scope scope;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
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
