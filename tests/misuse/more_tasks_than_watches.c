/* more_tasks_than_watches.c - the array of watches is too small. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: more tasks than watches: give the array more room */
#include "port.h"
#include <weft/wait.h>

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_sleep) a, b;
    weft_watch watches[1];
    struct weft_wait wait;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->a, weft_sleep, WEFT_S(1));
        WEFT_SPAWN(&self->group, &self->b, weft_sleep, WEFT_S(1));
        WEFT_TRY(self->wait, weft_wait,
                 weft_watch_tasks(self->watches, &self->a.task, &self->b.task));
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
