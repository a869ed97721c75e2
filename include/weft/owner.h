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

#include <weft/core.h>

WEFT__BEGIN_C

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

/* Tells all of them. The task has no owner any more, but it still knows its core. */
static inline void weft__tell_end(weft_task *task)
{
    weft_owner *owner = task->owner;
    task->owner = &owner->core->callbacks.owner;
    do {
        weft_owner *const behind = owner->behind;
        owner->ended(owner, task);
        owner = behind;
    } while (owner != NULL);
}

WEFT__END_C

#endif
