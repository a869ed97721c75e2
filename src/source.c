/* source.c - descriptors: marks, waiters, callbacks. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <poll.h>

int weft_source_open(weft_source *source, weft_loop *loop, int fd)
{
    weft__loop_check_thread(loop, __func__);
    WEFT_ASSERT(source->loop == NULL, "this source is open: weft_source_close() it first");
    *source = (weft_source){.fd = fd, .may_read = true, .may_write = true};
    weft_link_init(&source->readers);
    weft_link_init(&source->writers);
    weft_link_init(&source->cases);
    const int status = loop->backend->add(loop, source);
    if (status == 0) {
        source->loop = loop;
        weft_link_insert(&loop->sources, &source->link);
    }
    return status;
}

static void wake_all_closed(weft_link *waiters)
{
    for (weft_task *task; (task = weft_first_waiter(waiters)) != NULL;) {
        weft_wake_status(task, WEFT_ECLOSED);
    }
}

void weft_source_close(weft_source *source)
{
    weft_loop *const loop = source->loop;
    if (loop == NULL) {
        return;
    }
    weft__loop_check_thread(loop, __func__);
    weft_remove_reader(source);
    weft_remove_writer(source);
    weft_link_remove(&source->turn);
    weft__source_flushes(source, false);
    if (!weft__is_forked(loop)) {
        loop->backend->remove(loop, source);
    }
    weft_link_remove(&source->link);
    source->loop = NULL;
    wake_all_closed(&source->readers);
    wake_all_closed(&source->writers);
    weft__source_tell(source, WEFT_READABLE | WEFT_WRITABLE, WEFT_ECLOSED);
}

/* Called by the back ends. An error ends waits in both directions: the next try tells it. Nobody waits
 * to write while the mark is set: an edge of reading, which tells of both, need not look. */
void weft__source_ready(weft_source *source, int directions, bool hung_up)
{
    source->hung_up |= hung_up;
    if (hung_up || (directions & WEFT_READABLE) != 0) {
        source->may_read = true;
        weft_wake_all(&source->readers);
        if (source->on_readable != NULL) {
            weft__handle_post(source->on_readable);
        }
    }
    if (hung_up || ((directions & WEFT_WRITABLE) != 0 && !source->may_write)) {
        source->may_write = true;
        if (source->is_flushing) {
            source->flush(source);
        }
        weft_wake_all(&source->writers);
        if (source->on_writable != NULL) {
            weft__handle_post(source->on_writable);
        }
    }
    if (!weft_link_is_empty(&source->cases)) {
        weft__source_tell(source, hung_up ? WEFT_READABLE | WEFT_WRITABLE : directions, 0);
    }
}

/* Whether it is flushed as soon as it may be written. */
void weft__source_flushes(weft_source *source, bool flushes)
{
    if (source->is_flushing != flushes) {
        source->is_flushing = flushes;
        source->loop->awaited += flushes ? 1 : (size_t)-1;
    }
}

/* What was gathered while the tasks had their turn goes out. It runs nothing. */
void weft__flush_turn(weft_loop *loop)
{
    while (!weft_link_is_empty(&loop->to_flush)) {
        weft_source *const source = WEFT_CONTAINER(loop->to_flush.next, weft_source, turn);
        weft_link_remove(&source->turn);
        source->flush(source);
    }
}

WEFT_ASYNC(weft_wait_edge, self)
{
    WEFT_ASSERT(self->source != NULL, "which source?");
    if (self->source->loop == NULL) {
        WEFT_RETURN_STATUS(WEFT_ECLOSED);
    }
    if (!(self->direction == WEFT_READABLE ? self->source->may_read : self->source->may_write)) {
        WEFT_LOOP()->awaited++;
        WEFT_PARK(self->direction == WEFT_READABLE ? &self->source->readers
                                                   : &self->source->writers);
        WEFT_LOOP()->awaited--;
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    WEFT_CHECKPOINT(); /* behind it, as behind a wait, the source may be gone */
}
WEFT_END

/* Sets or clears the mark by asking the system: 0, or what it says. */
int weft__source_look(weft_source *source, short events)
{
    struct pollfd asked = {.fd = source->fd, .events = events};
    int count;
    if (source->loop == NULL) {
        return WEFT_ECLOSED;
    }
    do {
        count = poll(&asked, 1, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return -errno;
    }
    *(events == POLLIN ? &source->may_read : &source->may_write) = asked.revents != 0;
    return 0;
}

WEFT_ASYNC(weft_wait_readable, self)
{
    WEFT_ASSERT(self->source != NULL, "which source?");
    WEFT_CHECK(weft__source_look(self->source, POLLIN));
    if (!self->source->may_read) {
        WEFT_LOOP()->awaited++;
        WEFT_PARK(&self->source->readers);
        WEFT_LOOP()->awaited--;
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    WEFT_CHECKPOINT();
}
WEFT_END

WEFT_ASYNC(weft_wait_writable, self)
{
    WEFT_ASSERT(self->source != NULL, "which source?");
    WEFT_CHECK(weft__source_look(self->source, POLLOUT));
    if (!self->source->may_write) {
        WEFT_LOOP()->awaited++;
        WEFT_PARK(&self->source->writers);
        WEFT_LOOP()->awaited--;
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    WEFT_CHECKPOINT();
}
WEFT_END

/*
 * The turn of a reader or writer: true if it is to be called. The back end may only tell edges, so
 * as long as the descriptor is ready it is posted again first: the callback may free both. If the
 * system does not say whether it is, the callback will see.
 */
bool weft__handle_turn(weft_handle *handle)
{
    weft_source *const source = handle->source;
    const bool reads = source->on_readable == handle;
    if (weft__source_look(source, reads ? POLLIN : POLLOUT) == 0 &&
        !(reads ? source->may_read : source->may_write)) {
        return false;
    }
    weft__handle_post(handle);
    return true;
}

static void set_callback(weft_source *source, weft_handle **place, weft_handle *handle,
                         void (*call)(void *), void *argument)
{
    WEFT_ASSERT(source->loop != NULL, "weft_source_open() it first");
    WEFT_ASSERT(!weft__callback_waits(&handle->callback),
                "this handle is under way: give each reader and writer its own");
    *handle = (weft_handle){.source = source};
    source->loop->awaited++;
    *place = handle;
    weft__handle_begin(source->loop, handle, call, argument);
    weft__handle_post(handle); /* it may be ready already */
}

void weft_add_reader(weft_source *source, weft_handle *handle, void (*call)(void *), void *argument)
{
    weft_remove_reader(source);
    set_callback(source, &source->on_readable, handle, call, argument);
}

void weft_add_writer(weft_source *source, weft_handle *handle, void (*call)(void *), void *argument)
{
    weft_remove_writer(source);
    set_callback(source, &source->on_writable, handle, call, argument);
}

static bool remove_callback(weft_source *source, weft_handle **place)
{
    weft_handle *const handle = *place;
    if (handle == NULL) {
        return false;
    }
    *place = NULL;
    handle->source = NULL;
    handle->stays = false;
    source->loop->awaited--;
    weft_handle_cancel(handle);
    return true;
}

bool weft_remove_reader(weft_source *source)
{
    return remove_callback(source, &source->on_readable);
}

bool weft_remove_writer(weft_source *source)
{
    return remove_callback(source, &source->on_writable);
}
