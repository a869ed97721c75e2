/* call_ended_protothread.c - a protothread that has ended is called again. */
/* SPDX-License-Identifier: MIT */
/* stops: call_ended_protothread\.c:\d+: blink: weft: ended, or waits inside a `switch` */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
    int count;
};

static WEFT_PT(blink, self)
{
    self->count++;
}
WEFT_PT_END

int main(void)
{
    static struct blink it;
    while (it.count < 2) {
        (void)blink(&it);
    }
    return 0;
}
