/* loop_cases.c - cases of a select for what the operating system tells. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/loop_cases.h>

static void tell_all(const weft_link *waiters, int status)
{
    for (weft_waiter *waiter; (waiter = weft_waiter_next(waiters)) != NULL;) {
        weft_waiter_choose(waiter, status);
    }
}

/* --- descriptors ------------------------------------------------------------------------------ */

static bool readable_is_ready(weft_case *self)
{
    weft_source *const source = self->of;
    self->status = (int16_t)weft__source_look(source, POLLIN);
    return self->status < 0 || source->may_read;
}

static bool writable_is_ready(weft_case *self)
{
    weft_source *const source = self->of;
    self->status = (int16_t)weft__source_look(source, POLLOUT);
    return self->status < 0 || source->may_write;
}

static int source_take(weft_case *self)
{
    return self->status; /* of the look */
}

static void source_arm(weft_case *self)
{
    weft__loop_of(weft_case_core(self))->awaited++;
    weft_case_hang(self, &((weft_source *)self->of)->cases);
}

static void source_disarm(weft_case *self)
{
    weft__loop_of(weft_case_core(self))->awaited--;
}

static int source_told(weft_case *self)
{
    source_disarm(self);
    return 0;
}

static const weft_case_kind on_readable = {readable_is_ready, source_arm, source_take, source_told,
                                           source_disarm};
static const weft_case_kind on_writable = {writable_is_ready, source_arm, source_take, source_told,
                                           source_disarm};

weft_case *weft_on_readable(weft_case *place, weft_source *source)
{
    WEFT_ASSERT(source != NULL, "which source?");
    return weft_case_init(place, &on_readable, source);
}

weft_case *weft_on_writable(weft_case *place, weft_source *source)
{
    WEFT_ASSERT(source != NULL, "which source?");
    return weft_case_init(place, &on_writable, source);
}

static int direction_of(weft_link *link)
{
    const weft_case *const each = WEFT_CONTAINER(link, weft_case, waiter.link);
    return each->kind == &on_readable ? WEFT_READABLE : WEFT_WRITABLE;
}

int weft__source_selected(const weft_source *source)
{
    int directions = 0;
    for (weft_link *link = source->cases.next; link != &source->cases; link = link->next) {
        directions |= direction_of(link);
    }
    return directions;
}

/* One that is told takes the others of its select out of the list, so it is taken from the front. */
void weft__source_tell(weft_source *source, int directions, int status)
{
    weft_link all = {0};
    weft_link_splice(&all, &source->cases);
    while (!weft_link_is_empty(&all)) {
        weft_link *const link = all.next;
        if ((direction_of(link) & directions) != 0) {
            weft_waiter_choose(WEFT_CONTAINER(link, weft_waiter, link), status);
        } else {
            weft_link_remove(link);
            weft_link_insert(&source->cases, link);
        }
    }
}

/* --- signals ---------------------------------------------------------------------------------- */

static void signal_came(void *argument)
{
    weft_posix_signal *const signal = argument;
    weft_waiter *const waiter = weft_waiter_next(&signal->waiters);
    if (waiter != NULL) {
        weft_waiter_wake(waiter);
    } else {
        signal->has_come = true;
    }
}

int weft_posix_signal_open(weft_posix_signal *signal, weft_loop *loop, int number)
{
    WEFT_ASSERT(signal->loop == NULL, "this signal is open: weft_posix_signal_close() it first");
    *signal = (weft_posix_signal){.number = number};
    const int status = weft_add_signal_handler(loop, number, &signal->handle, signal_came, signal);
    if (status == 0) {
        signal->loop = loop;
    }
    return status;
}

void weft_posix_signal_close(weft_posix_signal *signal)
{
    if (signal->loop != NULL) {
        weft_remove_signal_handler(signal->loop, signal->number);
        signal->loop = NULL;
        tell_all(&signal->waiters, WEFT_ECLOSED);
    }
}

static bool signal_is_ready(weft_case *self)
{
    const weft_posix_signal *const signal = self->of;
    return signal->loop == NULL || signal->has_come;
}

static int signal_take(weft_case *self)
{
    weft_posix_signal *const signal = self->of;
    signal->has_come = false;
    return signal->loop == NULL ? WEFT_ECLOSED : 0;
}

static void signal_arm(weft_case *self)
{
    weft_case_hang(self, &((weft_posix_signal *)self->of)->waiters);
}

weft_case *weft_on_posix_signal(weft_case *place, weft_posix_signal *signal)
{
    static const weft_case_kind kind = {signal_is_ready, signal_arm, signal_take, NULL, NULL};
    WEFT_ASSERT(signal != NULL, "which signal?");
    return weft_case_init(place, &kind, signal);
}

/* --- children --------------------------------------------------------------------------------- */

static void cease_to_watch(weft_child *child)
{
    const int fd = child->source.fd;
    if (child->source.loop != NULL) {
        weft_source_close(&child->source);
        close(fd);
    }
    weft_handle_cancel(&child->handle);
    child->loop = NULL;
}

/* Its descriptor is readable: it has ended. Without one: has it? */
static void look_at_child(void *argument)
{
    weft_child *const child = argument;
    const pid_t pid = waitpid(child->pid, &child->wait_status, WNOHANG);
    if (pid != 0) {
        child->status = pid < 0 ? -errno : 0;
        child->has_ended = true;
        cease_to_watch(child);
        tell_all(&child->waiters, child->status);
    } else if (child->source.loop == NULL) {
        weft_call_later(child->loop, &child->handle, WEFT_MS(20), look_at_child, child);
    }
}

/* 0 with *ret_fd of -1: there is such a process, but no descriptor for it. */
static int open_pidfd(pid_t pid, int *ret_fd)
{
#ifdef SYS_pidfd_open
    *ret_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (*ret_fd >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return *ret_fd < 0 ? -errno : 0;
    }
#endif
    *ret_fd = -1;
    return kill(pid, 0) < 0 ? -errno : 0;
}

int weft_child_open(weft_child *child, weft_loop *loop, pid_t pid)
{
    WEFT_ASSERT(child->loop == NULL, "this child is watched: weft_child_close() it first");
    int fd, status = open_pidfd(pid, &fd);
    *child = (weft_child){.pid = pid};
    if (status == 0 && fd >= 0) {
        status = weft_source_open(&child->source, loop, fd);
        if (status < 0) {
            close(fd);
        } else {
            weft_add_reader(&child->source, &child->handle, look_at_child, child);
        }
    } else if (status == 0) {
        weft_call_soon(loop, &child->handle, look_at_child, child);
    }
    child->loop = status == 0 ? loop : NULL;
    return status;
}

void weft_child_close(weft_child *child)
{
    if (child->loop != NULL) {
        cease_to_watch(child);
        tell_all(&child->waiters, WEFT_ECLOSED);
    }
}

static bool child_is_ready(weft_case *self)
{
    const weft_child *const child = self->of;
    return child->loop == NULL;
}

static int child_take(weft_case *self)
{
    const weft_child *const child = self->of;
    return child->has_ended ? child->status : WEFT_ECLOSED;
}

static void child_arm(weft_case *self)
{
    weft_case_hang(self, &((weft_child *)self->of)->waiters);
}

weft_case *weft_on_child(weft_case *place, weft_child *child)
{
    static const weft_case_kind kind = {child_is_ready, child_arm, child_take, NULL, NULL};
    WEFT_ASSERT(child != NULL, "which child?");
    return weft_case_init(place, &kind, child);
}
