/* core.h - a task, and what the tasks of one loop share. */
/* SPDX-License-Identifier: MIT */
/*
 * A task is a chain of frames with a place in a queue and an owner. What all tasks of a loop share
 * is its core: the ready queue, the timers, the time, and the door from outside.
 *
 *     core.ready <-> task.link <-> task.link            those that are ready
 *     some_list  <-> task.link                          those that wait for something
 *     group.children <-> task.sibling <-> task.sibling  all of a group's
 *
 * Sizes of a task: 80 bytes on 64 bit; 36 on 32 bit and 22 on AVR without lines.
 */
#ifndef WEFT_CORE_H
#define WEFT_CORE_H

#include <weft/link.h>
#include <weft/remote.h>
#include <weft/scope.h>

typedef struct weft_task weft_task;
typedef struct weft_core weft_core;

/**
 * Who is told when a task ends: its group, and in front of it those who join it.
 *
 *     task.owner --> join --behind--> join --behind--> group --behind--> NULL
 *
 * They are told in this order. The last is the owner proper: after it nobody touches the task.
 */
typedef struct weft_owner {
    weft_core *core;
    void (*ended)(struct weft_owner *, weft_task *);
    struct weft_owner *behind; /* NULL: the owner proper */
    union {
        struct weft_owner *last;   /* of the first in the row: the one before the owner proper */
        struct weft_owner *before; /* of the others */
    };
} weft_owner;

struct weft_task {
    weft_chain chain;
    union {
        weft_link link; /* in the ready queue or where it waits: never in both */
        int16_t status; /* once it has ended: how */
    };
    weft_owner *owner;
    weft_link sibling; /* in its group */
#if WEFT_DEBUG
    weft__held held;
#endif
};

/** Something to be told to a person: a failure nobody reads, a task that does not yield. */
typedef struct weft_report {
    const char *message;
    const weft_task *task; /* or NULL */
    const char *function, *file;
    int line;
    int status;
} weft_report;

/** What the tasks of one loop share. */
struct weft_core {
    weft_link ready;
    weft_task *current; /* the one that runs */
    weft_timers timers;
    weft_time now; /* read once a pass */
    uint16_t budget;
    uint16_t refused;   /* waits in a row that were refused */
    weft_task *refuser; /* to this task */
    uint16_t outside;   /* tasks that wait for an interrupt or another thread: no deadlock */
    weft_remote_list remote;
    void (*notify)(weft_core *); /* something was pushed: wake the loop; any thread, interrupt */
    void (*report)(weft_core *, const weft_report *); /* NULL: silence */
};

/** A task with its first frame: `WEFT_TASK(fetch) slot;`. Each use is a type of its own. */
#define WEFT_TASK(fn)                                                                              \
    struct {                                                                                       \
        weft_task task;                                                                            \
        struct fn frame;                                                                           \
    }

WEFT__BEGIN_C

/** True once the task has ended; then task->status tells how. */
static inline bool weft_task_is_done(const weft_task *task)
{
    return (task->chain.flags & WEFT__DONE) != 0;
}

/** True from spawn to the end. */
static inline bool weft_task_is_running(const weft_task *task)
{
    return (task->chain.flags & (WEFT__IS_TASK | WEFT__DONE)) == WEFT__IS_TASK;
}

/** Prepares what a loop's tasks share. */
static inline void weft_core_init(weft_core *core, weft_time now)
{
    weft_link_init(&core->ready);
    core->current = NULL;
    weft_timers_init(&core->timers, now);
    core->now = now;
    core->budget = WEFT_BUDGET;
    core->refused = 0;
    core->refuser = NULL;
    core->outside = 0;
    core->remote.first = NULL;
    core->notify = NULL;
    core->report = NULL;
}

/**
 * Has `node->run` called by the loop, soon: the wake for interrupts and other threads.
 *
 * Context: any thread, interrupt. Cost: O(1), never fails; a node that is under way already is
 * not posted twice. Owner: the caller keeps the node where it is until it has run.
 */
static inline void weft_post(weft_core *core, weft_remote *node)
{
    if (weft_remote_push(&core->remote, node) && core->notify != NULL) {
        core->notify(core);
    }
}

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

/* Tells all of them. */
static inline void weft__tell_end(weft_task *task)
{
    for (weft_owner *owner = task->owner, *behind; owner != NULL; owner = behind) {
        behind = owner->behind;
        owner->ended(owner, task);
    }
}

/* A failure has no place of its own: the line that awaits is where it began. */
static inline void weft__from_library(weft_chain *chain)
{
#if WEFT_ORIGINS
    if ((chain->flags & WEFT__SEALED) == 0) {
        chain->failed_in = NULL;
    }
#else
    (void)chain;
#endif
}

/* Tells somebody, and where: the line at which a frame stands, or where the task's failure began. */
__attribute__((cold, noinline, unused)) static void weft__report(weft_core *core,
                                                                 const weft_task *task,
                                                                 const weft_frame *frame,
                                                                 const char *message, int status)
{
    if (core->report != NULL) {
        weft_step_function *step = frame != NULL ? frame->step : NULL;
        weft_report report = WEFT__ZERO;
#if WEFT_LINES
        report.line = frame != NULL ? frame->line : 0;
#endif
#if WEFT_ORIGINS
        if (frame == NULL && task != NULL) {
            step = task->chain.failed_in;
            report.line = task->chain.failed_line;
        }
#endif
        const weft_site *const site = step != NULL ? weft_describe(step) : NULL;
        report.message = message;
        report.task = task;
        report.status = status;
        report.function = site != NULL ? site->name : "?";
        report.file = site != NULL ? site->file : "?";
        core->report(core, &report);
    }
}

WEFT__END_C

#endif
