/* await_running_frame.c - two tasks await in the room of one frame. */
/* SPDX-License-Identifier: MIT */
/* stops: await_running_frame\.c:\d+: hello: weft: this frame still runs: await it once at a time */
#include "port.h"

static struct weft_sleep shared;

struct hello {
    WEFT_FRAME;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(shared, weft_sleep, WEFT_S(1));
}
WEFT_END

struct both {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(hello) a, b;
};

static WEFT_ASYNC(both, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, hello));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, hello));
    }
}
WEFT_END

int main(void)
{
    RUN(both);
    return 0;
}
