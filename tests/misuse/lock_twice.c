/* lock_twice.c - a task acquires a lock that it holds: it would wait for itself. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this task holds the lock already: it would wait for itself for ever */
#include "port.h"
#include <weft/with.h>

struct hello {
    WEFT_FRAME;
    weft_lock lock;
    weft_with outer, inner;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_WITH(self->outer, &self->lock) {
        WEFT_WITH(self->inner, &self->lock) {
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
