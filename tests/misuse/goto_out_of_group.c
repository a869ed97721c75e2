/* goto_out_of_group.c - a group is left by `goto`, past the end of its children. */
/* SPDX-License-Identifier: MIT */
/* stops: goto_out_of_group\.c:\d+: hello: weft: it ended inside a block: leave blocks by `break` */
#include "port.h"

struct hello {
    WEFT_FRAME;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
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
