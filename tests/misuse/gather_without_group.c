/* gather_without_group.c - a task that is only prepared is gathered, and nobody says in which group. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this task is only prepared: say in which \.group to start it */
#include "port.h"
#include <weft/gather.h>

struct hello {
    WEFT_FRAME;
    WEFT_TASK(weft_sleep) slot;
    weft_watch watches[1];
    struct weft_gather gather;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->gather, weft_gather,
             weft_watch_tasks(self->watches, weft_prepare(&self->slot, weft_sleep, WEFT_S(1))));
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
