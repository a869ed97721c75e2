/* 07_lost_local_broken.c - the mistake that everybody makes once. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a local variable lives on the C stack, and while a coroutine waits that belongs to
 * others. It is lost. The compilers see it: on the way from the resume to the line behind the await
 * nobody has set it. With gcc that needs optimisation, -O1 or more; the warning itself is switched
 * on by Weft's headers. Of arrays, and of what has its address taken, they say nothing: lost, too.
 * Next: 07_lost_local_fixed.c
 */
/* warning(gcc): 'i' may be used uninitialized */
/* warning(clang): variable 'i' may be uninitialized when used here */
#include <stdio.h>
#include <weft.h>

struct countdown {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(countdown, self)
{
    for (int i = 3; i > 0; i--) {
        printf("%d\n", i);
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(10)); /* from here on, i is anything */
    }
}
WEFT_END

int main(void)
{
    return weft_run(countdown);
}
