/* board_microbit.c - the micro:bit, a Cortex-M0 (nRF51), as QEMU has it. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include "semihosting.h"
#include <weft/port_cortex_m.h>

WEFT_PORT_HERE

#define UART(offset) (*(volatile uint32_t *)(0x40002000UL + (offset)))
#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100UL)
#define NVIC_PEND (*(volatile uint32_t *)0xE000E200UL)

enum { /* of the UART */
       START_RECEIVE = 0x000,
       START_SEND = 0x008,
       RECEIVED = 0x108,
       SENT = 0x11c,
       INTERRUPT_ON = 0x304,
       ENABLE = 0x500,
       RECEIVE = 0x518,
       SEND = 0x51c
};
enum { IRQ_UART = 2, IRQ_BOARD = 31 };

weft_executor *board_start(void)
{
    static weft_executor executor;
    UART(ENABLE) = 4;
    UART(START_SEND) = 1;
    NVIC_ENABLE = (1UL << IRQ_UART) | (1UL << IRQ_BOARD);
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
    UART(INTERRUPT_ON) = 4;
    UART(START_RECEIVE) = 1;
}

void board_put(char c)
{
    UART(SENT) = 0;
    UART(SEND) = (uint8_t)c;
    while (UART(SENT) == 0) {
    }
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
    if (number == 16 + IRQ_UART) {
        UART(RECEIVED) = 0;
        board_received((uint8_t)UART(RECEIVE));
    } else {
        board_interrupted();
    }
}
