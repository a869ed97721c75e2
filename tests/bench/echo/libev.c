/* libev.c - an echo server on libev. */
/* SPDX-License-Identifier: MIT */
/*
 * One buffer for all connections. What the system does not take is kept, and a watcher for writing
 * takes the place of that for reading until it has gone.
 */
#include "../any_port.h"

#include <errno.h>
#include <ev.h>
#include <unistd.h>

struct connection {
    ev_io readable, writable;
    char *kept;
    size_t size;
};

static char buffer[64 * 1024];

static void drop(struct ev_loop *loop, struct connection *connection)
{
    ev_io_stop(loop, &connection->readable);
    ev_io_stop(loop, &connection->writable);
    close(connection->readable.fd);
    free(connection->kept);
    free(connection);
}

/* What was sent, or -1. */
static ssize_t transmit(int fd, const char *from, size_t size)
{
    const ssize_t n = send(fd, from, size, MSG_NOSIGNAL);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

static void on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct connection *const connection = watcher->data;
    (void)events;
    const ssize_t n = transmit(watcher->fd, connection->kept, connection->size);
    if (n < 0) {
        drop(loop, connection);
        return;
    }
    connection->size -= (size_t)n;
    memmove(connection->kept, connection->kept + n, connection->size);
    if (connection->size == 0) {
        ev_io_stop(loop, &connection->writable);
        ev_io_start(loop, &connection->readable);
    }
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct connection *const connection = watcher->data;
    (void)events;
    const ssize_t n = recv(watcher->fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) {
        return;
    }
    const ssize_t sent = n > 0 ? transmit(watcher->fd, buffer, (size_t)n) : -1;
    if (sent < 0) {
        drop(loop, connection);
    } else if (sent < n) {
        connection->size = (size_t)(n - sent);
        connection->kept = realloc(connection->kept, connection->size);
        memcpy(connection->kept, buffer + sent, connection->size);
        ev_io_stop(loop, &connection->readable);
        ev_io_start(loop, &connection->writable);
    }
}

static void on_connection(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    for (int fd; (fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct connection *const connection = calloc(1, sizeof *connection);
        ev_io_init(&connection->readable, on_readable, fd, EV_READ);
        ev_io_init(&connection->writable, on_writable, fd, EV_WRITE);
        connection->readable.data = connection->writable.data = connection;
        ev_io_start(loop, &connection->readable);
    }
}

int main(int count, char **words)
{
    static const char *const cases[] = {"echo", NULL};
    (void)case_of(count, words, cases);
    struct ev_loop *const loop = ev_default_loop(0);
    ev_io listener;
    ev_io_init(&listener, on_connection, listen_on_any_port(), EV_READ);
    ev_io_start(loop, &listener);
    ev_run(loop, 0);
    return 0;
}
