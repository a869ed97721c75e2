/* 33_callback_for_a_coroutine.c - a coroutine for those who only know callbacks. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_spawn_then starts a coroutine, and calls a function after it has ended, with its
 * status; its results are in the frame. So a library can be written with coroutines inside, and with
 * callbacks outside: a program of callbacks uses it, and need not know. The callback comes from the
 * loop, never from inside the call that starts.
 * Next: 34_hours_in_milliseconds.c, a program that sleeps for hours, tested.
 */
#include <stdio.h>
#include <weft.h>

/* Inside: coroutines. */
struct measure {
    WEFT_FRAME;
    int samples;
    int sum, average; /* out: average */
    int i;
    struct weft_sleep pause;
};

static WEFT_ASYNC(measure, self)
{
    for (self->i = 0; self->i < self->samples; self->i++) {
        WEFT_TRY(self->pause, weft_sleep, WEFT_MS(5));
        self->sum += 20 + self->i;
    }
    self->average = self->sum / self->samples;
}
WEFT_END

/* Outside: a sensor that calls back. */
struct sensor {
    void (*callback)(struct sensor *sensor, int status, int degrees);
    WEFT_TASK(measure) task;
    weft_done_callback done;
};

static void measured(void *pointer, int status)
{
    struct sensor *const sensor = pointer;
    sensor->callback(sensor, status, sensor->task.frame.average);
}

static int sensor_read(weft_loop *loop, struct sensor *sensor, int samples,
                       void (*callback)(struct sensor *, int, int))
{
    sensor->callback = callback;
    return weft_spawn_then(weft_loop_group(loop), &sensor->task, &sensor->done, measured, sensor,
                           measure, samples);
}

/* The program: no coroutine in sight. */
static void show_last(struct sensor *sensor, int status, int degrees)
{
    (void)sensor;
    printf("then: %d degrees, status %d\n", degrees, status);
    weft_loop_stop(weft_loop_running());
}

static void show(struct sensor *sensor, int status, int degrees)
{
    printf("first: %d degrees, status %d\n", degrees, status);
    (void)sensor_read(weft_loop_running(), sensor, 5, show_last);
}

int main(void)
{
    static struct sensor sensor;
    weft_loop *loop;
    if (weft_loop_new(&loop, NULL) < 0 || sensor_read(loop, &sensor, 3, show) < 0) {
        return 1;
    }
    printf("reading\n");
    weft_loop_run_forever(loop);
    weft_loop_close(loop);
    return 0;
}

/* prints:
 * reading
 * first: 21 degrees, status 0
 * then: 22 degrees, status 0
 */
