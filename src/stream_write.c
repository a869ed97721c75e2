/* stream_write.c - streams: written and flushed. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { PIECES_AT_ONCE = 64, GATHERED_MOST = 4096 };

static void use_to_write(weft_stream **slot, bool *has_begun)
{
    weft__stream_use(slot, &(*slot)->writer, has_begun,
                     "another task writes this stream: one at a time");
}

static void end_write(weft_stream *stream, bool has_begun)
{
    if (stream != NULL && has_begun) {
        stream->writer = NULL;
    }
}

/* What an attempt has come to: how many bytes, -EAGAIN, or -errno. */
static ssize_t tried(weft_stream *stream, ssize_t n, size_t size)
{
    const int error = errno;
    if (n < 0 ? error == EAGAIN : (size_t)n < size) {
        stream->source.may_write = false; /* short: the system is full, the next edge tells */
    }
    return n < 0 ? -error : n;
}

static ssize_t try_bytes(weft_stream *stream, const void *from, size_t size)
{
    ssize_t n;
    if (!stream->source.may_write) {
        return -EAGAIN;
    }
    do {
        n = send(stream->source.fd, from, size, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return tried(stream, n, size);
}

static ssize_t try_pieces(weft_stream *stream, struct iovec *pieces, size_t count, size_t size)
{
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    ssize_t n;
    if (count == 1) {
        return try_bytes(stream, pieces->iov_base, pieces->iov_len);
    }
    if (!stream->source.may_write) {
        return -EAGAIN;
    }
    do {
        n = sendmsg(stream->source.fd, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return tried(stream, n, size);
}

static struct iovec piece_of(const void *from, size_t size)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)from, .iov_len = size};
}

/* --- what is buffered ------------------------------------------------------------------------- */
/*
 * Either it is to go when the turn ends (the source is in the loop's list), or it waits for room in the
 * system (the source is flushing), or it is a task's that is about to park: then the edge tells it.
 */

static void wake_drainers(weft_stream *stream)
{
    weft_link *const drainers = &stream->drainers;
    for (weft_link *link = drainers->next, *next; link != drainers; link = next) {
        weft_task *const task = WEFT_CONTAINER(link, weft_task, link);
        const struct weft_drain *const drain = (const void *)task->chain.top;
        next = link->next;
        if (stream->broken < 0) {
            weft_wake_status(task, stream->broken);
        } else if (stream->out.size <= drain->down_to) {
            weft_wake(task);
        }
    }
}

/* So much of what is buffered has gone, or will never go. */
static void buffered_gone(weft_stream *stream, size_t size)
{
    weft__bytes_drop(&stream->out, weft__stream_stock(stream), size);
    if (stream->out.size == 0) {
        weft_link_remove(&stream->source.turn);
        weft__source_flushes(&stream->source, false);
        weft_wake_all(&stream->source.writers);
    } else {
        weft__source_flushes(&stream->source, true);
    }
    wake_drainers(stream);
}

/*
 * Writes pieces behind what is buffered, in one call: pieces[0] is left free for that. How many bytes
 * of the pieces have gone, -EAGAIN, or -errno.
 */
static ssize_t write_behind(weft_stream *stream, struct iovec *pieces, size_t count, size_t size)
{
    const size_t buffered = stream->out.size;
    ssize_t n;
    if (stream->broken < 0) {
        return stream->broken;
    }
    if (buffered == 0) {
        return try_pieces(stream, &pieces[1], count, size);
    }
    pieces[0] = piece_of(stream->out.at + stream->out.first, buffered);
    n = try_pieces(stream, pieces, count + 1, buffered + size);
    if (n < 0 && n != -EAGAIN) {
        stream->broken = (int16_t)n;
        buffered_gone(stream, buffered);
    } else if (n > 0) {
        buffered_gone(stream, (size_t)n < buffered ? (size_t)n : buffered);
        n = (size_t)n > buffered ? n - (ssize_t)buffered : size > 0 ? -EAGAIN : 0;
    } else {
        weft__source_flushes(&stream->source, true);
    }
    return n;
}

/* Writes what is buffered, as far as the system takes it. */
void weft__stream_flush(weft_source *source)
{
    weft_stream *const stream = WEFT_CONTAINER(source, weft_stream, source);
    struct iovec piece;
    weft_link_remove(&source->turn);
    while (stream->out.size > 0 && write_behind(stream, &piece, 0, 0) >= 0) {
    }
}

/* Small pieces are gathered, as long as there is room. */
static bool is_gathered(const weft_stream *stream, size_t size)
{
    return stream->coalesces && stream->broken == 0 && size <= GATHERED_MOST &&
           stream->out.size + size <= stream->high;
}

/* 0, or WEFT_ENOMEM: nothing was taken. What is buffered already is on its way. */
static int gather(weft_stream *stream, const void *from, size_t size)
{
    weft__bytes *const out = &stream->out;
    if (out->capacity - out->first - out->size < size &&
        (out->capacity == 0 ? weft__bytes_begin_small(out, weft__stream_stock(stream), size)
                            : weft__bytes_reserve(out, weft__stream_stock(stream), size)) < 0) {
        return WEFT_ENOMEM;
    }
    if (size > 0) {
        memcpy(out->at + out->first + out->size, from, size);
        if (out->size == 0) {
            weft_link_insert(&stream->source.loop->to_flush, &stream->source.turn);
        }
        out->size += size;
    }
    return 0;
}

void weft_stream_set_coalesce(weft_stream *stream, bool coalesces)
{
    stream->coalesces = coalesces;
}

/* Behind what is buffered, which there is: for one that does not wait. 0, or a failure. */
static int append(weft_stream *stream, const void *from, size_t size)
{
    if (weft__bytes_append(&stream->out, weft__stream_stock(stream), from, size) < 0) {
        return WEFT_ENOMEM;
    }
    if (!stream->source.is_flushing) {
        weft__stream_flush(&stream->source);
    }
    return stream->broken;
}

int weft_write_nowait(weft_stream *stream, const void *from, size_t size)
{
    WEFT_ASSERT(stream->writer == NULL, "another task writes this stream: one at a time");
    if (stream->broken < 0 || stream->source.loop == NULL) {
        return stream->broken < 0 ? stream->broken : WEFT_ECLOSED;
    }
    if (is_gathered(stream, size)) {
        return gather(stream, from, size);
    }
    if (stream->out.size > 0) {
        return append(stream, from, size);
    }
    if (weft__bytes_reserve(&stream->out, weft__stream_stock(stream), size) < 0) {
        return WEFT_ENOMEM;
    }
    const ssize_t n = try_bytes(stream, from, size);
    const size_t done = n > 0 ? (size_t)n : 0;
    if (n < 0 && n != -EAGAIN) {
        stream->broken = (int16_t)n;
    } else if (done < size) {
        weft__bytes_append(&stream->out, weft__stream_stock(stream), (const char *)from + done,
                           size - done); /* there is room */
        weft__source_flushes(&stream->source, true);
    }
    if (stream->out.size == 0) {
        weft__bytes_free(&stream->out, weft__stream_stock(stream));
    }
    return stream->broken;
}

WEFT_ASYNC(weft_drain, self)
{
    WEFT_ASSERT(self->stream != NULL, "an open stream");
    if (self->waits_for_all && !self->stream->source.is_flushing) {
        weft__stream_flush(&self->stream->source); /* what was gathered goes now */
    }
    self->down_to = self->waits_for_all ? 0 : self->stream->low;
    if (self->stream->out.size > (self->waits_for_all ? 0 : self->stream->high)) {
        WEFT_PARK(&self->stream->drainers); /* from here on the stream may be gone */
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    self->status = self->stream->broken;
    WEFT_CHECKPOINT(); /* the same here */
    WEFT_RETURN_STATUS(self->status);
}
WEFT_END

WEFT_ASYNC(weft_flush, self)
{
    WEFT_TRY(self->drain, weft_drain, self->stream, .waits_for_all = true);
}
WEFT_END

/* --- what waits ------------------------------------------------------------------------------- */

/* Behind what is buffered, together with it. */
static ssize_t write_bytes_behind(weft_stream *stream, const void *from, size_t size)
{
    struct iovec pieces[2] = {{NULL, 0}, piece_of(from, size)};
    return write_behind(stream, pieces, 1, size);
}

/* Writes what is left, or gathers it: how many bytes, -EAGAIN, or a failure. */
static ssize_t write_some(weft_stream *stream, const void *from, size_t size)
{
    if (is_gathered(stream, size)) {
        const int status = gather(stream, from, size);
        return status < 0 ? status : (ssize_t)size;
    }
    if (stream->broken < 0) {
        return stream->broken;
    }
    return stream->out.size == 0        ? try_bytes(stream, from, size)
           : stream->source.is_flushing ? -EAGAIN
                                        : write_bytes_behind(stream, from, size);
}

WEFT_ASYNC(weft_write, self)
{
    WEFT_ASSERT(self->stream != NULL && (self->from != NULL || self->size == 0),
                "an open stream, and what to write");
    use_to_write(&self->stream, &self->has_begun);
    WEFT_CHECKPOINT();
    for (;;) {
        if (self->stream == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        {
            const char *const from = self->from; /* NULL, if it is nothing */
            const ssize_t n = write_some(self->stream, self->n > 0 ? from + self->n : from,
                                         self->size - self->n);
            if (n < 0 && n != -EAGAIN) {
                WEFT_RETURN_STATUS(n);
            }
            self->n += n > 0 ? (size_t)n : 0;
            if (self->n == self->size && n >= 0) {
                WEFT_RETURN(0);
            }
            if (n > 0) {
                continue;
            }
        }
        WEFT__OWN_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.writers);
        WEFT__OWN_LOOP()->awaited--;
        if (self->stream != NULL && WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    end_write(self->stream, self->has_begun);
}
WEFT_END

/* The pieces that are left, as many as go at once; how many bytes they are. */
static size_t collect(const struct weft_writev *self, struct iovec *pieces, size_t *ret_count)
{
    size_t size = 0, count = 0;
    for (size_t i = self->piece; i < self->count && count < PIECES_AT_ONCE; i++) {
        const size_t skip = i == self->piece ? self->offset : 0;
        if (self->pieces[i].iov_len == skip) {
            continue;
        }
        pieces[count].iov_base = (char *)self->pieces[i].iov_base + skip;
        pieces[count].iov_len = self->pieces[i].iov_len - skip;
        size += pieces[count++].iov_len;
    }
    *ret_count = count;
    return size;
}

/* Steps over what has gone, and over empty pieces. */
static void advance(struct weft_writev *self, size_t n)
{
    self->n += n;
    while (self->piece < self->count && n >= self->pieces[self->piece].iov_len - self->offset) {
        n -= self->pieces[self->piece].iov_len - self->offset;
        self->piece++;
        self->offset = 0;
    }
    self->offset += n;
}

/* How many bytes, -EAGAIN, or a failure. */
static ssize_t write_pieces(struct weft_writev *self)
{
    weft_stream *const stream = self->stream;
    struct iovec pieces[1 + PIECES_AT_ONCE];
    size_t count;
    const size_t size = collect(self, &pieces[1], &count);
    ssize_t n = 0;
    if (is_gathered(stream, size)) {
        if (weft__bytes_reserve(&stream->out, weft__stream_stock(stream), size) < 0) {
            return WEFT_ENOMEM;
        }
        for (size_t i = 1; i <= count; i++) {
            gather(stream, pieces[i].iov_base, pieces[i].iov_len); /* there is room */
        }
        n = (ssize_t)size;
    } else if (size > 0) {
        n = stream->source.is_flushing ? -EAGAIN : write_behind(stream, pieces, count, size);
    }
    if (n >= 0) {
        advance(self, (size_t)n);
    }
    return n;
}

WEFT_ASYNC(weft_writev, self)
{
    WEFT_ASSERT(self->stream != NULL && (self->pieces != NULL || self->count == 0),
                "an open stream, and what to write");
    use_to_write(&self->stream, &self->has_begun);
    WEFT_CHECKPOINT();
    while (self->piece < self->count) {
        if (self->stream == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        {
            const ssize_t n = write_pieces(self);
            if (n < 0 && n != -EAGAIN) {
                WEFT_RETURN_STATUS(n);
            }
            if (n >= 0) {
                continue;
            }
        }
        WEFT__OWN_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.writers);
        WEFT__OWN_LOOP()->awaited--;
        if (self->stream != NULL && WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    end_write(self->stream, self->has_begun);
}
WEFT_END

WEFT_ASYNC(weft_shutdown, self)
{
    WEFT_ASSERT(self->stream != NULL, "an open stream");
    use_to_write(&self->stream, &self->has_begun);
    WEFT_TRY(self->drain, weft_drain, self->stream, .waits_for_all = true);
    if (self->stream == NULL) {
        WEFT_RETURN_STATUS(WEFT_ECLOSED);
    }
    if (shutdown(self->stream->source.fd, SHUT_WR) < 0) {
        WEFT_RETURN_STATUS(-errno);
    }
WEFT_FINALLY:
    end_write(self->stream, self->has_begun);
}
WEFT_END
