/* stray_break.c - a `break` outside of any loop would leave the hidden switch. */
/* SPDX-License-Identifier: MIT */
/* error: weft__stray_break.*`break` leaves the coroutine: use WEFT_RETURN */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    bool is_done;
};

WEFT_ASYNC(hello, self)
{
    if (self->is_done) {
        break;
    }
    self->is_done = true;
}
WEFT_END
