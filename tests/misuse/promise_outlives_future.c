/* promise_outlives_future.c - a call ends without having released a future that is promised. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: promise_outlives_future\.c:\d+: asks: weft: it ended while a promise of its future is out */
#include "port.h"
#include <weft/promise.h>

static weft_promise promise;

struct asks {
    WEFT_FRAME;
    weft_future answer;
};

static WEFT_ASYNC(asks, self)
{
    weft_future_init(&self->answer, weft_task_core(WEFT_SELF()));
    weft_promise_init(&promise, &self->answer);
}
WEFT_END

int main(void)
{
    RUN(asks);
    return 0;
}
