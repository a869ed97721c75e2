/* template.c - the template of a port keeps time, and wakes for an interrupt. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include "port_template.h"
#include <weft/sync.h>

static weft_signal signal;
static int wrong;

/* The board hands over what is not its own: the timer's, too. */
void board_interrupted(void)
{
    template_interrupt();
    weft_signal_set(&signal);
}

struct sleeper {
    WEFT_FRAME;
    int i;
    weft_time begin, before;
    weft_scope patience;
    struct weft_sleep nap;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(sleeper, self)
{
    for (self->i = 0; self->i < 50; self->i++) {
        self->begin = WEFT_NOW();
        self->before = board_now();
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(3));
        wrong += WEFT_NOW() - self->begin < WEFT_MS(3) || WEFT_NOW() - self->begin > WEFT_MS(4);
        wrong += board_now() - self->before < WEFT_MS(2) || board_now() - self->before > WEFT_MS(4);
        WEFT_MOVE_ON(self->patience, WEFT_MS(500)) {
            board_interrupt();
            WEFT_TRY(self->wait, weft_signal_wait, &signal);
        }
        wrong += self->patience.expired;
    }
}
WEFT_END

int main(void)
{
    static weft_executor executor;
    static WEFT_TASK(sleeper) task;
    (void)board_start(); /* its clock is the other one, to compare with */
    template_start(&executor);
    weft_signal_init(&signal, &executor.core);
    weft_spawn(&executor.group, &task, sleeper);
    wrong += weft_executor_run(&executor) != 0;
    board_print_number(wrong);
    board_print(" wrong\n");
    board_exit(wrong != 0);
}
