/* port.h - the least that runs a coroutine, for the misuses that must stop. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>

static weft_time now;
static weft_executor executor;

static weft_time port_now(void *context)
{
    (void)context;
    return now;
}

static bool port_sleep_until(void *context, weft_time at)
{
    (void)context;
    now = at;
    return at != WEFT_FOREVER;
}

/** Runs a task of the coroutine `fn`, until it has ended or stops. */
#define RUN(fn)                                                                                    \
    do {                                                                                           \
        static const weft_port port = {port_now, port_sleep_until, NULL};                          \
        static WEFT_TASK(fn) slot;                                                                 \
        weft_executor_init(&executor, &port, NULL);                                                \
        (void)weft_spawn(&executor.group, &slot, fn);                                              \
        (void)weft_executor_run(&executor);                                                        \
    } while (0)
