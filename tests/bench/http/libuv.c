/* libuv.c - an HTTP responder on libuv, as small as it can be. */
/* SPDX-License-Identifier: MIT */
/* It looks for the end of a head and at the path; both answers are composed before. */
#include "../any_port.h"

#include <uv.h>

enum { FILE_SIZE = 16384, HEAD_MOST = 8192 };

struct connection {
    uv_tcp_t tcp;
    size_t size; /* of the head that has come so far */
    char head[HEAD_MOST];
};

static uv_loop_t *loop;
static char answers[2][256 + FILE_SIZE];
static size_t sizes[2];

static void compose(int nth, const char *type, const char *body, size_t size)
{
    const int head =
        snprintf(answers[nth], 256,
                 "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, size);
    memcpy(answers[nth] + head, body, size);
    sizes[nth] = (size_t)head + size;
}

static void on_close(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *into)
{
    struct connection *const connection = handle->data;
    (void)suggested;
    *into = uv_buf_init(connection->head + connection->size,
                        (unsigned)(sizeof connection->head - connection->size));
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    free(write);
}

static void answer(struct connection *connection, int nth)
{
    uv_stream_t *const stream = (uv_stream_t *)&connection->tcp;
    uv_buf_t all = uv_buf_init(answers[nth], (unsigned)sizes[nth]);
    const int tried = uv_try_write(stream, &all, 1), written = tried < 0 ? 0 : tried;
    if (written < (int)sizes[nth]) {
        uv_buf_t rest =
            uv_buf_init(answers[nth] + written, (unsigned)sizes[nth] - (unsigned)written);
        uv_write_t *const write = malloc(sizeof *write);
        uv_write(write, stream, &rest, 1, on_written);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *from)
{
    struct connection *const connection = stream->data;
    char *at = connection->head;
    (void)from;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_close);
        return;
    }
    connection->size += (size_t)n;
    for (char *ends; (ends = memmem(at, connection->size, "\r\n\r\n", 4)) != NULL;) {
        answer(connection, strncmp(at, "GET /file", 9) == 0);
        connection->size -= (size_t)(ends + 4 - at);
        at = ends + 4;
    }
    memmove(connection->head, at, connection->size);
    if (connection->size == sizeof connection->head) {
        uv_close((uv_handle_t *)stream, on_close);
    }
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct connection *const connection = calloc(1, sizeof *connection);
    if (status < 0 || connection == NULL) {
        abort();
    }
    uv_tcp_init(loop, &connection->tcp);
    connection->tcp.data = connection;
    if (uv_accept(listener, (uv_stream_t *)&connection->tcp) == 0) {
        uv_tcp_nodelay(&connection->tcp, 1);
        uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read);
    } else {
        uv_close((uv_handle_t *)&connection->tcp, on_close);
    }
}

int main(int count, char **words)
{
    static const char *const cases[] = {"http", NULL};
    static char file[FILE_SIZE];
    (void)case_of(count, words, cases);
    uv_tcp_t listener;
    struct sockaddr_in address;
    uv_os_fd_t fd;
    memset(file, 'x', sizeof file);
    compose(0, "text/plain", "Hello, world\n", 13);
    compose(1, "application/octet-stream", file, sizeof file);
    loop = uv_default_loop();
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0);
    if (uv_listen((uv_stream_t *)&listener, SOMAXCONN, on_connection) < 0) {
        return 1;
    }
    uv_fileno((uv_handle_t *)&listener, &fd);
    print_port(fd);
    return uv_run(loop, UV_RUN_DEFAULT);
}
