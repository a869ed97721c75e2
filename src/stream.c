/* stream.c - streams: opened, and read. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { READ_LEAST = 4096, HIGH_WATER = 64 * 1024 };

/* Of a socket that does not block. */
int weft__stream_adopt(weft_stream **ret_stream, weft_loop *loop, int fd)
{
    weft_stream *const stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        return WEFT_ENOMEM;
    }
    const int status = weft_source_open(&stream->source, loop, fd);
    if (status < 0) {
        free(stream);
        return status;
    }
    weft_stream_set_water(stream, HIGH_WATER, HIGH_WATER / 4);
    weft_link_init(&stream->drainers);
    stream->source.flush = weft__stream_flush;
    *ret_stream = stream;
    return 0;
}

int weft_stream_open(weft_stream **ret_stream, weft_loop *loop, int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || ((flags & O_NONBLOCK) == 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)) {
        return -errno;
    }
    return weft__stream_adopt(ret_stream, loop, fd);
}

int weft_stream_fd(const weft_stream *stream)
{
    return stream->source.fd;
}

size_t weft_stream_buffered(const weft_stream *stream)
{
    return stream->out.size;
}

void weft_stream_set_water(weft_stream *stream, size_t high_bytes, size_t low_bytes)
{
    WEFT_ASSERT(low_bytes <= high_bytes, "the low water mark is above the high one");
    stream->high = high_bytes;
    stream->low = low_bytes;
}

/* One reader, one writer: a frame says where it keeps its pointer, so that a close can clear it. */
void weft__stream_use(weft_stream **slot, weft_stream ***place, bool *has_begun, const char *what)
{
    (void)what;
    WEFT_ASSERT(*place == NULL, what);
    *place = slot;
    *has_begun = true;
}

static void use_to_read(weft_stream **slot, bool *has_begun)
{
    weft__stream_use(slot, &(*slot)->reader, has_begun,
                     "another task reads this stream: one at a time");
}

/* One that was cancelled before it began has no part in the stream. */
static void end_read(weft_stream *stream, bool has_begun)
{
    if (stream != NULL && has_begun) {
        stream->reader = NULL;
    }
}

/* Tries to read: how many bytes, -EAGAIN, or -errno. */
static ssize_t try_read(weft_stream *stream, void *into, size_t size)
{
    ssize_t n;
    if (!stream->source.may_read) {
        return -EAGAIN;
    }
    do {
        n = recv(stream->source.fd, into, size, 0);
    } while (n < 0 && errno == EINTR);
    if (n == 0) {
        stream->has_ended = true;
    } else if (n < 0 ? errno == EAGAIN : (size_t)n < size && !stream->source.hung_up) {
        stream->source.may_read = false; /* short: there was no more, the next edge tells */
    }
    return n < 0 ? -errno : n;
}

/* Reads more into the buffer, so much as has come: how many bytes, 0 at the end, or a failure. */
static ssize_t fill(weft_stream *stream)
{
    weft__bytes *const in = &stream->in;
    if (stream->has_ended) {
        return 0;
    }
    if (!stream->source.may_read) {
        return -EAGAIN;
    }
    if (in->capacity - in->first - in->size < READ_LEAST &&
        weft__bytes_reserve(in, weft__stream_stock(stream), READ_LEAST) < 0) {
        return WEFT_ENOMEM;
    }
    const size_t end = in->first + in->size;
    const ssize_t n = try_read(stream, in->at + end, in->capacity - end);
    in->size += n > 0 ? (size_t)n : 0;
    return n;
}

WEFT_ASYNC(weft_read, self)
{
    WEFT_ASSERT(self->stream != NULL && (self->into != NULL || self->size == 0),
                "an open stream, and room to read into");
    use_to_read(&self->stream, &self->has_begun);
    WEFT_CHECKPOINT();
    for (;;) {
        if (self->stream == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        if (self->stream->in.size > 0) {
            self->n = weft__bytes_take(&self->stream->in, weft__stream_stock(self->stream),
                                       self->into, self->size);
            WEFT_RETURN(0);
        }
        if (self->size == 0 || self->stream->has_ended) {
            WEFT_RETURN(0);
        }
        {
            const ssize_t n = try_read(self->stream, self->into, self->size);
            if (n != -EAGAIN) {
                self->n = n > 0 ? (size_t)n : 0;
                WEFT_RETURN_STATUS(n < 0 ? n : 0);
            }
        }
        WEFT__OWN_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.readers);
        WEFT__OWN_LOOP()->awaited--;
        if (self->stream != NULL && WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    end_read(self->stream, self->has_begun);
}
WEFT_END

WEFT_ASYNC(weft_peek, self)
{
    WEFT_ASSERT(self->stream != NULL, "an open stream");
    use_to_read(&self->stream, &self->has_begun);
    self->at_least += self->at_least == 0;
    WEFT_CHECKPOINT();
    for (;;) {
        if (self->stream == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        {
            const weft__bytes *const in = &self->stream->in;
            if (in->size < self->at_least) {
                const ssize_t n = fill(self->stream);
                if (n > 0) {
                    continue;
                }
                if (n < 0 && n != -EAGAIN) {
                    WEFT_RETURN_STATUS(n);
                }
            }
            if (in->size >= self->at_least || self->stream->has_ended) {
                self->bytes = in->size > 0 ? in->at + in->first : NULL;
                self->n = in->size;
                WEFT_RETURN(0);
            }
        }
        if (self->stream->in.capacity > 0) {
            weft__bytes_rest(&self->stream->in, weft__stream_stock(self->stream));
        }
        WEFT__OWN_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.readers);
        WEFT__OWN_LOOP()->awaited--;
        if (self->stream != NULL && WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    end_read(self->stream, self->has_begun);
}
WEFT_END

void weft_consume(weft_stream *stream, size_t size)
{
    WEFT_ASSERT(size <= stream->in.size, "more than weft_peek has shown");
    weft__bytes_drop(&stream->in, weft__stream_stock(stream), size);
}

WEFT_ASYNC(weft_read_exactly, self)
{
    WEFT_ASSERT(self->stream != NULL && (self->into != NULL || self->size == 0),
                "an open stream, and room to read into");
    while (self->n < self->size) {
        WEFT_CATCH(self->read, weft_read, self->stream, (char *)self->into + self->n,
                   self->size - self->n);
        if (WEFT_STATUS() == WEFT_ECANCELED && self->n > 0 && self->read.stream != NULL) {
            /* It did not happen: what has come is kept for the next read. */
            WEFT_CHECK(weft__bytes_unread(&self->stream->in, weft__stream_stock(self->stream),
                                          self->into, self->n));
        }
        WEFT__LEAVE_IF(WEFT_STATUS() < 0);
        if (self->read.n == 0) {
            WEFT_RETURN_STATUS(WEFT_EINCOMPLETE);
        }
        self->n += self->read.n;
    }
}
WEFT_END

/* As memmem(), which takes longer to prepare than most separators to find. */
static const unsigned char *find_bytes(const unsigned char *at, size_t size, const char *wanted,
                                       size_t length)
{
    const unsigned char *const end = at + size;
    if (length > 4) {
        return memmem(at, size, wanted, length);
    }
    while ((size_t)(end - at) >= length &&
           (at = memchr(at, wanted[0], (size_t)(end - at) - length + 1)) != NULL) {
        if (memcmp(at, wanted, length) == 0) {
            return at;
        }
        at++;
    }
    return NULL;
}

/* Looks for the separator in what is buffered: where it ends, or 0. Goes on where it stopped. */
static size_t find(struct weft_read_until *self)
{
    const weft__bytes *const in = &self->stream->in;
    const size_t length = strlen(self->separator);
    if (in->size < length) {
        return 0;
    }
    const unsigned char *const start = in->at + in->first;
    const unsigned char *const found =
        find_bytes(start + self->searched, in->size - self->searched, self->separator, length);
    if (found != NULL) {
        return (size_t)(found - start) + length;
    }
    self->searched = in->size - length + 1;
    return 0;
}

static int give(struct weft_read_until *self, size_t size, int status)
{
    self->n =
        weft__bytes_take(&self->stream->in, weft__stream_stock(self->stream), self->into, size);
    self->into[self->n] = '\0';
    return status;
}

WEFT_ASYNC(weft_read_until, self)
{
    WEFT_ASSERT(self->stream != NULL && self->into != NULL && self->size > 1 &&
                    self->separator != NULL && self->separator[0] != '\0',
                "an open stream, a separator, and room to read into");
    use_to_read(&self->stream, &self->has_begun);
    WEFT_CHECKPOINT();
    for (;;) {
        if (self->stream == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        {
            const size_t end = find(self);
            if (end > 0 && end < self->size) {
                WEFT_RETURN(give(self, end, 0));
            }
            if (end > 0 || self->stream->in.size >= self->size) {
                WEFT_RETURN_STATUS(WEFT_ELIMIT);
            }
            const ssize_t n = fill(self->stream);
            if (n == 0) {
                WEFT_RETURN_STATUS(give(self, self->stream->in.size, WEFT_EINCOMPLETE));
            }
            if (n < 0 && n != -EAGAIN) {
                WEFT_RETURN_STATUS(n);
            }
            if (n > 0) {
                continue;
            }
        }
        if (self->stream->in.capacity > 0) {
            weft__bytes_rest(&self->stream->in, weft__stream_stock(self->stream));
        }
        WEFT__OWN_LOOP()->awaited++;
        WEFT_PARK(&self->stream->source.readers);
        WEFT__OWN_LOOP()->awaited--;
        if (self->stream != NULL && WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    end_read(self->stream, self->has_begun);
}
WEFT_END

WEFT_ASYNC(weft_read_line, self)
{
    WEFT_ASSERT(self->into != NULL, "room to read into");
    WEFT_CATCH(self->until, weft_read_until, self->stream, "\n", self->into, self->size);
    self->n = self->until.n;
    if (WEFT_STATUS() == WEFT_EINCOMPLETE) {
        WEFT_RETURN(0);
    }
    if (WEFT_STATUS() == WEFT_ELIMIT) {
        weft__bytes *const in = &self->stream->in;
        const unsigned char *const start = in->at + in->first;
        const unsigned char *const end = memchr(start, '\n', in->size);
        weft__bytes_drop(in, weft__stream_stock(self->stream),
                         end != NULL ? (size_t)(end - start) + 1 : in->size);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END
