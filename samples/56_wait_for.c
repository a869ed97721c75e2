/* 56_wait_for.c - a limit for a task. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_wait_for gives a task so much time; when it is up the task is cancelled, and its
 * cleanup awaited, before the wait fails. One that succeeds all the same beats the limit. A task that
 * was only prepared is started by it, in the group that it is given.
 * Next: 57_select_default.c, looking without waiting.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct answer {
    WEFT_FRAME;
    weft_time takes;
    bool finishes; /* all the same */
    struct weft_sleep nap;
};

static WEFT_ASYNC(answer, self)
{
    if (self->finishes) {
        WEFT_CATCH(self->nap, weft_sleep, self->takes);
        WEFT_RETURN(0);
    }
    WEFT_TRY(self->nap, weft_sleep, self->takes);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1)); /* its cleanup takes a second */
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(answer) slot;
    struct weft_wait_for wait;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group) {
        WEFT_AWAIT(self->wait, weft_wait_for, weft_prepare(&self->slot, answer, WEFT_S(2)),
                   WEFT_S(5), &self->group);
        printf("%d at %d s\n", WEFT_STATUS(), (int)(WEFT_NOW() / WEFT_S(1)));
        WEFT_AWAIT(self->wait, weft_wait_for, weft_prepare(&self->slot, answer, WEFT_S(60)),
                   WEFT_S(5), &self->group);
        printf("timed out: %d, at %d s\n", WEFT_STATUS() == WEFT_ETIMEDOUT,
               (int)(WEFT_NOW() / WEFT_S(1)));
        WEFT_AWAIT(self->wait, weft_wait_for, weft_prepare(&self->slot, answer, WEFT_S(60), true),
                   WEFT_S(5), &self->group);
        printf("%d at %d s\n", WEFT_STATUS(), (int)(WEFT_NOW() / WEFT_S(1)));
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program);
}

/* prints:
 * 0 at 3 s
 * timed out: 1, at 9 s
 * 0 at 15 s
 */
