/* weft.c - an echo server on Weft. */
/* SPDX-License-Identifier: MIT */
#include "any_port.h"

#include <weft.h>

struct echo {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    char bytes[16384];
    union {
        struct weft_read read;
        struct weft_write write;
        struct weft_close close;
    };
};

static WEFT_ASYNC(echo, self)
{
    for (;;) {
        WEFT_TRY(self->read, weft_read, self->stream, self->bytes, sizeof self->bytes);
        if (self->read.n == 0) {
            WEFT_RETURN(0);
        }
        WEFT_TRY(self->write, weft_write, self->stream, self->bytes, self->read.n);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_listener *listener;
    union {
        struct weft_listen listen;
        struct weft_serve serve;
    };
};

static WEFT_ASYNC(program, self)
{
    WEFT_TRY(self->listen, weft_listen, &self->listener, "127.0.0.1", 0);
    printf("%d\n", weft_listener_port(self->listener));
    fflush(stdout);
    WEFT_TRY(self->serve, weft_serve, self->listener, WEFT_HANDLER(echo));
WEFT_FINALLY:
    weft_listener_close(&self->listener);
}
WEFT_END

int main(int count, char **words)
{
    static const char *const cases[] = {"echo", NULL};
    (void)case_of(count, words, cases);
    return weft_run(program);
}
