/* 39_shield_a_task.c - waiting that can be given up, for work that cannot. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: three ways to wait for a task, which differ in what happens to it when the waiting ends
 * early. weft_join hands a cancellation on; weft_wait_for does so when its time is up, and waits for
 * the cleanup; weft_shield leaves the task alone, so that others, or a second try, can still have its
 * result. The task belongs to somebody else: here to the loop.
 * Next: 40_messages.c, messages that come and go many at once.
 */
#include <stdio.h>
#include <weft.h>

struct report {
    WEFT_FRAME;
    weft_time takes;
    int pages; /* out */
    struct weft_sleep nap;
};

static WEFT_ASYNC(report, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    self->pages = 12;
WEFT_FINALLY:
    printf("report: %s\n", WEFT_OUTCOME() < 0 ? weft_strstatus(WEFT_OUTCOME()) : "written");
}
WEFT_END

static WEFT_TASK(report) slot;

struct impatient {
    WEFT_FRAME;
    weft_scope patience;
    union {
        struct weft_shield shield;
        struct weft_wait_for wait;
    };
};

static WEFT_ASYNC(impatient, self)
{
    WEFT_SPAWN(weft_loop_group(WEFT_LOOP()), &slot, report, WEFT_MS(100));
    WEFT_MOVE_ON(self->patience, WEFT_MS(20)) {
        WEFT_TRY(self->shield, weft_shield, &slot.task);
    }
    printf("too slow: %d, but it goes on: %d\n", self->patience.expired,
           weft_task_is_running(&slot.task));
    WEFT_TRY(self->shield, weft_shield, &slot.task);
    printf("%d pages\n", slot.frame.pages);

    WEFT_SPAWN(weft_loop_group(WEFT_LOOP()), &slot, report, WEFT_S(3600));
    WEFT_AWAIT(self->wait, weft_wait_for, &slot.task, WEFT_MS(20));
    printf("the second: %s\n", weft_strstatus(WEFT_STATUS()));
}
WEFT_END

int main(void)
{
    return weft_run(impatient);
}

/* prints:
 * too slow: 1, but it goes on: 1
 * report: written
 * 12 pages
 * report: cancelled: the wait did not happen
 * the second: deadline passed: give the scope more time, or retry
 */
