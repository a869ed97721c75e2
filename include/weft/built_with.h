/* built_with.h - all sources of a program, and its library, are built with the same choices. */
/* SPDX-License-Identifier: MIT */
/*
 * Those choices of config.h that change a layout, or what a number means, must be alike in a whole
 * program. Where they are not it does not link, in two ways.
 *
 * Each object has a symbol for each of them, an absolute one: it takes no room, and its value is
 * the choice. GNU ld, gold and lld accept such a symbol twice if its value is the same, else:
 *
 *     b.o: multiple definition of `weft__sources_differ_in_WEFT_LINES'; a.o: first defined here
 *
 * Where all is compiled when it is linked (-flto) the assembler says as much. For clang the symbols
 * are weak, since its -flto refuses equal ones, too: so it tells a mixture with -flto only. WEFT_TICK_HZ
 * is read by the assembler: it is a number, or a sum, product or quotient of some.
 *
 * The other way is for a shared library, whose symbols are its own. It defines one name for all
 * choices, and each source that makes a loop refers to it:
 *
 *     undefined reference to `weft__built_with_lines_state16_origins_time64_wheel_context_debug_hooks'
 */
#ifndef WEFT_BUILT_WITH_H
#define WEFT_BUILT_WITH_H

#include <weft/remote.h>
#include <weft/tick.h>

#if defined __ELF__
#ifdef __clang__
#define WEFT__SYMBOL_KIND ".weak "
#else
#define WEFT__SYMBOL_KIND ".globl "
#endif
#define WEFT__ALIKE(choice, value) WEFT__ALIKE_(#choice, "weft__sources_differ_in_" #choice, value)
#define WEFT__ALIKE_(choice, symbol, value)                                                        \
    __asm__(".ifndef " symbol "\n" WEFT__SYMBOL_KIND symbol "\n"                                   \
            ".hidden " symbol "\n"                                                                 \
            ".set " symbol ", " value "\n"                                                         \
            ".else\n"                                                                              \
            ".if (" symbol ") - (" value ")\n"                                                     \
            ".error \"weft: the sources of this program differ in " choice "\"\n"                  \
            ".endif\n"                                                                             \
            ".endif")
#else
#define WEFT__ALIKE(choice, value) struct weft__alike
#endif
#define WEFT__TEXT(value) WEFT__TEXT_(value)
#define WEFT__TEXT_(value) #value

#if WEFT_LINES
#define WEFT__WITH_LINES _lines
WEFT__ALIKE(WEFT_LINES, "1");
#else
#define WEFT__WITH_LINES
WEFT__ALIKE(WEFT_LINES, "0");
#endif
#if WEFT_STATE_BITS == 16
#define WEFT__WITH_STATE _state16
WEFT__ALIKE(WEFT_STATE_BITS, "16");
#else
#define WEFT__WITH_STATE
WEFT__ALIKE(WEFT_STATE_BITS, "8");
#endif
#if WEFT_ORIGINS
#define WEFT__WITH_ORIGINS _origins
WEFT__ALIKE(WEFT_ORIGINS, "1");
#else
#define WEFT__WITH_ORIGINS
WEFT__ALIKE(WEFT_ORIGINS, "0");
#endif
#if WEFT_TIME_BITS == 64
#define WEFT__WITH_TIME _time64
WEFT__ALIKE(WEFT_TIME_BITS, "64");
#elif WEFT_TIME_BITS == 32
#define WEFT__WITH_TIME _time32
WEFT__ALIKE(WEFT_TIME_BITS, "32");
#else
#define WEFT__WITH_TIME _time16
WEFT__ALIKE(WEFT_TIME_BITS, "16");
#endif
#if WEFT_TIMERS_LIST
#define WEFT__WITH_TIMERS _list
WEFT__ALIKE(WEFT_TIMERS_LIST, "1");
#else
#define WEFT__WITH_TIMERS _wheel
WEFT__ALIKE(WEFT_TIMERS_LIST, "0");
#endif
#if WEFT_CONTEXT
#define WEFT__WITH_CONTEXT _context
WEFT__ALIKE(WEFT_CONTEXT, "1");
#else
#define WEFT__WITH_CONTEXT
WEFT__ALIKE(WEFT_CONTEXT, "0");
#endif
#if WEFT_DEBUG
#define WEFT__WITH_DEBUG _debug
WEFT__ALIKE(WEFT_DEBUG, "1");
#else
#define WEFT__WITH_DEBUG
WEFT__ALIKE(WEFT_DEBUG, "0");
#endif
#if WEFT_HOOKS
#define WEFT__WITH_HOOKS _hooks
WEFT__ALIKE(WEFT_HOOKS, "1");
#else
#define WEFT__WITH_HOOKS
WEFT__ALIKE(WEFT_HOOKS, "0");
#endif
#if WEFT_BARE
WEFT__ALIKE(WEFT_BARE, "1");
#else
WEFT__ALIKE(WEFT_BARE, "0");
#endif
#if WEFT_PRIORITIES
WEFT__ALIKE(WEFT_PRIORITIES, "1");
#else
WEFT__ALIKE(WEFT_PRIORITIES, "0");
#endif
#if WEFT__CRITICAL
WEFT__ALIKE(WEFT_CRITICAL_BEGIN, "1");
#else
WEFT__ALIKE(WEFT_CRITICAL_BEGIN, "0");
#endif
#ifndef __AVR__
WEFT__ALIKE(WEFT_TICK_HZ, WEFT__TEXT(WEFT_TICK_HZ));
#elif defined F_CPU /* its assembler does not read 250000UL: compared is the prescaler */
#if F_CPU / (WEFT_TICK_HZ) == 1
WEFT__ALIKE(WEFT_TICK_HZ, "1");
#elif F_CPU / (WEFT_TICK_HZ) == 8
WEFT__ALIKE(WEFT_TICK_HZ, "8");
#elif F_CPU / (WEFT_TICK_HZ) == 64
WEFT__ALIKE(WEFT_TICK_HZ, "64");
#elif F_CPU / (WEFT_TICK_HZ) == 256
WEFT__ALIKE(WEFT_TICK_HZ, "256");
#elif F_CPU / (WEFT_TICK_HZ) == 1024
WEFT__ALIKE(WEFT_TICK_HZ, "1024");
#else
WEFT__ALIKE(WEFT_TICK_HZ, "0");
#endif
#endif

#define WEFT__BUILT_WITH                                                                           \
    WEFT__JOIN(WEFT__WITH_LINES, WEFT__WITH_STATE, WEFT__WITH_ORIGINS, WEFT__WITH_TIME,            \
               WEFT__WITH_TIMERS, WEFT__WITH_CONTEXT, WEFT__WITH_DEBUG, WEFT__WITH_HOOKS)
#define WEFT__JOIN(lines, state, origins, time, timers, context, debug, hooks)                     \
    WEFT__JOIN_(lines, state, origins, time, timers, context, debug, hooks)
#define WEFT__JOIN_(lines, state, origins, time, timers, context, debug, hooks)                    \
    weft__built_with##lines##state##origins##time##timers##context##debug##hooks

#endif
