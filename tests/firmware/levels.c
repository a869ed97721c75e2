/* levels.c - three priorities on a Cortex-M: main(), PendSV, and an interrupt of the chip. */
/* SPDX-License-Identifier: MIT */
/*
 * The middle one computes while main() waits, and the highest goes on at its pace through all of it:
 * what it counts, and when, tells that. With the priority of the middle one it waits for that, and
 * this test fails. Each has its deadlines from the one SysTick.
 */
#include "board.h"
#include <weft/port_cortex_m.h>
#include <weft/ring.h>

#ifndef PRIORITY
#define PRIORITY 0x40 /* the middle one has 255, the lowest there is */
#endif
enum { LINE = 29, PERIOD_US = 500 };

static weft_interrupt_executor highest;
static volatile uint16_t beats, beats_in_middle, computed, in_order;
static weft_signal from_main;

/* What the board does for interrupts that it does not know. */
void board_interrupted(void)
{
    weft_port_interrupt_executor(&highest);
}

struct beat {
    WEFT_FRAME;
    weft_time at;
    struct weft_sleep_until nap;
};

static WEFT_ASYNC(beat, self)
{
    self->at = WEFT_NOW();
    for (;;) {
        self->at = weft_time_add(self->at, WEFT_US(PERIOD_US));
        WEFT_TRY(self->nap, weft_sleep_until, self->at);
        beats++;
    }
}
WEFT_END

static void compute(weft_time ticks)
{
    const weft_time begin = board_now();
    while (weft_time_is_before(board_now(), weft_time_add(begin, ticks))) {
    }
}

struct middle {
    WEFT_FRAME;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(middle, self)
{
    uint16_t before;
    for (;;) {
        WEFT_TRY(self->wait, weft_signal_wait, &from_main);
        before = beats;
        compute(WEFT_US(2200));
        beats_in_middle = (uint16_t)(beats - before);
        computed++;
    }
}
WEFT_END

struct lowest {
    WEFT_FRAME;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(lowest, self)
{
    for (self->i = 0; self->i < 5; self->i++) {
        const uint16_t before = computed;
        weft_signal_set(&from_main); /* behind this line the middle one has computed */
        in_order = (uint16_t)(in_order + (computed == before + 1 && beats_in_middle >= 4));
        WEFT_TRY(self->nap, weft_sleep, WEFT_US(300));
    }
}
WEFT_END

int main(void)
{
    static WEFT_TASK(beat) beating;
    static WEFT_TASK(middle) in_middle;
    static WEFT_TASK(lowest) at_bottom;
    weft_executor *const executor = board_start();
    weft_executor *const urgent = board_prepare_urgent();
    weft_port_prepare_interrupt(&highest, LINE, PRIORITY);
    weft_signal_init(&from_main, &urgent->core);
    weft_spawn(&highest.executor.group, &beating, beat);
    weft_spawn(&urgent->group, &in_middle, middle);
    weft_spawn(&executor->group, &at_bottom, lowest);
    weft_port_begin_interrupt(&highest);
    board_begin_urgent();
    if (weft_executor_run(executor) != 0) {
        board_exit(1);
    }
    board_print_number(in_order);
    board_print(" of 5 in order, beats while the middle one computed: ");
    board_print_number(beats_in_middle);
    board_print("\n");
    board_exit(in_order == 5 && beats >= 5 * 4 ? 0 : 2);
}
