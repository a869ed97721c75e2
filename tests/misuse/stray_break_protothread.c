/* stray_break_protothread.c - the same in the small coroutines of resume.h. */
/* SPDX-License-Identifier: MIT */
/* error: weft__stray_break.*`break` leaves the coroutine: use WEFT_RETURN */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
    bool is_on;
};

WEFT_PT(blink, self)
{
    WEFT_PT_YIELD();
    if (self->is_on) {
        break;
    }
    self->is_on = true;
}
WEFT_PT_END
