/* wait_without_lock.c - a task waits for a condition and does not hold its lock. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: acquire the condition's lock, into this hold, before you wait */
#include "port.h"
#include <weft/condition.h>

struct hello {
    WEFT_FRAME;
    weft_lock lock;
    weft_condition changed;
    weft_hold hold;
    struct weft_condition_wait wait;
};

static WEFT_ASYNC(hello, self)
{
    self->changed = (weft_condition){.lock = &self->lock};
    WEFT_TRY(self->wait, weft_condition_wait, &self->changed, &self->hold);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
