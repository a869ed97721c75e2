/* release_lock_of_another.c - a task gives back a lock that another task holds. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this task does not hold the lock: weft_release\(\) it in the task that does */
#include "port.h"
#include <weft/lock.h>

struct thief {
    WEFT_FRAME;
    weft_hold *hold;
};

static WEFT_ASYNC(thief, self)
{
    weft_release(self->hold);
}
WEFT_END

struct hello {
    WEFT_FRAME;
    weft_lock lock;
    weft_hold hold;
    weft_group group;
    WEFT_TASK(thief) thief;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &self->lock, &self->hold);
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->thief, thief, &self->hold));
    }
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
