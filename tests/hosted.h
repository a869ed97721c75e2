/* hosted.h - what the suites of the loop share: a loop, a trace, what was reported. */
/* SPDX-License-Identifier: MIT */
/*
 * A test runs once for each back end, TEST_EACH(name, BACKENDS), between begin(_i) and end(). The
 * latter closes the loop, and finds no more descriptors open than before:
 *
 *     begin(_i);
 *     ck_assert_int_eq(RUN(talker, "hello"), 0);
 *     ck_assert_str_eq(trace, "hello ");
 *     end();
 */
#ifndef WEFT_TEST_HOSTED_H
#define WEFT_TEST_HOSTED_H

#include "weft_check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/source.h>

static const char *const backends[] = {"epoll", "poll"};
enum { BACKENDS = 2 };

static weft_loop *loop;
static char trace[4096];
static char reported[4096]; /* what the exception handler was told, one line each */
static int reports;         /* how many */
static int open_before;

__attribute__((format(printf, 1, 2), unused)) static void say(const char *format, ...)
{
    const size_t length = strlen(trace);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(trace + length, sizeof trace - length, format, values);
    va_end(values);
}

/** A text as the argument of a callback. */
__attribute__((unused)) static void *word(const char *text)
{
    return (void *)(uintptr_t)text;
}

/** A callback. */
__attribute__((unused)) static void say_it(void *text)
{
    say("%s ", (const char *)text);
}

/** A callback. */
__attribute__((unused)) static void stop_it(void *unused)
{
    (void)unused;
    weft_loop_stop(loop);
}

static void take_report(void *context, const weft_report *report)
{
    const size_t length = strlen(reported);
    (void)context;
    reports++;
    (void)snprintf(reported + length, sizeof reported - length, "%s: %d in %s\n", report->message,
                   report->status, report->function);
}

static inline int count_descriptors(void)
{
    DIR *const directory = opendir("/proc/self/fd");
    int count = -1; /* that of the directory itself */
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

/** Makes the loop, with the n-th back end. */
__attribute__((unused)) static void begin(int n)
{
    loop = NULL;
    open_before = count_descriptors();
    trace[0] = '\0';
    reported[0] = '\0';
    reports = 0;
    ck_assert_int_eq(weft_loop_new(&loop, &(weft_loop_desc){.backend = backends[n]}), 0);
    weft_loop_set_exception_handler(loop, take_report, NULL);
}

/** Closes the loop: it has let go of all it had, and reported nothing that was not read. */
__attribute__((unused)) static void end(void)
{
    weft_loop_close(loop);
    loop = NULL;
    ck_assert_int_eq(count_descriptors(), open_before);
}

/** Runs a coroutine on the loop: its status. */
#define RUN(...) weft_loop_run_until_complete(loop, __VA_ARGS__)

/** So many passes; none of them waits. */
__attribute__((unused)) static void run_passes(int count)
{
    while (count-- > 0) {
        ck_assert_int_eq(weft_loop_run_once(loop, 0), 0);
    }
}

/** As many passes as a task needs to end; they may wait. */
__attribute__((unused)) static void finish(const weft_task *task)
{
    while (!weft_task_is_done(task)) {
        ck_assert_int_eq(weft_loop_run_once(loop, WEFT_S(10)), 0);
    }
}

/** A pipe that does not block. */
__attribute__((unused)) static void make_pipe(int ends[2])
{
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
}

__attribute__((unused)) static void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

__attribute__((unused)) static void put(int fd, const char *text)
{
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/** What this process prints on stderr from now on goes to a file, until read_stderr(). */
static FILE *captured;
static int stderr_before;

__attribute__((unused)) static void capture_stderr(void)
{
    captured = tmpfile();
    ck_assert_ptr_nonnull(captured);
    stderr_before = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(fileno(captured), STDERR_FILENO), 0);
}

/** Owner: static. */
__attribute__((unused)) static const char *read_stderr(void)
{
    static char text[8192];
    fflush(stderr);
    ck_assert_int_ge(dup2(stderr_before, STDERR_FILENO), 0);
    close(stderr_before);
    rewind(captured);
    text[fread(text, 1, sizeof text - 1, captured)] = '\0';
    fclose(captured);
    return text;
}

#endif
