/* ok_sync.c - everything that waits for others draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Werror */
#include <weft/executor.h>
#include <weft/sync.h>

struct worker {
    WEFT_FRAME;
    weft_lock lock;
    weft_condition changed;
    weft_semaphore semaphore;
    weft_limiter limiter;
    weft_barrier barrier;
    weft_event event;
    weft_with outer, inner;
    weft_hold hold;
    bool (*is_done)(void *);
    int round;
    union {
        struct weft_acquire acquire;
        struct weft_lock_acquire lock_acquire;
        struct weft_limiter_acquire borrow;
        struct weft_condition_wait wait;
        struct weft_condition_wait_for wait_for;
        struct weft_barrier_wait meet;
        struct weft_event_wait hear;
    };
};

static WEFT_ASYNC(worker, self)
{
    self->changed = (weft_condition){.lock = &self->lock};
    self->semaphore = (weft_semaphore){.permits = 8, .bound = 8};
    self->limiter = (weft_limiter){.total = 8};
    self->barrier = (weft_barrier){.parties = 2};
    for (self->round = 0; self->round < 8; self->round++) {
        WEFT_WITH(self->outer, &self->lock) {
            WEFT_TRY(self->wait, weft_condition_wait, &self->changed, &self->outer.hold);
            WEFT_WITH(self->inner, &self->semaphore) {
                WEFT_TRY(self->wait_for, weft_condition_wait_for, &self->changed, &self->outer.hold,
                         self->is_done, self);
                if (self->round == 3) {
                    break;
                }
            }
            WEFT_WITH(self->inner, &self->limiter) {
                if (self->round == 4) {
                    continue;
                }
                WEFT_TRY(self->meet, weft_barrier_wait, &self->barrier);
            }
            weft_condition_notify(&self->changed, self->meet.index);
        }
        WEFT_WITH(self->outer, &self->changed) {
            weft_condition_notify_all(&self->changed);
            WEFT_RETURN(0);
        }
    }
    WEFT_TRY(self->acquire, weft_acquire, &self->semaphore, &self->hold);
    weft_semaphore_forget(&self->hold);
    weft_semaphore_release(&self->semaphore);
    WEFT_TRY(self->lock_acquire, weft_lock_acquire, &self->lock, &self->hold);
    weft_release(&self->hold);
    WEFT_CHECK(weft_lock_acquire_nowait(&self->lock, &self->hold, WEFT_SELF()));
    weft_release(&self->hold);
    WEFT_TRY(self->borrow, weft_limiter_acquire, &self->limiter, &self->hold);
    WEFT_TRY(self->hear, weft_event_wait, &self->event);
WEFT_FINALLY:
    weft_release(&self->hold);
    weft_limiter_set_total(&self->limiter, 0);
    weft_barrier_abort(&self->barrier);
    weft_barrier_reset(&self->barrier);
}
WEFT_END

WEFT_DECLARE(parent);
struct parent {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(worker) workers[2];
};

WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->workers[0], worker));
    }
}
WEFT_END
