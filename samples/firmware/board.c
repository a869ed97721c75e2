/* board.c - what is the same on all boards: text on the console. */
/* SPDX-License-Identifier: MIT */
#include "board.h"

void board_print(const char *text)
{
    for (; *text != '\0'; text++) {
        board_put(*text);
    }
}

void board_print_number(long number)
{
    char digits[12];
    size_t at = sizeof digits - 1;
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    board_print(number < 0 ? "-" : "");
    board_print(&digits[at]);
}

static void print_time(void)
{
    const long ms = (long)(board_now() / WEFT_MS(1));
    board_print(ms < 10 ? "   " : ms < 100 ? "  " : ms < 1000 ? " " : "");
    board_print_number(ms);
    board_print(" ms: ");
}

void board_say(const char *text)
{
    print_time();
    board_print(text);
    board_put('\n');
}

void board_say_number(const char *text, long number)
{
    print_time();
    board_print(text);
    board_put(' ');
    board_print_number(number);
    board_put('\n');
}

/* A program that does not use them need not have them. */
__attribute__((weak)) void board_interrupted(void)
{
}

__attribute__((weak)) void board_received(uint8_t byte)
{
    (void)byte;
}
