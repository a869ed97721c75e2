/* start.h - starting a task, and waiting until it is ready. */
/* SPDX-License-Identifier: MIT */
/*
 * A server is of use once it listens. So its task says when it is ready, and what others must know
 * stands in its frame by then:
 *
 *     struct server { WEFT_FRAME; weft_ready ready; uint16_t port; … };
 *
 *     static WEFT_ASYNC(server, self)
 *     {
 *         WEFT_TRY(self->listen, weft_listen, …);
 *         self->port = …;
 *         weft_started(&self->ready);
 *         …
 *     }
 *     WEFT_END
 *
 *     WEFT_TRY(self->start, weft_start, &self->group, weft_prepare(&self->slot, server),
 *              &self->slot.frame.ready);
 *     connect_to(self->slot.frame.port);
 *
 *     prepared ──> in a group of weft_start's own ──weft_started──> in the group that was asked for
 *                          │                                                      │
 *                          └── fails: the status of weft_start                    └── fails: the
 *                              alone, that group has not seen it                      group's
 *
 * Where the same coroutine is spawned in the ordinary way nobody waits, and weft_started() does
 * nothing.
 */
#ifndef WEFT_START_H
#define WEFT_START_H

#include <weft/spawn.h>

#if !WEFT_BARE /* see bare.h */

struct weft_start;

/** By which a task says that it is ready: a member of its first frame. Zeroed: not yet. */
typedef struct weft_ready {
    bool is_ready;
    /* private: */
    struct weft_start *start; /* who waits; NULL: nobody */
} weft_ready;

/**
 * Starts a task, and waits until it is ready (Trio: nursery.start). From then on it is one of
 * `group`, as if it had been spawned there. Until then the group does not end; one that is cancelled
 * meanwhile cancels the task when it becomes ready.
 *
 * Status: 0; that of the task if it fails before it is ready; WEFT_ENOTREADY if it ends without
 *         having said that it is ready; WEFT_ECANCELED, WEFT_EGROUP if the group takes none.
 * Cancelled: cancels the task, and waits for it all the same. If it has become ready before, that
 *         has happened, and the cancellation meets the next wait.
 */
struct weft_start {
    WEFT_FRAME;
    weft_group *group;
    weft_task *task;   /* weft_prepare() */
    weft_ready *ready; /* in the frame of the task */
    /* private: */
    weft_group *kept_open; /* the group, once it is */
    bool is_ready;
    weft_group nursery;
};

WEFT__BEGIN_C

/* It becomes a task of the group. */
static inline void weft__start_move(struct weft_start *start)
{
    weft_group *const group = start->group;
    weft_task *const task = start->task;
    weft_link_remove(&task->sibling);
    weft_link_insert(&group->children, &task->sibling);
    weft__change_owner(task, &group->owner);
    start->is_ready = true;
    if (group->is_cancelled) {
        (void)weft_task_cancel_because(task, "the group in which it started is cancelled");
    }
    weft__group_settle(&start->nursery);
}

/* Whoever waits was cancelled before: it will cancel the task. */
static inline bool weft__start_is_cancelled(const struct weft_start *start)
{
    const weft_chain *const chain = &start->nursery.scope.task->chain;
    return start->nursery.is_cancelled || (chain->wait & WEFT__READY) != 0;
}

/** Says that this task is ready; once. Whoever waits in weft_start goes on. Context: loop. */
static inline void weft_started(weft_ready *ready)
{
    struct weft_start *const start = ready->start;
    WEFT_ASSERT(!ready->is_ready, "weft_started() once");
    ready->is_ready = true;
    ready->start = NULL;
    if (start != NULL && !weft__start_is_cancelled(start)) {
        weft__start_move(start);
    }
}

static inline WEFT_ASYNC(weft_start, self)
{
    WEFT_ASSERT(self->group != NULL && self->task != NULL && self->ready != NULL,
                "a group, a task that is prepared, and the weft_ready in its frame");
    if (self->group->owner.core == NULL || self->group->is_cancelled) {
        WEFT_RETURN_STATUS(weft_spawn_prepared(self->group, self->task)); /* which refuses */
    }
    self->kept_open = self->group;
    self->group->starting++;
    self->ready->start = self;
    WEFT_GROUP(self->nursery, .eager = self->group->eager) {
        (void)weft_spawn_prepared(&self->nursery, self->task);
    }
    WEFT_RETURN_STATUS(self->is_ready ? 0 : WEFT_ENOTREADY);
WEFT_FINALLY:
    if (self->kept_open != NULL) {
        self->kept_open->starting--;
        weft__group_settle(self->kept_open);
    }
}
WEFT_END

WEFT__END_C

#endif
#endif
