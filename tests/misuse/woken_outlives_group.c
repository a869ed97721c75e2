/* woken_outlives_group.c - a task has ended, and so has its group, before the one runs who takes it. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: woken_outlives_group\.c:\d+: opens: weft: it ended while a task waits for an event, a lock or */
#include "port.h"
#include <weft/finished.h>
#include <weft/spawn.h>

struct taker {
    WEFT_FRAME;
    weft_group *group;
    struct weft_group_next_finished next;
};

static WEFT_ASYNC(taker, self)
{
    weft_init(&self->next, weft_group_next_finished, self->group);
    WEFT_NEXT(self->next);
WEFT_FINALLY:
    WEFT_CLOSE(self->next);
}
WEFT_END

typedef WEFT_TASK(taker) outside;

struct opens {
    WEFT_FRAME;
    weft_group *group;
    outside *slot;
    weft_group own;
    weft_finished ended;
    WEFT_TASK(weft_sleep) child;
    struct weft_sleep nap;
};

static WEFT_ASYNC(opens, self)
{
    WEFT_GROUP(self->own, .finished = &self->ended) {
        WEFT_CHECK(weft_spawn(&self->own, &self->child, weft_sleep, 0));
        WEFT_CHECK(weft_spawn(self->group, self->slot, taker, &self->own));
        WEFT_TRY(self->nap, weft_sleep, 0);
        WEFT_TRY(self->nap, weft_sleep, 0);
    }
}
WEFT_END

#include "runs_opens.h"
