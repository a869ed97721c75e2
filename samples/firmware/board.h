/* board.h - what the samples here want of a board: a console, two LEDs, an interrupt. */
/* SPDX-License-Identifier: MIT */
/*
 * board_NAME.c has it for one target; board_host.c for your computer, on a clock that jumps. So
 * each sample is one source for all of them.
 *
 * | target      | core       | start-up             | its port          | runs in            |
 * |-------------|------------|----------------------|-------------------|--------------------|
 * | microbit    | Cortex-M0  | start_cortex_m.c, ld | port_cortex_m.h   | qemu-system-arm    |
 * | mps2        | Cortex-M3  | start_cortex_m.c, ld | port_cortex_m.h   | qemu-system-arm    |
 * | atmega328p  | AVR        | start_avr.S, ld      | port_avr.h        | simavr             |
 * | virt        | RV32IMAC   | start_riscv.S, ld    | port_riscv.h      | qemu-system-riscv32|
 * | host        | yours      |                      | testing.h         |                    |
 */
#ifndef BOARD_H
#define BOARD_H

#include <weft/executor.h>

/** Prepares the board, and an executor on its clock. Once. */
weft_executor *board_start(void);

#if WEFT_PRIORITIES
/** Prepares an executor in an interrupt; and lets it run. Not on the host. */
weft_executor *board_prepare_urgent(void);
void board_begin_urgent(void);
#endif

/** The time. */
weft_time board_now(void);

/** Ends the program with an exit status: here the emulator's. */
_Noreturn void board_exit(int status);

/** Writes one character to the console, and waits until that is out. */
void board_put(char c);

/** Has board_interrupted() called by an interrupt of the hardware, at once or soon. Not on virt with
 *  WEFT_PRIORITIES: that interrupt is the other executor's. */
void board_interrupt(void);

/** The program's: what the interrupt does. Context: interrupt. */
void board_interrupted(void);

/** The program's: a byte has come in by the serial line. Context: interrupt. */
void board_received(uint8_t byte);

/** Begins to listen to the serial line. */
void board_listen(void);

/** On the console: a text; a number. */
void board_print(const char *text);
void board_print_number(long number);

/** On the console, a line: "  250 ms: red"; "  250 ms: speed 10". */
void board_say(const char *text);
void board_say_number(const char *text, long number);

#endif
