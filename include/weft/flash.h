/* flash.h - texts that take no RAM on an AVR. */
/* SPDX-License-Identifier: MIT */
/*
 * What is constant stands in flash, and on most cores a program reads that as any memory. An AVR
 * does not: there a constant is copied to RAM at the start, unless it is read by an instruction of
 * its own. So the names and files of coroutines, and what dump.h and reports say, are read by a
 * function, which elsewhere is nothing:
 *
 *     static void print(const char *text)
 *     {
 *         for (; weft_text_char(text) != '\0'; text++) {
 *             uart_put(weft_text_char(text));
 *         }
 *     }
 *
 * On an AVR the address of such a text has its highest bit set: no RAM is there. Texts in RAM are
 * read by the same function. They must lie in the first 32 KiB of flash, to where linkers put
 * what is to be read (.progmem).
 */
#ifndef WEFT_FLASH_H
#define WEFT_FLASH_H

#include <weft/config.h>

WEFT__BEGIN_C

#if defined __AVR__ && !defined __AVR_TINY__
#define WEFT__IN_FLASH __attribute__((__progmem__))

enum { WEFT__FLASH_BYTES = 0x7fff }; /* of an address; the bit above says: in flash */

static inline uint8_t weft__flash_byte(uintptr_t at)
{
    uint8_t byte;
    __asm__("lpm\n\tmov %0, r0" : "=r"(byte) : "z"(at) : "r0");
    return byte;
}

/** The character to which `at` points, in flash or in RAM. Context: any. */
static inline char weft_text_char(const char *at)
{
    const uintptr_t address = (uintptr_t)at;
    return address > WEFT__FLASH_BYTES ? (char)weft__flash_byte(address & WEFT__FLASH_BYTES) : *at;
}

/* A word in flash. */
static inline uintptr_t weft__flash_word(const void *at)
{
    const uintptr_t address = (uintptr_t)at;
    return (uintptr_t)(weft__flash_byte(address) | weft__flash_byte(address + 1) << 8);
}

/* A text in flash, as weft_text_char() wants it. */
static inline const char *weft__flash_text(uintptr_t address)
{
    return (const char *)(address | (WEFT__FLASH_BYTES + 1U));
}

/** A text as WEFT_TEXT("so"), in flash: for weft_text_char(). In a function. */
#define WEFT_TEXT(literal)                                                                         \
    (__extension__({                                                                               \
        static const char weft__literal[] WEFT__IN_FLASH = literal;                                \
        weft__flash_text((uintptr_t)weft__literal);                                                \
    }))
#else
static inline char weft_text_char(const char *at)
{
    return *at;
}
#define WEFT_TEXT(literal) (literal)
#endif

WEFT__END_C

#endif
