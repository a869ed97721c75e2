/* 44_limiter.c - so many at a time, and not always the same number. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a limiter lends tokens, as a semaphore does permits, but its total can be changed while it
 * is used. Raised, it lets those in that wait longest; lowered, nobody is sent away, and nobody comes
 * in until enough have left. It tells how many are borrowed, and how many are free.
 * Next: 45_channel.c, when the other side has gone.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct guest {
    WEFT_FRAME;
    int number;
    weft_limiter *tables;
    weft_with seat;
    struct weft_sleep meal;
};

static WEFT_ASYNC(guest, self)
{
    WEFT_WITH(self->seat, self->tables) {
        printf("%2d min: guest %d sits down\n", (int)(WEFT_NOW() / WEFT_S(60)), self->number);
        WEFT_TRY(self->meal, weft_sleep, WEFT_S(60 * 30));
    }
}
WEFT_END

struct inn {
    WEFT_FRAME;
    weft_limiter tables;
    weft_group group;
    WEFT_TASKS(guest, 4) guests;
    struct weft_sleep nap;
};

static WEFT_ASYNC(inn, self)
{
    self->tables.total = 1;
    WEFT_GROUP(self->group) {
        for (int i = 1; i <= 4; i++) {
            WEFT_CHECK(weft_spawn_in(&self->group, &self->guests, guest, i, &self->tables));
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(60 * 10));
        weft_limiter_set_total(&self->tables, 3); /* two more are free now */
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(60));
        printf("%zu sit, %zu free\n", self->tables.borrowed, weft_limiter_available(&self->tables));
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, inn);
}

/* prints:
 *  0 min: guest 1 sits down
 * 10 min: guest 2 sits down
 * 10 min: guest 3 sits down
 * 3 sit, 0 free
 * 30 min: guest 4 sits down
 */
