/* 41_event.c - one thing that several wait for. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: an event. All that wait for it go on when it is set, in the order in which they came;
 * who comes later does not wait, until it is cleared. Set and cleared at once, it still lets those go
 * that waited. (The clock is a virtual one, as in 16_virtual_clock.c.)
 * Next: 42_condition.c, waiting until something is so.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct runner {
    WEFT_FRAME;
    const char *name;
    weft_event *start;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(runner, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->start);
    printf("%s runs\n", self->name);
}
WEFT_END

struct race {
    WEFT_FRAME;
    weft_event start;
    weft_group group;
    WEFT_TASK(runner) ann, bob, late;
    struct weft_sleep nap;
};

static WEFT_ASYNC(race, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->ann, runner, "Ann", &self->start);
        WEFT_SPAWN(&self->group, &self->bob, runner, "Bob", &self->start);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
        printf("go\n");
        weft_event_set(&self->start);
        weft_event_clear(&self->start);
        WEFT_SPAWN(&self->group, &self->late, runner, "the late one", &self->start);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(60));
        printf("go, a minute later\n");
        weft_event_set(&self->start);
    }
    WEFT_TRY(self->ann.frame.wait, weft_event_wait, &self->start); /* it is set: no wait */
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, race);
}

/* prints:
 * go
 * Ann runs
 * Bob runs
 * go, a minute later
 * the late one runs
 */
