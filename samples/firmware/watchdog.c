/* watchdog.c - which task is stuck, and where. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the tasks that work say so; one that has not for 100 ms is stuck, and the watchdog
 * prints what every task waits for, with function, file and line (weft/dump.h). It reads what the
 * frames hold anyway; names and texts take no RAM (on an AVR, too: weft/flash.h).
 */
#include "board.h"
#include <weft/dump.h>

static bool is_alive;

struct work {
    WEFT_FRAME;
    int rounds;
    struct weft_sleep nap;
};

static WEFT_ASYNC(work, self)
{
    for (self->rounds = 0; self->rounds < 5; self->rounds++) {
        is_alive = true;
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(30));
    }
    WEFT_PARK(NULL); /* here it gets stuck: nobody wakes it */
}
WEFT_END

static void print(void *context, const char *text, size_t length)
{
    (void)context;
    for (; length > 0; length--) {
        board_put(*text++);
    }
}

struct watchdog {
    WEFT_FRAME;
    weft_executor *executor;
    struct weft_sleep nap;
};

static WEFT_ASYNC(watchdog, self)
{
    do {
        is_alive = false;
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(100));
    } while (is_alive);
    board_say("stuck:");
    weft_dump(self->executor, print, NULL);
    weft_executor_stop(self->executor); /* here: a reset */
}
WEFT_END

int main(void)
{
    static WEFT_TASK(work) working;
    static WEFT_TASK(watchdog) watching;
    weft_executor *const executor = board_start();
    weft_spawn(&executor->group, &working, work);
    weft_spawn(&executor->group, &watching, watchdog, executor);
    board_exit(weft_executor_run(executor) == WEFT_ESTOPPED ? 0 : 1);
}

/* flags: -DWEFT_LINES=1 -DWEFT_NAMES=1 */
/* prints:
 *  300 ms: stuck:
 * 2 tasks
 * |-- work: waits in work
 * |       work at watchdog.c:25
 * `-- watchdog: runs
 *         watchdog in watchdog.c, past line 47
 */
