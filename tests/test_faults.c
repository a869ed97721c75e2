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
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <weft/pool.h>
#include <weft/socket.h>

/* --- what fails ------------------------------------------------------------------------------- */
/*
 * Of what the library asks of the system, see `nm -u`, these are left out:
 *
 * - They cannot fail as they are called: clock_gettime() of a clock that always is, mutexes and
 *   conditions, pthread_join(), pthread_sigmask(), signal() and raise() of a signal that there is,
 *   sigaction() of SIGINT in weft_run(), and of a signal that is given back.
 * - Nobody is left to be told: fprintf(), fputc(), fwrite() and fflush() on stderr.
 * - It is an answer: NULL of getenv(). strerror_r() finds a text for every number.
 * - test_dns.c does it: getaddrinfo().
 */

enum call {
    MEMORY,
    ACCEPT4,
    BIND,
    CLOSE,
    CONNECT,
    EPOLL_CREATE1,
    EPOLL_CTL,
    EPOLL_PWAIT2,
    EPOLL_WAIT,
    FCNTL,
    FSTAT,
    GETSOCKNAME,
    GETSOCKOPT,
    LISTEN,
    LSTAT,
    PIPE2,
    POLL,
    PPOLL,
    PTHREAD_ATFORK,
    PTHREAD_CREATE,
    READ,
    RECV,
    SEND,
    SENDMSG,
    SETSOCKOPT,
    SHUTDOWN,
    SIGACTION,
    SOCKET,
    STAT,
    SYSCONF,
    UNLINK,
    WRITE
};

/* A fault that is harmless must not show at all; one that shows, whichever call it is, must make
 * the program fail. One that stays is tried as "from the n-th on". */
static const struct fault {
    enum call call;
    int error;
    bool is_harmless, shows, stays;
} faults[] = {
    {MEMORY, ENOMEM, .stays = false},
    {MEMORY, ENOMEM, .stays = true},
    {ACCEPT4, EMFILE, .is_harmless = true},
    {ACCEPT4, EMFILE, .stays = true},
    {ACCEPT4, EINTR, .is_harmless = true},
    {ACCEPT4, ECONNABORTED, .is_harmless = true},
    {ACCEPT4, EINVAL, .stays = true},
    {BIND, EADDRINUSE, .shows = true, .stays = true},
    {CLOSE, EINTR, .is_harmless = true},
    {CONNECT, ECONNREFUSED, .shows = true, .stays = true},
    {EPOLL_CREATE1, EMFILE, .shows = true, .stays = true},
    {EPOLL_CTL, ENOSPC, .stays = false},
    {EPOLL_CTL, ENOMEM, .stays = true},
    {EPOLL_PWAIT2, EINTR, .is_harmless = true},
    {EPOLL_PWAIT2, ENOSYS, .is_harmless = true, .stays = true},
    {EPOLL_WAIT, EINTR, .is_harmless = true},
    {FCNTL, EBADF, .shows = true},
    {FSTAT, ENOMEM, .shows = true},
    {FSTAT, EOVERFLOW, .shows = true, .stays = true},
    {GETSOCKNAME, ENOBUFS, .stays = false},
    {GETSOCKOPT, ENOBUFS, .stays = true},
    {LISTEN, EADDRINUSE, .shows = true, .stays = true},
    {LSTAT, ENOMEM, .stays = false},
    {LSTAT, EACCES, .stays = true},
    {PIPE2, EMFILE, .shows = true, .stays = true},
    {POLL, EINTR, .is_harmless = true},
    {POLL, ENOMEM, .stays = true},
    {WRITE, EINTR, .is_harmless = true},
    {PPOLL, EINTR, .is_harmless = true},
    {PPOLL, ENOMEM, .is_harmless = true},
    {PTHREAD_CREATE, EAGAIN, .shows = true, .stays = true},
    {PTHREAD_CREATE, EAGAIN, .shows = true},
    {READ, EINTR, .is_harmless = true},
    {RECV, EINTR, .is_harmless = true},
    {RECV, ECONNRESET, .stays = true},
    {RECV, EIO, .stays = false},
    {SEND, EINTR, .is_harmless = true},
    {SEND, EPIPE, .stays = true},
    {SEND, ENOBUFS, .stays = false},
    {SENDMSG, EINTR, .is_harmless = true},
    {SENDMSG, EPIPE, .stays = true},
    {SENDMSG, ENOBUFS, .stays = false},
    {SETSOCKOPT, ENOMEM, .is_harmless = true, .stays = true},
    {SHUTDOWN, ENOTCONN, .shows = true, .stays = true},
    {SIGACTION, EINVAL, .stays = false},
    {SIGACTION, EINVAL, .stays = true},
    {SOCKET, EMFILE, .shows = true, .stays = true},
    {SOCKET, EMFILE, .shows = true},
    {UNLINK, EACCES, .stays = false},
    {UNLINK, EROFS, .stays = true},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static const struct fault *fault; /* NULL: nothing fails, or is counted */
static int nth, calls;
static long blocks; /* of memory that are in use */
static weft_time jumped;
static int endless; /* waits without a limit that a signal ended */

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
REPLACE(RECV, ssize_t, recv, (int fd, void *into, size_t size, int flags), (fd, into, size, flags))
REPLACE(SEND, ssize_t, send, (int fd, const void *from, size_t size, int flags),
        (fd, from, size, flags))
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
REPLACE(SYSCONF, long, sysconf, (int name), (name))
REPLACE(WRITE, ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))

/* Where offsets are of 64 bits some names say so. */
REPLACE(FCNTL, int, fcntl, (int fd, int command, long argument), (fd, command, argument))
REPLACE(FCNTL, int, fcntl64, (int fd, int command, long argument), (fd, command, argument))
REPLACE(FSTAT, int, fstat, (int fd, struct stat *ret_file), (fd, ret_file))
REPLACE(FSTAT, int, fstat64, (int fd, struct stat *ret_file), (fd, ret_file))
REPLACE(LSTAT, int, lstat, (const char *at, struct stat *ret_file), (at, ret_file))
REPLACE(LSTAT, int, lstat64, (const char *at, struct stat *ret_file), (at, ret_file))
REPLACE(STAT, int, stat, (const char *at, struct stat *ret_file), (at, ret_file))
REPLACE(STAT, int, stat64, (const char *at, struct stat *ret_file), (at, ret_file))

int __real_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    return fails(PTHREAD_ATFORK) ? fault->error : __real_pthread_atfork(prepare, parent, child);
}

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
    if (fault != NULL) {
        say("close ");
    }
    return fails(CLOSE) ? -1 : status;
}

int __real_unlink(const char *at);
int __wrap_unlink(const char *at);
int __wrap_unlink(const char *at)
{
    if (fault != NULL) {
        say("unlink ");
    }
    return fails(UNLINK) ? -1 : __real_unlink(at);
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

/* If STAT fails the loop may wait for what never comes: a signal ends that. */
static bool is_interrupted(const struct timespec *timeout)
{
    if (timeout != NULL || fault == NULL || fault->call != STAT) {
        return false;
    }
    endless++;
    errno = EINTR;
    return true;
}

int __real_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask)
{
    if (fault != NULL && fault->call == EPOLL_WAIT) {
        errno = ENOSYS;
        return -1;
    }
    return fails(EPOLL_PWAIT2) || is_interrupted(timeout)
               ? -1
               : jump(__real_epoll_pwait2(set, events, size, shorten(timeout), mask), timeout);
}

/* Where there is no epoll_pwait2(): in milliseconds. */
int __real_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms)
{
    const struct timespec limit = {.tv_sec = timeout_ms / 1000,
                                   .tv_nsec = timeout_ms % 1000 * 1000000L};
    const struct timespec *const timeout = timeout_ms < 0 ? NULL : &limit;
    const int shortened = timeout_ms > 4 ? 4 : timeout_ms;
    return fails(EPOLL_WAIT) || is_interrupted(timeout)
               ? -1
               : jump(__real_epoll_wait(set, events, size, shortened), timeout);
}

int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    return fails(PPOLL) || is_interrupted(timeout)
               ? -1
               : jump(__real_ppoll(fds, count, shorten(timeout), mask), timeout);
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

/* --- the file of a Unix-domain socket --------------------------------------------------------- */

static char path[64];
static int dead; /* a socket to which the path belongs at first, on which nobody listens */
static ino_t dead_inode;

static void make_directory(void)
{
    char directory[] = "/tmp/weft-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/socket", directory);
}

static void remove_directory(void)
{
    *strrchr(path, '/') = '\0';
    ck_assert_int_eq(rmdir(path), 0);
}

/* It stays open: so no other file gets its number. */
static void leave_dead_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat file;
    memcpy(address.sun_path, path, sizeof path);
    dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(lstat(path, &file), 0);
    dead_inode = file.st_ino;
}

/* What is there in the end, which is removed. */
static const char *left_behind(void)
{
    struct stat file;
    const bool is_there = lstat(path, &file) == 0;
    unlink(path);
    close(dead);
    return !is_there ? "nothing" : file.st_ino == dead_inode ? "the dead one" : "its own";
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
        struct weft_peek peek;
        struct weft_flush flush;
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
    weft_stream_set_coalesce(*self->stream, true);
    WEFT_TRY(self->write, weft_write, *self->stream, hello, 2);
    WEFT_CHECK(weft_write_nowait(*self->stream, &hello[2], 4));
    WEFT_TRY(self->flush, weft_flush, *self->stream);
    WEFT_TRY(self->peek, weft_peek, *self->stream, .at_least = 6);
    WEFT_CHECK(self->peek.n == 6 && memcmp(self->peek.bytes, hello, 6) == 0 ? 0 : -EBADMSG);
    weft_consume(*self->stream, 6);
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
    WEFT_CHECK(weft_listen_unix(WEFT_LOOP(), &self->local, path));
    WEFT_TIMEOUT(self->patience, WEFT_S(20)) {
        WEFT_GROUP(self->servers) {
            WEFT_CHECK(weft_spawn(&self->servers, &self->serve_tcp, weft_serve, self->tcp,
                                  WEFT_HANDLER(echo)));
            WEFT_CHECK(weft_spawn(&self->servers, &self->serve_local, weft_serve, self->local,
                                  WEFT_HANDLER(echo)));
            WEFT_TRY(self->connect, weft_connect, &self->stream, "127.0.0.1",
                     weft_listener_port(self->tcp));
            WEFT_TRY(self->talk, talk, &self->stream);
            WEFT_TRY(self->connect_unix, weft_connect_unix, &self->stream, path);
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
static int run_program(const char *backend, int readable)
{
    weft_loop *own = NULL;
    const weft_loop_desc desc = {.backend = backend};
    int status = weft_loop_new(&own, &desc);
    if (status == 0) {
        weft_loop_set_exception_handler(own, count_report, NULL);
        status = weft_loop_run_until_complete(own, program, readable);
        weft_loop_close(own);
    }
    return status;
}

/* One run, in which the n-th call fails: its status. True if it came to that call. */
static bool try_fault(int index, const char *backend, int *ret_status)
{
    int ends[2];
    make_pipe(ends);
    put(ends[1], "x");
    leave_dead_socket();
    const int open_here = count_descriptors();
    blocks = 0;
    calls = 0;
    fault = &faults[index];
    *ret_status = run_program(backend, ends[0]);
    fault = NULL;
    ck_assert_msg(blocks == 0, "call %d: %ld blocks of memory are left", nth, blocks);
    ck_assert_msg(count_descriptors() == open_here, "call %d: descriptors are left", nth);
    const bool may_stay = faults[index].call == LSTAT || faults[index].call == UNLINK;
    ck_assert_msg(strcmp(left_behind(), "its own") != 0 || may_stay, "call %d: a file is left",
                  nth);
    close_pipe(ends);
    ck_assert_msg(*ret_status <= 0, "call %d: status %d", nth, *ret_status);
    return calls >= nth;
}

START_TEST(whichever_call_fails_the_program_ends_with_a_status_and_lets_go_of_everything)
{
    const int index = _i / BACKENDS;
    int status;
    make_directory();
    nth = 1;
    while (try_fault(index, backends[_i % BACKENDS], &status)) {
        if (faults[index].is_harmless) {
            ck_assert_msg(status == 0, "call %d: %s", nth, weft_strstatus(status));
        }
        if (faults[index].shows) {
            ck_assert_msg(status < 0, "call %d: no failure", nth);
        }
        ck_assert_int_lt(nth, 1000);
        nth++;
    }
    ck_assert_int_eq(status, 0); /* nothing failed any more */
    remove_directory();
}
END_TEST

/* Runs the program for so many passes, and then cancels it: its status. */
static int run_cancelled(const char *backend, int readable, int passes)
{
    static WEFT_TASK(program) slot;
    weft_loop *own = NULL;
    const weft_loop_desc desc = {.backend = backend};
    if (weft_loop_new(&own, &desc) < 0 ||
        weft_spawn(weft_loop_group(own), &slot, program, readable) < 0) {
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
    int status = WEFT_ECANCELED;
    make_directory();
    for (int passes = 0; status != 0; passes++) {
        int ends[2];
        make_pipe(ends);
        put(ends[1], "x");
        leave_dead_socket();
        const int open_here = count_descriptors();
        nth = INT_MAX; /* nothing fails: memory is counted */
        blocks = 0;
        fault = &faults[0];
        status = run_cancelled(backends[_i], ends[0], passes);
        fault = NULL;
        ck_assert_msg(blocks == 0, "pass %d: %ld blocks of memory are left", passes, blocks);
        ck_assert_int_eq(count_descriptors(), open_here);
        ck_assert_str_ne(left_behind(), "its own");
        ck_assert_msg(status == 0 || status == WEFT_ECANCELED, "pass %d: %d", passes, status);
        ck_assert_int_lt(passes, 1000);
        close_pipe(ends);
    }
    remove_directory();
}
END_TEST

/* --- what a fault means ----------------------------------------------------------------------- */

/* From here to end_fault(): the n-th call fails, and no other; n is 0: none. */
static void begin_fault(enum call call, int error, int n)
{
    static struct fault single;
    single = (struct fault){.call = call, .error = error};
    trace[0] = '\0';
    calls = 0;
    nth = n;
    fault = &single;
}

static void end_fault(void)
{
    fault = NULL;
}

/* The first loop of a process alone comes to that call: so this test is the first. */
START_TEST(a_loop_that_would_not_hear_of_a_fork_is_not_made)
{
    weft_loop *own = NULL;
    begin_fault(PTHREAD_ATFORK, ENOMEM, 1);
    const int failed = weft_loop_new(&own, NULL);
    const bool is_untouched = own == NULL;
    const int once_more = weft_loop_new(&own, NULL); /* it asks again */
    weft_loop_close(own);
    const int later = weft_loop_new(&own, NULL); /* it hears, and does not ask */
    weft_loop_close(own);
    end_fault();
    ck_assert_int_eq(failed, WEFT_ENOMEM);
    ck_assert(is_untouched);
    ck_assert_int_eq(once_more, 0);
    ck_assert_int_eq(later, 0);
    ck_assert_int_eq(calls, 2);
}
END_TEST

/* A listener is opened where a dead socket is, and closed, while one call fails. */
static const struct local_fault {
    enum call call;
    int error, nth, status;
    const char *trace, *left;
} local_faults[] = {
    {UNLINK, 0, 0, 0, "close unlink unlink close ", "nothing"},
    /* Whether it is dead is not known, or it cannot be removed: it keeps the name. */
    {LSTAT, EACCES, 1, -EADDRINUSE, "close ", "the dead one"},
    {SOCKET, EMFILE, 1, -EADDRINUSE, "close ", "the dead one"},
    {CONNECT, EACCES, 1, -EADDRINUSE, "close close ", "the dead one"},
    {CONNECT, EAGAIN, 1, -EADDRINUSE, "close close ", "the dead one"},
    {UNLINK, EACCES, 1, -EADDRINUSE, "close unlink close ", "the dead one"},
    /* Nothing was bound. */
    {SOCKET, EMFILE, 2, -EMFILE, "close unlink ", "nothing"},
    {BIND, EADDRINUSE, 1, -EADDRINUSE, "close unlink close ", "nothing"},
    /* It was, in vain. The file goes first: behind the close it might be another's. */
    {LISTEN, EACCES, 1, -EACCES, "close unlink unlink close ", "nothing"},
    {FCNTL, EBADF, 1, -EBADF, "close unlink unlink close ", "nothing"},
    {MEMORY, ENOMEM, 1, WEFT_ENOMEM, "close unlink unlink close ", "nothing"},
    {MEMORY, ENOMEM, 2, WEFT_ENOMEM, "close unlink unlink close ", "nothing"},
    /* Which file is the listener's is not known, or it cannot be removed: it stays. */
    {LSTAT, EACCES, 2, 0, "close unlink close ", "its own"},
    {LSTAT, EACCES, 3, 0, "close unlink close ", "its own"},
    {UNLINK, EACCES, 2, 0, "close unlink unlink close ", "its own"},
};
enum { LOCAL_FAULTS = sizeof local_faults / sizeof local_faults[0] };

START_TEST(a_listener_in_vain_leaves_no_file_and_removes_none_that_may_be_anothers)
{
    const struct local_fault *const row = &local_faults[_i / BACKENDS];
    weft_listener *listener = NULL;
    make_directory();
    leave_dead_socket();
    begin(_i % BACKENDS);
    begin_fault(row->call, row->error, row->nth);
    const int status = weft_listen_unix(loop, &listener, path);
    const bool is_open = listener != NULL;
    weft_listener_close(&listener);
    end_fault();
    ck_assert_int_eq(status, row->status);
    ck_assert_int_eq(is_open, status == 0);
    ck_assert_str_eq(trace, row->trace);
    end();
    ck_assert_str_eq(left_behind(), row->left);
    remove_directory();
}
END_TEST

static bool has_ipv6(void)
{
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

/* It is not built in, or switched off. Any other failure is told. */
START_TEST(where_there_is_no_ipv6_every_interface_is_listened_on_by_ipv4)
{
    static const struct {
        enum call call;
        int error, status;
    } rows[] = {
        {SOCKET, EAFNOSUPPORT, 0},
        {BIND, EADDRNOTAVAIL, 0},
        {BIND, EADDRINUSE, -EADDRINUSE},
    };
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (!has_ipv6()) {
        return; /* there the second call would be the first */
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        weft_listener *listener = NULL;
        begin(_i);
        begin_fault(rows[i].call, rows[i].error, 1);
        const int status = RUN(weft_listen, &listener, NULL, 0);
        end_fault();
        ck_assert_int_eq(status, rows[i].status);
        if (status == 0) {
            const int fd = weft_listener_fd(listener);
            ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
            ck_assert_int_eq(address.sin_family, AF_INET);
        }
        weft_listener_close(&listener);
        end();
    }
}
END_TEST

struct lost {
    WEFT_FRAME;
    weft_link nobody;
};

static WEFT_ASYNC(lost, self)
{
    WEFT_PARK(&self->nobody);
}
WEFT_END

/* Threads that are not counted might wake somebody. */
START_TEST(while_the_threads_cannot_be_counted_nothing_is_taken_for_a_deadlock)
{
    int number = 21;
    begin(_i);
    ck_assert_int_eq(RUN(weft_run_in_executor, twice, &number), 0); /* there is a thread */
    capture_stderr();
    endless = 0;
    begin_fault(STAT, ENOMEM, 1);
    const int status = RUN(lost);
    end_fault();
    (void)read_stderr();
    ck_assert_int_eq(status, WEFT_EDEADLOCK);
    ck_assert_int_eq(endless, 1); /* it waited; then they could be counted */
    ck_assert_int_eq(calls, 2);
    end();
}
END_TEST

static int wait_for_semaphore(void *semaphore)
{
    while (sem_wait(semaphore) < 0) {
    }
    return 0;
}

START_TEST(where_the_processors_cannot_be_counted_the_pool_has_five_threads)
{
    enum { JOBS = 6 };
    static WEFT_TASK(weft_run_in_executor) jobs[JOBS];
    sem_t may_return;
    sem_init(&may_return, 0, 0);
    begin(_i);
    begin_fault(SYSCONF, EINVAL, 1);
    for (int i = 0; i < JOBS; i++) {
        weft_spawn(weft_loop_group(loop), &jobs[i], weft_run_in_executor, wait_for_semaphore,
                   &may_return);
    }
    weft_loop_run_once(loop, 0);
    weft_loop_run_once(loop, 0);
    end_fault();
    ck_assert_uint_eq(weft_pool_threads(loop), 5);
    for (int i = 0; i < JOBS; i++) {
        sem_post(&may_return);
    }
    for (int i = 0; i < JOBS; i++) {
        finish(&jobs[i].task);
    }
    end();
    sem_destroy(&may_return);
}
END_TEST

SUITE_TOGETHER(faults)
{
    TEST(a_loop_that_would_not_hear_of_a_fork_is_not_made);
    TEST_EACH(in_whichever_pass_it_is_cancelled_the_program_lets_go_of_everything, BACKENDS);
    TEST_EACH(whichever_call_fails_the_program_ends_with_a_status_and_lets_go_of_everything,
              FAULTS * BACKENDS);
    TEST_EACH(a_listener_in_vain_leaves_no_file_and_removes_none_that_may_be_anothers,
              LOCAL_FAULTS * BACKENDS);
    TEST_EACH(where_there_is_no_ipv6_every_interface_is_listened_on_by_ipv4, BACKENDS);
    TEST_EACH(while_the_threads_cannot_be_counted_nothing_is_taken_for_a_deadlock, BACKENDS);
    TEST_EACH(where_the_processors_cannot_be_counted_the_pool_has_five_threads, BACKENDS);
}
