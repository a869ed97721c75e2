/* steps.c - a task waits for an interrupt, again and again, which comes at any instruction. */
/* SPDX-License-Identifier: MIT */
/*
 * Whoever runs it (avr_steps.c, steps.py) has it stop at begins(), before a wait, executes one
 * instruction after another, and brings in the interrupt behind the n-th, for every n until the
 * core sleeps. Then it must come to woken(); an interrupt that is lost leaves it to gave_up().
 *
 * With -DFOREVER no deadline is armed on the way to sleep; then one that is lost is never noticed
 * here, and the runner sees a core that sleeps. With -DBROKEN the port checks and sleeps in two
 * steps: then lost ones must be found.
 */
#include "board.h"
#include "inject.h"
#include <weft/sync.h>

#if defined __AVR__
#define PATIENCE WEFT_MS(2)
#else
#define PATIENCE WEFT_MS(500) /* a debugger's stops make QEMU's clock go on a little */
#endif

static weft_signal signal;

void injected(void)
{
    weft_signal_set(&signal);
}

/* The runner's places to stop. */
#define PLACE(name)                                                                                \
    __attribute__((noinline, noclone, used)) static void name(void)                                \
    {                                                                                              \
        __asm__ volatile("/* " #name " */" ::: "memory");                                          \
    }
PLACE(begins)
PLACE(woken)
PLACE(gave_up)
#ifdef BEHIND
PLACE(gives_way)

/* With -DBEHIND another task runs, always. */
struct runner {
    WEFT_FRAME;
};

static WEFT_ASYNC(runner, self)
{
    for (;;) {
        gives_way();
        WEFT_PASS();
    }
}
WEFT_END
#endif

struct waiter {
    WEFT_FRAME;
    weft_scope patience;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    for (;;) {
        begins();
#ifdef FOREVER
        WEFT_TRY(self->wait, weft_signal_wait, &signal);
        woken();
#else
        WEFT_MOVE_ON(self->patience, PATIENCE) {
            WEFT_TRY(self->wait, weft_signal_wait, &signal);
        }
        if (self->patience.expired) {
            gave_up();
        } else {
            woken();
        }
#endif
    }
}
WEFT_END

#if defined __AVR__
/* The runner raises the pin of INT0. */
ISR(INT0_vect)
{
    injected();
}

static void listen(void)
{
    EICRA = _BV(ISC01) | _BV(ISC00);
    EIMSK = _BV(INT0);
}
#else
/* The runner has the core do this in between, and then go on as if it had not. */
__attribute__((noinline, noclone, used)) static void interrupts(void)
{
    board_interrupt();
    gave_up();
}

static void listen(void)
{
    __asm__ volatile("" ::"r"(interrupts)); /* the runner calls it */
}
#endif

int main(void)
{
    static WEFT_TASK(waiter) task;
    weft_executor *const executor = board_start();
    inject_start(executor);
    listen();
    weft_signal_init(&signal, &executor->core);
    weft_spawn(&executor->group, &task, waiter);
#ifdef BEHIND
    static WEFT_TASK(runner) running;
    weft_spawn(&executor->group, &running, runner);
#endif
    weft_executor_run(executor);
    board_exit(1);
}
