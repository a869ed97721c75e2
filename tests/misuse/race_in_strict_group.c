/* race_in_strict_group.c - the first failure would cancel those that may still win. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: the group of a race goes on when one fails */
#include "port.h"
#include <weft/race.h>

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_sleep) a, b;
    weft_watch watches[2];
    struct weft_race race;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->race, weft_race,
                 weft_watch_tasks(self->watches, weft_prepare(&self->a, weft_sleep, WEFT_S(1)),
                                  weft_prepare(&self->b, weft_sleep, WEFT_S(2))),
                 .group = &self->group);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
