/* bytes.c - a buffer that grows at its end and is taken at its front. */
/* SPDX-License-Identifier: MIT */
/*
 * Its room is a block of memory, and one that is empty has none: so what is idle costs nothing, and the
 * few blocks in use are warm in the processor's caches. Blocks of the usual size come from a pool of
 * the loop's, and go back there. NULL is the pool of a loop that was closed.
 */
#include "stream_internal.h"

#include <stdlib.h>
#include <string.h>

enum { POOLED_MOST = 16, SMALL_SIZE = 2048 };

/* Without a block: one from the pool, or a new one. 0 or WEFT_ENOMEM. */
static int take_block(weft__bytes *bytes, weft__blocks *pool)
{
    weft__block *const block = pool != NULL ? pool->first : NULL;
    if (block != NULL) {
        pool->first = block->next;
        pool->count--;
    }
    bytes->at = block != NULL ? (unsigned char *)block : malloc(WEFT__BLOCK_SIZE);
    bytes->capacity = bytes->at != NULL ? WEFT__BLOCK_SIZE : 0;
    return bytes->at != NULL ? 0 : WEFT_ENOMEM;
}

/* Back into the pool, as long as that has few. */
void weft__bytes_give_block(weft__bytes *bytes, weft__blocks *pool)
{
    if (bytes->capacity == WEFT__BLOCK_SIZE && pool != NULL && pool->count < POOLED_MOST) {
        weft__block *const block = (weft__block *)(void *)bytes->at;
        block->next = pool->first;
        pool->first = block;
        pool->count++;
    } else {
        free(bytes->at);
    }
    bytes->at = NULL;
    bytes->capacity = 0;
}

void weft__blocks_free(weft__blocks *pool)
{
    for (weft__block *block; (block = pool->first) != NULL;) {
        pool->first = block->next;
        free(block);
    }
    pool->count = 0;
}

/* Without a block: a small one, for many that have little each. 0 or WEFT_ENOMEM. */
int weft__bytes_begin_small(weft__bytes *bytes, size_t size)
{
    const size_t capacity = size > SMALL_SIZE ? size : SMALL_SIZE;
    bytes->at = malloc(capacity);
    bytes->capacity = bytes->at != NULL ? capacity : 0;
    return bytes->at != NULL ? 0 : WEFT_ENOMEM;
}

/* Makes room behind the end: by moving to the front, or by growing. 0 or WEFT_ENOMEM. */
int weft__bytes_reserve(weft__bytes *bytes, weft__blocks *pool, size_t more)
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
    if (bytes->capacity == 0 && more <= WEFT__BLOCK_SIZE) {
        return take_block(bytes, pool);
    }
    size_t capacity = bytes->capacity > 0 ? bytes->capacity : WEFT__BLOCK_SIZE;
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

int weft__bytes_append(weft__bytes *bytes, weft__blocks *pool, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, pool, size);
    if (status == 0 && size > 0) {
        memcpy(bytes->at + bytes->first + bytes->size, from, size);
        bytes->size += size;
    }
    return status;
}

/* Puts back at the front what was taken. */
int weft__bytes_unread(weft__bytes *bytes, weft__blocks *pool, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, pool, size);
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
void weft__bytes_rest(weft__bytes *bytes, weft__blocks *pool)
{
    size_t capacity = 256;
    while (capacity < bytes->size) {
        capacity *= 2;
    }
    if (bytes->size == 0) {
        weft__bytes_drop(bytes, pool, 0);
    } else if (bytes->capacity == WEFT__BLOCK_SIZE && capacity <= WEFT__BLOCK_SIZE / 4) {
        unsigned char *const at = malloc(capacity);
        if (at != NULL) {
            memcpy(at, bytes->at + bytes->first, bytes->size);
            weft__bytes_give_block(bytes, pool);
            bytes->at = at;
            bytes->first = 0;
            bytes->capacity = capacity;
        }
    }
}

size_t weft__bytes_take(weft__bytes *bytes, weft__blocks *pool, void *into, size_t size)
{
    const size_t taken = size < bytes->size ? size : bytes->size;
    if (taken > 0) {
        memcpy(into, bytes->at + bytes->first, taken);
        weft__bytes_drop(bytes, pool, taken);
    }
    return taken;
}

void weft__bytes_free(weft__bytes *bytes, weft__blocks *pool)
{
    weft__bytes_drop(bytes, pool, bytes->size);
}
