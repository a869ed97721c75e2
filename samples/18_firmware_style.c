/* 18_firmware_style.c - coroutines without an operating system. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: an executor and its port, the three functions that a chip must provide. No heap, no
 * libc, no library: the headers are all. Here the port is a chip of paper: its clock jumps, as if
 * it had slept, and a button is pressed at 250 ms, by an interrupt.
 * Next: 19_gather.c, several results at once.
 */
#include <stdio.h> /* in place of a LED */
#include <weft/executor.h>
#include <weft/sync.h>

static weft_executor executor;
static weft_signal button;

/* --- the port: a timer, a sleep, an interrupt ------------------------------------------------- */

static weft_time ticks;

static weft_time now(void *context)
{
    (void)context;
    return ticks;
}

static bool sleep_until(void *context, weft_time at)
{
    (void)context;
    if (ticks < WEFT_MS(250) && at >= WEFT_MS(250)) {
        ticks = WEFT_MS(250);
        weft_signal_set(&button); /* what the interrupt's handler would do */
    } else if (ticks < at) {
        ticks = at;
    }
    return true;
}

static const weft_port port = {.now = now, .sleep_until = sleep_until};

/* --- the program ------------------------------------------------------------------------------ */

static void show(const char *what)
{
    printf("%3d ms: %s\n", (int)(ticks / WEFT_MS(1)), what);
}

struct blink {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(blink, self)
{
    for (;;) {
        show("blink");
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(100));
    }
WEFT_FINALLY:
    show("dark");
}
WEFT_END

struct control {
    WEFT_FRAME;
    weft_task *blink;
    struct weft_signal_wait press;
};

static WEFT_ASYNC(control, self)
{
    WEFT_TRY(self->press, weft_signal_wait, &button);
    show("button");
    weft_task_cancel(self->blink);
}
WEFT_END

int main(void)
{
    static WEFT_TASK(blink) blinking;
    static WEFT_TASK(control) controlling;
    weft_executor_init(&executor, &port, NULL);
    weft_signal_init(&button, &executor.core);
    weft_spawn(&executor.group, &blinking, blink);
    weft_spawn(&executor.group, &controlling, control, &blinking.task);
    return weft_executor_run(&executor);
}

/* prints:
 *   0 ms: blink
 * 100 ms: blink
 * 200 ms: blink
 * 250 ms: button
 * 250 ms: dark
 */
