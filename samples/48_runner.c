/* 48_runner.c - several runs on one loop. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: what weft_run() does, in its parts: a loop is made, runs a coroutine, another one, and is
 * closed. What the first left running goes on in the second. The close cancels what is left then, and
 * waits for its cleanup.
 * Next: 49_cancel.c, asking a task to stop.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct clock {
    WEFT_FRAME;
    int ticks;
    struct weft_sleep nap;
};

static WEFT_ASYNC(clock, self)
{
    for (;; self->ticks++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    }
WEFT_FINALLY:
    printf("the clock is stopped, it has ticked: %d\n", self->ticks > 0);
}
WEFT_END

static WEFT_TASK(clock) background;

struct begins {
    WEFT_FRAME;
};

static WEFT_ASYNC(begins, self)
{
    printf("one\n");
    WEFT_SPAWN(weft_loop_group(WEFT_LOOP()), &background, clock);
}
WEFT_END

struct goes_on {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(goes_on, self)
{
    while (background.frame.ticks < 2) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    }
    printf("two\n");
    WEFT_RETURN(-ENOENT);
}
WEFT_END

int main(void)
{
    weft_loop *loop;
    if (weft_loop_new(&loop, &(weft_loop_desc){.threads = 2}) < 0) {
        return 1;
    }
    printf("%s\n", weft_strstatus(weft_loop_run_until_complete(loop, begins)));
    printf("%s\n", weft_strstatus(weft_loop_run_until_complete(loop, goes_on)));
    weft_loop_close(loop);
    printf("%s\n", weft_strstatus(background.task.status));
}

/* prints:
 * one
 * success
 * two
 * No such file or directory
 * the clock is stopped, it has ticked: 1
 * cancelled: the wait did not happen
 */
