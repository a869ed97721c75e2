/* finished.h - the tasks of a group, one after the other as they end. */
/* SPDX-License-Identifier: MIT */
/*
 * A group can keep those of its tasks that have ended in a list, until they are taken. It needs no
 * array, and no number of tasks that is known beforehand:
 *
 *     typedef WEFT_TASK(fetch) fetch_task;
 *
 *     WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
 *         WEFT_CHECK(weft_spawn_in(&self->group, self->pool, fetch, "http://one/"));
 *         WEFT_CHECK(weft_spawn_in(&self->group, self->pool, fetch, "http://two/"));
 *         WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
 *             use(WEFT_CONTAINER(self->next.task, fetch_task, task));
 *         }
 *     }
 *
 * The body may start further ones. The slot of a task stays in use until the task is taken, so a
 * pool limits also how many results may wait. Taken, the task is as any that has ended.
 *
 * What is not taken stays in the list when the block ends. So all failures of a group can be looked
 * at behind it (Python has an ExceptionGroup for that):
 *
 *     while ((task = weft_group_next_finished_nowait(&self->group)) != NULL) {
 *         if (task->status < 0) …
 *     }
 */
#ifndef WEFT_FINISHED_H
#define WEFT_FINISHED_H

#include <weft/generator.h>
#include <weft/group.h>

#if !WEFT_BARE /* see bare.h */

/**
 * Yields the tasks of a group in the order of their ends; it ends when none is left and none runs.
 *
 * Several may take from one group: each task goes to one of them, and they are served in order.
 * A group whose only task that runs is the one that asks waits for ever.
 *
 * Fails: WEFT_ECANCELED; then nothing was taken.
 * Cost:  O(1) for each.
 */
struct weft_group_next_finished {
    WEFT_FRAME;
    weft_group *group; /* with a .finished; outlives the loop */
    weft_task *task;   /* the value: it has ended, its slot is free now */
};

WEFT__BEGIN_C

static inline weft_task *weft__finished_take(weft_finished *finished)
{
    weft_link *const link = finished->tasks.next;
    weft_link_remove(link);
    link->next = NULL; /* it may be moved now */
    return WEFT_CONTAINER(link, weft_task, sibling);
}

/** Takes the task that ended first, or NULL. Context: loop. Cost: O(1). */
static inline weft_task *weft_group_next_finished_nowait(weft_group *group)
{
    weft_finished *const finished = group->finished;
    WEFT_ASSERT(finished != NULL, "the group needs a list: WEFT_GROUP(…, .finished = &list)");
    if (finished->unclaimed == 0) {
        return NULL;
    }
    finished->unclaimed--;
    return weft__finished_take(finished);
}

static inline WEFT_ASYNC(weft_group_next_finished, self)
{
    WEFT_ASSERT(self->group != NULL, "of which group?");
    for (;;) {
        WEFT_CHECKPOINT();
        self->task = weft_group_next_finished_nowait(self->group);
        if (self->task == NULL) {
            if (!weft__group_goes_on(self->group)) {
                break;
            }
            WEFT_PARK(&self->group->finished->takers);
            if (WEFT_STATUS() == WEFT_EEND) {
                break;
            } else if (WEFT_STATUS() < 0) {
                WEFT_RETURN_STATUS(WEFT_STATUS());
            }
            self->task = weft__finished_take(self->group->finished);
        }
        WEFT_YIELD(self->task);
    }
}
WEFT_END

WEFT__END_C

#endif
#endif
