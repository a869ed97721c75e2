/* bytes.c - a buffer that grows at its end and is taken at its front. */
/* SPDX-License-Identifier: MIT */
/*
 * Its room is a block of memory, and one that is empty has none: so what is idle costs nothing, and the
 * few blocks in use are warm in the processor's caches. Blocks of two sizes come from a stock of the
 * loop's, and go back there; NULL is the stock of a loop that was closed.
 */
#include "stream_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE_MOST = 16, SMALL_MOST = 64 }; /* that are kept */

static void *take(weft__blocks *blocks, size_t size)
{
    weft__block *const block = blocks != NULL ? blocks->first : NULL;
    if (block == NULL) {
        return malloc(size);
    }
    blocks->first = block->next;
    blocks->count--;
    return block;
}

static void give(weft__blocks *blocks, void *memory, size_t most)
{
    weft__block *const block = memory;
    if (blocks->count < most) {
        block->next = blocks->first;
        blocks->first = block;
        blocks->count++;
    } else {
        free(memory);
    }
}

static void free_all(weft__blocks *blocks)
{
    for (weft__block *block; (block = blocks->first) != NULL;) {
        blocks->first = block->next;
        free(block);
    }
    blocks->count = 0;
}

void weft__stock_free(weft__stock *stock)
{
    free_all(&stock->large);
    free_all(&stock->small);
}

/* Without a block: 0 or WEFT_ENOMEM. */
static int take_block(weft__bytes *bytes, weft__blocks *blocks, size_t size)
{
    bytes->at = take(blocks, size);
    bytes->capacity = bytes->at != NULL ? size : 0;
    return bytes->at != NULL ? 0 : WEFT_ENOMEM;
}

/* Back into the stock, as long as that has few. */
void weft__bytes_give_block(weft__bytes *bytes, weft__stock *stock)
{
    if (stock != NULL && bytes->capacity == WEFT__LARGE_BLOCK) {
        give(&stock->large, bytes->at, LARGE_MOST);
    } else if (stock != NULL && bytes->capacity == WEFT__SMALL_BLOCK) {
        give(&stock->small, bytes->at, SMALL_MOST);
    } else {
        free(bytes->at);
    }
    bytes->at = NULL;
    bytes->capacity = 0;
}

/* Without a block: a small one if that does, for many that have little each. 0 or WEFT_ENOMEM. */
int weft__bytes_begin_small(weft__bytes *bytes, weft__stock *stock, size_t size)
{
    return size <= WEFT__SMALL_BLOCK
               ? take_block(bytes, stock != NULL ? &stock->small : NULL, WEFT__SMALL_BLOCK)
               : weft__bytes_reserve(bytes, stock, size);
}

/* Makes room behind the end: by moving to the front, or by growing. 0 or WEFT_ENOMEM. */
int weft__bytes_reserve(weft__bytes *bytes, weft__stock *stock, size_t more)
{
    if (bytes->capacity - bytes->first - bytes->size >= more) {
        return 0;
    }
    if (bytes->first > 0 && bytes->size > 0) {
        memmove(bytes->at, bytes->at + bytes->first, bytes->size);
    }
    bytes->first = 0;
    if (bytes->capacity - bytes->size >= more) {
        return 0;
    }
    if (bytes->capacity == 0 && more <= WEFT__LARGE_BLOCK) {
        return take_block(bytes, stock != NULL ? &stock->large : NULL, WEFT__LARGE_BLOCK);
    }
    size_t capacity = bytes->capacity > 0 ? bytes->capacity : WEFT__LARGE_BLOCK;
    while (capacity - bytes->size < more) {
        if (capacity > SIZE_MAX / 2) {
            return WEFT_ENOMEM;
        }
        capacity *= 2;
    }
    unsigned char *const at = realloc(bytes->at, capacity);
    if (at == NULL) {
        return WEFT_ENOMEM;
    }
    bytes->at = at;
    bytes->capacity = capacity;
    return 0;
}

int weft__bytes_append(weft__bytes *bytes, weft__stock *stock, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, stock, size);
    if (status == 0 && size > 0) {
        memcpy(bytes->at + bytes->first + bytes->size, from, size);
        bytes->size += size;
    }
    return status;
}

/* Puts back at the front what was taken. */
int weft__bytes_unread(weft__bytes *bytes, weft__stock *stock, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, stock, size);
    if (status == 0) {
        unsigned char *const front = bytes->at + bytes->first;
        if (bytes->size > 0) {
            memmove(front + size, front, bytes->size);
        }
        memcpy(front, from, size);
        bytes->size += size;
    }
    return status;
}

/* Little that has to wait for more does not keep a whole block. */
void weft__bytes_rest(weft__bytes *bytes, weft__stock *stock)
{
    size_t capacity = 256;
    while (capacity < bytes->size) {
        capacity *= 2;
    }
    if (bytes->size == 0) {
        weft__bytes_drop(bytes, stock, 0);
    } else if (bytes->capacity == WEFT__LARGE_BLOCK && capacity <= WEFT__LARGE_BLOCK / 4) {
        unsigned char *const at = malloc(capacity);
        if (at != NULL) {
            memcpy(at, bytes->at + bytes->first, bytes->size);
            weft__bytes_give_block(bytes, stock);
            bytes->at = at;
            bytes->first = 0;
            bytes->capacity = capacity;
        }
    }
}

size_t weft__bytes_take(weft__bytes *bytes, weft__stock *stock, void *into, size_t size)
{
    const size_t taken = size < bytes->size ? size : bytes->size;
    if (taken > 0) {
        memcpy(into, bytes->at + bytes->first, taken);
        weft__bytes_drop(bytes, stock, taken);
    }
    return taken;
}

void weft__bytes_free(weft__bytes *bytes, weft__stock *stock)
{
    weft__bytes_drop(bytes, stock, bytes->size);
}
