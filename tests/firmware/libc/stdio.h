/* stdio.h - what the suites print, on the board's console: %c %d %u %x %s, with width, - 0 l z j. */
/* SPDX-License-Identifier: MIT */
#ifndef SMALL_STDIO_H
#define SMALL_STDIO_H

#include <stdarg.h>
#include <stddef.h>

__attribute__((format(printf, 1, 2))) int printf(const char *format, ...);
__attribute__((format(printf, 3, 4))) int snprintf(char *to, size_t size, const char *format, ...);
int vsnprintf(char *to, size_t size, const char *format, va_list values);

#endif
