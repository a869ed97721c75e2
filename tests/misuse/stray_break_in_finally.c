/* stray_break_in_finally.c - nor is a `break` a way out of the cleanup. */
/* SPDX-License-Identifier: MIT */
/* error: weft__stray_break.*`break` leaves the coroutine: use WEFT_RETURN */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
    bool is_done;
};

WEFT_ASYNC(hello, self)
{
    self->is_done = false;
WEFT_FINALLY:
    if (self->is_done) {
        break;
    }
    self->is_done = true;
}
WEFT_END
