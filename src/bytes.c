/* bytes.c - a buffer that grows at its end and is taken at its front. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <stdlib.h>
#include <string.h>

/* Makes room behind the end: by moving to the front, or by growing. 0 or WEFT_ENOMEM. */
int weft__bytes_reserve(weft__bytes *bytes, size_t more)
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
    size_t capacity = bytes->capacity > 0 ? bytes->capacity : 512;
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

int weft__bytes_append(weft__bytes *bytes, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, size);
    if (status == 0 && size > 0) {
        memcpy(bytes->at + bytes->first + bytes->size, from, size);
        bytes->size += size;
    }
    return status;
}

/* Puts back at the front what was taken. */
int weft__bytes_unread(weft__bytes *bytes, const void *from, size_t size)
{
    const int status = weft__bytes_reserve(bytes, size);
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

/* An idle buffer keeps no more than a page. */
void weft__bytes_drop(weft__bytes *bytes, size_t size)
{
    bytes->first += size;
    bytes->size -= size;
    if (bytes->size == 0) {
        bytes->first = 0;
        if (bytes->capacity > 4096) {
            weft__bytes_free(bytes);
        }
    }
}

size_t weft__bytes_take(weft__bytes *bytes, void *into, size_t size)
{
    const size_t taken = size < bytes->size ? size : bytes->size;
    if (taken > 0) {
        memcpy(into, bytes->at + bytes->first, taken);
        weft__bytes_drop(bytes, taken);
    }
    return taken;
}

void weft__bytes_free(weft__bytes *bytes)
{
    free(bytes->at);
    *bytes = (weft__bytes){.at = NULL};
}
