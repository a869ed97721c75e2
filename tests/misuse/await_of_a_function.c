/* await_of_a_function.c - an await of something that is no coroutine. */
/* SPDX-License-Identifier: MIT */
/* error: incomplete type|undefined type|undeclared|invalid application */
#include <weft/frame.h>

int add(int a, int b);

struct caller {
    WEFT_FRAME;
    int sum;
};

WEFT_ASYNC(caller, self)
{
    WEFT_TRY(self->sum, add, 1, 2);
}
WEFT_END
