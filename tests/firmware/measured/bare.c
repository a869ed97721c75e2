/* bare.c - what a program of bare tasks takes: as ram.c has it. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>
#include <weft/sync.h>

#define SIZE(name, type)                                                                           \
    extern char ram_##name[sizeof(type)];                                                          \
    char ram_##name[sizeof(type)]

struct small {
    WEFT_FRAME;
};

SIZE(task, weft_task);
SIZE(executor, weft_executor);
SIZE(lock, weft_lock);
SIZE(pool_of_8_tasks, WEFT_TASKS(small, 8));
