/* kernel.c - executor, task, timer list, event: the smallest program with all of them. */
/* SPDX-License-Identifier: MIT */
/* What begins with `program_` is the program; the rest is what it takes of Weft. */
#include <weft/executor.h>
#include <weft/sync.h>

extern const weft_port port;
static weft_executor executor;
static weft_event event;

struct program_blink {
    WEFT_FRAME;
    union {
        struct weft_sleep nap;
        struct weft_event_wait wait;
    };
};

static WEFT_ASYNC(program_blink, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(250));
        weft_event_set(&event);
        WEFT_TRY(self->wait, weft_event_wait, &event);
    }
}
WEFT_END

static WEFT_TASK(program_blink) task;

__attribute__((noinline)) static void start(weft_group *group)
{
    weft_spawn(group, &task, program_blink);
}

int kernel_main(void);
int kernel_main(void)
{
    weft_executor_init(&executor, &port, NULL);
    start(&executor.group);
    return weft_executor_run(&executor);
}
