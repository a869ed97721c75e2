/* 28_rate_limiter.c - so many at once, and then so many in a second. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a semaphore that counts. A request uses a permit up (weft_semaphore_forget) in place of
 * giving it back; a task adds a new one every 100 ms (weft_semaphore_release), and no more than the
 * bucket holds. So three may come at once, and after them ten a second. Who waits is served in order.
 * Next: 29_philosophers.c, locks, and the order in which they are taken.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

static weft_test test;
static weft_semaphore bucket = {.permits = 3, .bound = 3};

struct request {
    WEFT_FRAME;
    const char *name;
    weft_time after;
    weft_hold permit;
    union {
        struct weft_sleep wait;
        struct weft_acquire acquire;
    };
};

static WEFT_ASYNC(request, self)
{
    WEFT_TRY(self->wait, weft_sleep, self->after);
    WEFT_TRY(self->acquire, weft_acquire, &bucket, &self->permit);
    weft_semaphore_forget(&self->permit);
    weft_trace(&test, self->name);
}
WEFT_END

struct refill {
    WEFT_FRAME;
    struct weft_sleep wait;
};

static WEFT_ASYNC(refill, self)
{
    for (;;) {
        WEFT_TRY(self->wait, weft_sleep, WEFT_MS(100));
        if (bucket.permits < bucket.bound) {
            weft_semaphore_release(&bucket);
        }
    }
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group requests, background;
    WEFT_TASK(refill) refill;
    WEFT_TASKS(request, 8) each;
};

static WEFT_ASYNC(program, self)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    WEFT_GROUP(self->background) {
        WEFT_CHECK(weft_spawn(&self->background, &self->refill, refill));
        WEFT_GROUP(self->requests) {
            for (int i = 0; i < 8;
                 i++) { /* five at once, and three when the bucket is full again */
                WEFT_CHECK(weft_spawn_in(&self->requests, &self->each, request, names[i],
                                         i < 5 ? 0 : WEFT_S(1)));
            }
        }
        weft_group_cancel(&self->background);
    }
}
WEFT_END

int main(void)
{
    weft_test_init(&test, &(weft_test_desc){.trace_times = true});
    const int status = weft_test_run(&test, program);
    puts(test.trace);
    return status;
}

/* prints:
 * a@0s b@0s c@0s d@100ms e@200ms f@1s g@1s h@1s
 */
