/* memory.c - the functions that a compiler calls for by itself, where there is no libc. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>

void *memset(void *to, int byte, size_t size_bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes);
_Noreturn void board_exit(int status);
_Noreturn void abort(void);

/* Or it would see what they do, and make each a call of itself. */
#define AS_WRITTEN __attribute__((used, optimize("no-tree-loop-distribute-patterns")))

AS_WRITTEN void *memset(void *to, int byte, size_t size_bytes)
{
    for (unsigned char *at = to; size_bytes > 0; size_bytes--) {
        *at++ = (unsigned char)byte;
    }
    return to;
}

AS_WRITTEN void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes)
{
    const unsigned char *source = from;
    for (unsigned char *at = to; size_bytes > 0; size_bytes--) {
        *at++ = *source++;
    }
    return to;
}

/* A trap, on a core that has none. */
__attribute__((used)) _Noreturn void abort(void)
{
    board_exit(98);
}

/* clang calls for them by other names, on Arm. */
#if defined __arm__
void __aeabi_memclr(void *to, size_t size_bytes);
void __aeabi_memclr(void *to, size_t size_bytes)
{
    memset(to, 0, size_bytes);
}

void __aeabi_memcpy(void *to, const void *from, size_t size_bytes);
void __aeabi_memcpy(void *to, const void *from, size_t size_bytes)
{
    memcpy(to, from, size_bytes);
}

void __aeabi_memclr4(void *, size_t) __attribute__((alias("__aeabi_memclr")));
void __aeabi_memclr8(void *, size_t) __attribute__((alias("__aeabi_memclr")));
void __aeabi_memcpy4(void *, const void *, size_t) __attribute__((alias("__aeabi_memcpy")));
void __aeabi_memcpy8(void *, const void *, size_t) __attribute__((alias("__aeabi_memcpy")));
#endif
