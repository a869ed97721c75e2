/* woken_outlives_condition.c - a wait is notified, and its condition ends before it has run. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_condition\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/condition.h>
static weft_lock lock;

struct waits {
    WEFT_FRAME;
    weft_condition *changed;
    weft_hold hold;
    struct weft_lock_acquire acquire;
    struct weft_condition_wait wait;
};

static WEFT_ASYNC(waits, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    WEFT_TRY(self->wait, weft_condition_wait, self->changed, &self->hold);
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

typedef WEFT_TASK(waits) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_condition changed;
    weft_hold hold;
    struct weft_lock_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    self->changed.lock = &lock;
    WEFT_CHECK(weft_spawn(self->group, self->slot, waits, &self->changed));
    WEFT_TRY(self->nap, weft_sleep, 0);
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    weft_condition_notify(&self->changed, 1);
    weft_release(&self->hold);
}
WEFT_END

#include "runs_opens.h"
