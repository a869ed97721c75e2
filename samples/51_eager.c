/* 51_eager.c - tasks that begin at once. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: in an eager group a task runs inside the call that starts it, until it first has to wait.
 * What need not wait has ended when the call returns: a cache that has the answer costs no turn of the
 * loop. In an ordinary group a task begins in the next pass.
 * Next: 52_next_finished.c, tasks without a list of them.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct look_up {
    WEFT_FRAME;
    int key;
    struct weft_sleep ask;
};

static WEFT_ASYNC(look_up, self)
{
    if (self->key % 2 == 0) {
        printf("  %d: from the cache\n", self->key);
        WEFT_RETURN(0);
    }
    printf("  %d: asks\n", self->key);
    WEFT_TRY(self->ask, weft_sleep, WEFT_S(1));
    printf("  %d: answered\n", self->key);
}
WEFT_END

struct program {
    WEFT_FRAME;
    bool eager;
    weft_group group;
    WEFT_TASK(look_up) one, two;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .eager = self->eager) {
        WEFT_SPAWN(&self->group, &self->one, look_up, 1);
        WEFT_SPAWN(&self->group, &self->two, look_up, 2);
        printf("started; done: %d %d\n", weft_task_is_done(&self->one.task),
               weft_task_is_done(&self->two.task));
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    const int status = weft_test_run(&test, program, .eager = false);
    return status < 0 ? 1 : weft_test_run(&test, program, .eager = true);
}

/* prints:
 * started; done: 0 0
 *   1: asks
 *   2: from the cache
 *   1: answered
 *   1: asks
 *   2: from the cache
 * started; done: 0 1
 *   1: answered
 */
