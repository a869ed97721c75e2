/* queues.h - a queue of numbers of each kind, and tasks that use it. */
/* SPDX-License-Identifier: MIT */
/*
 * What holds for every kind is tested with each: TEST_EACH(name, KINDS), and in the test
 *
 *     begin_with(_i, 3);         // room for three
 *
 * Items are numbers; the priority queue gives the least first.
 */
#ifndef WEFT_TEST_QUEUES_H
#define WEFT_TEST_QUEUES_H

#include "virtual.h"
#include <weft/lifo_queue.h>
#include <weft/priority_queue.h>

enum kind { FIFO, LIFO, PRIORITY, KINDS };
enum { MOST = SIZED(10000, 30) };

static weft_queue queue;
static int room[MOST];
static WEFT_PRIORITY_QUEUE_ITEMS(int, 1) ranked_1;
static WEFT_PRIORITY_QUEUE_ITEMS(int, 2) ranked_2;
static WEFT_PRIORITY_QUEUE_ITEMS(int, 3) ranked_3;
static WEFT_PRIORITY_QUEUE_ITEMS(int, MOST) ranked_most;

static bool is_less(const void *left, const void *right)
{
    return *(const int *)left < *(const int *)right;
}

__attribute__((unused)) static void make_queue(int kind, size_t capacity)
{
    if (kind == FIFO) {
        weft_queue_init(&queue, room, sizeof room[0], capacity);
    } else if (kind == LIFO) {
        weft_lifo_queue_init(&queue, room, sizeof room[0], capacity);
    } else if (capacity == 1) {
        weft_priority_queue_init(&queue, &ranked_1, is_less);
    } else if (capacity == 2) {
        weft_priority_queue_init(&queue, &ranked_2, is_less);
    } else if (capacity == 3) {
        weft_priority_queue_init(&queue, &ranked_3, is_less);
    } else {
        ck_assert_uint_eq(capacity, MOST);
        weft_priority_queue_init(&queue, &ranked_most, is_less);
    }
}

/** A fresh executor, a fresh queue of a kind. Capacity: 1, 2, 3 or MOST. */
__attribute__((unused)) static void begin_with(int kind, size_t capacity)
{
    begin();
    make_queue(kind, capacity);
}

__attribute__((unused)) static void put(int item)
{
    ck_assert_int_eq(weft_put_nowait(&queue, &item), 0);
}

__attribute__((unused)) static int get(void)
{
    int item = -1;
    ck_assert_int_eq(weft_get_nowait(&queue, &item), 0);
    return item;
}

/* What the two say without an item. */
__attribute__((unused)) static int refused_put(void)
{
    const int item = 99;
    return weft_put_nowait(&queue, &item);
}

__attribute__((unused)) static int refused_get(void)
{
    int item = 99;
    const int status = weft_get_nowait(&queue, &item);
    ck_assert_int_eq(item, 99);
    return status;
}

/* "+3 " for a number that is put; "!shutdown " and the like for what ended it. */
static const char *status_name(int status)
{
    return status == WEFT_ECANCELED   ? "cancelled"
           : status == WEFT_ESHUTDOWN ? "shutdown"
           : status == WEFT_ETIMEDOUT ? "timeout"
                                      : "?";
}

/* Puts `count` numbers from `first` on, and says each that is in. */
struct putter {
    WEFT_FRAME;
    int first, count, i;
    struct weft_put put;
};

__attribute__((unused)) static WEFT_ASYNC(putter, self)
{
    for (self->i = 0; self->i < self->count; self->i++, self->first++) {
        WEFT_CATCH(self->put, weft_put, &queue, &self->first);
        if (WEFT_STATUS() < 0) {
            say("!%s ", status_name(WEFT_STATUS()));
            WEFT_RETURN(WEFT_STATUS());
        }
        say("+%d ", self->first);
    }
}
WEFT_END

/* Gets `count` numbers, and says each: "a3 ", and "a!shutdown " for what ended it. */
struct getter {
    WEFT_FRAME;
    char name;
    int count, item;
    struct weft_get get;
};

__attribute__((unused)) static WEFT_ASYNC(getter, self)
{
    while (self->count-- > 0) {
        WEFT_CATCH(self->get, weft_get, &queue, &self->item);
        if (WEFT_STATUS() < 0) {
            say("%c!%s ", self->name, status_name(WEFT_STATUS()));
            WEFT_RETURN(WEFT_STATUS());
        }
        say("%c%d ", self->name, self->item);
    }
}
WEFT_END

/* Waits until all is done, and says so. */
struct joiner {
    WEFT_FRAME;
    struct weft_queue_join join;
};

__attribute__((unused)) static WEFT_ASYNC(joiner, self)
{
    WEFT_CATCH(self->join, weft_queue_join, &queue);
    if (WEFT_STATUS() == 0) {
        say("joined ");
    } else {
        say("j!%s ", status_name(WEFT_STATUS()));
    }
}
WEFT_END

typedef WEFT_TASK(putter) putter_task;
typedef WEFT_TASK(getter) getter_task;
typedef WEFT_TASK(joiner) joiner_task;

/* A getter that waits, and is first among `getters`. */
__attribute__((unused)) static void start_getter(getter_task *task, char name)
{
    START(task, getter, name, 1);
    run_one_pass();
}

__attribute__((unused)) static void start_putter(putter_task *task, int item)
{
    START(task, putter, item, 1);
    run_one_pass();
}

__attribute__((unused)) static void start_joiner(joiner_task *task)
{
    START(task, joiner);
    run_one_pass();
}

#endif
