/* backend_epoll.c - Linux: registered once, edge-triggered. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epoll_open(weft_loop *loop)
{
    loop->epoll.fd = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll.fd < 0 ? -errno : 0;
}

static void epoll_close(weft_loop *loop)
{
    close(loop->epoll.fd);
}

static int epoll_add(weft_loop *loop, weft_source *source)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = source};
    return epoll_ctl(loop->epoll.fd, EPOLL_CTL_ADD, source->fd, &event) < 0 ? -errno : 0;
}

/* At once, never deferred: a duplicate of the descriptor would go on reporting. */
static void epoll_remove(weft_loop *loop, weft_source *source)
{
    epoll_ctl(loop->epoll.fd, EPOLL_CTL_DEL, source->fd, NULL);
}

/* Nanoseconds where the system has them (Linux 5.11), else milliseconds, rounded up. */
static int wait_for(weft_loop *loop, struct epoll_event *events, int count, weft_time at_most)
{
    const struct timespec timeout = {.tv_sec = at_most / WEFT_S(1), .tv_nsec = at_most % WEFT_S(1)};
    const int fd = loop->epoll.fd;
    if (!loop->epoll.is_coarse) {
        const int got =
            epoll_pwait2(fd, events, count, at_most == WEFT_FOREVER ? NULL : &timeout, NULL);
        if (got >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return got;
        }
        loop->epoll.is_coarse = true;
    }
    const weft_time ms = at_most / WEFT_MS(1) + (at_most % WEFT_MS(1) != 0);
    return epoll_wait(fd, events, count,
                      at_most == WEFT_FOREVER ? -1
                      : ms > 86400000         ? 86400000
                                              : (int)ms);
}

static void epoll_wait_for(weft_loop *loop, weft_time at_most)
{
    struct epoll_event events[256];
    const int count = wait_for(loop, events, 256, at_most);
    for (int i = 0; i < count; i++) {
        const uint32_t came = events[i].events;
        const int directions = ((came & (EPOLLIN | EPOLLRDHUP)) != 0 ? WEFT_READABLE : 0) |
                               ((came & EPOLLOUT) != 0 ? WEFT_WRITABLE : 0);
        weft__source_ready(events[i].data.ptr, directions,
                           (came & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
}

static int epoll_fd(const weft_loop *loop)
{
    return loop->epoll.fd;
}

const weft_backend weft__backend_epoll = {
    "epoll", epoll_open, epoll_close, epoll_add, epoll_remove, epoll_wait_for, epoll_fd,
};
