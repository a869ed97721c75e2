/* test_stream.c - streams: opened, and read. */
/* SPDX-License-Identifier: MIT */
#include "pair.h"
#include <weft/sync.h>

static char more[256];

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

static char text[1024 * 1024];

/* Lines of all lengths up to 2,999 bytes. */
static void fill_text(void)
{
    size_t at = 0;
    for (size_t line = 0; at < sizeof text; line++) {
        for (size_t left = line * 7919 % 2999; left > 0 && at < sizeof text; left--, at++) {
            text[at] = (char)('a' + (at + line) % 26);
        }
        if (at < sizeof text) {
            text[at++] = '\n';
        }
    }
}

struct sends_text {
    WEFT_FRAME;
    union {
        struct weft_write write;
        struct weft_close close;
    };
};

static WEFT_ASYNC(sends_text, self)
{
    WEFT_TRY(self->write, weft_write, far, text, sizeof text);
WEFT_FINALLY:
    WEFT_AWAIT(self->close, weft_close, &far);
}
WEFT_END

struct reads_text {
    WEFT_FRAME;
    size_t seen;
    char line[4000];
    struct weft_read_line read;
};

static WEFT_ASYNC(reads_text, self)
{
    do {
        WEFT_TRY(self->read, weft_read_line, near, self->line, sizeof self->line);
        WEFT_CHECK(memcmp(self->line, &text[self->seen], self->read.n) == 0 ? 0 : -EBADMSG);
        self->seen += self->read.n;
    } while (self->read.n > 0);
    WEFT_CHECK(self->seen == sizeof text ? 0 : -ENODATA);
}
WEFT_END

START_TEST(a_megabyte_of_lines_of_all_lengths_arrives_whole)
{
    WEFT_TASK(sends_text) sender = {0};
    begin_pair(_i);
    fill_text();
    START(&sender, sends_text);
    ck_assert_int_eq(RUN(reads_text), 0);
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
    TEST_EACH(a_megabyte_of_lines_of_all_lengths_arrives_whole, BACKENDS);
    TEST_EACH(a_line_that_is_too_long_is_dropped_and_the_next_is_read, BACKENDS);
    TEST_STOPS(a_second_reader_stops);
    TEST_EACH(a_reader_that_was_cancelled_before_it_began_disturbs_no_other, BACKENDS);
    TEST_EACH(a_read_of_nothing_ends_at_once, BACKENDS);
    TEST_EACH(a_close_wakes_every_kind_of_reader, BACKENDS);
    TEST_EACH(a_stream_may_be_closed_while_its_reader_lets_the_others_run, 2 * BACKENDS);
    TEST_EACH(a_read_exactly_that_is_cancelled_when_its_stream_has_gone_keeps_nothing, BACKENDS);
    TEST_EACH(a_close_and_a_cancel_in_the_middle_of_a_read_exactly_are_no_matter, BACKENDS);
}
