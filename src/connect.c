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

typedef WEFT_TASK(attempt) attempt_task;

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
    if (WEFT_OUTCOME() == 0 && self->connect->winner == 0) {
        self->connect->winner = self->fd;
        self->fd = 0;
    }
    close_if_any(&self->fd);
}
WEFT_END

/* An attempt for each address, prepared, and a watch for each; NULL: no memory. */
static attempt_task *prepare_attempts(struct weft_connect *self)
{
    const size_t count = weft_addresses_count(&self->addresses);
    attempt_task *attempts;
    self->watches = calloc(count, sizeof *self->watches + sizeof *attempts);
    if (self->watches == NULL) {
        return NULL;
    }
    attempts = (attempt_task *)(void *)(self->watches + count);
    for (size_t i = 0; i < count; i++) {
        (void)weft_prepare(&attempts[i], attempt, .connect = self,
                           .address = weft_address_at(&self->addresses, i));
    }
    return attempts;
}

WEFT_ASYNC(weft_connect, self)
{
    WEFT_ASSERT(self->into != NULL && self->host != NULL, "a place for the stream, and a host");
    WEFT_TRY(self->resolve, weft_getaddrinfo, .host = self->host, .port = self->port,
             .into = &self->addresses);
    weft_addresses_interleave(&self->addresses);
    WEFT_GROUP(self->group, .keep_going = true) {
        attempt_task *const attempts = prepare_attempts(self);
        if (attempts == NULL) {
            WEFT_RETURN_STATUS(WEFT_ENOMEM);
        }
        WEFT_CATCH(
            self->race, weft_race,
            weft_watch_slots(self->watches, attempts, weft_addresses_count(&self->addresses)),
            .delay = self->attempt_delay > 0 ? self->attempt_delay : WEFT_MS(250),
            .group = &self->group);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
    WEFT_CHECK(weft__stream_adopt(self->into, WEFT_LOOP(), self->winner - 1));
    weft__no_delay(self->winner - 1);
    self->winner = 0;
WEFT_FINALLY:
    close_if_any(&self->winner);
    free(self->watches);
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
            WEFT_CHECK(weft__stream_adopt(self->into, WEFT_LOOP(), self->fd - 1));
            self->fd = 0;
            WEFT_RETURN(0);
        }
    }
    WEFT_CHECK(watch(&self->source, WEFT_LOOP(), self->fd - 1));
    WEFT_TRY(self->wait, weft_wait_edge, &self->source, WEFT_WRITABLE);
    weft_source_close(&self->source);
    WEFT_CHECK(result(self->fd - 1));
    WEFT_CHECK(weft__stream_adopt(self->into, WEFT_LOOP(), self->fd - 1));
    self->fd = 0;
WEFT_FINALLY:
    weft_source_close(&self->source);
    close_if_any(&self->fd);
}
WEFT_END
