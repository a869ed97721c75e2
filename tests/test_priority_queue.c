/* test_priority_queue.c - the best item comes out first, equal ones in the order they came. */
/* SPDX-License-Identifier: MIT */
/* What holds for every kind of queue is in test_queue.c and its neighbours. */
#include "queues.h"

/* A job of a rank, with a number by which jobs of one rank are told apart. */
struct job {
    int rank, number;
};

enum { ROOM = 64 };

static WEFT_PRIORITY_QUEUE_ITEMS(struct job, ROOM) jobs;
static size_t questions; /* how often the queue asked which is before which */

static bool ranks_before(const void *left, const void *right)
{
    questions++;
    return ((const struct job *)left)->rank < ((const struct job *)right)->rank;
}

static void begin_jobs(void)
{
    begin();
    questions = 0;
    weft_priority_queue_init(&queue, &jobs, ranks_before);
}

static void put_job(int rank, int number)
{
    const struct job job = {rank, number};
    ck_assert_int_eq(weft_put_nowait(&queue, &job), 0);
}

/* All that are in: "rank.number ". */
static const char *get_jobs(void)
{
    struct job job;
    trace[0] = '\0';
    while (weft_get_nowait(&queue, &job) == 0) {
        say("%d.%d ", job.rank, job.number);
    }
    return trace;
}

/* The order. */

START_TEST(the_least_comes_out_first)
{
    static const int orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                    {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    begin_with(PRIORITY, 3);
    put(orders[_i][0]), put(orders[_i][1]), put(orders[_i][2]);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY);
}
END_TEST

static bool is_more(const void *left, const void *right)
{
    return is_less(right, left);
}

START_TEST(the_order_is_what_the_users_function_says)
{
    begin();
    weft_priority_queue_init(&queue, &ranked_3, is_more);
    put(2), put(3), put(1);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 1);
}
END_TEST

START_TEST(equal_items_come_out_in_the_order_in_which_they_were_put)
{
    begin_jobs();
    for (int i = 0; i < 8; i++) {
        put_job(1, i);
    }
    ck_assert_str_eq(get_jobs(), "1.0 1.1 1.2 1.3 1.4 1.5 1.6 1.7 ");
}
END_TEST

START_TEST(equal_items_among_others_come_out_in_the_order_in_which_they_were_put)
{
    begin_jobs();
    put_job(2, 0), put_job(1, 0), put_job(3, 0), put_job(2, 1), put_job(1, 1);
    put_job(2, 2), put_job(3, 1), put_job(1, 2), put_job(2, 3);
    ck_assert_str_eq(get_jobs(), "1.0 1.1 1.2 2.0 2.1 2.2 2.3 3.0 3.1 ");
}
END_TEST

START_TEST(gets_in_between_do_not_disturb_the_order_of_equal_items)
{
    struct job job;
    begin_jobs();
    put_job(1, 0), put_job(2, 0), put_job(2, 1), put_job(1, 1);
    ck_assert_int_eq(weft_get_nowait(&queue, &job), 0);
    put_job(2, 2), put_job(1, 2);
    ck_assert_int_eq(weft_get_nowait(&queue, &job), 0);
    put_job(2, 3);
    ck_assert_str_eq(get_jobs(), "1.2 2.0 2.1 2.2 2.3 ");
}
END_TEST

static uint32_t seed;

static int below(int bound)
{
    seed = seed * 1664525 + 1013904223;
    return (int)((seed >> 16) % (uint32_t)bound);
}

/* The model: the first of the best in an array in the order of puts. */
static struct job take_best(struct job *model, int *count)
{
    int best = 0;
    for (int i = 1; i < *count; i++) {
        best = model[i].rank < model[best].rank ? i : best;
    }
    const struct job job = model[best];
    memmove(&model[best], &model[best + 1], (size_t)(--*count - best) * sizeof model[0]);
    return job;
}

START_TEST(any_sequence_of_puts_and_gets_gives_what_a_sorted_list_would)
{
    struct job model[ROOM], job;
    int count = 0;
    begin_jobs();
    seed = (uint32_t)_i + 1;
    for (int i = 0; i < 2000; i++) {
        if (count < ROOM && (count == 0 || below(2) == 0)) {
            model[count] = (struct job){below(_i + 1), i};
            put_job(model[count].rank, i);
            count++;
        } else {
            const struct job best = take_best(model, &count);
            ck_assert_int_eq(weft_get_nowait(&queue, &job), 0);
            ck_assert_int_eq(job.rank, best.rank);
            ck_assert_int_eq(job.number, best.number);
        }
        ck_assert_uint_eq(weft_queue_size(&queue), (unsigned)count);
    }
}
END_TEST

START_TEST(equal_items_keep_their_order_when_the_numbers_are_used_up)
{
    struct job job;
    begin_jobs();
    put_job(2, 0), put_job(1, 0);
    jobs.heap.next = SIZE_MAX - 3;
    for (int i = 1; i < 8; i++) {
        put_job(2, i), put_job(1, i);
        ck_assert_int_eq(weft_get_nowait(&queue, &job), 0);
        ck_assert_int_eq(job.rank * 100 + job.number, 100 + i - 1);
    }
    ck_assert_uint_lt(jobs.heap.next, 100);
    ck_assert_str_eq(get_jobs(), "1.7 2.0 2.1 2.2 2.3 2.4 2.5 2.6 2.7 ");
}
END_TEST

START_TEST(the_numbers_begin_anew_when_the_queue_was_empty)
{
    begin_jobs();
    put_job(1, 0);
    jobs.heap.next = SIZE_MAX;
    ck_assert_str_eq(get_jobs(), "1.0 ");
    put_job(1, 1), put_job(1, 2);
    ck_assert_uint_eq(jobs.heap.next, 2);
    ck_assert_str_eq(get_jobs(), "1.1 1.2 ");
}
END_TEST

/* Who waits. */

START_TEST(getters_that_were_chosen_take_the_best_there_is_when_they_run)
{
    getter_task tasks[3] = {0};
    begin_with(PRIORITY, 3);
    for (int i = 0; i < 3; i++) {
        start_getter(&tasks[i], (char)('a' + i));
    }
    put(3), put(1), put(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 b2 c3 ");
}
END_TEST

START_TEST(a_better_item_that_comes_while_a_getter_was_chosen_goes_to_it_and_takes_nothing_away)
{
    getter_task task = {0};
    begin_with(PRIORITY, 3);
    start_getter(&task, 'a');
    put(5);
    put(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1 ");
    ck_assert_int_eq(get(), 5);
}
END_TEST

START_TEST(who_comes_in_between_may_take_the_best_but_never_the_last)
{
    getter_task task = {0};
    begin_with(PRIORITY, 3);
    start_getter(&task, 'a');
    put(5);
    put(1);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(refused_get(), WEFT_EEMPTY);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a5 ");
}
END_TEST

START_TEST(putters_are_let_in_as_they_came_not_by_what_they_bring)
{
    putter_task tasks[2] = {0};
    begin_with(PRIORITY, 1);
    put(5);
    start_putter(&tasks[0], 3);
    start_putter(&tasks[1], 1);
    ck_assert_int_eq(get(), 5);
    ck_assert_int_eq(get(), 3);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "+3 +1 ");
}
END_TEST

START_TEST(equal_items_of_putters_that_waited_come_out_in_the_order_in_which_they_waited)
{
    const struct job waiting[2] = {{1, 1}, {1, 2}};
    WEFT_TASK(weft_put) tasks[2] = {0};
    static WEFT_PRIORITY_QUEUE_ITEMS(struct job, 2) pair;
    struct job job;
    begin();
    weft_priority_queue_init(&queue, &pair, ranks_before);
    put_job(1, 0), put_job(0, 0);
    for (int i = 0; i < 2; i++) {
        START(&tasks[i], weft_put, &queue, &waiting[i]);
    }
    run_one_pass();
    ck_assert_int_eq(weft_get_nowait(&queue, &job), 0);
    ck_assert_str_eq(get_jobs(), "1.0 1.1 1.2 ");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(given_up_by_a_cancelled_getter_an_item_keeps_its_place_among_equal_ones)
{
    struct job job = {0, 0};
    WEFT_TASK(weft_get) tasks[2] = {0};
    begin_jobs();
    START(&tasks[0], weft_get, &queue, &job);
    START(&tasks[1], weft_get, &queue, &job);
    run_one_pass();
    put_job(1, 0), put_job(1, 1), put_job(1, 2);
    ck_assert(weft_task_cancel(&tasks[_i].task));
    ck_assert(weft_task_cancel(&tasks[1 - _i].task));
    run_one_pass();
    put_job(1, 3);
    ck_assert_str_eq(get_jobs(), "1.0 1.1 1.2 1.3 ");
}
END_TEST

/* Storage. */

START_TEST(the_storage_tells_how_many_it_has_room_for)
{
    begin_jobs();
    ck_assert_uint_eq(weft_queue_maxsize(&queue), ROOM);
}
END_TEST

/* The strictest alignment there is, next to a number. */
struct aligned {
    long double rank;
    char text[5];
};

static bool is_aligned_before(const void *left, const void *right)
{
    ck_assert_uint_eq((uintptr_t)left % _Alignof(struct aligned), 0);
    ck_assert_uint_eq((uintptr_t)right % _Alignof(struct aligned), 0);
    return ((const struct aligned *)left)->rank < ((const struct aligned *)right)->rank;
}

START_TEST(items_are_aligned_as_their_type_asks)
{
    struct {
        char off_by_one;
        WEFT_PRIORITY_QUEUE_ITEMS(struct aligned, 5) items;
    } storage;
    struct aligned item = {0, "four"};
    begin();
    weft_priority_queue_init(&queue, &storage.items, is_aligned_before);
    for (int i = 0; i < 5; i++) {
        item.rank = (long double)((i * 3) % 5);
        ck_assert_int_eq(weft_put_nowait(&queue, &item), 0);
    }
    for (int i = 0; i < 5; i++) {
        item.text[0] = '\0';
        ck_assert_int_eq(weft_get_nowait(&queue, &item), 0);
        ck_assert(item.rank == (long double)i);
        ck_assert_str_eq(item.text, "four");
    }
}
END_TEST

static bool is_smaller_byte(const void *left, const void *right)
{
    return *(const unsigned char *)left < *(const unsigned char *)right;
}

START_TEST(items_of_one_byte_take_one_byte_and_a_serial)
{
    static WEFT_PRIORITY_QUEUE_ITEMS(unsigned char, 16) bytes;
    unsigned char byte;
    begin();
    ck_assert_uint_eq(sizeof bytes, sizeof bytes.heap + 16 * (1 + sizeof(size_t)));
    weft_priority_queue_init(&queue, &bytes, is_smaller_byte);
    for (int i = 0; i < 16; i++) {
        byte = (unsigned char)(i * 37);
        ck_assert_int_eq(weft_put_nowait(&queue, &byte), 0);
    }
    for (int last = -1; weft_get_nowait(&queue, &byte) == 0; last = byte) {
        ck_assert_int_gt(byte, last);
    }
}
END_TEST

/* Cost. */

static bool counts_questions(const void *left, const void *right)
{
    questions++;
    return is_less(left, right);
}

START_TEST(an_operation_on_ten_thousand_items_asks_a_few_times)
{
    begin();
    weft_priority_queue_init(&queue, &ranked_most, counts_questions);
    for (int i = 0; i < MOST; i++) {
        questions = 0;
        put(_i == 0 ? i : _i == 1 ? -i : (i * 7919) % MOST);
        ck_assert_uint_le(questions, 14); /* log2(10,000) = 13.3 */
    }
    for (int i = 0; i < MOST; i++) {
        questions = 0;
        (void)get();
        ck_assert_uint_le(questions, 2 * 14);
    }
}
END_TEST

/* Misuse. */

START_TEST(a_priority_queue_without_an_order_stops)
{
    weft_priority_queue_init(&queue, &ranked_1, NULL);
}
END_TEST

SUITE_TOGETHER(priority_queue)
{
    TEST_EACH(the_least_comes_out_first, 6);
    TEST(the_order_is_what_the_users_function_says);
    TEST(equal_items_come_out_in_the_order_in_which_they_were_put);
    TEST(equal_items_among_others_come_out_in_the_order_in_which_they_were_put);
    TEST(gets_in_between_do_not_disturb_the_order_of_equal_items);
    TEST_EACH(any_sequence_of_puts_and_gets_gives_what_a_sorted_list_would, 20);
    TEST(equal_items_keep_their_order_when_the_numbers_are_used_up);
    TEST(the_numbers_begin_anew_when_the_queue_was_empty);
    TEST(getters_that_were_chosen_take_the_best_there_is_when_they_run);
    TEST(a_better_item_that_comes_while_a_getter_was_chosen_goes_to_it_and_takes_nothing_away);
    TEST(who_comes_in_between_may_take_the_best_but_never_the_last);
    TEST(putters_are_let_in_as_they_came_not_by_what_they_bring);
    TEST(equal_items_of_putters_that_waited_come_out_in_the_order_in_which_they_waited);
    TEST_EACH(given_up_by_a_cancelled_getter_an_item_keeps_its_place_among_equal_ones, 2);
    TEST(the_storage_tells_how_many_it_has_room_for);
    TEST(items_are_aligned_as_their_type_asks);
    TEST(items_of_one_byte_take_one_byte_and_a_serial);
    TEST_EACH(an_operation_on_ten_thousand_items_asks_a_few_times, 3);
    TEST_STOPS(a_priority_queue_without_an_order_stops);
}
