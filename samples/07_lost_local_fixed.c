/* 07_lost_local_fixed.c - what outlives an await is in the frame. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the cure, a field of the frame instead of a local. Locals are fine between two awaits.
 * Next: 08_await_in_switch_broken.c, the other mistake.
 */
#include <stdio.h>
#include <weft.h>

struct countdown {
    WEFT_FRAME;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(countdown, self)
{
    for (self->i = 3; self->i > 0; self->i--) {
        const int square = self->i * self->i; /* nothing is awaited while it is in use */
        printf("%d %d\n", self->i, square);
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(10));
    }
}
WEFT_END

int main(void)
{
    return weft_run(countdown);
}

/* prints:
 * 3 9
 * 2 4
 * 1 1
 */
