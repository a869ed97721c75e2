/* sync.h - waiting for each other: event, semaphore, and a signal from outside. */
/* SPDX-License-Identifier: MIT */
/*
 * What is zeroed is ready to use; nothing allocates. Who waits is served in the order in which it
 * came, and owns what it was chosen for: a permit is handed to the waiter, so nobody can come
 * between, and if that waiter is cancelled before it runs it passes the permit on.
 *
 *     self->limit = (weft_semaphore){ .permits = 8 };
 *     ...
 *     WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
 *     ...
 * WEFT_FINALLY:
 *     weft_release(&self->turn);          // accepts a hold that holds nothing
 */
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include <weft/waiter.h>

/** Something that has happened, or not yet. Zeroed: not yet. */
typedef struct weft_event {
    bool is_set;
    weft_link waiters; /* of weft_waiter */
} weft_event;

/**
 * Waits until the event is set; goes on at once if it already is.
 *
 * Status:  0, or WEFT_ECANCELED: then nothing has changed.
 * Context: coroutine.
 * Cost:    O(1), no allocation.
 */
struct weft_event_wait {
    WEFT_FRAME;
    weft_event *event; /* outlives the wait */
    /* private: */
    weft_waiter waiter;
};

/** Permits: `{ .permits = 8 }` lets eight hold it at once. */
typedef struct weft_semaphore {
    size_t permits; /* that are free */
    weft_link waiters;
} weft_semaphore;

/** A permit that is held, or, zeroed, none. */
typedef struct weft_hold {
    weft_semaphore *of;
} weft_hold;

/**
 * Waits for a permit.
 *
 * Status:  0, or WEFT_ECANCELED: then it holds nothing.
 * Context: coroutine.
 * Cost:    O(1), no allocation.
 */
struct weft_acquire {
    WEFT_FRAME;
    weft_semaphore *semaphore; /* outlives the wait, and the hold */
    weft_hold *hold;           /* holds nothing; the permit is put there: release it in FINALLY */
};

/**
 * Something that an interrupt or another thread tells, and one task awaits. Several that come
 * before the task has looked count as one. weft_signal_init() first.
 */
typedef struct weft_signal {
    weft_remote remote;
    weft_core *core;
    bool is_set;
    weft_link waiters;
} weft_signal;

/** Waits for a signal, and takes it. 0, or WEFT_ECANCELED: then the signal is still there. */
struct weft_signal_wait {
    WEFT_FRAME;
    weft_signal *signal;
};

WEFT__BEGIN_C

/** Sets the event and wakes all that wait, in the order in which they came. Those go on even if it
 *  is cleared before they run. Context: loop. */
static inline void weft_event_set(weft_event *event)
{
    event->is_set = true;
    for (weft_waiter *waiter; (waiter = weft_waiter_first(&event->waiters)) != NULL;) {
        weft_waiter_wake(waiter);
    }
}

/** Takes the event back. Context: loop. */
static inline void weft_event_clear(weft_event *event)
{
    event->is_set = false;
}

/** The task to hand a permit to: its frame is its innermost. */
static inline struct weft_acquire *weft__acquirer(weft_task *task)
{
    return (struct weft_acquire *)(void *)task->chain.top;
}

/**
 * Gives a permit back: to the one that waits longest, else to the semaphore.
 * Accepts a hold that holds nothing. Context: loop. Cost: O(1).
 */
static inline void weft_release(weft_hold *hold)
{
    weft_semaphore *const semaphore = hold->of;
    if (semaphore == NULL) {
        return;
    }
    hold->of = NULL;
    weft_task *const next = weft_first_waiter(&semaphore->waiters);
    if (next != NULL) {
        weft__acquirer(next)->hold->of = semaphore;
        weft_wake(next);
    } else {
        semaphore->permits++;
    }
}

/** Takes a permit if one is free. @return 0, or WEFT_EBUSY. Context: loop. */
static inline int weft_acquire_nowait(weft_semaphore *semaphore, weft_hold *hold)
{
    WEFT_ASSERT(hold->of == NULL, "this hold has a permit already: weft_release() it first");
    if (semaphore->permits == 0) {
        return WEFT_EBUSY;
    }
    semaphore->permits--;
    hold->of = semaphore;
    return 0;
}

static inline void weft__signal_run(weft_remote *remote)
{
    weft_signal *const signal = WEFT_CONTAINER(remote, weft_signal, remote);
    signal->is_set = true;
    (void)weft_wake_first(&signal->waiters);
}

/** Prepares a signal whose waiters run in the loop of `core`. */
static inline void weft_signal_init(weft_signal *signal, weft_core *core)
{
    weft_signal fresh = WEFT__ZERO;
    *signal = fresh;
    signal->remote.run = weft__signal_run;
    signal->core = core;
}

/** Sets a signal. Context: interrupt, any thread, loop. Cost: O(1), never fails. */
static inline void weft_signal_set(weft_signal *signal)
{
    weft_post(signal->core, &signal->remote);
}

static inline WEFT_ASYNC(weft_event_wait, self)
{
    WEFT_ASSERT(self->event != NULL, "which event?");
    WEFT_CHECKPOINT();
    if (!self->event->is_set) {
        weft_waiter_begin(&self->waiter, &self->event->waiters, WEFT_SELF());
        WEFT_PARK(NULL);
        weft_waiter_end(&self->waiter);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

static inline WEFT_ASYNC(weft_acquire, self)
{
    WEFT_ASSERT(self->semaphore != NULL && self->hold != NULL, "a semaphore, and a hold for it");
    WEFT_CHECKPOINT();
    if (weft_acquire_nowait(self->semaphore, self->hold) != 0) {
        WEFT_PARK(&self->semaphore->waiters);
        if (WEFT_STATUS() < 0) {
            weft_release(self->hold); /* chosen, then cancelled: the next one gets it */
        }
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

static inline WEFT_ASYNC(weft_signal_wait, self)
{
    WEFT_ASSERT(self->signal != NULL && self->signal->core != NULL, "weft_signal_init() it first");
    WEFT_CHECKPOINT();
    while (!self->signal->is_set) {
        self->signal->core->outside++;
        WEFT_PARK(&self->signal->waiters);
        self->signal->core->outside--;
        if (WEFT_STATUS() < 0) {
            if (self->signal->is_set) {
                (void)weft_wake_first(&self->signal->waiters);
            }
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
    self->signal->is_set = false;
}
WEFT_END

WEFT__END_C

#endif
