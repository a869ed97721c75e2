/* test_stream_coalesce.c - streams: small writes that are gathered, and go out together. */
/* SPDX-License-Identifier: MIT */
/*
 * The ends are of a kind that keeps the borders of what was written: one receive gives what one system
 * call has sent.
 */
#include "pair.h"

static WEFT_TASK(weft_write) write_task;
static WEFT_TASK(weft_flush) flush_task;
static WEFT_TASK(weft_drain) drain_task;
static WEFT_TASK(weft_close) close_task;
static WEFT_TASK(weft_shutdown) shutdown_task;
static WEFT_TASK(weft_peek) peek_task;
static char large[5000];

static void begin_coalescing(int n)
{
    int fds[2];
    begin(n);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    open_both(fds);
    weft_stream_set_coalesce(near, true);
}

static void write_near(const char *text)
{
    ck_assert_int_eq(weft_write_nowait(near, text, strlen(text)), 0);
}

/* The system takes no more from `near`. How often it is to be received until it does. */
static int block_near(void)
{
    int count = 0;
    while (send(weft_stream_fd(near), large, sizeof large, 0) > 0) {
        count++;
    }
    return count;
}

static void unblock_near(int count)
{
    while (count-- > 0) {
        ck_assert_int_eq(recv(weft_stream_fd(far), large, sizeof large, 0), sizeof large);
    }
}

/* Writes by coroutine and at once, in turn. */
struct writer {
    WEFT_FRAME;
    struct iovec pieces[2];
    union {
        struct weft_write write;
        struct weft_writev writev;
    };
};

static WEFT_ASYNC(writer, self)
{
    WEFT_TRY(self->write, weft_write, near, "a", 1);
    WEFT_CHECK(weft_write_nowait(near, "b", 1));
    self->pieces[0] = (struct iovec){bytes, 1};
    self->pieces[1] = (struct iovec){&bytes[1], 1};
    WEFT_TRY(self->writev, weft_writev, near, self->pieces, 2);
    WEFT_TRY(self->write, weft_write, near, "e", 1);
    say("%zu ", weft_stream_buffered(near));
}
WEFT_END

START_TEST(small_writes_of_all_kinds_go_together_and_in_order)
{
    WEFT_TASK(writer) task = {0};
    begin_coalescing(_i);
    memcpy(bytes, "cd", 2);
    START(&task, writer);
    run_passes(1);
    ck_assert_str_eq(trace, "5 ");
    ck_assert_int_eq(task.task.status, 0);
    ck_assert_str_eq(receive_far(), "abcde");
    end_pair();
}
END_TEST

START_TEST(they_go_when_the_turn_ends_not_before)
{
    begin_coalescing(_i);
    write_near("ab");
    write_near("c");
    ck_assert_str_eq(receive_far(), "");
    ck_assert_uint_eq(weft_stream_buffered(near), 3);
    run_passes(1);
    ck_assert_str_eq(receive_far(), "abc");
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    end_pair();
}
END_TEST

/* Asks, and waits for the answer: nothing else makes the loop turn. */
struct asker {
    WEFT_FRAME;
    struct weft_peek peek;
};

static WEFT_ASYNC(asker, self)
{
    write_near("ask");
    WEFT_TRY(self->peek, weft_peek, near);
    say("%.*s ", (int)self->peek.n, (const char *)self->peek.bytes);
}
WEFT_END

struct answerer {
    WEFT_FRAME;
    struct weft_peek peek;
};

static WEFT_ASYNC(answerer, self)
{
    WEFT_TRY(self->peek, weft_peek, far);
    WEFT_CHECK(weft_write_nowait(far, "answer", 6));
    weft_consume(far, self->peek.n);
}
WEFT_END

START_TEST(what_was_gathered_goes_before_the_loop_sleeps)
{
    WEFT_TASK(answerer) task = {0};
    begin_coalescing(_i);
    START(&task, answerer);
    ck_assert_int_eq(RUN(asker), 0);
    ck_assert_str_eq(trace, "answer ");
    end_pair();
}
END_TEST

struct last_words {
    WEFT_FRAME;
};

static WEFT_ASYNC(last_words, self)
{
    write_near("bye");
}
WEFT_END

START_TEST(what_was_gathered_goes_before_a_run_ends)
{
    begin_coalescing(_i);
    ck_assert_int_eq(RUN(last_words), 0);
    ck_assert_str_eq(receive_far(), "bye");
    end_pair();
}
END_TEST

struct large_writer {
    WEFT_FRAME;
    struct weft_write write;
};

static WEFT_ASYNC(large_writer, self)
{
    write_near("abc");
    WEFT_TRY(self->write, weft_write, near, large, sizeof large);
    say("%zu of %zu, %zu left ", self->write.n, sizeof large, weft_stream_buffered(near));
}
WEFT_END

static ssize_t received(void)
{
    static char into[2 * sizeof large];
    return recv(weft_stream_fd(far), into, sizeof into, 0);
}

START_TEST(a_large_write_goes_at_once_with_what_was_gathered)
{
    begin_coalescing(_i);
    ck_assert_int_eq(RUN(large_writer), 0);
    ck_assert_str_eq(trace, "5000 of 5000, 0 left ");
    ck_assert_int_eq(received(), 3 + sizeof large);
    write_near("abc");
    ck_assert_int_eq(weft_write_nowait(near, large, sizeof large), 0);
    ck_assert_int_eq(received(), 3 + sizeof large);
    end_pair();
}
END_TEST

START_TEST(a_flush_does_not_wait_for_the_end_of_the_turn)
{
    begin_coalescing(_i);
    write_near("abc");
    START(&flush_task, weft_flush, near);
    run_passes(1);
    ck_assert_int_eq(flush_task.task.status, 0);
    ck_assert_str_eq(receive_far(), "abc");
    START(&flush_task, weft_flush, near); /* there is nothing */
    run_passes(1);
    ck_assert_int_eq(flush_task.task.status, 0);
    end_pair();
}
END_TEST

START_TEST(a_flush_waits_for_room)
{
    begin_coalescing(_i);
    const int blocked = block_near();
    write_near("abc");
    START(&flush_task, weft_flush, near);
    run_passes(3);
    ck_assert(!weft_task_is_done(&flush_task.task));
    unblock_near(blocked);
    finish(&flush_task.task);
    ck_assert_int_eq(flush_task.task.status, 0);
    ck_assert_str_eq(receive_far(), "abc");
    end_pair();
}
END_TEST

START_TEST(a_cancelled_flush_drops_nothing)
{
    begin_coalescing(_i);
    const int blocked = block_near();
    write_near("abc");
    START(&flush_task, weft_flush, near);
    run_passes(2);
    weft_task_cancel(&flush_task.task);
    run_passes(1);
    ck_assert_int_eq(flush_task.task.status, WEFT_ECANCELED);
    ck_assert_uint_eq(weft_stream_buffered(near), 3);
    unblock_near(blocked);
    run_passes(2);
    ck_assert_str_eq(receive_far(), "abc");
    end_pair();
}
END_TEST

START_TEST(who_gathers_more_than_the_high_water_mark_waits)
{
    begin_coalescing(_i);
    weft_stream_set_water(near, 8, 2);
    const int blocked = block_near();
    write_near("123456");
    run_passes(1);
    START(&write_task, weft_write, near, "7890", 4);
    run_passes(3);
    ck_assert(!weft_task_is_done(&write_task.task));
    ck_assert_uint_eq(weft_stream_buffered(near), 6);
    unblock_near(blocked);
    finish(&write_task.task);
    ck_assert_int_eq(write_task.task.status, 0);
    run_passes(1);
    ck_assert_str_eq(receive_far(), "123456");
    ck_assert_str_eq(receive_far(), "7890");
    end_pair();
}
END_TEST

START_TEST(a_write_that_waits_to_be_gathered_can_be_cancelled)
{
    begin_coalescing(_i);
    weft_stream_set_water(near, 8, 2);
    const int blocked = block_near();
    write_near("123456");
    START(&write_task, weft_write, near, "7890", 4);
    run_passes(2);
    weft_task_cancel(&write_task.task);
    run_passes(1);
    ck_assert_int_eq(write_task.task.status, WEFT_ECANCELED);
    ck_assert_uint_eq(write_task.frame.n, 0);
    unblock_near(blocked);
    run_passes(2);
    ck_assert_str_eq(receive_far(), "123456");
    ck_assert_str_eq(receive_far(), "");
    end_pair();
}
END_TEST

START_TEST(a_drain_waits_for_the_low_water_mark)
{
    begin_coalescing(_i);
    weft_stream_set_water(near, 8, 2);
    const int blocked = block_near();
    write_near("12345678");
    weft_stream_set_water(near, 4, 2);
    START(&drain_task, weft_drain, near);
    run_passes(2);
    ck_assert(!weft_task_is_done(&drain_task.task));
    unblock_near(blocked);
    finish(&drain_task.task);
    ck_assert_int_eq(drain_task.task.status, 0);
    end_pair();
}
END_TEST

START_TEST(a_close_and_a_shutdown_send_what_was_gathered)
{
    begin_coalescing(_i);
    write_near("abc");
    START(&shutdown_task, weft_shutdown, near);
    run_passes(1);
    ck_assert_int_eq(shutdown_task.task.status, 0);
    ck_assert_str_eq(receive_far(), "abc");
    weft_stream_set_coalesce(far, true);
    ck_assert_int_eq(weft_write_nowait(far, "def", 3), 0);
    START(&close_task, weft_close, &far);
    START(&peek_task, weft_peek, near);
    finish(&peek_task.task);
    ck_assert_uint_eq(peek_task.frame.n, 3);
    ck_assert_int_eq(close_task.task.status, 0);
    end_pair();
}
END_TEST

START_TEST(an_abort_drops_what_was_gathered)
{
    begin_coalescing(_i);
    write_near("abc");
    weft_stream_abort(&near);
    run_passes(1);
    ck_assert_str_eq(receive_far(), "");
    end_pair();
}
END_TEST

START_TEST(the_loop_may_close_with_something_gathered)
{
    begin_coalescing(_i);
    write_near("abc");
    weft_loop_close(loop);
    ck_assert_int_eq(weft_write_nowait(near, "x", 1), WEFT_ECLOSED);
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    ck_assert_int_eq(count_descriptors(), open_before);
}
END_TEST

/* The other side has gone: the write said 0, whoever comes next is told. */
START_TEST(a_failure_behind_its_back_is_told_to_the_next)
{
    begin_coalescing(_i % BACKENDS);
    weft_stream_abort(&far);
    write_near("abc");
    run_passes(1);
    ck_assert_uint_eq(weft_stream_buffered(near), 0);
    if (_i / BACKENDS == 0) {
        START(&write_task, weft_write, near, "x", 1);
        run_passes(1);
        ck_assert_int_eq(write_task.task.status, -EPIPE);
        ck_assert_int_eq(weft_write_nowait(near, "x", 1), -EPIPE);
    } else if (_i / BACKENDS == 1) {
        START(&flush_task, weft_flush, near);
        START(&drain_task, weft_drain, near);
        run_passes(1);
        ck_assert_int_eq(flush_task.task.status, -EPIPE);
        ck_assert_int_eq(drain_task.task.status, -EPIPE);
    } else {
        START(&close_task, weft_close, &near);
        run_passes(1);
        ck_assert_int_eq(close_task.task.status, -EPIPE);
        ck_assert_ptr_null(near);
    }
    end_pair();
}
END_TEST

START_TEST(a_failure_wakes_who_waits_for_room)
{
    begin_coalescing(_i);
    (void)block_near();
    write_near("abc");
    START(&flush_task, weft_flush, near);
    run_passes(2);
    weft_stream_abort(&far);
    finish(&flush_task.task);
    ck_assert_int_lt(flush_task.task.status, 0);
    end_pair();
}
END_TEST

START_TEST(turned_off_it_still_sends_what_was_gathered)
{
    begin_coalescing(_i);
    write_near("abc");
    weft_stream_set_coalesce(near, false);
    run_passes(1);
    ck_assert_str_eq(receive_far(), "abc");
    write_near("def");
    ck_assert_str_eq(receive_far(), "def");
    end_pair();
}
END_TEST

START_TEST(turned_off_the_next_write_goes_behind_what_was_gathered)
{
    begin_coalescing(_i);
    write_near("abc");
    weft_stream_set_coalesce(near, false);
    write_near("def");
    ck_assert_str_eq(receive_far(), "abcdef");
    end_pair();
}
END_TEST

/* Many streams, and more than once: memory grows with what is gathered, and goes with it. */
START_TEST(megabytes_in_small_pieces_arrive_whole)
{
    enum { SIZE = 1000003 };
    begin_tcp(_i);
    weft_stream_set_coalesce(near, true);
    static unsigned char sent[SIZE], got[SIZE];
    static WEFT_TASK(weft_read_exactly) reader;
    for (size_t i = 0; i < SIZE; i++) {
        sent[i] = (unsigned char)(i ^ i >> 8 ^ i >> 16);
    }
    START(&reader, weft_read_exactly, far, got, SIZE);
    for (size_t at = 0; at < SIZE;) {
        const size_t left = SIZE - at, size = at % 6007 + 1 < left ? at % 6007 + 1 : left;
        START(&write_task, weft_write, near, &sent[at], size);
        finish(&write_task.task);
        ck_assert_int_eq(write_task.task.status, 0);
        at += size;
    }
    finish(&reader.task);
    ck_assert_int_eq(reader.task.status, 0);
    ck_assert_mem_eq(got, sent, SIZE);
    end_pair();
}
END_TEST

SUITE(stream_coalesce)
{
    TEST_EACH(small_writes_of_all_kinds_go_together_and_in_order, BACKENDS);
    TEST_EACH(they_go_when_the_turn_ends_not_before, BACKENDS);
    TEST_EACH(what_was_gathered_goes_before_the_loop_sleeps, BACKENDS);
    TEST_EACH(what_was_gathered_goes_before_a_run_ends, BACKENDS);
    TEST_EACH(a_large_write_goes_at_once_with_what_was_gathered, BACKENDS);
    TEST_EACH(a_flush_does_not_wait_for_the_end_of_the_turn, BACKENDS);
    TEST_EACH(a_flush_waits_for_room, BACKENDS);
    TEST_EACH(a_cancelled_flush_drops_nothing, BACKENDS);
    TEST_EACH(who_gathers_more_than_the_high_water_mark_waits, BACKENDS);
    TEST_EACH(a_write_that_waits_to_be_gathered_can_be_cancelled, BACKENDS);
    TEST_EACH(a_drain_waits_for_the_low_water_mark, BACKENDS);
    TEST_EACH(a_close_and_a_shutdown_send_what_was_gathered, BACKENDS);
    TEST_EACH(an_abort_drops_what_was_gathered, BACKENDS);
    TEST_EACH(the_loop_may_close_with_something_gathered, BACKENDS);
    TEST_EACH(a_failure_behind_its_back_is_told_to_the_next, 3 * BACKENDS);
    TEST_EACH(a_failure_wakes_who_waits_for_room, BACKENDS);
    TEST_EACH(turned_off_it_still_sends_what_was_gathered, BACKENDS);
    TEST_EACH(turned_off_the_next_write_goes_behind_what_was_gathered, BACKENDS);
    TEST_EACH(megabytes_in_small_pieces_arrive_whole, BACKENDS);
}
