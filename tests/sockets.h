/* sockets.h - what the suites of connections share: a listener, two ends, a clock that jumps. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_SOCKETS_H
#define WEFT_TEST_SOCKETS_H

#include "clock.h"
#include "hosted.h"
#include <weft/socket.h>

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)

static weft_listener *listener;
static weft_stream *near, *far, *untouched;
static uint16_t port;
static WEFT_TASK(weft_listen) listen_task;
static WEFT_TASK(weft_accept) accept_task;
static WEFT_TASK(weft_connect) connect_task;
static WEFT_TASK(weft_connect_unix) unix_task;

__attribute__((unused)) static void begin_listening(int n, const char *host)
{
    begin(n);
    START(&listen_task, weft_listen, &listener, host, 0);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, 0);
    port = weft_listener_port(listener);
    ck_assert_uint_ne(port, 0);
}

__attribute__((unused)) static void end_all(void)
{
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    weft_listener_close(&listener);
    end();
}

__attribute__((unused)) static void accept_far(void)
{
    START(&accept_task, weft_accept, listener, &far);
    finish(&accept_task.task);
    ck_assert_int_eq(accept_task.task.status, 0);
}

__attribute__((unused)) static int connect_near(const char *host)
{
    START(&connect_task, weft_connect, &near, host, port);
    finish(&connect_task.task);
    return connect_task.task.status;
}

__attribute__((unused)) static int connect_unix(const char *name)
{
    START(&unix_task, weft_connect_unix, &near, name);
    finish(&unix_task.task);
    return unix_task.task.status;
}

/** What one end writes arrives at the other. */
static void check_arrives_at(int fd)
{
    struct pollfd incoming = {.fd = fd, .events = POLLIN};
    char bytes[8];
    ck_assert_int_eq(weft_write_nowait(near, "ping", 4), 0);
    ck_assert_int_eq(poll(&incoming, 1, 5000), 1);
    ck_assert_int_eq(read(fd, bytes, sizeof bytes), 4);
}

__attribute__((unused)) static void check_connected(void)
{
    check_arrives_at(weft_stream_fd(far));
}

#endif
