/* notify_without_lock.c - a condition is notified by a task that does not hold its lock. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: acquire the condition's lock before you notify */
#include "port.h"
#include <weft/condition.h>

struct hello {
    WEFT_FRAME;
    weft_lock lock;
    weft_condition changed;
};

static WEFT_ASYNC(hello, self)
{
    self->changed = (weft_condition){.lock = &self->lock};
    weft_condition_notify_all(&self->changed);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
