/* forgotten_argument.c - a coroutine of the library is called without what it cannot do without. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: a semaphore, and a hold for it */
#include "port.h"
#include <weft/sync.h>

struct hello {
    WEFT_FRAME;
    weft_semaphore limit;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(hello, self)
{
    self->limit.permits = 2;
    WEFT_TRY(self->acquire, weft_acquire, &self->limit);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
