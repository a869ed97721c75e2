/* await_in_switch.c - an await in a `switch` of the user's stops when it is resumed. */
/* SPDX-License-Identifier: MIT */
/* stops: await_in_switch\.c:\d+: hello: weft: it awaits inside a `switch` of yours */
#include "port.h"

struct hello {
    WEFT_FRAME;
    int which;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    switch (self->which) {
    case 0:
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        break;
    default:
        break;
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
