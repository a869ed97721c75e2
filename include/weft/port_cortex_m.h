/* port_cortex_m.h - time and sleep on an Arm Cortex-M, by its SysTick. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_PORT_HERE                        // in one source: the clock and SysTick_Handler()
 *
 *     static weft_executor executor;
 *
 *     weft_port_start(&executor);           // instead of weft_executor_init()
 *     weft_spawn(&executor.group, &blinking, blink);
 *     weft_executor_run(&executor);
 *
 * There is no periodic tick. SysTick counts the core's cycles down to 0, and `end` is the time at
 * which it gets there, so the time is read off the counter:
 *
 *     counter  \         \    \          \        each comes down to 0 at its `end`, wakes the
 *               \         \    \          \       core, and starts over with the longest round
 *     ───────────\─────────\────\──────────\──>   there is: 2^24 cycles
 *                end       end  at         end
 *
 * A deadline that lies before `end` shortens the round. That loses or gains a few cycles each time
 * (WEFT_SYSTICK_LOST makes up for them): who needs a clock that keeps step with a crystal for days
 * takes a timer of the chip instead; see docs/porting.md.
 *
 * | macro             | default        |                                                          |
 * |-------------------|----------------|----------------------------------------------------------|
 * | WEFT_CLOCK_HZ     | none           | cycles a second of the core; a multiple of WEFT_TICK_HZ   |
 * | WEFT_PORT_EPOCH   | 0              | the time at the start                                    |
 * | WEFT_SYSTICK_LOST | 8              | cycles that pass between reading and setting the counter |
 *
 * Best is a power of two of cycles a tick: else reading the time divides, which a Cortex-M0 does
 * by a function of 270 bytes. Interrupts may be held off for less than a round at most.
 */
#ifndef WEFT_PORT_CORTEX_M_H
#define WEFT_PORT_CORTEX_M_H

#include <weft/interrupt_executor.h>

#ifndef WEFT_CLOCK_HZ
#error "define WEFT_CLOCK_HZ: how many cycles a second the core makes"
#endif
#ifndef WEFT_PORT_EPOCH
#define WEFT_PORT_EPOCH 0
#endif
#ifndef WEFT_SYSTICK_LOST
#define WEFT_SYSTICK_LOST 8
#endif

WEFT__BEGIN_C

/** Starts the clock and prepares an executor on it. One a chip: SysTick is one. */
static inline void weft_port_start(weft_executor *executor);

/** The time. Context: any. */
static inline weft_time weft_port_now(void);

#if WEFT_PRIORITIES
enum { WEFT_PENDSV = -2 }; /* CMSIS calls it PendSV_IRQn */

/**
 * Prepares an executor in an interrupt: see interrupt_executor.h. Spawn its first tasks behind it.
 *
 * @param line      WEFT_PENDSV, or the number of an interrupt of the chip that nothing else uses.
 * @param priority  0 (which interrupts all others) to 255; a core has the upper bits of it, two at
 *                  least. SysTick has 0, and is to preempt it.
 */
static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent, int16_t line,
                                               uint8_t priority);

/** Lets it run, for the first time at once. Context: main(), behind weft_port_start(). */
static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent);

/** What its interrupt does. */
static inline void weft_port_interrupt_executor(weft_interrupt_executor *urgent)
{
    weft_interrupt_executor_run(urgent);
}
#endif

/** The clock, and SysTick_Handler(): at file level, in one source of the program. */
#define WEFT_PORT_HERE                                                                             \
    WEFT__BEGIN_C WEFT_PRIORITIES_HERE volatile weft_time weft__systick_end;                       \
    void SysTick_Handler(void);                                                                    \
    void SysTick_Handler(void)                                                                     \
    {                                                                                              \
        weft__systick_restarted();                                                                 \
        weft__systick_alarms();                                                                    \
    }                                                                                              \
    WEFT__END_C

/* How it is done. */

typedef struct weft__systick {
    volatile uint32_t control, reload, value;
} weft__systick;

#define WEFT__SYSTICK ((weft__systick *)0xE000E010UL)
#define WEFT__ICSR (*(volatile uint32_t *)0xE000ED04UL)

enum {
    WEFT__SYSTICK_ON = 7, /* runs, by the core's clock, with its interrupt */
    WEFT__SYSTICK_PENDING = 1 << 26,
    WEFT__SYSTICK_FORGET = 1 << 25,
    WEFT__SYSTICK_MARGIN = 128, /* cycles: more than it takes to shorten a round */
    WEFT__TICK_CYCLES = (WEFT_CLOCK_HZ) / (WEFT_TICK_HZ),
    WEFT__ROUND_FITS = 0xffffff / WEFT__TICK_CYCLES,
    WEFT__ROUND = /* ticks */
    WEFT_TIME_BITS == 16 && WEFT__ROUND_FITS > 0x3fff ? 0x3fff : WEFT__ROUND_FITS
};
WEFT__STATIC_ASSERT((WEFT_CLOCK_HZ) % (WEFT_TICK_HZ) == 0,
                    "WEFT_TICK_HZ: a tick is a whole number of cycles of WEFT_CLOCK_HZ");

extern volatile weft_time weft__systick_end; /* when the counter will be 0: WEFT_PORT_HERE */

static inline weft_time weft__port_now(void *context)
{
    (void)context;
    return weft_port_now();
}

/* A round is over, and the next, of the full length, has begun. */
static inline void weft__systick_restarted(void)
{
    while (WEFT__SYSTICK->value == 0) { /* 0 is still the end of the last one */
    }
    weft__systick_end = (weft_time)((weft__time_unsigned)weft__systick_end + WEFT__ROUND);
}

/* Interrupts are held off. */
static inline weft_time weft__systick_now(void)
{
    weft__time_unsigned end = (weft__time_unsigned)weft__systick_end;
    uint32_t left = WEFT__SYSTICK->value;
    if ((WEFT__ICSR & WEFT__SYSTICK_PENDING) != 0) { /* its interrupt is still to come */
        do {
            left = WEFT__SYSTICK->value;
        } while (left == 0);
        end += WEFT__ROUND;
    }
    return (weft_time)(end - (weft__time_unsigned)((left + WEFT__TICK_CYCLES - 1) /
                                                   (uint32_t)WEFT__TICK_CYCLES));
}

static inline weft_time weft_port_now(void)
{
    uint32_t saved;
    weft_time now;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory");
    now = weft__systick_now();
    __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory");
    return now;
}

/* Has the core woken at `at` or before. Interrupts are held off; false: it is about time. */
static inline bool weft__systick_arm(weft_time at)
{
    const weft__time_unsigned early =
        (weft__time_unsigned)weft__systick_end - (weft__time_unsigned)at;
    uint32_t spare, left;
    if ((WEFT__ICSR & WEFT__SYSTICK_PENDING) != 0 ||
        !weft_time_is_before(weft__systick_now(), at)) {
        return false;
    }
    if (!weft_time_is_before(at, weft__systick_end)) {
        return true; /* the round ends before */
    }
    spare = (uint32_t)early * (uint32_t)WEFT__TICK_CYCLES + WEFT_SYSTICK_LOST + 1;
    left = WEFT__SYSTICK->value;
    if (left < spare + WEFT__SYSTICK_MARGIN) {
        return false;
    }
    WEFT__SYSTICK->reload = left - spare;
    WEFT__SYSTICK->value = 0;
    while (WEFT__SYSTICK->value == 0) { /* not before it has taken the length of this round... */
    }
    WEFT__SYSTICK->reload = WEFT__ROUND * WEFT__TICK_CYCLES - 1; /* ... that of the next */
    weft__systick_end = at;
    return true;
}

#if WEFT_PRIORITIES
#define WEFT__NVIC(offset) (*(volatile uint32_t *)(0xE000E100UL + (offset)))
#define WEFT__PRIORITY_PENDSV (*(volatile uint32_t *)0xE000ED20UL)
#define WEFT__PENDSV_PENDING (1UL << 28)

/* The alarms of executors in interrupts: the round ends at the next of them, or before. */
static inline void weft__systick_alarms(void)
{
    uint32_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory");
    const weft_time at = weft__alarms(weft__systick_now());
    if (at != WEFT_FOREVER && (WEFT__ICSR & WEFT__SYSTICK_PENDING) == 0 && !weft__systick_arm(at)) {
        (void)weft__alarms(at); /* it is about time: it is asked for again, then */
    }
    __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory");
}

static inline bool weft__port_alarm(void *context, weft_time at)
{
    uint32_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory");
    weft__urgent_of(context)->alarm = at;
    weft__systick_alarms();
    __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory");
    return true;
}

static inline void weft__port_pend(void *context)
{
    const weft_interrupt_executor *const urgent = weft__urgent_of(context);
    if (!urgent->has_begun) {
        return; /* it will look by itself */
    }
    if (urgent->line == WEFT_PENDSV) {
        WEFT__ICSR = WEFT__PENDSV_PENDING;
    } else {
        WEFT__NVIC(0x100U + ((unsigned)urgent->line >> 5) * 4U) = 1UL
                                                                  << ((unsigned)urgent->line & 31U);
    }
}

static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent, int16_t line,
                                               uint8_t priority)
{
    static const weft_port port = {weft__port_now, weft__port_alarm, weft__port_pend};
    volatile uint32_t *const four =
        line == WEFT_PENDSV ? &WEFT__PRIORITY_PENDSV : &WEFT__NVIC(0x300U + ((unsigned)line & ~3U));
    const unsigned shift = ((unsigned)line & 3U) * 8U; /* PendSV's, too: the third of four */
    WEFT_ASSERT(line == WEFT_PENDSV || line >= 0, "WEFT_PENDSV, or an interrupt of the chip");
    *four = (*four & ~(0xffUL << shift)) | ((uint32_t)priority << shift);
    weft__urgent_prepare(urgent, &port, line);
}

static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent)
{
    urgent->has_begun = true;
    if (urgent->line != WEFT_PENDSV) {
        WEFT__NVIC(((unsigned)urgent->line >> 5) * 4U) = 1UL << ((unsigned)urgent->line & 31U);
    }
    weft__port_pend(&urgent->executor);
    __asm__ volatile("dsb\n\tisb" ::: "memory"); /* here it runs */
}
#else
static inline void weft__systick_alarms(void)
{
}
#endif

/* `wfi` ends when an interrupt is pending, held off or not: nothing can come in between. */
static inline bool weft__port_sleep_until(void *context, weft_time at)
{
    __asm__ volatile("cpsid i" ::: "memory");
    if (!weft_executor_is_woken((weft_executor *)context) &&
        (at == WEFT_FOREVER || weft__systick_arm(at))) {
        __asm__ volatile("dsb\n\twfi" ::: "memory");
    }
    __asm__ volatile("cpsie i\n\tisb" ::: "memory"); /* here its handler runs */
    return true;
}

static inline void weft_port_start(weft_executor *executor)
{
    static const weft_port port = {weft__port_now, weft__port_sleep_until, NULL};
    WEFT__SYSTICK->reload = WEFT__ROUND * WEFT__TICK_CYCLES - 1;
    WEFT__SYSTICK->value = 0;
    WEFT__SYSTICK->control = WEFT__SYSTICK_ON;
    while (WEFT__SYSTICK->value == 0) {
    }
    WEFT__ICSR = WEFT__SYSTICK_FORGET;
    weft__systick_end =
        (weft_time)((weft__time_unsigned)(weft_time)(WEFT_PORT_EPOCH) + WEFT__ROUND);
    weft_executor_init(executor, &port, executor);
}

WEFT__END_C

#endif
