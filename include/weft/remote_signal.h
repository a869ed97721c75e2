/* remote_signal.h - what an interrupt or another thread tells, and a task awaits. */
/* SPDX-License-Identifier: MIT */
/*
 *     static weft_signal button;
 *
 *     weft_signal_init(&button, &executor.core);
 *
 *     void on_button(void)                                 // the interrupt
 *     {
 *         weft_signal_set(&button);
 *     }
 *
 *     WEFT_TRY(self->press, weft_signal_wait, &button);    // the task
 *
 * A signal that came before somebody waits is not missed; several that come before the task has
 * looked count as one. What they are about stands somewhere else: a signal carries nothing.
 */
#ifndef WEFT_REMOTE_SIGNAL_H
#define WEFT_REMOTE_SIGNAL_H

#include <weft/waiter.h>

/**
 * Something that an interrupt or another thread tells, and one task awaits. Several that come
 * before the task has looked count as one. weft_signal_init() first. It outlives those who set it, and
 * the wait: until the task has run.
 */
typedef struct weft_signal {
    weft_remote remote;
    weft_core *core;
    bool is_set;
    weft_link waiters; /* of weft_waiter */
} weft_signal;

/** Waits for a signal, and takes it. 0, or WEFT_ECANCELED: then the signal is still there. */
struct weft_signal_wait {
    WEFT_FRAME;
    weft_signal *signal; /* outlives the wait */
    /* private: */
    weft_waiter waiter;
};

WEFT__BEGIN_C

static inline void weft__signal_tell(const weft_signal *signal)
{
    weft_waiter *const waiter = weft_waiter_next(&signal->waiters);
    if (waiter != NULL) {
        const bool is_case = weft__waiter_is_case(waiter);
        weft_waiter_wake(waiter);
        if (!is_case) { /* it will take the signal */
            weft__still_touches(waiter->task, signal);
        }
    }
}

static inline void weft__signal_run(weft_remote *remote)
{
    weft_signal *const signal = WEFT_CONTAINER(remote, weft_signal, remote);
    signal->is_set = true;
    weft__signal_tell(signal);
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

static inline WEFT_ASYNC(weft_signal_wait, self)
{
    WEFT_ASSERT(self->signal != NULL && self->signal->core != NULL, "weft_signal_init() it first");
    WEFT_CHECKPOINT();
    while (!self->signal->is_set) {
        self->signal->core->outside++;
        weft_waiter_begin(&self->waiter, &self->signal->waiters, WEFT_SELF());
        weft__still_touches(self->waiter.task, self->signal);
        WEFT_PARK(NULL);
        (void)weft_waiter_end(&self->waiter);
        self->signal->core->outside--;
        if (WEFT_STATUS() < 0) {
            if (self->signal->is_set) {
                weft__signal_tell(self->signal); /* told, then cancelled: the next one takes it */
            }
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
    self->signal->is_set = false;
}
WEFT_END

WEFT__END_C

#endif
