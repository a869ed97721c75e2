/* test_chaos_tasks.c - random sets of tasks under random cancellations: what is told is true. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/as_completed.h>
#include <weft/finished.h>
#include <weft/gather.h>
#include <weft/race.h>
#include <weft/start.h>

enum { WORKERS = 6, OPERATIONS = 20, CHILDREN = 4, SEEDS = 200 };

static uint32_t seed;
static int began, cleaned;

static int below(int bound)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return (int)(seed % (uint32_t)bound);
}

static weft_time some_time(void)
{
    return below(4) == 0 ? 0 : WEFT_MS(below(50));
}

/* Works, is ready at some time, ends in some way; its cleanup waits. */
struct child {
    WEFT_FRAME;
    weft_ready ready;
    struct weft_sleep nap;
};

static WEFT_ASYNC(child, self)
{
    began++;
    if (below(3) > 0) {
        WEFT_TRY(self->nap, weft_sleep, some_time());
    }
    if (below(4) > 0) {
        weft_started(&self->ready);
    }
    WEFT_TRY(self->nap, weft_sleep, some_time());
    WEFT_RETURN(below(3) == 0 ? -5 : 0);
WEFT_FINALLY:
    if (below(2) == 0) {
        WEFT_AWAIT(self->nap, weft_sleep, some_time());
    }
    cleaned++;
}
WEFT_END

struct worker {
    WEFT_FRAME;
    int i, operation;
    bool needs_all; /* the call does not end before all tasks have ended */
    weft_scope outer;
    weft_group group;
    weft_finished finished;
    WEFT_TASK(child) children[CHILDREN];
    weft_watch watches[CHILDREN];
    union {
        struct weft_gather gather;
        struct weft_wait wait;
        struct weft_race race;
        struct weft_wait_for wait_for;
        struct weft_shield shield;
        struct weft_start start;
    };
    struct weft_as_completed next;
    struct weft_group_next_finished ended;
    struct weft_sleep nap;
};

/* A watch whose task is done says how that ended; of a race some may be only prepared. */
static void check_watches(const struct worker *self)
{
    for (int i = 0; i < CHILDREN; i++) {
        const weft_watch *const watch = &self->watches[i];
        if (watch->is_done) {
            ck_assert(weft_task_is_done(watch->task));
            ck_assert_int_eq(watch->status, watch->task->status);
        } else {
            ck_assert(!self->needs_all || weft_task_is_prepared(watch->task));
        }
    }
}

static weft_watches spawn_all(struct worker *self, bool only_prepared)
{
    for (int i = 0; i < CHILDREN; i++) {
        if (only_prepared || below(2) == 0) {
            (void)weft_prepare(&self->children[i], child);
        } else {
            (void)weft_spawn(&self->group, &self->children[i], child);
        }
    }
    return weft_watch_slots(self->watches, self->children, CHILDREN);
}

static WEFT_ASYNC(worker, self)
{
    for (self->i = 0; self->i < OPERATIONS; self->i++) {
        self->operation = below(8);
        self->needs_all = false;
        memset(self->watches, 0, sizeof self->watches);
        WEFT_MOVE_ON(self->outer, some_time() * 3) {
            WEFT_GROUP(self->group, .keep_going = self->operation == 2 || below(3) > 0,
                       .eager = below(2) == 0, .finished = &self->finished) {
                if (self->operation == 0) {
                    WEFT_CATCH(self->gather, weft_gather, spawn_all(self, false), below(2) == 0,
                               &self->group);
                    self->needs_all = self->gather.collect || WEFT_STATUS() == 0;
                    check_watches(self);
                } else if (self->operation == 1) {
                    WEFT_CATCH(self->wait, weft_wait, spawn_all(self, false),
                               (enum weft_until)below(5), some_time() - WEFT_MS(5), &self->group);
                    self->needs_all = self->wait.pending == 0;
                    check_watches(self);
                } else if (self->operation == 2) {
                    WEFT_CATCH(self->race, weft_race, spawn_all(self, below(2) == 0),
                               below(2) == 0 ? 0 : some_time(), &self->group);
                    ck_assert((WEFT_STATUS() == 0) == (self->race.winner != NULL));
                    ck_assert(!weft_group_is_busy(&self->group));
                    self->needs_all = true;
                    check_watches(self);
                } else if (self->operation == 3) {
                    WEFT_FOR_EACH(self->next, weft_as_completed, spawn_all(self, false),
                                  below(2) == 0 ? 0 : some_time(), &self->group) {
                        ck_assert(self->next.watch->is_done);
                        if (below(3) == 0) {
                            WEFT_TRY(self->nap, weft_sleep, some_time());
                        } else if (below(6) == 0) {
                            break;
                        }
                    }
                } else if (self->operation == 4) {
                    (void)spawn_all(self, true);
                    (void)weft_spawn_prepared(&self->group, &self->children[0].task);
                    (void)weft_spawn_prepared(&self->group, &self->children[1].task);
                    WEFT_FOR_EACH(self->ended, weft_group_next_finished, &self->group) {
                        ck_assert(weft_task_is_done(self->ended.task));
                        WEFT_TRY(self->nap, weft_sleep, some_time());
                    }
                } else if (self->operation == 5) {
                    (void)weft_prepare(&self->children[0], child);
                    WEFT_CATCH(self->wait_for, weft_wait_for, &self->children[0].task, some_time(),
                               &self->group);
                    ck_assert(weft_task_is_done(&self->children[0].task));
                } else if (self->operation == 6) {
                    (void)weft_spawn(&self->group, &self->children[0], child);
                    WEFT_CATCH(self->shield, weft_shield, &self->children[0].task);
                } else {
                    (void)weft_prepare(&self->children[0], child);
                    WEFT_CATCH(self->start, weft_start, &self->group, &self->children[0].task,
                               &self->children[0].frame.ready);
                    ck_assert(WEFT_STATUS() == 0 || weft_task_is_done(&self->children[0].task));
                }
                if (below(4) == 0) {
                    weft_group_cancel(&self->group);
                }
            }
        }
        while (self->finished.unclaimed > 0) { /* else their slots stay in use */
            (void)weft_group_next_finished_nowait(&self->group);
        }
    }
WEFT_FINALLY:
    while (self->finished.unclaimed > 0) {
        (void)weft_group_next_finished_nowait(&self->group);
    }
}
WEFT_END

typedef WEFT_TASK(worker) worker_task;

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
        const int what = below(4);
        if (what == 0) {
            weft_scope_cancel(&victim->frame.outer);
        } else if (what == 1) {
            (void)weft_task_cancel(&victim->frame.children[below(CHILDREN)].task);
        } else if (weft_task_cancel(&victim->task) && what == 2) {
            (void)weft_uncancel(&victim->task);
        }
    }
}
WEFT_END

START_TEST(random_sets_of_tasks_under_random_cancellations_are_told_truly)
{
    static worker_task workers[WORKERS];
    static WEFT_TASK(tormentor) tormentor_task;
    begin();
    seed = (uint32_t)(_i + 1) * 2654435761U + 1;
    began = cleaned = 0;
    for (int i = 0; i < WORKERS; i++) {
        START(&workers[i], worker);
    }
    START(&tormentor_task, tormentor, workers, .times = _i % 41);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_le(began, cleaned);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
    for (int i = 0; i < WORKERS; i++) {
        ck_assert_int_eq(workers[i].frame.group.starting, 0);
        ck_assert(weft_task_is_done(&workers[i].task));
    }
}
END_TEST

SUITE_TOGETHER(chaos_tasks)
{
    TEST_EACH(random_sets_of_tasks_under_random_cancellations_are_told_truly, SEEDS);
}
