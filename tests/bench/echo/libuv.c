/* libuv.c - an echo server on libuv. */
/* SPDX-License-Identifier: MIT */
/*
 * One buffer for all connections: it is in use only inside of the callback. What uv_try_write() does
 * not take waits in a uv_write(), and until then nothing more is read.
 */
#include "../any_port.h"

#include <uv.h>

struct connection {
    uv_tcp_t tcp;
    uv_write_t write;
    char *kept;
};

static uv_loop_t *loop;
static char buffer[64 * 1024];

static void on_close(uv_handle_t *handle)
{
    struct connection *const connection = handle->data;
    free(connection->kept);
    free(connection);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *into)
{
    (void)handle, (void)suggested;
    *into = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *from);

static void on_written(uv_write_t *write, int status)
{
    struct connection *const connection = write->data;
    free(connection->kept);
    connection->kept = NULL;
    if (status == 0) {
        uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *from)
{
    struct connection *const connection = stream->data;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_close);
        return;
    }
    if (n == 0) {
        return;
    }
    uv_buf_t all = uv_buf_init(from->base, (unsigned)n);
    const int tried = uv_try_write(stream, &all, 1), written = tried < 0 ? 0 : tried;
    if (written < n) {
        uv_buf_t rest = uv_buf_init(NULL, (unsigned)(n - written));
        rest.base = connection->kept = malloc(rest.len);
        memcpy(rest.base, from->base + written, rest.len);
        uv_read_stop(stream);
        connection->write.data = connection;
        uv_write(&connection->write, stream, &rest, 1, on_written);
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
    static const char *const cases[] = {"echo", NULL};
    (void)case_of(count, words, cases);
    uv_tcp_t listener;
    struct sockaddr_in address;
    uv_os_fd_t fd;
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
