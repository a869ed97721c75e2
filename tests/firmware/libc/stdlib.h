/* stdlib.h - a heap behind .bss, as large as the board has room. */
/* SPDX-License-Identifier: MIT */
#ifndef SMALL_STDLIB_H
#define SMALL_STDLIB_H

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);
_Noreturn void abort(void);

#endif
