/* button.c - a button that bounces, and a press that stops a task. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: an interrupt. Its handler only sets a signal; a task awaits it, waits until the contact
 * has been quiet for 20 ms, and cancels the task that blinks, whose FINALLY leaves the LED dark.
 * The finger is a task, too: it makes the interrupts.
 * Next: echo.c, bytes from an interrupt.
 */
#include "board.h"
#include <weft/sync.h>

static weft_signal edge;

void board_interrupted(void)
{
    weft_signal_set(&edge);
}

struct blink {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(blink, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(100));
        board_say("blink");
    }
WEFT_FINALLY:
    board_say("dark");
}
WEFT_END

struct control {
    WEFT_FRAME;
    weft_task *blink;
    weft_scope quiet;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(control, self)
{
    WEFT_TRY(self->wait, weft_signal_wait, &edge);
    board_say("an edge");
    do {
        WEFT_MOVE_ON(self->quiet, WEFT_MS(20)) {
            WEFT_TRY(self->wait, weft_signal_wait, &edge);
        }
    } while (!self->quiet.expired);
    board_say("pressed");
    weft_task_cancel(self->blink);
}
WEFT_END

struct finger {
    WEFT_FRAME;
    int bounces;
    struct weft_sleep nap;
};

static WEFT_ASYNC(finger, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(250));
    for (self->bounces = 0; self->bounces < 6; self->bounces++) {
        board_interrupt();
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(5));
    }
}
WEFT_END

int main(void)
{
    static WEFT_TASK(blink) blinking;
    static WEFT_TASK(control) controlling;
    static WEFT_TASK(finger) pressing;
    weft_executor *const executor = board_start();
    weft_signal_init(&edge, &executor->core);
    weft_spawn(&executor->group, &blinking, blink);
    weft_spawn(&executor->group, &controlling, control, &blinking.task);
    weft_spawn(&executor->group, &pressing, finger);
    board_exit(weft_executor_run(executor));
}

/* prints:
 *  100 ms: blink
 *  200 ms: blink
 *  250 ms: an edge
 *  295 ms: pressed
 *  295 ms: dark
 */
