/* test_connect.c - which addresses are tried, when, and what comes of it. */
/* SPDX-License-Identifier: MIT */
#include "sockets.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/un.h>

/* --- in place of the system's: see tests/meson.build ------------------------------------------- */

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

/* Where there is no IPv6, the order in which its addresses are tried is seen all the same. */
int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol)
{
    const int fd = __real_socket(family, type, protocol);
    return fd < 0 && family == AF_INET6 ? __real_socket(AF_INET, type, protocol) : fd;
}

/* Connections that answer when the test says so: the other ends of them. */
static int held[4];
static size_t held_count;

/* Makes of the descriptor one that cannot be written to yet, as if it were being connected. */
static int hold(int fd)
{
    static const char zeros[4096];
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    while (write(ends[0], zeros, sizeof zeros) > 0) {
    }
    ck_assert_int_eq(dup3(ends[0], fd, O_CLOEXEC), fd);
    close(ends[0]);
    held[held_count++] = ends[1];
    return EINPROGRESS;
}

static void answer(size_t nth)
{
    char zeros[4096];
    while (read(held[nth], zeros, sizeof zeros) > 0) {
    }
}

static bool is_interrupted;

/* Notes what is tried. 127.0.0.7 and "@held" are in the test's hands, 127.0.0.8 cannot be reached,
 * what begins with 2001: or 192. refuses. */
int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    const struct sockaddr_in *const v4 = (const void *)address;
    const struct sockaddr_in6 *const v6 = (const void *)address;
    const struct sockaddr_un *const local = (const void *)address;
    char name[INET6_ADDRSTRLEN] = "";
    if (is_interrupted) {
        is_interrupted = false;
        errno = EALREADY; /* the second time */
        return -1;
    }
    if (address->sa_family == AF_UNIX) {
        memcpy(name, &local->sun_path[1], sizeof "held" - 1);
    } else {
        inet_ntop(address->sa_family,
                  address->sa_family == AF_INET6 ? (const void *)&v6->sin6_addr : &v4->sin_addr,
                  name, sizeof name);
        say("%s ", name);
    }
    if (strcmp(name, "127.0.0.6") == 0) {
        is_interrupted = true;
        (void)hold(fd);
        errno = EINTR;
    } else if (strcmp(name, "127.0.0.7") == 0 || strcmp(name, "held") == 0) {
        errno = hold(fd);
    } else if (strcmp(name, "127.0.0.8") == 0) {
        errno = ENETUNREACH;
    } else if (strncmp(name, "2001:", 5) == 0 || strncmp(name, "192.", 4) == 0) {
        errno = ECONNREFUSED;
    } else {
        return __real_connect(fd, address, size);
    }
    return -1;
}

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

/* 127.0.0.1 answers, 127.0.0.2 does not; for the others see __wrap_connect. The clock stands. */
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
    stop_clock();
}

static void end_hosts(void)
{
    while (held_count > 0) {
        close(held[--held_count]);
    }
    fill_hole();
    end_all();
}

/* Until these have been tried: the resolver needs some time, and each try a pass. */
static void expect_tried(const char *names)
{
    for (int i = 0; strcmp(trace, names) != 0 && i < 5000; i++) {
        weft_loop_run_once(loop, WEFT_MS(1));
    }
    run_passes(3);
    ck_assert_str_eq(trace, names);
}

static void begin_to_connect(void)
{
    START(&connect_task, weft_connect, &near, "many.test", port);
}

START_TEST(an_address_that_does_not_answer_is_overtaken_after_a_quarter_of_a_second)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.1", NULL);
    begin_to_connect();
    expect_tried("127.0.0.2 ");
    jumped += WEFT_MS(250) - 1;
    expect_tried("127.0.0.2 ");
    jumped += 1;
    expect_tried("127.0.0.2 127.0.0.1 ");
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    accept_far();
    check_connected();
    end_hosts();
}
END_TEST

START_TEST(after_how_long_can_be_chosen)
{
    begin_hosts(_i, "127.0.0.7", "127.0.0.1", NULL);
    START(&connect_task, weft_connect, &near, "many.test", port, .attempt_delay = WEFT_MS(10));
    expect_tried("127.0.0.7 ");
    jumped += WEFT_MS(10) - 1;
    expect_tried("127.0.0.7 ");
    jumped += 1;
    expect_tried("127.0.0.7 127.0.0.1 ");
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    end_hosts();
}
END_TEST

START_TEST(an_address_that_refuses_is_overtaken_at_once)
{
    begin_hosts(_i, "127.0.0.9", "127.0.0.8", "127.0.0.1");
    begin_to_connect();
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    ck_assert_str_eq(trace, "127.0.0.9 127.0.0.8 127.0.0.1 ");
    accept_far();
    check_connected();
    end_hosts();
}
END_TEST

START_TEST(one_that_refuses_is_overtaken_at_once_also_while_another_does_not_answer)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.9", "127.0.0.1");
    begin_to_connect();
    expect_tried("127.0.0.2 ");
    jumped += WEFT_MS(250);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    ck_assert_str_eq(trace, "127.0.0.2 127.0.0.9 127.0.0.1 ");
    end_hosts();
}
END_TEST

START_TEST(the_families_take_turns)
{
    begin_hosts(_i, "2001:db8::1", "2001:db8::2", "192.0.2.1");
    hosts[3] = "192.0.2.2";
    begin_to_connect();
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, -ECONNREFUSED);
    ck_assert_str_eq(trace, "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 ");
    end_hosts();
}
END_TEST

START_TEST(if_all_fail_the_first_failure_is_told)
{
    begin_hosts(_i, "127.0.0.8", "127.0.0.9", NULL);
    begin_to_connect();
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, -ENETUNREACH);
    hosts[0] = "127.0.0.9";
    hosts[1] = "127.0.0.8";
    begin_to_connect();
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, -ECONNREFUSED);
    ck_assert_ptr_null(near);
    end_hosts();
}
END_TEST

START_TEST(an_answer_that_comes_late_is_taken_if_the_others_fail)
{
    begin_hosts(_i, "127.0.0.7", "127.0.0.9", NULL);
    begin_to_connect();
    expect_tried("127.0.0.7 ");
    jumped += WEFT_MS(250);
    expect_tried("127.0.0.7 127.0.0.9 ");
    jumped += WEFT_S(100);
    run_passes(20);
    ck_assert(!weft_task_is_done(&connect_task.task));
    answer(0);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    check_arrives_at(held[0]);
    end_hosts();
}
END_TEST

START_TEST(the_first_that_answers_is_taken_and_the_others_are_given_up)
{
    char byte;
    begin_hosts(_i, "127.0.0.7", "127.0.0.7", "127.0.0.7");
    begin_to_connect();
    expect_tried("127.0.0.7 ");
    jumped += WEFT_MS(250);
    expect_tried("127.0.0.7 127.0.0.7 ");
    answer(0);
    answer(1);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    check_arrives_at(held[0]);
    ck_assert_int_eq(read(held[1], &byte, 1), 0);
    jumped += WEFT_S(100);
    expect_tried("127.0.0.7 127.0.0.7 ");
    end_hosts();
}
END_TEST

START_TEST(a_cancelled_connect_gives_up_all_its_attempts)
{
    begin_hosts(_i, "127.0.0.2", "127.0.0.2", "127.0.0.2");
    begin_to_connect();
    expect_tried("127.0.0.2 ");
    jumped += WEFT_MS(250);
    expect_tried("127.0.0.2 127.0.0.2 ");
    weft_task_cancel(&connect_task.task);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, WEFT_ECANCELED);
    ck_assert_ptr_null(near);
    ck_assert_str_eq(trace, "127.0.0.2 127.0.0.2 ");
    end_hosts();
}
END_TEST

/* --- in progress ------------------------------------------------------------------------------ */

START_TEST(a_connect_that_a_signal_interrupts_goes_on)
{
    begin_hosts(_i, "127.0.0.6", NULL, NULL);
    begin_to_connect();
    expect_tried("127.0.0.6 ");
    ck_assert(!weft_task_is_done(&connect_task.task));
    answer(0);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, 0);
    end_hosts();
}
END_TEST

START_TEST(a_connection_that_fails_in_the_end_tells_how)
{
    begin_hosts(_i, "127.0.0.7", NULL, NULL);
    begin_to_connect();
    expect_tried("127.0.0.7 ");
    close(held[--held_count]);
    finish(&connect_task.task);
    ck_assert_int_eq(connect_task.task.status, -ECONNRESET);
    ck_assert_ptr_null(near);
    end_hosts();
}
END_TEST

START_TEST(where_a_unix_domain_connect_takes_time_it_is_waited_for)
{
    begin(_i);
    START(&unix_task, weft_connect_unix, &near, "@held");
    run_passes(3);
    ck_assert(!weft_task_is_done(&unix_task.task));
    answer(0);
    finish(&unix_task.task);
    ck_assert_int_eq(unix_task.task.status, 0);
    check_arrives_at(held[0]);
    START(&unix_task, weft_connect_unix, &untouched, "@held");
    run_passes(3);
    close(held[1]);
    finish(&unix_task.task);
    ck_assert_int_eq(unix_task.task.status, -ECONNRESET);
    ck_assert_ptr_null(untouched);
    close(held[0]);
    end_all();
}
END_TEST

START_TEST(a_unix_domain_socket_whose_backlog_is_full_says_so)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = sizeof(sa_family_t); /* so that the system chooses a name */
    char name[sizeof address.sun_path] = "@";
    int first;
    begin(_i);
    const int busy = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(busy, (struct sockaddr *)&address, size), 0);
    size = sizeof address;
    ck_assert_int_eq(getsockname(busy, (struct sockaddr *)&address, &size), 0);
    memcpy(&name[1], &address.sun_path[1], size - sizeof(sa_family_t) - 1);
    ck_assert_int_eq(listen(busy, 0), 0);
    ck_assert_int_eq(connect_unix(name), 0);
    START(&unix_task, weft_connect_unix, &untouched, name);
    finish(&unix_task.task);
    ck_assert_int_eq(unix_task.task.status, -EAGAIN);
    ck_assert_ptr_null(untouched);
    first = accept(busy, NULL, NULL);
    START(&unix_task, weft_connect_unix, &far, name);
    finish(&unix_task.task);
    ck_assert_int_eq(unix_task.task.status, 0);
    close(first);
    close(busy);
    end_all();
}
END_TEST

SUITE(connect)
{
    TEST_EACH(an_address_that_does_not_answer_is_overtaken_after_a_quarter_of_a_second, BACKENDS);
    TEST_EACH(after_how_long_can_be_chosen, BACKENDS);
    TEST_EACH(an_address_that_refuses_is_overtaken_at_once, BACKENDS);
    TEST_EACH(one_that_refuses_is_overtaken_at_once_also_while_another_does_not_answer, BACKENDS);
    TEST_EACH(the_families_take_turns, BACKENDS);
    TEST_EACH(if_all_fail_the_first_failure_is_told, BACKENDS);
    TEST_EACH(an_answer_that_comes_late_is_taken_if_the_others_fail, BACKENDS);
    TEST_EACH(the_first_that_answers_is_taken_and_the_others_are_given_up, BACKENDS);
    TEST_EACH(a_cancelled_connect_gives_up_all_its_attempts, BACKENDS);
    TEST_EACH(a_connect_that_a_signal_interrupts_goes_on, BACKENDS);
    TEST_EACH(a_connection_that_fails_in_the_end_tells_how, BACKENDS);
    TEST_EACH(where_a_unix_domain_connect_takes_time_it_is_waited_for, BACKENDS);
    TEST_EACH(a_unix_domain_socket_whose_backlog_is_full_says_so, BACKENDS);
}
