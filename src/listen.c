/* listen.c - listeners: opened, accepted from, closed. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <weft/socket.h>

struct weft_listener {
    weft_source source;
    size_t users; /* frames that accept: the last of them frees it, once it is closed */
    char *path;   /* of a Unix-domain socket, and which file it was */
    dev_t device;
    ino_t inode;
};

void weft__no_delay(int fd)
{
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on what is not TCP: fine */
}

int weft_listener_open(weft_loop *loop, weft_listener **ret_listener, int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        return -errno;
    }
    weft_listener *const listener = calloc(1, sizeof *listener);
    if (listener == NULL) {
        return WEFT_ENOMEM;
    }
    const int status = weft_source_open(&listener->source, loop, fd);
    if (status < 0) {
        free(listener);
        return status;
    }
    weft__no_delay(fd); /* what is accepted inherits it */
    *ret_listener = listener;
    return 0;
}

/* Removes the socket's file, unless another has taken its name. */
static void remove_file(const weft_listener *listener)
{
    struct stat now;
    if (listener->path != NULL && lstat(listener->path, &now) == 0 &&
        now.st_dev == listener->device && now.st_ino == listener->inode) {
        unlink(listener->path);
    }
}

weft_listener *weft__listener_hold(weft_listener *listener)
{
    listener->users++;
    return listener;
}

void weft__listener_leave(weft_listener *listener)
{
    if (listener != NULL && --listener->users == 0 && listener->source.loop == NULL) {
        free(listener->path);
        free(listener);
    }
}

void weft_listener_close(weft_listener **place)
{
    weft_listener *const listener = *place;
    if (listener == NULL) {
        return;
    }
    *place = NULL;
    const int fd = listener->source.fd;
    const bool is_ours = listener->source.loop == NULL || !weft__is_forked(listener->source.loop);
    weft_source_close(&listener->source); /* wakes who accepts */
    if (is_ours) {
        remove_file(listener);
    }
    close(fd); /* behind it another may take the name, and even get the number of the file */
    listener->users++;
    weft__listener_leave(listener);
}

int weft_listener_fd(const weft_listener *listener)
{
    return listener->source.fd;
}

uint16_t weft_listener_port(const weft_listener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t size = sizeof address;
    getsockname(listener->source.fd, &address.any, &size);
    return ntohs(address.any.sa_family == AF_INET    ? address.v4.sin_port
                 : address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                     : 0);
}

/* --- bound ------------------------------------------------------------------------------------ */

/* Closes a socket that was bound in vain. Its file goes first: see weft_listener_close(). */
static void close_bound(int fd, const struct sockaddr *address)
{
    const struct sockaddr_un *const local = (const void *)address;
    if (address->sa_family == AF_UNIX && local->sun_path[0] != '\0') {
        unlink(local->sun_path);
    }
    close(fd);
}

/* How a socket listens. */
struct manner {
    int backlog;     /* 0: the most that the system allows */
    bool dual;       /* an address of IPv6 stands for those of IPv4, too */
    bool reuse_port; /* others may have the same port */
};

/* A socket that is bound and listens: its descriptor, or -errno. */
static int bind_and_listen(const struct sockaddr *address, socklen_t size, struct manner manner)
{
    const int on = 1, off = 0;
    const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    if (address->sa_family != AF_UNIX) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (address->sa_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, manner.dual ? &off : &on, sizeof on);
    }
    if ((manner.reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        bind(fd, address, size) < 0) {
        const int status = -errno;
        close(fd);
        return status;
    }
    if (listen(fd, manner.backlog > 0 ? manner.backlog : SOMAXCONN) < 0) {
        const int status = -errno;
        close_bound(fd, address);
        return status;
    }
    return fd;
}

static int bind_any(uint16_t port, struct manner manner)
{
    const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    manner.dual = true;
    const int fd = bind_and_listen((const struct sockaddr *)&v6, sizeof v6, manner);
    return fd != -EAFNOSUPPORT && fd != -EADDRNOTAVAIL
               ? fd
               : bind_and_listen((const struct sockaddr *)&v4, sizeof v4, manner);
}

static int own(weft_loop *loop, weft_listener **ret_listener, int fd)
{
    const int status = fd < 0 ? fd : weft_listener_open(loop, ret_listener, fd);
    if (status < 0 && fd >= 0) {
        close(fd);
    }
    return status;
}

static struct manner manner_of(const struct weft_listen *self)
{
    return (struct manner){.backlog = self->backlog, .reuse_port = self->reuse_port};
}

WEFT_ASYNC(weft_listen, self)
{
    WEFT_ASSERT(self->into != NULL, "a place for the listener");
    if (self->host == NULL) {
        WEFT_RETURN_STATUS(own(WEFT_LOOP(), self->into, bind_any(self->port, manner_of(self))));
    }
    WEFT_TRY(self->resolve, weft_getaddrinfo, .host = self->host, .port = self->port,
             .into = &self->addresses);
    WEFT_RETURN_STATUS(
        own(WEFT_LOOP(), self->into,
            bind_and_listen(weft_address_at(&self->addresses, 0)->ai_addr,
                            weft_address_at(&self->addresses, 0)->ai_addrlen, manner_of(self))));
WEFT_FINALLY:
    weft_addresses_free(&self->addresses);
}
WEFT_END

/* --- Unix-domain ------------------------------------------------------------------------------ */

/* A path, or with a leading '@' an abstract name: its size, or -ENAMETOOLONG. */
int weft__unix_address(struct sockaddr_un *address, const char *path)
{
    const size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) {
        return length == 0 ? -EINVAL : -ENAMETOOLONG;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, path, length);
    if (path[0] == '@') {
        address->sun_path[0] = '\0';
        return (int)(offsetof(struct sockaddr_un, sun_path) + length);
    }
    return (int)sizeof *address;
}

/* True for a socket file on which nobody listens any more. */
static bool is_stale(const struct sockaddr_un *address, int size)
{
    struct stat file;
    bool stale = false;
    if (address->sun_path[0] == '\0' || lstat(address->sun_path, &file) < 0 ||
        !S_ISSOCK(file.st_mode)) {
        return false;
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        stale = connect(fd, (const struct sockaddr *)address, (socklen_t)size) < 0 &&
                errno == ECONNREFUSED;
        close(fd);
    }
    return stale;
}

/* Which file is to be removed in the end: 0, or WEFT_ENOMEM. */
static int remember_file(weft_listener *listener, const char *path)
{
    struct stat file;
    if (path[0] == '@' || lstat(path, &file) < 0) {
        return 0;
    }
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    listener->path = strdup(path);
    return listener->path != NULL ? 0 : WEFT_ENOMEM;
}

int weft_listen_unix(weft_loop *loop, weft_listener **ret_listener, const char *path)
{
    struct sockaddr_un address;
    const struct sockaddr *const name = (const struct sockaddr *)&address;
    weft_listener *listener = NULL;
    const int size = weft__unix_address(&address, path);
    if (size < 0) {
        return size;
    }
    if (is_stale(&address, size)) {
        unlink(path);
    }
    const int fd = bind_and_listen(name, (socklen_t)size, (struct manner){.backlog = 0});
    int status = fd < 0 ? fd : weft_listener_open(loop, &listener, fd);
    if (status < 0) {
        if (fd >= 0) {
            close_bound(fd, name);
        }
        return status;
    }
    status = remember_file(listener, path);
    if (status < 0) {
        unlink(path);
        weft_listener_close(&listener);
        return status;
    }
    *ret_listener = listener;
    return 0;
}

/* --- accepted --------------------------------------------------------------------------------- */

/* The connection was given up before it was accepted, or had an error of its own: see accept(2). */
static bool is_of_connection(int error)
{
    return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == ENOPROTOOPT ||
           error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH || error == ENETUNREACH ||
           error == EPERM;
}

/* A connection's descriptor, -EAGAIN, or what the system says. */
static int try_accept(weft_listener *listener)
{
    int fd;
    if (!listener->source.may_read) {
        return -EAGAIN;
    }
    do {
        fd = accept4(listener->source.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && (errno == EINTR || is_of_connection(errno)));
    if (fd < 0 && errno == EAGAIN) {
        listener->source.may_read = false;
    }
    return fd < 0 ? -errno : fd;
}

/* 0, -EAGAIN, or a failure. */
static int accept_stream(weft_listener *listener, weft_loop *loop, weft_stream **into)
{
    const int fd = try_accept(listener);
    if (fd < 0) {
        return fd;
    }
    const int status = weft__stream_adopt(into, loop, fd);
    if (status < 0) {
        close(fd);
    }
    return status;
}

WEFT_ASYNC(weft_accept, self)
{
    WEFT_ASSERT(self->listener != NULL && self->into != NULL, "a listener, and a place");
    self->held = weft__listener_hold(self->listener);
    WEFT_CHECKPOINT();
    for (;;) {
        if (self->listener->source.loop == NULL) {
            WEFT_RETURN_STATUS(WEFT_ECLOSED);
        }
        {
            const int status = accept_stream(self->listener, WEFT_LOOP(), self->into);
            if (status != -EAGAIN) {
                WEFT_RETURN_STATUS(status);
            }
        }
        WEFT_LOOP()->awaited++;
        WEFT_PARK(&self->listener->source.readers);
        WEFT_LOOP()->awaited--;
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
WEFT_FINALLY:
    weft__listener_leave(self->held);
}
WEFT_END
