/* goto_out_of_with.c - a block that holds a lock is left by `goto`, which does not release it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: goto_out_of_with\.c:\d+: hello: weft: it ended while it holds a lock or a permit */
#include "port.h"
#include <weft/with.h>

struct hello {
    WEFT_FRAME;
    weft_lock lock;
    weft_with with;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_WITH(self->with, &self->lock) {
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
