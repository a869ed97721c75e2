/* 16_virtual_clock.c - days in milliseconds. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft/testing.h runs the same coroutines on a clock that jumps: when nothing is ready it
 * is the time of the next timer. So tests of timeouts and retries are exact, and take no time. What
 * the program traces becomes one string, to be compared with what it should be.
 * Next: 17_protothread.c, what a coroutine is made of.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct backup {
    WEFT_FRAME;
    weft_test *test;
    int times;
    struct weft_sleep nap;
};

static WEFT_ASYNC(backup, self)
{
    for (; self->times > 0; self->times--) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(24 * 3600));
        weft_trace(self->test, "backup");
    }
}
WEFT_END

struct month {
    WEFT_FRAME;
    weft_test *test;
    weft_scope patience;
    struct backup backup;
};

static WEFT_ASYNC(month, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(80 * 3600)) {
        WEFT_TRY(self->backup, backup, self->test, .times = 30);
    }
    weft_trace(self->test, "interrupted");
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, &(weft_test_desc){.trace_times = true});
    const int status = weft_test_run(&test, month, .test = &test);
    puts(test.trace);
    return status;
}

/* prints:
 * backup@86400s backup@172800s backup@259200s interrupted@288000s
 */
