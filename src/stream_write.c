/* stream_write.c - streams: written, flushed and closed. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <sys/socket.h>

enum { PIECES_AT_ONCE = 64 };

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

/* Tries to write: how many bytes, -EAGAIN, or -errno. */
static ssize_t try_write(weft_stream *stream, struct iovec *pieces, size_t count, size_t size)
{
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    ssize_t n;
    if (stream->broken < 0) {
        return stream->broken;
    }
    if (!stream->source.may_write) {
        return -EAGAIN;
    }
    do {
        n = sendmsg(stream->source.fd, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n < 0 ? errno == EAGAIN : (size_t)n < size) {
        stream->source.may_write = false; /* short: the system is full, the next edge tells */
    }
    return n < 0 ? -errno : n;
}

static ssize_t try_write_bytes(weft_stream *stream, const void *from, size_t size)
{
    struct iovec piece = {.iov_base = (void *)(uintptr_t)from, .iov_len = size};
    return try_write(stream, &piece, 1, size);
}

/* --- what is buffered ------------------------------------------------------------------------- */

static void stop_flushing(weft_stream *stream)
{
    if (stream->source.on_writable == &stream->flusher) {
        stream->source.on_writable = NULL;
        stream->source.loop->awaited--;
        weft_handle_cancel(&stream->flusher);
    }
}

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

/* Writes what is buffered, as far as the system takes it. */
static void flush(void *argument)
{
    weft_stream *const stream = argument;
    while (stream->out.size > 0) {
        const ssize_t n =
            try_write_bytes(stream, stream->out.at + stream->out.first, stream->out.size);
        if (n == -EAGAIN) {
            break;
        }
        if (n < 0) {
            stream->broken = (int16_t)n;
            weft__bytes_drop(&stream->out, stream->out.size);
            break;
        }
        weft__bytes_drop(&stream->out, (size_t)n);
    }
    if (stream->out.size == 0) {
        stop_flushing(stream);
        weft_wake_all(&stream->source.writers);
    }
    wake_drainers(stream);
}

static void begin_flushing(weft_stream *stream)
{
    if (stream->source.on_writable == NULL) {
        stream->flusher.call = flush;
        stream->flusher.argument = stream;
        stream->source.on_writable = &stream->flusher;
        stream->source.loop->awaited++;
    }
}

int weft_write_nowait(weft_stream *stream, const void *from, size_t size)
{
    size_t done = 0;
    WEFT_ASSERT(stream->writer == NULL, "another task writes this stream: one at a time");
    if (stream->broken < 0) {
        return stream->broken;
    }
    if (weft__bytes_reserve(&stream->out, size) < 0) {
        return WEFT_ENOMEM;
    }
    if (stream->out.size == 0) {
        const ssize_t n = try_write_bytes(stream, from, size);
        if (n < 0 && n != -EAGAIN) {
            stream->broken = (int16_t)n;
            return (int)n;
        }
        done = n > 0 ? (size_t)n : 0;
    }
    if (done < size) {
        weft__bytes_append(&stream->out, (const char *)from + done, size - done);
        begin_flushing(stream);
    } else if (stream->out.size == 0) {
        weft__bytes_drop(&stream->out, 0);
    }
    return 0;
}

WEFT_ASYNC(weft_drain, self)
{
    WEFT_ASSERT(self->stream != NULL, "an open stream");
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

/* --- what waits ------------------------------------------------------------------------------- */

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
        if (self->stream->out.size == 0) { /* else behind what is buffered */
            const ssize_t n = try_write_bytes(self->stream, (const char *)self->from + self->n,
                                              self->size - self->n);
            if (n < 0 && n != -EAGAIN) {
                WEFT_RETURN_STATUS(n);
            }
            self->n += n > 0 ? (size_t)n : 0;
            if (self->n == self->size) {
                WEFT_RETURN(0);
            }
            if (n > 0) {
                continue;
            }
        }
        WEFT_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.writers);
        WEFT_LOOP()->awaited--;
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

static ssize_t try_pieces(struct weft_writev *self)
{
    struct iovec pieces[PIECES_AT_ONCE];
    size_t count;
    const size_t size = collect(self, pieces, &count);
    const ssize_t n = size > 0 ? try_write(self->stream, pieces, count, size) : 0;
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
        if (self->stream->out.size == 0) {
            const ssize_t n = try_pieces(self);
            if (n < 0 && n != -EAGAIN) {
                WEFT_RETURN_STATUS(n);
            }
            if (n >= 0) {
                continue;
            }
        }
        WEFT_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.writers);
        WEFT_LOOP()->awaited--;
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

/* Once: while it waits, another stream may be put in the place. */
static void take(struct weft_close *self)
{
    if (self->stream != NULL) {
        self->taken = *self->stream;
        *self->stream = NULL;
        self->stream = NULL;
    }
}

WEFT_ASYNC(weft_close, self)
{
    WEFT_ASSERT(self->stream != NULL, "the place of a stream");
    take(self);
    if (self->taken != NULL && self->taken->out.size > 0) {
        WEFT_CATCH(self->drain, weft_drain, self->taken, .waits_for_all = true);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
WEFT_FINALLY:
    take(self); /* one that was cancelled before it began closes all the same */
    weft_stream_abort(&self->taken);
}
WEFT_END
