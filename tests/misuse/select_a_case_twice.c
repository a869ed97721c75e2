/* select_a_case_twice.c - one case stands in two places of a select: which of them happened? */
/* SPDX-License-Identifier: MIT */
/* stops: weft: a case is for one select, once: set it up by its weft_on_ function in WEFT_CASES */
#include "port.h"
#include <weft/select.h>

struct confused {
    WEFT_FRAME;
    weft_event event;
    weft_case one;
    struct weft_select select;
};

static WEFT_ASYNC(confused, self)
{
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_on_event(&self->one, &self->event), weft_on_timer(&self->one, WEFT_S(1))));
}
WEFT_END

int main(void)
{
    RUN(confused);
    return 0;
}
