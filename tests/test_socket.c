/* test_socket.c - connections that are made, accepted and served. */
/* SPDX-License-Identifier: MIT */
#include "sockets.h"
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

static weft_listener *untouched_listener;
static WEFT_TASK(weft_accept) accept_task2;
static WEFT_TASK(weft_serve) serve_task;

/* --- in place of the system's: see tests/meson.build ------------------------------------------- */

static int accepts_that_fail, accept_error, accepts;

int __real_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    accepts++;
    if (accepts_that_fail > 0) {
        accepts_that_fail--;
        errno = accept_error;
        return -1;
    }
    return __real_accept4(fd, address, size, flags);
}

static int callocs_until_one_fails; /* 0: none does */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    const int left = callocs_until_one_fails;
    callocs_until_one_fails -= left > 0;
    return left == 1 ? NULL : __real_calloc(count, size);
}

static int inheritable; /* sockets that were made without SOCK_CLOEXEC */

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol)
{
    inheritable += (type & SOCK_CLOEXEC) == 0;
    return __real_socket(family, type, protocol);
}

static bool reuse_port_fails;

int __real_setsockopt(int fd, int level, int name, const void *from, socklen_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *from, socklen_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *from, socklen_t size)
{
    if (reuse_port_fails && level == SOL_SOCKET && name == SO_REUSEPORT) {
        errno = ENOPROTOOPT;
        return -1;
    }
    return __real_setsockopt(fd, level, name, from, size);
}

/* --- connected -------------------------------------------------------------------------------- */

/* Containers often have none. */
static bool has_ipv6(void)
{
    const struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                         .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return has;
}

START_TEST(a_number_is_connected_to)
{
    const char *const names[] = {"127.0.0.1", has_ipv6() ? "::1" : "127.0.0.2"};
    begin_listening(_i % 2, names[_i / 2]);
    ck_assert_int_eq(connect_near(names[_i / 2]), 0);
    accept_far();
    check_connected();
    end_all();
}
END_TEST

START_TEST(every_interface_is_listened_on_by_default)
{
    begin_listening(_i, NULL);
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    accept_far();
    check_connected();
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    ck_assert_int_eq(connect_near(has_ipv6() ? "::1" : "127.0.0.2"), 0);
    accept_far();
    check_connected();
    end_all();
}
END_TEST

START_TEST(every_interface_of_ipv6_by_name_leaves_those_of_ipv4_to_others)
{
    int only = 0;
    socklen_t size = sizeof only;
    begin(_i);
    START(&listen_task, weft_listen, &listener, "::", 0);
    finish(&listen_task.task);
    if (listen_task.task.status != -EAFNOSUPPORT) {
        ck_assert_int_eq(listen_task.task.status, 0);
        getsockopt(weft_listener_fd(listener), IPPROTO_IPV6, IPV6_V6ONLY, &only, &size);
        ck_assert_int_eq(only, 1);
    }
    end_all();
}
END_TEST

START_TEST(a_connection_that_is_refused_says_so)
{
    begin_listening(_i, "127.0.0.1");
    weft_listener_close(&listener);
    START(&connect_task, weft_connect, &untouched, "127.0.0.1", port);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, -ECONNREFUSED);
    ck_assert_ptr_null(untouched);
    end_all();
}
END_TEST

START_TEST(a_port_that_is_busy_says_so)
{
    begin_listening(_i, "127.0.0.1");
    START(&listen_task, weft_listen, &untouched_listener, "127.0.0.1", port);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, -EADDRINUSE);
    ck_assert_ptr_null(untouched_listener);
    end_all();
}
END_TEST

/* One that does not need this loop, nor its memory. */
static int connect_plainly(void)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(client, (const struct sockaddr *)&to, sizeof to), 0);
    return client;
}

START_TEST(a_port_can_be_listened_on_again_although_its_last_connections_still_linger)
{
    begin_listening(_i, "127.0.0.1");
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    accept_far();
    weft_stream_abort(&far); /* this end first: the system keeps its port for a minute */
    weft_stream_abort(&near);
    weft_listener_close(&listener);
    START(&listen_task, weft_listen, &listener, "127.0.0.1", port);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, 0);
    end_all();
}
END_TEST

START_TEST(as_many_wait_to_be_accepted_as_was_said_by_default_as_many_as_the_system_allows)
{
    FILE *const file = fopen("/proc/sys/net/core/somaxconn", "r");
    struct tcp_info info;
    socklen_t size = sizeof info;
    unsigned most = 0;
    ck_assert_int_eq(fscanf(file, "%u", &most), 1);
    fclose(file);
    begin(_i % 2);
    START(&listen_task, weft_listen, &listener, "127.0.0.1", .backlog = _i / 2 ? 5 : 0);
    finish(&listen_task.task);
    ck_assert_int_eq(getsockopt(weft_listener_fd(listener), IPPROTO_TCP, TCP_INFO, &info, &size),
                     0);
    ck_assert_uint_eq(info.tcpi_sacked, _i / 2 ? 5 : most < SOMAXCONN ? most : SOMAXCONN);
    end_all();
}
END_TEST

/* Which of two listeners on one port a connection comes to is the system's choice; of so many none
 * gets them all. */
static size_t accept_all(weft_listener *from)
{
    size_t count = 0;
    int fd;
    while ((fd = accept(weft_listener_fd(from), NULL, NULL)) >= 0) {
        close(fd);
        count++;
    }
    return count;
}

static int no_delay(weft_stream *stream)
{
    int on = 0;
    socklen_t size = sizeof on;
    ck_assert_int_eq(getsockopt(weft_stream_fd(stream), IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    return on;
}

START_TEST(neither_end_delays_what_is_small)
{
    begin_listening(_i, "127.0.0.1");
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    accept_far();
    ck_assert_int_eq(no_delay(near), 1);
    ck_assert_int_eq(no_delay(far), 1);
    end_all();
}
END_TEST

START_TEST(listeners_that_both_say_so_share_a_port)
{
    enum { CLIENTS = 64 };
    weft_listener *other = NULL;
    int clients[CLIENTS];
    begin(_i);
    START(&listen_task, weft_listen, &listener, "127.0.0.1", .reuse_port = true);
    finish(&listen_task.task);
    port = weft_listener_port(listener);
    START(&listen_task, weft_listen, &other, "127.0.0.1", port, .reuse_port = true);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, 0);
    ck_assert_uint_eq(weft_listener_port(other), port);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_plainly();
    }
    const size_t first = accept_all(listener), second = accept_all(other);
    ck_assert_uint_eq(first + second, CLIENTS);
    ck_assert_uint_gt(first, 0);
    ck_assert_uint_gt(second, 0);
    for (int i = 0; i < CLIENTS; i++) {
        close(clients[i]);
    }
    weft_listener_close(&other);
    end_all();
}
END_TEST

START_TEST(a_port_is_shared_only_if_both_say_so)
{
    begin_listening(_i, "127.0.0.1");
    START(&listen_task, weft_listen, &untouched_listener, "127.0.0.1", port, .reuse_port = true);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, -EADDRINUSE);
    end_all();
}
END_TEST

START_TEST(a_port_that_cannot_be_shared_says_so)
{
    begin(_i);
    reuse_port_fails = true;
    START(&listen_task, weft_listen, &untouched_listener, NULL, .reuse_port = true);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, -ENOPROTOOPT);
    ck_assert_ptr_null(untouched_listener);
    end_all();
}
END_TEST

/* --- Unix-domain ------------------------------------------------------------------------------ */

static char path[64];

/* A name of its own for each test, that is not used yet. */
static void choose_path(void)
{
    char directory[] = "/tmp/weft-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/socket", directory);
}

static void remove_path(void)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    ck_assert_int_eq(rmdir(path), 0);
}

static bool exists(void)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

START_TEST(a_path_is_listened_on_and_removed_at_the_end)
{
    begin(_i);
    choose_path();
    ck_assert_int_eq(weft_listen_unix(loop, &listener, path), 0);
    ck_assert_uint_eq(weft_listener_port(listener), 0);
    ck_assert_int_eq(connect_unix(path), 0);
    accept_far();
    check_connected();
    weft_listener_close(&listener);
    ck_assert(!exists());
    remove_path();
    end_all();
}
END_TEST

START_TEST(an_abstract_name_needs_no_file)
{
    char name[64];
    begin(_i);
    (void)snprintf(name, sizeof name, "@weft-test-%ld", (long)getpid());
    ck_assert_int_eq(weft_listen_unix(loop, &listener, name), 0);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, name), -EADDRINUSE);
    ck_assert_int_eq(connect_unix(name), 0);
    accept_far();
    check_connected();
    end_all();
}
END_TEST

START_TEST(a_socket_file_that_nobody_listens_on_is_replaced)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    begin(_i);
    choose_path();
    memcpy(address.sun_path, path, sizeof path);
    const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
    close(dead);
    ck_assert_int_eq(connect_unix(path), -ECONNREFUSED);
    ck_assert_int_eq(weft_listen_unix(loop, &listener, path), 0);
    ck_assert_int_eq(connect_unix(path), 0);
    weft_listener_close(&listener);
    remove_path();
    end_all();
}
END_TEST

START_TEST(a_socket_file_that_somebody_listens_on_is_left_to_him)
{
    begin(_i);
    choose_path();
    ck_assert_int_eq(weft_listen_unix(loop, &listener, path), 0);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, path), -EADDRINUSE);
    ck_assert_ptr_null(untouched_listener);
    ck_assert_int_eq(connect_unix(path), 0);
    weft_listener_close(&listener);
    remove_path();
    end_all();
}
END_TEST

START_TEST(a_socket_file_whose_backlog_is_full_is_somebodys_and_nobody_waits_to_ask)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    begin(_i);
    choose_path();
    memcpy(address.sun_path, path, sizeof path);
    const int busy = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(busy, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(busy, 0), 0);
    ck_assert_int_eq(connect_unix(path), 0);
    alarm(10); /* instead of waiting for ever */
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, path), -EADDRINUSE);
    alarm(0);
    ck_assert(exists());
    close(busy);
    remove_path();
    end_all();
}
END_TEST

START_TEST(a_file_that_is_no_socket_is_left_alone)
{
    begin(_i);
    choose_path();
    fclose(fopen(path, "w"));
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, path), -EADDRINUSE);
    ck_assert(exists());
    remove_path();
    end_all();
}
END_TEST

START_TEST(a_file_that_has_taken_the_name_is_not_removed)
{
    begin(_i);
    choose_path();
    ck_assert_int_eq(weft_listen_unix(loop, &listener, path), 0);
    unlink(path);
    fclose(fopen(path, "w"));
    weft_listener_close(&listener);
    ck_assert(exists());
    remove_path();
    end_all();
}
END_TEST

START_TEST(a_child_that_closes_its_copy_leaves_the_file_to_the_parent)
{
    int status;
    begin(_i);
    choose_path();
    ck_assert_int_eq(weft_listen_unix(loop, &listener, path), 0);
    const pid_t child = fork();
    if (child == 0) {
        weft_listener_close(&listener);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(exists());
    ck_assert_int_eq(connect_unix(path), 0);
    weft_listener_close(&listener);
    remove_path();
    end_all();
}
END_TEST

/* Those that a program which is executed now would get. */
static int count_inheritable(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        const int flags = fcntl(fd, F_GETFD);
        count += flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    return count;
}

START_TEST(a_program_that_is_executed_gets_none_of_the_descriptors)
{
    const int before = count_inheritable();
    weft_listener *local = NULL;
    weft_stream *other = NULL;
    begin_listening(_i, "127.0.0.1");
    choose_path();
    ck_assert_int_eq(weft_listen_unix(loop, &local, path), 0);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, path), -EADDRINUSE);
    ck_assert_int_eq(connect_unix(path), 0);
    other = near;
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    accept_far();
    ck_assert_int_eq(count_inheritable(), before);
    ck_assert_int_eq(inheritable, 0); /* nor those that were closed again */
    weft_stream_abort(&other);
    weft_listener_close(&local);
    remove_path();
    end_all();
}
END_TEST

START_TEST(names_that_cannot_be_are_refused)
{
    char name[200] = {0};
    begin(_i);
    memset(name, 'x', sizeof name - 1);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, name), -ENAMETOOLONG);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, ""), -EINVAL);
    ck_assert_int_eq(weft_listen_unix(loop, &untouched_listener, "/no/such/place"), -ENOENT);
    ck_assert_int_eq(connect_unix(name), -ENAMETOOLONG);
    ck_assert_int_eq(connect_unix("/no/such/place"), -ENOENT);
    ck_assert_ptr_null(near);
    end_all();
}
END_TEST

/* --- accepted --------------------------------------------------------------------------------- */

START_TEST(who_accepts_is_told_when_the_listener_closes)
{
    begin_listening(_i, "127.0.0.1");
    START(&accept_task, weft_accept, listener, &near);
    START(&accept_task2, weft_accept, listener, &far);
    run_passes(2);
    weft_listener_close(&listener);
    ck_assert_ptr_null(listener);
    run_passes(1);
    ck_assert_int_eq(accept_task.task.status, WEFT_ECLOSED);
    ck_assert_int_eq(accept_task2.task.status, WEFT_ECLOSED);
    weft_listener_close(&listener);
    end_all();
}
END_TEST

START_TEST(a_cancelled_accept_leaves_the_connection_to_the_next)
{
    begin_listening(_i, "127.0.0.1");
    START(&accept_task, weft_accept, listener, &far);
    run_passes(1);
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    weft_task_cancel(&accept_task.task);
    if (weft_task_is_done(&accept_task.task)) { /* it was faster: another connection */
        weft_stream_abort(&near);
        weft_stream_abort(&far);
        ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    }
    finish(&accept_task.task);
    accept_far();
    check_connected();
    end_all();
}
END_TEST

START_TEST(one_that_was_cancelled_before_it_accepted_has_no_part_in_the_listener)
{
    begin_listening(_i % 2, "127.0.0.1");
    START(&accept_task, weft_accept, listener, &far);
    run_passes(1);
    if (_i / 2) {
        START(&accept_task2, weft_accept, listener, &far);
        weft_task_cancel(&accept_task2.task);
    } else {
        START(&serve_task, weft_serve, listener);
        weft_task_cancel(&serve_task.task);
    }
    run_passes(1);
    weft_listener_close(&listener);
    run_passes(1);
    ck_assert_int_eq(accept_task.task.status, WEFT_ECLOSED);
    end_all();
}
END_TEST

START_TEST(connections_that_were_given_up_are_passed_over)
{
    const int errors[] = {ECONNABORTED, EPROTO,       ENETDOWN,    ENOPROTOOPT, EHOSTDOWN,
                          ENONET,       EHOSTUNREACH, ENETUNREACH, EPERM,       EINTR};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        begin_listening(_i, "127.0.0.1");
        accept_error = errors[i];
        accepts_that_fail = 2;
        ck_assert_int_eq(connect_near("127.0.0.1"), 0);
        accept_far();
        end_all();
    }
}
END_TEST

START_TEST(that_descriptors_run_out_is_told)
{
    begin_listening(_i, "127.0.0.1");
    accept_error = EMFILE;
    accepts_that_fail = 1;
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    START(&accept_task, weft_accept, listener, &untouched);
    finish(&accept_task.task);
    ck_assert_int_eq(accept_task.task.status, -EMFILE);
    ck_assert_ptr_null(untouched);
    accept_far();
    end_all();
}
END_TEST

START_TEST(a_socket_that_listens_already_can_be_adopted)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    begin(_i);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    ck_assert_int_eq(weft_listener_open(loop, &listener, fd), 0);
    ck_assert_int_eq(weft_listener_fd(listener), fd);
    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    port = weft_listener_port(listener);
    ck_assert_int_eq(connect_near("127.0.0.1"), 0);
    accept_far();
    check_connected();
    ck_assert_int_eq(weft_listener_open(loop, &untouched_listener, -1), -EBADF);
    end_all();
}
END_TEST

/* --- served ----------------------------------------------------------------------------------- */

/* What the handlers do, by what they read. */
struct answer {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    char line[64];
    union {
        struct weft_read_line read;
        struct weft_write write;
        struct weft_close close;
        struct weft_sleep nap;
    };
};

static int answering;

static WEFT_ASYNC(answer, self)
{
    answering++;
    for (;;) {
        ck_assert_ptr_eq(self->context, &answering);
        WEFT_TRY(self->read, weft_read_line, self->stream, self->line, sizeof self->line);
        if (self->read.n == 0) {
            WEFT_RETURN(0);
        }
        if (strcmp(self->line, "fail\n") == 0) {
            WEFT_RETURN(-EIO);
        }
        if (strcmp(self->line, "drop\n") == 0) {
            WEFT_RETURN(-EPIPE);
        }
        if (strcmp(self->line, "reset\n") == 0) {
            WEFT_RETURN(-ECONNRESET);
        }
        WEFT_TRY(self->write, weft_write, self->stream, self->line, self->read.n);
    }
WEFT_FINALLY:
    answering--;
    if (WEFT_OUTCOME() == WEFT_ECANCELED) {
        say("cancelled ");
    } else if (WEFT_OUTCOME() == 0) {
        WEFT_AWAIT(self->close, weft_close, &self->stream); /* else it is dropped */
    }
}
WEFT_END

/* Sends a line some times, and expects it back. */
struct ask {
    WEFT_FRAME;
    const char *line;
    int times;
    bool stays; /* until the other side ends */
    weft_stream *stream;
    char back[64];
    union {
        struct weft_connect connect;
        struct weft_write write;
        struct weft_read_line read;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(ask, self)
{
    WEFT_TRY(self->connect, weft_connect, &self->stream, "127.0.0.1", port);
    for (; self->times > 0; self->times--) {
        WEFT_TRY(self->write, weft_write, self->stream, self->line, strlen(self->line));
        WEFT_TRY(self->read, weft_read_line, self->stream, self->back, sizeof self->back);
        if (strcmp(self->line, self->back) != 0) {
            WEFT_RETURN(self->stays && self->read.n == 0 ? 0 : -EBADMSG);
        }
    }
    if (self->stays) {
        WEFT_TRY(self->read, weft_read_line, self->stream, self->back, sizeof self->back);
        WEFT_RETURN(self->read.n == 0 ? 0 : -EBADMSG);
    }
WEFT_FINALLY:
    weft_stream_abort(&self->stream);
}
WEFT_END

static WEFT_TASK(ask) asks[20];

static void begin_serving(int n, size_t limit)
{
    begin_listening(n, "127.0.0.1");
    START(&serve_task, weft_serve, listener, WEFT_HANDLER(answer), &answering, limit);
    run_passes(1);
}

static void run_until_answering(int count)
{
    for (int i = 0; answering != count && i < 1000; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert_int_eq(answering, count);
}

static void end_serving(void)
{
    weft_listener_close(&listener);
    finish(&serve_task.task);
    ck_assert_uint_eq(serve_task.frame.connected, 0);
    ck_assert_int_eq(answering, 0);
    end_all();
}

START_TEST(each_connection_is_served_by_a_task_of_its_own)
{
    begin_serving(_i, 0);
    for (size_t i = 0; i < 20; i++) {
        START(&asks[i], ask, "hello\n", 50);
    }
    for (size_t i = 0; i < 20; i++) {
        finish(&asks[i].task);
        ck_assert_int_eq(asks[i].task.status, 0);
    }
    ck_assert_int_eq(reports, 0);
    end_serving();
    ck_assert_int_eq(serve_task.task.status, 0);
}
END_TEST

START_TEST(when_the_listener_closes_those_that_are_connected_are_served_to_their_end)
{
    begin_serving(_i, 0);
    START(&asks[0], ask, "hello\n", 1000);
    run_until_answering(1);
    ck_assert_uint_eq(serve_task.frame.connected, 1);
    weft_listener_close(&listener);
    run_passes(3);
    ck_assert(!weft_task_is_done(&serve_task.task));
    finish(&asks[0].task);
    ck_assert_int_eq(asks[0].task.status, 0);
    finish(&serve_task.task);
    ck_assert_int_eq(serve_task.task.status, 0);
    end_serving();
}
END_TEST

START_TEST(cancelled_it_cancels_its_handlers_and_awaits_them)
{
    begin_serving(_i, 0);
    START(&asks[0], ask, "hello\n", 1, .stays = true);
    START(&asks[1], ask, "hello\n", 1, .stays = true);
    run_until_answering(2);
    run_passes(10);
    weft_task_cancel(&serve_task.task);
    finish(&serve_task.task);
    ck_assert_int_eq(serve_task.task.status, WEFT_ECANCELED);
    ck_assert_str_eq(trace, "cancelled cancelled ");
    finish(&asks[0].task);
    finish(&asks[1].task);
    ck_assert_int_eq(asks[0].task.status, 0); /* its connection was closed */
    ck_assert_int_eq(reports, 0);
    end_serving();
}
END_TEST

START_TEST(a_graceful_end_can_be_cut_short_by_a_cancel)
{
    begin_serving(_i, 0);
    START(&asks[0], ask, "hello\n", 1, .stays = true);
    run_until_answering(1);
    weft_listener_close(&listener);
    run_passes(3);
    weft_task_cancel(&serve_task.task);
    finish(&serve_task.task);
    ck_assert_int_eq(serve_task.task.status, WEFT_ECANCELED);
    ck_assert_str_eq(trace, "cancelled ");
    finish(&asks[0].task);
    end_serving();
}
END_TEST

START_TEST(no_more_are_served_at_once_than_the_limit)
{
    begin_serving(_i, 2);
    START(&asks[0], ask, "hello\n", 1, .stays = true);
    START(&asks[1], ask, "hello\n", 1, .stays = true);
    run_until_answering(2);
    START(&asks[2], ask, "hello\n", 1, .stays = true);
    for (int i = 0; i < 20; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert_int_eq(asks[2].frame.times, 1); /* it still waits for its answer */
    ck_assert_int_eq(answering, 2);
    ck_assert_uint_eq(serve_task.frame.connected, 2);
    weft_task_cancel(&asks[0].task);
    for (int i = 0; i < 1000 && asks[2].frame.times > 0; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert_int_eq(asks[2].frame.times, 0);
    for (int i = 1; i < 3; i++) {
        weft_task_cancel(&asks[i].task);
        finish(&asks[i].task);
    }
    end_serving();
}
END_TEST

START_TEST(at_the_limit_a_closed_listener_still_ends_it)
{
    begin_serving(_i, 1);
    START(&asks[0], ask, "hello\n", 1, .stays = true);
    run_until_answering(1);
    weft_listener_close(&listener);
    run_passes(3);
    weft_task_cancel(&asks[0].task);
    finish(&serve_task.task);
    ck_assert_int_eq(serve_task.task.status, 0);
    end_serving();
}
END_TEST

START_TEST(a_handler_that_fails_is_reported_once_and_disturbs_no_other)
{
    begin_serving(_i, 0);
    START(&asks[0], ask, "fail\n", 1, .stays = true);
    START(&asks[1], ask, "hello\n", 20);
    finish(&asks[0].task);
    finish(&asks[1].task);
    ck_assert_int_eq(asks[0].task.status, 0); /* its connection was dropped */
    ck_assert_int_eq(asks[1].task.status, 0);
    end_serving();
    ck_assert_int_eq(serve_task.task.status, 0);
    ck_assert_str_eq(reported, "a connection's handler failed: -5 in answer\n");
}
END_TEST

START_TEST(that_the_other_side_has_gone_is_no_news)
{
    begin_serving(_i % 2, 0);
    START(&asks[0], ask, _i / 2 ? "reset\n" : "drop\n", 1, .stays = true);
    finish(&asks[0].task);
    START(&asks[1], ask, "hello\n", 1);
    finish(&asks[1].task);
    end_serving();
    ck_assert_str_eq(reported, "");
}
END_TEST

START_TEST(when_descriptors_or_buffers_run_out_it_says_so_pauses_and_goes_on)
{
    const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};
    char expected[80];
    begin_serving(_i % 2, 0);
    accept_error = errors[_i / 2];
    accepts_that_fail = 2;
    accepts = 0;
    START(&asks[0], ask, "hello\n", 1);
    for (int i = 0; i < 50; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert_int_eq(accepts, 1); /* it does not try again and again */
    ck_assert_int_eq(reports, 1);
    jumped += WEFT_S(1);
    run_passes(5);
    ck_assert_int_eq(accepts, 2);
    jumped += WEFT_S(1);
    finish(&asks[0].task);
    ck_assert_int_eq(asks[0].task.status, 0);
    (void)snprintf(expected, sizeof expected, "cannot accept connections, pausing for a second: %d",
                   -accept_error);
    ck_assert_ptr_nonnull(strstr(reported, expected));
    end_serving();
}
END_TEST

START_TEST(when_memory_runs_out_it_says_so_pauses_and_goes_on)
{
    char byte;
    begin_serving(_i % 2, 0);
    const int client = connect_plainly();
    callocs_until_one_fails = 1 + _i / 2; /* for the stream; for the task */
    for (int i = 0; reports == 0 && i < 1000; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert_int_eq(callocs_until_one_fails, 0);
    ck_assert_ptr_nonnull(strstr(reported, "cannot accept connections, pausing for a second"));
    ck_assert_int_eq(recv(client, &byte, 1, 0), 0);
    close(client);
    jumped += WEFT_S(1);
    START(&asks[0], ask, "hello\n", 1);
    finish(&asks[0].task);
    ck_assert_int_eq(asks[0].task.status, 0);
    ck_assert_int_eq(reports, 1);
    end_serving();
}
END_TEST

START_TEST(a_listener_that_closes_during_the_pause_ends_it)
{
    begin_serving(_i, 0);
    accept_error = ENFILE;
    accepts_that_fail = 1;
    START(&asks[0], ask, "hello\n", 1);
    for (int i = 0; reports == 0 && i < 1000; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    weft_listener_close(&listener);
    jumped += WEFT_S(1);
    finish(&serve_task.task);
    ck_assert_int_eq(serve_task.task.status, 0);
    finish(&asks[0].task);
    end_serving();
}
END_TEST

SUITE(socket)
{
    TEST_EACH(a_number_is_connected_to, 2 * BACKENDS);
    TEST_EACH(every_interface_is_listened_on_by_default, BACKENDS);
    TEST_EACH(every_interface_of_ipv6_by_name_leaves_those_of_ipv4_to_others, BACKENDS);
    TEST_EACH(a_connection_that_is_refused_says_so, BACKENDS);
    TEST_EACH(a_port_that_is_busy_says_so, BACKENDS);
    TEST_EACH(neither_end_delays_what_is_small, BACKENDS);
    TEST_EACH(a_port_can_be_listened_on_again_although_its_last_connections_still_linger, BACKENDS);
    TEST_EACH(as_many_wait_to_be_accepted_as_was_said_by_default_as_many_as_the_system_allows,
              2 * BACKENDS);
    TEST_EACH(listeners_that_both_say_so_share_a_port, BACKENDS);
    TEST_EACH(a_port_is_shared_only_if_both_say_so, BACKENDS);
    TEST_EACH(a_port_that_cannot_be_shared_says_so, BACKENDS);
    TEST_EACH(a_path_is_listened_on_and_removed_at_the_end, BACKENDS);
    TEST_EACH(an_abstract_name_needs_no_file, BACKENDS);
    TEST_EACH(a_socket_file_that_nobody_listens_on_is_replaced, BACKENDS);
    TEST_EACH(a_socket_file_that_somebody_listens_on_is_left_to_him, BACKENDS);
    TEST_EACH(a_socket_file_whose_backlog_is_full_is_somebodys_and_nobody_waits_to_ask, BACKENDS);
    TEST_EACH(a_file_that_is_no_socket_is_left_alone, BACKENDS);
    TEST_EACH(a_file_that_has_taken_the_name_is_not_removed, BACKENDS);
    TEST_EACH(a_child_that_closes_its_copy_leaves_the_file_to_the_parent, BACKENDS);
    TEST_EACH(a_program_that_is_executed_gets_none_of_the_descriptors, BACKENDS);
    TEST_EACH(names_that_cannot_be_are_refused, BACKENDS);
    TEST_EACH(who_accepts_is_told_when_the_listener_closes, BACKENDS);
    TEST_EACH(a_cancelled_accept_leaves_the_connection_to_the_next, BACKENDS);
    TEST_EACH(one_that_was_cancelled_before_it_accepted_has_no_part_in_the_listener, 2 * BACKENDS);
    TEST_EACH(connections_that_were_given_up_are_passed_over, BACKENDS);
    TEST_EACH(that_descriptors_run_out_is_told, BACKENDS);
    TEST_EACH(a_socket_that_listens_already_can_be_adopted, BACKENDS);
    TEST_EACH(each_connection_is_served_by_a_task_of_its_own, BACKENDS);
    TEST_EACH(when_the_listener_closes_those_that_are_connected_are_served_to_their_end, BACKENDS);
    TEST_EACH(cancelled_it_cancels_its_handlers_and_awaits_them, BACKENDS);
    TEST_EACH(a_graceful_end_can_be_cut_short_by_a_cancel, BACKENDS);
    TEST_EACH(no_more_are_served_at_once_than_the_limit, BACKENDS);
    TEST_EACH(at_the_limit_a_closed_listener_still_ends_it, BACKENDS);
    TEST_EACH(a_handler_that_fails_is_reported_once_and_disturbs_no_other, BACKENDS);
    TEST_EACH(that_the_other_side_has_gone_is_no_news, 2 * BACKENDS);
    TEST_EACH(when_descriptors_or_buffers_run_out_it_says_so_pauses_and_goes_on, 4 * BACKENDS);
    TEST_EACH(when_memory_runs_out_it_says_so_pauses_and_goes_on, 2 * BACKENDS);
    TEST_EACH(a_listener_that_closes_during_the_pause_ends_it, BACKENDS);
}
