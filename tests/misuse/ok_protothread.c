/* ok_protothread.c - the small coroutines of resume.h draw no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Werror */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
    int i;
};
WEFT_PT_DECLARE(blink);

WEFT_PT(blink, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_PT_YIELD();
        const int twice = self->i * 2;
        if (twice > 3) {
            WEFT_PT_EXIT();
        }
        WEFT_PT_WAIT_UNTIL(self->i != 1);
    }
}
WEFT_PT_END

struct empty {
    WEFT_PT_STATE;
};
WEFT_PT_DECLARE(empty);

WEFT_PT(empty, self)
{
}
WEFT_PT_END
