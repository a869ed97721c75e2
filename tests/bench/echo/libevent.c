/* libevent.c - echo servers on libevent. */
/* SPDX-License-Identifier: MIT */
/*
 * echo         by bufferevents, as its book recommends: the input is moved to the output
 * echo:events  by bare events, one buffer for all connections
 */
#include "../any_port.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <unistd.h>

static struct event_base *base;
static int is_bare;

/* --- by bufferevents -------------------------------------------------------------------------- */

static void on_read(struct bufferevent *connection, void *unused)
{
    (void)unused;
    evbuffer_add_buffer(bufferevent_get_output(connection), bufferevent_get_input(connection));
}

static void on_event(struct bufferevent *connection, short events, void *unused)
{
    (void)unused;
    if ((events & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0) {
        bufferevent_free(connection);
    }
}

/* --- by bare events --------------------------------------------------------------------------- */

struct connection {
    struct event *readable, *writable;
    char *kept;
    size_t size;
};

static char buffer[64 * 1024];

static void drop(struct connection *connection)
{
    const int fd = event_get_fd(connection->readable);
    event_free(connection->readable);
    event_free(connection->writable);
    close(fd);
    free(connection->kept);
    free(connection);
}

static ssize_t transmit(int fd, const char *from, size_t size)
{
    const ssize_t n = send(fd, from, size, MSG_NOSIGNAL);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

static void on_writable(int fd, short events, void *pointer)
{
    struct connection *const connection = pointer;
    (void)events;
    const ssize_t n = transmit(fd, connection->kept, connection->size);
    if (n < 0) {
        drop(connection);
        return;
    }
    connection->size -= (size_t)n;
    memmove(connection->kept, connection->kept + n, connection->size);
    if (connection->size == 0) {
        event_del(connection->writable);
        event_add(connection->readable, NULL);
    }
}

static void on_readable(int fd, short events, void *pointer)
{
    struct connection *const connection = pointer;
    (void)events;
    const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) {
        return;
    }
    const ssize_t sent = n > 0 ? transmit(fd, buffer, (size_t)n) : -1;
    if (sent < 0) {
        drop(connection);
    } else if (sent < n) {
        connection->size = (size_t)(n - sent);
        connection->kept = realloc(connection->kept, connection->size);
        memcpy(connection->kept, buffer + sent, connection->size);
        event_del(connection->readable);
        event_add(connection->writable, NULL);
    }
}

/* --- both ------------------------------------------------------------------------------------- */

static void on_connection(struct evconnlistener *listener, int fd, struct sockaddr *address,
                          int size, void *unused)
{
    (void)listener, (void)address, (void)size, (void)unused;
    if (is_bare) {
        struct connection *const connection = calloc(1, sizeof *connection);
        connection->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, connection);
        connection->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, connection);
        event_add(connection->readable, NULL);
    } else {
        struct bufferevent *const connection =
            bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(connection, on_read, NULL, on_event, NULL);
        bufferevent_enable(connection, EV_READ | EV_WRITE);
    }
}

int main(int count, char **words)
{
    static const char *const cases[] = {"echo", "echo:events", NULL};
    is_bare = case_of(count, words, cases);
    base = event_base_new();
    if (evconnlistener_new(base, on_connection, NULL, LEV_OPT_CLOSE_ON_EXEC, 0,
                           listen_on_any_port()) == NULL) {
        return 1;
    }
    return event_base_dispatch(base);
}
