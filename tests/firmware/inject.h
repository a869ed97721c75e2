/* inject.h - an interrupt of a timer a fixed time from now, on each target. */
/* SPDX-License-Identifier: MIT */
#ifndef INJECT_H
#define INJECT_H

#include "board.h"

/** The test's: what the interrupt does. */
void injected(void);

#if defined __AVR__
#include <weft/port_avr.h>

/* Timer 0, 2,000 cycles. */
static inline void inject_begin(void)
{
    TCCR0B = _BV(CS01);
}

static inline void inject(void)
{
    TCNT0 = 0;
    OCR0A = 250;
    TIFR0 = _BV(OCF0A);
    TIMSK0 = _BV(OCIE0A);
}

void board_interrupted(void)
{
    injected();
}

#define TO_SLEEP() __asm__ volatile("sleep")
#define ARM(at) weft__timer1_arm(at)
#define NOP() __asm__ volatile("nop")

#elif defined __riscv
#include <weft/port_riscv.h>

/* The alarm of the clock, in ns of QEMU's time: an instruction each. It comes by the PLIC. */
#define CLOCK(offset) (*(volatile uint32_t *)(0x00101000UL + (offset)))
#define PLIC(offset) (*(volatile uint32_t *)(0x0c000000UL + (offset)))
enum { IRQ_CLOCK = 11 };

static inline void inject_begin(void)
{
    PLIC(4 * IRQ_CLOCK) = 1;
    PLIC(0x2000) = 1UL << IRQ_CLOCK;
    CLOCK(0x10) = 1;
}

static inline void inject(void)
{
    const uint32_t low = CLOCK(0x00);
    const uint64_t at = (((uint64_t)CLOCK(0x04) << 32) | low) + 1000;
    CLOCK(0x0c) = (uint32_t)(at >> 32);
    CLOCK(0x08) = (uint32_t)at;
}

void board_interrupted(void)
{
    CLOCK(0x1c) = 1;
    injected();
}

#define TO_SLEEP() __asm__ volatile("wfi")
#define ARM(at) weft__mtime_arm(at)
#define NOP() __asm__ volatile("nop")

#else
#include <weft/port_cortex_m.h>

#define NVIC_ENABLED (*(volatile uint32_t *)0xE000E100UL)
#if __ARM_ARCH == 6
/* TIMER0 of the nRF51: 16 MHz, 62.5 instructions of QEMU a tick. */
#define TIMER(offset) (*(volatile uint32_t *)(0x40008000UL + (offset)))
static inline void inject_begin(void)
{
    TIMER(0x508) = 3;
    TIMER(0x510) = 0;
    TIMER(0x304) = 1UL << 16;
    NVIC_ENABLED = 1UL << 8;
}

static inline void inject(void)
{
    TIMER(0x004) = 1;
    TIMER(0x00c) = 1;
    TIMER(0x540) = 24;
    TIMER(0x000) = 1;
}

void board_interrupted(void)
{
    TIMER(0x140) = 0;
    TIMER(0x004) = 1;
    injected();
}
#else
/* TIMER 0 of the CMSDK: 25 MHz, 40 instructions of QEMU a tick. */
#define TIMER ((volatile uint32_t *)0x40000000UL)
static inline void inject_begin(void)
{
    NVIC_ENABLED = 1UL << 8;
}

static inline void inject(void)
{
    TIMER[0] = 0;
    TIMER[1] = 38;
    TIMER[2] = 38;
    TIMER[0] = 9;
}

void board_interrupted(void)
{
    TIMER[0] = 0;
    TIMER[3] = 1;
    injected();
}
#endif
#define TO_SLEEP() __asm__ volatile("wfi")
#define ARM(at) weft__systick_arm(at)
#define NOP() __asm__ volatile("nop")
#endif

/** Spends more instructions for a greater number: at best one for one. */
static inline void spend(uint16_t instructions)
{
    if ((instructions & 1) != 0) {
        NOP();
    }
    if ((instructions & 2) != 0) {
        NOP();
        NOP();
    }
    for (uint16_t fours = instructions >> 2; fours > 0; fours--) {
        NOP();
    }
}

#ifdef BROKEN
static inline bool broken_sleep_until(void *context, weft_time at)
{
    if (!weft_executor_is_woken((weft_executor *)context) && (at == WEFT_FOREVER || ARM(at))) {
        TO_SLEEP();
    }
    return true;
}
#endif

static inline void inject_start(weft_executor *executor)
{
#ifdef BROKEN
    static weft_port broken;
    broken = *executor->core.port;
    broken.sleep_until = broken_sleep_until;
    executor->core.port = &broken;
#else
    (void)executor;
#endif
    inject_begin();
}

#endif
