/* pair.h - two streams that are the ends of one connection, both in the loop. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_PAIR_H
#define WEFT_TEST_PAIR_H

#include "hosted.h"
#include <netinet/in.h>
#include <weft/stream.h>

static weft_stream *near, *far;
static char bytes[256];

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)

static inline void open_both(const int fds[2])
{
    ck_assert_int_eq(weft_stream_open(&near, loop, fds[0]), 0);
    ck_assert_int_eq(weft_stream_open(&far, loop, fds[1]), 0);
}

static inline void begin_pair(int n)
{
    int fds[2];
    begin(n);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_both(fds);
}

static inline void begin_tcp(int n)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fds[2];
    begin(n);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fds[0], (struct sockaddr *)&address, size), 0);
    fds[1] = accept(listener, NULL, NULL);
    close(listener);
    open_both(fds);
}

static inline void end_pair(void)
{
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    end();
}

/* What the other side sends, at once. */
static inline void send_far(const char *text)
{
    ck_assert_int_eq(weft_write_nowait(far, text, strlen(text)), 0);
    ck_assert_uint_eq(weft_stream_buffered(far), 0);
}

/* All that has come there. */
static inline const char *receive_far(void)
{
    static char text[256];
    const ssize_t n = read(weft_stream_fd(far), text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* So much that the system takes no more: how many bytes. */
static inline size_t fill(int fd)
{
    static const char zeros[4096];
    size_t size = 0;
    ssize_t n;
    while ((n = write(fd, zeros, sizeof zeros)) > 0) {
        size += (size_t)n;
    }
    return size;
}

static inline void skip(int fd, size_t size)
{
    char zeros[4096];
    while (size > 0) {
        const ssize_t n = read(fd, zeros, size < sizeof zeros ? size : sizeof zeros);
        ck_assert_int_gt(n, 0);
        size -= (size_t)n;
    }
}

/** A callback. */
static inline void abort_near(void *unused)
{
    (void)unused;
    weft_stream_abort(&near);
    say("aborted ");
}

#endif
