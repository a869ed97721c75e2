/* port_avr.h - time and sleep on an AVR, by its timer 1. */
/* SPDX-License-Identifier: MIT */
/*
 *     avr-gcc -mmcu=atmega328p -DF_CPU=16000000UL -DWEFT_TICK_HZ=250000UL -Iinclude blink.c
 *
 *     WEFT_PORT_HERE                        // in one source: the clock and its interrupts
 *
 *     static weft_executor executor;
 *
 *     weft_port_start(&executor);           // instead of weft_executor_init()
 *     weft_spawn(&executor.group, &blinking, blink);
 *     weft_executor_run(&executor);
 *
 * There is no periodic tick: a tick of weft_time is a count of the timer, which runs freely, and a
 * compare wakes the core at the next deadline. So WEFT_TICK_HZ is F_CPU divided by 1, 8, 64, 256 or
 * 1024; which of them chooses the prescaler. The 16 bits of the counter are the low bits of the
 * time; where that is longer, the interrupt of an overflow counts the others, once in 65,536 ticks.
 *
 * | F_CPU / WEFT_TICK_HZ, 16 MHz | tick   | 16 bits, longest wait | 32 bits, longest wait |
 * |------------------------------|--------|-----------------------|-----------------------|
 * | 64                           | 4 us   | 0.13 s                | 2.3 hours             |
 * | 1024                         | 64 us  | 2 s                   | 38 hours              |
 *
 * It sleeps in idle mode, in which timer 1 runs on. WEFT_PORT_EPOCH is the time at the start, 0.
 */
#ifndef WEFT_PORT_AVR_H
#define WEFT_PORT_AVR_H

#include <avr/interrupt.h>
#include <avr/io.h>
#include <weft/interrupt_executor.h>

#ifndef F_CPU
#error "define F_CPU: how many cycles a second the core makes"
#endif
#ifndef WEFT_PORT_EPOCH
#define WEFT_PORT_EPOCH 0
#endif

WEFT__BEGIN_C

/** Starts the clock and prepares an executor on it. One a chip. Interrupts are on behind it. */
static inline void weft_port_start(weft_executor *executor);

/** The time. Context: any. */
static inline weft_time weft_port_now(void);

#if WEFT_PRIORITIES
/**
 * Prepares an executor in an interrupt: see interrupt_executor.h. An AVR has no priorities and no
 * interrupt for software, so there is one such executor, and INT0 is its interrupt: that comes by
 * a change of its pin, which is an output here and nothing else. Its alarm is OCR1B.
 *
 * WEFT_PORT_PEND() toggles the pin: define it where that is not PD2 (ATmega48 to 328P).
 */
static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent);

/** Lets it run, for the first time at once. Context: main(), behind weft_port_start(). */
static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent);

/** What ISR(INT0_vect) does. While it runs all other interrupts are let in. */
static inline void weft_port_interrupt_executor(weft_interrupt_executor *urgent);
#endif

/** The clock and its interrupts: at file level, in one source of the program. */
#if WEFT_TIME_BITS == 16
#define WEFT_PORT_HERE                                                                             \
    WEFT__BEGIN_C WEFT_PRIORITIES_HERE WEFT__END_C EMPTY_INTERRUPT(TIMER1_COMPA_vect)              \
        WEFT__ALARM_HERE
#else
#define WEFT_PORT_HERE                                                                             \
    WEFT__BEGIN_C WEFT_PRIORITIES_HERE volatile weft__timer1_high weft__timer1_overflows;          \
    WEFT__END_C                                                                                    \
    EMPTY_INTERRUPT(TIMER1_COMPA_vect)                                                             \
    WEFT__ALARM_HERE                                                                               \
    ISR(TIMER1_OVF_vect)                                                                           \
    {                                                                                              \
        weft__timer1_overflows++;                                                                  \
    }
#endif

/* How it is done. */

enum {
    WEFT__TIMER1_CLOCK = F_CPU / (WEFT_TICK_HZ) == 1      ? 1
                         : F_CPU / (WEFT_TICK_HZ) == 8    ? 2
                         : F_CPU / (WEFT_TICK_HZ) == 64   ? 3
                         : F_CPU / (WEFT_TICK_HZ) == 256  ? 4
                         : F_CPU / (WEFT_TICK_HZ) == 1024 ? 5
                                                          : 0
};
WEFT__STATIC_ASSERT(WEFT__TIMER1_CLOCK != 0 && F_CPU % (WEFT_TICK_HZ) == 0,
                    "WEFT_TICK_HZ: F_CPU divided by 1, 8, 64, 256 or 1024");

#if WEFT_TIME_BITS == 16
static inline weft_time weft__timer1_now(void)
{
    return (weft_time)TCNT1;
}

static inline void weft__timer1_set(void)
{
    TCNT1 = (uint16_t)(WEFT_PORT_EPOCH);
    TIMSK1 = 0;
}
#else
#if WEFT_TIME_BITS == 32
typedef uint16_t weft__timer1_high;
#else
typedef uint64_t weft__timer1_high;
#endif
extern volatile weft__timer1_high weft__timer1_overflows; /* WEFT_PORT_HERE */

/* Interrupts are held off: an overflow that is still to be counted is seen by its flag. */
static inline weft_time weft__timer1_now(void)
{
    const uint16_t low = TCNT1;
    weft__time_unsigned high = weft__timer1_overflows;
    if ((TIFR1 & _BV(TOV1)) != 0 && low < 0x8000U) {
        high++;
    }
    return (weft_time)((high << 16) | low);
}

static inline void weft__timer1_set(void)
{
    const weft__time_unsigned epoch = (weft__time_unsigned)(WEFT_PORT_EPOCH);
    TCNT1 = (uint16_t)epoch;
    weft__timer1_overflows = (weft__timer1_high)(epoch >> 16);
    TIMSK1 = _BV(TOIE1);
}
#endif

static inline weft_time weft_port_now(void)
{
    const uint8_t saved = SREG;
    weft_time now;
    cli();
    now = weft__timer1_now();
    SREG = saved;
    return now;
}

/* Has the core woken at `at` or before. Interrupts are held off; false: it is time. A deadline more
 * than a round away is armed when the last round has begun: each overflow asks again. */
static inline bool weft__timer1_arm(weft_time at)
{
    const weft__time_unsigned left =
        (weft__time_unsigned)at - (weft__time_unsigned)weft__timer1_now();
    if (left <= 0xffffU) {
        OCR1A = (uint16_t)at;
        TIFR1 = _BV(OCF1A);
        TIMSK1 |= _BV(OCIE1A);
#if WEFT_PRIORITIES
        (void)weft__alarms(weft__timer1_now()); /* simavr forgets a match of B as A is written */
#endif
    }
    return weft_time_is_before(weft__timer1_now(), at); /* now, that the compare is set */
}

static inline weft_time weft__port_now(void *context)
{
    (void)context;
    return weft_port_now();
}

/* The instruction behind `sei` always runs before an interrupt: so none can come in between. */
static inline bool weft__port_sleep_until(void *context, weft_time at)
{
    cli();
    if (!weft_executor_is_woken((weft_executor *)context) &&
        (at == WEFT_FOREVER || weft__timer1_arm(at))) {
        __asm__ volatile("sei\n\tsleep" ::: "memory");
        cli();
    }
    TIMSK1 &= (uint8_t)~_BV(OCIE1A);
    sei();
    return true;
}

#if WEFT_PRIORITIES
#ifndef WEFT_PORT_PEND
#define WEFT__PORT_PIN() (DDRD |= _BV(DDD2))
#define WEFT_PORT_PEND() (PIND = _BV(PIND2))
#else
#define WEFT__PORT_PIN() ((void)0)
#endif
#define WEFT__ALARM_HERE                                                                           \
    ISR(TIMER1_COMPB_vect)                                                                         \
    {                                                                                              \
        weft__timer1_alarms();                                                                     \
    }

/* It comes once in a round of the counter, too, if the alarm is further away. */
static inline void weft__timer1_alarms(void)
{
    const weft_time at = weft__alarms(weft__timer1_now());
    if (at == WEFT_FOREVER) {
        TIMSK1 &= (uint8_t)~_BV(OCIE1B);
        return;
    }
    OCR1B = (uint16_t)at;
    TIMSK1 |= _BV(OCIE1B);
    (void)weft__alarms(weft__timer1_now()); /* now, that the compare is set */
}

static inline bool weft__port_alarm(void *context, weft_time at)
{
    const uint8_t saved = SREG;
    cli();
    weft__urgent_of(context)->alarm = at;
    weft__timer1_alarms();
    SREG = saved;
    return true;
}

static inline void weft__port_pend(void *context)
{
    if (weft__urgent_of(context)->has_begun) { /* else it will look by itself */
        WEFT_PORT_PEND();
    }
}

static inline void weft_port_prepare_interrupt(weft_interrupt_executor *urgent)
{
    static const weft_port port = {weft__port_now, weft__port_alarm, weft__port_pend};
    WEFT_ASSERT(weft__urgent == NULL, "there is one executor in an interrupt: INT0 is its own");
    WEFT__PORT_PIN();
    EICRA |= _BV(ISC00); /* any change */
    weft__urgent_prepare(urgent, &port, 0);
}

static inline void weft_port_begin_interrupt(weft_interrupt_executor *urgent)
{
    urgent->has_begun = true;
    EIMSK |= _BV(INT0);
    WEFT_PORT_PEND();
}

static inline void weft_port_interrupt_executor(weft_interrupt_executor *urgent)
{
    EIMSK &= (uint8_t)~_BV(INT0);
    sei();
    weft_interrupt_executor_run(urgent);
    cli();
    EIMSK |= _BV(INT0); /* what came in since has left its flag */
}
#else
#define WEFT__ALARM_HERE
#endif

static inline void weft_port_start(weft_executor *executor)
{
    static const weft_port port = {weft__port_now, weft__port_sleep_until, NULL};
    cli();
    TCCR1A = 0;
    TCCR1B = WEFT__TIMER1_CLOCK;
    weft__timer1_set();
    TIFR1 = _BV(TOV1) | _BV(OCF1A);
    SMCR = _BV(SE); /* idle */
    weft_executor_init(executor, &port, executor);
    sei();
}

WEFT__END_C

#endif
