/* test_socket.c - connections that are made, accepted and served. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <weft/socket.h>

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)

static weft_listener *listener, *untouched_listener;
static weft_stream *near, *far, *untouched;
static WEFT_TASK(weft_listen) listen_task;
static WEFT_TASK(weft_accept) accept_task, accept_task2;
static WEFT_TASK(weft_connect) connect_task;
static WEFT_TASK(weft_connect_unix) unix_task;
static WEFT_TASK(weft_serve) serve_task;

/* --- in place of the system's: see tests/meson.build ------------------------------------------- */

static weft_time jumped; /* by how much the clock is ahead */

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    const int status = __real_clock_gettime(clock, ret_time);
    ret_time->tv_sec += (time_t)(jumped / WEFT_S(1));
    return status;
}

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

/* The addresses of "many.test", the first of them first. */
static const char *hosts[5];

int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_list);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_list);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_list)
{
    struct addrinfo **end = ret_list;
    if (strcmp(host, "many.test") != 0 || (hints->ai_flags & AI_NUMERICHOST) != 0) {
        return __real_getaddrinfo(host, service, hints, ret_list);
    }
    for (size_t i = 0; hosts[i] != NULL; i++) {
        const int error = __real_getaddrinfo(hosts[i], service, hints, end);
        if (error != 0) {
            return error;
        }
        end = &(*end)->ai_next;
    }
    return 0;
}

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    const struct sockaddr_in *const v4 = (const void *)address;
    if (address->sa_family == AF_INET && ntohl(v4->sin_addr.s_addr) == 0x7f000008) {
        errno = ENETUNREACH;
        return -1;
    }
    return __real_connect(fd, address, size);
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

/* --- the ends --------------------------------------------------------------------------------- */

static uint16_t port;

static void begin_listening(int n, const char *host)
{
    begin(n);
    START(&listen_task, weft_listen, &listener, host, 0);
    finish(&listen_task.task);
    ck_assert_int_eq(listen_task.task.status, 0);
    port = weft_listener_port(listener);
    ck_assert_uint_ne(port, 0);
}

static void end_all(void)
{
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    weft_listener_close(&listener);
    end();
}

static void accept_far(void)
{
    START(&accept_task, weft_accept, listener, &far);
    finish(&accept_task.task);
    ck_assert_int_eq(accept_task.task.status, 0);
}

static int connect_near(const char *host)
{
    START(&connect_task, weft_connect, &near, host, port);
    finish(&connect_task.task);
    return connect_task.task.status;
}

/* What one end writes arrives at the other. */
static void check_connected(void)
{
    struct pollfd incoming = {.fd = weft_stream_fd(far), .events = POLLIN};
    char bytes[8];
    ck_assert_int_eq(weft_write_nowait(near, "ping", 4), 0);
    ck_assert_int_eq(poll(&incoming, 1, 5000), 1);
    ck_assert_int_eq(read(incoming.fd, bytes, sizeof bytes), 4);
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
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(connect(clients[i], (const struct sockaddr *)&to, sizeof to), 0);
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

/* --- happy eyeballs --------------------------------------------------------------------------- */

static int hole = -1, in_hole[4];

/* Nobody answers there: the queue of those that wait to be accepted is full. False: in use. */
static bool dig_hole(const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct tcp_info info;
    socklen_t size = sizeof info;
    address.sin_addr.s_addr = inet_addr(host);
    hole = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(hole, (struct sockaddr *)&address, sizeof address) < 0) {
        close(hole);
        return false;
    }
    ck_assert_int_eq(listen(hole, 0), 0);
    for (size_t i = 0; i < 4; i++) {
        in_hole[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        __real_connect(in_hole[i], (struct sockaddr *)&address, sizeof address);
    }
    ck_assert_int_eq(getsockopt(in_hole[3], IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    ck_assert_int_eq(info.tcpi_state, TCP_SYN_SENT);
    return true;
}

static void fill_hole(void)
{
    close(hole);
    for (size_t i = 0; i < 4; i++) {
        close(in_hole[i]);
    }
}

/* 127.0.0.1 answers, 127.0.0.2 does not, 127.0.0.8 is unreachable, all others refuse. */
static void begin_hosts(int n, const char *first, const char *second, const char *third)
{
    begin_listening(n, "127.0.0.1");
    while (!dig_hole("127.0.0.2")) {
        weft_listener_close(&listener);
        START(&listen_task, weft_listen, &listener, "127.0.0.1", 0);
        finish(&listen_task.task);
        port = weft_listener_port(listener);
    }
    hosts[0] = first;
    hosts[1] = second;
    hosts[2] = third;
}

static void end_hosts(void)
{
    fill_hole();
    end_all();
}

/* Begins to connect; ends when nothing happens any more, unless the clock jumps. */
static void connect_to_many(void)
{
    START(&connect_task, weft_connect, &near, "many.test", port, .attempt_delay = WEFT_S(100));
    for (int i = 0; i < 50 && !weft_task_is_done(&connect_task.task); i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
}

START_TEST(an_address_that_does_not_answer_is_overtaken_after_a_while)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.1", NULL);
    connect_to_many();
    ck_assert(!weft_task_is_done(&connect_task.task));
    jumped += WEFT_S(100);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    accept_far();
    check_connected();
    end_hosts();
}
END_TEST

START_TEST(an_address_that_refuses_is_overtaken_at_once)
{
    begin_hosts(_i, "127.0.0.9", "127.0.0.8", "127.0.0.1");
    connect_to_many();
    ck_assert(weft_task_is_done(&connect_task.task));
    ck_assert_int_eq(connect_task.task.status, 0);
    accept_far();
    check_connected();
    end_hosts();
}
END_TEST

START_TEST(one_that_refuses_is_overtaken_at_once_also_while_another_does_not_answer)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.9", "127.0.0.1");
    connect_to_many();
    jumped += WEFT_S(100);
    for (int i = 0; i < 50 && !weft_task_is_done(&connect_task.task); i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    ck_assert(weft_task_is_done(&connect_task.task));
    ck_assert_int_eq(connect_task.task.status, 0);
    end_hosts();
}
END_TEST

START_TEST(if_all_fail_the_first_failure_is_told)
{
    begin_hosts(_i, "127.0.0.8", "127.0.0.9", NULL);
    connect_to_many();
    ck_assert_int_eq(connect_task.task.status, -ENETUNREACH);
    hosts[0] = "127.0.0.9";
    hosts[1] = "127.0.0.8";
    connect_to_many();
    ck_assert_int_eq(connect_task.task.status, -ECONNREFUSED);
    ck_assert_ptr_null(near);
    end_hosts();
}
END_TEST

START_TEST(an_answer_that_comes_late_is_taken_if_the_others_fail)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.9", NULL);
    connect_to_many();
    jumped += WEFT_S(100);
    run_passes(20);
    ck_assert(!weft_task_is_done(&connect_task.task)); /* the first may still answer */
    weft_task_cancel(&connect_task.task);
    finish(&connect_task.task);
    end_hosts();
}
END_TEST

START_TEST(a_cancelled_connect_gives_up_all_its_attempts)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.2", "127.0.0.2");
    connect_to_many();
    jumped += WEFT_S(100);
    run_passes(5);
    jumped += WEFT_S(100);
    run_passes(5);
    weft_task_cancel(&connect_task.task);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, WEFT_ECANCELED);
    ck_assert_ptr_null(near);
    end_hosts();
}
END_TEST

START_TEST(of_two_that_answer_one_is_taken_and_the_other_closed)
{
    begin_hosts(_i, "127.0.0.1", "127.0.0.1", NULL);
    START(&connect_task, weft_connect, &near, "many.test", port, .attempt_delay = 1);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    accept_far();
    end_hosts();
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

static int connect_unix(const char *name)
{
    START(&unix_task, weft_connect_unix, &near, name);
    finish(&unix_task.task);
    return unix_task.task.status;
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
    const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
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
    const int errors[] = {ECONNABORTED, EPROTO, ENETDOWN, EPERM, EINTR};
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
    START(&serve_task, weft_serve, listener, WEFT_HANDLER(answer), .limit = limit);
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
    START(&asks[2], ask, "hello\n", 1);
    run_passes(20);
    ck_assert_int_eq(answering, 2);
    ck_assert_uint_eq(serve_task.frame.connected, 2);
    weft_task_cancel(&asks[0].task);
    finish(&asks[2].task);
    ck_assert_int_eq(asks[2].task.status, 0);
    weft_task_cancel(&asks[1].task);
    finish(&asks[1].task);
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
    begin_serving(_i, 0);
    START(&asks[0], ask, "drop\n", 1, .stays = true);
    finish(&asks[0].task);
    START(&asks[1], ask, "hello\n", 1);
    finish(&asks[1].task);
    end_serving();
    ck_assert_str_eq(reported, "");
}
END_TEST

START_TEST(when_descriptors_run_out_it_says_so_pauses_and_goes_on)
{
    begin_serving(_i, 0);
    accept_error = EMFILE;
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
    ck_assert_ptr_nonnull(strstr(reported, "cannot accept connections, pausing for a second: -24"));
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
    TEST_EACH(a_connection_that_is_refused_says_so, BACKENDS);
    TEST_EACH(a_port_that_is_busy_says_so, BACKENDS);
    TEST_EACH(neither_end_delays_what_is_small, BACKENDS);
    TEST_EACH(listeners_that_both_say_so_share_a_port, BACKENDS);
    TEST_EACH(a_port_is_shared_only_if_both_say_so, BACKENDS);
    TEST_EACH(a_port_that_cannot_be_shared_says_so, BACKENDS);
    TEST_EACH(an_address_that_does_not_answer_is_overtaken_after_a_while, BACKENDS);
    TEST_EACH(an_address_that_refuses_is_overtaken_at_once, BACKENDS);
    TEST_EACH(one_that_refuses_is_overtaken_at_once_also_while_another_does_not_answer, BACKENDS);
    TEST_EACH(if_all_fail_the_first_failure_is_told, BACKENDS);
    TEST_EACH(an_answer_that_comes_late_is_taken_if_the_others_fail, BACKENDS);
    TEST_EACH(a_cancelled_connect_gives_up_all_its_attempts, BACKENDS);
    TEST_EACH(of_two_that_answer_one_is_taken_and_the_other_closed, BACKENDS);
    TEST_EACH(a_path_is_listened_on_and_removed_at_the_end, BACKENDS);
    TEST_EACH(an_abstract_name_needs_no_file, BACKENDS);
    TEST_EACH(a_socket_file_that_nobody_listens_on_is_replaced, BACKENDS);
    TEST_EACH(a_socket_file_that_somebody_listens_on_is_left_to_him, BACKENDS);
    TEST_EACH(a_file_that_is_no_socket_is_left_alone, BACKENDS);
    TEST_EACH(a_file_that_has_taken_the_name_is_not_removed, BACKENDS);
    TEST_EACH(a_child_that_closes_its_copy_leaves_the_file_to_the_parent, BACKENDS);
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
    TEST_EACH(that_the_other_side_has_gone_is_no_news, BACKENDS);
    TEST_EACH(when_descriptors_run_out_it_says_so_pauses_and_goes_on, BACKENDS);
    TEST_EACH(a_listener_that_closes_during_the_pause_ends_it, BACKENDS);
}
