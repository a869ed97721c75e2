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

#include <weft/at_once.h>
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

#define WEFT__FIRST_OF_weft_event_wait , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_event_wait);

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

/* --- its first step: see at_once.h ------------------------------------------------------------- */

static WEFT__APART weft_step weft__event_slowly(struct weft_event_wait *self, weft_chain *chain,
                                                weft_event *event)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_event_wait, .event = event);
}

static WEFT__APART weft_step weft__first_weft_event_wait(struct weft_event_wait *self,
                                                         weft_chain *chain, weft_event *event)
{
    if (WEFT__RARE(!weft__begins_at_once(chain) || event == NULL)) {
        return weft__event_slowly(self, chain, event);
    }
    if (event->is_set) {
        return weft__done_at_once(&self->weft, chain);
    }
    self->event = event;
    weft_waiter_begin(&self->waiter, &event->waiters, weft__task(chain));
    return WEFT__WAIT_FIRST(&self->weft, weft_event_wait, chain, NULL);
}
WEFT__FIRST_STEP(weft_event_wait, given.event)

static inline WEFT_ASYNC(weft_event_wait, self)
{
    WEFT_ASSERT(self->event != NULL, "which event?");
    WEFT_CHECKPOINT();
    if (!self->event->is_set) {
        weft_waiter_begin(&self->waiter, &self->event->waiters, WEFT_SELF());
        WEFT__PARK_FIRST(NULL);
        (void)weft_waiter_end(&self->waiter);
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
}
WEFT_END

WEFT__END_C

#endif
