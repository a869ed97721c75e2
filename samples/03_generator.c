/* 03_generator.c - a coroutine that hands out values. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: WEFT_YIELD hands out a value, a field of the frame, and stops until the next is asked
 * for. Plain C can drive that, without any loop. Sending something in is assigning to a field. Who
 * leaves before the end closes the generator: that runs its FINALLY.
 * Next: 04_cleanup.c, more about FINALLY.
 */
#include <stdio.h>
#include <weft.h>

struct count {
    WEFT_FRAME;
    int step;  /* in, at any time */
    int value; /* out */
};

static WEFT_ASYNC(count, self)
{
    for (;;) {
        WEFT_YIELD(self->value += self->step);
    }
WEFT_FINALLY:
    printf("closed at %d\n", self->value);
}
WEFT_END

int main(void)
{
    struct count each;
    for (weft_init(&each, count, .step = 1); weft_next(&each);) {
        printf("%d\n", each.value);
        if (each.value == 3) {
            each.step = 10; /* send */
        }
        if (each.value > 20) {
            break;
        }
    }
    weft_close_generator(&each);
    return 0;
}

/* prints:
 * 1
 * 2
 * 3
 * 13
 * 23
 * closed at 23
 */
