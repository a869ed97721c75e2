/* test_faults.c - the n-th call fails, or a cancel comes in the n-th pass: for every n. */
/* SPDX-License-Identifier: MIT */
/*
 * A small program, in which a client and a server exchange lines, runs again and again; each time
 * one call more succeeds before one fails, until none has failed. However that ends, it ends: with
 * a status, all memory freed, all descriptors closed.
 *
 * The calls are replaced when the test is linked: see tests/meson.build. Time is virtual: a wait in
 * which nothing happens is over at once, and the clock jumps.
 */
#include "hosted.h"
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <time.h>
#include <weft/pool.h>
#include <weft/socket.h>

/* --- what fails ------------------------------------------------------------------------------- */

enum call {
    MEMORY,
    ACCEPT4,
    BIND,
    CLOSE,
    CONNECT,
    EPOLL_CREATE1,
    EPOLL_CTL,
    EPOLL_PWAIT2,
    FCNTL,
    GETSOCKNAME,
    GETSOCKOPT,
    LISTEN,
    PIPE2,
    POLL,
    PPOLL,
    PTHREAD_CREATE,
    READ,
    SENDMSG,
    SETSOCKOPT,
    SHUTDOWN,
    SIGACTION,
    SOCKET,
    WRITE
};

/* A fault that is harmless must not show at all. One that stays is tried as "from the n-th on". */
static const struct fault {
    enum call call;
    int error;
    bool is_harmless, stays;
} faults[] = {
    {MEMORY, ENOMEM, .stays = false},
    {MEMORY, ENOMEM, .stays = true},
    {ACCEPT4, EMFILE, .is_harmless = true},
    {ACCEPT4, EMFILE, .stays = true},
    {ACCEPT4, EINTR, .is_harmless = true},
    {ACCEPT4, ECONNABORTED, .is_harmless = true},
    {ACCEPT4, EINVAL, .stays = true},
    {BIND, EADDRINUSE, .stays = true},
    {CLOSE, EINTR, .is_harmless = true},
    {CONNECT, ECONNREFUSED, .stays = true},
    {EPOLL_CREATE1, EMFILE, .stays = true},
    {EPOLL_CTL, ENOSPC, .stays = false},
    {EPOLL_CTL, ENOMEM, .stays = true},
    {EPOLL_PWAIT2, EINTR, .is_harmless = true},
    {FCNTL, EBADF, .stays = false},
    {GETSOCKNAME, ENOBUFS, .stays = false},
    {GETSOCKOPT, ENOBUFS, .stays = true},
    {LISTEN, EADDRINUSE, .stays = true},
    {PIPE2, EMFILE, .stays = true},
    {POLL, EINTR, .is_harmless = true},
    {POLL, ENOMEM, .stays = true},
    {WRITE, EINTR, .is_harmless = true},
    {PPOLL, EINTR, .is_harmless = true},
    {PPOLL, ENOMEM, .is_harmless = true},
    {PTHREAD_CREATE, EAGAIN, .stays = true},
    {PTHREAD_CREATE, EAGAIN, .stays = false},
    {READ, EINTR, .is_harmless = true},
    {READ, ECONNRESET, .stays = true},
    {READ, EIO, .stays = false},
    {SENDMSG, EINTR, .is_harmless = true},
    {SENDMSG, EPIPE, .stays = true},
    {SENDMSG, ENOBUFS, .stays = false},
    {SETSOCKOPT, ENOMEM, .stays = true},
    {SHUTDOWN, ENOTCONN, .stays = true},
    {SIGACTION, EINVAL, .stays = false},
    {SIGACTION, EINVAL, .stays = true},
    {SOCKET, EMFILE, .stays = true},
    {SOCKET, EMFILE, .stays = false},
    {EPOLL_PWAIT2, ENOSYS, .is_harmless = true, .stays = true},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static const struct fault *fault; /* NULL: nothing fails, or is counted */
static int nth, calls;
static long blocks; /* of memory that are in use */
static weft_time jumped;

static bool fails(enum call call)
{
    if (fault == NULL || fault->call != call || ++calls < nth || (calls > nth && !fault->stays)) {
        return false;
    }
    errno = fault->error;
    return true;
}

/* --- in place of the system's ----------------------------------------------------------------- */

#define REPLACE(call, type, name, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(call) ? -1 : __real_##name arguments;                                         \
    }

REPLACE(ACCEPT4, int, accept4, (int fd, struct sockaddr *to, socklen_t *size, int flags),
        (fd, to, size, flags))
REPLACE(BIND, int, bind, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
REPLACE(CONNECT, int, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
REPLACE(EPOLL_CREATE1, int, epoll_create1, (int flags), (flags))
REPLACE(EPOLL_CTL, int, epoll_ctl, (int set, int what, int fd, struct epoll_event *event),
        (set, what, fd, event))
REPLACE(GETSOCKNAME, int, getsockname, (int fd, struct sockaddr *to, socklen_t *size),
        (fd, to, size))
REPLACE(GETSOCKOPT, int, getsockopt, (int fd, int level, int name, void *to, socklen_t *size),
        (fd, level, name, to, size))
REPLACE(LISTEN, int, listen, (int fd, int backlog), (fd, backlog))
REPLACE(PIPE2, int, pipe2, (int *fds, int flags), (fds, flags))
REPLACE(POLL, int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
REPLACE(READ, ssize_t, read, (int fd, void *into, size_t size), (fd, into, size))
REPLACE(SENDMSG, ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
        (fd, message, flags))
REPLACE(SETSOCKOPT, int, setsockopt,
        (int fd, int level, int name, const void *from, socklen_t size),
        (fd, level, name, from, size))
REPLACE(SHUTDOWN, int, shutdown, (int fd, int how), (fd, how))
REPLACE(SIGACTION, int, sigaction,
        (int number, const struct sigaction *action, struct sigaction *ret_before),
        (number, action, ret_before))
REPLACE(SOCKET, int, socket, (int family, int type, int protocol), (family, type, protocol))
REPLACE(WRITE, ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
REPLACE(FCNTL, int, fcntl, (int fd, int command, long argument), (fd, command, argument))
REPLACE(FCNTL, int, fcntl64, (int fd, int command, long argument), (fd, command, argument))

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument)
{
    return fails(PTHREAD_CREATE) ? fault->error : __real_pthread_create(thread, how, run, argument);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    const int status = __real_close(fd); /* it is closed in any case */
    return fails(CLOSE) ? -1 : status;
}

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    const int status = __real_clock_gettime(clock, ret_time);
    const weft_time ahead = jumped + ret_time->tv_nsec;
    ret_time->tv_sec += (time_t)(ahead / WEFT_S(1));
    ret_time->tv_nsec = (long)(ahead % WEFT_S(1));
    return status;
}

/* What a wait is shortened to. */
static const struct timespec *shorten(const struct timespec *timeout)
{
    static const struct timespec limit = {.tv_nsec = 4000000};
    return timeout != NULL && (timeout->tv_sec > 0 || timeout->tv_nsec > limit.tv_nsec) ? &limit
                                                                                        : timeout;
}

/* The rest of the time passes in no time. */
static int jump(int count, const struct timespec *timeout)
{
    if (count == 0 && shorten(timeout) != timeout) {
        jumped += timeout->tv_sec * WEFT_S(1) + timeout->tv_nsec - shorten(timeout)->tv_nsec;
    }
    return count;
}

int __real_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask)
{
    return fails(EPOLL_PWAIT2)
               ? -1
               : jump(__real_epoll_pwait2(set, events, size, shorten(timeout), mask), timeout);
}

/* Where there is no epoll_pwait2(): in milliseconds. */
int __real_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms)
{
    const struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                                     .tv_nsec = timeout_ms % 1000 * 1000000L};
    const int shortened = timeout_ms > 4 ? 4 : timeout_ms;
    return jump(__real_epoll_wait(set, events, size, shortened), timeout_ms < 0 ? NULL : &timeout);
}

int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    return fails(PPOLL) ? -1 : jump(__real_ppoll(fds, count, shorten(timeout), mask), timeout);
}

/* Memory is counted while a fault is being tried. */
static void *counted(void *block)
{
    blocks += fault != NULL && block != NULL;
    return block;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return fails(MEMORY) ? NULL : counted(__real_malloc(size));
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails(MEMORY) ? NULL : counted(__real_calloc(count, size));
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
    if (fails(MEMORY)) {
        return NULL;
    }
    return old != NULL ? __real_realloc(old, size) : counted(__real_realloc(old, size));
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return fails(MEMORY) ? NULL : counted(__real_strdup(text));
}

void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block)
{
    blocks -= fault != NULL && block != NULL;
    __real_free(block);
}

/* --- the program ------------------------------------------------------------------------------ */

struct echo {
    WEFT_FRAME;
    weft_stream *stream;
    void *context;
    char line[64];
    union {
        struct weft_read_line read;
        struct weft_drain drain;
        struct weft_close close;
    };
};

static WEFT_ASYNC(echo, self)
{
    do {
        WEFT_TRY(self->read, weft_read_line, self->stream, self->line, sizeof self->line);
        WEFT_CHECK(weft_write_nowait(self->stream, self->line, self->read.n));
        WEFT_TRY(self->drain, weft_drain, self->stream);
    } while (self->line[0] != '\0');
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

/* Says one line each way it can be said, and hears it each way it can be heard. */
struct talk {
    WEFT_FRAME;
    weft_stream **stream;
    char back[64];
    struct iovec pieces[2];
    union {
        struct weft_write write;
        struct weft_writev writev;
        struct weft_read_line read_line;
        struct weft_read_exactly read_exactly;
        struct weft_read_until read_until;
        struct weft_shutdown shutdown;
        struct weft_close close;
    };
};

static char hello[] = "hello\n";

static WEFT_ASYNC(talk, self)
{
    WEFT_TRY(self->write, weft_write, *self->stream, hello, 6);
    WEFT_TRY(self->read_line, weft_read_line, *self->stream, self->back, sizeof self->back);
    WEFT_CHECK(self->read_line.n == 6 ? 0 : -ENODATA);
    self->pieces[0] = (struct iovec){hello, 3};
    self->pieces[1] = (struct iovec){&hello[3], 3};
    WEFT_TRY(self->writev, weft_writev, *self->stream, self->pieces, 2);
    WEFT_TRY(self->read_exactly, weft_read_exactly, *self->stream, self->back, 6);
    WEFT_CHECK(weft_write_nowait(*self->stream, hello, 6));
    WEFT_TRY(self->shutdown, weft_shutdown, *self->stream);
    WEFT_TRY(self->read_until, weft_read_until, *self->stream, "o\n", self->back,
             sizeof self->back);
    WEFT_TRY(self->read_line, weft_read_line, *self->stream, self->back, sizeof self->back);
    WEFT_CHECK(self->read_line.n == 0 ? 0 : -EBADMSG);
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, self->stream);
}
WEFT_END

/* Waits on a descriptor of its own, which is readable, by coroutine and by callback. */
struct watch {
    WEFT_FRAME;
    int fd;
    weft_source source;
    weft_handle reader, posted;
    weft_event called;
    union {
        struct weft_wait_readable wait_readable;
        struct weft_event_wait wait;
    };
};

static void set_event(void *event)
{
    weft_event_set(event);
}

static WEFT_ASYNC(watch, self)
{
    WEFT_CHECK(weft_source_open(&self->source, WEFT_LOOP(), self->fd));
    WEFT_TRY(self->wait_readable, weft_wait_readable, &self->source);
    weft_add_reader(&self->source, &self->reader, set_event, &self->called);
    WEFT_TRY(self->wait, weft_event_wait, &self->called);
    weft_event_clear(&self->called);
    weft_remove_reader(&self->source);
    weft_call_soon_threadsafe(WEFT_LOOP(), &self->posted, set_event, &self->called);
    WEFT_TRY(self->wait, weft_event_wait, &self->called);
WEFT_FINALLY:
    weft_handle_cancel(&self->posted);
    weft_source_close(&self->source);
}
WEFT_END

static int twice(void *number)
{
    return *(int *)number * 2;
}

/* Has a function run in a thread, a name looked up, and a signal told. */
struct outside {
    WEFT_FRAME;
    int number;
    weft_addresses addresses;
    weft_handle on_signal;
    weft_event told;
    union {
        struct weft_run_in_executor run;
        struct weft_getaddrinfo look_up;
        struct weft_event_wait wait;
    };
};

static WEFT_ASYNC(outside, self)
{
    self->number = 21;
    WEFT_TRY(self->run, weft_run_in_executor, twice, &self->number);
    WEFT_CHECK(self->run.result == 42 ? 0 : -EBADMSG);
    WEFT_AWAIT(self->look_up, weft_getaddrinfo, &self->addresses, "localhost"); /* if it is known */
    WEFT_CHECK(WEFT_STATUS() == WEFT_EADDRESS ? 0 : WEFT_STATUS());
    WEFT_CHECK(
        weft_add_signal_handler(WEFT_LOOP(), SIGUSR2, &self->on_signal, set_event, &self->told));
    raise(SIGUSR2);
    WEFT_TRY(self->wait, weft_event_wait, &self->told);
WEFT_FINALLY:
    weft_remove_signal_handler(WEFT_LOOP(), SIGUSR2);
    weft_addresses_free(&self->addresses);
}
WEFT_END

struct program {
    WEFT_FRAME;
    const char *path;
    int readable;
    weft_listener *tcp, *local;
    weft_stream *stream;
    weft_group servers;
    weft_scope patience;
    WEFT_TASK(weft_serve) serve_tcp, serve_local;
    union {
        struct watch watch;
        struct outside outside;
        struct weft_listen listen;
        struct weft_connect connect;
        struct weft_connect_unix connect_unix;
        struct talk talk;
    };
};

static WEFT_ASYNC(program, self)
{
    WEFT_TRY(self->watch, watch, self->readable);
    WEFT_TRY(self->outside, outside);
    WEFT_TRY(self->listen, weft_listen, &self->tcp, "127.0.0.1", 0);
    WEFT_CHECK(weft_listen_unix(WEFT_LOOP(), &self->local, self->path));
    WEFT_TIMEOUT(self->patience, WEFT_S(20)) {
        WEFT_GROUP(self->servers) {
            WEFT_CHECK(weft_spawn(&self->servers, &self->serve_tcp, weft_serve, self->tcp,
                                  WEFT_HANDLER(echo)));
            WEFT_CHECK(weft_spawn(&self->servers, &self->serve_local, weft_serve, self->local,
                                  WEFT_HANDLER(echo)));
            WEFT_TRY(self->connect, weft_connect, &self->stream, "127.0.0.1",
                     weft_listener_port(self->tcp));
            WEFT_TRY(self->talk, talk, &self->stream);
            WEFT_TRY(self->connect_unix, weft_connect_unix, &self->stream, self->path);
            WEFT_TRY(self->talk, talk, &self->stream);
            weft_listener_close(&self->tcp);
            weft_listener_close(&self->local);
        }
    }
WEFT_FINALLY:
    weft_listener_close(&self->tcp);
    weft_listener_close(&self->local);
    weft_stream_abort(&self->stream);
}
WEFT_END

static void count_report(void *context, const weft_report *report)
{
    (void)context, (void)report;
    reports++;
}

/* Makes a loop, runs the program, closes the loop; nothing here but Weft may fail. */
static int run_program(const char *backend, const char *path, int readable)
{
    weft_loop *own = NULL;
    const weft_loop_desc desc = {.backend = backend};
    int status = weft_loop_new(&own, &desc);
    if (status == 0) {
        weft_loop_set_exception_handler(own, count_report, NULL);
        status = weft_loop_run_until_complete(own, program, path, readable);
        weft_loop_close(own);
    }
    return status;
}

/* One run, in which the n-th call fails: its status. True if it came to that call. */
static bool try_fault(int index, const char *backend, const char *path, int *ret_status)
{
    int ends[2];
    make_pipe(ends);
    put(ends[1], "x");
    const int open_here = count_descriptors();
    blocks = 0;
    calls = 0;
    fault = &faults[index];
    *ret_status = run_program(backend, path, ends[0]);
    fault = NULL;
    ck_assert_msg(blocks == 0, "call %d: %ld blocks of memory are left", nth, blocks);
    ck_assert_msg(count_descriptors() == open_here, "call %d: descriptors are left", nth);
    close_pipe(ends);
    ck_assert_msg(*ret_status <= 0, "call %d: status %d", nth, *ret_status);
    return calls >= nth;
}

START_TEST(whichever_call_fails_the_program_ends_with_a_status_and_lets_go_of_everything)
{
    const int index = _i / BACKENDS;
    char path[64], directory[] = "/tmp/weft-test-XXXXXX";
    int status;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/socket", directory);
    nth = 1;
    while (try_fault(index, backends[_i % BACKENDS], path, &status)) {
        if (faults[index].is_harmless) {
            ck_assert_msg(status == 0, "call %d: %s", nth, weft_strstatus(status));
        }
        ck_assert_int_lt(nth, 1000);
        nth++;
    }
    ck_assert_int_eq(status, 0); /* nothing failed any more */
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* Runs the program for so many passes, and then cancels it: its status. */
static int run_cancelled(const char *backend, const char *path, int readable, int passes)
{
    static WEFT_TASK(program) slot;
    weft_loop *own = NULL;
    const weft_loop_desc desc = {.backend = backend};
    if (weft_loop_new(&own, &desc) < 0 ||
        weft_spawn(weft_loop_group(own), &slot, program, path, readable) < 0) {
        return -EINVAL;
    }
    for (int i = 0; !weft_task_is_done(&slot.task); i++) {
        if (i == passes) {
            weft_task_cancel(&slot.task);
        }
        weft_loop_run_once(own, WEFT_S(1));
    }
    weft_loop_close(own);
    return slot.task.status;
}

START_TEST(in_whichever_pass_it_is_cancelled_the_program_lets_go_of_everything)
{
    char path[64], directory[] = "/tmp/weft-test-XXXXXX";
    int status = WEFT_ECANCELED;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/socket", directory);
    for (int passes = 0; status != 0; passes++) {
        int ends[2];
        make_pipe(ends);
        put(ends[1], "x");
        const int open_here = count_descriptors();
        nth = INT_MAX; /* nothing fails: memory is counted */
        blocks = 0;
        fault = &faults[0];
        status = run_cancelled(backends[_i], path, ends[0], passes);
        fault = NULL;
        ck_assert_msg(blocks == 0, "pass %d: %ld blocks of memory are left", passes, blocks);
        ck_assert_int_eq(count_descriptors(), open_here);
        ck_assert_msg(status == 0 || status == WEFT_ECANCELED, "pass %d: %d", passes, status);
        ck_assert_int_lt(passes, 1000);
        close_pipe(ends);
    }
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

SUITE(faults)
{
    TEST_EACH(in_whichever_pass_it_is_cancelled_the_program_lets_go_of_everything, BACKENDS);
    TEST_EACH(whichever_call_fails_the_program_ends_with_a_status_and_lets_go_of_everything,
              FAULTS * BACKENDS);
}
