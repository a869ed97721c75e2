/* 30_generator_pipeline.c - generators that feed each other. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a generator whose body is a loop over another. Values are made one at a time, when the
 * last stage asks for one; nothing is stored in between. When the last loop is left, all stages are
 * closed, from the first on: each FINALLY runs, and may wait, before the next one's.
 * Next: 31_chain.c, coroutines whose results feed each other.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct thermometer {
    WEFT_FRAME;
    int minute, degrees; /* out: degrees */
    struct weft_sleep nap;
};

static WEFT_ASYNC(thermometer, self)
{
    for (self->minute = 1;; self->minute++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(60));
        WEFT_YIELD(self->degrees = 18 + self->minute / 3);
    }
WEFT_FINALLY:
    printf("thermometer off\n");
}
WEFT_END

/* Lets through only what differs from the value before. */
struct changes {
    WEFT_FRAME;
    int degrees; /* out */
    struct thermometer thermometer;
};

static WEFT_ASYNC(changes, self)
{
    WEFT_FOR_EACH(self->thermometer, thermometer) {
        if (self->thermometer.degrees != self->degrees) {
            WEFT_YIELD(self->degrees = self->thermometer.degrees);
        }
    }
WEFT_FINALLY:
    printf("changes off\n");
}
WEFT_END

struct fahrenheit {
    WEFT_FRAME;
    int degrees; /* out */
    struct changes changes;
};

static WEFT_ASYNC(fahrenheit, self)
{
    WEFT_FOR_EACH(self->changes, changes) {
        WEFT_YIELD(self->degrees = self->changes.degrees * 9 / 5 + 32);
    }
}
WEFT_END

struct program {
    WEFT_FRAME;
    struct fahrenheit fahrenheit;
};

static WEFT_ASYNC(program, self)
{
    WEFT_FOR_EACH(self->fahrenheit, fahrenheit) {
        printf("%d F after %d min\n", self->fahrenheit.degrees, (int)(WEFT_NOW() / WEFT_S(60)));
        if (self->fahrenheit.degrees >= 69) {
            break;
        }
    }
    printf("warm enough\n");
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program);
}

/* prints:
 * 64 F after 1 min
 * 66 F after 3 min
 * 68 F after 6 min
 * 69 F after 9 min
 * thermometer off
 * changes off
 * warm enough
 */
