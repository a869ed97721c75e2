/* callback_before_spawn.c - a callback is added to a task that is only prepared. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this task was never spawned: weft_spawn\(\) it first */
#include "port.h"
#include <weft/done_callback.h>

struct nothing {
    WEFT_FRAME;
};

static WEFT_ASYNC(nothing, self)
{
    (void)self;
}
WEFT_END

static void done(void *argument, int status)
{
    (void)argument, (void)status;
}

struct hello {
    WEFT_FRAME;
    WEFT_TASK(nothing) slot;
    weft_done_callback callback;
};

static WEFT_ASYNC(hello, self)
{
    weft_task_add_done_callback(weft_prepare(&self->slot, nothing), &self->callback, done, NULL);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
