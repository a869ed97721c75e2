/* receive_by_a_sender.c - the wrong end of a channel. */
/* SPDX-License-Identifier: MIT */
/* warning: incompatible.pointer.type */
#include <weft/select.h>

struct upside_down {
    WEFT_FRAME;
    weft_sender out;
    int item;
    weft_case came;
    struct weft_select select;
};

WEFT_DECLARE(upside_down);

WEFT_ASYNC(upside_down, self)
{
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_receive(&self->came, &self->out, &self->item)));
}
WEFT_END
