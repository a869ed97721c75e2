/* motor.c - a controller that must be through within a deadline. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a period that does not drift (weft_sleep_until), and a deadline around all of a round,
 * however many waits it has. A round that is late is left where it waits, and the motor is stopped
 * in FINALLY, which nothing skips.
 * Next: watchdog.c.
 */
#include "board.h"

enum { WANTED = 40 };

static int speed;

/* The motor, as far as the samples know: it follows at a quarter of the difference. */
struct drive {
    WEFT_FRAME;
    int power;
    weft_time takes;
    struct weft_sleep nap;
};

static WEFT_ASYNC(drive, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    speed += self->power / 4;
}
WEFT_END

struct control {
    WEFT_FRAME;
    weft_time next;
    int round;
    weft_scope deadline;
    struct drive drive;
    struct weft_sleep_until until;
};

static WEFT_ASYNC(control, self)
{
    self->next = WEFT_NOW();
    for (self->round = 1;; self->round++) {
        WEFT_TIMEOUT(self->deadline, WEFT_MS(5)) { /* the fifth round sticks */
            WEFT_TRY(self->drive, drive, WANTED - speed,
                     .takes = self->round < 5 ? WEFT_MS(2) : WEFT_S(1));
        }
        board_say_number("speed", speed);
        self->next = weft_time_add(self->next, WEFT_MS(10));
        WEFT_TRY(self->until, weft_sleep_until, self->next);
    }
WEFT_FINALLY:
    speed = 0;
    board_say(WEFT_OUTCOME() == WEFT_ETIMEDOUT ? "late: motor off" : "motor off");
}
WEFT_END

int main(void)
{
    static WEFT_TASK(control) task;
    weft_executor *const executor = board_start();
    weft_spawn(&executor->group, &task, control);
    board_exit(weft_executor_run_until(executor, &task.task) == WEFT_ETIMEDOUT ? 0 : 1);
}

/* prints:
 *    2 ms: speed 10
 *   12 ms: speed 17
 *   22 ms: speed 22
 *   32 ms: speed 26
 *   45 ms: late: motor off
 */
