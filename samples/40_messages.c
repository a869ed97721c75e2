/* 40_messages.c - messages that come and go many at once. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_peek shows what has come, in memory that the loop lends; a handler needs no buffer,
 * and ten thousand idle connections hold none. weft_consume says how much of it is done with: what is
 * left is the begin of a message, and is shown again when there is more. Answers are gathered, and go
 * together when the turn ends: three answers, one system call. weft_drain holds back who writes to a
 * client that does not read.
 * A message here: its length in one byte, and so many letters. The answer is the same in capitals.
 * Next: 41_event.c, one thing that several wait for.
 */
#include <ctype.h>
#include <stdio.h>
#include <weft.h>

struct shout {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    size_t left; /* of a message that is not whole */
    union {
        struct weft_peek peek;
        struct weft_drain drain;
        struct weft_close close;
    };
};

/* Answers the messages that are whole: 0, or why it could not. */
static int answer(struct shout *self)
{
    const unsigned char *at = self->peek.bytes, *const end = at + self->peek.n;
    while (at < end && end - at > *at) {
        char loud[1 + 255] = {(char)*at};
        for (size_t i = 1; i <= *at; i++) {
            loud[i] = (char)toupper(at[i]);
        }
        const int status = weft_write_nowait(self->stream, loud, 1U + *at);
        if (status < 0) {
            return status;
        }
        at += 1 + *at;
    }
    self->left = (size_t)(end - at);
    weft_consume(self->stream, self->peek.n - self->left);
    return 0;
}

static WEFT_ASYNC(shout, self)
{
    weft_stream_set_coalesce(self->stream, true);
    for (;;) {
        WEFT_TRY(self->peek, weft_peek, self->stream, .at_least = self->left + 1);
        if (self->peek.n == self->left) {
            WEFT_RETURN(0); /* the other side has ended */
        }
        WEFT_CHECK(answer(self));
        WEFT_TRY(self->drain, weft_drain, self->stream);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

struct client {
    WEFT_FRAME;
    uint16_t port;
    weft_stream *server;
    union {
        struct weft_connect connect;
        struct weft_write write;
        struct weft_peek peek;
        struct weft_close close;
    };
};

static WEFT_ASYNC(client, self)
{
    WEFT_TRY(self->connect, weft_connect, &self->server, "127.0.0.1", self->port);
    WEFT_TRY(self->write, weft_write, self->server, "\5hello\3and\7goodb", 16);
    WEFT_TRY(self->write, weft_write, self->server, "ye", 2);
    for (;;) {
        WEFT_TRY(self->peek, weft_peek, self->server, .at_least = 1);
        WEFT_TRY(self->peek, weft_peek, self->server, .at_least = 1U + self->peek.bytes[0]);
        printf("%.*s\n", self->peek.bytes[0], (const char *)&self->peek.bytes[1]);
        if (self->peek.bytes[0] == 7) {
            break;
        }
        weft_consume(self->server, 1U + self->peek.bytes[0]);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->server);
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_listener *listener;
    weft_group group;
    WEFT_TASK(weft_serve) server;
    union {
        struct weft_listen listen;
        struct client client;
    };
};

static WEFT_ASYNC(program, self)
{
    WEFT_TRY(self->listen, weft_listen, &self->listener, "127.0.0.1", .port = 0);
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->server, weft_serve, self->listener, WEFT_HANDLER(shout));
        WEFT_TRY(self->client, client, weft_listener_port(self->listener));
        weft_listener_close(&self->listener);
    }
WEFT_FINALLY:
    weft_listener_close(&self->listener);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * HELLO
 * AND
 * GOODBYE
 */
