/* race.h - several tasks, of which the first success is wanted. */
/* SPDX-License-Identifier: MIT */
/*
 * The first that succeeds wins; the others are cancelled, and awaited:
 *
 *     WEFT_GROUP(self->group, .keep_going = true) {
 *         WEFT_TRY(self->race, weft_race,
 *                  weft_watch_tasks(self->watches, weft_prepare(&self->a, fetch, "http://mirror/"),
 *                                   weft_prepare(&self->b, fetch, "http://other/")),
 *                  .group = &self->group, .delay = WEFT_MS(250));
 *     }
 *     printf("the winner: %d\n", (int)(self->race.winner - self->watches));
 *
 * With a delay it is staggered (as happy eyeballs are, RFC 8305): the second is started when the
 * first has had so much time, or as soon as it has failed; and so on.
 *
 *     a  ──────────┬─────────────── cancelled
 *        delay     b ──── fails
 *                         c ─────── succeeds: it wins. d was never started
 *
 * The group keeps going: else the first failure would cancel those that may still win.
 */
#ifndef WEFT_RACE_H
#define WEFT_RACE_H

#include <weft/wait.h>

#if !WEFT_BARE /* see bare.h */

/**
 * Waits until one task has succeeded, cancels the others, and waits for them.
 *
 * Status:  0: `winner` tells which. If none succeeded that of the first that failed, or, if all
 *          were only cancelled, WEFT_ECANCELED; WEFT_EEMPTY if there was no task.
 * Cancelled: cancels all, and waits for them all the same: WEFT_ECANCELED, whatever failed before;
 *          but one that succeeded nevertheless has won.
 *
 * Another may have succeeded, too, before it could be cancelled: its watch has a status of 0. If
 * what tasks open outlives them, close it there. One that was not started is still prepared.
 * Cost: O(tasks) at the beginning and at the end, O(1) for each that ends.
 */
struct weft_race {
    WEFT_FRAME;
    weft_watches tasks;
    weft_time delay;    /* before the next prepared task is started; 0: all at once; WEFT_FOREVER:
                           when the one before has failed */
    weft_group *group;  /* where prepared tasks are started; else NULL */
    weft_watch *winner; /* out; NULL: none has succeeded */
    weft_watch *failed; /* out: the first that failed, before one won */
    /* private: */
    weft_watch *next, *latest; /* the next to be started, the one that was started last */
    weft_time at;              /* when it is the turn of the next */
    bool was_cancelled;
    weft__waiting waiting;
    weft__alarm alarm;
};

WEFT__BEGIN_C

/* The next from `from` on that is not watched; NULL: no further one. */
static inline weft_watch *weft__race_next(const struct weft_race *race, weft_watch *from)
{
    const weft_watch *const end = &race->tasks.each[race->tasks.count];
    weft_watch *watch = from;
    while (watch < end && (watch->task == NULL || watch->waiting != NULL)) {
        watch++;
    }
    return watch < end ? watch : NULL;
}

/* Watches one, and starts it if need be. */
static inline void weft__race_begin(struct weft_race *race, weft_watch *watch)
{
    race->waiting.pending++;
    weft__watch_begin(&race->waiting, watch);
}

static inline void weft__race_init(struct weft_race *race, weft_task *waiter)
{
    const weft_group *const group = race->group;
    weft_watch *const each = race->tasks.each;
    WEFT_ASSERT(each != NULL || race->tasks.count == 0, "a race of which tasks?");
    WEFT_ASSERT(group == NULL || group->keep_going || group->owner.ended != weft__group_ended,
                "the group of a race goes on when one fails: WEFT_GROUP(…, .keep_going = true)");
    (void)weft__waiting_init(&race->waiting, waiter, race->tasks, race->group,
                             WEFT_FIRST_COMPLETED);
    for (size_t i = 0; i < race->tasks.count; i++) {
        if (each[i].task != NULL && !weft_task_is_prepared(each[i].task)) {
            weft__race_begin(race, &each[i]);
        }
    }
    race->next = weft__race_next(race, each);
}

static inline bool weft__race_is_turn_of_next(const struct weft_race *race, weft_time now)
{
    return race->next != NULL &&
           (race->latest == NULL || race->latest->is_done || weft__is_too_late(race->at, now));
}

static inline void weft__race_start_next(struct weft_race *race, weft_time now)
{
    race->latest = race->next;
    race->at = weft_time_add(now, race->delay);
    weft__race_begin(race, race->latest);
    race->next = weft__race_next(race, &race->latest[1]);
}

/* Looks at those that have ended; true: one has won. */
static inline bool weft__race_look(struct weft_race *race)
{
    weft_watch *watch;
    while (race->winner == NULL && (watch = weft__waiting_take(&race->waiting)) != NULL) {
        if (watch->status >= 0) {
            race->winner = watch;
        } else if (race->failed == NULL ||
                   (race->failed->status == WEFT_ECANCELED && watch->status != WEFT_ECANCELED)) {
            race->failed = watch;
        }
    }
    return race->winner != NULL;
}

static inline int16_t weft__race_result(const struct weft_race *race)
{
    return race->winner != NULL   ? (int16_t)0
           : race->was_cancelled  ? (int16_t)WEFT_ECANCELED
           : race->failed != NULL ? race->failed->status
                                  : (int16_t)WEFT_EEMPTY;
}

static inline WEFT_ASYNC(weft_race, self)
{
    WEFT_CHECKPOINT();
    weft__race_init(self, WEFT_SELF());
    while (!weft__race_look(self) && !self->was_cancelled &&
           (self->waiting.pending > 0 || self->next != NULL)) {
        if (weft__race_is_turn_of_next(self, WEFT_NOW())) {
            weft__race_start_next(self, WEFT_NOW());
        } else {
            weft__alarm_arm(&self->alarm, WEFT_SELF(),
                            self->next != NULL ? self->at : WEFT_FOREVER);
            WEFT_PARK(NULL);
            weft__alarm_stop(&self->alarm);
            self->was_cancelled = WEFT_STATUS() < 0;
        }
    }
    weft__waiting_cancel(&self->waiting, self->winner != NULL
                                             ? WEFT__REASON("another task won the race")
                                             : WEFT_REASON());
    if (!self->waiting.is_met) {
        WEFT_HOLD(NULL);
    }
    (void)weft__race_look(self);
    weft__waiting_done(&self->waiting);
    WEFT_RETURN_STATUS(weft__race_result(self));
}
WEFT_END

WEFT__END_C

#endif
#endif
