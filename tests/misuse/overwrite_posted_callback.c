/* overwrite_posted_callback.c - a call shares its room with a callback that is to be called. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_posted_callback\.c:\d+: hello: weft: this overwrites a callback that is to be called */
#include "port.h"
#include <weft/callback.h>

static void call(void *unused)
{
    (void)unused;
}

struct quick {
    WEFT_FRAME;
    char room[500];
};

static WEFT_ASYNC(quick, self)
{
}
WEFT_END

struct hello {
    WEFT_FRAME;
    union {
        struct {
            weft_time unused[20];
            weft_callback callback;
        };
        struct quick quick;
    };
};

static WEFT_ASYNC(hello, self)
{
    weft_callback_post(weft_task_core(WEFT_SELF()), &self->callback, call, NULL);
    WEFT_TRY(self->quick, quick);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
