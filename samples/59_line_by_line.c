/* 59_line_by_line.c - a local connection, read by lines and by sizes. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a listener at a path, and the ways to read: a line, so many bytes, all there is. When one
 * side has said that it writes no more (weft_shutdown) the other comes to the end: in the middle of
 * what it wanted that is WEFT_EINCOMPLETE. A number as an address is read without a thread.
 * Next: 60_scopes.c, cancelling a part of a task.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>
#include <weft.h>

struct client {
    WEFT_FRAME;
    const char *path;
    weft_stream *stream;
    union {
        struct weft_connect_unix connect;
        struct weft_write write;
        struct weft_shutdown shutdown;
        struct weft_close close;
    };
};

static WEFT_ASYNC(client, self)
{
    WEFT_TRY(self->connect, weft_connect_unix, &self->stream, self->path);
    WEFT_TRY(self->write, weft_write, self->stream, "GET it\n12345678", 15);
    WEFT_TRY(self->shutdown, weft_shutdown, self->stream);
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

struct server {
    WEFT_FRAME;
    char path[64], text[32];
    weft_listener *listener;
    weft_stream *stream;
    weft_addresses addresses;
    weft_group group;
    WEFT_TASK(client) client;
    union {
        struct weft_accept accept;
        struct weft_read_line line;
        struct weft_read_exactly exactly;
        struct weft_getaddrinfo resolve;
    };
};

static WEFT_ASYNC(server, self)
{
    (void)snprintf(self->path, sizeof self->path, "/tmp/weft-59-%ld", (long)getpid());
    WEFT_CHECK(weft_listen_unix(WEFT_LOOP(), &self->listener, self->path));
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->client, client, self->path);
        WEFT_TRY(self->accept, weft_accept, self->listener, &self->stream);
        WEFT_TRY(self->line, weft_read_line, self->stream, self->text, sizeof self->text);
        printf("a line of %zu: %s", self->line.n, self->text);
        WEFT_TRY(self->exactly, weft_read_exactly, self->stream, self->text, 5);
        printf("five: %.5s\n", self->text);
        WEFT_AWAIT(self->exactly, weft_read_exactly, self->stream, self->text, 5);
        printf("only %zu more: %d\n", self->exactly.n, WEFT_STATUS() == WEFT_EINCOMPLETE);
    }
    WEFT_TRY(self->resolve, weft_getaddrinfo, &self->addresses, "127.0.0.1", 80);
    printf("%zu address, an IPv4 one: %d\n", weft_addresses_count(&self->addresses),
           weft_address_at(&self->addresses, 0)->ai_family == AF_INET);
WEFT_FINALLY:
    weft_addresses_free(&self->addresses);
    weft_stream_abort(&self->stream);
    weft_listener_close(&self->listener);
}
WEFT_END

int main(void)
{
    return weft_run(server);
}

/* prints:
 * a line of 7: GET it
 * five: 12345
 * only 3 more: 1
 * 1 address, an IPv4 one: 1
 */
