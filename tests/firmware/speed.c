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

/* Two that wake each other. */
struct ping {
    WEFT_FRAME;
    weft_task *other;
    int left;
};

static WEFT_ASYNC(ping, self)
{
    for (; self->left > 0; self->left--) {
        weft_wake(self->other);
        WEFT_PARK(NULL);
    }
    weft_wake(self->other);
}
WEFT_END

static weft_executor *executor;

static void tell(const char *what, weft_time begin, long times)
{
    const long ticks = (long)(board_now() - begin);
    board_print("speed ");
    board_print(what);
    board_put(' ');
    board_print_number(ticks * (COST_A_TICK * 10 / 8) / (times / 8));
    board_put('\n');
}

static void resume(const char *what, int levels)
{
    static struct deep inner[TASKS][DEEP];
    static WEFT_TASK(deep) tasks[TASKS];
    const weft_time begin = board_now();
    for (int i = 0; i < TASKS; i++) {
        for (int level = 0; level < levels; level++) {
            inner[i][level].next = level > 0 ? &inner[i][level - 1] : NULL;
        }
        weft_spawn(&executor->group, &tasks[i], deep, levels > 0 ? &inner[i][levels - 1] : NULL,
                   ROUNDS);
    }
    weft_executor_run(executor);
    tell(what, begin, (long)TASKS * ROUNDS);
}

static void itself(const char *what, int levels)
{
    static struct bare inner[DEEP];
    static WEFT_TASK(bare) task;
    weft_time begin;
    for (int level = 0; level < levels; level++) {
        inner[level].next = level > 0 ? &inner[level - 1] : NULL;
    }
    weft__task_clear(&task.task);
    weft_prepare(&task, bare, levels > 0 ? &inner[levels - 1] : NULL);
    task.task.chain.flags = WEFT__IS_TASK;
    begin = board_now();
    for (int i = 0; i < ROUNDS; i++) {
        (void)weft__trampoline(&task.task.chain);
    }
    tell(what, begin, ROUNDS);
}

static void wake(void)
{
    static WEFT_TASK(ping) a, b;
    const weft_time begin = board_now();
    weft_spawn(&executor->group, &a, ping, &b.task, ROUNDS);
    weft_spawn(&executor->group, &b, ping, &a.task, ROUNDS);
    weft_executor_run(executor);
    tell("wake_park_pass", begin, 2L * ROUNDS);
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
    tell("timer_arm_cancel", begin, ROUNDS);
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
    tell("interrupt_wake", begin, ROUNDS);
}

int main(void)
{
    executor = board_start();
    itself("resume_itself_depth_1", 0);
    itself("resume_itself_depth_8", DEEP);
    resume("resume_depth_1", 0);
    resume("resume_depth_8", DEEP);
    wake();
    timers();
    remote();
    board_exit(0);
}
