/* board_host.c - your computer in place of a board, on a clock that jumps. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/testing.h>

static weft_test test;

weft_executor *board_start(void)
{
    weft_test_init(&test, NULL);
    return &test.executor;
}

weft_time board_now(void)
{
    return test.now;
}

/* Nothing comes in here: a sample that listens is for boards. */
void board_listen(void)
{
}

void board_put(char c)
{
    putchar(c);
}

void board_interrupt(void)
{
    board_interrupted();
}

_Noreturn void board_exit(int status)
{
    exit(status);
}
