/* 05_timeout.c - blocks with a deadline. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a timeout is a block, not a parameter of every call; it counts for all that happens
 * inside, however deep. When the time is up the wait is undone, and the block left: WEFT_MOVE_ON
 * goes on behind it, WEFT_TIMEOUT fails with WEFT_ETIMEDOUT. What they need to know is in a scope,
 * a member of the frame. They nest, in any order.
 * Next: 06_producer_consumer.c, tasks that hand things on.
 */
#include <stdio.h>
#include <weft.h>

struct ask {
    WEFT_FRAME;
    const char *whom;
    weft_time takes;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ask, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    printf("%s answers\n", self->whom);
}
WEFT_END

struct survey {
    WEFT_FRAME;
    weft_scope in_all, patience;
    struct ask ask;
};

static WEFT_ASYNC(survey, self)
{
    WEFT_TIMEOUT(self->in_all, WEFT_MS(500)) {
        WEFT_TRY(self->ask, ask, "Alice", WEFT_MS(10));
        WEFT_MOVE_ON(self->patience, WEFT_MS(50)) {
            WEFT_TRY(self->ask, ask, "Bob", WEFT_S(3600));
        }
        printf(self->patience.expired ? "Bob thinks, go on\n" : "Bob is done\n");
        WEFT_TRY(self->ask, ask, "Carol", WEFT_MS(10));
        WEFT_TRY(self->ask, ask, "Dave", WEFT_S(3600));
    }
    printf("never printed: the block has left\n");
}
WEFT_END

struct program {
    WEFT_FRAME;
    struct survey survey;
};

static WEFT_ASYNC(program, self)
{
    WEFT_CATCH(self->survey, survey);
    printf("survey: %s\n", weft_strstatus(WEFT_STATUS()));
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * Alice answers
 * Bob thinks, go on
 * Carol answers
 * survey: deadline passed: give the scope more time, or retry
 */
