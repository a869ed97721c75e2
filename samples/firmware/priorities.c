/* priorities.c - a motor that must not wait, beside a task that computes for long. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a second executor, in an interrupt (weft/interrupt_executor.h). Its tasks preempt those of
 * main(): the motor is controlled each ms, also while a task in main() computes for 7 ms and gives
 * way to nobody. Between the two there are only things that are made for interrupts: a ring
 * of bytes, and a signal.
 */
#include "board.h"
#include <weft/ring.h>

static weft_ring steps;  /* from the motor to main() */
static weft_signal halt; /* from main() to the motor */

struct control {
    WEFT_FRAME;
    weft_time at;
    uint8_t step;
    weft_scope until;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(control, self)
{
    self->at = WEFT_NOW();
    for (self->step = 1;; self->step++) {
        self->at = weft_time_add(self->at, WEFT_MS(1));
        WEFT_MOVE_ON_AT(self->until, self->at) {
            WEFT_TRY(self->wait, weft_signal_wait, &halt);
        }
        if (!self->until.expired) {
            WEFT_RETURN(0);
        }
        (void)weft_ring_put(&steps, self->step);
    }
}
WEFT_END

static void report(const char *while_)
{
    uint8_t bytes[16];
    const size_t count = weft_ring_read_nowait(&steps, bytes, sizeof bytes);
    board_print(while_);
    board_print_number((long)count);
    board_print(" steps\n");
}

struct compute {
    WEFT_FRAME;
    weft_time begin;
    struct weft_sleep nap;
};

static WEFT_ASYNC(compute, self)
{
    self->begin = WEFT_NOW();
    WEFT_TRY(self->nap, weft_sleep, WEFT_US(2500));
    report("while I slept: ");
    while (weft_time_is_before(board_now(), weft_time_add(self->begin, WEFT_US(9500)))) {
    }
    weft_signal_set(&halt); /* and behind this line the motor has halted */
    report("while I computed, and gave way to nobody: ");
    WEFT_PASS(); /* the time is read once a pass */
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(5));
    report("and since: ");
}
WEFT_END

int main(void)
{
    static uint8_t room[16];
    static WEFT_TASK(control) controlling;
    static WEFT_TASK(compute) computing;
    weft_executor *const executor = board_start();
    weft_executor *const urgent = board_prepare_urgent();
    weft_ring_init(&steps, room, sizeof room, &executor->core);
    weft_signal_init(&halt, &urgent->core);
    weft_spawn(&urgent->group, &controlling, control);
    weft_spawn(&executor->group, &computing, compute);
    board_begin_urgent();
    board_exit(weft_executor_run(executor));
}

/* flags: -DWEFT_PRIORITIES=1 */
/* prints:
 * while I slept: 2 steps
 * while I computed, and gave way to nobody: 7 steps
 * and since: 0 steps
 */
