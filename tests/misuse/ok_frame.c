/* ok_frame.c - every kind of await, in every place, draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Werror */
#include <weft/frame.h>

struct add {
    WEFT_FRAME;
    int a, b, sum;
};

static WEFT_ASYNC(add, self)
{
    self->sum = self->a + self->b;
    WEFT_RETURN(self->sum > 100 ? -7 : 0);
}
WEFT_END

struct negate {
    WEFT_FRAME;
    int number;
};

static WEFT_ASYNC(negate, self)
{
    self->number = -self->number;
}
WEFT_END

#define ADD_TWICE(room, x, y)                                                                      \
    do {                                                                                           \
        WEFT_TRY(room, add, x, y);                                                                 \
        WEFT_TRY(room, add, .a = (room).sum, .b = y);                                              \
    } while (0)

struct everything {
    WEFT_FRAME;
    int i;
    union {
        struct add add;
        struct negate negate;
    };
};
WEFT_DECLARE(everything);

WEFT_ASYNC(everything, self)
{
    for (int unused = 0; unused < 3; unused++) { /* no await in it: a local is fine */
        self->i += unused;
    }
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_TRY(self->add, add, self->i, 1);
        const int sum = self->add.sum; /* read before the next await: fine */
        WEFT_CHECK(sum);
    }
    while (self->i-- > 0) {
        WEFT_AWAIT(self->negate, negate, self->i);
    }
    do {
        WEFT_CATCH(self->add, add, .b = 1);
    } while (WEFT_STATUS() < 0);
    if (self->add.sum == 1)
        WEFT_TRY(self->add, add, self->add.sum);
    else
        WEFT_AWAIT(self->add, add);
    ADD_TWICE(self->add, 1, 2);
    switch (self->i) { /* no await in it: fine */
    case 0:
        self->i = 1;
        break;
    default:
        WEFT_RETURN(-1);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->add, add, WEFT_OUTCOME(), WEFT_STATUS());
    {
        const int sum = self->add.sum;
        self->i = sum;
    }
    WEFT_TRY(self->negate, negate, self->i);
}
WEFT_END
