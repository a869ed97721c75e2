/* 08_await_in_switch_fixed.c - the switch chooses, and the await stands behind it. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the cure. What a switch has chosen is awaited behind it; or it becomes if and else,
 * which may hold as many awaits as they like.
 * Next: 09_echo_server.c, all of this on the network.
 */
#include <stdio.h>
#include <weft.h>

struct crossing {
    WEFT_FRAME;
    int cars;
    struct weft_sleep nap;
};

static WEFT_ASYNC(crossing, self)
{
    weft_time wait; /* a local may: it is used up when the await begins */
    switch (self->cars) {
    case 0:
        printf("nobody there, red\n");
        wait = WEFT_MS(10);
        break;
    default:
        printf("green\n");
        wait = WEFT_MS(30);
        break;
    }
    WEFT_TRY(self->nap, weft_sleep, wait);
    if (self->cars > 0) {
        printf("yellow\n");
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(5));
    }
    printf("red again\n");
}
WEFT_END

int main(void)
{
    return weft_run(crossing, .cars = 3);
}

/* prints:
 * green
 * yellow
 * red again
 */
