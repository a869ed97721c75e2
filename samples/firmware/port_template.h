/* port_template.h - a port to begin with: a timer that counts up, and a compare. */
/* SPDX-License-Identifier: MIT */
/*
 * Copy it, and put your chip's registers into the five lines that begin with CHIP_. docs/porting.md
 * says what to look after. As it stands it is for TIMER0 of the nRF51 (micro:bit), whose count is
 * read by capturing it; 32 bits at 16 MHz / 2^4: one tick of weft_time is one count.
 *
 * In the interrupt of the timer: template_interrupt().
 *
 * A core that Weft does not know, without compare-and-swap, wants WEFT_CRITICAL_BEGIN(saved) and
 * WEFT_CRITICAL_END(saved) besides, which nest: point 9 of the checklist in docs/porting.md.
 */
#ifndef PORT_TEMPLATE_H
#define PORT_TEMPLATE_H

#include <weft/executor.h>

#define CHIP_TIMER(offset) (*(volatile uint32_t *)(0x40008000UL + (offset)))
#define CHIP_COUNT() (CHIP_TIMER(0x044) = 1, CHIP_TIMER(0x544)) /* captures, and reads */
#define CHIP_ALARM(at) (CHIP_TIMER(0x140) = 0, CHIP_TIMER(0x540) = (at))
#define CHIP_MASK() __asm__ volatile("cpsid i" ::: "memory")
#define CHIP_UNMASK() __asm__ volatile("cpsie i\n\tisb" ::: "memory")
#define CHIP_SLEEP()                                                                               \
    __asm__ volatile("dsb\n\twfi" ::: "memory") /* wakes for what is held off, too */

WEFT__STATIC_ASSERT(WEFT_TIME_BITS == 32, "the timer has 32 bits, and so has the time");

static weft_time template_now(void *context)
{
    (void)context;
    return (weft_time)CHIP_COUNT();
}

static bool template_sleep_until(void *context, weft_time at)
{
    CHIP_MASK();
    if (at != WEFT_FOREVER) {
        CHIP_ALARM((uint32_t)at);
    }
    if (!weft_executor_is_woken((weft_executor *)context) &&
        (at == WEFT_FOREVER || weft_time_is_before(template_now(context), at))) {
        CHIP_SLEEP();
    }
    CHIP_UNMASK(); /* here the handlers run */
    return true;
}

static inline void template_interrupt(void)
{
    CHIP_TIMER(0x140) = 0; /* the compare's event */
}

static inline void template_start(weft_executor *executor)
{
    static const weft_port port = {template_now, template_sleep_until, NULL};
    CHIP_TIMER(0x508) = 3;         /* 32 bits */
    CHIP_TIMER(0x510) = 4;         /* 16 MHz / 2^4 */
    CHIP_TIMER(0x304) = 1UL << 16; /* an interrupt at the compare */
    CHIP_TIMER(0x000) = 1;         /* go */
    *(volatile uint32_t *)0xE000E100UL = 1UL << 8;
    weft_executor_init(executor, &port, executor);
}

#endif
