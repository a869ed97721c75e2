/* port_riscv.h - time and sleep on a RISC-V core in machine mode, by its CLINT. */
/* SPDX-License-Identifier: MIT */
/*
 *     // in the trap handler:
 *     if (mcause == 0x80000007) {           // machine timer (64 bit: bit 63 instead of 31)
 *         weft_port_interrupt();
 *     }
 *
 *     WEFT_PORT_HERE                        // in one source
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

#include <weft/interrupt_executor.h>

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

#if WEFT_PRIORITIES
/**
 * Prepares an executor in an interrupt: see interrupt_executor.h. A CLINT has one interrupt for
 * software, so there is one such executor, and `msip` is its own.
 */
static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent);

/** Lets it run, for the first time at once. Context: main(), behind weft_port_start(). */
static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent);

/** What the trap handler does for mcause 0x80000003. While it runs the others are let in. */
static inline void weft_port_interrupt_executor(weft_interrupt_executor *urgent);
#define WEFT_PORT_HERE WEFT__BEGIN_C WEFT_PRIORITIES_HERE WEFT__END_C
#else
#define WEFT_PORT_HERE struct weft__port_here; /* nothing, yet */
#endif

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

static inline weft_time weft__mtime_alarms(void);

static inline void weft_port_interrupt(void)
{
    weft__mtimecmp(UINT64_MAX);
    (void)weft__mtime_alarms();
}

static inline weft_time weft__port_now(void *context)
{
    (void)context;
    return weft_port_now();
}

#if WEFT_PRIORITIES
#define WEFT__MSIP (*(volatile uint32_t *)(WEFT_CLINT))
enum { WEFT__MSIE = 8, WEFT__MIE = 8 }; /* in mie; in mstatus */

/* The alarms of executors in interrupts. Interrupts are held off. @return the next of them. */
static inline weft_time weft__mtime_alarms(void)
{
    weft_time at;
    do {
        at = weft__alarms(weft_port_now());
    } while (at != WEFT_FOREVER && !weft__mtime_arm(at));
    return at;
}

static inline bool weft__port_alarm(void *context, weft_time at)
{
    unsigned long saved;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(saved)::"memory");
    weft__urgent_of(context)->alarm = at;
    (void)weft__mtime_alarms();
    __asm__ volatile("csrs mstatus, %0" ::"r"(saved & WEFT__MIE) : "memory");
    return true;
}

static inline void weft__port_pend(void *context)
{
    if (weft__urgent_of(context)->has_begun) { /* else it will look by itself */
        WEFT__MSIP = 1;
    }
}

static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent)
{
    static const weft_port port = {weft__port_now, weft__port_alarm, weft__port_pend};
    WEFT_ASSERT(weft__urgent == NULL, "there is one executor in an interrupt: msip is its own");
    weft__urgent_prepare(urgent, &port, 0);
}

static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent)
{
    urgent->has_begun = true;
    WEFT__MSIP = 1;
    __asm__ volatile("csrs mie, %0" ::"r"((unsigned long)WEFT__MSIE) : "memory"); /* here it runs */
}

static inline void weft_port_interrupt_executor(weft_interrupt_executor *urgent)
{
    unsigned long pc, status;
    WEFT__MSIP = 0;
    __asm__ volatile("csrr %0, mepc\n\tcsrr %1, mstatus\n\tcsrc mie, %2\n\tcsrsi mstatus, 8"
                     : "=&r"(pc), "=&r"(status)
                     : "r"((unsigned long)WEFT__MSIE)
                     : "memory");
    weft_interrupt_executor_run(urgent);
    __asm__ volatile(
        "csrci mstatus, 8\n\tcsrs mie, %2\n\tcsrw mepc, %0\n\tcsrw mstatus, %1" ::"r"(pc),
        "r"(status), "r"((unsigned long)WEFT__MSIE)
        : "memory");
}
#else
static inline weft_time weft__mtime_alarms(void)
{
    return WEFT_FOREVER;
}
#endif

/* `wfi` ends when an interrupt is pending, held off or not: nothing can come in between. */
static inline bool weft__port_sleep_until(void *context, weft_time at)
{
    __asm__ volatile("csrci mstatus, 8" ::: "memory");
    const weft_time alarm = weft__mtime_alarms();
    if (!weft_executor_is_woken((weft_executor *)context) &&
        (at == WEFT_FOREVER || (alarm != WEFT_FOREVER && weft_time_is_before(alarm, at)) ||
         weft__mtime_arm(at))) {
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
