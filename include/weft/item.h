/* item.h - copying what passes from task to task. */
/* SPDX-License-Identifier: MIT */
/*
 * Items have a size that only their queue or channel knows. Most are a pointer or a number: those are
 * moved by one instruction instead of a call of memcpy(), unless size is what counts.
 */
#ifndef WEFT_ITEM_H
#define WEFT_ITEM_H

#include <weft/config.h>

/* The two do not overlap; they may lie at any address. (The compiler does not ask whether a size that
 * they do not have would fit.)
 *
 * One of the size of a pointer or a number: false, and not copied: it is of another. */
static inline bool weft__item_move(void *to, const void *from, size_t item_bytes)
{
    __asm__("" : "+r"(to), "+r"(from));
    if (WEFT__OFTEN(item_bytes == sizeof(uint64_t))) {
        __builtin_memcpy(to, from, sizeof(uint64_t));
    } else if (item_bytes == sizeof(uint32_t)) {
        __builtin_memcpy(to, from, sizeof(uint32_t));
    } else {
        return false;
    }
    return true;
}

static inline void weft__item_copy(void *to, const void *from, size_t item_bytes)
{
    if (WEFT__SMALL || !weft__item_move(to, from, item_bytes)) {
        __builtin_memcpy(to, from, item_bytes);
    }
}

#endif
