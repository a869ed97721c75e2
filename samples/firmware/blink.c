/* blink.c - two LEDs, each at a rate of its own. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a program on bare metal. The coroutine is as on a computer; the board gives it an
 * executor whose clock is a timer of the chip. Between two toggles the core sleeps: it is woken for
 * the next deadline, and by nothing else.
 * Next: button.c, an interrupt.
 */
#include "board.h"

struct blink {
    WEFT_FRAME;
    const char *led;
    weft_time every;
    int toggles;
    struct weft_sleep nap;
};

static WEFT_ASYNC(blink, self)
{
    for (; self->toggles > 0; self->toggles--) {
        WEFT_TRY(self->nap, weft_sleep, self->every);
        board_say(self->led);
    }
}
WEFT_END

int main(void)
{
    static WEFT_TASK(blink) red, green;
    weft_executor *const executor = board_start();
    weft_spawn(&executor->group, &red, blink, "red", WEFT_MS(250), 4);
    weft_spawn(&executor->group, &green, blink, "green", WEFT_MS(400), 3);
    board_exit(weft_executor_run(executor));
}

/* prints:
 *  250 ms: red
 *  400 ms: green
 *  500 ms: red
 *  750 ms: red
 *  800 ms: green
 * 1000 ms: red
 * 1200 ms: green
 */
