/* tree.h - all tasks of an executor, one after the other. */
/* SPDX-License-Identifier: MIT */
/*
 * Tasks stand in groups, and groups in the blocks that are open in a task:
 *
 *     executor.group -+- client
 *                     `- server - WEFT_GROUP -+- worker
 *                                             `- worker
 *
 *     for (weft_task_walk walk = weft_all_tasks(core); weft_next_task(&walk);) {
 *         look_at(walk.task);         // client, server, worker, worker
 *     }
 *
 * Parents come before their children, outer groups before inner ones, the tasks of a group in the
 * order in which they were spawned. Nothing is changed, and nothing may change during the walk.
 *
 * Limit: groups 16 deep; what is deeper is not visited. No recursion.
 */
#ifndef WEFT_TREE_H
#define WEFT_TREE_H

#include <weft/executor.h>

#if !WEFT_BARE /* see bare.h */

WEFT__BEGIN_C

enum { WEFT__TREE_DEPTH = 16 };

/* Of the groups with tasks that are open in a chain the next one inside `outer`; NULL: outermost. */
static inline weft_group *weft__group_inside(const weft_chain *chain, const weft_group *outer)
{
    const weft_block *const end = outer != NULL ? &outer->scope.block : NULL;
    weft_group *found = NULL;
    for (weft_block *block = chain->block; block != end; block = block->outer) {
        weft_scope *const scope = weft__scope_of(block);
        if (scope->is_group && weft_group_is_busy(WEFT_CONTAINER(scope, weft_group, scope))) {
            found = WEFT_CONTAINER(scope, weft_group, scope);
        }
    }
    return found;
}

/** A walk over all tasks, parents first. */
typedef struct weft_task_walk {
    weft_task *task; /* the one at which it stands */
    /* private: */
    size_t depth; /* it is in groups[depth - 1] */
    weft_group *groups[WEFT__TREE_DEPTH];
} weft_task_walk;

/* The task behind this one in the same group, or the first of the parent's next group, or NULL. */
static inline weft_task *weft__walk_sibling(weft_task_walk *walk, size_t level,
                                            const weft_task *task, bool goes_there)
{
    weft_group *group = walk->groups[level];
    weft_link *link = task != NULL ? task->sibling.next : group->children.next;
    if (link == &group->children) {
        group = group->scope.task ? weft__group_inside(&group->scope.task->chain, group) : NULL;
        if (group == NULL) {
            return NULL;
        }
        link = group->children.next;
    }
    if (goes_there) {
        walk->groups[level] = group;
    }
    return WEFT_CONTAINER(link, weft_task, sibling);
}

/** Goes on to the next task; false: there is none. Context: loop. Cost: O(depth), at worst. */
static inline bool weft_next_task(weft_task_walk *walk)
{
    weft_task *parent = walk->task;
    weft_group *const inner = parent ? weft__group_inside(&parent->chain, NULL) : NULL;
    if (inner != NULL && walk->depth < WEFT__TREE_DEPTH) {
        walk->groups[walk->depth++] = inner;
        parent = NULL;
    }
    for (; walk->depth > 0; walk->depth--) {
        walk->task = weft__walk_sibling(walk, walk->depth - 1, parent, true);
        if (walk->task != NULL) {
            return true;
        }
        parent = walk->groups[walk->depth - 1]->scope.task;
    }
    return false;
}

/**
 * Begins a walk over all tasks of a loop or executor that have not ended; callbacks are none.
 *
 * @param core  &executor.core, weft_loop_core(loop), or in a coroutine weft_task_core(WEFT_SELF()).
 */
static inline weft_task_walk weft_all_tasks(weft_core *core)
{
    weft_task_walk walk = WEFT__ZERO;
    walk.groups[walk.depth++] = &weft__executor_of(core)->group;
    return walk;
}

WEFT__END_C

#endif
#endif
