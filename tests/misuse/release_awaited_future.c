/* release_awaited_future.c - a future is given up while somebody waits for it. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: somebody waits for this future: set or cancel it before it is released */
#include "port.h"
#include <weft/future.h>

struct awaiter {
    WEFT_FRAME;
    weft_future *future;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(awaiter, self)
{
    WEFT_TRY(self->wait, weft_future_wait, self->future);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_future future;
    weft_group group;
    WEFT_TASK(awaiter) slot;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, awaiter, &self->future));
        WEFT_TRY(self->nap, weft_sleep, 0);
        weft_future_release(&self->future);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
