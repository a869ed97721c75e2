/* 42_condition.c - waiting until something is so. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a condition. It belongs to a lock: who waits gives the lock back, and holds it again when
 * it goes on, also if the wait was cancelled. weft_condition_wait_for asks a function of yours with
 * the lock held, at once and after each notification. So nobody sees the larder half filled.
 * Next: 43_barrier.c, all or none.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct larder {
    weft_lock lock;
    weft_condition changed;
    int eggs;
};

static bool has_eggs(void *larder)
{
    return ((struct larder *)larder)->eggs >= 3;
}

struct cook {
    WEFT_FRAME;
    struct larder *larder;
    weft_with kitchen;
    struct weft_condition_wait_for wait;
};

static WEFT_ASYNC(cook, self)
{
    WEFT_WITH(self->kitchen, &self->larder->lock) {
        WEFT_TRY(self->wait, weft_condition_wait_for, &self->larder->changed, &self->kitchen.hold,
                 has_eggs, self->larder);
        self->larder->eggs -= 3;
        printf("an omelette at %d s\n", (int)(WEFT_NOW() / WEFT_S(1)));
    }
}
WEFT_END

struct farm {
    WEFT_FRAME;
    struct larder larder;
    weft_group group;
    WEFT_TASK(cook) cook;
    weft_with kitchen;
    struct weft_sleep nap;
};

static WEFT_ASYNC(farm, self)
{
    self->larder.changed.lock = &self->larder.lock;
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->cook, cook, &self->larder);
        while (!weft_task_is_done(&self->cook.task)) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
            WEFT_WITH(self->kitchen, &self->larder.lock) {
                printf("egg %d\n", ++self->larder.eggs);
                weft_condition_notify_all(&self->larder.changed);
            }
            WEFT_TRY(self->nap, weft_sleep, 0);
        }
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, farm);
}

/* prints:
 * egg 1
 * egg 2
 * egg 3
 * an omelette at 30 s
 */
