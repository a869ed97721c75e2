/* bare_check.h - what small_check.h needs of a board, where there is no operating system. */
/* SPDX-License-Identifier: MIT */
#ifndef BARE_CHECK_H
#define BARE_CHECK_H

#include <setjmp.h>
#include <stdbool.h>
#include <weft/flash.h>

enum { SMALL_CHECK_FAILED = 1, SMALL_CHECK_STOPPED };

/* A text that a test says only if it fails: in flash, where that is not among the addresses. */
#define SMALL_CHECK_TEXT(text) WEFT_TEXT(text)

/** Prepares the console. */
void small_check_start(void);

/** Prints a SMALL_CHECK_TEXT. */
void small_check_say(const char *text);

/** Before each test: its memory is as after a reset. */
void small_check_begin(bool may_stop);

/** Where a test that ends early goes on. */
jmp_buf *small_check_end(void);

/** After each test: the stack has not come into the memory of others. */
bool small_check_is_whole(void);

/** What a stack that is too small does. */
void small_check_spoil(void);

/** Leaves a test: it has failed. */
_Noreturn void small_check_leave(void);
#define SMALL_CHECK_FAIL() small_check_leave()

#endif
