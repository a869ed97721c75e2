/* backend_poll.c - POSIX: poll(2), asked anew at each wait. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static int poll_open(weft_loop *loop)
{
    loop->poll.fds = NULL;
    loop->poll.sources = NULL;
    loop->poll.capacity = 0;
    return 0;
}

static void poll_close(weft_loop *loop)
{
    free(loop->poll.fds);
    free(loop->poll.sources);
}

/* As epoll has it: a descriptor once, and no files, which are always ready. */
static int check(const weft_loop *loop, int fd, size_t *ret_count)
{
    struct stat file;
    size_t count = 0;
    for (weft_link *link = loop->sources.next; link != &loop->sources; link = link->next) {
        if (WEFT_CONTAINER(link, weft_source, link)->fd == fd) {
            return -EEXIST;
        }
        count++;
    }
    if (fstat(fd, &file) < 0) {
        return -errno;
    }
    *ret_count = count;
    return S_ISREG(file.st_mode) || S_ISDIR(file.st_mode) ? -EPERM : 0;
}

/* Makes room here, where failing can be told: the wait itself must not fail. */
static int poll_add(weft_loop *loop, weft_source *source)
{
    size_t count = 0;
    const int status = check(loop, source->fd, &count);
    const size_t needed = count + 1;
    if (status == 0 && needed > loop->poll.capacity) {
        const size_t capacity = needed < 8 ? 16 : needed * 2;
        struct pollfd *const fds = realloc(loop->poll.fds, capacity * sizeof *fds);
        loop->poll.fds = fds != NULL ? fds : loop->poll.fds;
        weft_source **const sources = realloc(loop->poll.sources, capacity * sizeof(weft_source *));
        loop->poll.sources = sources != NULL ? sources : loop->poll.sources;
        if (fds == NULL || sources == NULL) {
            return -ENOMEM;
        }
        loop->poll.capacity = capacity;
    }
    return status;
}

static void poll_remove(weft_loop *loop, weft_source *source)
{
    (void)loop, (void)source; /* it is in no set */
}

/* Only what is awaited is asked for: poll reports levels. */
static nfds_t collect(weft_loop *loop)
{
    nfds_t count = 0;
    for (weft_link *link = loop->sources.next; link != &loop->sources; link = link->next) {
        weft_source *const source = WEFT_CONTAINER(link, weft_source, link);
        const int selected = weft__source_selected(source);
        const bool reads = !weft_link_is_empty(&source->readers) || source->on_readable != NULL ||
                           source->is_awaited || (selected & WEFT_READABLE) != 0;
        const bool writes = !weft_link_is_empty(&source->writers) || source->on_writable != NULL ||
                            source->is_flushing || (selected & WEFT_WRITABLE) != 0;
        if (reads || writes) {
            loop->poll.sources[count] = source;
            loop->poll.fds[count].fd = source->fd;
            loop->poll.fds[count].events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
            loop->poll.fds[count++].revents = 0;
        }
    }
    return count;
}

static void poll_wait_for(weft_loop *loop, weft_time at_most)
{
    const nfds_t count = collect(loop);
    const struct timespec timeout = {.tv_sec = at_most / WEFT_S(1), .tv_nsec = at_most % WEFT_S(1)};
    int left = ppoll(loop->poll.fds, count, at_most == WEFT_FOREVER ? NULL : &timeout, NULL);
    for (nfds_t i = 0; left > 0 && i < count; i++) {
        const int came = loop->poll.fds[i].revents;
        if (came != 0) {
            const int directions = ((came & POLLIN) != 0 ? WEFT_READABLE : 0) |
                                   ((came & POLLOUT) != 0 ? WEFT_WRITABLE : 0);
            left--;
            weft__source_ready(loop->poll.sources[i], directions,
                               (came & (POLLHUP | POLLERR | POLLNVAL)) != 0);
        }
    }
}

static int poll_fd(const weft_loop *loop)
{
    (void)loop;
    return -1;
}

const weft_backend weft__backend_poll = {
    "poll", poll_open, poll_close, poll_add, poll_remove, poll_wait_for, poll_fd,
};
