/* sensor.c - a sensor on a bus, sampled, filtered, reported. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a peripheral that works by itself and writes to memory of ours (weft/transfer.h). The
 * await ends when it has let go of that, even when it is cancelled; so the last sample, which takes
 * too long, ends later than its timeout. The filter is a generator; the report comes by a queue.
 * The sensor is a model: a timer, and the board's interrupt.
 * Next: motor.c, a deadline.
 */
#include "board.h"
#include <weft/queue.h>
#include <weft/transfer.h>

/* --- the model of a sensor: after a while it writes two bytes, and interrupts ------------------ */

static struct {
    weft_transfer transfer;
    weft_timer timer;
    uint8_t *to;
    weft_time takes;
    int16_t value, status;
} bus;

void board_interrupted(void)
{
    bus.to[0] = (uint8_t)((uint16_t)bus.value >> 8);
    bus.to[1] = (uint8_t)bus.value;
    weft_transfer_end(&bus.transfer, bus.status);
}

static void bus_fires(weft_timer *timer)
{
    (void)timer;
    board_interrupt();
}

static void bus_start(weft_transfer *transfer)
{
    static const int8_t noise[] = {4, -4, 8, -8, 0};
    static size_t sample;
    bus.status = 0;
    bus.value = (int16_t)(100 + noise[sample++ % sizeof noise]);
    bus.timer.fire = bus_fires;
    weft_timers_arm(&transfer->core->timers, &bus.timer,
                    weft_time_add(transfer->core->now, bus.takes));
}

/* It cannot stop at once: it gets to the end of a byte. */
static void bus_stop(weft_transfer *transfer)
{
    (void)transfer;
    bus.status = WEFT_ECANCELED;
}

/* --- the program ------------------------------------------------------------------------------ */

static weft_queue reports;

/* The mean of the last and all before, an eighth at a time. */
struct smooth {
    WEFT_FRAME;
    int16_t in, mean;
    int16_t eightfold; /* the mean, times eight */
};

static WEFT_ASYNC(smooth, self)
{
    self->eightfold = (int16_t)(self->in * 8);
    for (;;) {
        WEFT_YIELD(self->mean = (int16_t)(self->eightfold / 8));
        self->eightfold = (int16_t)(self->eightfold + self->in - self->mean);
    }
}
WEFT_END

struct sampler {
    WEFT_FRAME;
    uint8_t raw[2]; /* the sensor writes here */
    int samples;
    weft_scope patience;
    struct smooth smooth;
    union {
        struct weft_transfer_wait wait;
        struct weft_sleep nap;
        struct weft_put put;
    };
};

static WEFT_ASYNC(sampler, self)
{
    weft_init(&self->smooth, smooth);
    for (self->samples = 0; self->samples < 4; self->samples++) {
        WEFT_TRY(self->wait, weft_transfer_wait, &bus.transfer);
        self->smooth.in = (int16_t)(self->raw[0] << 8 | self->raw[1]);
        WEFT_NEXT(self->smooth);
        WEFT_TRY(self->put, weft_put, &reports, &self->smooth.mean);
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(50));
    }
    bus.takes = WEFT_MS(30);
    WEFT_MOVE_ON(self->patience, WEFT_MS(10)) {
        WEFT_TRY(self->wait, weft_transfer_wait, &bus.transfer);
    }
    board_say(self->patience.expired ? "too slow, and now the bus is free" : "?");
WEFT_FINALLY:
    WEFT_CLOSE(self->smooth);
    weft_queue_shutdown(&reports, false);
}
WEFT_END

struct reporter {
    WEFT_FRAME;
    int16_t mean;
    struct weft_get get;
};

static WEFT_ASYNC(reporter, self)
{
    for (;;) {
        WEFT_AWAIT(self->get, weft_get, &reports, &self->mean);
        if (WEFT_STATUS() == WEFT_ESHUTDOWN) {
            WEFT_RETURN(0);
        }
        weft_queue_task_done(&reports);
        board_say_number("mean", self->mean);
    }
}
WEFT_END

int main(void)
{
    static int16_t readings[4];
    static WEFT_TASK(sampler) sampling;
    static WEFT_TASK(reporter) reporting;
    weft_executor *const executor = board_start();
    weft_transfer_init(&bus.transfer, bus_start, bus_stop, &executor->core);
    bus.takes = WEFT_MS(2);
    bus.to = sampling.frame.raw;
    weft_queue_init(&reports, readings, sizeof readings[0], 4);
    weft_spawn(&executor->group, &sampling, sampler);
    weft_spawn(&executor->group, &reporting, reporter);
    board_exit(weft_executor_run(executor));
}

/* prints:
 *    2 ms: mean 104
 *   54 ms: mean 103
 *  106 ms: mean 103
 *  158 ms: mean 102
 *  238 ms: too slow, and now the bus is free
 */
