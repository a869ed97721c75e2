/* select_your_own_end.c - a task waits for its own end. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: await the end of another task */
#include "port.h"
#include <weft/select.h>

struct lonely {
    WEFT_FRAME;
    weft_case ended, late;
    struct weft_select select;
};

static WEFT_ASYNC(lonely, self)
{
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_on_task(&self->ended, WEFT_SELF()), weft_on_timer(&self->late, WEFT_S(1))));
}
WEFT_END

int main(void)
{
    RUN(lonely);
    return 0;
}
