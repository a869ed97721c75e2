/* 17_protothread.c - what a coroutine is made of. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the smallest thing that resumes, one byte of state: a function that you call again and
 * again, and that goes on where it last stopped. No loop, no tasks, no calls that wait: it fits any
 * chip, and shows the trick on which the rest is built (read weft/resume.h: a `switch`).
 * Next: 18_firmware_style.c, the whole of it without an operating system.
 */
#include <stdio.h>
#include <weft/resume.h>

static int now; /* a tick of some hardware */

struct blink {
    WEFT_PT_STATE;
    const char *name;
    int interval, since;
};

static WEFT_PT(blink, self)
{
    for (;;) {
        self->since = now;
        WEFT_PT_WAIT_UNTIL(now - self->since == self->interval);
        printf("%d: %s on\n", now, self->name);
        WEFT_PT_YIELD(); /* until the next call */
        printf("%d: %s off\n", now, self->name);
    }
}
WEFT_PT_END

int main(void)
{
    struct blink red = {.name = "red", .interval = 2}, green = {.name = "green", .interval = 3};
    for (now = 0; now < 8; now++) {
        blink(&red);
        blink(&green);
    }
    printf("each of them remembers %zu byte\n", sizeof red.weft);
    return 0;
}

/* prints:
 * 2: red on
 * 3: red off
 * 3: green on
 * 4: green off
 * 5: red on
 * 6: red off
 * 7: green on
 * each of them remembers 1 byte
 */
