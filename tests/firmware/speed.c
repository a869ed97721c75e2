/* speed.c - what a resume costs: instructions (QEMU) or cycles (simavr), in tenths. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <weft/sync.h>

enum { TASKS = 8, ROUNDS = 2000, DEEP = 7 };

/* Of QEMU's instructions, one a nanosecond; of the AVR's cycles. */
#if defined __AVR__
#define COST_A_TICK 64
#else
#define COST_A_TICK (1000000000L / WEFT_TICK_HZ)
#endif

/* The innermost of `levels` coroutines gives way, again and again: */

/* entered as the executor enters it, without the queue and the pass around it; */
struct bare {
    WEFT_FRAME;
    struct bare *next;
};

static WEFT_ASYNC(bare, self)
{
    if (self->next != NULL) {
        WEFT_TRY(*self->next, bare, self->next->next);
    }
    for (;;) {
        WEFT_PASS();
    }
}
WEFT_END

/* and run by the executor. */
struct deep {
    WEFT_FRAME;
    struct deep *next;
    int left;
};

static WEFT_ASYNC(deep, self)
{
    if (self->next != NULL) {
        WEFT_TRY(*self->next, deep, self->next->next, self->left);
    } else {
        for (; self->left > 0; self->left--) {
            WEFT_PASS();
        }
    }
}
WEFT_END

/* The same, but each waits until another wakes it. */
struct ping {
    WEFT_FRAME;
    struct ping *next;
    weft_task *other;
    int left;
};

static WEFT_ASYNC(ping, self)
{
    if (self->next == NULL) {
        for (; self->left > 0; self->left--) {
            weft_wake(self->other);
            WEFT_PARK(NULL);
        }
        weft_wake(self->other);
    } else {
        WEFT_TRY(*self->next, ping, self->next->next, self->other, self->left);
    }
}
WEFT_END

static weft_executor *executor;

static union { /* for one after the other */
    struct {
        struct deep inner[TASKS][DEEP];
        WEFT_TASK(deep) tasks[TASKS];
    } deep;
    struct {
        struct ping inner[TASKS][DEEP];
        WEFT_TASK(ping) tasks[TASKS];
    } ping;
} room;

static void tell(const char *what, weft_time took, long times)
{
    const long ticks = (long)took;
    board_print("speed ");
    board_print(what);
    board_put(' ');
    board_print_number(ticks * (COST_A_TICK * 10 / 8) / (times / 8));
    board_put('\n');
}

/* Each frame calls the next of an array: `levels` of them. */
#define LINK(frames, levels)                                                                       \
    for (int level = 0; level < (levels); level++) {                                               \
        (frames)[level].next = level > 0 ? &(frames)[level - 1] : NULL;                            \
    }
#define OUTERMOST(frames, levels) ((levels) > 0 ? &(frames)[(levels)-1] : NULL)

static void resume(const char *what, int levels)
{
    weft_time begin;
    __builtin_memset(&room, 0, sizeof room);
    begin = board_now();
    for (int i = 0; i < TASKS; i++) {
        LINK(room.deep.inner[i], levels);
        weft_spawn(&executor->group, &room.deep.tasks[i], deep,
                   OUTERMOST(room.deep.inner[i], levels), ROUNDS);
    }
    weft_executor_run(executor);
    tell(what, board_now() - begin, (long)TASKS * ROUNDS);
}

/* Each of `count` tasks wakes the one before it, which has just parked: so in each pass all run but
 * one. What ROUNDS of such passes take. */
static weft_time wakes(int count, int levels)
{
    weft_time begin;
    __builtin_memset(&room, 0, sizeof room);
    begin = board_now();
    for (int i = 0; i < count; i++) {
        LINK(room.ping.inner[i], levels);
        weft_spawn(&executor->group, &room.ping.tasks[i], ping,
                   OUTERMOST(room.ping.inner[i], levels),
                   &room.ping.tasks[(i + count - 1) % count].task, ROUNDS);
    }
    weft_executor_run(executor);
    return (board_now() - begin) / count * (count - 1);
}

/* What a pass takes more for a task more is the task's own; the rest is the pass. */
static void wake(const char *what, int levels, const char *pass)
{
    const weft_time all = wakes(TASKS, levels), half = wakes(TASKS / 2, levels);
    const weft_time each = (all - half) / (TASKS / 2);
    tell(what, each, ROUNDS);
    if (pass != NULL) {
        tell(pass, all - each * (TASKS - 1), ROUNDS);
    }
}

static void itself(const char *what, int levels)
{
    static struct bare inner[DEEP];
    static WEFT_TASK(bare) task;
    weft_time begin;
    LINK(inner, levels);
    weft__task_clear(&task.task);
    weft_prepare(&task, bare, OUTERMOST(inner, levels));
    task.task.chain.flags = WEFT__IS_TASK;
    begin = board_now();
    for (int i = 0; i < ROUNDS; i++) {
        (void)weft__trampoline(&task.task.chain);
    }
    tell(what, board_now() - begin, ROUNDS);
}

static void fires(weft_timer *timer)
{
    (void)timer;
}

static void timers(void)
{
    static weft_timer timer = {.fire = fires};
    const weft_time begin = board_now();
    for (int i = 0; i < ROUNDS; i++) {
        weft_timers_arm(&executor->core.timers, &timer, executor->core.now + 10);
        weft_timers_cancel(&executor->core.timers, &timer);
    }
    tell("timer_arm_cancel", board_now() - begin, ROUNDS);
}

static void remote(void)
{
    static weft_signal signal;
    weft_time begin;
    weft_signal_init(&signal, &executor->core);
    begin = board_now();
    for (int i = 0; i < ROUNDS; i++) {
        weft_signal_set(&signal);
        weft_remote_run(&executor->core.remote);
    }
    tell("interrupt_wake", board_now() - begin, ROUNDS);
}

int main(void)
{
    executor = board_start();
    itself("resume_itself_depth_1", 0);
    itself("resume_itself_depth_8", DEEP);
    resume("resume_depth_1", 0);
    resume("resume_depth_8", DEEP);
    wake("wake_park_depth_1", 0, "pass");
    wake("wake_park_depth_8", DEEP, NULL);
    timers();
    remote();
    board_exit(0);
}
