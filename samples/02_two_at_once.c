/* 02_two_at_once.c - two tasks in a group. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a task is a coroutine that runs beside others. It needs a slot, which holds its frame;
 * and a group, which does not end before the last of its tasks. So behind the block both have
 * ended, and their results stand in the slots. Nothing was allocated.
 * Next: 03_generator.c, a coroutine that hands out values.
 */
#include <stdio.h>
#include <weft.h>

struct brew {
    WEFT_FRAME;
    const char *what;
    weft_time takes;
    int cups; /* out: results are fields of the frame, too */
    struct weft_sleep nap;
};

static WEFT_ASYNC(brew, self)
{
    printf("%s: put on\n", self->what);
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    printf("%s: ready\n", self->what);
    self->cups = 2;
}
WEFT_END

struct breakfast {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(brew) coffee, tea;
};

static WEFT_ASYNC(breakfast, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->coffee, brew, "coffee", WEFT_MS(60));
        WEFT_SPAWN(&self->group, &self->tea, brew, "tea", WEFT_MS(20));
        printf("both are under way\n");
    }
    printf("%d cups\n", self->coffee.frame.cups + self->tea.frame.cups);
}
WEFT_END

int main(void)
{
    return weft_run(breakfast);
}

/* prints:
 * both are under way
 * coffee: put on
 * tea: put on
 * tea: ready
 * coffee: ready
 * 4 cups
 */
