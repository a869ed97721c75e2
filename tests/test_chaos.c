/* test_chaos.c - random programs under random cancellations lose nothing and leave nothing behind. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/lifo_queue.h>
#include <weft/priority_queue.h>
#include <weft/sync.h>

enum { WORKERS = 8, OPERATIONS = 30, PERMITS = 2, ROOM = 3, SEEDS = 100 };

static uint32_t seed;
static weft_semaphore limit;
static weft_queue queue;
static int items[ROOM];
static WEFT_PRIORITY_QUEUE_ITEMS(int, ROOM) ranked;
static int next_item, got[WORKERS * OPERATIONS * 2], put_count, get_count, done_count;
static int began, cleaned, opened, closed;

static int below(int bound)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return (int)(seed % (uint32_t)bound);
}

static bool is_less(const void *left, const void *right)
{
    return *(const int *)left < *(const int *)right;
}

static weft_time some_time(void)
{
    return below(4) == 0 ? 0 : WEFT_MS(below(50));
}

/* Ticks a few times; its cleanup may wait. */
struct ticker {
    WEFT_FRAME;
    int left;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ticker, self)
{
    opened++;
    while (self->left-- > 0) {
        WEFT_TRY(self->nap, weft_sleep, some_time());
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, some_time());
    closed++;
}
WEFT_END

/* Takes a permit for a while; its cleanup waits with a limit, and gives the permit back. */
struct user {
    WEFT_FRAME;
    int status;
    weft_hold turn;
    weft_scope patience;
    struct weft_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(user, self)
{
    began++;
    WEFT_TRY(self->acquire, weft_acquire, &limit, &self->turn);
    WEFT_TRY(self->nap, weft_sleep, some_time());
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    WEFT_MOVE_ON(self->patience, some_time()) {
        WEFT_AWAIT(self->nap, weft_sleep, some_time());
    }
    weft_release(&self->turn);
    cleaned++;
}
WEFT_END

struct worker {
    WEFT_FRAME;
    int i, item;
    weft_scope outer, inner;
    weft_group group;
    WEFT_TASK(user) children[2];
    struct user user;
    struct ticker ticker;
    struct weft_put put;
    struct weft_get get;
    struct weft_join join;
    struct weft_sleep nap;
};

static WEFT_ASYNC(worker, self)
{
    began++;
    for (self->i = 0; self->i < OPERATIONS; self->i++) {
        WEFT_MOVE_ON(self->outer, some_time()) {
            const int operation = below(8);
            if (operation == 0) {
                WEFT_AWAIT(self->nap, weft_sleep, some_time());
            } else if (operation == 1) {
                WEFT_AWAIT(self->user, user);
            } else if (operation == 2) {
                self->item = next_item++;
                WEFT_TRY(self->put, weft_put, &queue, &self->item);
                put_count++;
            } else if (operation == 3) {
                WEFT_TRY(self->get, weft_get, &queue, &self->item);
                got[self->item]++;
                get_count++;
                weft_queue_task_done(&queue);
                done_count++;
            } else if (operation == 4) {
                WEFT_FOR_EACH(self->ticker, ticker, below(4)) {
                    WEFT_MOVE_ON(self->inner, some_time()) {
                        WEFT_TRY(self->nap, weft_sleep, some_time());
                        continue;
                    }
                    if (below(3) == 0) {
                        break;
                    }
                }
            } else if (operation == 5) {
                WEFT_GROUP(self->group, .keep_going = below(2) == 0) {
                    self->group.eager = below(2) == 0;
                    (void)weft_spawn(&self->group, &self->children[0], user, below(2) ? -5 : 0);
                    (void)weft_spawn(&self->group, &self->children[1], user);
                    WEFT_AWAIT(self->join, weft_join, &self->children[below(2)].task);
                    if (below(3) == 0) {
                        weft_group_cancel(&self->group);
                    }
                }
            } else if (operation == 6) {
                WEFT_SHIELD(self->inner, some_time()) {
                    WEFT_AWAIT(self->user, user);
                }
            } else {
                WEFT_TIMEOUT(self->inner, some_time()) {
                    WEFT_AWAIT(self->user, user);
                }
            }
        }
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->user, user);
    cleaned++; /* what follows may leave */
    WEFT_FOR_EACH(self->ticker, ticker, below(3)) {
        WEFT_TRY(self->nap, weft_sleep, some_time());
    }
}
WEFT_END

typedef WEFT_TASK(worker) worker_task;

/* Cancels a worker now and then, and takes some of it back. */
struct tormentor {
    WEFT_FRAME;
    worker_task *victims;
    int times;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tormentor, self)
{
    while (self->times-- > 0) {
        WEFT_TRY(self->nap, weft_sleep, some_time());
        worker_task *const victim = &self->victims[below(WORKERS)];
        if (below(4) == 0) {
            (void)weft_uncancel(&victim->task);
        } else if (weft_task_cancel(&victim->task) && below(2) == 0) {
            (void)weft_uncancel(&victim->task);
        }
        if (weft_task_is_running(&victim->task) && below(3) == 0) {
            weft_scope_cancel(&victim->frame.outer);
        }
    }
}
WEFT_END

static void begin_chaos(uint32_t number)
{
    begin();
    seed = number * 2654435761U + 1;
    limit = (weft_semaphore){.permits = PERMITS};
    if (number % 3 == 0) {
        weft_priority_queue_init(&queue, &ranked, is_less);
    } else if (number % 3 == 1) {
        weft_lifo_queue_init(&queue, items, sizeof items[0], ROOM);
    } else {
        weft_queue_init(&queue, items, sizeof items[0], ROOM);
    }
    next_item = put_count = get_count = done_count = began = cleaned = opened = closed = 0;
    memset(got, 0, sizeof got);
}

START_TEST(random_programs_under_random_cancellations_lose_nothing)
{
    static worker_task workers[WORKERS];
    static WEFT_TASK(tormentor) tormentor_task;
    begin_chaos((uint32_t)_i + 1);
    for (int i = 0; i < WORKERS; i++) {
        START(&workers[i], worker);
    }
    START(&tormentor_task, tormentor, workers, .times = _i % 31);

    ck_assert_int_eq(run(), 0);

    ck_assert_uint_eq(limit.permits, PERMITS);
    ck_assert(weft_link_is_empty(&limit.holdable.waiters));
    ck_assert_uint_eq(queue.promised, 0);
    ck_assert_int_eq(put_count - get_count, (int)weft_queue_size(&queue));
    ck_assert_uint_eq(queue.unfinished, weft_queue_size(&queue));
    for (int item = 0; item < next_item; item++) {
        ck_assert_int_le(got[item], 1);
    }
    ck_assert_int_le(opened, closed);
    ck_assert_int_le(began, cleaned);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
    for (int i = 0; i < WORKERS; i++) {
        ck_assert(weft_task_is_done(&workers[i].task));
        ck_assert_ptr_null(workers[i].task.chain.block);
        ck_assert_int_eq(workers[i].task.chain.note, 0);
    }
}
END_TEST

SUITE_TOGETHER(chaos)
{
    TEST_EACH(random_programs_under_random_cancellations_lose_nothing, SEEDS);
}
