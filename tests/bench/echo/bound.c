/* bound.c - the lower bound: an echo server by hand, on epoll. */
/* SPDX-License-Identifier: MIT */
/*
 * echo                 sends the bytes as they came
 * messages             looks at each message (its first two bytes are its size), copies it, and sends
 *                      in one call all that came at once
 * messages:one_by_one  the same, with a call for each message
 *
 * loops N              echo, by N threads, each with a socket of its own on one port
 *
 * One buffer for all connections; what the system does not take is kept for each, and waits.
 */
#include "../any_port.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };
enum { BYTES, MESSAGES, ONE_BY_ONE };

struct connection {
    int fd;
    char *kept; /* not sent yet, or of a message that is not whole yet */
    size_t size;
};

static int kind;
static __thread int epoll; /* of this loop */

static void drop(struct connection *connection)
{
    close(connection->fd);
    free(connection->kept);
    free(connection);
}

static void wait_for(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static bool keep(struct connection *connection, const char *from, size_t size)
{
    connection->kept = malloc(size);
    if (connection->kept == NULL) {
        return false;
    }
    memcpy(connection->kept, from, size);
    connection->size = size;
    return true;
}

/* Sends, and keeps what is left: false if the connection is broken. */
static bool transmit(struct connection *connection, const char *from, size_t size)
{
    const ssize_t n = send(connection->fd, from, size, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        return false;
    }
    const size_t sent = n < 0 ? 0 : (size_t)n;
    if (sent < size) {
        wait_for(connection, EPOLLOUT);
        return keep(connection, from + sent, size - sent);
    }
    return true;
}

static size_t message_size(const char *at)
{
    return (size_t)(uint8_t)at[0] | (size_t)(uint8_t)at[1] << 8;
}

/* Looks at each message that is whole; what follows them is kept. */
static bool transmit_messages(struct connection *connection, const char *from, size_t size)
{
    static __thread char out[BUFFER];
    size_t at = 0, filled = 0;
    while (size - at >= 2 && size - at >= message_size(from + at)) {
        const size_t of_this = message_size(from + at);
        if (of_this < 2) {
            return false;
        }
        memcpy(out + filled, from + at, of_this);
        filled += of_this;
        at += of_this;
        if (kind == ONE_BY_ONE) {
            if (!transmit(connection, out, filled) || connection->kept != NULL) {
                return false; /* a bound may give up: its clients read */
            }
            filled = 0;
        }
    }
    if (filled > 0 && (!transmit(connection, out, filled) || connection->kept != NULL)) {
        return false;
    }
    return at == size || keep(connection, from + at, size - at);
}

static bool receive(struct connection *connection)
{
    static __thread char buffer[BUFFER];
    const size_t before = connection->size;
    if (before > 0) {
        memcpy(buffer, connection->kept, before);
        free(connection->kept);
        connection->kept = NULL;
        connection->size = 0;
    }
    const ssize_t n = recv(connection->fd, buffer + before, sizeof buffer - before, 0);
    if (n < 0 && errno == EAGAIN) {
        return before == 0 || keep(connection, buffer, before);
    }
    if (n <= 0) {
        return false;
    }
    return kind == BYTES ? transmit(connection, buffer, (size_t)n)
                         : transmit_messages(connection, buffer, before + (size_t)n);
}

/* The rest goes; then reading goes on. */
static bool go_on(struct connection *connection)
{
    char *const kept = connection->kept;
    const size_t size = connection->size;
    connection->kept = NULL;
    connection->size = 0;
    const bool is_open = transmit(connection, kept, size);
    free(kept);
    if (is_open && connection->kept == NULL) {
        wait_for(connection, EPOLLIN);
    }
    return is_open;
}

static void accept_all(int listener)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct connection *const connection = calloc(1, sizeof *connection);
        if (connection == NULL) {
            abort();
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        connection->fd = fd;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void *run(void *listener_of_it)
{
    const int listener = *(int *)listener_of_it;
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        const int came = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < came; i++) {
            struct connection *const connection = events[i].data.ptr;
            if (connection == NULL) {
                accept_all(listener);
            } else if (!((events[i].events & EPOLLOUT) != 0 ? go_on(connection)
                                                            : receive(connection))) {
                drop(connection);
            }
        }
    }
    return NULL;
}

int main(int count, char **words)
{
    enum { LOOPS = ONE_BY_ONE + 1, LOOPS_MOST = 16 };
    static const char *const cases[] = {"echo", "messages", "messages:one_by_one", "loops", NULL};
    int listeners[LOOPS_MOST];
    kind = case_of(count, words, cases);
    const int loops = kind == LOOPS && count > 2 ? atoi(words[2]) : 1;
    kind = kind == LOOPS ? BYTES : kind;
    listeners[0] = listen_on(0, loops > 1);
    for (int i = 1; i < loops && i < LOOPS_MOST; i++) {
        pthread_t thread;
        listeners[i] = listen_on(port_of(listeners[0]), 1);
        pthread_create(&thread, NULL, run, &listeners[i]);
    }
    print_port(listeners[0]);
    run(&listeners[0]);
}
