/* 19_gather.c - several results at once. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_gather waits for several tasks that belong to a group, and the results stand in
 * their slots, in the order of the arguments, whichever was ready first. weft_prepare puts a
 * coroutine and its arguments into a slot; the gather starts it, in `.group`. A failure ends the
 * gather at once, and the others go on; with `.collect = true` failures are results like others.
 * Next: 20_as_completed.c, each result as soon as it is there.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct price {
    WEFT_FRAME;
    const char *of;
    weft_time takes;
    int cents; /* out */
    struct weft_sleep nap;
};

static WEFT_ASYNC(price, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    if (self->of[0] == '?') {
        WEFT_RETURN(-ENOENT);
    }
    self->cents = 100 + self->of[0];
}
WEFT_END

struct shopping {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(price) apple, bread, cake;
    weft_watch watches[3];
    struct weft_gather gather;
};

static WEFT_ASYNC(shopping, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_TRY(self->gather, weft_gather,
                 weft_watch_tasks(self->watches,
                                  weft_prepare(&self->apple, price, "apple", WEFT_MS(60)),
                                  weft_prepare(&self->bread, price, "bread", WEFT_MS(20))),
                 .group = &self->group);
        printf("%s %d, ", self->apple.frame.of, self->apple.frame.cents);
        printf("%s %d\n", self->bread.frame.of, self->bread.frame.cents);

        WEFT_TRY(self->gather, weft_gather,
                 weft_watch_tasks(self->watches,
                                  weft_prepare(&self->apple, price, "?", WEFT_MS(20)),
                                  weft_prepare(&self->bread, price, "bagel", WEFT_MS(20)),
                                  weft_prepare(&self->cake, price, "cake", WEFT_MS(40))),
                 .collect = true, .group = &self->group);
        for (int i = 0; i < 3; i++) {
            printf("%d: %s\n", i,
                   self->watches[i].status < 0 ? weft_strstatus(self->watches[i].status) : "found");
        }
    }
}
WEFT_END

int main(void)
{
    return weft_run(shopping);
}

/* prints:
 * apple 197, bread 198
 * 0: No such file or directory
 * 1: found
 * 2: found
 */
