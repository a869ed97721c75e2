/* join_yourself.c - a task waits for its own end. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: join another task */
#include "port.h"

struct hello {
    WEFT_FRAME;
    struct weft_join join;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->join, weft_join, WEFT_SELF());
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
