/* spawn_into_untaken_slot.c - the task has ended, but nobody has taken it from its group's list. */
/* SPDX-License-Identifier: MIT */
/* stops: spawn_into_untaken_slot\.c:\d+: hello: weft: this task has ended, but waits to be taken */
#include "port.h"
#include <weft/finished.h>

struct hello {
    WEFT_FRAME;
    weft_group group;
    weft_finished finished;
    WEFT_TASK(weft_sleep) slot;
    struct weft_join join;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group, .finished = &self->finished) {
        WEFT_SPAWN(&self->group, &self->slot, weft_sleep, WEFT_S(1));
        WEFT_TRY(self->join, weft_join, &self->slot.task);
        WEFT_SPAWN(&self->group, &self->slot, weft_sleep, WEFT_S(1));
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
