/* test_stream.c - bytes in order, both ways. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <netinet/in.h>
#include <weft/stream.h>
#include <weft/sync.h>

/* Two ends of one connection, both in the loop. */
static weft_stream *near, *far;
static char bytes[256], more[256];

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)

static void open_both(const int fds[2])
{
    ck_assert_int_eq(weft_stream_open(&near, loop, fds[0]), 0);
    ck_assert_int_eq(weft_stream_open(&far, loop, fds[1]), 0);
}

static void begin_pair(int n)
{
    int fds[2];
    begin(n);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    open_both(fds);
}

static void begin_tcp(int n)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fds[2];
    begin(n);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fds[0], (struct sockaddr *)&address, size), 0);
    fds[1] = accept(listener, NULL, NULL);
    close(listener);
    open_both(fds);
}

static void end_pair(void)
{
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    end();
}

/* What the other side sends, at once. */
static void send_far(const char *text)
{
    ck_assert_int_eq(weft_write_nowait(far, text, strlen(text)), 0);
    ck_assert_uint_eq(weft_stream_buffered(far), 0);
}

/* All that has come there. */
static const char *receive_far(void)
{
    static char text[256];
    const ssize_t n = read(weft_stream_fd(far), text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* So much that the system takes no more: how many bytes. */
static size_t fill(int fd)
{
    static const char zeros[4096];
    size_t size = 0;
    ssize_t n;
    while ((n = write(fd, zeros, sizeof zeros)) > 0) {
        size += (size_t)n;
    }
    return size;
}

static void skip(int fd, size_t size)
{
    char zeros[4096];
    while (size > 0) {
        const ssize_t n = read(fd, zeros, size < sizeof zeros ? size : sizeof zeros);
        ck_assert_int_gt(n, 0);
        size -= (size_t)n;
    }
}

/* --- read ------------------------------------------------------------------------------------- */

static WEFT_TASK(weft_read) read_task, read_task2;
static WEFT_TASK(weft_read_exactly) exactly_task;
static WEFT_TASK(weft_read_until) until_task;
static WEFT_TASK(weft_read_line) line_task;

START_TEST(a_read_gives_what_is_there)
{
    begin_pair(_i);
    send_far("hello");
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_int_eq(read_task.task.status, 0);
    ck_assert_uint_eq(read_task.frame.n, 5);
    ck_assert_mem_eq(bytes, "hello", 5);
    end_pair();
}
END_TEST

START_TEST(a_read_gives_no_more_than_there_is_room_for)
{
    begin_pair(_i);
    send_far("hello");
    START(&read_task, weft_read, near, bytes, 2);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 2);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 3);
    ck_assert_mem_eq(bytes, "llo", 3);
    end_pair();
}
END_TEST

START_TEST(a_read_waits_until_bytes_come)
{
    begin_pair(_i);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(3);
    ck_assert(!weft_task_is_done(&read_task.task));
    send_far("x");
    run_passes(1);
    ck_assert(weft_task_is_done(&read_task.task));
    ck_assert_uint_eq(read_task.frame.n, 1);
    end_pair();
}
END_TEST

START_TEST(the_end_is_zero_bytes_as_often_as_one_asks)
{
    begin_pair(_i);
    weft_stream_abort(&far);
    for (int i = 0; i < 3; i++) {
        START(&read_task, weft_read, near, bytes, sizeof bytes);
        run_passes(1);
        ck_assert_int_eq(read_task.task.status, 0);
        ck_assert_uint_eq(read_task.frame.n, 0);
    }
    end_pair();
}
END_TEST

START_TEST(what_came_before_the_end_is_read_before_it)
{
    begin_pair(_i);
    send_far("last");
    weft_stream_abort(&far);
    run_passes(1); /* the loop hears of both */
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 4);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(2);
    ck_assert(weft_task_is_done(&read_task.task));
    ck_assert_uint_eq(read_task.frame.n, 0);
    end_pair();
}
END_TEST

START_TEST(an_end_behind_a_short_read_is_noticed)
{
    begin_tcp(_i);
    send_far("last");
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    finish(&read_task.task);
    START(&read_task2, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert(!weft_task_is_done(&read_task2.task));
    weft_stream_abort(&far);
    finish(&read_task2.task);
    ck_assert_uint_eq(read_task2.frame.n, 0);
    end_pair();
}
END_TEST

START_TEST(a_cancelled_read_has_taken_nothing)
{
    begin_pair(_i);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    send_far("kept");
    weft_task_cancel(&read_task.task);
    run_passes(1);
    ck_assert_int_eq(read_task.task.status, WEFT_ECANCELED);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    finish(&read_task.task);
    ck_assert_uint_eq(read_task.frame.n, 4);
    end_pair();
}
END_TEST

START_TEST(read_exactly_collects_the_pieces)
{
    begin_pair(_i);
    START(&exactly_task, weft_read_exactly, near, bytes, 6);
    run_passes(1);
    send_far("abc");
    run_passes(1);
    ck_assert(!weft_task_is_done(&exactly_task.task));
    send_far("defg");
    run_passes(1);
    ck_assert_int_eq(exactly_task.task.status, 0);
    ck_assert_mem_eq(bytes, "abcdef", 6);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 1);
    end_pair();
}
END_TEST

START_TEST(read_exactly_tells_how_much_came_before_the_end)
{
    begin_pair(_i);
    send_far("abc");
    weft_stream_abort(&far);
    START(&exactly_task, weft_read_exactly, near, bytes, 6);
    run_passes(2);
    ck_assert_int_eq(exactly_task.task.status, WEFT_EINCOMPLETE);
    ck_assert_uint_eq(exactly_task.frame.n, 3);
    end_pair();
}
END_TEST

START_TEST(a_cancelled_read_exactly_keeps_what_came_for_the_next)
{
    begin_pair(_i);
    START(&exactly_task, weft_read_exactly, near, bytes, 6);
    run_passes(1);
    send_far("abc");
    run_passes(2);
    weft_task_cancel(&exactly_task.task);
    run_passes(1);
    ck_assert_int_eq(exactly_task.task.status, WEFT_ECANCELED);
    send_far("def\n");
    START(&line_task, weft_read_line, near, bytes, sizeof bytes);
    finish(&line_task.task);
    ck_assert_str_eq(bytes, "abcdef\n");
    end_pair();
}
END_TEST

START_TEST(read_until_finds_a_separator_that_comes_in_pieces)
{
    begin_pair(_i);
    START(&until_task, weft_read_until, near, "\r\n\r\n", bytes, sizeof bytes);
    send_far("head\r\n");
    run_passes(1);
    send_far("\r");
    run_passes(1);
    ck_assert(!weft_task_is_done(&until_task.task));
    send_far("\nbody");
    run_passes(1);
    ck_assert_int_eq(until_task.task.status, 0);
    ck_assert_uint_eq(until_task.frame.n, 8);
    ck_assert_str_eq(bytes, "head\r\n\r\n");
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 4);
    ck_assert_mem_eq(bytes, "body", 4);
    end_pair();
}
END_TEST

START_TEST(read_until_stops_at_its_limit_and_takes_nothing)
{
    begin_pair(_i);
    send_far("12345;");
    START(&until_task, weft_read_until, near, ";", bytes, 6);
    run_passes(1);
    ck_assert_int_eq(until_task.task.status, WEFT_ELIMIT);
    START(&until_task, weft_read_until, near, ";", bytes, 7);
    run_passes(1);
    ck_assert_int_eq(until_task.task.status, 0);
    ck_assert_str_eq(bytes, "12345;");
    send_far("no separator");
    START(&until_task, weft_read_until, near, ";", bytes, 6);
    finish(&until_task.task);
    ck_assert_int_eq(until_task.task.status, WEFT_ELIMIT);
    end_pair();
}
END_TEST

START_TEST(read_until_gives_what_came_before_the_end)
{
    begin_pair(_i);
    send_far("rest");
    weft_stream_abort(&far);
    START(&until_task, weft_read_until, near, ";", bytes, sizeof bytes);
    run_passes(2);
    ck_assert_int_eq(until_task.task.status, WEFT_EINCOMPLETE);
    ck_assert_uint_eq(until_task.frame.n, 4);
    ck_assert_str_eq(bytes, "rest");
    end_pair();
}
END_TEST

START_TEST(a_cancelled_read_until_keeps_what_came)
{
    begin_pair(_i);
    send_far("half a ");
    START(&until_task, weft_read_until, near, "\n", bytes, sizeof bytes);
    run_passes(2);
    weft_task_cancel(&until_task.task);
    run_passes(1);
    ck_assert_int_eq(until_task.task.status, WEFT_ECANCELED);
    send_far("line\n");
    START(&until_task, weft_read_until, near, "\n", bytes, sizeof bytes);
    finish(&until_task.task);
    ck_assert_str_eq(bytes, "half a line\n");
    end_pair();
}
END_TEST

/* Reads one line: its text, or "limit". */
static const char *next_line(size_t size)
{
    START(&line_task, weft_read_line, near, bytes, size);
    run_passes(2);
    ck_assert(weft_task_is_done(&line_task.task));
    if (line_task.task.status == WEFT_ELIMIT) {
        return "limit";
    }
    ck_assert_int_eq(line_task.task.status, 0);
    ck_assert_uint_eq(line_task.frame.n, strlen(bytes));
    return bytes;
}

START_TEST(lines_come_one_by_one_and_the_last_may_lack_its_end)
{
    begin_pair(_i);
    send_far("one\n\nthree");
    weft_stream_abort(&far);
    ck_assert_str_eq(next_line(sizeof bytes), "one\n");
    ck_assert_str_eq(next_line(sizeof bytes), "\n");
    ck_assert_str_eq(next_line(sizeof bytes), "three");
    ck_assert_str_eq(next_line(sizeof bytes), "");
    ck_assert_str_eq(next_line(sizeof bytes), "");
    end_pair();
}
END_TEST

START_TEST(a_line_that_is_too_long_is_dropped_and_the_next_is_read)
{
    begin_pair(_i);
    send_far("much too long\nnext\n");
    ck_assert_str_eq(next_line(8), "limit");
    ck_assert_str_eq(next_line(8), "next\n");
    send_far("1234567\n");
    ck_assert_str_eq(next_line(8), "limit");
    send_far("123456\n");
    ck_assert_str_eq(next_line(8), "123456\n");
    send_far("no end yet");
    ck_assert_str_eq(next_line(8), "limit");
    send_far("\n");
    ck_assert_str_eq(next_line(8), "\n");
    end_pair();
}
END_TEST

START_TEST(a_second_reader_stops)
{
    begin_pair(_i);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    START(&read_task2, weft_read, near, more, sizeof more);
    run_passes(1);
}
END_TEST

START_TEST(a_reader_that_was_cancelled_before_it_began_disturbs_no_other)
{
    begin_pair(_i);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    START(&read_task2, weft_read, near, more, sizeof more);
    weft_task_cancel(&read_task2.task);
    run_passes(1);
    ck_assert_int_eq(read_task2.task.status, WEFT_ECANCELED);
    weft_stream_abort(&near);
    run_passes(1);
    ck_assert_int_eq(read_task.task.status, WEFT_ECLOSED);
    end_pair();
}
END_TEST

START_TEST(a_read_of_nothing_ends_at_once)
{
    begin_pair(_i);
    START(&read_task, weft_read, near, NULL, 0);
    START(&exactly_task, weft_read_exactly, near, NULL, 0);
    run_passes(1);
    ck_assert(weft_task_is_done(&read_task.task) && weft_task_is_done(&exactly_task.task));
    ck_assert_int_eq(read_task.task.status, 0);
    end_pair();
}
END_TEST

/* --- closed while it is read ------------------------------------------------------------------ */

START_TEST(a_close_wakes_every_kind_of_reader)
{
    for (int kind = 0; kind < 4; kind++) {
        weft_task *const tasks[] = {&read_task.task, &exactly_task.task, &until_task.task,
                                    &line_task.task};
        begin_pair(_i);
        if (kind == 0) {
            START(&read_task, weft_read, near, bytes, sizeof bytes);
        } else if (kind == 1) {
            START(&exactly_task, weft_read_exactly, near, bytes, sizeof bytes);
        } else if (kind == 2) {
            START(&until_task, weft_read_until, near, ";", bytes, sizeof bytes);
        } else {
            START(&line_task, weft_read_line, near, bytes, sizeof bytes);
        }
        send_far(kind == 0 ? "" : "some");
        run_passes(2);
        weft_stream_abort(&near);
        ck_assert(!weft_task_is_done(tasks[kind]));
        run_passes(1);
        ck_assert_int_eq(tasks[kind]->status, WEFT_ECLOSED);
        end_pair();
    }
}
END_TEST

static void abort_near(void *unused)
{
    (void)unused;
    weft_stream_abort(&near);
    say("aborted ");
}

/* Reads byte by byte, which never has to wait. */
struct bytewise {
    WEFT_FRAME;
    weft_stream *stream;
    int count;
    bool exactly;
    char byte[2];
    union {
        struct weft_read read;
        struct weft_read_exactly read_exactly;
    };
};

static WEFT_ASYNC(bytewise, self)
{
    for (;;) {
        if (self->exactly) {
            WEFT_TRY(self->read_exactly, weft_read_exactly, self->stream, self->byte, 2);
        } else {
            WEFT_TRY(self->read, weft_read, self->stream, self->byte, 1);
        }
        self->count++;
    }
}
WEFT_END

static void send_many(void)
{
    static const char zeros[1000];
    ck_assert_int_eq(weft_write_nowait(far, zeros, sizeof zeros), 0);
}

START_TEST(a_stream_may_be_closed_while_its_reader_lets_the_others_run)
{
    WEFT_TASK(bytewise) task = {0};
    weft_handle handle = {0};
    begin_pair(_i % 2);
    send_many();
    START(&task, bytewise, near, .exactly = _i / 2);
    weft_call_soon(loop, &handle, abort_near, NULL);
    run_passes(3);
    ck_assert_str_eq(trace, "aborted ");
    ck_assert_int_eq(task.task.status, WEFT_ECLOSED);
    ck_assert_int_gt(task.frame.count, 0);
    end_pair();
}
END_TEST

START_TEST(a_read_exactly_that_is_cancelled_when_its_stream_has_gone_keeps_nothing)
{
    begin_pair(_i);
    START(&exactly_task, weft_read_exactly, near, bytes, 6);
    send_far("abc");
    run_passes(2);
    weft_stream_abort(&near);
    weft_task_cancel(&exactly_task.task);
    run_passes(2);
    ck_assert_int_eq(exactly_task.task.status, WEFT_ECLOSED);
    end_pair();
}
END_TEST

/* Its budget is used up when it has one of the two bytes of a read_exactly. */
struct spender {
    WEFT_FRAME;
    weft_stream *stream;
    int i;
    weft_event event;
    union {
        struct weft_event_wait wait;
        struct weft_read_exactly read;
    };
};

static WEFT_ASYNC(spender, self)
{
    weft_event_set(&self->event);
    for (self->i = 0; self->i < WEFT_BUDGET - 2; self->i++) {
        WEFT_TRY(self->wait, weft_event_wait, &self->event);
    }
    WEFT_TRY(self->read, weft_read_exactly, self->stream, more, 2);
}
WEFT_END

static void abort_and_cancel(void *task)
{
    abort_near(NULL);
    weft_task_cancel(task);
}

START_TEST(a_close_and_a_cancel_in_the_middle_of_a_read_exactly_are_no_matter)
{
    WEFT_TASK(spender) task = {0};
    weft_handle handle = {0};
    begin_pair(_i);
    send_far("xy");
    START(&until_task, weft_read_until, near, "x", bytes, sizeof bytes);
    run_passes(1); /* "y" is buffered */
    send_far("z");
    START(&task, spender, near);
    weft_call_soon(loop, &handle, abort_and_cancel, &task.task);
    run_passes(1);
    ck_assert(!weft_task_is_done(&task.task));
    ck_assert_str_eq(trace, "aborted ");
    run_passes(1);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    end_pair();
}
END_TEST

/* --- write ------------------------------------------------------------------------------------ */

static WEFT_TASK(weft_write) write_task, write_task2;
static WEFT_TASK(weft_writev) writev_task;
static WEFT_TASK(weft_drain) drain_task;
static WEFT_TASK(weft_shutdown) shutdown_task;
static WEFT_TASK(weft_close) close_task;
static unsigned char big[4 * 1024 * 1024];

/* Reads and compares with `big`, in pieces of changing sizes. */
struct comparer {
    WEFT_FRAME;
    weft_stream *stream;
    size_t seen;
    unsigned char piece[50000];
    struct weft_read read;
    struct weft_sleep nap;
};

static WEFT_ASYNC(comparer, self)
{
    while (self->seen < sizeof big) {
        WEFT_TRY(self->read, weft_read, self->stream, self->piece, 1 + self->seen % 49999);
        WEFT_CHECK(self->read.n > 0 ? 0 : -ENODATA);
        WEFT_CHECK(memcmp(self->piece, &big[self->seen], self->read.n) == 0 ? 0 : -EBADMSG);
        self->seen += self->read.n;
        WEFT_TRY(self->nap, weft_sleep, 0);
    }
}
WEFT_END

static void fill_big(void)
{
    for (size_t i = 0; i < sizeof big; i++) {
        big[i] = (unsigned char)(i ^ i >> 8 ^ i >> 16);
    }
}

START_TEST(a_write_of_megabytes_arrives_whole_however_slow_the_reader)
{
    if (_i / 2) {
        begin_tcp(_i % 2);
    } else {
        begin_pair(_i % 2);
    }
    fill_big();
    START(&write_task, weft_write, near, big, sizeof big);
    ck_assert_int_eq(RUN(comparer, far), 0);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, 0);
    ck_assert_uint_eq(write_task.frame.n, sizeof big);
    end_pair();
}
END_TEST

START_TEST(a_write_goes_at_once_where_there_is_room)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, "hello", 5);
    START(&write_task2, weft_write, far, NULL, 0);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, 0);
    ck_assert_uint_eq(write_task.frame.n, 5);
    ck_assert_int_eq(write_task2.task.status, 0);
    ck_assert_str_eq(receive_far(), "hello");
    end_pair();
}
END_TEST

START_TEST(a_cancelled_write_tells_how_much_has_gone)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, big, sizeof big);
    run_passes(2);
    weft_task_cancel(&write_task.task);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, WEFT_ECANCELED);
    ck_assert_uint_gt(write_task.frame.n, 0);
    skip(weft_stream_fd(far), write_task.frame.n);
    ck_assert_str_eq(receive_far(), "");
    end_pair();
}
END_TEST

START_TEST(pieces_are_written_in_order_and_empty_ones_skipped)
{
    struct iovec pieces[] = {{NULL, 0}, {bytes, 2}, {NULL, 0}, {&bytes[2], 3}, {NULL, 0}};
    begin_pair(_i);
    memcpy(bytes, "hello", 5);
    START(&writev_task, weft_writev, near, pieces, 5);
    run_passes(1);
    ck_assert_int_eq(writev_task.task.status, 0);
    ck_assert_uint_eq(writev_task.frame.n, 5);
    ck_assert_str_eq(receive_far(), "hello");
    START(&writev_task, weft_writev, near, pieces, 1);
    run_passes(1);
    ck_assert_int_eq(writev_task.task.status, 0);
    START(&writev_task, weft_writev, near, NULL, 0);
    run_passes(1);
    ck_assert_int_eq(writev_task.task.status, 0);
    end_pair();
}
END_TEST

START_TEST(many_pieces_of_all_sizes_arrive_whole_and_their_array_is_not_changed)
{
    enum { PIECES = 1000 };
    struct iovec pieces[PIECES], before[PIECES];
    size_t at = 0;
    begin_pair(_i);
    fill_big();
    for (size_t i = 0; i < PIECES; i++) {
        const size_t left = sizeof big - at, size = i * 8 % 8389;
        pieces[i] = (struct iovec){&big[at], i + 1 == PIECES || size > left ? left : size};
        at += pieces[i].iov_len;
    }
    memcpy(before, pieces, sizeof pieces);
    START(&writev_task, weft_writev, near, pieces, PIECES);
    ck_assert_int_eq(RUN(comparer, far), 0);
    run_passes(1);
    ck_assert_int_eq(writev_task.task.status, 0);
    ck_assert_uint_eq(writev_task.frame.n, sizeof big);
    ck_assert_mem_eq(before, pieces, sizeof pieces);
    end_pair();
}
END_TEST

START_TEST(a_second_writer_stops)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, big, sizeof big);
    START(&write_task2, weft_write, near, "x", 1);
    run_passes(1);
}
END_TEST

START_TEST(a_write_nowait_into_the_middle_of_a_write_stops)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, big, sizeof big);
    run_passes(1);
    weft_write_nowait(near, "x", 1);
}
END_TEST

/* --- buffered --------------------------------------------------------------------------------- */

START_TEST(write_nowait_buffers_what_the_system_does_not_take)
{
    begin_pair(_i);
    ck_assert_int_eq(weft_write_nowait(near, "a", 1), 0);
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "bc", 2), 0);
    ck_assert_int_eq(weft_write_nowait(near, "d", 1), 0);
    ck_assert_uint_eq(weft_stream_buffered(near), 3);
    run_passes(3);
    skip(weft_stream_fd(far), 1 + filled);
    run_passes(2);
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    ck_assert_str_eq(receive_far(), "bcd");
    end_pair();
}
END_TEST

START_TEST(drain_waits_above_the_high_mark_until_the_low_one)
{
    begin_pair(_i);
    weft_stream_set_water(near, 10, 4);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "0123456789", 10), 0);
    START(&drain_task, weft_drain, near);
    run_passes(1);
    ck_assert(weft_task_is_done(&drain_task.task)); /* not above it */
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), 0);
    START(&drain_task, weft_drain, near);
    run_passes(3);
    ck_assert(!weft_task_is_done(&drain_task.task));
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert_int_eq(drain_task.task.status, 0);
    ck_assert(weft_task_is_done(&drain_task.task));
    end_pair();
}
END_TEST

START_TEST(a_write_goes_behind_what_is_buffered)
{
    begin_pair(_i);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "first ", 6), 0);
    START(&write_task, weft_write, near, "second ", 7);
    run_passes(3);
    ck_assert(!weft_task_is_done(&write_task.task));
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert(weft_task_is_done(&write_task.task));
    ck_assert_str_eq(receive_far(), "first second ");
    end_pair();
}
END_TEST

START_TEST(pieces_go_behind_what_is_buffered)
{
    struct iovec pieces[] = {{bytes, 6}, {&bytes[6], 1}};
    begin_pair(_i);
    memcpy(bytes, "second ", 7);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "first ", 6), 0);
    START(&writev_task, weft_writev, near, pieces, 2);
    run_passes(3);
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert_str_eq(receive_far(), "first second ");
    end_pair();
}
END_TEST

START_TEST(megabytes_that_are_buffered_arrive_whole)
{
    begin_pair(_i);
    fill_big();
    ck_assert_int_eq(weft_write_nowait(near, big, sizeof big / 2), 0);
    ck_assert_int_eq(weft_write_nowait(near, &big[sizeof big / 2], sizeof big / 2), 0);
    START(&drain_task, weft_drain, near);
    ck_assert_int_eq(RUN(comparer, far), 0);
    ck_assert(weft_task_is_done(&drain_task.task));
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    end_pair();
}
END_TEST

/* --- the other side goes ---------------------------------------------------------------------- */

START_TEST(after_a_shutdown_the_other_side_sees_the_end_and_can_still_answer)
{
    begin_tcp(_i);
    START(&write_task, weft_write, near, "question", 8);
    run_passes(1);
    START(&shutdown_task, weft_shutdown, near);
    run_passes(1);
    ck_assert_int_eq(shutdown_task.task.status, 0);
    START(&read_task, weft_read, far, bytes, sizeof bytes);
    finish(&read_task.task);
    ck_assert_uint_eq(read_task.frame.n, 8);
    START(&read_task, weft_read, far, bytes, sizeof bytes);
    finish(&read_task.task);
    ck_assert_uint_eq(read_task.frame.n, 0);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    send_far("answer");
    finish(&read_task.task);
    ck_assert_mem_eq(bytes, "answer", 6);
    end_pair();
}
END_TEST

START_TEST(a_shutdown_waits_for_what_is_buffered)
{
    begin_pair(_i);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "last", 4), 0);
    START(&shutdown_task, weft_shutdown, near);
    run_passes(3);
    ck_assert(!weft_task_is_done(&shutdown_task.task));
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert_int_eq(shutdown_task.task.status, 0);
    ck_assert_str_eq(receive_far(), "last");
    ck_assert_int_eq(read(weft_stream_fd(far), bytes, 1), 0);
    end_pair();
}
END_TEST

START_TEST(writing_to_one_who_has_gone_fails_without_a_signal)
{
    begin_pair(_i);
    weft_stream_abort(&far);
    START(&write_task, weft_write, near, "x", 1);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, -EPIPE);
    ck_assert_uint_eq(write_task.frame.n, 0);
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), -EPIPE);
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), -EPIPE);
    end_pair();
}
END_TEST

START_TEST(a_writer_that_waits_hears_that_the_other_side_has_gone)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, big, sizeof big);
    run_passes(2);
    weft_stream_abort(&far);
    run_passes(2);
    ck_assert(weft_task_is_done(&write_task.task));
    ck_assert(write_task.task.status == -EPIPE || write_task.task.status == -ECONNRESET);
    end_pair();
}
END_TEST

START_TEST(who_drains_hears_that_the_other_side_has_gone)
{
    begin_pair(_i);
    ck_assert_int_eq(weft_write_nowait(near, big, sizeof big), 0);
    START(&drain_task, weft_drain, near);
    run_passes(2);
    weft_stream_abort(&far);
    run_passes(2);
    ck_assert(weft_task_is_done(&drain_task.task));
    ck_assert_int_lt(drain_task.task.status, 0);
    const int status = drain_task.task.status;
    START(&drain_task, weft_drain, near);
    run_passes(1);
    ck_assert_int_eq(drain_task.task.status, status);
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), status);
    end_pair();
}
END_TEST

START_TEST(a_connection_that_is_reset_says_so)
{
    const struct linger reset = {.l_onoff = 1};
    begin_tcp(_i);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    setsockopt(weft_stream_fd(far), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    weft_stream_abort(&far);
    finish(&read_task.task);
    ck_assert_int_eq(read_task.task.status, -ECONNRESET);
    START(&write_task, weft_write, near, "x", 1);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, -EPIPE);
    end_pair();
}
END_TEST

/* --- closed ----------------------------------------------------------------------------------- */

START_TEST(a_close_empties_its_place_at_once_and_lets_what_is_buffered_go)
{
    begin_pair(_i);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "last", 4), 0);
    START(&close_task, weft_close, &near);
    run_passes(2);
    ck_assert_ptr_null(near);
    ck_assert(!weft_task_is_done(&close_task.task));
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert_int_eq(close_task.task.status, 0);
    ck_assert_str_eq(receive_far(), "last");
    ck_assert_int_eq(read(weft_stream_fd(far), bytes, 1), 0);
    end_pair();
}
END_TEST

START_TEST(a_close_of_nothing_ends_at_once)
{
    begin_pair(_i);
    START(&close_task, weft_close, &near);
    run_passes(1);
    ck_assert_ptr_null(near);
    ck_assert(weft_task_is_done(&close_task.task));
    START(&close_task, weft_close, &near);
    run_passes(1);
    ck_assert_int_eq(close_task.task.status, 0);
    weft_stream_abort(&near);
    end_pair();
}
END_TEST

START_TEST(a_cancelled_close_skips_the_flush_and_closes)
{
    begin_pair(_i);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "lost", 4), 0);
    START(&close_task, weft_close, &near);
    run_passes(2);
    weft_task_cancel(&close_task.task);
    run_passes(1);
    ck_assert_int_eq(close_task.task.status, WEFT_ECANCELED);
    skip(weft_stream_fd(far), filled);
    ck_assert_int_eq(read(weft_stream_fd(far), bytes, 1), 0);
    end_pair();
}
END_TEST

START_TEST(a_close_that_was_cancelled_before_it_began_closes)
{
    begin_pair(_i);
    START(&close_task, weft_close, &near);
    weft_task_cancel(&close_task.task);
    run_passes(1);
    ck_assert_ptr_null(near);
    ck_assert_int_eq(read(weft_stream_fd(far), bytes, 1), 0);
    end_pair();
}
END_TEST

START_TEST(a_place_can_be_filled_again_while_the_old_stream_is_being_closed)
{
    begin_pair(_i);
    weft_stream *const other = far;
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "last", 4), 0);
    START(&close_task, weft_close, &near);
    run_passes(1);
    near = other;
    skip(weft_stream_fd(far), filled);
    run_passes(3);
    ck_assert(weft_task_is_done(&close_task.task));
    ck_assert_ptr_eq(near, other);
    near = NULL;
    end_pair();
}
END_TEST

START_TEST(an_abort_wakes_every_kind_of_writer)
{
    struct iovec piece = {big, sizeof big};
    for (int kind = 0; kind < 4; kind++) {
        weft_task *const tasks[] = {&write_task.task, &writev_task.task, &drain_task.task,
                                    &shutdown_task.task};
        begin_pair(_i);
        if (kind == 0) {
            START(&write_task, weft_write, near, big, sizeof big);
        } else if (kind == 1) {
            START(&writev_task, weft_writev, near, &piece, 1);
        } else {
            ck_assert_int_eq(weft_write_nowait(near, big, sizeof big), 0);
        }
        if (kind == 2) {
            START(&drain_task, weft_drain, near);
        } else if (kind == 3) {
            START(&shutdown_task, weft_shutdown, near);
        }
        run_passes(2);
        weft_stream_abort(&near);
        ck_assert_ptr_null(near);
        run_passes(1);
        ck_assert(weft_task_is_done(tasks[kind]));
        ck_assert_int_eq(tasks[kind]->status, WEFT_ECLOSED);
        end_pair();
    }
}
END_TEST

/* Writes, and drains, what never has to wait. */
struct bytewise_writer {
    WEFT_FRAME;
    weft_stream *stream;
    int kind, i;
    struct iovec piece;
    union {
        struct weft_write write;
        struct weft_writev writev;
        struct weft_drain drain;
    };
};

static WEFT_ASYNC(bytewise_writer, self)
{
    self->piece = (struct iovec){bytes, 1};
    for (self->i = 0; self->kind != 2 || self->i < WEFT_BUDGET; self->i++) {
        if (self->kind == 0) {
            WEFT_TRY(self->write, weft_write, self->stream, "x", 1);
        } else if (self->kind == 1) {
            WEFT_TRY(self->writev, weft_writev, self->stream, &self->piece, 1);
        } else {
            WEFT_TRY(self->drain, weft_drain, self->stream);
        }
    }
}
WEFT_END

START_TEST(a_stream_may_be_closed_while_its_writer_lets_the_others_run)
{
    for (int kind = 0; kind < 3; kind++) {
        WEFT_TASK(bytewise_writer) task = {0};
        weft_handle handle = {0};
        begin_pair(_i);
        START(&task, bytewise_writer, near, kind);
        weft_call_soon(loop, &handle, abort_near, NULL);
        run_passes(3);
        ck_assert_str_eq(trace, "aborted ");
        ck_assert(weft_task_is_done(&task.task));
        ck_assert_int_eq(task.task.status, kind == 2 ? 0 : WEFT_ECLOSED);
        end_pair();
    }
}
END_TEST

START_TEST(a_writer_that_was_cancelled_before_it_began_disturbs_no_other)
{
    begin_pair(_i);
    START(&write_task, weft_write, near, big, sizeof big);
    run_passes(1);
    START(&write_task2, weft_write, near, "x", 1);
    START(&shutdown_task, weft_shutdown, near);
    weft_task_cancel(&write_task2.task);
    weft_task_cancel(&shutdown_task.task);
    run_passes(1);
    weft_stream_abort(&near);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, WEFT_ECLOSED);
    end_pair();
}
END_TEST

START_TEST(what_is_no_descriptor_is_refused)
{
    weft_stream *untouched = NULL;
    FILE *const file = tmpfile();
    begin(_i);
    ck_assert_int_eq(weft_stream_open(&untouched, loop, -1), -EBADF);
    ck_assert_int_eq(weft_stream_open(&untouched, loop, fileno(file)), -EPERM);
    ck_assert_ptr_null(untouched);
    end();
    fclose(file);
}
END_TEST

SUITE(stream)
{
    TEST_EACH(a_read_gives_what_is_there, BACKENDS);
    TEST_EACH(a_read_gives_no_more_than_there_is_room_for, BACKENDS);
    TEST_EACH(a_read_waits_until_bytes_come, BACKENDS);
    TEST_EACH(the_end_is_zero_bytes_as_often_as_one_asks, BACKENDS);
    TEST_EACH(what_came_before_the_end_is_read_before_it, BACKENDS);
    TEST_EACH(an_end_behind_a_short_read_is_noticed, BACKENDS);
    TEST_EACH(a_cancelled_read_has_taken_nothing, BACKENDS);
    TEST_EACH(read_exactly_collects_the_pieces, BACKENDS);
    TEST_EACH(read_exactly_tells_how_much_came_before_the_end, BACKENDS);
    TEST_EACH(a_cancelled_read_exactly_keeps_what_came_for_the_next, BACKENDS);
    TEST_EACH(read_until_finds_a_separator_that_comes_in_pieces, BACKENDS);
    TEST_EACH(read_until_stops_at_its_limit_and_takes_nothing, BACKENDS);
    TEST_EACH(read_until_gives_what_came_before_the_end, BACKENDS);
    TEST_EACH(a_cancelled_read_until_keeps_what_came, BACKENDS);
    TEST_EACH(lines_come_one_by_one_and_the_last_may_lack_its_end, BACKENDS);
    TEST_EACH(a_line_that_is_too_long_is_dropped_and_the_next_is_read, BACKENDS);
    TEST_STOPS(a_second_reader_stops);
    TEST_EACH(a_reader_that_was_cancelled_before_it_began_disturbs_no_other, BACKENDS);
    TEST_EACH(a_read_of_nothing_ends_at_once, BACKENDS);
    TEST_EACH(a_close_wakes_every_kind_of_reader, BACKENDS);
    TEST_EACH(a_stream_may_be_closed_while_its_reader_lets_the_others_run, 2 * BACKENDS);
    TEST_EACH(a_read_exactly_that_is_cancelled_when_its_stream_has_gone_keeps_nothing, BACKENDS);
    TEST_EACH(a_close_and_a_cancel_in_the_middle_of_a_read_exactly_are_no_matter, BACKENDS);
    TEST_EACH(a_write_of_megabytes_arrives_whole_however_slow_the_reader, 2 * BACKENDS);
    TEST_EACH(a_write_goes_at_once_where_there_is_room, BACKENDS);
    TEST_EACH(a_cancelled_write_tells_how_much_has_gone, BACKENDS);
    TEST_EACH(pieces_are_written_in_order_and_empty_ones_skipped, BACKENDS);
    TEST_EACH(many_pieces_of_all_sizes_arrive_whole_and_their_array_is_not_changed, BACKENDS);
    TEST_STOPS(a_second_writer_stops);
    TEST_STOPS(a_write_nowait_into_the_middle_of_a_write_stops);
    TEST_EACH(write_nowait_buffers_what_the_system_does_not_take, BACKENDS);
    TEST_EACH(drain_waits_above_the_high_mark_until_the_low_one, BACKENDS);
    TEST_EACH(a_write_goes_behind_what_is_buffered, BACKENDS);
    TEST_EACH(pieces_go_behind_what_is_buffered, BACKENDS);
    TEST_EACH(megabytes_that_are_buffered_arrive_whole, BACKENDS);
    TEST_EACH(after_a_shutdown_the_other_side_sees_the_end_and_can_still_answer, BACKENDS);
    TEST_EACH(a_shutdown_waits_for_what_is_buffered, BACKENDS);
    TEST_EACH(writing_to_one_who_has_gone_fails_without_a_signal, BACKENDS);
    TEST_EACH(a_writer_that_waits_hears_that_the_other_side_has_gone, BACKENDS);
    TEST_EACH(who_drains_hears_that_the_other_side_has_gone, BACKENDS);
    TEST_EACH(a_connection_that_is_reset_says_so, BACKENDS);
    TEST_EACH(a_close_empties_its_place_at_once_and_lets_what_is_buffered_go, BACKENDS);
    TEST_EACH(a_close_of_nothing_ends_at_once, BACKENDS);
    TEST_EACH(a_cancelled_close_skips_the_flush_and_closes, BACKENDS);
    TEST_EACH(a_close_that_was_cancelled_before_it_began_closes, BACKENDS);
    TEST_EACH(a_place_can_be_filled_again_while_the_old_stream_is_being_closed, BACKENDS);
    TEST_EACH(an_abort_wakes_every_kind_of_writer, BACKENDS);
    TEST_EACH(a_stream_may_be_closed_while_its_writer_lets_the_others_run, BACKENDS);
    TEST_EACH(a_writer_that_was_cancelled_before_it_began_disturbs_no_other, BACKENDS);
    TEST_EACH(what_is_no_descriptor_is_refused, BACKENDS);
}
