/* wait_for_yourself.c - a task stands in the set that it waits for. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: a task cannot wait for its own end */
#include "port.h"
#include <weft/wait.h>

struct hello {
    WEFT_FRAME;
    weft_watch watches[1];
    struct weft_wait wait;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->wait, weft_wait, weft_watch_tasks(self->watches, WEFT_SELF()));
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
