/* text.h - numbers and durations as text, without a libc. */
/* SPDX-License-Identifier: MIT */
/*
 * For dump.h and testing.h: text on its way to a `write` of the user's, a line or less at a time,
 * since on a terminal or a log every call costs.
 */
#ifndef WEFT_TEXT_H
#define WEFT_TEXT_H

#include <weft/deadline.h>
#include <weft/flash.h>
#if __STDC_HOSTED__
#include <stdio.h>
#endif

WEFT__BEGIN_C

#if WEFT_TIME_BITS == 64
typedef uint64_t weft__amount;
#else
typedef uint32_t weft__amount;
#endif

/* What is written, `length` characters of it still here. */
typedef struct weft__print {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
    size_t length;
    char text[80];
} weft__print;

/* Where no `write` is given: stderr; freestanding: nowhere. */
static void weft__print_error(void *context, const char *text, size_t length)
{
    (void)context, (void)text, (void)length;
#if __STDC_HOSTED__
    (void)fwrite(text, 1, length, stderr);
#endif
}

static inline weft__print weft__print_to(void (*write)(void *, const char *, size_t), void *context)
{
    weft__print print = WEFT__ZERO;
    print.write = write != NULL ? write : weft__print_error;
    print.context = context;
    return print;
}

static inline void weft__print_flush(weft__print *print)
{
    if (print->length > 0) {
        print->write(print->context, print->text, print->length);
        print->length = 0;
    }
}

static inline void weft__print_text(weft__print *print, const char *text)
{
    for (char c; (c = weft_text_char(text)) != '\0'; text++) {
        if (print->length == sizeof print->text) {
            weft__print_flush(print);
        }
        print->text[print->length++] = c;
        if (c == '\n') {
            weft__print_flush(print);
        }
    }
}

static inline void weft__print_number(weft__print *print, weft__amount number, unsigned base)
{
    char digits[21];
    char *digit = digits + sizeof digits - 1;
    *digit = '\0';
    do {
        const unsigned value = (unsigned)(number % base);
        *--digit = (char)(value < 10 ? '0' + value : 'a' + value - 10);
        number /= base;
    } while (number > 0);
    weft__print_text(print, digit);
}

/* From `now` to `at`; 0 if that has passed. */
static inline weft__amount weft__time_left(weft_time now, weft_time at)
{
    return weft_time_is_before(now, at)
               ? (weft__amount)(weft_time)((weft__time_unsigned)at - (weft__time_unsigned)now)
               : 0;
}

/* Ticks in an n-th of a second; never 0, since something is divided by it. */
#define WEFT__TICKS_IN(n) ((weft__amount)(WEFT_TICK_HZ / (n) > 0 ? WEFT_TICK_HZ / (n) : 1))

/* A duration: 3.2 s, 250 ms, 40 us, 7 ticks; cut off, not rounded. */
static inline void weft__print_duration(weft__print *print, weft__amount ticks)
{
    const weft__amount hz = WEFT_TICK_HZ;
    if (ticks >= hz || ticks == 0) {
        const weft__amount tenth = ticks % hz / WEFT__TICKS_IN(10);
        weft__print_number(print, ticks / hz, 10);
        weft__print_text(print, WEFT_TEXT("."));
        weft__print_number(print, tenth < 10 ? tenth : 9, 10);
        weft__print_text(print, WEFT_TEXT(" s"));
    } else if (hz >= 1000 && ticks >= hz / 1000) {
        weft__print_number(print, ticks / WEFT__TICKS_IN(1000), 10);
        weft__print_text(print, WEFT_TEXT(" ms"));
    } else if (hz >= 1000000) {
        weft__print_number(print, ticks / WEFT__TICKS_IN(1000000), 10);
        weft__print_text(print, WEFT_TEXT(" us"));
    } else {
        weft__print_number(print, ticks, 10);
        weft__print_text(print, WEFT_TEXT(" ticks"));
    }
}

/* A time exactly, in the largest unit in which it is a whole number: 3s, 250ms, 40us, 7ticks. */
static inline void weft__print_time(weft__print *print, weft_time time)
{
    const weft__amount ticks = (weft__amount)time, hz = WEFT_TICK_HZ;
    const weft__amount ms = WEFT__TICKS_IN(1000), us = WEFT__TICKS_IN(1000000);
    const weft__amount unit = ticks % hz == 0                        ? hz
                              : hz % 1000 == 0 && ticks % ms == 0    ? ms
                              : hz % 1000000 == 0 && ticks % us == 0 ? us
                                                                     : 1;
    weft__print_number(print, ticks / unit, 10);
    weft__print_text(print, unit == hz                        ? WEFT_TEXT("s")
                            : hz % 1000 == 0 && unit == ms    ? WEFT_TEXT("ms")
                            : hz % 1000000 == 0 && unit == us ? WEFT_TEXT("us")
                                                              : WEFT_TEXT("ticks"));
}

WEFT__END_C

#endif
