/* weft.c - an echo server on Weft. */
/* SPDX-License-Identifier: MIT */
#include "../any_port.h"

#include <errno.h>
#include <pthread.h>
#include <weft.h>

/* --- bytes, as they come ---------------------------------------------------------------------- */

struct echo {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    union {
        struct weft_peek peek;
        struct weft_write write;
        struct weft_close close;
    };
};

static WEFT_ASYNC(echo, self)
{
    for (;;) {
        WEFT_TRY(self->peek, weft_peek, self->stream);
        if (self->peek.n == 0) {
            WEFT_RETURN(0);
        }
        WEFT_TRY(self->write, weft_write, self->stream, self->peek.bytes, self->peek.n);
        weft_consume(self->stream, self->write.n);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

/* --- messages, that begin with their size ------------------------------------------------------ */

struct messages {
    WEFT_FRAME;
    weft_stream *stream;
    bool *context; /* whether answers are gathered */
    size_t left;   /* the begin of a message, that waits for its rest */
    union {
        struct weft_peek peek;
        struct weft_drain drain;
        struct weft_close close;
    };
};

/* Answers all that are whole: 0, or a failure. */
static int answer(struct messages *self)
{
    const unsigned char *at = self->peek.bytes, *const end = at + self->peek.n;
    while (end - at >= 2) {
        const size_t size = (size_t)at[0] | (size_t)at[1] << 8;
        if (size < 2) {
            return -EBADMSG;
        }
        if ((size_t)(end - at) < size) {
            break;
        }
        const int status = weft_write_nowait(self->stream, at, size);
        if (status < 0) {
            return status;
        }
        at += size;
    }
    self->left = (size_t)(end - at);
    weft_consume(self->stream, self->peek.n - self->left);
    return 0;
}

static WEFT_ASYNC(messages, self)
{
    weft_stream_set_coalesce(self->stream, *self->context);
    for (;;) {
        WEFT_TRY(self->peek, weft_peek, self->stream, .at_least = self->left + 1);
        if (self->peek.n == self->left) {
            WEFT_RETURN(self->left == 0 ? 0 : WEFT_EINCOMPLETE);
        }
        WEFT_CHECK(answer(self));
        WEFT_TRY(self->drain, weft_drain, self->stream); /* if its client does not read */
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

/* --- the server ------------------------------------------------------------------------------- */

static bool gathers; /* messages: the answers */

/* A loop; the first makes the others, each in a thread of its own. */
struct program {
    WEFT_FRAME;
    weft_handler handler;
    uint16_t port;
    int loops; /* others and itself; 1: the port is its own */
    weft_listener *listener;
    union {
        struct weft_listen listen;
        struct weft_serve serve;
    };
};

static WEFT_DECLARE(program);

static void *run_other(void *port)
{
    weft_run(program, .handler = WEFT_HANDLER(echo), .port = (uint16_t)(uintptr_t)port, .loops = 2);
    return NULL;
}

static void begin(uint16_t port, int loops)
{
    for (int i = 1; i < loops; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run_other, (void *)(uintptr_t)port);
    }
    printf("%d\n", port);
    fflush(stdout);
}

static WEFT_ASYNC(program, self)
{
    WEFT_TRY(self->listen, weft_listen, &self->listener, "127.0.0.1", self->port,
             .reuse_port = self->loops > 1);
    if (self->port == 0) {
        begin(weft_listener_port(self->listener), self->loops);
    }
    WEFT_TRY(self->serve, weft_serve, self->listener, self->handler, &gathers);
WEFT_FINALLY:
    weft_listener_close(&self->listener);
}
WEFT_END

int main(int count, char **words)
{
    enum { ECHO, ECHO_SPIN, LOOPS, MESSAGES, ONE_BY_ONE };
    static const char *const cases[] = {"echo",     "echo:spin",           "loops",
                                        "messages", "messages:one_by_one", NULL};
    const int which = case_of(count, words, cases);
    const weft_loop_desc desc = {.spin = which == ECHO_SPIN ? WEFT_US(50) : 0};
    gathers = which == MESSAGES;
    return weft_run_with(&desc, program,
                         .handler = which < MESSAGES ? WEFT_HANDLER(echo) : WEFT_HANDLER(messages),
                         .loops = which == LOOPS && count > 2 ? atoi(words[2]) : 1);
}
