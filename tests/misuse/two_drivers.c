/* two_drivers.c - two tasks take from one generator at the same time. */
/* SPDX-License-Identifier: MIT */
/* stops: two_drivers\.c:\d+: \w+: weft: this generator is in use: one driver at a time */
#include "port.h"

struct numbers {
    WEFT_FRAME;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_YIELD(self->value = 1);
}
WEFT_END

static struct numbers shared;

struct hello {
    WEFT_FRAME;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_NEXT(shared);
}
WEFT_END

struct both {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(hello) a, b;
};

static WEFT_ASYNC(both, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, hello));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, hello));
    }
}
WEFT_END

int main(void)
{
    weft_init(&shared, numbers);
    RUN(both);
    return 0;
}
