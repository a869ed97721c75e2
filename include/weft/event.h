/* event.h - something that has happened, or not yet. */
/* SPDX-License-Identifier: MIT */
/*
 *     weft_event ready = {0};
 *
 *     WEFT_TRY(self->wait, weft_event_wait, &ready);      // goes on at once if it is set already
 *     ...
 *     weft_event_set(&ready);                             // and all that wait go on
 *
 * Setting wakes all that wait at that moment, in the order in which they came, even if the event is
 * cleared before they run. A select can wait for one, too.
 */
#ifndef WEFT_EVENT_H
#define WEFT_EVENT_H

#include <weft/waiter.h>

/** Zeroed: not yet. It outlives those who wait: it may end once it was set, or when who was cancelled
 *  has run. */
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

WEFT__BEGIN_C

/** Sets the event and wakes all that wait, in the order in which they came. Those go on even if it
 *  is cleared before they run. Context: loop. Cost: O(1) for each of them. */
static inline void weft_event_set(weft_event *event)
{
    event->is_set = true;
    for (weft_waiter *waiter; (waiter = weft_waiter_first(&event->waiters)) != NULL;) {
        weft_waiter_wake(waiter);
    }
}

/** Takes the event back: who comes now waits for the next weft_event_set(). Context: loop. */
static inline void weft_event_clear(weft_event *event)
{
    event->is_set = false;
}

static inline WEFT_ASYNC(weft_event_wait, self)
{
    WEFT_ASSERT(self->event != NULL, "which event?");
    WEFT_CHECKPOINT();
    if (!self->event->is_set) {
        weft_waiter_begin(&self->waiter, &self->event->waiters, WEFT_SELF());
        WEFT_PARK(NULL);
        (void)weft_waiter_end(&self->waiter);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

WEFT__END_C

#endif
