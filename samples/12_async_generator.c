/* 12_async_generator.c - values that take their time. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a generator that waits between its values. WEFT_FOR_EACH takes them one by one, while
 * other tasks run; and however the loop is left, it closes the generator: its FINALLY runs, and may
 * wait, before the program goes on.
 * Next: 13_shield.c, what must not be interrupted.
 */
#include <stdio.h>
#include <weft.h>

struct sensor {
    WEFT_FRAME;
    weft_time interval;
    int degrees; /* out */
    struct weft_sleep nap;
};

static WEFT_ASYNC(sensor, self)
{
    printf("sensor on\n");
    for (self->degrees = 18;; self->degrees++) {
        WEFT_TRY(self->nap, weft_sleep, self->interval);
        WEFT_YIELD(self->degrees);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(5));
    printf("sensor off\n");
}
WEFT_END

struct thermostat {
    WEFT_FRAME;
    struct sensor sensor;
};

static WEFT_ASYNC(thermostat, self)
{
    WEFT_FOR_EACH(self->sensor, sensor, .interval = WEFT_MS(10)) {
        if (self->sensor.degrees < 19) {
            continue;
        }
        printf("%d degrees\n", self->sensor.degrees);
        if (self->sensor.degrees > 20) {
            break;
        }
    }
    printf("warm enough\n");
}
WEFT_END

int main(void)
{
    return weft_run(thermostat);
}

/* prints:
 * sensor on
 * 19 degrees
 * 20 degrees
 * 21 degrees
 * sensor off
 * warm enough
 */
