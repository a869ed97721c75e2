/* bare_check.c - a board's part of small_check.h: fresh memory for each test, and a heap. */
/* SPDX-License-Identifier: MIT */
/*
 *     .data | .bss | heap -->        | guard | <-- stack       the stack has STACK_LEN bytes
 */
#include "bare_check.h"
#include "board.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined __AVR__
#include <avr/pgmspace.h>
#endif

extern unsigned char start_data[], start_data_end[], start_data_stored[]; /* the linker's */
extern unsigned char start_bss[], start_bss_end[], start_stack_end[], STACK_LEN[];

enum { GUARD = 16, PATTERN = 0xa5 };

static jmp_buf end;
static bool may_stop;
static size_t heap_used;

static unsigned char *guard(void)
{
    return start_stack_end - (uintptr_t)STACK_LEN;
}

void small_check_start(void)
{
    (void)board_start();
}

void small_check_say(const char *text)
{
    for (; weft_text_char(text) != '\0'; text++) {
        board_put(weft_text_char(text));
    }
}

static void restore_data(void)
{
#if defined __AVR__
    memcpy_P(start_data, start_data_stored, (size_t)(start_data_end - start_data));
#else
    memcpy(start_data, start_data_stored, (size_t)(start_data_end - start_data));
#endif
}

void small_check_begin(bool stops)
{
    restore_data();
    memset(start_bss, 0, (size_t)(start_bss_end - start_bss));
    memset(guard(), PATTERN, GUARD);
    may_stop = stops;
}

jmp_buf *small_check_end(void)
{
    return &end;
}

bool small_check_is_whole(void)
{
    for (int i = 0; i < GUARD; i++) {
        if (guard()[i] != PATTERN) {
            printf("the stack is too small, or a write went astray\n");
            return false;
        }
    }
    return true;
}

void small_check_spoil(void)
{
    guard()[GUARD - 1] = 0;
}

_Noreturn void small_check_leave(void)
{
    longjmp(end, SMALL_CHECK_FAILED);
}

_Noreturn void small_check_stop(const char *file, int line, const char *cure)
{
    if (!may_stop) {
        small_check_say(file);
        printf(":%d: stopped: ", line);
        small_check_say(cure);
        printf("\n");
    }
    longjmp(end, SMALL_CHECK_STOPPED);
}

/* In front of each piece of the heap stands its size; only the last one is given back. */
enum { HEAD = 16 };

void *malloc(size_t size)
{
    unsigned char *const piece = start_bss_end + heap_used + HEAD;
    const size_t rounded = (size + HEAD - 1) / HEAD * HEAD;
    if (rounded + HEAD > (size_t)(guard() - start_bss_end) - heap_used) {
        printf("no room for %zu bytes\n", size);
        small_check_leave();
    }
    memcpy(piece - HEAD, &rounded, sizeof rounded);
    heap_used += rounded + HEAD;
    return piece;
}

void *calloc(size_t count, size_t size)
{
    return memset(malloc(count * size), 0, count * size);
}

void free(void *memory)
{
    size_t rounded;
    if (memory != NULL) {
        memcpy(&rounded, (unsigned char *)memory - HEAD, sizeof rounded);
        if ((unsigned char *)memory + rounded == start_bss_end + heap_used) {
            heap_used -= rounded + HEAD;
        }
    }
}
