/* callback_outlives_frame.c - a done callback in the frame of a call is left to be called. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: callback_outlives_frame\.c:\d+: watch: weft: it ended while a callback in its frame is to */
#include "port.h"
#include <weft/done_callback.h>

static void told(void *unused, int status)
{
    (void)unused, (void)status;
}

struct watch {
    WEFT_FRAME;
    weft_task *task;
    weft_done_callback callback;
    struct weft_sleep nap;
};

static WEFT_ASYNC(watch, self)
{
    weft_task_add_done_callback(self->task, &self->callback, told, NULL);
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_sleep) slot;
    struct watch watch;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, weft_sleep, WEFT_S(1)));
        WEFT_TRY(self->watch, watch, &self->slot.task);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
