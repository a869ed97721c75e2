/* published.c - control blocks of others, rebuilt from what they publish: what would each take? */
/* SPDX-License-Identifier: MIT */
/*
 * No code of theirs is here: the fields are those that their documentation lists, in the smallest
 * configuration, under names of our own; the compiler for the core says how large that is.
 */
#include <stdint.h>

#define SIZE(name, type)                                                                           \
    extern char name[sizeof(type)];                                                                \
    char name[sizeof(type)]

/* FreeRTOS 10 and 11, list.h: a value to sort by, two neighbours, whose it is, the list. Ticks are
 * 32 bits; on an 8-bit core 16. */
#if defined __AVR__
typedef uint16_t tick;
typedef uint8_t base;
#else
typedef uint32_t tick;
typedef uint32_t base;
#endif
struct list_item {
    tick value;
    void *next, *previous, *owner, *list;
};

/* tasks.c: stack pointer, the two list items, priority, stack, a name of 16; a notification. */
struct freertos_task {
    void *stack_top;
    struct list_item state, event;
    base priority;
    void *stack;
    char name[16];
    uint32_t notified;
    uint8_t notify_state;
};

/* croutine.h: function, the two list items, priority, index, state. */
struct freertos_coroutine {
    void (*function)(void *, base);
    struct list_item generic, event;
    base priority, index;
    uint16_t state;
};

/* Contiki-NG, process.h: the next, a name, a function, a line, a state, whether it is to be polled. */
struct contiki_process {
    void *next;
    const char *name;
    char (*function)(void *, uint8_t, void *);
    uint16_t line;
    uint8_t state, is_polled;
};

/* etimer.h: from when, how long, the next, the process. */
struct contiki_etimer {
    tick from, length;
    void *next, *process;
};

SIZE(freertos_task, struct freertos_task);
SIZE(freertos_coroutine, struct freertos_coroutine);
SIZE(contiki_process, struct contiki_process);
SIZE(contiki_etimer, struct contiki_etimer);
