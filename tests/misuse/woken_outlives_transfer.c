/* woken_outlives_transfer.c - a transfer is over, and ends before the task has seen it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_transfer\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/transfer.h>
static void start(weft_transfer *transfer)
{
    (void)transfer;
}

typedef WEFT_TASK(weft_transfer_wait) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_transfer spi;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    weft_transfer_init(&self->spi, start, NULL, weft_task_core(WEFT_SELF()));
    WEFT_CHECK(weft_spawn(self->group, self->slot, weft_transfer_wait, &self->spi));
    WEFT_TRY(self->nap, weft_sleep, 0);
    weft_transfer_end(&self->spi, 0);
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
