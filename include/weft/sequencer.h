/* sequencer.h - for tests: coroutines that reach numbered places in order. */
/* SPDX-License-Identifier: MIT */
/*
 * A test of what happens when A comes just before B writes that order down, instead of hoping for
 * it. Places are numbered 0, 1, 2, …; who takes the turn of a place waits until the one before it
 * has ended:
 *
 *     one                                             another
 *
 *     WEFT_TRY(self->take, weft_take_turn,            WEFT_TRY(self->take, weft_take_turn,
 *              self->sequencer, &self->turn, 0);               self->sequencer, &self->turn, 1);
 *     …                                               …
 *     weft_end_turn(&self->turn);                     weft_end_turn(&self->turn);
 *     WEFT_TRY(self->take, weft_take_turn,
 *              self->sequencer, &self->turn, 2);
 *
 * Each place is taken once: a second time stops. A task that leaves in its turn ends it in FINALLY;
 * a turn that nobody takes or ends is a deadlock, which the test reports with a dump.
 */
#ifndef WEFT_SEQUENCER_H
#define WEFT_SEQUENCER_H

#include <weft/task.h>

/** The order. Zeroed: no place has been reached. */
typedef struct weft_sequencer {
    size_t next; /* the place whose turn it is, or will be */
    /* private: */
    bool is_taken;     /* it is: somebody has it */
    weft_link waiters; /* in the order of their places */
} weft_sequencer;

/** A turn that somebody has, or, zeroed, none. */
typedef struct weft_turn {
    weft_sequencer *of;
} weft_turn;

/**
 * Waits until the turn of the place before has ended, and takes that of this place.
 *
 * Status:  0, or WEFT_ECANCELED: then it has no turn, and the place may still be taken.
 * Context: coroutine.
 * Cost:    O(those that wait for later places), no allocation.
 */
struct weft_take_turn {
    WEFT_FRAME;
    weft_sequencer *sequencer; /* outlives the wait, and the turn */
    weft_turn *turn;           /* has none; it is put there: weft_end_turn() */
    size_t place;
};

WEFT__BEGIN_C

/** Ends a turn: the next place has its own. Accepts a zeroed one. Context: loop. Cost: O(1). */
static inline void weft_end_turn(weft_turn *turn);

/* How it is done. */

static inline struct weft_take_turn *weft__taker(weft_link *link)
{
    weft_task *const task = WEFT_CONTAINER(link, weft_task, link);
    return (struct weft_take_turn *)(void *)task->chain.top;
}

static inline void weft__turn_begin(weft_sequencer *sequencer, weft_turn *turn)
{
    sequencer->is_taken = true;
    turn->of = sequencer;
}

static inline void weft_end_turn(weft_turn *turn)
{
    weft_sequencer *const sequencer = turn->of;
    if (sequencer == NULL) {
        return;
    }
    turn->of = NULL;
    sequencer->is_taken = false;
    sequencer->next++;
    if (!weft_link_is_empty(&sequencer->waiters)) {
        const struct weft_take_turn *const first = weft__taker(sequencer->waiters.next);
        if (first->place == sequencer->next) {
            weft__turn_begin(sequencer, first->turn);
            weft_task *const task = weft_first_waiter(&sequencer->waiters);
            weft_wake(task);
            weft__still_touches(task, sequencer);
        }
    }
}

/* Before whom one waits for a place. */
static inline weft_link *weft__turn_place(weft_sequencer *sequencer, size_t place)
{
    weft_link *const head = &sequencer->waiters, *behind = head;
    if (head->next == NULL) {
        weft_link_init(head);
    }
    while (behind->prev != head && weft__taker(behind->prev)->place >= place) {
        behind = behind->prev;
    }
    WEFT_ASSERT(place > sequencer->next && (behind == head || weft__taker(behind)->place != place),
                "this place was taken before: each has one turn, number them 0, 1, 2, ...");
    return behind;
}

static inline WEFT_ASYNC(weft_take_turn, self)
{
    WEFT_ASSERT(self->sequencer != NULL && self->turn != NULL, "a sequencer, and room for a turn");
    WEFT_ASSERT(self->turn->of == NULL, "this turn has not ended: weft_end_turn() it first");
    WEFT_CHECKPOINT();
    if (self->place == self->sequencer->next && !self->sequencer->is_taken) {
        weft__turn_begin(self->sequencer, self->turn);
        WEFT_RETURN(0);
    }
    WEFT_PARK(weft__turn_place(self->sequencer, self->place));
    if (WEFT_STATUS() < 0 && self->turn->of != NULL) { /* chosen, then cancelled */
        self->turn->of = NULL;
        self->sequencer->is_taken = false;
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
