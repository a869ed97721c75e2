/* call_back_twice.c - an operation calls back more than once. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this operation has called back already, or was never started: once for each */
#include "port.h"
#include <weft/bridge.h>

static int start(void *context, weft_completion *completion)
{
    (void)context;
    weft_complete(completion, 0);
    weft_complete(completion, 0);
    return 0;
}

struct hello {
    WEFT_FRAME;
    struct weft_await_callback call;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->call, weft_await_callback, start, self);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
