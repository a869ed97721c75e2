/* modes.c - echo, busy, churn and hold: see load.c. */
/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUSY_REQUESTS = 16, HOLDERS = 4 };

struct connection {
    int fd;
    size_t to_send, to_get; /* bytes of the request under way */
    int64_t begun;
    bool is_blocked; /* the system took no more: waits until it does */
    size_t done;
};

/* A run: what goes on, and what was counted since the warming up. */
struct run {
    const struct options *options;
    int epoll;
    struct connection *connections;
    size_t turn; /* busy: whose turn it is */
    bool is_busy;
    struct histogram histogram;
    uint64_t requests;
    size_t finished; /* connections that have made all of their requests */
    int64_t now, begun, ends, cpu;
    bool is_measured;
};

static size_t request_size(const struct options *options)
{
    return options->size * options->depth;
}

static void ask_for(struct run *run, struct connection *connection, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(run->epoll, how, connection->fd, &event) < 0) {
        fail("epoll_ctl");
    }
}

/* Sends what the system takes. */
static void go_on_sending(struct run *run, struct connection *connection)
{
    const size_t size = request_size(run->options);
    const char *const bytes = request_bytes(run->options);
    while (connection->to_send > 0) {
        /* Several requests may be under way: the last of them is cut first. */
        const size_t left = (connection->to_send - 1) % size + 1;
        const ssize_t n =
            send(connection->fd, bytes + size - left, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            break;
        }
        if (n < 0) {
            fail("send");
        }
        connection->to_send -= (size_t)n;
    }
    if (connection->is_blocked != (connection->to_send > 0)) {
        connection->is_blocked = connection->to_send > 0;
        ask_for(run, connection, connection->is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN,
                EPOLL_CTL_MOD);
    }
}

static void begin_request(struct run *run, struct connection *connection)
{
    const size_t size = request_size(run->options);
    connection->begun = now_ns();
    connection->to_send += size;
    connection->to_get += size;
    go_on_sending(run, connection);
}

static void request_ended(struct run *run, struct connection *connection)
{
    const bool is_the_busy_one = run->is_busy && connection == run->connections;
    if (run->is_measured && !is_the_busy_one) {
        histogram_add(&run->histogram, now_ns() - connection->begun);
        run->requests += run->options->depth;
    }
    if (run->is_busy && !is_the_busy_one) {
        run->turn = run->turn % (run->options->connections - 1) + 1;
        connection = &run->connections[run->turn];
    }
    if (run->options->each > 0 && ++connection->done == run->options->each) {
        run->finished++;
        return;
    }
    begin_request(run, connection);
}

static void receive(struct run *run, struct connection *connection)
{
    static char answer[256 * 1024];
    const size_t size = request_size(run->options);
    const ssize_t n = recv(connection->fd, answer, sizeof answer, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0 || (size_t)n > connection->to_get) {
        fail(n < 0 ? "recv" : n == 0 ? "the server closed" : "more than was sent");
    }
    for (size_t left = (size_t)n; left > 0;) {
        const size_t of_this = (connection->to_get - 1) % size + 1;
        const size_t got = left < of_this ? left : of_this;
        connection->to_get -= got;
        left -= got;
        if (got == of_this) {
            request_ended(run, connection);
        }
    }
}

/* True as long as it goes on: the warming up, then what is measured. */
static bool goes_on(struct run *run)
{
    run->now = now_ns();
    if (run->options->each > 0) {
        return run->finished < run->options->connections;
    }
    if (run->now < run->ends) {
        return true;
    }
    const int64_t cpu = cpu_ns(run->options->server);
    if (run->is_measured) {
        run->cpu = cpu - run->cpu;
        return false;
    }
    run->is_measured = true;
    run->cpu = cpu;
    run->begun = now_ns();
    run->ends = run->begun + run->options->run_ms * 1000000;
    return true;
}

static void connect_all(struct run *run)
{
    const size_t count = run->options->connections;
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->connections = calloc(count, sizeof *run->connections);
    if (run->epoll < 0 || run->connections == NULL) {
        fail("set up");
    }
    for (size_t i = 0; i < count; i++) {
        run->connections[i].fd = connect_and_ask(run->options, (unsigned)i);
        ask_for(run, &run->connections[i], EPOLLIN, EPOLL_CTL_ADD);
    }
    run->ends = now_ns() + run->options->warm_ms * 1000000;
}

static void serve_events(struct run *run)
{
    struct epoll_event events[256];
    while (goes_on(run)) {
        const int count = epoll_wait(run->epoll, events, 256, 100);
        for (int i = 0; i < count; i++) {
            struct connection *const connection = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) != 0) {
                go_on_sending(run, connection);
            }
            if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0) {
                receive(run, connection);
            }
        }
    }
    tell(&run->histogram, run->requests, run->now - run->begun, run->cpu);
}

void measure_echo(const struct options *options)
{
    static struct run run;
    run.options = options;
    connect_all(&run);
    if (options->each > 0) {
        puts("ready");
        (void)fflush(stdout);
        wait_for_word();
        run.is_measured = true;
        run.begun = now_ns();
    }
    for (size_t i = 0; i < options->connections; i++) {
        begin_request(&run, &run.connections[i]);
    }
    serve_events(&run);
    if (options->each > 0) {
        wait_for_word();
    }
}

void measure_busy(const struct options *options)
{
    static struct run run;
    run.options = options;
    run.is_busy = true;
    if (options->connections < 2) {
        errno = EINVAL;
        fail("busy needs two connections");
    }
    connect_all(&run);
    for (int i = 0; i < BUSY_REQUESTS; i++) {
        begin_request(&run, &run.connections[0]);
    }
    run.turn = 1;
    begin_request(&run, &run.connections[1]);
    serve_events(&run);
}

/* One after the other: the server is never asked to hold more than one. */
void measure_churn(const struct options *options)
{
    static struct run run;
    run.options = options;
    run.ends = now_ns() + options->warm_ms * 1000000;
    for (unsigned nth = 0; goes_on(&run); nth++) {
        const int64_t begun = now_ns();
        close(connect_and_ask(options, nth));
        if (run.is_measured) {
            histogram_add(&run.histogram, now_ns() - begun);
            run.requests++;
        }
    }
    tell(&run.histogram, run.requests, run.now - run.begun, run.cpu);
}

/* A process that opens its part of the connections, says so, and holds them until it is told. */
static void hold(const struct options *options, unsigned nth, int ready, int release)
{
    char byte = 0;
    for (size_t i = nth; i < options->connections; i += HOLDERS) {
        (void)connect_and_ask(options, (unsigned)i);
    }
    if (write(ready, &byte, 1) != 1 || read(release, &byte, 1) < 0) {
        fail("pipe");
    }
    _exit(0);
}

static void open_all(const struct options *options, int *ret_release)
{
    int ready[2], release[2];
    if (pipe(ready) < 0 || pipe(release) < 0) {
        fail("pipe");
    }
    for (unsigned nth = 0; nth < HOLDERS; nth++) {
        const pid_t child = fork();
        if (child < 0) {
            fail("fork");
        }
        if (child == 0) {
            close(release[1]);
            close(ready[0]);
            hold(options, nth, ready[1], release[0]);
        }
    }
    close(ready[1]);
    for (unsigned nth = 0; nth < HOLDERS; nth++) {
        char byte;
        if (read(ready[0], &byte, 1) != 1) {
            fail("a process that holds connections ended");
        }
    }
    close(ready[0]);
    close(release[0]);
    *ret_release = release[1];
}

void measure_hold(const struct options *options)
{
    struct histogram histogram = {.count = 0};
    int release;
    close(connect_and_ask(options, 0)); /* what is made once */
    const size_t before = resident_bytes(options->server);
    const int64_t begun = now_ns(), cpu = cpu_ns(options->server);
    open_all(options, &release);
    const int64_t opened = now_ns(), cpu_opened = cpu_ns(options->server);
    const size_t after = resident_bytes(options->server);
    const int active = connect_and_ask(options, 0);
    for (const int64_t ends = now_ns() + options->run_ms * 1000000; now_ns() < ends;) {
        const int64_t asked = now_ns();
        ask(options, active);
        histogram_add(&histogram, now_ns() - asked);
    }
    const double count = (double)options->connections;
    printf("{\"connections\": %zu, \"bytes\": %.0f, \"accept_ns\": %.0f, \"accept_cpu_ns\": %.0f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f}\n",
           options->connections, (double)(after - before) / count, (double)(opened - begun) / count,
           (double)(cpu_opened - cpu) / count, histogram_us(&histogram, 0.5),
           histogram_us(&histogram, 0.99), histogram_us(&histogram, 0.999));
    close(release);
    while (wait(NULL) > 0) {
    }
}
