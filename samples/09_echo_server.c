/* 09_echo_server.c - a server, and a client of it. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: streams. weft_listen opens a port, weft_serve runs a task for each connection: a
 * handler, whose frame has a `stream` and a `context`. A read waits only when nothing has come, a
 * write only when the system takes no more. Server and client share one loop and one thread.
 * Mind the union: the room of the read is the write's next, so its `n` is asked for before.
 * Next: 10_chat_server.c, connections that talk to each other.
 */
#include <stdio.h>
#include <weft.h>

struct echo {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    char bytes[1024];
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
            WEFT_RETURN(0); /* the other side has ended */
        }
        WEFT_TRY(self->write, weft_write, self->stream, self->bytes, self->read.n);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

struct client {
    WEFT_FRAME;
    uint16_t port;
    weft_stream *server;
    char line[64];
    union {
        struct weft_connect connect;
        struct weft_write write;
        struct weft_read_line read;
        struct weft_close close;
    };
};

static WEFT_ASYNC(client, self)
{
    WEFT_TRY(self->connect, weft_connect, &self->server, "127.0.0.1", self->port);
    WEFT_TRY(self->write, weft_write, self->server, "hello, hello\n", 13);
    WEFT_TRY(self->read, weft_read_line, self->server, self->line, sizeof self->line);
    printf("the echo: %s", self->line);
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
    WEFT_TRY(self->listen, weft_listen, &self->listener, "127.0.0.1", .port = 0); /* any */
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->server, weft_serve, self->listener, WEFT_HANDLER(echo));
        WEFT_TRY(self->client, client, weft_listener_port(self->listener));
        weft_listener_close(&self->listener); /* the server ends after its last connection */
    }
WEFT_FINALLY:
    weft_listener_close(&self->listener);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints: the echo: hello, hello */
