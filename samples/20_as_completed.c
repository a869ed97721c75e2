/* 20_as_completed.c - each result as soon as it is there. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_as_completed is a generator over tasks, in the order in which they end. It yields a
 * watch: its index tells which of the tasks it was, and its status how that ended. The body may wait,
 * and what ends meanwhile is not lost; after a `break` the others simply go on.
 * Next: 21_wait_with_timeout.c, those that are done in time.
 */
#include <stdio.h>
#include <weft.h>

struct runner {
    WEFT_FRAME;
    const char *name;
    weft_time takes;
    struct weft_sleep run;
};

static WEFT_ASYNC(runner, self)
{
    WEFT_TRY(self->run, weft_sleep, self->takes);
}
WEFT_END

struct marathon {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(runner) runners[4];
    weft_watch watches[4];
    int place;
    struct weft_as_completed next;
};

static WEFT_ASYNC(marathon, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->runners[0], runner, "Ann", WEFT_MS(60));
        WEFT_SPAWN(&self->group, &self->runners[1], runner, "Ben", WEFT_MS(20));
        WEFT_SPAWN(&self->group, &self->runners[2], runner, "Cem", WEFT_MS(100));
        WEFT_SPAWN(&self->group, &self->runners[3], runner, "Dee", WEFT_MS(140));
        WEFT_FOR_EACH(self->next, weft_as_completed,
                      weft_watch_slots(self->watches, self->runners, 4)) {
            printf("%d. %s\n", ++self->place,
                   self->runners[self->next.watch - self->watches].frame.name);
            if (self->place == 3) {
                break;
            }
        }
        printf("the medals are gone\n");
    }
    printf("%s is here, too\n", self->runners[3].frame.name);
}
WEFT_END

int main(void)
{
    return weft_run(marathon);
}

/* prints:
 * 1. Ben
 * 2. Ann
 * 3. Cem
 * the medals are gone
 * Dee is here, too
 */
