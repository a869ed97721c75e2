/* libevent.c - an HTTP server on libevent's evhttp. */
/* SPDX-License-Identifier: MIT */
#include "../any_port.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

enum { FILE_SIZE = 16384 };

static char file[FILE_SIZE];

static void answer(struct evhttp_request *request, const char *type, const char *body, size_t size)
{
    struct evbuffer *const content = evbuffer_new();
    evbuffer_add_reference(content, body, size, NULL, NULL);
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
    evhttp_send_reply(request, HTTP_OK, "OK", content);
    evbuffer_free(content);
}

static void on_hello(struct evhttp_request *request, void *unused)
{
    (void)unused;
    answer(request, "text/plain", "Hello, world\n", 13);
}

static void on_file(struct evhttp_request *request, void *unused)
{
    (void)unused;
    answer(request, "application/octet-stream", file, sizeof file);
}

/* An answer of 16 KiB and its head go at once. */
static struct bufferevent *new_connection(struct event_base *base, void *unused)
{
    struct bufferevent *const connection = bufferevent_socket_new(base, -1, 0);
    (void)unused;
    bufferevent_set_max_single_write(connection, 65536);
    return connection;
}

int main(int count, char **words)
{
    static const char *const cases[] = {"http", NULL};
    (void)case_of(count, words, cases);
    struct event_base *const base = event_base_new();
    struct evhttp *const http = evhttp_new(base);
    memset(file, 'x', sizeof file);
    evhttp_set_bevcb(http, new_connection, NULL);
    evhttp_set_cb(http, "/hello.txt", on_hello, NULL);
    evhttp_set_cb(http, "/file.bin", on_file, NULL);
    if (evhttp_accept_socket(http, listen_on_any_port()) < 0) {
        return 1;
    }
    return event_base_dispatch(base);
}
