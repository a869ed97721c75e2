/* stream.h - bytes in order, both ways: TCP and Unix-domain connections. */
/* SPDX-License-Identifier: MIT */
/*
 *     struct echo { WEFT_FRAME; weft_stream *stream; char bytes[4096];
 *                   union { struct weft_read read; struct weft_write write; struct weft_close close; }; };
 *
 *     static WEFT_ASYNC(echo, self)
 *     {
 *         for (;;) {
 *             WEFT_TRY(self->read, weft_read, self->stream, self->bytes, sizeof self->bytes);
 *             if (self->read.n == 0) {
 *                 WEFT_RETURN(0);                          // the other side has ended
 *             }
 *             WEFT_TRY(self->write, weft_write, self->stream, self->bytes, self->read.n);
 *         }
 *     WEFT_FINALLY:
 *         WEFT_AWAIT(self->close, weft_close, &self->stream);
 *     }
 *     WEFT_END
 *
 * A call tries first, and waits only if the system says that it would block. A stream that is NULL
 * is closed: weft_close accepts it. One task may read and another write; two readers at once stop.
 * Closing a stream wakes who reads or writes it with WEFT_ECLOSED.
 *
 * Cancelled: a read that ends with WEFT_ECANCELED has taken nothing from the stream (what had come
 * is kept for the next); a write tells in `n` how much of it has gone.
 *
 * `n` is a result in the frame of the call: take it before the next call in the same union.
 *
 * weft_write waits until the system has taken everything, so memory is bounded by itself. Who must
 * not wait writes with weft_write_nowait(), which buffers, and then awaits weft_drain, which lets it
 * go on when no more than the low water mark is left. Who writes many small pieces turns on
 * weft_stream_set_coalesce(); who has many connections reads by weft_peek, without buffers of its own.
 */
#ifndef WEFT_STREAM_H
#define WEFT_STREAM_H

#include <sys/uio.h>
#include <weft/source.h>

/** An open stream. Opaque; made by weft_connect, weft_accept or weft_stream_open(). */
typedef struct weft_stream weft_stream;

/** Reads at least one byte and at most `size`. 0; n == 0: the end; -errno. */
struct weft_read {
    WEFT_FRAME;
    weft_stream *stream;
    void *into;
    size_t size;
    size_t n; /* out: how many */
    /* private: */
    bool has_begun;
};

/**
 * Shows what has come, at least one byte, without taking it and without a buffer of the caller's.
 *
 *     WEFT_TRY(self->peek, weft_peek, self->stream);
 *     used = parse(self->peek.bytes, self->peek.n);
 *     weft_consume(self->stream, used);
 *
 * The bytes lie in memory of the loop's, which the stream has only while something is in it: idle
 * connections have none. They stay there until the next call that reads this stream, consumes of it
 * or closes it; meanwhile they may be written, to the same stream, too.
 *
 * Status: 0; WEFT_ENOMEM; -errno. `n` less than `at_least`: the end has come, and that is all.
 */
struct weft_peek {
    WEFT_FRAME;
    weft_stream *stream;
    size_t at_least;            /* wait for so many; default: 1 */
    const unsigned char *bytes; /* out */
    size_t n;                   /* out: how many there are */
    /* private: */
    bool has_begun;
};

/** Reads exactly `size` bytes. WEFT_EINCOMPLETE: the end came before; `n` tells how many came. */
struct weft_read_exactly {
    WEFT_FRAME;
    weft_stream *stream;
    void *into;
    size_t size;
    size_t n; /* out */
    /* private: */
    struct weft_read read;
};

/**
 * Reads up to and with a separator, and puts a zero behind it, which `n` does not count.
 *
 * WEFT_EINCOMPLETE: the end came before; `n` bytes of it are there. WEFT_ELIMIT: no separator
 * within `size` - 1 bytes; what has come stays in the stream.
 */
struct weft_read_until {
    WEFT_FRAME;
    weft_stream *stream;
    const char *separator;
    char *into;
    size_t size;
    size_t n; /* out */
    /* private: */
    size_t searched;
    bool has_begun;
};

/**
 * Reads a line with its '\n', and a zero behind it. n == 0: the end; a last line may lack its '\n'.
 * WEFT_ELIMIT: it is longer than `size` - 1: what has come of it is dropped.
 */
struct weft_read_line {
    WEFT_FRAME;
    weft_stream *stream;
    char *into;
    size_t size;
    size_t n; /* out */
    /* private: */
    struct weft_read_until until;
};

/** Writes everything. -EPIPE, -ECONNRESET, …; `n` tells how much has gone. */
struct weft_write {
    WEFT_FRAME;
    weft_stream *stream;
    const void *from;
    size_t size;
    size_t n; /* out */
    /* private: */
    bool has_begun;
};

/** Writes several pieces as one: `n` tells how many bytes have gone. The array is not changed. */
struct weft_writev {
    WEFT_FRAME;
    weft_stream *stream;
    const struct iovec *pieces; /* until the await has ended */
    size_t count;
    size_t n; /* out */
    /* private: */
    size_t piece, offset;
    bool has_begun;
};

/** Waits until at most the low water mark is buffered, if more than the high one is. */
struct weft_drain {
    WEFT_FRAME;
    weft_stream *stream;
    /* private: */
    size_t down_to;
    bool waits_for_all;
    int16_t status;
};

/**
 * Writes what is buffered now, and waits until the system has all of it.
 *
 * Status: 0, or what writing failed with: now, or before when nobody was told.
 */
struct weft_flush {
    WEFT_FRAME;
    weft_stream *stream;
    /* private: */
    struct weft_drain drain;
};

/** Says that nothing more will be written (half-close), after what is buffered. Reading goes on. */
struct weft_shutdown {
    WEFT_FRAME;
    weft_stream *stream;
    /* private: */
    struct weft_drain drain;
    bool has_begun;
};

/**
 * Closes a stream, after what is buffered has gone, and sets the pointer to NULL; accepts NULL. It
 * always closes: cancelled, it skips what is buffered and tells WEFT_ECANCELED.
 */
struct weft_close {
    WEFT_FRAME;
    weft_stream **stream;
    /* private: */
    weft_stream *taken;
    struct weft_drain drain;
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_read);
WEFT_API WEFT_DECLARE(weft_peek);
WEFT_API WEFT_DECLARE(weft_read_exactly);
WEFT_API WEFT_DECLARE(weft_read_until);
WEFT_API WEFT_DECLARE(weft_read_line);
WEFT_API WEFT_DECLARE(weft_write);
WEFT_API WEFT_DECLARE(weft_writev);
WEFT_API WEFT_DECLARE(weft_drain);
WEFT_API WEFT_DECLARE(weft_flush);
WEFT_API WEFT_DECLARE(weft_shutdown);
WEFT_API WEFT_DECLARE(weft_close);

/**
 * Makes a stream of a connected socket, which becomes non-blocking and the stream's.
 *
 * @return 0, WEFT_ENOMEM or -errno; then the descriptor is still the caller's. Context: loop.
 */
WEFT_API int weft_stream_open(weft_stream **ret_stream, weft_loop *loop, int fd);

/** Closes at once, dropping what is buffered, and sets the pointer to NULL. Accepts NULL. */
WEFT_API void weft_stream_abort(weft_stream **stream);

/**
 * Writes without waiting: at once what the system takes, and buffers the rest.
 *
 * @return 0; WEFT_ENOMEM: nothing was taken; -errno: the stream is broken; WEFT_ECLOSED: its loop was
 *         closed.
 */
WEFT_API int weft_write_nowait(weft_stream *stream, const void *from, size_t size);

/** Takes bytes that weft_peek has shown, the first `size` of them. No task may be reading. */
WEFT_API void weft_consume(weft_stream *stream, size_t size);

/**
 * Whether small writes are gathered, and go out together when the turn ends: when all tasks that are
 * ready have had their turn, before the loop looks for events. Many small messages then cost one system
 * call. Off by default.
 *
 * Meanwhile a write of up to 4 KiB copies, and succeeds, as long as no more than the high water mark is
 * buffered; then it waits. Larger ones go at once, together with what was gathered. What fails behind
 * its back the next write, weft_flush, weft_drain or weft_close tells. Turned off, what was gathered
 * goes when this turn ends all the same; weft_flush does not wait for that.
 */
WEFT_API void weft_stream_set_coalesce(weft_stream *stream, bool coalesces);

/** How many bytes are buffered for writing. */
WEFT_API size_t weft_stream_buffered(const weft_stream *stream);

/** When weft_drain waits, and until when. Default: 64 KiB and a quarter of the high one. */
WEFT_API void weft_stream_set_water(weft_stream *stream, size_t high_bytes, size_t low_bytes);

/** The descriptor, for getpeername() and setsockopt(); the stream keeps it. */
WEFT_API int weft_stream_fd(const weft_stream *stream);

WEFT__END_C

#endif
