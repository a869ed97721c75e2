/* wakes.c - an interrupt at every instruction on the way to sleep: none is lost. */
/* SPDX-License-Identifier: MIT */
/*
 * A timer of the chip interrupts a fixed time after it was told to. Before the task waits for that it
 * spends 0, 1, 2, … instructions; so from round to round the interrupt comes one instruction
 * earlier on the way that leads through the executor and the port to sleep, until it comes before
 * the wait. After that, by chance. If one is lost the core sleeps until the scope's deadline.
 *
 * With -DBROKEN the port checks and sleeps in two steps: then this test must find lost ones.
 */
#include "board.h"
#include "inject.h"
#include <weft/sync.h>

enum { EACH = 1500, BY_CHANCE = 1500 };

static weft_signal signal;

void injected(void)
{
    weft_signal_set(&signal);
}

struct waiter {
    WEFT_FRAME;
    uint16_t round, lost;
    uint32_t random;
    weft_scope patience;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    self->random = 2463534242U;
    for (self->round = 0; self->round < EACH + BY_CHANCE; self->round++) {
        self->random = self->random * 1664525U + 1013904223U;
        inject();
        spend(self->round < EACH ? self->round : (uint16_t)(self->random >> 16) % EACH);
        WEFT_MOVE_ON(self->patience, WEFT_MS(5)) {
            WEFT_TRY(self->wait, weft_signal_wait, &signal);
        }
        self->lost = (uint16_t)(self->lost + self->patience.expired);
    }
}
WEFT_END

int main(void)
{
    static WEFT_TASK(waiter) task;
    weft_executor *const executor = board_start();
    inject_start(executor);
    weft_signal_init(&signal, &executor->core);
    weft_spawn(&executor->group, &task, waiter);
    if (weft_executor_run(executor) != 0) {
        board_exit(1);
    }
    board_print_number(task.frame.round);
    board_print(" interrupts, ");
    board_print_number(task.frame.lost);
    board_print(" lost\n");
    board_exit(task.frame.lost == 0 ? 0 : 2);
}
