/* too_many_arguments.c - more arguments than the frame has fields. */
/* SPDX-License-Identifier: MIT */
/* warning: excess elements in struct initializer */
#include <weft/frame.h>

struct add {
    WEFT_FRAME;
    int a, b;
};
WEFT_DECLARE(add);

struct caller {
    WEFT_FRAME;
    struct add add;
};

WEFT_ASYNC(caller, self)
{
    WEFT_TRY(self->add, add, 1, 2, 3);
}
WEFT_END
