/* test_ring.c - bytes that an interrupt puts and a coroutine takes. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/cancel.h>
#include <weft/ring.h>

enum { ROOM = 8 };

static uint8_t room[ROOM];
static weft_ring ring;

struct reader {
    WEFT_FRAME;
    int times;
    uint8_t bytes[ROOM];
    size_t at_most;
    struct weft_ring_read read;
};

static WEFT_ASYNC(reader, self)
{
    for (; self->times > 0; self->times--) {
        WEFT_TRY(self->read, weft_ring_read, .ring = &ring, .bytes = self->bytes,
                 .size_bytes = self->at_most);
        say("%.*s ", (int)self->read.count, (const char *)self->bytes);
    }
}
WEFT_END

static WEFT_TASK(reader) task;

static void begin_reader(int times, size_t at_most)
{
    begin();
    weft_ring_init(&ring, room, sizeof room, &executor.core);
    memset(&task, 0, sizeof task);
    START(&task, reader, times, .at_most = at_most);
}

static void put(const char *text)
{
    for (; *text != '\0'; text++) {
        (void)weft_ring_put(&ring, (uint8_t)*text);
    }
}

START_TEST(what_is_there_is_taken_at_once)
{
    begin_reader(1, ROOM);
    put("abc");
    run_one_pass();
    ck_assert_str_eq(trace, "abc ");
}
END_TEST

START_TEST(a_reader_waits_until_a_byte_comes)
{
    begin_reader(2, ROOM);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    put("a");
    run_one_pass();
    put("bc");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a bc ");
}
END_TEST

START_TEST(a_read_takes_no_more_than_fits)
{
    begin_reader(3, 2);
    put("abcde");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ab cd e ");
}
END_TEST

START_TEST(bytes_keep_their_order_round_the_end_of_the_room)
{
    uint8_t byte;
    begin_reader(0, ROOM);
    for (int i = 0; i < 300; i++) { /* further than a count of eight bits goes */
        ck_assert(weft_ring_put(&ring, (uint8_t)i));
        ck_assert(weft_ring_put(&ring, (uint8_t)(i + 7)));
        ck_assert_uint_eq(weft_ring_read_nowait(&ring, &byte, 1), 1);
        ck_assert_uint_eq(byte, (uint8_t)i);
        ck_assert_uint_eq(weft_ring_read_nowait(&ring, &byte, 1), 1);
        ck_assert_uint_eq(byte, (uint8_t)(i + 7));
    }
    ck_assert_uint_eq(weft_ring_read_nowait(&ring, &byte, 1), 0);
}
END_TEST

START_TEST(counts_may_wrap)
{
    uint8_t bytes[ROOM];
    begin_reader(0, ROOM);
    for (long i = 0; i < 70000; i++) {
        ck_assert(weft_ring_put(&ring, (uint8_t)i));
        ck_assert_uint_eq(weft_ring_count(&ring), 1);
        ck_assert_uint_eq(weft_ring_read_nowait(&ring, bytes, ROOM), 1);
        ck_assert_uint_eq(bytes[0], (uint8_t)i);
    }
}
END_TEST

START_TEST(what_finds_no_room_is_lost_and_counted)
{
    begin_reader(2, ROOM);
    put("abcdefghij");
    ck_assert_uint_eq(weft_ring_count(&ring), ROOM);
    ck_assert_uint_eq(weft_ring_lost(&ring), 2);
    run_one_pass();
    put("k");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "abcdefgh k ");
}
END_TEST

START_TEST(the_count_of_the_lost_stays_at_its_highest)
{
    begin_reader(0, ROOM);
    put("abcdefgh");
    for (long i = 0; i < 70000; i++) {
        ck_assert(!weft_ring_put(&ring, 'x'));
    }
    ck_assert_uint_eq(weft_ring_lost(&ring), (weft__ring_count)UINT16_MAX);
}
END_TEST

START_TEST(a_cancelled_read_has_taken_nothing)
{
    begin_reader(1, ROOM);
    run_one_pass();
    put("abc");
    weft_task_cancel(&task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    ck_assert_uint_eq(weft_ring_count(&ring), 3);
}
END_TEST

START_TEST(what_a_cancelled_reader_left_the_next_one_gets)
{
    static WEFT_TASK(reader) next;
    begin_reader(1, ROOM);
    run_one_pass();
    put("abc");
    weft_task_cancel(&task.task);
    START(&next, reader, 1, .at_most = ROOM);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "abc ");
}
END_TEST

START_TEST(a_reader_of_a_ring_is_no_deadlock)
{
    begin_reader(1, ROOM);
    run_one_pass();
    ck_assert_uint_eq(executor.core.outside, 1);
    put("a");
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(a_size_that_is_no_power_of_two_stops)
{
    begin();
    weft_ring_init(&ring, room, 6, &executor.core);
}
END_TEST

START_TEST(reading_into_nothing_stops)
{
    begin_reader(1, 0);
    run_one_pass();
}
END_TEST

SUITE(ring)
{
    TEST(what_is_there_is_taken_at_once);
    TEST(a_reader_waits_until_a_byte_comes);
    TEST(a_read_takes_no_more_than_fits);
    TEST(bytes_keep_their_order_round_the_end_of_the_room);
    TEST(counts_may_wrap);
    TEST(what_finds_no_room_is_lost_and_counted);
    TEST(the_count_of_the_lost_stays_at_its_highest);
    TEST(a_cancelled_read_has_taken_nothing);
    TEST(what_a_cancelled_reader_left_the_next_one_gets);
    TEST(a_reader_of_a_ring_is_no_deadlock);
    TEST_STOPS(a_size_that_is_no_power_of_two_stops);
    TEST_STOPS(reading_into_nothing_stops);
}
