/* join_unstarted.c - a task is joined that was prepared, but not started. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this task was never started: weft_spawn\(\) it before it is joined */
#include "port.h"

struct hello {
    WEFT_FRAME;
    WEFT_TASK(weft_sleep) slot;
    struct weft_join join;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->join, weft_join, weft_prepare(&self->slot, weft_sleep, WEFT_S(1)));
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
