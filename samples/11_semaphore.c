/* 11_semaphore.c - so many at a time. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a semaphore of two permits. Who finds none free waits, and is served in order. A permit
 * is in a hold, which zeroed holds nothing; releasing such a one does nothing. So FINALLY releases
 * it however the coroutine was left, and wherever it stood.
 * Next: 12_async_generator.c, values that take their time.
 */
#include <stdio.h>
#include <weft.h>

struct fetch {
    WEFT_FRAME;
    int number;
    weft_semaphore *limit;
    weft_hold turn;
    union {
        struct weft_acquire acquire;
        struct weft_sleep transfer;
    };
};

static WEFT_ASYNC(fetch, self)
{
    WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
    printf("%d begins\n", self->number);
    WEFT_TRY(self->transfer, weft_sleep, WEFT_MS(20));
    printf("%d ends\n", self->number);
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_semaphore limit;
    weft_group group;
    WEFT_TASK(fetch) each[4];
};

static WEFT_ASYNC(program, self)
{
    self->limit = (weft_semaphore){.permits = 2};
    WEFT_GROUP(self->group) {
        for (int i = 0; i < 4; i++) {
            WEFT_SPAWN(&self->group, &self->each[i], fetch, i, &self->limit);
        }
    }
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * 0 begins
 * 1 begins
 * 0 ends
 * 1 ends
 * 2 begins
 * 3 begins
 * 2 ends
 * 3 ends
 */
