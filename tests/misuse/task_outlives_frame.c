/* task_outlives_frame.c - a task in the frame of a call is spawned into a group further out. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: task_outlives_frame\.c:\d+: start: weft: it ended while a task in its frame runs */
#include "port.h"

struct start {
    WEFT_FRAME;
    weft_group *group;
    WEFT_TASK(weft_sleep) slot;
};

static WEFT_ASYNC(start, self)
{
    WEFT_CHECK(weft_spawn(self->group, &self->slot, weft_sleep, WEFT_S(1)));
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    struct start start;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->start, start, &self->group);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
