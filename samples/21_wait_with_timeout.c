/* 21_wait_with_timeout.c - those that are done in time; the rest is cancelled. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_wait waits until all tasks have ended, or the first (`.until`), or the time is up.
 * It neither fails with their failures nor cancels them: each watch tells whether its task is done,
 * and what becomes of the others is up to you.
 * Next: 22_group_with_failing_child.c, when one of several fails.
 */
#include <stdio.h>
#include <weft.h>

struct reply {
    WEFT_FRAME;
    const char *from;
    weft_time takes;
    struct weft_sleep nap;
};

static WEFT_ASYNC(reply, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
WEFT_FINALLY:
    if (WEFT_OUTCOME() == WEFT_ECANCELED) {
        printf("%s: never mind, then\n", self->from);
    }
}
WEFT_END

struct invitation {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(reply) replies[3];
    weft_watch watches[3];
    struct weft_wait wait;
};

static WEFT_ASYNC(invitation, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->replies[0], reply, "Ann", WEFT_MS(20));
        WEFT_SPAWN(&self->group, &self->replies[1], reply, "Ben", WEFT_S(3600));
        WEFT_SPAWN(&self->group, &self->replies[2], reply, "Cem", WEFT_MS(40));
        WEFT_TRY(self->wait, weft_wait, weft_watch_slots(self->watches, self->replies, 3),
                 .timeout = WEFT_MS(150));
        for (int i = 0; i < 3; i++) {
            if (self->watches[i].is_done) {
                printf("%s comes\n", self->replies[i].frame.from);
            } else {
                weft_task_cancel(self->watches[i].task);
            }
        }
    } /* which waits for those that were cancelled */
    printf("%d did not reply\n", (int)self->wait.pending);
}
WEFT_END

int main(void)
{
    return weft_run(invitation);
}

/* prints:
 * Ann comes
 * Cem comes
 * Ben: never mind, then
 * 1 did not reply
 */
