/* setjmp.h - a jump out of a test that has ended early. */
/* SPDX-License-Identifier: MIT */
#ifndef SMALL_SETJMP_H
#define SMALL_SETJMP_H

#if defined __AVR__
#include_next <setjmp.h>
#else
typedef void *jmp_buf[16]; /* what a callee must keep, the stack, where to go on */

__attribute__((returns_twice)) int setjmp(jmp_buf where);
_Noreturn void longjmp(jmp_buf where, int value);
#endif

#endif
