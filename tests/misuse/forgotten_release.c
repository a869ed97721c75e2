/* forgotten_release.c - a coroutine ends and has not given back what it holds. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: forgotten_release\.c:\d+: hello: weft: it ended while it holds a lock or a permit */
#include "port.h"
#include <weft/semaphore.h>

struct hello {
    WEFT_FRAME;
    weft_semaphore limit;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(hello, self)
{
    self->limit.permits = 1;
    WEFT_TRY(self->acquire, weft_acquire, &self->limit, &self->turn);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
