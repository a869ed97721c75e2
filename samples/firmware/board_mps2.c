/* board_mps2.c - Arm's MPS2 with a Cortex-M3 (AN385), as QEMU has it. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include "semihosting.h"
#include <weft/port_cortex_m.h>

WEFT_PORT_HERE

typedef struct uart {
    volatile uint32_t data, state, control, interrupt, divider;
} uart;

#define UART ((uart *)0x40004000UL)
#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100UL)
#define NVIC_PEND (*(volatile uint32_t *)0xE000E200UL)

enum { IRQ_RECEIVED = 0, IRQ_BOARD = 31, SEND_FULL = 1, SEND = 1, RECEIVE = 2, RECEIVE_IRQ = 8 };

weft_executor *board_start(void)
{
    static weft_executor executor;
    UART->divider = 16;
    UART->control = SEND;
    NVIC_ENABLE = (1UL << IRQ_RECEIVED) | (1UL << IRQ_BOARD);
    weft_port_start(&executor);
    return &executor;
}

#if WEFT_PRIORITIES
static weft_interrupt_executor urgent;

weft_executor *board_prepare_urgent(void)
{
    weft_port_prepare_interrupt(&urgent, WEFT_PENDSV, 255);
    return &urgent.executor;
}

void board_begin_urgent(void)
{
    weft_port_begin_interrupt(&urgent);
}

void PendSV_Handler(void);
void PendSV_Handler(void)
{
    weft_port_interrupt_executor(&urgent);
}
#endif

weft_time board_now(void)
{
    return weft_port_now();
}

void board_listen(void)
{
    UART->control = SEND | RECEIVE | RECEIVE_IRQ;
}

void board_put(char c)
{
    while ((UART->state & SEND_FULL) != 0) {
    }
    UART->data = (uint8_t)c;
}

void board_interrupt(void)
{
    NVIC_PEND = 1UL << IRQ_BOARD;
}

_Noreturn void board_exit(int status)
{
    semihosting_exit(status);
}

void board_irq(void);
void board_irq(void)
{
    uint32_t number;
    __asm__ volatile("mrs %0, ipsr" : "=r"(number));
    if (number == 16 + IRQ_RECEIVED) {
        UART->interrupt = 2;
        board_received((uint8_t)UART->data);
    } else {
        board_interrupted();
    }
}
