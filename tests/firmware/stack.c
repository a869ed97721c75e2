/* stack.c - how much C stack the executor needs, at any depth of awaits, interrupts included. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <weft/remote_signal.h>

enum { DEEPEST = 24, PATTERN = 0xa5 };

extern unsigned char start_bss_end[]; /* the stack grows down to it */

struct deep {
    WEFT_FRAME;
    int depth, levels;
    struct weft_sleep nap;
    struct weft_signal_wait wait;
};

static weft_signal signal;

void board_interrupted(void)
{
    weft_signal_set(&signal);
}

static struct deep frames[DEEPEST + 1];

static WEFT_ASYNC(deep, self)
{
    if (self->depth < self->levels) {
        WEFT_TRY(frames[self->depth + 1], deep, self->depth + 1, self->levels);
    } else {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
        board_interrupt(); /* here, where the stack is deepest; on AVR a moment later */
        WEFT_TRY(self->wait, weft_signal_wait, &signal);
    }
}
WEFT_END

__attribute__((noinline)) static void paint(void)
{
    unsigned char *const here = __builtin_frame_address(0);
    for (volatile unsigned char *at = start_bss_end; at < here - 32; at++) {
        *at = PATTERN;
    }
}

__attribute__((noinline)) static long used(const unsigned char *from)
{
    const unsigned char *at = start_bss_end;
    while (*at == PATTERN) {
        at++;
    }
    return (long)(from - at);
}

__attribute__((noinline)) static long measure(weft_executor *executor, int levels)
{
    static WEFT_TASK(deep) task;
    const unsigned char *const here = __builtin_frame_address(0);
    weft_signal_init(&signal, &executor->core);
    paint();
    weft_spawn(&executor->group, &task, deep, 0, levels);
    if (weft_executor_run(executor) != 0) {
        board_exit(1);
    }
    return used(here);
}

int main(void)
{
    weft_executor *const executor = board_start();
    const long shallow = measure(executor, 8), deepest = measure(executor, DEEPEST);
    board_print("stack 1 ");
    board_print_number(measure(executor, 0));
    board_print("\nstack 8 ");
    board_print_number(shallow);
    board_print("\nstack 24 ");
    board_print_number(deepest);
    board_print("\n");
    /* Sixteen levels more would be seen if each took one byte. Where exactly an interrupt comes in
     * makes a difference of a few. */
    board_exit(deepest < shallow + DEEPEST - 8 ? 0 : 1);
}
