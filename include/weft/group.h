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
 *             WEFT_SPAWN(&self->group, &self->a, fetch, "http://one/");
 *             WEFT_SPAWN(&self->group, &self->b, fetch, "http://two/");
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

#include <weft/bare.h>

#if !WEFT_BARE

/** Tasks that have ended and were not yet taken, in the order of their ends: see finished.h. */
typedef struct weft_finished {
    /* private: */
    weft_link tasks;  /* by their place in the group */
    weft_link takers; /* tasks that wait for one */
    size_t unclaimed; /* of the tasks: no taker was woken for them */
} weft_finished;

typedef struct weft_group {
    /* options, by name in WEFT_GROUP(group, …) */
    bool keep_going;         /* a failing child does not stop the others */
    bool eager;              /* a child's first step runs at once, inside the call that spawns it */
    weft_finished *finished; /* children that have ended are put here, and their slots stay in use
                                until they are taken; it outlives the slots, and who takes */
    /* results */
    weft_task *failed; /* the first that failed */
    int16_t status;    /* and how */
    /* private: */
    int16_t leaving_with; /* the status with which the body was left */
    bool is_leaving;      /* the body has ended: it waits for the children */
    bool is_unwinding;    /* it was left by a status, not by its end */
    bool is_cancelled;    /* the children were asked to stop: once */
    bool was_interrupted; /* the parent was asked to stop while it waited */
    uint16_t starting;    /* children of weft_start() that are not yet ready */
#if WEFT_ORIGINS
    uint16_t failed_line; /* where the first failure began */
    weft_step_function *failed_in;
#endif
    weft_owner owner;
    weft_scope scope;
    weft_link children;
} weft_group;

/* The options of a group, by themselves: to write all of it takes longer, see weft__task_clear(). */
typedef struct weft__group_options {
    bool keep_going, eager;
    weft_finished *finished;
    uint8_t none;
} weft__group_options;

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
                weft__group_enter(weft__f, weft__c, &(group), WEFT__GROUP_OPTIONS(__VA_ARGS__)),   \
                WEFT__GROUP_LEAVE(u, group))
#define WEFT__GROUP_LEAVE(u, group)                                                                \
    if (weft__group_waits(weft__c, &(group), weft__f->state == WEFT__STATE(u))) {                  \
        WEFT__GROUP_LINE();                                                                        \
        return WEFT__SUSPENDED;                                                                    \
    }                                                                                              \
    if (weft__group_leave(weft__c, &(group))) {                                                    \
        WEFT__LEAVE();                                                                             \
    }

WEFT__BEGIN_C

/**
 * Asks all tasks of the group, and the body, to stop; what is spawned from now on is refused. The
 * block ends quietly, without a status of its own. Of a group whose block is not open, not yet or
 * no more: does nothing. (_because: see cancel.h.) Context: loop. Cost: O(children).
 */
#define weft_group_cancel(group) weft__group_cancel(group, WEFT__REASON(NULL))
#define weft_group_cancel_because(group, why) weft__group_cancel(group, WEFT__REASON(why))

/** True if a task of the group has not ended. */
static inline bool weft_group_is_busy(const weft_group *group)
{
    return !weft_link_is_empty(&group->children);
}

#ifdef __cplusplus
#define WEFT__GROUP_OPTIONS(...) (weft__group_options{__VA_ARGS__})
#else
#define WEFT__GROUP_OPTIONS(...) ((weft__group_options){.none = 0, __VA_ARGS__})
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

/* It has tasks, or will have one. */
static inline bool weft__group_goes_on(const weft_group *group)
{
    return weft_group_is_busy(group) || group->starting > 0;
}

/* One task less: perhaps it was the last. */
static inline void weft__group_settle(weft_group *group)
{
    weft_finished *const finished = group->finished;
    if (weft__group_goes_on(group)) {
        return;
    }
    for (weft_task *taker; finished && (taker = weft_first_waiter(&finished->takers)) != NULL;) {
        weft_wake_final(taker, WEFT_EEND);
    }
    if (group->is_leaving) {
        weft_wake_final(group->scope.task, 0);
    }
}

static inline void weft__finished_add(weft_finished *finished, weft_task *task)
{
    weft_task *const taker = weft_first_waiter(&finished->takers);
    weft_link_insert(&finished->tasks, &task->sibling);
    if (taker != NULL) {
        weft_wake_final(taker, 0);
        weft__still_touches(taker, finished);
    } else {
        finished->unclaimed++;
    }
}

/* A child has ended, and somebody wants to know: it failed, or was the last, or is to be taken. */
static WEFT__APART void weft__group_notes(weft_group *group, weft_task *task)
{
    if (group->finished != NULL) {
        weft__finished_add(group->finished, task); /* before the body is cancelled */
    }
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
    weft__group_settle(group);
}

/* A child has ended. */
static inline void weft__group_ended(weft_owner *owner, weft_task *task)
{
    weft_group *const group = WEFT_CONTAINER(owner, weft_group, owner);
    if (WEFT__SMALL || task->status < 0 || group->finished != NULL ||
        (group->is_leaving && group->children.next == &group->children)) {
        weft__group_notes(group, task);
    }
}

/* Opens a group that is zeroed; without a block it is a loop's own, which is told of an end in another way. */
static inline void weft__group_open(weft_group *group, weft_core *core,
                                    void (*ended)(weft_owner *, weft_task *))
{
    group->owner.core = core;
    group->owner.last = &group->owner; /* by which it is known as a group's */
    group->owner.ended = ended;
    weft_link_init(&group->children);
}

static WEFT__APART void weft__group_enter(weft_frame *frame, weft_chain *chain, weft_group *group,
                                          weft__group_options options)
{
    __builtin_memset(group, 0, WEFT__SMALL ? sizeof *group : offsetof(weft_group, scope));
    if (!WEFT__SMALL) {
        __builtin_memset(&group->scope, 0, sizeof group->scope);
    }
    group->keep_going = options.keep_going;
    group->eager = options.eager;
    group->finished = options.finished;
    weft__group_open(group, weft__core(chain), weft__group_ended);
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

/* The group that owns a task; NULL: somebody else does. */
static inline weft_group *weft__group_of(const weft_task *task)
{
    weft_owner *const owner = weft__owner_proper(task);
    return owner->last == owner ? WEFT_CONTAINER(owner, weft_group, owner) : NULL;
}

/* Who waits for a task as its owner was cancelled: so is the task, unless its group has done it. */
static inline void weft__hand_down(weft_task *task, const weft_reason *reason)
{
    const weft_group *const group = weft__group_of(task);
    if (group == NULL || !group->is_cancelled) {
        (void)weft__task_cancel(task, reason);
    }
}

/* The end of the block, entered again after each wait; true: it waits. The first wait can be
 * cancelled, and hands that down; then nothing interrupts it. */
static WEFT__APART bool weft__group_waits(weft_chain *chain, weft_group *group, bool unwinding)
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
    if (!weft__group_goes_on(group)) {
        return false;
    }
    if (weft__is_pending(chain) && !group->is_cancelled) {
        group->was_interrupted = true;
        weft__acknowledge(chain);
        weft__group_cancel(group, weft__reason_of(chain));
    }
    (void)weft__park(chain, NULL, WEFT__PARKED | (group->is_cancelled ? WEFT__HOLDS : 0));
    return true; /* it is not refused: what is pending is handed down */
}

/* All have ended; true: the frame leaves on, with chain->status. */
static WEFT__APART bool weft__group_leave(weft_chain *chain, weft_group *group)
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

/* The group is closed, or was cancelled: a task that has its chain ends, and nothing of it has run. */
static inline int weft__group_refuse(weft_core *core, weft_task *task)
{
    task->chain.top->state = WEFT__ENDED;
    task->chain.flags = WEFT__IS_TASK | WEFT__DONE;
    task->status = core == NULL ? WEFT_EGROUP : WEFT_ECANCELED;
    task->owner = core != NULL ? &core->callbacks.owner : NULL;
    if (!WEFT__SMALL) { /* else it is */
        task->sibling.next = NULL;
    }
    return task->status;
}

/* Runs the first step of a task inside that of another. */
static inline void weft__run_eagerly(weft_core *core, weft_task *task)
{
    weft_task *const current = core->current;
    const weft__budget budget = core->budget;
    weft_link *const place = core->place;
    core->eager++;
    (void)weft__task_run(core, task);
    core->eager--;
    core->current = current;
    core->budget = budget;
    core->place = place;
    core->upcoming = place->next; /* it may have taken back a callback */
}

/* A task that has its chain becomes one of the group's. */
static inline void weft__group_take(weft_group *group, weft_core *core, weft_task *task)
{
    task->owner = &group->owner;
    weft__task_begin(core, task);
    weft__link_append(&group->children, &task->sibling);
}

/* Adds a task to a group that may be cancelled. `eager`: its first step runs now, unless so many do
 * that the C stack would grow with children that start children. */
static WEFT__APART int weft__group_add(weft_group *group, weft_task *task, weft_frame *frame,
                                       bool eager)
{
    weft_core *const core = group->owner.core;
    weft__chain_begin(task, frame);
    if (core == NULL || group->is_cancelled) {
        return weft__group_refuse(core, task);
    }
    weft__group_take(group, core, task);
    if (eager && core->eager < WEFT_EAGER) {
        weft__run_eagerly(core, task);
    }
    return 0;
}

static inline int weft__group_start(weft_group *group, weft_task *task, weft_frame *frame)
{
    weft_core *const core = group->owner.core;
    if (WEFT__SMALL || WEFT__RARE(core == NULL || group->eager || group->is_cancelled)) {
        return weft__group_add(group, task, frame, group->eager);
    }
    weft__chain_begin(task, frame);
    weft__group_take(group, core, task);
    return 0;
}

WEFT__END_C

#endif
#endif
