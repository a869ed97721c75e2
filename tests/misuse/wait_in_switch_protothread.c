/* wait_in_switch_protothread.c - the same in the small coroutines of resume.h. */
/* SPDX-License-Identifier: MIT */
/* stops: wait_in_switch_protothread\.c:\d+: blink: weft: ended, or waits inside a `switch` */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
    int which;
};

static WEFT_PT(blink, self)
{
    switch (self->which) {
    case 0:
        WEFT_PT_YIELD();
        break;
    default:
        break;
    }
}
WEFT_PT_END

int main(void)
{
    static struct blink it;
    (void)blink(&it);
    (void)blink(&it);
    return 0;
}
