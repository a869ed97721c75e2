/* 29_philosophers.c - five locks, two for each, and nobody starves. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a lock, held in a WEFT_WITH. Five philosophers sit at a round table, a fork between each
 * two, and need both forks to eat. If each takes the left one first, all can hold one and wait for
 * the other: that is found, and told as WEFT_EDEADLOCK. If each takes the one with the lower number
 * first, the waits can form no circle: whoever holds the highest fork that is held can go on.
 * Next: 30_generator_pipeline.c, values that flow through coroutines.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

static weft_test test;

struct philosopher {
    WEFT_FRAME;
    const char *name;
    weft_lock *first, *second;
    weft_with one, both;
    struct weft_sleep pause;
};

static WEFT_ASYNC(philosopher, self)
{
    WEFT_WITH(self->one, self->first) {
        WEFT_TRY(self->pause, weft_sleep, WEFT_S(1));
        WEFT_WITH(self->both, self->second) {
            weft_trace(&test, self->name);
            WEFT_TRY(self->pause, weft_sleep, WEFT_S(1));
        }
    }
}
WEFT_END

struct table {
    WEFT_FRAME;
    bool is_ordered;
    weft_lock forks[5];
    weft_group group;
    WEFT_TASK(philosopher) seats[5];
};

static WEFT_ASYNC(table, self)
{
    static const char *const names[] = {"Plato", "Hume", "Kant", "Marx", "Mill"};
    WEFT_GROUP(self->group) {
        for (int i = 0; i < 5; i++) {
            const bool swaps = self->is_ordered && i == 4; /* between the last fork and the first */
            WEFT_CHECK(weft_spawn(&self->group, &self->seats[i], philosopher, names[i],
                                  &self->forks[swaps ? 0 : i],
                                  &self->forks[swaps ? 4 : (i + 1) % 5]));
        }
    }
}
WEFT_END

static void keep_silent(void *context, const char *dump, size_t length)
{
    (void)context, (void)dump, (void)length;
}

int main(void)
{
    for (int is_ordered = 0; is_ordered < 2; is_ordered++) {
        weft_test_init(&test, &(weft_test_desc){.trace_times = true, .print = keep_silent});
        const int status = weft_test_run(&test, table, .is_ordered = is_ordered != 0);
        printf("%s: %s%s\n", is_ordered ? "lower first" : "left first", test.trace,
               status == WEFT_EDEADLOCK ? "deadlock" : "all have eaten");
    }
    return 0;
}

/* prints:
 * left first: deadlock
 * lower first: Marx@1s Kant@2s Hume@3s Plato@4s Mill@6s all have eaten
 */
