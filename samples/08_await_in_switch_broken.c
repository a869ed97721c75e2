/* 08_await_in_switch_broken.c - an await inside a switch of your own. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: to go on, a coroutine jumps to a `case` that its macros have placed behind the await.
 * Here that `case` falls to the wrong switch, so the jump does not find it. The run stops at once,
 * with a message that names the line. Compiled with -DWEFT_LINT the compilers find it before: such
 * a label is too wide for your switch. (Over an enum, -Wall alone finds it.)
 * Next: 08_await_in_switch_fixed.c
 */
/* flags: -DWEFT_LINT */
/* warning(gcc): conversion from 'long long int' to 'int' changes value from '1099511652353' */
/* warning(clang): overflow converting case value to switch condition type */
/* stops: 08_await_in_switch_broken.c:28: .* it awaits inside a `switch` of yours: use if and else */
#include <stdio.h>
#include <weft.h>

struct crossing {
    WEFT_FRAME;
    int cars;
    struct weft_sleep nap;
};

static WEFT_ASYNC(crossing, self)
{
    switch (self->cars) {
    case 0:
        printf("nobody there, red\n");
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(10));
        break;
    default:
        printf("green\n");
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(30));
        break;
    }
}
WEFT_END

int main(void)
{
    return weft_run(crossing, .cars = 0);
}
