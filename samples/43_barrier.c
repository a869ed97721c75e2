/* 43_barrier.c - all or none. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a barrier lets its parties go together, when the last has come; each is told which one it
 * was. Then it can be used for the next round. A party that cannot come breaks it
 * (weft_barrier_abort), so that the others do not wait for ever; a reset mends it.
 * Next: 44_limiter.c, so many at a time, and not always the same number.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct climber {
    WEFT_FRAME;
    const char *name;
    weft_barrier *camp;
    weft_time way;
    bool is_ill;
    struct weft_sleep walk;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(climber, self)
{
    WEFT_TRY(self->walk, weft_sleep, self->way);
    WEFT_TRY(self->wait, weft_barrier_wait, self->camp);
    printf("%s goes on, as number %zu\n", self->name, self->wait.index);
    WEFT_TRY(self->walk, weft_sleep, self->way);
    if (self->is_ill) {
        weft_barrier_abort(self->camp);
        WEFT_RETURN(0);
    }
    WEFT_AWAIT(self->wait, weft_barrier_wait, self->camp);
    if (WEFT_STATUS() == WEFT_EBROKEN) {
        printf("%s turns back\n", self->name);
    }
}
WEFT_END

struct expedition {
    WEFT_FRAME;
    weft_barrier camp;
    weft_group group;
    WEFT_TASK(climber) ann, bob, cid;
};

static WEFT_ASYNC(expedition, self)
{
    self->camp.parties = 3;
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->ann, climber, "Ann", &self->camp, WEFT_S(20));
        WEFT_SPAWN(&self->group, &self->bob, climber, "Bob", &self->camp, WEFT_S(10));
        WEFT_SPAWN(&self->group, &self->cid, climber, "Cid", &self->camp, WEFT_S(30), true);
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, expedition);
}

/* prints:
 * Cid goes on, as number 2
 * Bob goes on, as number 0
 * Ann goes on, as number 1
 * Bob turns back
 * Ann turns back
 */
