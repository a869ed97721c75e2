/* select_without_a_case.c - every case is guarded away: it would wait for ever. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: no case is on: leave one without a guard, or say \.or_default = true */
#include "port.h"
#include <weft/select.h>

struct idle {
    WEFT_FRAME;
    bool wanted;
    weft_case late;
    struct weft_select select;
};

static WEFT_ASYNC(idle, self)
{
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_when(self->wanted, weft_on_timer(&self->late, WEFT_S(1)))));
}
WEFT_END

int main(void)
{
    RUN(idle);
    return 0;
}
