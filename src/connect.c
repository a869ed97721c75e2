/* connect.c - connections made: happy eyeballs (RFC 8305) and Unix-domain. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One attempt: to one address. Descriptors are kept + 1, so that zero is none. */
struct attempt {
    WEFT_FRAME;
    struct weft_connect *connect;
    const struct addrinfo *address;
    /* private: */
    int fd;
    weft_source source;
    struct weft_wait_edge wait;
};

struct weft__attempt {
    weft_task task;
    struct attempt frame;
};

/* Begins to connect: 0, -EINPROGRESS, or what failed; the descriptor + 1 is in *ret_fd. */
static int begin(int family, const struct sockaddr *address, socklen_t size, int *ret_fd)
{
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int status;
    if (fd < 0) {
        return -errno;
    }
    *ret_fd = fd + 1;
    do {
        status = connect(fd, address, size) < 0 ? -errno : 0;
    } while (status == -EINTR);
    return status == -EALREADY ? -EINPROGRESS : status;
}

/* How a connect that was in progress ended. */
static int result(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? -errno : -error;
}

static int watch(weft_source *source, weft_loop *loop, int fd)
{
    const int status = weft_source_open(source, loop, fd);
    source->may_write = false;
    return status;
}

static void close_if_any(int *fd)
{
    if (*fd > 0) {
        close(*fd - 1);
        *fd = 0;
    }
}

static WEFT_ASYNC(attempt, self)
{
    {
        const struct addrinfo *const to = self->address;
        const int status = begin(to->ai_family, to->ai_addr, to->ai_addrlen, &self->fd);
        if (status != -EINPROGRESS) {
            WEFT_RETURN_STATUS(status);
        }
    }
    WEFT_CHECK(watch(&self->source, WEFT_LOOP(), self->fd - 1));
    WEFT_TRY(self->wait, weft_wait_edge, &self->source, WEFT_WRITABLE);
    WEFT_RETURN_STATUS(result(self->fd - 1));
WEFT_FINALLY:
    weft_source_close(&self->source);
    if (WEFT_OUTCOME() < 0) {
        self->connect->failed++;
        if (self->connect->first_failure == 0) {
            self->connect->first_failure = (int16_t)WEFT_OUTCOME();
        }
    } else if (self->connect->winner == 0) {
        self->connect->winner = self->fd;
        self->fd = 0;
    }
    close_if_any(&self->fd);
    weft_event_set(&self->connect->changed);
}
WEFT_END

/* True while it is nobody's turn: the one that was begun last may still win, or, if there are no
 * others to begin, any of them. */
static bool may_win(const struct weft_connect *self)
{
    const struct attempt *const last = &self->attempts[self->started - 1].frame;
    return self->winner == 0 && self->failed < self->started &&
           (self->started == self->count || !weft_has_ended(last));
}

WEFT_ASYNC(weft_connect, self)
{
    WEFT_ASSERT(self->into != NULL && self->host != NULL, "a place for the stream, and a host");
    WEFT_TRY(self->resolve, weft_getaddrinfo, .host = self->host, .port = self->port,
             .into = &self->addresses);
    weft_addresses_interleave(&self->addresses);
    self->count = weft_addresses_count(&self->addresses);
    self->attempts = calloc(self->count, sizeof *self->attempts);
    if (self->attempts == NULL) {
        WEFT_RETURN_STATUS(WEFT_ENOMEM);
    }
    self->attempt_delay = self->attempt_delay > 0 ? self->attempt_delay : WEFT_MS(250);
    WEFT_GROUP(self->group, .keep_going = true) {
        while (self->winner == 0 && self->started < self->count) {
            WEFT_CHECK(weft_spawn(&self->group, &self->attempts[self->started], attempt,
                                  .connect = self,
                                  .address = weft_address_at(&self->addresses, self->started)));
            self->started++;
            WEFT_MOVE_ON(self->delay,
                         self->started < self->count ? self->attempt_delay : WEFT_FOREVER) {
                while (may_win(self)) {
                    weft_event_clear(&self->changed);
                    WEFT_TRY(self->wait, weft_event_wait, &self->changed);
                }
            }
        }
        weft_group_cancel_because(&self->group, "another address was faster");
    }
    if (self->winner == 0) {
        WEFT_RETURN_STATUS(self->first_failure);
    }
    WEFT_CHECK(weft_stream_open(self->into, WEFT_LOOP(), self->winner - 1));
    weft__no_delay(self->winner - 1);
    self->winner = 0;
WEFT_FINALLY:
    close_if_any(&self->winner);
    free(self->attempts);
    weft_addresses_free(&self->addresses);
}
WEFT_END

/* EAGAIN is what a Unix-domain socket says whose backlog is full. */
WEFT_ASYNC(weft_connect_unix, self)
{
    WEFT_ASSERT(self->into != NULL && self->path != NULL, "a place for the stream, and a path");
    {
        struct sockaddr_un address;
        const int size = weft__unix_address(&address, self->path);
        const int status =
            size < 0 ? size
                     : begin(AF_UNIX, (struct sockaddr *)&address, (socklen_t)size, &self->fd);
        if (status < 0 && status != -EINPROGRESS) {
            WEFT_RETURN_STATUS(status);
        }
        if (status == 0) {
            WEFT_CHECK(weft_stream_open(self->into, WEFT_LOOP(), self->fd - 1));
            self->fd = 0;
            WEFT_RETURN(0);
        }
    }
    WEFT_CHECK(watch(&self->source, WEFT_LOOP(), self->fd - 1));
    WEFT_TRY(self->wait, weft_wait_edge, &self->source, WEFT_WRITABLE);
    weft_source_close(&self->source);
    WEFT_CHECK(result(self->fd - 1));
    WEFT_CHECK(weft_stream_open(self->into, WEFT_LOOP(), self->fd - 1));
    self->fd = 0;
WEFT_FINALLY:
    weft_source_close(&self->source);
    close_if_any(&self->fd);
}
WEFT_END
