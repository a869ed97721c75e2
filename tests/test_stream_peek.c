/* test_stream_peek.c - streams: looked at, without a buffer of one's own. */
/* SPDX-License-Identifier: MIT */
#include "pair.h"

static WEFT_TASK(weft_peek) peek_task, peek_task2;
static WEFT_TASK(weft_read) read_task;

static const char *seen(void)
{
    static char text[256];
    const struct weft_peek *const peek = &peek_task.frame;
    ck_assert_uint_lt(peek->n, sizeof text);
    memcpy(text, peek->n > 0 ? (const char *)peek->bytes : "", peek->n);
    text[peek->n] = '\0';
    return text;
}

static void peek(size_t at_least)
{
    START(&peek_task, weft_peek, near, at_least);
    run_passes(2); /* poll(2) is asked in the pass behind the one that waits */
}

START_TEST(a_peek_shows_what_is_there_and_takes_nothing)
{
    begin_pair(_i);
    send_far("hello");
    for (int i = 0; i < 2; i++) {
        peek(0);
        ck_assert_int_eq(peek_task.task.status, 0);
        ck_assert_str_eq(seen(), "hello");
    }
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    run_passes(1);
    ck_assert_uint_eq(read_task.frame.n, 5);
    end_pair();
}
END_TEST

START_TEST(what_is_consumed_is_shown_no_more)
{
    begin_pair(_i);
    send_far("hello");
    peek(0);
    weft_consume(near, 2);
    peek(0);
    ck_assert_str_eq(seen(), "llo");
    weft_consume(near, 3);
    send_far("again");
    peek(0);
    ck_assert_str_eq(seen(), "again");
    end_pair();
}
END_TEST

START_TEST(a_peek_waits_until_enough_has_come)
{
    begin_pair(_i);
    peek(4);
    send_far("abc");
    run_passes(2);
    ck_assert(!weft_task_is_done(&peek_task.task));
    send_far("d");
    run_passes(1);
    ck_assert_int_eq(peek_task.task.status, 0);
    ck_assert_str_eq(seen(), "abcd");
    end_pair();
}
END_TEST

START_TEST(a_peek_for_more_keeps_what_is_there)
{
    begin_pair(_i);
    send_far("abc");
    peek(0);
    weft_consume(near, 1);
    peek(3);
    ck_assert(!weft_task_is_done(&peek_task.task));
    send_far("d");
    run_passes(1);
    ck_assert_str_eq(seen(), "bcd");
    end_pair();
}
END_TEST

START_TEST(a_peek_may_want_more_than_a_block_of_the_loops)
{
    enum { SIZE = 300000 };
    static unsigned char sent[SIZE];
    static WEFT_TASK(weft_write) write_task;
    begin_pair(_i);
    for (size_t i = 0; i < SIZE; i++) {
        sent[i] = (unsigned char)(i ^ i >> 8);
    }
    START(&write_task, weft_write, far, sent, SIZE);
    START(&peek_task, weft_peek, near, SIZE);
    finish(&peek_task.task);
    ck_assert_int_eq(peek_task.task.status, 0);
    ck_assert_uint_eq(peek_task.frame.n, SIZE);
    ck_assert_mem_eq(peek_task.frame.bytes, sent, SIZE);
    weft_consume(near, SIZE);
    finish(&write_task.task);
    end_pair();
}
END_TEST

START_TEST(at_the_end_there_is_less_than_was_wanted)
{
    begin_pair(_i);
    send_far("abc");
    weft_stream_abort(&far);
    peek(4);
    ck_assert_int_eq(peek_task.task.status, 0);
    ck_assert_str_eq(seen(), "abc");
    weft_consume(near, 3);
    for (int i = 0; i < 2; i++) {
        peek(0);
        ck_assert_int_eq(peek_task.task.status, 0);
        ck_assert_uint_eq(peek_task.frame.n, 0);
    }
    end_pair();
}
END_TEST

START_TEST(a_cancelled_peek_has_taken_nothing)
{
    begin_pair(_i);
    send_far("abc");
    peek(4);
    weft_task_cancel(&peek_task.task);
    run_passes(1);
    ck_assert_int_eq(peek_task.task.status, WEFT_ECANCELED);
    peek(0);
    ck_assert_str_eq(seen(), "abc");
    end_pair();
}
END_TEST

START_TEST(a_close_wakes_who_peeks)
{
    begin_pair(_i);
    peek(0);
    weft_stream_abort(&near);
    run_passes(1);
    ck_assert_int_eq(peek_task.task.status, WEFT_ECLOSED);
    end_pair();
}
END_TEST

/* What one stream shows stays, whatever the others do with the loop's memory. */
START_TEST(what_is_shown_stays_while_other_streams_are_read_and_written)
{
    begin_pair(_i);
    send_far("stays");
    peek(0);
    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(weft_write_nowait(near, "other", 5), 0);
        START(&peek_task2, weft_peek, far);
        run_passes(2);
        ck_assert_uint_eq(peek_task2.frame.n, 5);
        weft_consume(far, 5);
        ck_assert_str_eq(seen(), "stays");
    }
    end_pair();
}
END_TEST

START_TEST(what_is_shown_may_be_written_to_the_same_stream)
{
    static WEFT_TASK(weft_write) write_task;
    begin_pair(_i);
    send_far("hello");
    peek(0);
    START(&write_task, weft_write, near, peek_task.frame.bytes, peek_task.frame.n);
    run_passes(1);
    ck_assert_str_eq(receive_far(), "hello");
    end_pair();
}
END_TEST

START_TEST(a_stream_may_outlive_its_loop_with_bytes_in_it)
{
    begin_pair(_i);
    send_far("hello");
    peek(0);
    weft_loop_close(loop);
    ck_assert_str_eq(seen(), "hello");
    weft_consume(near, 5);
    weft_stream_abort(&near);
    weft_stream_abort(&far);
    ck_assert_int_eq(count_descriptors(), open_before);
}
END_TEST

START_TEST(to_consume_more_than_was_shown_stops)
{
    begin_pair(0);
    send_far("hello");
    peek(0);
    weft_consume(near, 6);
}
END_TEST

START_TEST(to_peek_while_another_reads_stops)
{
    begin_pair(0);
    START(&read_task, weft_read, near, bytes, sizeof bytes);
    peek(0);
}
END_TEST

SUITE(stream_peek)
{
    TEST_EACH(a_peek_shows_what_is_there_and_takes_nothing, BACKENDS);
    TEST_EACH(what_is_consumed_is_shown_no_more, BACKENDS);
    TEST_EACH(a_peek_waits_until_enough_has_come, BACKENDS);
    TEST_EACH(a_peek_for_more_keeps_what_is_there, BACKENDS);
    TEST_EACH(a_peek_may_want_more_than_a_block_of_the_loops, BACKENDS);
    TEST_EACH(at_the_end_there_is_less_than_was_wanted, BACKENDS);
    TEST_EACH(a_cancelled_peek_has_taken_nothing, BACKENDS);
    TEST_EACH(a_close_wakes_who_peeks, BACKENDS);
    TEST_EACH(what_is_shown_stays_while_other_streams_are_read_and_written, BACKENDS);
    TEST_EACH(what_is_shown_may_be_written_to_the_same_stream, BACKENDS);
    TEST_EACH(a_stream_may_outlive_its_loop_with_bytes_in_it, BACKENDS);
    TEST_STOPS(to_consume_more_than_was_shown_stops);
    TEST_STOPS(to_peek_while_another_reads_stops);
}
