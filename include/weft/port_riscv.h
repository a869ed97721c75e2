/* port_riscv.h - time and sleep on a RISC-V core in machine mode, by its CLINT. */
/* SPDX-License-Identifier: MIT */
/*
 *     // in the trap handler:
 *     if (mcause == 0x80000007) {           // machine timer (64 bit: bit 63 instead of 31)
 *         weft_port_interrupt();
 *     }
 *
 *     static weft_executor executor;
 *
 *     weft_port_start(&executor);           // instead of weft_executor_init()
 *     weft_spawn(&executor.group, &blinking, blink);
 *     weft_executor_run(&executor);
 *
 * There is no periodic tick: `mtime` counts freely, and `mtimecmp` wakes the core at the next
 * deadline. A tick of weft_time is 1, 2, 4, 8, … counts of `mtime`.
 *
 * | macro           | default    |                                                              |
 * |-----------------|------------|--------------------------------------------------------------|
 * | WEFT_CLOCK_HZ   | none       | counts a second of `mtime`; WEFT_TICK_HZ times a power of two |
 * | WEFT_CLINT      | 0x02000000 | the address of the CLINT (SiFive's, QEMU's)                   |
 * | WEFT_PORT_EPOCH | 0          | the time at the start                                         |
 */
#ifndef WEFT_PORT_RISCV_H
#define WEFT_PORT_RISCV_H

#include <weft/executor.h>

#ifndef WEFT_CLOCK_HZ
#error "define WEFT_CLOCK_HZ: how many counts of mtime a second has"
#endif
#ifndef WEFT_CLINT
#define WEFT_CLINT 0x02000000UL
#endif
#ifndef WEFT_PORT_EPOCH
#define WEFT_PORT_EPOCH 0
#endif

WEFT__BEGIN_C

/** Sets the clock and prepares an executor on it, for hart 0. Interrupts are on behind it. */
static inline void weft_port_start(weft_executor *executor);

/** The time. Context: any. */
static inline weft_time weft_port_now(void);

/** What the trap handler does for a timer's interrupt: the core is awake, and that is all. */
static inline void weft_port_interrupt(void);

/* How it is done. */

enum { WEFT__TICK_COUNTS = (WEFT_CLOCK_HZ) / (WEFT_TICK_HZ) };
WEFT__STATIC_ASSERT((WEFT_CLOCK_HZ) % (WEFT_TICK_HZ) == 0 &&
                        (WEFT__TICK_COUNTS & (WEFT__TICK_COUNTS - 1)) == 0,
                    "WEFT_TICK_HZ: WEFT_CLOCK_HZ divided by 1, 2, 4, 8, ...");

/* mtimecmp, and mtime: 64 bits that a core of 32 takes one half at a time. */
#define WEFT__MTIMECMP ((volatile uint32_t *)(WEFT_CLINT + 0x4000UL))
#define WEFT__MTIME ((volatile uint32_t *)(WEFT_CLINT + 0xBFF8UL))

static inline uint64_t weft__mtime(void)
{
    uint32_t high, low;
    do {
        high = WEFT__MTIME[1];
        low = WEFT__MTIME[0];
    } while (high != WEFT__MTIME[1]);
    return ((uint64_t)high << 32) | low;
}

/* In this order it is never, for a moment, a time that has passed. */
static inline void weft__mtimecmp(uint64_t at)
{
    WEFT__MTIMECMP[1] = UINT32_MAX;
    WEFT__MTIMECMP[0] = (uint32_t)at;
    WEFT__MTIMECMP[1] = (uint32_t)(at >> 32);
}

static inline weft_time weft_port_now(void)
{
    return (weft_time)(weft__time_unsigned)(weft__mtime() / WEFT__TICK_COUNTS);
}

static inline void weft_port_interrupt(void)
{
    weft__mtimecmp(UINT64_MAX);
}

/* Has the core woken at `at`; false: it is time. */
static inline bool weft__mtime_arm(weft_time at)
{
    const uint64_t counts = weft__mtime();
    const weft_time now = (weft_time)(weft__time_unsigned)(counts / WEFT__TICK_COUNTS);
    const uint64_t left = (weft__time_unsigned)at - (weft__time_unsigned)now;
    if (!weft_time_is_before(now, at)) {
        return false;
    }
    weft__mtimecmp((counts / WEFT__TICK_COUNTS + left) * WEFT__TICK_COUNTS);
    return true;
}

static inline weft_time weft__port_now(void *context)
{
    (void)context;
    return weft_port_now();
}

/* `wfi` ends when an interrupt is pending, held off or not: nothing can come in between. */
static inline bool weft__port_sleep_until(void *context, weft_time at)
{
    __asm__ volatile("csrci mstatus, 8" ::: "memory");
    if (!weft_executor_is_woken((weft_executor *)context) &&
        (at == WEFT_FOREVER || weft__mtime_arm(at))) {
        __asm__ volatile("wfi" ::: "memory");
    }
    __asm__ volatile("csrsi mstatus, 8" ::: "memory"); /* here the trap is taken */
    return true;
}

static inline void weft_port_start(weft_executor *executor)
{
    static const weft_port port = {weft__port_now, weft__port_sleep_until, NULL};
    const uint64_t epoch = (weft__time_unsigned)(weft_time)(WEFT_PORT_EPOCH);
    weft__mtimecmp(UINT64_MAX);
    WEFT__MTIME[0] = 0; /* no carry between the two */
    WEFT__MTIME[1] = (uint32_t)((epoch * WEFT__TICK_COUNTS) >> 32);
    WEFT__MTIME[0] = (uint32_t)(epoch * WEFT__TICK_COUNTS);
    weft_executor_init(executor, &port, executor);
    __asm__ volatile("csrs mie, %0\n\tcsrsi mstatus, 8" ::"r"(0x80UL) : "memory"); /* the timer's */
}

WEFT__END_C

#endif
