/* ok_cpp.c - the same in C++20: arguments by name, coroutines extern "C" or not. */
/* SPDX-License-Identifier: MIT */
/* flags: -xc++ -std=c++20 -Wshadow -Wpedantic */
#include <weft/executor.h>
#include <weft/lifo_queue.h>
#include <weft/priority_queue.h>
#include <weft/resume.h>
#include <weft/sync.h>

struct blink {
    WEFT_PT_STATE;
    int i;
};

static WEFT_PT(blink, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_PT_YIELD();
        WEFT_PT_WAIT_UNTIL(self->i != 1);
    }
}
WEFT_PT_END

struct squares {
    WEFT_FRAME;
    int limit, i, value;
};

static WEFT_ASYNC(squares, self)
{
    for (self->i = 1; self->i <= self->limit; self->i++) {
        WEFT_YIELD(self->value = self->i * self->i);
    }
}
WEFT_END

static bool is_less(const void *left, const void *right)
{
    return *(const int *)left < *(const int *)right;
}

struct worker {
    WEFT_FRAME;
    weft_semaphore *limit;
    weft_queue *queue;
    int item;
    weft_hold turn;
    struct weft_acquire acquire;
    struct weft_get get;
    weft_lock *lock;
    weft_with with;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->acquire, weft_acquire, .semaphore = self->limit, .hold = &self->turn);
    WEFT_AWAIT(self->get, weft_get, .queue = self->queue, .item = &self->item);
    WEFT_CHECK(self->item);
    WEFT_WITH(self->with, self->lock) {
        WEFT_AWAIT(self->get, weft_get, .queue = self->queue, .item = &self->item);
        if (self->item == 3) {
            break;
        }
    }
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

struct parent {
    WEFT_FRAME;
    weft_semaphore limit;
    weft_queue queue;
    int items[8], item;
    weft_queue ranked;
    WEFT_PRIORITY_QUEUE_ITEMS(int, 8) ranked_items;
    struct weft_queue_each each;
    struct blink blink;
    struct squares squares;
    weft_scope patience, shield, overall;
    weft_group group;
    struct weft_sleep nap;
    struct weft_join join;
    WEFT_TASK(worker) slots[2];
};
WEFT_DECLARE(parent);

WEFT_ASYNC(parent, self)
{
    while (!blink(&self->blink).ended) {
        WEFT_TRY(self->nap, weft_sleep, .after = WEFT_MS(250));
    }
    self->limit.permits = 1;
    weft_queue_init(&self->queue, self->items, sizeof self->items[0], 8);
    weft_priority_queue_init(&self->ranked, &self->ranked_items, is_less);
    weft_queue_shutdown(&self->ranked, false);
    WEFT_FOR_EACH(self->each, weft_queue_each, .queue = &self->ranked, .item = &self->item) {
        weft_queue_task_done(&self->ranked);
    }
    WEFT_TIMEOUT(self->overall, WEFT_S(10)) {
        WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
            WEFT_FOR_EACH(self->squares, squares, .limit = 3) {
                WEFT_CHECK(weft_put_nowait(&self->queue, &self->squares.value));
            }
        }
        WEFT_GROUP(self->group, .keep_going = true) {
            WEFT_CHECK(weft_spawn(&self->group, &self->slots[0], worker, .limit = &self->limit,
                                  .queue = &self->queue));
            WEFT_CATCH(self->join, weft_join, .task = &self->slots[0].task);
        }
    }
WEFT_FINALLY:
    WEFT_SHIELD(self->shield, 0) {
        WEFT_AWAIT(self->nap, weft_sleep, .after = WEFT_S(1));
    }
}
WEFT_END
