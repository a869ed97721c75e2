/* built_with.h - a program and its library must be built with the same choices. */
/* SPDX-License-Identifier: MIT */
/*
 * The choices of config.h that change a layout, as one name. The library defines it, and each source
 * that makes a loop refers to it; so a program that was compiled with other choices does not
 * link, and the linker says which those were:
 *
 *     undefined reference to `weft__built_with_lines_origins_time64_wheel_context_debug_hooks'
 */
#ifndef WEFT_BUILT_WITH_H
#define WEFT_BUILT_WITH_H

#include <weft/tick.h>

#if WEFT_LINES
#define WEFT__WITH_LINES _lines
#else
#define WEFT__WITH_LINES
#endif
#if WEFT_ORIGINS
#define WEFT__WITH_ORIGINS _origins
#else
#define WEFT__WITH_ORIGINS
#endif
#if WEFT_TIME_BITS == 64
#define WEFT__WITH_TIME _time64
#elif WEFT_TIME_BITS == 32
#define WEFT__WITH_TIME _time32
#else
#define WEFT__WITH_TIME _time16
#endif
#if WEFT_TIMERS_LIST
#define WEFT__WITH_TIMERS _list
#else
#define WEFT__WITH_TIMERS _wheel
#endif
#if WEFT_CONTEXT
#define WEFT__WITH_CONTEXT _context
#else
#define WEFT__WITH_CONTEXT
#endif
#if WEFT_DEBUG
#define WEFT__WITH_DEBUG _debug
#else
#define WEFT__WITH_DEBUG
#endif

#if WEFT_HOOKS
#define WEFT__WITH_HOOKS _hooks
#else
#define WEFT__WITH_HOOKS
#endif

#define WEFT__BUILT_WITH                                                                           \
    WEFT__JOIN(WEFT__WITH_LINES, WEFT__WITH_ORIGINS, WEFT__WITH_TIME, WEFT__WITH_TIMERS,           \
               WEFT__WITH_CONTEXT, WEFT__WITH_DEBUG, WEFT__WITH_HOOKS)
#define WEFT__JOIN(lines, origins, time, timers, context, debug, hooks)                            \
    WEFT__JOIN_(lines, origins, time, timers, context, debug, hooks)
#define WEFT__JOIN_(lines, origins, time, timers, context, debug, hooks)                           \
    weft__built_with##lines##origins##time##timers##context##debug##hooks

#endif
