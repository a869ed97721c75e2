/* main.c - measures one form: its RAM, and the instructions of a resume, in tenths. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include "peer.h"

enum { ROUNDS = 4000 };

/* Of QEMU's instructions, one a nanosecond; of the AVR's cycles. */
#if defined __AVR__
#define COST_A_TICK 64L
#else
#define COST_A_TICK (1000000000L / WEFT_TICK_HZ)
#endif

volatile uint8_t flag_a = 1, flag_b = 1;

static void tell(const char *what, int depth, long number)
{
    board_print(what);
    board_put(' ');
    board_print_number(depth);
    board_put(' ');
    board_print_number(number);
    board_put('\n');
}

static void measure(int depth)
{
    const size_t bytes = peer_start(depth);
    const weft_time begin = board_now();
    for (int i = 0; i < ROUNDS; i++) {
        peer_resume();
    }
    tell("resume", depth, (long)(board_now() - begin) * COST_A_TICK / (ROUNDS / 10));
    tell("ram", depth, (long)bytes);
    if (peer_sum() != ROUNDS / 2 * (ROUNDS + 1L)) {
        tell("wrong", depth, (long)peer_sum());
        board_exit(1);
    }
}

int main(void)
{
    (void)board_start();
    measure(1);
    measure(8);
    board_exit(0);
}
