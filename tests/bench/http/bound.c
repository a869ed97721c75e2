/* bound.c - the lower bound: an HTTP responder by hand, on epoll. */
/* SPDX-License-Identifier: MIT */
/*
 * It looks for the end of each head and at the path, and knows both answers by heart: they are composed
 * once a second, for the date in them. Of the fields of a request it reads none. What a connection has
 * left over waits in memory of its own.
 */
#include "../any_port.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { FILE_SIZE = 16384 };

struct connection {
    int fd;
    char *kept; /* the begin of a head, or what the system has not taken of an answer */
    size_t size;
    bool is_answer;
};

static int epoll;
static char file[FILE_SIZE];
static char hello[] = "Hello, world\n";

static bool keep(struct connection *connection, const char *from, size_t size)
{
    char *const kept = realloc(connection->kept, connection->size + size);
    if (kept == NULL) {
        return false;
    }
    memcpy(kept + connection->size, from, size);
    connection->kept = kept;
    connection->size += size;
    return true;
}

static void wait_for(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    connection->is_answer = events == EPOLLOUT;
    epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

/* Composed once a second: the date is in it. */
static const char *compose(bool is_file, size_t *ret_size)
{
    static char answers[2][256 + FILE_SIZE];
    static size_t sizes[2];
    static time_t composed[2];
    const time_t now = time(NULL);
    char *const answer = answers[is_file];
    if (now != composed[is_file]) {
        const size_t size = is_file ? sizeof file : sizeof hello - 1;
        char date[64];
        struct tm parts;
        gmtime_r(&now, &parts);
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        const int head = snprintf(answer, 256,
                                  "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: %s\r\n"
                                  "Content-Length: %zu\r\n\r\n",
                                  date, is_file ? "application/octet-stream" : "text/plain", size);
        memcpy(answer + head, is_file ? file : hello, size);
        sizes[is_file] = (size_t)head + size;
        composed[is_file] = now;
    }
    *ret_size = sizes[is_file];
    return answer;
}

static bool answer(struct connection *connection, bool is_file)
{
    size_t size;
    const char *const bytes = compose(is_file, &size);
    const ssize_t n = send(connection->fd, bytes, size, MSG_NOSIGNAL);
    const size_t sent = n < 0 ? 0 : (size_t)n;
    if (n < 0 && errno != EAGAIN) {
        return false;
    }
    if (sent < size) {
        wait_for(connection, EPOLLOUT);
        return keep(connection, bytes + sent, size - sent);
    }
    return true;
}

static bool receive(struct connection *connection)
{
    static char buffer[16384];
    const size_t before = connection->size;
    if (before > sizeof buffer / 2) {
        return false; /* what a head! */
    }
    if (before > 0) {
        memcpy(buffer, connection->kept, before);
        connection->size = 0;
    }
    const ssize_t n = recv(connection->fd, buffer + before, sizeof buffer - before, 0);
    if (n <= 0) {
        return n < 0 && errno == EAGAIN;
    }
    const char *at = buffer, *const end = buffer + before + n;
    for (const char *ends;
         (ends = memmem(at, (size_t)(end - at), "\r\n\r\n", 4)) != NULL && !connection->is_answer;
         at = ends + 4) {
        const bool is_hello = strncmp(at, "GET /hello.txt", 14) == 0;
        if (!is_hello && strncmp(at, "GET /file", 9) != 0) {
            return false;
        }
        if (!answer(connection, !is_hello)) {
            return false;
        }
    }
    return at == end || (!connection->is_answer && keep(connection, at, (size_t)(end - at)));
}

static bool go_on(struct connection *connection)
{
    const ssize_t n = send(connection->fd, connection->kept, connection->size, MSG_NOSIGNAL);
    if (n < 0) {
        return errno == EAGAIN;
    }
    connection->size -= (size_t)n;
    memmove(connection->kept, connection->kept + n, connection->size);
    if (connection->size == 0) {
        wait_for(connection, EPOLLIN);
    }
    return true;
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

int main(int count, char **words)
{
    static const char *const cases[] = {"http", NULL};
    (void)case_of(count, words, cases);
    const int listener = listen_on_any_port();
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.ptr = NULL};
    memset(file, 'x', sizeof file);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        const int came = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < came; i++) {
            struct connection *const connection = events[i].data.ptr;
            if (connection == NULL) {
                accept_all(listener);
            } else if (!(connection->is_answer ? go_on(connection) : receive(connection))) {
                close(connection->fd);
                free(connection->kept);
                free(connection);
            }
        }
    }
}
