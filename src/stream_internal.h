/* stream_internal.h - what a stream holds. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_STREAM_INTERNAL_H
#define WEFT_STREAM_INTERNAL_H

#include "loop_internal.h"

#include <sys/un.h>
#include <weft/socket.h>

/** Bytes that grow at the end and are taken at the front. Zeroed: none. */
typedef struct weft__bytes {
    unsigned char *at;
    size_t first, size, capacity;
} weft__bytes;

struct weft_stream {
    weft_source source;
    weft__bytes in, out;
    size_t high, low;
    bool has_ended; /* the end was read */
    bool coalesces; /* small writes go when the turn ends */
    int16_t broken; /* what writing failed with */
    weft_link drainers;
    weft_stream **reader, **writer; /* in the frame of who uses it: set to NULL by a close */
};

static inline weft__stock *weft__stream_stock(const weft_stream *stream)
{
    return stream->source.loop != NULL ? &stream->source.loop->stock : NULL;
}

/* bytes.c */
int weft__bytes_begin_small(weft__bytes *bytes, weft__stock *stock, size_t size);
int weft__bytes_reserve(weft__bytes *bytes, weft__stock *stock, size_t more);
int weft__bytes_append(weft__bytes *bytes, weft__stock *stock, const void *from, size_t size);
int weft__bytes_unread(weft__bytes *bytes, weft__stock *stock, const void *from, size_t size);
size_t weft__bytes_take(weft__bytes *bytes, weft__stock *stock, void *into, size_t size);
void weft__bytes_give_block(weft__bytes *bytes, weft__stock *stock);
void weft__bytes_rest(weft__bytes *bytes, weft__stock *stock);
void weft__bytes_free(weft__bytes *bytes, weft__stock *stock);

/* Takes from the front. An empty one gives its block away. */
static inline void weft__bytes_drop(weft__bytes *bytes, weft__stock *stock, size_t size)
{
    bytes->first += size;
    bytes->size -= size;
    if (bytes->size == 0 && bytes->capacity > 0) {
        bytes->first = 0;
        weft__bytes_give_block(bytes, stock);
    }
}

/* listen.c */
int weft__unix_address(struct sockaddr_un *address, const char *path);
void weft__no_delay(int fd);
weft_listener *weft__listener_hold(weft_listener *listener);
void weft__listener_leave(weft_listener *listener);

/* stream.c */
int weft__stream_adopt(weft_stream **ret_stream, weft_loop *loop, int fd);
void weft__stream_use(weft_stream **slot, weft_stream ***place, bool *has_begun, const char *what);

/* stream_write.c */
void weft__stream_flush(weft_source *source);

#endif
