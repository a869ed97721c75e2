/* stream_close.c - streams: closed, after what is buffered has gone, or at once. */
/* SPDX-License-Identifier: MIT */
#include "stream_internal.h"

#include <stdlib.h>
#include <unistd.h>

/* Who waits for it is told, and will not touch it any more. */
void weft_stream_abort(weft_stream **place)
{
    weft_stream *const stream = *place;
    if (stream == NULL) {
        return;
    }
    *place = NULL;
    if (stream->reader != NULL) {
        *stream->reader = NULL;
    }
    if (stream->writer != NULL) {
        *stream->writer = NULL;
    }
    for (weft_task *task; (task = weft_first_waiter(&stream->drainers)) != NULL;) {
        weft_wake_status(task, WEFT_ECLOSED);
    }
    weft__bytes_free(&stream->in, weft__stream_stock(stream));
    weft__bytes_free(&stream->out, weft__stream_stock(stream));
    const int fd = stream->source.fd;
    weft_source_close(&stream->source);
    close(fd);
    free(stream);
}

/* Once: while it waits, another stream may be put in the place. */
static void take(struct weft_close *self)
{
    if (self->stream != NULL) {
        self->taken = *self->stream;
        *self->stream = NULL;
        self->stream = NULL;
    }
}

WEFT_ASYNC(weft_close, self)
{
    WEFT_ASSERT(self->stream != NULL, "the place of a stream");
    take(self);
    if (self->taken != NULL && (self->taken->out.size > 0 || self->taken->broken < 0)) {
        WEFT_CATCH(self->drain, weft_drain, self->taken, .waits_for_all = true);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
WEFT_FINALLY:
    take(self); /* one that was cancelled before it began closes all the same */
    weft_stream_abort(&self->taken);
}
WEFT_END
