/* goto_out_of_block.c - a block is left by `goto`, past its end. */
/* SPDX-License-Identifier: MIT */
/* stops: goto_out_of_block\.c:\d+: hello: weft: it ended inside a block: leave blocks by `break` */
#include "port.h"

struct hello {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(9)) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
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
