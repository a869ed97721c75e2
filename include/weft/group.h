/* group.h - tasks belong to a group, and a group ends after the last of them. */
/* SPDX-License-Identifier: MIT */
/*
 * A block that starts tasks and does not end before they have ended, whatever happens:
 *
 *     struct pair { WEFT_FRAME; weft_group group; WEFT_TASK(fetch) a, b; };
 *
 *     static WEFT_ASYNC(pair, self)
 *     {
 *         WEFT_GROUP(self->group) {
 *             WEFT_CHECK(weft_spawn(&self->group, &self->a, fetch, "http://one/"));
 *             WEFT_CHECK(weft_spawn(&self->group, &self->b, fetch, "http://two/"));
 *         }
 *         // both have ended: their results are in self->a.frame and self->b.frame
 *     }
 *     WEFT_END
 *
 * A child that fails cancels its siblings and the body; the block then leaves with that status.
 * With `.keep_going = true` it does not: look at each slot's task.status. Cancelling the parent, or
 * leaving the body by an error, cancels the children; the block waits for their cleanup all the
 * same. A failure beats WEFT_ECANCELED.
 */
#ifndef WEFT_GROUP_H
#define WEFT_GROUP_H

#include <weft/cancel.h>

typedef struct weft_group {
    /* options, by name in WEFT_GROUP(group, …) */
    bool keep_going; /* a failing child does not stop the others */
    bool eager;      /* weft_spawn() runs the child's first step at once */
    /* results */
    weft_task *failed; /* the first that failed */
    int16_t status;    /* and how */
    /* private: */
    int16_t leaving_with; /* the status with which the body was left */
    bool is_leaving;      /* the body has ended: it waits for the children */
    bool is_unwinding;    /* it was left by a status, not by its end */
    bool is_cancelled;    /* the children were asked to stop: once */
    bool was_interrupted; /* the parent was asked to stop while it waited */
#if WEFT_ORIGINS
    uint16_t failed_line; /* where the first failure began */
    weft_step_function *failed_in;
#endif
    weft_owner owner;
    weft_scope scope;
    weft_link children;
} weft_group;

/**
 * A block whose tasks end before it does.
 *
 * @param group  A weft_group of the frame; options may follow: `.keep_going = true`.
 * Leaves with the status of the first child that failed, unless it is told to keep going.
 */
#define WEFT_GROUP(...) WEFT__GROUP(WEFT__N, WEFT__N, __VA_ARGS__, )
#define WEFT__GROUP(n, u, ...) WEFT__GROUP_(n, u, __VA_ARGS__)
#define WEFT__GROUP_(n, u, group, ...)                                                             \
    WEFT__BLOCK(n, u,                                                                              \
                ((group) = WEFT__GROUP_NEW(__VA_ARGS__),                                           \
                 weft__group_enter(weft__f, weft__c, &(group))),                                   \
                WEFT__GROUP_LEAVE(u, group))
#define WEFT__GROUP_LEAVE(u, group)                                                                \
    if (weft__group_waits(weft__c, &(group), weft__f->state == WEFT__STATE(u))) {                  \
        WEFT__GROUP_LINE();                                                                        \
        return WEFT__SUSPENDED;                                                                    \
    }                                                                                              \
    if (weft__group_leave(weft__c, &(group))) {                                                    \
        WEFT__LEAVE();                                                                             \
    }

/**
 * Starts the coroutine `fn` as a task of `group`.
 *
 * @param slot  A WEFT_TASK(fn) that is not running. It stays in use until the task has ended; then
 *              slot->task.status and the fields of slot->frame are its results.
 * @return 0; WEFT_ECANCELED if the group was cancelled; WEFT_EGROUP if it is not open.
 *
 * Context: loop. Cost: O(1), no allocation. The slot is evaluated more than once.
 */
#define weft_spawn(group, slot, ...) weft__spawn(group, slot, __VA_ARGS__, )
#define weft__spawn(group, slot, fn, ...)                                                          \
    (weft__slot_is_free(&(slot)->task, __FILE__, __LINE__, __func__)                               \
         ? ((slot)->frame = WEFT__NEW(fn, NULL, __VA_ARGS__),                                      \
            weft__group_start(group, &(slot)->task, &(slot)->frame.weft))                          \
         : 0)

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
    (weft__pool_find(&(pool)->next, (pool)->slots, sizeof (pool)->slots[0],                        \
                     sizeof (pool)->slots / sizeof (pool)->slots[0])                               \
         ? weft_spawn(group, &(pool)->slots[(pool)->next], __VA_ARGS__)                            \
         : (int)WEFT_EBUSY)

WEFT__BEGIN_C

/** Asks all tasks of the group to stop. The block ends quietly, without a status of its own. */
#define weft_group_cancel(group) weft__group_cancel(group, WEFT__REASON(NULL))
#define weft_group_cancel_because(group, why) weft__group_cancel(group, WEFT__REASON(why))

/** True if a task of the group has not ended. */
static inline bool weft_group_is_busy(const weft_group *group)
{
    return !weft_link_is_empty(&group->children);
}

#ifdef __cplusplus
#define WEFT__GROUP_NEW(...) (weft_group{__VA_ARGS__})
#else
#define WEFT__GROUP_NEW(...) ((weft_group){.failed = NULL, __VA_ARGS__})
#endif
#if WEFT_LINES
#define WEFT__GROUP_LINE() (weft__f->line = (uint16_t)__LINE__)
#else
#define WEFT__GROUP_LINE() ((void)0)
#endif

static inline void weft__group_cancel(weft_group *group, const weft_reason *reason)
{
    if (group->owner.core == NULL || group->is_cancelled) {
        return;
    }
    group->is_cancelled = true;
    for (weft_link *link = group->children.next, *next; link != &group->children; link = next) {
        next = link->next;
        (void)weft__task_cancel(WEFT_CONTAINER(link, weft_task, sibling), reason);
    }
    if (!group->is_leaving) {
        weft__scope_cancel(&group->scope, reason);
    }
}

/* A child has ended. */
static inline void weft__group_ended(weft_owner *owner, weft_task *task)
{
    weft_group *const group = WEFT_CONTAINER(owner, weft_group, owner);
    if (task->status < 0 && task->status != WEFT_ECANCELED && group->failed == NULL) {
        group->failed = task;
        group->status = task->status;
#if WEFT_ORIGINS
        group->failed_line = task->chain.failed_line;
        group->failed_in = task->chain.failed_in;
#endif
        if (!group->keep_going) {
            weft_group_cancel_because(group, "another task of its group failed");
        }
    }
    if (group->is_leaving && !weft_group_is_busy(group)) {
        weft_wake_final(group->scope.task, 0);
    }
}

/* Opens a group without a block: a loop's own. */
static inline void weft__group_open(weft_group *group, weft_core *core)
{
    group->owner.core = core;
    group->owner.behind = NULL;
    group->owner.ended = weft__group_ended;
    weft_link_init(&group->children);
}

static inline void weft__group_enter(weft_frame *frame, weft_chain *chain, weft_group *group)
{
    weft__group_open(group, weft__core(chain));
    group->scope.task = weft__task(chain);
    group->scope.is_group = true;
    weft__scope_push(chain, frame, &group->scope);
}

/* Why the children are asked to stop when the body was left by a status. */
static inline const weft_reason *weft__leaving_reason(const weft_chain *chain,
                                                      const weft_group *group)
{
    return group->leaving_with == WEFT_ECANCELED ? weft__reason_of(chain)
                                                 : WEFT__REASON("the body of its group failed");
}

/* The end of the block, entered again after each wait; true: it waits. The first wait can be
 * cancelled, and hands that down; then nothing interrupts it. */
static inline bool weft__group_waits(weft_chain *chain, weft_group *group, bool unwinding)
{
    if (!group->is_leaving) {
        group->is_leaving = true;
        group->is_unwinding = unwinding;
        group->leaving_with = unwinding ? chain->status : (int16_t)0;
        if (group->leaving_with < 0) {
            weft__group_cancel(group, weft__leaving_reason(chain, group));
        }
    } else if (chain->status == WEFT_ECANCELED) {
        group->was_interrupted = true;
        weft__group_cancel(group, weft__reason_of(chain));
    }
    if (!weft_group_is_busy(group)) {
        return false;
    }
    if (weft__is_pending(chain) && !group->is_cancelled) {
        group->was_interrupted = true;
        weft__acknowledge(chain);
        weft__group_cancel(group, weft__reason_of(chain));
    }
    return weft__park(chain, NULL, WEFT__PARKED | (group->is_cancelled ? WEFT__HOLDS : 0));
}

/* All have ended; true: the frame leaves on, with chain->status. */
static inline bool weft__group_leave(weft_chain *chain, weft_group *group)
{
    const bool was_asked = group->scope.serial != 0; /* the group itself, not (only) its parent */
    int16_t status = group->leaving_with;
    bool leaves_on = group->is_unwinding;
    weft__scope_leave(group->scope.task, &group->scope);
    group->owner.core = NULL;
    if (status >= 0 && group->was_interrupted) {
        status = WEFT_ECANCELED;
    } else if (status == WEFT_ECANCELED && was_asked && !weft__is_pending(chain)) {
        status = 0;
        leaves_on = false;
    }
    if (group->status < 0 && !group->keep_going && (status >= 0 || status == WEFT_ECANCELED)) {
        status = group->status;
#if WEFT_ORIGINS
        if ((chain->flags & WEFT__SEALED) == 0) {
            chain->failed_line = group->failed_line;
            chain->failed_in = group->failed_in;
        }
#endif
    }
    chain->status = status;
    return leaves_on || status < 0;
}

/* A slot must not be in use: its task would be lost. */
static inline bool weft__slot_is_free(const weft_task *task, const char *file, int line,
                                      const char *function)
{
    (void)file, (void)line, (void)function;
    if (WEFT__RARE(weft_task_is_running(task))) {
        WEFT_STOP(file, line, function, "this task still runs: spawn into a free slot, or a pool");
    }
    return true;
}

#if WEFT_DEBUG
/* It lies in a frame of the task that runs, of the group's, or somewhere else. */
static inline void weft__hold_task(const weft_group *group, weft_task *task)
{
    const weft_task *const current = group->owner.core->current, *const parent = group->scope.task;
    if (current == NULL || !weft__hold(current->chain.top, &task->held, task, WEFT__HELD_TASK)) {
        if (parent != NULL) {
            (void)weft__hold(parent->chain.top, &task->held, task, WEFT__HELD_TASK);
        }
    }
}
#endif

static inline int weft__group_start(weft_group *group, weft_task *task, weft_frame *frame)
{
    weft_core *const core = group->owner.core;
    if (core == NULL || group->is_cancelled) {
        const weft_task refused = WEFT__ZERO;
        *task = refused;
        task->chain.flags = WEFT__IS_TASK | WEFT__DONE;
        task->status = core == NULL ? WEFT_EGROUP : WEFT_ECANCELED;
        task->owner = core != NULL ? &core->callbacks.owner : NULL;
        frame->state = WEFT__ENDED;
        return task->status;
    }
    weft__task_start(&group->owner, &group->children, task, frame);
    weft__inherit_context(task, core->current);
#if WEFT_DEBUG
    weft__hold_task(group, task);
#endif
    if (group->eager) {
        weft_task *const current = core->current;
        const uint16_t budget = core->budget;
        weft_link_remove(&task->link);
        (void)weft__task_run(core, task);
        core->current = current;
        core->budget = budget;
    }
    return 0;
}

static inline bool weft__pool_find(size_t *next, const void *slots, size_t size_bytes, size_t count)
{
    for (size_t tries = 0; tries < count; tries++) {
        const size_t at = *next + 1 < count ? *next + 1 : 0;
        *next = at;
        const void *const slot = (const unsigned char *)slots + at * size_bytes;
        if (!weft_task_is_running((const weft_task *)slot)) {
            return true;
        }
    }
    return false;
}

WEFT__END_C

#endif
