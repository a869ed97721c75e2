/* overwrite_running_task.c - a call shares its room with a task that runs. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_running_task\.c:\d+: hello: weft: this overwrites a task that runs */
#include "port.h"

struct quick {
    WEFT_FRAME;
    char room[500];
};

static WEFT_ASYNC(quick, self) {}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_group group;
    union {
        struct {
            weft_time unused[20];
            WEFT_TASK(weft_sleep) slot;
        };
        struct quick quick;
    };
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, weft_sleep, WEFT_S(1)));
        WEFT_TRY(self->quick, quick);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
