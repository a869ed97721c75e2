/* spawn_into_running_slot.c - the slot of a task that has not ended is used again. */
/* SPDX-License-Identifier: MIT */
/* stops: spawn_into_running_slot\.c:\d+: hello: weft: this task still runs: spawn into a free slot */
#include "port.h"

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_sleep) slot;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, weft_sleep, WEFT_S(1)));
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, weft_sleep, WEFT_S(2)));
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
