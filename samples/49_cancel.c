/* 49_cancel.c - asking a task to stop. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a request to stop has a reason, and who is asked can look at it in FINALLY. It stands
 * until the task has ended: WEFT_CATCH stays in the loop, but each further wait is refused, until the
 * request is taken back (weft_uncancel). A done callback is told how the task ended, by the loop.
 * Next: 50_reschedule.c, more time.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct stubborn {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stubborn, self)
{
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(3600));
    printf("asked to stop, %d time: %s\n", weft_cancelling(WEFT_SELF()), WEFT_REASON()->why);
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(3600));
    printf("refused at once: %d\n", WEFT_STATUS() == WEFT_ECANCELED);
    weft_uncancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(3600));
    printf("an hour more, and then it is enough\n");
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
WEFT_FINALLY:
    printf("stops because of %s\n", WEFT_REASON()->why);
}
WEFT_END

static void told(void *task, int status)
{
    printf("%s has ended: %d\n", weft_task_name(task), status == WEFT_ECANCELED);
}

struct boss {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(stubborn) worker;
    weft_done_callback callback;
    struct weft_sleep nap;
};

static WEFT_ASYNC(boss, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->worker, stubborn);
        weft_task_set_name(&self->worker.task, "the worker");
        weft_task_add_done_callback(&self->worker.task, &self->callback, told, &self->worker.task);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        weft_task_cancel_because(&self->worker.task, "it is late");
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2 * 3600));
        for (weft_task_walk walk = weft_all_tasks(weft_task_core(WEFT_SELF()));
             weft_next_task(&walk);) {
            printf("there is %s\n", weft_task_name(walk.task));
        }
        weft_task_cancel_because(&self->worker.task, "it is very late");
    }
WEFT_FINALLY:
    weft_task_remove_done_callback(&self->worker.task, &self->callback);
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, boss);
}

/* prints:
 * asked to stop, 1 time: it is late
 * refused at once: 1
 * an hour more, and then it is enough
 * there is boss
 * there is the worker
 * stops because of it is very late
 * the worker has ended: 1
 */
