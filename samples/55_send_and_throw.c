/* 55_send_and_throw.c - talking to a generator. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: what goes into a generator. Sending is assigning a field before the next value is asked
 * for. Throwing hands it a status, at the yield where it stands: WEFT_YIELD leaves with it,
 * WEFT_YIELD_CATCH goes on. Closing runs its FINALLY. One generator may yield all of another.
 * Next: 56_wait_for.c, a limit for a task.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct average {
    WEFT_FRAME;
    double sent;  /* in, each time */
    double value; /* out */
    double sum;
    int count;
};

static WEFT_ASYNC(average, self)
{
    for (;;) {
        WEFT_YIELD_CATCH(self->value = self->count > 0 ? self->sum / self->count : 0);
        if (WEFT_STATUS() == -ERANGE) { /* begins anew */
            self->sum = 0;
            self->count = 0;
            continue;
        }
        WEFT_CHECK(WEFT_STATUS());
        self->sum += self->sent;
        self->count++;
    }
WEFT_FINALLY:
    printf("of %d numbers\n", self->count);
}
WEFT_END

struct twice {
    WEFT_FRAME;
    int value, i;
};

static WEFT_ASYNC(twice, self)
{
    for (self->i = 1; self->i <= 2; self->i++) {
        WEFT_YIELD(self->value = self->i);
    }
}
WEFT_END

struct framed {
    WEFT_FRAME;
    int value;
    struct twice inner;
};

static WEFT_ASYNC(framed, self)
{
    WEFT_YIELD(self->value = 0);
    weft_init(&self->inner, twice);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
    WEFT_YIELD(self->value = 9);
}
WEFT_END

int main(void)
{
    struct average mean;
    struct framed picture;
    weft_init(&mean, average);
    weft_next(&mean); /* to its first yield */
    for (mean.sent = 10; mean.sent < 40; mean.sent += 10) {
        weft_next(&mean);
        printf("%g ", mean.value);
    }
    weft_throw(&mean, -ERANGE);
    printf("%g ", mean.value);
    mean.sent = 7;
    weft_next(&mean);
    printf("%g ", mean.value);
    weft_close_generator(&mean);

    weft_init(&picture, framed);
    while (weft_next(&picture)) {
        printf("%d ", picture.value);
    }
    printf("\n");
}

/* prints:
 * 10 15 20 0 7 of 1 numbers
 * 0 1 2 9
 */
