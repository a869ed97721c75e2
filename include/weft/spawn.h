/* spawn.h - starting a task: its slot, and pools of slots. */
/* SPDX-License-Identifier: MIT */
/*
 * A task needs a slot, which holds it and its first frame; and a group, which ends after it:
 *
 *     struct pair { WEFT_FRAME; weft_group group; WEFT_TASK(fetch) a, b; };
 *
 *     WEFT_SPAWN(&self->group, &self->a, fetch, "http://one/");
 *
 * Also in two steps: prepared first, and started by somebody else.
 *
 *     (zeroed) -----weft_prepare-----> prepared --weft_spawn_prepared--> running -----> ended
 *         `------------------------weft_spawn------------------------------^              |
 *         ^------------------------- the slot may be used again --------------------------`
 */
#ifndef WEFT_SPAWN_H
#define WEFT_SPAWN_H

#include <weft/group.h>

/**
 * Starts the coroutine `fn` as a task of `group`.
 *
 * @param slot  A WEFT_TASK(fn) that is not running. It stays in use until the task has ended; then
 *              slot->task.status and the fields of slot->frame are its results.
 * @return 0; WEFT_ECANCELED if the group was cancelled; WEFT_EGROUP if it is not open. Then the
 *         task has ended with that status, and nothing of it has run.
 *
 * Context: loop. Cost: O(1), no allocation. The slot is evaluated more than once.
 */
#define weft_spawn(group, slot, ...) weft__spawn(group, slot, __VA_ARGS__, )
#define weft__spawn(group, slot, fn, ...)                                                          \
    (WEFT__SLOT_IS_FREE(slot) ? ((slot)->frame = WEFT__NEW(fn, NULL, __VA_ARGS__),                 \
                                 weft__group_start(group, &(slot)->task, &(slot)->frame.weft))     \
                              : 0)

/** In a coroutine: starts a task as weft_spawn() does, and leaves if that is refused. */
#define WEFT_SPAWN(...) WEFT_CHECK(weft_spawn(__VA_ARGS__))

/**
 * Puts the coroutine `fn` with its arguments into a slot, but does not start it:
 * weft_spawn_prepared() does, or what a task is given to (weft_start, weft_race, …). One that is
 * never started never ran, and holds nothing but its arguments: the slot may be used again as it
 * is.
 *
 * @return the task.
 */
#define weft_prepare(slot, ...) weft__prepare_in(slot, __VA_ARGS__, )
#define weft__prepare_in(slot, fn, ...)                                                            \
    (WEFT__SLOT_IS_FREE(slot) ? ((slot)->frame = WEFT__NEW(fn, NULL, __VA_ARGS__),                 \
                                 weft__prepare(&(slot)->task, &(slot)->frame.weft))                \
                              : NULL)

/** A pool of `count` tasks of one kind: `static WEFT_TASKS(fetch, 64) fetches;` Zeroed is empty. */
#define WEFT_TASKS(fn, count)                                                                      \
    struct {                                                                                       \
        WEFT_TASK(fn) slots[count];                                                                \
        size_t next; /* where the search for a free slot begins */                                 \
    }

/**
 * Starts a coroutine in a free slot of a pool.
 *
 * @return 0; WEFT_EBUSY if every slot is in use; else as weft_spawn().
 * Cost: one step where slots become free in the order in which they were taken; at worst the size
 * of the pool. Arguments are evaluated once, and only if there is room.
 */
#define weft_spawn_in(group, pool, ...)                                                            \
    (weft__pool_find(&(pool)->next, (pool)->slots, sizeof(pool)->slots[0],                         \
                     sizeof(pool)->slots / sizeof(pool)->slots[0])                                 \
         ? weft_spawn(group, &(pool)->slots[(pool)->next], __VA_ARGS__)                            \
         : (int)WEFT_EBUSY)

#define WEFT__SLOT_IS_FREE(slot) weft__slot_is_free(&(slot)->task, __FILE__, __LINE__, __func__)

WEFT__BEGIN_C

/** Starts a task that is prepared. @return as weft_spawn(). Context: loop. Cost: O(1). */
static inline int weft_spawn_prepared(weft_group *group, weft_task *task)
{
    WEFT_ASSERT(weft_task_is_prepared(task), "weft_prepare() the task, and start it once");
    return weft__group_start(group, task, task->chain.top);
}

/* Where a task may be given that is only prepared. */
static inline void weft__needs_group(const weft_task *task, const weft_group *group)
{
    if (weft_task_is_prepared(task)) {
        WEFT_ASSERT(group != NULL, "this task is only prepared: say in which .group to start it");
    } else {
        WEFT_ASSERT(weft_task_is_running(task) || weft_task_is_done(task),
                    "this task was never started: weft_spawn() it, or weft_prepare() it");
    }
}

/* It runs, or it has ended and waits to be taken. */
static inline bool weft__slot_is_in_use(const weft_task *task)
{
    if (!WEFT__SMALL && (task->chain.flags & WEFT__IS_TASK) == 0) {
        return false; /* never started: its link may lie in a page that is still to be mapped */
    }
#if WEFT_BARE
    return weft_task_is_running(task);
#else
    return task->sibling.next != NULL;
#endif
}

/* Memory that a system has just given is mapped by the first write. A read before that maps a page of
 * zeros in its stead, and the write that follows faults again. */
static inline void weft__slot_touch(weft_task *task)
{
    if (__STDC_HOSTED__ && !WEFT__SMALL) {
        task->chain.wait = 0;
        __asm__("" : "+m"(task->chain)); /* and only now it may be read */
    }
}

/* A slot must not be in use: its task would be lost. */
static inline bool weft__slot_is_free(weft_task *task, const char *file, int line,
                                      const char *function)
{
    (void)file, (void)line, (void)function;
    weft__slot_touch(task);
    if (WEFT_ASSERTS && WEFT__RARE(weft__slot_is_in_use(task))) {
        WEFT_STOP(file, line, function,
                  weft_task_is_done(task)
                      ? "this task has ended, but waits to be taken: see weft_group_next_finished"
                      : "this task still runs: spawn into a free slot, or a pool");
    }
#if WEFT_CONTEXT
    task->name = NULL;
#endif
    return true;
}

static inline weft_task *weft__prepare(weft_task *task, weft_frame *frame)
{
    weft__task_clear(task);
    task->chain.top = frame;
    return task;
}

static inline bool weft__pool_find(size_t *next, const void *slots, size_t size_bytes, size_t count)
{
    for (size_t tries = 0; tries < count; tries++) {
        const size_t at = *next + 1 < count ? *next + 1 : 0;
        *next = at;
        const void *const slot = (const unsigned char *)slots + at * size_bytes;
        if (!weft__slot_is_in_use((const weft_task *)slot)) {
            return true;
        }
    }
    return false;
}

WEFT__END_C

#endif
