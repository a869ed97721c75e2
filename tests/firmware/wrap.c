/* wrap.c - sleeps and deadlines while the clock wraps round. */
/* SPDX-License-Identifier: MIT */
/*
 * Built with WEFT_PORT_EPOCH a few ticks before the clock goes from its greatest number to its
 * least, or from -1 to 0, or into another half of a word, with times of 16, 32 and 64 bits. All lasts as
 * long as it should; with WEFT_PRIORITIES in an executor in an interrupt, too.
 */
#include "board.h"
#include <weft/sync.h>

static int wrong;

/* What was to last so long has lasted so long, and no more than two ticks longer. */
static void lasted(weft_time begin, weft_time ticks)
{
    const weft_time late = (weft_time)((weft__time_unsigned)board_now() -
                                       (weft__time_unsigned)begin - (weft__time_unsigned)ticks);
    if (late < 0 || late > WEFT_MS(2)) {
        wrong++;
        board_print_number((long)late);
        board_print(" ticks late\n");
    }
}

struct sleeper {
    WEFT_FRAME;
    weft_time ticks, begin;
    int times, i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    for (self->i = 0; self->i < self->times; self->i++) {
        self->begin = WEFT_NOW();
        WEFT_TRY(self->nap, weft_sleep, self->ticks);
        lasted(self->begin, self->ticks);
    }
}
WEFT_END

struct waiter {
    WEFT_FRAME;
    weft_event *never;
    weft_time begin;
    int i;
    weft_scope patience;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    for (self->i = 0; self->i < 10; self->i++) {
        self->begin = WEFT_NOW();
        WEFT_MOVE_ON(self->patience, WEFT_MS(13)) {
            WEFT_TRY(self->wait, weft_event_wait, self->never);
        }
        lasted(self->begin, WEFT_MS(13));
        wrong += !self->patience.expired;
    }
}
WEFT_END

#if WEFT_PRIORITIES
static WEFT_TASK(sleeper) in_interrupt;

static void begin_in_interrupt(void)
{
    weft_executor *const urgent = board_prepare_urgent();
    weft_spawn(&urgent->group, &in_interrupt, sleeper, WEFT_MS(5), .times = 20);
    board_begin_urgent();
}
#endif

int main(void)
{
    static weft_event never;
    static WEFT_TASK(sleeper) shorts, longs;
    static WEFT_TASK(waiter) waiting;
    weft_executor *const executor = board_start();
    const weft_time begin = board_now();
    weft_spawn(&executor->group, &shorts, sleeper, WEFT_MS(7), .times = 20);
    weft_spawn(&executor->group, &longs, sleeper, WEFT_MS(70), .times = 2);
    weft_spawn(&executor->group, &waiting, waiter, &never);
#if WEFT_PRIORITIES
    begin_in_interrupt();
#endif
    wrong += weft_executor_run(executor) != 0;
#if WEFT_PRIORITIES
    wrong += !weft_task_is_done(&in_interrupt.task);
#endif
    wrong += weft_time_is_before(board_now(), begin); /* all of it is less than half a round */
    board_exit(wrong != 0);
}
