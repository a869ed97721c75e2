/* waiter_outlives_lock.c - a call ends while a task waits for a lock in it, which another one holds. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: waiter_outlives_lock\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/lock.h>
struct keeper {
    WEFT_FRAME;
    weft_lock *lock;
    weft_hold hold;
    struct weft_lock_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(keeper, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, self->lock, &self->hold);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

static WEFT_TASK(keeper) first;

typedef WEFT_TASK(keeper) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_lock lock;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_CHECK(weft_spawn(self->group, &first, keeper, &self->lock));
    WEFT_CHECK(weft_spawn(self->group, self->slot, keeper, &self->lock));
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

#include "runs_opens.h"
