/* overwrite_generator_further_in.c - a call shares its room with a generator that is open. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_generator_further_in\.c:\d+: hello: weft: this overwrites an open generator */
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

struct quick {
    WEFT_FRAME;
    char room[500];
};

static WEFT_ASYNC(quick, self) {}
WEFT_END

struct hello {
    WEFT_FRAME;
    union {
        struct {
            weft_time unused[20];
            struct numbers numbers;
        };
        struct quick quick;
    };
};

static WEFT_ASYNC(hello, self)
{
    WEFT_FOR_EACH(self->numbers, numbers) {
        WEFT_TRY(self->quick, quick);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
