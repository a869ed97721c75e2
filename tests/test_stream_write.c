/* test_stream_write.c - streams: written, flushed and closed. */
/* SPDX-License-Identifier: MIT */
#include "pair.h"

/* --- write ------------------------------------------------------------------------------------ */

static WEFT_TASK(weft_write) write_task, write_task2;
static WEFT_TASK(weft_writev) writev_task;
static WEFT_TASK(weft_drain) drain_task;
static WEFT_TASK(weft_shutdown) shutdown_task;
static WEFT_TASK(weft_close) close_task;
static WEFT_TASK(weft_read) read_task;
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
    enum { PIECES = 3000 }; /* more than the system takes at once */
    struct iovec pieces[PIECES], before[PIECES];
    size_t at = 0;
    begin_pair(_i);
    fill_big();
    for (size_t i = 0; i < PIECES; i++) {
        const size_t left = sizeof big - at, size = i * 3 % 2801;
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

/* So small a buffer has the system that what is buffered here goes bit by bit. */
static void begin_small_pair(int n)
{
    const int size = 4096;
    begin_pair(n);
    ck_assert_int_eq(setsockopt(weft_stream_fd(near), SOL_SOCKET, SO_SNDBUF, &size, sizeof size),
                     0);
    fill(weft_stream_fd(near));
}

/* The other side reads, bit by bit, until the drain has ended; it may not before the mark. */
static void check_drains_at(size_t low_bytes)
{
    char piece[4096];
    while (weft_stream_buffered(near) > low_bytes) {
        ck_assert(!weft_task_is_done(&drain_task.task));
        ck_assert_int_gt(read(weft_stream_fd(far), piece, sizeof piece), 0);
        run_passes(2);
    }
    run_passes(2);
    ck_assert(weft_task_is_done(&drain_task.task));
    ck_assert_int_eq(drain_task.task.status, 0);
}

START_TEST(by_default_the_marks_are_64_and_16_kib)
{
    enum { HIGH = 64 * 1024 };
    begin_small_pair(_i);
    ck_assert_int_eq(weft_write_nowait(near, big, HIGH), 0);
    START(&drain_task, weft_drain, near);
    run_passes(1);
    ck_assert(weft_task_is_done(&drain_task.task));
    ck_assert_int_eq(weft_write_nowait(near, big, 1), 0);
    START(&drain_task, weft_drain, near);
    run_passes(3);
    check_drains_at(HIGH / 4);
    end_pair();
}
END_TEST

START_TEST(between_the_marks_a_drain_still_waits)
{
    begin_small_pair(_i);
    weft_stream_set_water(near, 50000, 10000);
    ck_assert_int_eq(weft_write_nowait(near, big, 100000), 0);
    START(&drain_task, weft_drain, near);
    run_passes(3);
    check_drains_at(10000);
    end_pair();
}
END_TEST

START_TEST(marks_the_wrong_way_round_stop)
{
    begin_pair(0);
    weft_stream_set_water(near, 10, 11);
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

START_TEST(a_shutdown_whose_stream_is_closed_when_all_has_gone_is_told)
{
    weft_handle handle = {0};
    begin_pair(_i);
    const size_t filled = fill(weft_stream_fd(near));
    ck_assert_int_eq(weft_write_nowait(near, "last", 4), 0);
    START(&shutdown_task, weft_shutdown, near);
    run_passes(3);
    skip(weft_stream_fd(far), filled);
    weft_call_soon(loop, &handle, abort_near, NULL); /* before the task that has been woken */
    run_passes(1);
    ck_assert_int_eq(shutdown_task.task.status, WEFT_ECLOSED);
    ck_assert_str_eq(receive_far(), "last");
    end_pair();
}
END_TEST

START_TEST(a_stream_that_outlives_its_loop_takes_nothing_more)
{
    begin_pair(_i);
    weft_loop_close(loop);
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), WEFT_ECLOSED);
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    ck_assert_int_eq(count_descriptors(), open_before);
}
END_TEST

START_TEST(writing_to_one_who_has_gone_fails_without_a_signal)
{
    const struct iovec pieces[] = {{bytes, 1}, {bytes, 1}};
    begin_pair(_i);
    weft_stream_abort(&far);
    START(&write_task, weft_write, near, "x", 1);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, -EPIPE);
    ck_assert_uint_eq(write_task.frame.n, 0);
    START(&writev_task, weft_writev, near, pieces, 2);
    run_passes(1);
    ck_assert_int_eq(writev_task.task.status, -EPIPE);
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

SUITE(stream_write)
{
    TEST_EACH(a_write_of_megabytes_arrives_whole_however_slow_the_reader, 2 * BACKENDS);
    TEST_EACH(a_write_goes_at_once_where_there_is_room, BACKENDS);
    TEST_EACH(a_cancelled_write_tells_how_much_has_gone, BACKENDS);
    TEST_EACH(pieces_are_written_in_order_and_empty_ones_skipped, BACKENDS);
    TEST_EACH(many_pieces_of_all_sizes_arrive_whole_and_their_array_is_not_changed, BACKENDS);
    TEST_STOPS(a_second_writer_stops);
    TEST_STOPS(a_write_nowait_into_the_middle_of_a_write_stops);
    TEST_EACH(write_nowait_buffers_what_the_system_does_not_take, BACKENDS);
    TEST_EACH(drain_waits_above_the_high_mark_until_the_low_one, BACKENDS);
    TEST_EACH(by_default_the_marks_are_64_and_16_kib, BACKENDS);
    TEST_EACH(between_the_marks_a_drain_still_waits, BACKENDS);
    TEST_STOPS(marks_the_wrong_way_round_stop);
    TEST_EACH(a_write_goes_behind_what_is_buffered, BACKENDS);
    TEST_EACH(pieces_go_behind_what_is_buffered, BACKENDS);
    TEST_EACH(megabytes_that_are_buffered_arrive_whole, BACKENDS);
    TEST_EACH(after_a_shutdown_the_other_side_sees_the_end_and_can_still_answer, BACKENDS);
    TEST_EACH(a_shutdown_waits_for_what_is_buffered, BACKENDS);
    TEST_EACH(a_shutdown_whose_stream_is_closed_when_all_has_gone_is_told, BACKENDS);
    TEST_EACH(a_stream_that_outlives_its_loop_takes_nothing_more, BACKENDS);
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
