/* promise_outlives_frame.c - a frame ends while a thread or an interrupt may still write into it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: promise_outlives_frame\.c:\d+: hello: weft: it ended while a promise in its frame is out */
#include "port.h"
#include <weft/promise.h>

struct hello {
    WEFT_FRAME;
    WEFT_FUTURE(int) answer;
    WEFT_PROMISE(int) promise;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    weft_future_init(&self->answer.future, weft_task_core(WEFT_SELF()));
    weft_promise_init_value(&self->promise, &self->answer);
    WEFT_TRY(self->nap, weft_sleep, 0);
WEFT_FINALLY:
    weft_future_release(&self->answer.future);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
