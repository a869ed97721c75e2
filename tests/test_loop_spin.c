/* test_loop_spin.c - a loop that looks for a while before it sleeps. */
/* SPDX-License-Identifier: MIT */
/*
 * Time is virtual: each look at the clock takes a microsecond, and a wait as long as the test says.
 * What the loop waits for comes by a pipe: at the n-th look, or while it sleeps.
 */
#include "hosted.h"
#include <sys/epoll.h>
#include <time.h>

static weft_time now;
static weft_time sleep_takes; /* and then a byte comes */
static int comes_at_look;     /* 0: not while it looks */
static int ends[2];
static bool is_virtual;

/* "l": it looked, once or more; "s": it slept. */
static void note(const char *what)
{
    const size_t length = strlen(trace);
    if (length == 0 || trace[length - 1] != *what || *what == 's') {
        say("%s", what);
    }
}

static void wait_begins(const struct timespec *timeout)
{
    if (!is_virtual) {
        return;
    }
    if (timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0) {
        note("l");
        if (comes_at_look > 0 && --comes_at_look == 0) {
            put(ends[1], "x");
        }
    } else {
        const weft_time longest =
            timeout != NULL ? timeout->tv_sec * WEFT_S(1) + timeout->tv_nsec : WEFT_FOREVER;
        note("s");
        if (sleep_takes < longest) {
            put(ends[1], "x");
        }
        now += sleep_takes < longest ? sleep_takes : longest;
    }
}

/* As long as the time is virtual nothing really waits. */
static const struct timespec no_time = {0, 0};

/* An older system: it knows only whole milliseconds. */
static bool is_old;
static int slept_ms;

int __real_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int timeout_ms)
{
    slept_ms = timeout_ms;
    return __real_epoll_wait(set, events, size, 0);
}

int __real_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int set, struct epoll_event *events, int size,
                        const struct timespec *timeout, const sigset_t *mask)
{
    if (is_old) {
        errno = ENOSYS;
        return -1;
    }
    wait_begins(timeout);
    const struct timespec *const real = is_virtual ? &no_time : timeout;
    const int count = __real_epoll_pwait2(set, events, size, real, mask);
    return count < 0 && errno == ENOSYS ? __real_epoll_wait(set, events, size, 0)
                                        : count; /* valgrind */
}

int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    wait_begins(timeout);
    return __real_ppoll(fds, count, is_virtual ? &no_time : timeout, mask);
}

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    if (!is_virtual) {
        return __real_clock_gettime(clock, ret_time);
    }
    now += WEFT_US(1);
    ret_time->tv_sec = (time_t)(now / WEFT_S(1));
    ret_time->tv_nsec = (long)(now % WEFT_S(1));
    return 0;
}

/* Reads one byte after the other. */
struct reader {
    WEFT_FRAME;
    weft_source source;
    struct weft_wait_readable wait;
};

static WEFT_ASYNC(reader, self)
{
    char byte;
    WEFT_CHECK(weft_source_open(&self->source, WEFT_LOOP(), ends[0]));
    for (;;) {
        WEFT_TRY(self->wait, weft_wait_readable, &self->source);
        (void)!read(ends[0], &byte, 1);
    }
WEFT_FINALLY:
    weft_source_close(&self->source);
}
WEFT_END

static WEFT_TASK(reader) reader_task;

static void begin_spinning(int n, weft_time spin)
{
    open_before = count_descriptors();
    make_pipe(ends);
    is_virtual = true;
    const weft_loop_desc desc = {.backend = backends[n], .spin = spin};
    ck_assert_int_eq(weft_loop_new(&loop, &desc), 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &reader_task, reader), 0);
    comes_at_look = 1;
    ck_assert_int_eq(weft_loop_run_once(loop, 0), 0); /* it waits now */
    comes_at_look = 0;
    ck_assert_int_eq(weft_loop_run_once(loop, 0), 0);
    trace[0] = '\0';
}

static void end_spinning(void)
{
    is_virtual = false;
    weft_task_cancel(&reader_task.task);
    finish(&reader_task.task);
    close_pipe(ends);
    end();
}

/* The next byte comes so: at the n-th look if it looks at all, and else after so long a sleep. */
static const char *waits(int look, weft_time sleeps)
{
    trace[0] = '\0';
    comes_at_look = look;
    sleep_takes = sleeps;
    ck_assert_int_eq(weft_loop_run_once(loop, WEFT_S(100)), 0);
    comes_at_look = 0;
    return trace;
}

START_TEST(by_default_it_sleeps_at_once)
{
    begin_spinning(_i, 0);
    ck_assert_str_eq(waits(1, WEFT_US(10)), "s");
    ck_assert_str_eq(waits(1, WEFT_US(10)), "s");
    end_spinning();
}
END_TEST

START_TEST(after_a_short_wait_it_looks_before_it_sleeps)
{
    begin_spinning(_i, WEFT_US(50));
    (void)waits(0, WEFT_US(10));
    ck_assert_str_eq(waits(5, WEFT_US(10)), "l");
    ck_assert_str_eq(waits(5, WEFT_US(10)), "l");
    end_spinning();
}
END_TEST

START_TEST(what_does_not_come_soon_it_sleeps_for)
{
    begin_spinning(_i, WEFT_US(50));
    (void)waits(0, WEFT_US(10));
    const weft_time began = now;
    ck_assert_str_eq(waits(0, WEFT_MS(5)), "ls");
    ck_assert_int_ge(now - began, WEFT_US(50) + WEFT_MS(5));
    ck_assert_int_lt(now - began, WEFT_US(70) + WEFT_MS(5));
    end_spinning();
}
END_TEST

START_TEST(after_a_long_wait_it_sleeps_at_once)
{
    begin_spinning(_i, WEFT_US(50));
    (void)waits(0, WEFT_MS(5));
    ck_assert_str_eq(waits(1, WEFT_MS(5)), "s");
    ck_assert_str_eq(waits(1, WEFT_US(10)), "s"); /* a short one again */
    ck_assert_str_eq(waits(1, WEFT_US(10)), "l");
    end_spinning();
}
END_TEST

static void say_time(void *began)
{
    say(now - *(weft_time *)began < WEFT_MS(2) ? "in time" : "late");
}

START_TEST(a_timer_is_not_late_for_it)
{
    weft_handle handle = {0};
    begin_spinning(_i, WEFT_S(50));
    (void)waits(0, WEFT_US(10));
    weft_time began = now;
    weft_call_later(loop, &handle, WEFT_MS(1), say_time, &began);
    trace[0] = '\0';
    sleep_takes = WEFT_S(90);
    ck_assert_int_eq(weft_loop_run_once(loop, WEFT_S(100)), 0);
    ck_assert_ptr_nonnull(strstr(trace, "in time"));
    end_spinning();
}
END_TEST

START_TEST(another_thread_is_heard_while_it_looks)
{
    weft_handle handle = {0};
    begin_spinning(_i, WEFT_S(50));
    (void)waits(0, WEFT_US(10));
    trace[0] = '\0';
    sleep_takes = WEFT_S(90);
    weft_call_soon_threadsafe(loop, &handle, say_it, word("posted"));
    ck_assert_int_eq(weft_loop_run_once(loop, WEFT_S(100)), 0);
    ck_assert_str_eq(trace, "lposted ");
    end_spinning();
}
END_TEST

/* Never waits. */
struct busy {
    WEFT_FRAME;
    int left;
};

static WEFT_ASYNC(busy, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_PASS();
    }
}
WEFT_END

static const char *runs(void)
{
    static WEFT_TASK(busy) task;
    trace[0] = '\0';
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, busy, 10 * WEFT_POLL), 0);
    finish(&task.task);
    return trace;
}

START_TEST(while_it_runs_it_looks_if_there_are_descriptors)
{
    begin_spinning(_i, 0);
    ck_assert_str_eq(runs(), "l");
    weft_task_cancel(&reader_task.task); /* which closes the only one */
    finish(&reader_task.task);
    ck_assert_str_eq(runs(), "");
    end_spinning();
}
END_TEST

START_TEST(where_the_system_counts_milliseconds_a_part_of_one_is_slept_whole)
{
    is_old = is_virtual = true;
    begin(0);
    weft_loop_run_once(loop, 0);
    ck_assert_int_eq(slept_ms, 0);
    weft_loop_run_once(loop, WEFT_MS(3)); /* some looks at the clock less */
    ck_assert_int_eq(slept_ms, 3);
    weft_loop_run_once(loop, WEFT_S(100) * 86400);
    ck_assert_int_eq(slept_ms, 86400000); /* and at most a day at once */
    is_virtual = false;
    end();
}
END_TEST

SUITE(loop_spin)
{
    TEST_EACH(by_default_it_sleeps_at_once, BACKENDS);
    TEST_EACH(after_a_short_wait_it_looks_before_it_sleeps, BACKENDS);
    TEST_EACH(what_does_not_come_soon_it_sleeps_for, BACKENDS);
    TEST_EACH(after_a_long_wait_it_sleeps_at_once, BACKENDS);
    TEST_EACH(a_timer_is_not_late_for_it, BACKENDS);
    TEST_EACH(another_thread_is_heard_while_it_looks, BACKENDS);
    TEST_EACH(while_it_runs_it_looks_if_there_are_descriptors, BACKENDS);
    TEST(where_the_system_counts_milliseconds_a_part_of_one_is_slept_whole);
}
