/* source.h - a descriptor that the loop watches. */
/* SPDX-License-Identifier: MIT */
/*
 * For descriptors of your own; streams, listeners and adapters stand on it.
 *
 *     WEFT_CHECK(weft_source_open(&self->source, WEFT_LOOP(), fd));
 *     WEFT_TRY(self->wait, weft_wait_readable, &self->source);
 *
 * A descriptor is registered once, for both directions and edge-triggered where the back end can.
 * The source remembers what came: `may_read` and `may_write` say that the next try may succeed. Who
 * works so tries first, clears the mark when the system says EAGAIN, and waits only then:
 *
 *     while ((n = read(fd, into, size)) < 0 && errno == EAGAIN) {
 *         source->may_read = false;
 *         WEFT_TRY(self->wait, weft_wait_edge, source, WEFT_READABLE);
 *     }
 *
 * Close the source before the descriptor: who still waits is told WEFT_ECLOSED, and a later
 * descriptor with the same number is another source.
 */
#ifndef WEFT_SOURCE_H
#define WEFT_SOURCE_H

#include <weft/loop.h>

enum { WEFT_READABLE = 1, WEFT_WRITABLE = 2 };

/** A watched descriptor. Zeroed: closed. It must stay where it is while it is open. */
typedef struct weft_source {
    int fd;
    bool may_read, may_write; /* marks: set by events, cleared by whoever got EAGAIN */
    bool hung_up;             /* the other side has gone, or an error is to be read */
    /* private: */
    weft_loop *loop; /* NULL: closed */
    weft_link readers, writers;
    weft_link cases; /* of selects, for both directions */
    weft_link link;
    weft_handle *on_readable, *on_writable;
    bool is_awaited;  /* by the loop itself */
    bool is_flushing; /* writes by itself when it may */
    weft_link turn;   /* in a list of the loop's: to be flushed when the turn ends */
    void (*flush)(struct weft_source *source);
} weft_source;

/** Waits until a read will not block; looks at the descriptor first. 0, WEFT_ECLOSED, -errno. */
struct weft_wait_readable {
    WEFT_FRAME;
    weft_source *source;
};

/** Waits until a write will not block; looks at the descriptor first. 0, WEFT_ECLOSED, -errno. */
struct weft_wait_writable {
    WEFT_FRAME;
    weft_source *source;
};

/** Waits until the mark of one direction is set; at once if it is. 0, WEFT_ECLOSED. */
struct weft_wait_edge {
    WEFT_FRAME;
    weft_source *source;
    int direction; /* WEFT_READABLE or WEFT_WRITABLE */
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_wait_readable);
WEFT_API WEFT_DECLARE(weft_wait_writable);
WEFT_API WEFT_DECLARE(weft_wait_edge);

/**
 * Begins to watch a descriptor, which must be non-blocking; it stays the caller's.
 *
 * @return 0; -EPERM: a regular file, which is always ready; -EBADF; -ENOMEM and what else the
 *         system says. Context: loop.
 */
WEFT_API int weft_source_open(weft_source *source, weft_loop *loop, int fd);

/** Stops watching; who waits is woken with WEFT_ECLOSED. Accepts a closed one. Context: loop. */
WEFT_API void weft_source_close(weft_source *source);

/**
 * asyncio's add_reader: calls `call(argument)` from the loop whenever the descriptor is readable,
 * until weft_remove_reader(). One reader a source; a second replaces the first.
 */
WEFT_API void weft_add_reader(weft_source *source, weft_handle *handle, void (*call)(void *),
                              void *argument);
WEFT_API void weft_add_writer(weft_source *source, weft_handle *handle, void (*call)(void *),
                              void *argument);

/** @return true if there was one. */
WEFT_API bool weft_remove_reader(weft_source *source);
WEFT_API bool weft_remove_writer(weft_source *source);

WEFT__END_C

#endif
