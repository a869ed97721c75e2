/* core.h - a task, and what the tasks of one loop share. */
/* SPDX-License-Identifier: MIT */
/*
 * A task is a chain of frames with a place in a queue and an owner. What all tasks of a loop share
 * is its core: the ready queue, the timers, the time, and the door from outside.
 *
 *     core.ready <-> task.link <-> task.link            those that are ready, and the one that runs
 *     some_list  <-> task.link                          those that wait for something
 *     group.children <-> task.sibling <-> task.sibling  all of a group's
 *
 * Sizes of a task: 96 bytes on 64 bit, 80 without WEFT_CONTEXT; 36 on 32 bit and 22 on AVR without lines,
 * 24 and 16 with WEFT_BARE.
 */
#ifndef WEFT_CORE_H
#define WEFT_CORE_H

#include <weft/context.h>
#include <weft/link.h>
#include <weft/reason.h>
#include <weft/remote.h>
#include <weft/scope.h>

typedef struct weft_task weft_task;
typedef struct weft_core weft_core;
typedef struct weft_report weft_report; /* report.h */

/** Who is told when a task ends: its group, and in a row before it those who join it (owner.h). */
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
#if !WEFT_BARE
    weft_owner *owner;
    weft_link sibling; /* in its group */
#endif
#if WEFT_CONTEXT
    const char *name; /* for people: weft_task_set_name() */
    weft_binding *context;
#endif
#if WEFT_DEBUG
    weft__held held;  /* this task, while it runs */
    weft__held waits; /* what it waits for */
#endif
};

/* Of a task: all but who names it and what it sees, and what WEFT_DEBUG keeps. */
#if WEFT_BARE
#define WEFT__TASK_BYTES (offsetof(weft_task, link) + sizeof(weft_link))
#else
#define WEFT__TASK_BYTES (offsetof(weft_task, sibling) + sizeof(weft_link))
#endif

/* Who owns callbacks, and how many are posted: see callback.h. */
typedef struct weft__callbacks {
#if !WEFT_BARE
    weft_owner owner;
#endif
    size_t posted;
} weft__callbacks;

/** What a platform provides. */
typedef struct weft_port {
    /** The time, in ticks of WEFT_TICK_HZ; it never goes back. */
    weft_time (*now)(void *context);
    /**
     * Returns when it is `at`, or something woke this executor, or for no reason at all. With a
     * time that has passed: looks whether something came, and returns at once. It must check
     * weft_executor_is_woken() and fall asleep in one step that no interrupt can come between.
     *
     * @return false if nothing can ever come: at is WEFT_FOREVER, and there is no source of events.
     */
    bool (*sleep_until)(void *context, weft_time at);
    /** Ends a sleep_until(). Context: interrupt, any thread. May be NULL if neither is used. */
    void (*wake)(void *context);
} weft_port;

/* Operations that are left of a turn. Stored at each resume: 16 bits of a constant are two
 * instructions on x86, and 32 would be 4 bytes more on a chip. */
#if __SIZEOF_POINTER__ == 8
typedef uint32_t weft__budget;
#else
typedef uint16_t weft__budget;
#endif

/**
 * What the tasks of one loop share. What each resume looks at comes first.
 *
 * Who runs keeps its place in the queue. What gets ready meanwhile stands before it, so that who gives
 * way is behind them already: nothing is written for that.
 *
 *     ready <-> those that have run, or were woken <-> current <-> upcoming <-> … <-> ready
 */
struct weft_core {
    weft_link ready;
    weft_link *place; /* who gets ready comes before it: the link of `current`; else as upcoming */
    weft_link *upcoming; /* the next of this pass; &ready: none */
    weft_task *current;  /* the one that runs */
    weft__budget budget;
    uint16_t refused; /* waits in a row that were refused */
    uint16_t outside; /* tasks that wait for an interrupt or another thread: no deadlock */
    uint8_t eager;    /* first steps that run inside the step of another task */
    weft_remote_list remote;
    /* The first post brings it: a program without one does not have it linked. */
    void (*run_posted)(weft_remote_list *);
    weft_time now; /* read once a pass */
    /* A wait where something was cancelled, or has a deadline. The first request and the first scope
     * bring it: a program without either does not have it linked. */
    weft_step (*park_rarely)(weft_task *, weft_link *list, int how);
    weft_task *refuser; /* whose waits were refused */
    weft_timers timers;
    weft__callbacks callbacks;
#if WEFT_BARE
    size_t tasks; /* that have not ended */
#endif
    const weft_port *port;
    void *context;                                    /* the port's */
    void (*report)(weft_core *, const weft_report *); /* NULL: silence */
#if WEFT_DEBUG
    weft__notes notes;
#endif
};

/** A task with its first frame: `WEFT_TASK(fetch) slot;`. Each use is a type of its own. */
#define WEFT_TASK(fn)                                                                              \
    struct {                                                                                       \
        weft_task task;                                                                            \
        struct fn frame;                                                                           \
    }

WEFT__BEGIN_C

/**
 * Names a task, for people: dumps, reports. Default: the name of its first coroutine.
 *
 * @param name  Outlives the task. Does nothing where WEFT_CONTEXT is 0.
 * Context: loop, after it was spawned or prepared.
 */
static inline void weft_task_set_name(weft_task *task, const char *name)
{
#if WEFT_CONTEXT
    task->name = name;
#else
    (void)task, (void)name;
#endif
}

/** The name of a task: as set, else of its first coroutine; NULL where WEFT_NAMES is 0. Cost: O(depth). */
static inline const char *weft_task_name(const weft_task *task);

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

/** True from weft_prepare() until it is started. */
static inline bool weft_task_is_prepared(const weft_task *task)
{
    return (task->chain.flags & (WEFT__IS_TASK | WEFT__DONE)) == 0 && task->chain.top != NULL;
}

/* In two halves: what is larger than 80 bytes gcc for x86 clears by `rep stos`, which takes 3.5 to
 * 10 ns instead of half a one. */
static inline void weft__task_clear(weft_task *task)
{
    __builtin_memset(task, 0, WEFT__SMALL ? sizeof *task : offsetof(weft_task, link));
    if (!WEFT__SMALL) {
        __builtin_memset(&task->link, 0, sizeof *task - offsetof(weft_task, link));
    }
}

/* What stands in the ready queue is a callback, which is plain C, or a task. */
static inline bool weft__is_callback(const weft_task *task)
{
    return (task->chain.flags & WEFT__DRIVEN) != 0;
}

/** The task that runs, or NULL: none does, or a callback. Context: loop. */
static inline weft_task *weft_current_task(const weft_core *core)
{
    return core->current != NULL && !weft__is_callback(core->current) ? core->current : NULL;
}

#if WEFT_BARE
__attribute__((weak)) weft_core *weft__only; /* that of the one executor */
#endif

/** What the tasks of its loop share: for weft_post(), weft_signal_init(), weft_future_init(). Of a
 *  task that was spawned. */
static inline weft_core *weft_task_core(const weft_task *task)
{
#if WEFT_BARE
    (void)task;
    return weft__only;
#else
    return task->owner->core;
#endif
}

/* Who counts a callback: its task belongs to them. */
static inline void weft__belongs_to_callbacks(weft_task *task, weft__callbacks *callbacks)
{
#if WEFT_BARE
    (void)task, (void)callbacks;
#else
    task->owner = &callbacks->owner;
#endif
}

static inline weft__callbacks *weft__callbacks_of(const weft_task *task)
{
#if WEFT_BARE
    (void)task;
    return &weft__only->callbacks;
#else
    return WEFT_CONTAINER(task->owner, weft__callbacks, owner);
#endif
}

/* Who gets ready comes to the end of the queue. */
static inline void weft__leave_place(weft_core *core)
{
    core->place = &core->ready;
    core->upcoming = &core->ready;
}

/* Nobody runs. */
static inline void weft__rest(weft_core *core)
{
    weft__leave_place(core);
    core->current = NULL;
}

/* Takes out of the queue one that is ready and does not run. */
static inline void weft__ready_remove(weft_core *core, weft_link *link)
{
    if (core->upcoming == link) {
        core->upcoming = link->next;
    }
    if (core->place == link) {
        core->place = link->next;
    }
    weft_link_remove(link);
}

/* The same for one that is zeroed. */
static inline void weft__core_begin(weft_core *core, const weft_port *port, void *context)
{
    core->port = port;
    core->context = context;
    core->now = port->now(context);
    weft_link_init(&core->ready);
    weft__rest(core);
    weft_timers_init(&core->timers, core->now);
#if WEFT_BARE
    WEFT_ASSERT(weft__only == NULL || weft__only == core,
                "WEFT_BARE is for a program with one executor: build it without");
    weft__only = core;
#else
    core->callbacks.owner.core = core;
#endif
}

/** Prepares what a loop's tasks share. The port and its context outlive it. */
static inline void weft_core_init(weft_core *core, const weft_port *port, void *context)
{
    __builtin_memset(core, 0, sizeof *core);
    weft__core_begin(core, port, context);
}

/* What a pass begins with. What comes in meanwhile is seen by the next. */
static inline void weft__run_posted(weft_core *core)
{
    if (WEFT__SMALL) {
        void (*const run)(weft_remote_list *) = WEFT__GLANCE(core->run_posted);
        if (run != NULL && WEFT__GLANCE(core->remote.first) != NULL) {
            run(&core->remote);
        }
    } else if (WEFT__GLANCE(core->remote.first) != NULL) {
        weft__remote_run(&core->remote); /* of which there is room for a copy */
    }
}

/**
 * Has `node->run` called by the loop, soon: the wake for interrupts and other threads.
 *
 * Context: any thread, interrupt. Cost: O(1), never fails; a node that is under way already is
 * not posted twice. Owner: the caller keeps the node where it is until it has run.
 */
static inline void weft_post(weft_core *core, weft_remote *node)
{
#if WEFT__CRITICAL
    core->run_posted = weft__remote_run;
#else /* other threads may be at it, and the loop reads what stands beside it */
    if (__atomic_load_n(&core->run_posted, __ATOMIC_RELAXED) != weft__remote_run) {
        __atomic_store_n(&core->run_posted, &weft__remote_run, __ATOMIC_RELAXED);
    }
#endif
    if (weft_remote_push(&core->remote, node) && core->port->wake != NULL) {
        core->port->wake(core->context);
    }
}

/* Executors in interrupts: which is at work. The others' tasks and lists may be in any state. */
#if WEFT_PRIORITIES
extern weft_core *weft__at_work; /* NULL: none, yet. The port's WEFT_PORT_HERE defines it */
#endif

static inline weft_core *weft__set_at_work(weft_core *core)
{
#if WEFT_PRIORITIES
    weft_core *const before = weft__at_work;
    weft__at_work = core;
    return before;
#else
    return core;
#endif
}

static inline void weft__is_at_hand(const weft_core *core)
{
#if WEFT_PRIORITIES
    WEFT_ASSERT(
        weft__at_work == NULL || weft__at_work == core,
        "this task is another executor's: tell it by a weft_signal, a weft_ring, weft_post");
#else
    (void)core;
#endif
}

/* Whoever is spawned sees what the spawner sees; at its end it lets go of it. */
static inline void weft__inherit_context(weft_task *task, const weft_task *spawner)
{
#if WEFT_CONTEXT
    weft_binding *const context = spawner != NULL ? spawner->context : NULL;
    task->context = context;
    if (WEFT__RARE(context != NULL)) {
        context->seen++;
        task->chain.flags |= WEFT__TIDIES;
    }
#else
    (void)task, (void)spawner;
#endif
}

#if WEFT_CONTEXT
/** Gives a task, right after its spawn, another context than that of its spawner; NULL: none. */
static inline void weft_task_set_context(weft_task *task, weft_binding *context)
{
    weft__context_move(&task->context, context);
    task->chain.flags |= WEFT__TIDIES;
}

/** The context of the task or callback that runs; NULL: nothing is bound. Context: loop. */
static inline weft_binding *weft_current_context(const weft_core *core)
{
    return core->current != NULL ? core->current->context : NULL;
}

static inline weft_binding **weft__context_of(weft_task *task)
{
    return &task->context;
}
#endif

/* The frame `levels` above the innermost, or the outermost. */
static inline const weft_frame *weft__frame_above(const weft_chain *chain, size_t levels)
{
    const weft_frame *frame = chain->top;
    for (; levels > 0 && frame->caller != NULL; levels--) {
        frame = frame->caller;
    }
    return frame;
}

static inline const char *weft_task_name(const weft_task *task)
{
    const weft_site *site = NULL;
#if WEFT_CONTEXT
    if (task->name != NULL) {
        return task->name;
    }
#endif
    if (task->chain.top != NULL) {
        site = weft_describe(weft__frame_above(&task->chain, SIZE_MAX)->step);
    }
    return site != NULL ? weft_site_name(site) : NULL;
}

WEFT__END_C

#endif
