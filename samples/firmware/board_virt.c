/* board_virt.c - QEMU's "virt" machine with one RV32IMAC core. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <weft/port_riscv.h>

WEFT_PORT_HERE

#define UART ((volatile uint8_t *)0x10000000UL)
#define POWER (*(volatile uint32_t *)0x00100000UL)
#define MSIP (*(volatile uint32_t *)WEFT_CLINT)
#define PLIC(offset) (*(volatile uint32_t *)(0x0c000000UL + (offset)))

enum { IRQ_UART = 10, PLIC_ENABLE = 0x2000, PLIC_CLAIM = 0x200004 };
enum { UART_INTERRUPT = 1, UART_STATE = 5, RECEIVED = 1, CAN_SEND = 0x20 };
enum { CAUSE_SOFTWARE = 3, CAUSE_TIMER = 7, CAUSE_EXTERNAL = 11 };

weft_executor *board_start(void)
{
    static weft_executor executor;
    weft_port_start(&executor);
    __asm__ volatile("csrs mie, %0" ::"r"((WEFT_PRIORITIES ? 0 : 1UL << CAUSE_SOFTWARE) |
                                          (1UL << CAUSE_EXTERNAL)));
    return &executor;
}

#if WEFT_PRIORITIES
static weft_interrupt_executor urgent;

weft_executor *board_prepare_urgent(void)
{
    weft_port_prepare_interrupt(&urgent);
    return &urgent.executor;
}

void board_begin_urgent(void)
{
    weft_port_begin_interrupt(&urgent);
}
#endif

weft_time board_now(void)
{
    return weft_port_now();
}

void board_listen(void)
{
    PLIC(4 * IRQ_UART) = 1;
    PLIC(PLIC_ENABLE) = 1UL << IRQ_UART;
    UART[UART_INTERRUPT] = 1;
}

void board_put(char c)
{
    while ((UART[UART_STATE] & CAN_SEND) == 0) {
    }
    UART[0] = (uint8_t)c;
}

void board_interrupt(void)
{
    MSIP = 1;
}

_Noreturn void board_exit(int status)
{
    POWER = status == 0 ? 0x5555 : ((uint32_t)status << 16) | 0x3333;
    for (;;) {
    }
}

static void external_interrupt(void)
{
    const uint32_t claim = PLIC(PLIC_CLAIM);
    if (claim != IRQ_UART) {
        board_interrupted();
    }
    while ((UART[UART_STATE] & RECEIVED) != 0) {
        board_received(UART[0]);
    }
    PLIC(PLIC_CLAIM) = claim;
}

__attribute__((interrupt("machine"), aligned(4))) void board_trap(void);
void board_trap(void)
{
    uint32_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    switch (cause & 0x800000ffUL) {
    case 0x80000000UL | CAUSE_TIMER:
        weft_port_interrupt();
        break;
    case 0x80000000UL | CAUSE_SOFTWARE:
#if WEFT_PRIORITIES
        weft_port_interrupt_executor(&urgent);
#else
        MSIP = 0;
        board_interrupted();
#endif
        break;
    case 0x80000000UL | CAUSE_EXTERNAL:
        external_interrupt();
        break;
    default:
        board_exit(99);
    }
}
