/* freestanding.c - two tasks on a port of three lines: headers alone, no libc, no library. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>

struct blink {
    WEFT_FRAME;
    weft_time every;
    int times, done;
    struct weft_sleep nap;
};

static WEFT_ASYNC(blink, self)
{
    for (self->done = 0; self->done < self->times; self->done++) {
        WEFT_TRY(self->nap, weft_sleep, self->every);
    }
}
WEFT_END

/* A clock that jumps: whoever sleeps until then wakes then. */
static weft_time clock_now;

static weft_time now(void *context)
{
    (void)context;
    return clock_now;
}

static bool sleep_until(void *context, weft_time at)
{
    (void)context;
    if (at == WEFT_FOREVER) {
        return false;
    }
    clock_now = at;
    return true;
}

int main(void)
{
    static const weft_port port = {now, sleep_until, NULL};
    static weft_executor executor;
    static WEFT_TASK(blink) left, right;

    weft_executor_init(&executor, &port, NULL);
    weft_spawn(&executor.group, &left, blink, WEFT_MS(250), 4);
    weft_spawn(&executor.group, &right, blink, WEFT_MS(400), 3);
    if (weft_executor_run(&executor) != 0) {
        return 1;
    }
    return left.frame.done == 4 && right.frame.done == 3 && clock_now == WEFT_MS(1200) ? 0 : 1;
}
