/* start_unprepared.c - a task is started that was not prepared. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: weft_prepare\(\) the task, and start it once */
#include "port.h"

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_sleep) slot;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn_prepared(&self->group, &self->slot.task));
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
