/* start_cortex_m.c - from reset to main() on a Cortex-M: vectors, .data, .bss. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>

extern uint32_t start_data[], start_data_end[], start_data_stored[]; /* cortex_m.ld */
extern uint32_t start_bss[], start_bss_end[], start_stack_end[];

int main(void);
_Noreturn void board_exit(int status);
void SysTick_Handler(void);
void PendSV_Handler(void);
void board_irq(void); /* all interrupts of the chip: IPSR tells which */
void start_reset(void);

void start_reset(void)
{
    const uint32_t *from = start_data_stored;
    for (uint32_t *to = start_data; to < start_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = start_bss; to < start_bss_end; to++) {
        *to = 0;
    }
    board_exit(main());
}

static void fault(void)
{
    board_exit(99);
}

__attribute__((weak)) void SysTick_Handler(void)
{
    fault();
}

__attribute__((weak)) void PendSV_Handler(void)
{
    fault();
}

__attribute__((weak)) void board_irq(void)
{
    fault();
}

#define FOUR(handler) handler, handler, handler, handler

__attribute__((used, section(".vectors"))) static const struct {
    uint32_t *stack;
    void (*handlers[15 + 32])(void);
} vectors = {start_stack_end,
             {
                 start_reset,
                 FOUR(fault), /* NMI, HardFault, ... */
                 FOUR(fault),
                 FOUR(fault), /* ... SVCall, ... */
                 PendSV_Handler,
                 SysTick_Handler,
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
                 FOUR(board_irq),
             }};
