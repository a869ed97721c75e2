/* acquire_twice.c - a permit is taken into a hold that has one already. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this hold has a permit already: weft_release\(\) it first */
#include "port.h"
#include <weft/sync.h>

struct hello {
    WEFT_FRAME;
    weft_semaphore limit;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(hello, self)
{
    self->limit.permits = 2;
    WEFT_TRY(self->acquire, weft_acquire, &self->limit, &self->turn);
    WEFT_TRY(self->acquire, weft_acquire, &self->limit, &self->turn);
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
