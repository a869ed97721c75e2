/* priorities.c - two tasks that sleep: in one executor, or the second in an interrupt. */
/* SPDX-License-Identifier: MIT */
/* What begins with `program_` is the program; the rest is what it takes of Weft and of its port. */
#if defined __AVR__
#include <weft/port_avr.h>
#elif defined __riscv
#include <weft/port_riscv.h>
#else
#include <weft/port_cortex_m.h>
#endif
#include <weft/timer.h>

WEFT_PORT_HERE

struct program_blink {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program_blink, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, self->after);
    }
}
WEFT_END

static weft_executor executor;
static WEFT_TASK(program_blink) left, right;

__attribute__((noinline)) static void program_start(weft_group *group, weft_group *other)
{
    weft_spawn(group, &left, program_blink, WEFT_MS(250));
    weft_spawn(other, &right, program_blink, WEFT_MS(400));
}

#if WEFT_PRIORITIES
static weft_interrupt_executor urgent;
extern char ram_executor_in_an_interrupt[sizeof urgent];
char ram_executor_in_an_interrupt[sizeof urgent];
#if defined __AVR__
ISR(INT0_vect)
{
    weft_port_interrupt_executor(&urgent);
}
#elif defined __riscv
void software_interrupt(void);
void software_interrupt(void)
{
    weft_port_interrupt_executor(&urgent);
}
#else
void PendSV_Handler(void);
void PendSV_Handler(void)
{
    weft_port_interrupt_executor(&urgent);
}
#endif
#endif

int priorities_main(void);
int priorities_main(void)
{
    weft_port_start(&executor);
#if !WEFT_PRIORITIES
    program_start(&executor.group, &executor.group);
#else
#if defined __arm__
    weft_port_prepare_interrupt(&urgent, WEFT_PENDSV, 255);
#else
    weft_port_prepare_interrupt(&urgent);
#endif
    program_start(&executor.group, &urgent.executor.group);
    weft_port_begin_interrupt(&urgent);
#endif
    return weft_executor_run(&executor);
}
