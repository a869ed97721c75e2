/* owner.h - who is told when a task ends: a row, whose last member is the owner proper. */
/* SPDX-License-Identifier: MIT */
/*
 *     task.owner --> join --behind--> join --behind--> group --behind--> NULL
 *                     └──────last──────^
 *
 * They are told in this order. The last is the owner proper, its group mostly: after it nobody
 * touches the task. The first knows the last of those before it, so every change is O(1); the room
 * is that of who watches.
 */
#ifndef WEFT_OWNER_H
#define WEFT_OWNER_H

#include <weft/report.h>

WEFT__BEGIN_C

#if WEFT_BARE
/* A bare task has no such row (bare.h). What needs one is not there, and says why. */
#define WEFT__NO_OWNER                                                                             \
    _Pragma(                                                                                       \
        "GCC error \"WEFT_BARE: a task has no group, and its end is told to nobody: see bare.h\"")
#define WEFT_GROUP(...) WEFT__NO_OWNER
#define weft_join WEFT__NO_OWNER weft_join
#define weft_on_task WEFT__NO_OWNER weft_on_task
#define weft_task_add_done_callback WEFT__NO_OWNER weft_task_add_done_callback
#define weft_spawn_then(...) WEFT__NO_OWNER 0

static inline void weft__tell_end(weft_task *task)
{
    weft__only->tasks--;
    weft__tell_unheard(weft__only, task);
}
#else
/* Puts `watcher` into the row of those who are told when a task ends, behind the others. */
static inline void weft__watch_end(weft_task *task, weft_owner *watcher)
{
    weft_owner *const first = task->owner;
    watcher->core = first->core;
    if (first->behind == NULL) {
        watcher->behind = first;
        watcher->last = watcher;
        task->owner = watcher;
    } else {
        watcher->behind = first->last->behind;
        watcher->before = first->last;
        first->last->behind = watcher;
        first->last = watcher;
    }
}

/* Takes `watcher`, which stands in it, out of the row of a task that has not ended. */
static inline void weft__unwatch_end(weft_task *task, weft_owner *watcher)
{
    weft_owner *const first = task->owner, *const behind = watcher->behind;
    const bool is_last = watcher == first->last;
    if (watcher == first) {
        task->owner = behind;
        if (!is_last) {
            behind->last = first->last;
        }
    } else {
        watcher->before->behind = behind;
        *(is_last ? &first->last : &behind->before) = watcher->before;
    }
}

/* The owner proper: its group, mostly. */
static inline weft_owner *weft__owner_proper(const weft_task *task)
{
    weft_owner *const first = task->owner;
    return first->behind == NULL ? first : first->last->behind;
}

/* Another owner proper instead; those who watch stay. */
static inline void weft__change_owner(weft_task *task, weft_owner *owner)
{
    weft_owner *const first = task->owner;
    *(first->behind == NULL ? &task->owner : &first->last->behind) = owner;
}

/* Takes it out of its group, and tells all of them. The task may be moved then. It has no owner any
 * more, but it still knows its core. */
static inline void weft__tell_end(weft_task *task)
{
    weft__link_leave(&task->sibling);
    task->sibling.next = NULL;
    weft_owner *owner = task->owner;
    task->owner = &owner->core->callbacks.owner;
    do {
        weft_owner *const behind = owner->behind;
        owner->ended(owner, task);
        owner = behind;
    } while (owner != NULL);
}
#endif

WEFT__END_C

#endif
