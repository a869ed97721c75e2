/* serve.c - a task for each connection. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* On the heap, from the accept to the end of its task; the handler's frame follows. */
struct connection {
    weft_task task;
    weft_owner owner; /* in place of the group, which it tells: then it frees itself */
    struct weft_serve *serve;
    weft_stream **stream; /* in the handler's frame */
    _Alignas(max_align_t) unsigned char frame[];
};

/* The other side may go at any time: no news. */
static bool is_news(int status)
{
    return status < 0 && status != WEFT_ECANCELED && status != -EPIPE && status != -ECONNRESET;
}

static void connection_ended(weft_owner *owner, weft_task *task)
{
    struct connection *const connection = WEFT_CONTAINER(owner, struct connection, owner);
    struct weft_serve *const serve = connection->serve;
    if (is_news(task->status)) {
        weft__report(owner->core, task, NULL, "a connection's handler failed", task->status);
    }
    weft_stream_abort(connection->stream);
    serve->connected--;
    weft_event_set(&serve->room);
    serve->group.owner.ended(&serve->group.owner, task);
    serve->group.failed = NULL; /* it was this task, which ends here */
    free(connection);
}

/* 0, or WEFT_ENOMEM; then the stream is still the caller's. */
static int start(struct weft_serve *serve)
{
    const weft_handler *const handler = &serve->handler;
    struct connection *const connection = calloc(1, sizeof *connection + handler->frame_bytes);
    if (connection == NULL) {
        return WEFT_ENOMEM;
    }
    weft_frame *const frame = (weft_frame *)(void *)connection->frame;
    *frame = weft__head(handler->step, NULL);
    connection->serve = serve;
    connection->stream = (weft_stream **)(void *)(connection->frame + handler->stream_at);
    *connection->stream = serve->stream;
    memcpy(connection->frame + handler->context_at, &serve->context, sizeof serve->context);
    const int status = weft__group_start(&serve->group, &connection->task, frame);
    if (status < 0) {
        free(connection);
        return status;
    }
    connection->owner.core = serve->group.owner.core;
    connection->owner.ended = connection_ended;
    connection->task.owner = &connection->owner;
    serve->stream = NULL;
    serve->connected++;
    return 0;
}

/* Descriptors or memory have run out: others may give some back. */
static bool is_shortage(int status)
{
    return status == -EMFILE || status == -ENFILE || status == -ENOBUFS || status == -ENOMEM ||
           status == WEFT_ENOMEM;
}

WEFT_ASYNC(weft_serve, self)
{
    WEFT_ASSERT(self->listener != NULL && self->handler.step != NULL, "a listener, and a handler");
    self->held = weft__listener_hold(self->listener);
    WEFT_GROUP(self->group, .keep_going = true) {
        for (;;) {
            if (self->limit > 0 && self->connected >= self->limit) {
                weft_event_clear(&self->room);
                WEFT_TRY(self->wait, weft_event_wait, &self->room);
                continue;
            }
            WEFT_CATCH(self->accept, weft_accept, self->listener, &self->stream);
            if (WEFT_STATUS() == WEFT_ECLOSED) {
                break;
            }
            if (WEFT_STATUS() == 0) {
                weft__c->status = (int16_t)start(self);
                weft_stream_abort(&self->stream); /* nothing, once a handler has it */
            }
            if (is_shortage(WEFT_STATUS())) {
                weft__report(weft__core(weft__c), WEFT_SELF(), weft__f,
                             "cannot accept connections, pausing for a second", WEFT_STATUS());
                WEFT_TRY(self->pause, weft_sleep, WEFT_S(1));
            } else {
                WEFT__LEAVE_IF(WEFT_STATUS() < 0);
            }
        }
    }
WEFT_FINALLY:
    weft__listener_leave(self->held);
}
WEFT_END
