/* queue_not_prepared.c - a zeroed queue has no room: nothing could ever be put. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: weft_queue_init\(\) the queue first */
#include "port.h"
#include <weft/queue.h>

static weft_queue queue;

struct hello {
    WEFT_FRAME;
    int item;
    struct weft_get get;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->get, weft_get, &queue, &self->item);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
