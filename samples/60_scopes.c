/* 60_scopes.c - cancelling a part of a task. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a block that is left when somebody cancels it, and only that block: the task goes on
 * behind it. The scope tells whether it was asked. Whoever waits can ask how much time there is until
 * the nearest deadline around it, however far out that stands.
 * Next: 61_in_turns.c, callbacks and an order of your own.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct inner {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(inner, self)
{
    printf("%d s are left\n",
           (int)((weft_effective_deadline(WEFT_SELF()) - WEFT_NOW()) / WEFT_S(1)));
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
}
WEFT_END

struct player {
    WEFT_FRAME;
    weft_scope evening, song;
    int songs;
    struct inner inner;
};

static WEFT_ASYNC(player, self)
{
    WEFT_MOVE_ON(self->evening, WEFT_S(100)) {
        for (;; self->songs++) {
            WEFT_MOVE_ON(self->song, WEFT_FOREVER) {
                WEFT_TRY(self->inner, inner);
            }
            printf("the next, please: %d\n", weft_scope_was_cancelled(&self->song));
        }
    }
    printf("%d songs, then the evening was over: %d\n", self->songs, self->evening.expired);
}
WEFT_END

struct party {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(player) player;
    struct weft_sleep nap;
    struct weft_sleep_until until;
};

static WEFT_ASYNC(party, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->player, player);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(30));
        weft_scope_cancel(&self->player.frame.song);
        WEFT_TRY(self->until, weft_sleep_until, WEFT_S(80));
        weft_scope_cancel(&self->player.frame.song);
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, party);
}

/* prints:
 * 100 s are left
 * the next, please: 1
 * 70 s are left
 * the next, please: 1
 * 20 s are left
 * 2 songs, then the evening was over: 1
 */
