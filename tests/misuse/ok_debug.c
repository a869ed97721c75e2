/* ok_debug.c - what WEFT_DEBUG adds draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* flags: -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Werror */
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/sync.h>

struct worker {
    WEFT_FRAME;
    weft_semaphore *limit;
    weft_queue *queue;
    int item;
    weft_hold turn;
    union {
        struct weft_acquire acquire;
        struct weft_get get;
        struct weft_sleep sleep;
    };
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
    WEFT_TRY(self->get, weft_get, self->queue, &self->item);
    WEFT_TRY(self->sleep, weft_sleep, WEFT_MS(self->item));
    WEFT_CHECKPOINT();
WEFT_FINALLY:
    weft_queue_task_done(self->queue);
    weft_release(&self->turn);
}
WEFT_END

struct numbers {
    WEFT_FRAME;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(numbers, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        WEFT_YIELD(self->value++);
    }
}
WEFT_END

struct parent {
    WEFT_FRAME;
    weft_semaphore limit;
    weft_queue queue;
    int items[8];
    weft_scope patience, shield, overall;
    weft_group group, others;
    struct numbers numbers;
    struct weft_put put;
    struct weft_join join;
    struct weft_sleep sleep;
    WEFT_TASK(worker) first;
    WEFT_TASKS(worker, 4) pool;
};
WEFT_DECLARE(parent);

WEFT_ASYNC(parent, self)
{
    weft_queue_init(&self->queue, self->items, sizeof self->items[0], 8);
    self->limit = (weft_semaphore){.permits = 2};
    WEFT_TIMEOUT(self->overall, WEFT_S(60)) {
        WEFT_GROUP(self->group, .keep_going = true, .eager = true) {
            for (size_t i = 0; i < 3; i++) { /* no await in it: a local is fine */
                WEFT_CHECK(weft_spawn_in(&self->group, &self->pool, worker, &self->limit,
                                         .queue = &self->queue));
            }
            WEFT_CHECK(weft_spawn(&self->group, &self->first, worker, &self->limit, &self->queue));
            WEFT_FOR_EACH(self->numbers, numbers) {
                WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
                    WEFT_TRY(self->put, weft_put, &self->queue, &self->numbers.value);
                    if (self->numbers.value == 1) {
                        continue;
                    }
                }
                if (self->patience.expired || self->numbers.value == 4) {
                    break;
                }
            }
            WEFT_AWAIT(self->join, weft_join, &self->first.task);
        }
    }
WEFT_FINALLY:
    WEFT_SHIELD(self->shield, WEFT_S(5)) {
        WEFT_GROUP(self->others) {
            weft_group_cancel(&self->others);
        }
        WEFT_AWAIT(self->sleep, weft_sleep, WEFT_NOW() > WEFT_S(1) ? 0 : WEFT_S(1));
    }
}
WEFT_END
