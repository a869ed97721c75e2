/* done_callback_outlives_future.c - a call ends while a callback is to be told of its future. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: done_callback_outlives_future\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/future.h>

static weft_done_callback callback;

static void told(void *unused, int status)
{
    (void)unused, (void)status;
}

struct opens {
    WEFT_FRAME;
    weft_future answer;
};

static WEFT_ASYNC(opens, self)
{
    weft_future_init(&self->answer, weft_task_core(WEFT_SELF()));
    weft_future_add_done_callback(&self->answer, &callback, told, NULL);
}
WEFT_END

int main(void)
{
    RUN(opens);
    return 0;
}
