/* overwrite_hold.c - a call shares its room with a hold that holds something. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_hold\.c:\d+: hello: weft: this overwrites a hold that holds something */
#include "port.h"
#include <weft/semaphore.h>

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
    weft_semaphore limit;
    struct weft_acquire acquire;
    union {
        struct {
            weft_time unused[20];
            weft_hold turn;
        };
        struct quick quick;
    };
};

static WEFT_ASYNC(hello, self)
{
    self->limit.permits = 1;
    WEFT_TRY(self->acquire, weft_acquire, &self->limit, &self->turn);
    WEFT_TRY(self->quick, quick);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
