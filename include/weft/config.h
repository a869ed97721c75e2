/* config.h - the few choices that shape a build, and what differs between compilers. */
/* SPDX-License-Identifier: MIT */
/*
 * Everything here has a default that is right for its platform. To change one, define it on the
 * command line of the whole program: frames and tasks change their layout with it. Sources that were
 * compiled with different layouts do not link into one program: see built_with.h.
 *
 *     cc -DWEFT_LINES=0 -DWEFT_TIME_BITS=32 -Iinclude blink.c
 *
 * | macro            | default                      | what it does                                |
 * |------------------|------------------------------|---------------------------------------------|
 * | WEFT_LINES       | 1; on AVR 0                  | each frame keeps the line it stands at       |
 * | WEFT_NAMES       | 1; on AVR 0                  | each coroutine knows its name and file       |
 * | WEFT_STATE_BITS  | 16 with lines; on AVR 8      | of a frame's state: 8 for 235 awaits a      |
 * |                  |                              | coroutine and 255 cancel requests, else     |
 * |                  |                              | 24,000 and 32,767. WEFT_ORIGINS needs 16    |
 * | WEFT_ORIGINS     | as WEFT_LINES, hosted only   | a task knows the line where it failed        |
 * | WEFT_CONTEXT     | 1 if hosted                  | a task has a name, and context variables    |
 * | WEFT_HOOKS       | 1 if hosted                  | testing.h can choose what runs, and watch   |
 * | WEFT_REPORTS     | 1; on AVR 0                  | core.report is told what nobody else sees   |
 * | WEFT_ASSERTS     | 1                            | 0: a misuse is undefined, and costs nothing |
 * | WEFT_EAGER       | 16; freestanding 4           | nested calls that may use the C stack        |
 * | WEFT_BUDGET      | 128                          | operations before the others get their turn  |
 * | WEFT_POLL        | 61; freestanding 1           | resumes before the port is asked again; up  |
 * |                  |                              | to eight times as many if they are short    |
 * | WEFT_TIME_BITS   | 64; freestanding, AVR 32     | width of weft_time                           |
 * | WEFT_TICK_HZ     | 1,000,000,000; 32 bit: 1,000 | ticks a second of weft_time                  |
 * | WEFT_TIMERS_LIST | 1 below 64 bits              | a sorted list instead of the wheel           |
 * | WEFT_BARE        | 0                            | 1: one executor, tasks in no group, which    |
 * |                  |                              | are a third smaller: see bare.h              |
 * | WEFT_PRIORITIES  | 0                            | 1: executors in interrupts, beside that in  |
 * |                  |                              | main(): see interrupt_executor.h            |
 * | WEFT_DEBUG       | 0                            | a frame that ends, or room that is written   |
 * |                  |                              | over, holds nothing that runs: see held.h    |
 * | WEFT_STOP        | hosted: print and abort      | what a misuse does; must not return          |
 * | WEFT_LINT        | not defined                  | reports an await inside a `switch` of yours  |
 * | WEFT_STRICT      | not defined                  | gcc: warns of any initialised local whose    |
 * |                  |                              | scope holds an await, lost or not            |
 * | WEFT_NO_PRAGMAS  | not defined                  | leaves your warning flags alone              |
 */
#ifndef WEFT_CONFIG_H
#define WEFT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined __AVR__
#define WEFT__TINY 1
#else
#define WEFT__TINY 0
#endif

#ifndef WEFT_LINES
#define WEFT_LINES !WEFT__TINY
#endif
#ifndef WEFT_NAMES
#define WEFT_NAMES !WEFT__TINY
#endif
#ifndef WEFT_ORIGINS
#define WEFT_ORIGINS (WEFT_LINES && __STDC_HOSTED__)
#endif
#if WEFT_ORIGINS && !WEFT_LINES
#error "WEFT_ORIGINS needs WEFT_LINES"
#endif
#ifndef WEFT_STATE_BITS
#if WEFT_LINES && (WEFT_ORIGINS || !WEFT__TINY)
#define WEFT_STATE_BITS 16
#else
#define WEFT_STATE_BITS 8
#endif
#endif
#if WEFT_STATE_BITS != 8 && WEFT_STATE_BITS != 16
#error "WEFT_STATE_BITS is 8 or 16"
#endif
#if WEFT_ORIGINS && WEFT_STATE_BITS != 16
#error "WEFT_ORIGINS needs WEFT_STATE_BITS=16"
#endif
#ifndef WEFT_CONTEXT
#define WEFT_CONTEXT __STDC_HOSTED__
#endif
#ifndef WEFT_PRIORITIES
#define WEFT_PRIORITIES 0
#endif
#ifndef WEFT_BARE
#define WEFT_BARE 0
#endif
#if WEFT_BARE && WEFT_PRIORITIES
#error "WEFT_BARE is for one executor: leave out WEFT_PRIORITIES"
#endif
#ifndef WEFT_DEBUG
#define WEFT_DEBUG 0
#endif
#if WEFT_DEBUG && !WEFT_NAMES
#error "WEFT_DEBUG needs WEFT_NAMES"
#endif
#ifndef WEFT_HOOKS
#define WEFT_HOOKS __STDC_HOSTED__
#endif
#ifndef WEFT_REPORTS
#define WEFT_REPORTS !WEFT__TINY
#endif
#ifndef WEFT_ASSERTS
#define WEFT_ASSERTS 1
#endif
#ifndef WEFT_POLL
#define WEFT_POLL (__STDC_HOSTED__ ? 61 : 1) /* as Go and tokio have it; one pass of a chip */
#endif
#ifndef WEFT_EAGER
#define WEFT_EAGER (__STDC_HOSTED__ ? 16 : 4)
#endif
#ifndef WEFT_BUDGET
#define WEFT_BUDGET 128
#endif
#ifndef WEFT_TIME_BITS
#define WEFT_TIME_BITS (__STDC_HOSTED__ && !WEFT__TINY ? 64 : 32)
#endif
#if !defined WEFT_TICK_HZ && WEFT_TIME_BITS == 64
#define WEFT_TICK_HZ 1000000000
#elif !defined WEFT_TICK_HZ
#define WEFT_TICK_HZ 1000
#endif

#ifdef __cplusplus
#define WEFT__STATIC_ASSERT static_assert
#define WEFT__ZERO {}
#define WEFT__BEGIN_C extern "C" {
#define WEFT__END_C }
#else
#define WEFT__STATIC_ASSERT _Static_assert
#define WEFT__ZERO {0}
#define WEFT__BEGIN_C
#define WEFT__END_C
#endif

/** The struct of which `pointer` is the given member. */
#define WEFT_CONTAINER(pointer, type, member)                                                      \
    ((type *)(void *)((unsigned char *)(void *)(pointer) - offsetof(type, member)))

/* Branches the compiler should lay out of the way. */
#define WEFT__RARE(condition) (__builtin_expect(!!(condition), 0) != 0)
#define WEFT__OFTEN(condition) (__builtin_expect(!!(condition), 1) != 0)

/* At -Os: ways of their own for what is frequent are left out. */
#ifdef __OPTIMIZE_SIZE__
#define WEFT__SMALL 1
#define WEFT__APART inline
#define WEFT__SHARED __attribute__((noinline, unused)) /* one function, not a copy each use */
#define WEFT__WITHIN inline
#else
#define WEFT__SMALL 0
#define WEFT__WITHIN __attribute__((always_inline)) inline /* part of what is frequent, whatever its size */
#define WEFT__APART __attribute__((noinline, unused)) /* rare, and kept out of what is frequent */
#define WEFT__SHARED inline
#endif

/* Functions of the library that its shared object exports. */
#define WEFT_API __attribute__((visibility("default")))

/*
 * The compilers find a local that lives across an await all by themselves: on the way from the
 * `switch` to the `case` it is not initialised. Only the warning must be on, whatever the user's
 * flags. gcc decides where the variable is used, so the pragma stands inside the coroutine (it
 * needs -O1); clang decides at a function's first token, so there it stands at file level.
 */
#if defined WEFT_NO_PRAGMAS
#define WEFT__WARN_PUSH
#define WEFT__WARN_POP
#elif defined __clang__
#pragma clang diagnostic warning "-Wconditional-uninitialized"
#define WEFT__WARN_PUSH
#define WEFT__WARN_POP
#elif defined __cplusplus
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* designators leave fields out */
#pragma GCC diagnostic ignored "-Wshadow" /* a coroutine hides the constructor of its frame */
#define WEFT__WARN_PUSH                                                                            \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic warning \"-Wmaybe-uninitialized\"")
#define WEFT__WARN_POP _Pragma("GCC diagnostic pop")
#elif defined WEFT_STRICT
#define WEFT__WARN_PUSH                                                                            \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic warning \"-Wmaybe-uninitialized\"")     \
        _Pragma("GCC diagnostic warning \"-Wjump-misses-init\"")
#define WEFT__WARN_POP _Pragma("GCC diagnostic pop")
#else
#define WEFT__WARN_PUSH                                                                            \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic warning \"-Wmaybe-uninitialized\"")
#define WEFT__WARN_POP _Pragma("GCC diagnostic pop")
#endif

/* A block declares its exit again. For gcc before 6, of which Debian's compiler for AVR is one, a
 * _Pragma behind `else` or `for (…)` is a statement, so there it stands at file level; and where an
 * argument is a compound literal, it forgets that what it stands in has designators. */
#if !defined __clang__ && __GNUC__ < 6
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#if !defined __clang__ && (defined __cplusplus || __GNUC__ < 6)
#define WEFT__SHADOW_OK
#define WEFT__SHADOW_END
#else
#define WEFT__SHADOW_OK                                                                            \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")
#define WEFT__SHADOW_END _Pragma("GCC diagnostic pop")
#endif

/* A `case` of the hidden switch. Linting, it is too wide for a `switch` of the user's. */
#ifdef WEFT_LINT
#define WEFT__LABEL(n) ((1LL << 40) + (n)) /* too wide: an await inside a `switch` of yours */
#else
#define WEFT__LABEL(n) (n)
#endif

/**
 * What a misuse does: it must not return.
 *
 * The default prints one line and aborts on a hosted platform, and traps elsewhere. To take it
 * over, define WEFT_STOP(file, line, function, cure) for the whole program.
 */
#ifndef WEFT_STOP
#if __STDC_HOSTED__
#include <stdio.h>
#include <stdlib.h>
__attribute__((noreturn, cold, noinline, unused)) static void
weft__stop(const char *file, int line, const char *function, const char *cure)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: %s: weft: %s\n", file, line, function, cure);
    abort();
}
#define WEFT_STOP(file, line, function, cure) weft__stop(file, line, function, cure)
#else
#define WEFT_STOP(file, line, function, cure) __builtin_trap()
#endif
#endif

/* Stands behind every hidden switch, where only a stray `break` can come. */
WEFT__BEGIN_C
__attribute__((error("`break` leaves the coroutine: use WEFT_RETURN"))) void
weft__stray_break(void);
WEFT__END_C

/**
 * Stops the program unless `condition` holds. For mistakes in the program, never for what the
 * outside world may do.
 *
 * @param cure  Says what to do about it, as a string.
 */
#if WEFT_ASSERTS
#define WEFT_ASSERT(condition, cure)                                                               \
    ((condition) ? (void)0 : (void)(WEFT_STOP(__FILE__, __LINE__, __func__, cure)))
#else
#define WEFT_ASSERT(condition, cure) ((void)sizeof(!(condition)))
#endif

#endif
