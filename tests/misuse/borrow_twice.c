/* borrow_twice.c - a task borrows a second token: of a total of one it would wait for itself. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: weft: this task has borrowed a token already: weft_release\(\) it first */
#include "port.h"
#include <weft/with.h>

struct hello {
    WEFT_FRAME;
    weft_limiter limiter;
    weft_with outer, inner;
};

static WEFT_ASYNC(hello, self)
{
    self->limiter.total = 1;
    WEFT_WITH(self->outer, &self->limiter) {
        WEFT_WITH(self->inner, &self->limiter) {
            WEFT_PASS();
        }
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
