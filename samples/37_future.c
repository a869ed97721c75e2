/* 37_future.c - a result that is still to come. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a future. One side sets it, once; any number await it, before or after, and a function
 * can be called when it is there. Who comes late does not wait. One who gives up waiting leaves it
 * as it is. Its owner releases it: had it an error that nobody has read, that would be reported.
 * Next: 38_staggered_race.c, the first of several attempts that succeeds.
 */
#include <stdio.h>
#include <weft.h>

typedef WEFT_FUTURE(int) price_future;

struct buyer {
    WEFT_FRAME;
    const char *name;
    price_future *price;
    weft_time patience_ms;
    weft_scope patience;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(buyer, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_MS(self->patience_ms)) {
        WEFT_TRY(self->wait, weft_future_wait, &self->price->future);
        printf("%s hears: %d\n", self->name, self->price->value);
    }
    if (self->patience.expired) {
        printf("%s has left\n", self->name);
    }
}
WEFT_END

static void note(void *price, int status)
{
    printf("noted: %d, status %d\n", ((price_future *)price)->value, status);
}

struct market {
    WEFT_FRAME;
    price_future price;
    weft_done_callback noted;
    weft_group group;
    WEFT_TASK(buyer) ann, ben, cleo;
    struct weft_sleep haggling;
};

static WEFT_ASYNC(market, self)
{
    weft_future_init(&self->price.future, weft_task_core(WEFT_SELF()));
    weft_future_add_done_callback(&self->price.future, &self->noted, note, &self->price);
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->ann, buyer, "Ann", &self->price, 1000));
        WEFT_CHECK(weft_spawn(&self->group, &self->ben, buyer, "Ben", &self->price, 5));
        WEFT_TRY(self->haggling, weft_sleep, WEFT_MS(20));
        weft_future_set_result(&self->price, 42);
        printf("a price is set\n");
        WEFT_CHECK(weft_spawn(&self->group, &self->cleo, buyer, "Cleo", &self->price, 1000));
    }
WEFT_FINALLY:
    weft_future_remove_done_callback(&self->price.future, &self->noted);
    weft_future_release(&self->price.future);
}
WEFT_END

int main(void)
{
    return weft_run(market);
}

/* prints:
 * Ben has left
 * a price is set
 * noted: 42, status 0
 * Ann hears: 42
 * Cleo hears: 42
 */
