/* overwrite_awaited_event.c - a call is made in the room of an event for which a task waits. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_awaited_event\.c:\d+: hello: weft: this overwrites what a task waits for: give each room of its own */
#include "port.h"
#include <weft/event.h>

struct hello {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(weft_event_wait) slot;
    union {
        struct weft_sleep nap;
        struct {
            char text[64];
            weft_event opened;
        } page;
    };
};

static WEFT_ASYNC(hello, self)
{
    self->page.opened = (weft_event){.is_set = false};
    WEFT_GROUP(self->group, .eager = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slot, weft_event_wait, &self->page.opened));
        WEFT_TRY(self->nap, weft_sleep, 0);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
