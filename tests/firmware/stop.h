/* stop.h - what a misuse does in the suites, where there is no operating system: it ends the test. */
/* SPDX-License-Identifier: MIT */
#ifndef STOP_H
#define STOP_H

#if defined __AVR__ /* there a text in flash must be a literal, which the cure is not always */
#define WEFT_STOP(file, line, function, cure)                                                      \
    small_check_stop(WEFT_TEXT(__FILE__), line, WEFT_TEXT(""))
#else
#define WEFT_STOP(file, line, function, cure) small_check_stop(file, line, cure)
#endif
#include <weft/flash.h>

_Noreturn void small_check_stop(const char *file, int line, const char *cure);

#endif
