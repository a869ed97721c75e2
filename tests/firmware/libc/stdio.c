/* stdio.c - formatted output, to a text or to the board's console. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <stdio.h>
#include <string.h>
#include <weft/flash.h>

/* Where it goes: `size` bytes at `to`, or the console if that is NULL. */
typedef struct output {
    char *to;
    size_t size, length;
} output;

/* What stands between % and its letter. */
typedef struct layout {
    bool is_left, has_zeros;
    size_t width, most;
    int longs;
} layout;

static void put(output *out, char c)
{
    if (out->to == NULL) {
        board_put(c);
    } else if (out->length + 1 < out->size) {
        out->to[out->length] = c;
    }
    out->length++;
}

static void pad(output *out, const layout *how, char with, size_t length)
{
    for (; length < how->width; length++) {
        put(out, with);
    }
}

static void put_text(output *out, const layout *how, const char *text)
{
    size_t length = 0;
    while (length < how->most && weft_text_char(text + length) != '\0') {
        length++;
    }
    if (!how->is_left) {
        pad(out, how, ' ', length);
    }
    for (size_t i = 0; i < length; i++) {
        put(out, weft_text_char(text + i));
    }
    if (how->is_left) {
        pad(out, how, ' ', length);
    }
}

static void put_number(output *out, layout *how, unsigned long long number, bool is_negative,
                       unsigned base)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    if (is_negative && !how->has_zeros) {
        digits[--at] = '-';
    } else if (is_negative) {
        put(out, '-');
        how->width -= how->width > 0;
    }
    if (how->has_zeros) {
        pad(out, how, '0', sizeof digits - 1 - at);
        how->width = 0;
    }
    put_text(out, how, &digits[at]);
}

static size_t read_size(const char **format, va_list *values)
{
    size_t size = 0;
    if (**format == '*') {
        ++*format;
        return (size_t)va_arg(*values, int);
    }
    for (; **format >= '0' && **format <= '9'; ++*format) {
        size = 10 * size + (size_t)(**format - '0');
    }
    return size;
}

static layout read_layout(const char **format, va_list *values)
{
    layout how = {.most = (size_t)-1};
    for (; **format == '-' || **format == '0'; ++*format) {
        how.is_left |= **format == '-';
        how.has_zeros |= **format == '0';
    }
    how.width = read_size(format, values);
    if (**format == '.') {
        ++*format;
        how.most = read_size(format, values);
    }
    for (; strchr("lzj", **format) != NULL && **format != '\0'; ++*format) {
        how.longs += **format == 'l' ? 1 : **format == 'j' ? 2 : sizeof(size_t) > sizeof(int);
    }
    return how;
}

static void put_value(output *out, layout *how, char letter, va_list *values)
{
    char text[2] = {letter, '\0'};
    long long number;
    switch (letter) {
    case 'd':
        number = how->longs > 1   ? va_arg(*values, long long)
                 : how->longs > 0 ? va_arg(*values, long)
                                  : va_arg(*values, int);
        put_number(out, how, number < 0 ? -(unsigned long long)number : (unsigned long long)number,
                   number < 0, 10);
        break;
    case 'u':
    case 'x':
        put_number(out, how,
                   how->longs > 1   ? va_arg(*values, unsigned long long)
                   : how->longs > 0 ? va_arg(*values, unsigned long)
                                    : va_arg(*values, unsigned),
                   false, letter == 'x' ? 16 : 10);
        break;
    case 's':
        put_text(out, how, va_arg(*values, const char *));
        break;
    case 'c':
        text[0] = (char)va_arg(*values, int);
        put_text(out, how, text);
        break;
    case '%':
        put_text(out, how, text);
        break;
    default:
        board_print("printf: what the suites' stdio.c does not have\n");
        board_exit(97);
    }
}

static void put_all(output *out, const char *format, va_list *values)
{
    while (*format != '\0') {
        if (*format != '%') {
            put(out, *format++);
            continue;
        }
        format++;
        layout how = read_layout(&format, values);
        put_value(out, &how, *format++, values);
    }
}

int vsnprintf(char *to, size_t size, const char *format, va_list values)
{
    output out = {to, size, 0};
    va_list rest;
    va_copy(rest, values);
    put_all(&out, format, &rest);
    va_end(rest);
    if (size > 0) {
        to[out.length < size ? out.length : size - 1] = '\0';
    }
    return (int)out.length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const int length = vsnprintf(to, size, format, values);
    va_end(values);
    return length;
}

int printf(const char *format, ...)
{
    output out = {NULL, 0, 0};
    va_list values;
    va_start(values, format);
    put_all(&out, format, &values);
    va_end(values);
    return (int)out.length;
}
