/* wait.h - waiting for some or all of several tasks. */
/* SPDX-License-Identifier: MIT */
/*
 * The tasks belong to a group, whoever waits for them; a *watch* for each of them is a member of
 * the frame that waits, and tells how its task ended:
 *
 *     struct program { WEFT_FRAME; weft_group group; WEFT_TASK(fetch) a, b; weft_watch watches[2];
 *                      struct weft_wait wait; };
 *
 *     WEFT_TRY(self->wait, weft_wait,
 *              weft_watch_tasks(self->watches, &self->a.task, &self->b.task),
 *              .until = WEFT_FIRST_COMPLETED, .timeout = WEFT_S(5));
 *     if (self->watches[0].is_done) {
 *         use(self->watches[0].status, &self->a.frame);
 *     }
 *
 * All that wait for several tasks work on such a set:
 *
 *     weft_wait          until some have ended; touches none of them
 *     weft_gather        all of them, or the first failure                         gather.h
 *     weft_as_completed  one after the other, as they end                          as_completed.h
 *     weft_race          the first success; the others are cancelled               race.h
 *
 * A task may stand in a set more than once, and in several sets; it runs once. A watch without a
 * task (NULL) counts for nothing: so one that was dealt with can be taken out of the next wait. A
 * task that is only prepared (weft_prepare) is started, in the `.group` that is given.
 */
#ifndef WEFT_WAIT_H
#define WEFT_WAIT_H

#include <weft/spawn.h>
#include <weft/timer.h>

#if !WEFT_BARE /* see bare.h */

struct weft__waiting;

/** One task of a set that is waited for, and how it ended. It stays where it is during the wait. */
typedef struct weft_watch {
    weft_task *task; /* NULL: none */
    bool is_done;    /* it had ended when the one who waited went on */
    int16_t status;  /* then: how */
    /* private: */
    weft_owner watcher;
    struct weft__waiting *waiting;
    struct weft_watch *next; /* in the order of the ends */
} weft_watch;

/** A set: `count` watches, each with its task. They may also be filled by hand. */
typedef struct weft_watches {
    weft_watch *each;
    size_t count;
} weft_watches;

/**
 * A set of the tasks that are listed.
 *
 * @param place  An array of weft_watch, not a pointer to one, with room for all of them.
 */
#ifdef __cplusplus
#define weft_watch_tasks(place, ...) weft__watch_list(place, {__VA_ARGS__})
#else
#define weft_watch_tasks(place, ...)                                                               \
    weft__watch_tasks(place, sizeof(place) / sizeof *(place), (weft_task *const[]){__VA_ARGS__},   \
                      sizeof((weft_task *const[]){__VA_ARGS__}) / sizeof(weft_task *))
#endif

/** A set of the tasks in `slots[0]` to `slots[count - 1]`; `place` has room for so many watches. */
#define weft_watch_slots(place, slots, count)                                                      \
    weft__watch_slots(place, &(slots)[0].task, sizeof *(slots), count)

/** When a weft_wait is over; also when all have ended. */
enum weft_until {
    WEFT_ALL_COMPLETED,   /* all have ended: the default */
    WEFT_FIRST_COMPLETED, /* one has ended, however */
    WEFT_FIRST_EXCEPTION, /* one has failed; to be cancelled does not count */
    WEFT_FIRST_FAILURE,   /* the same, but it does */
    WEFT_FIRST_SUCCESS    /* one has ended with 0 */
};

/* Waits for a set. */
typedef struct weft__waiting {
    weft_watches tasks;
    weft_group *group;
    weft_task *waiter;        /* NULL: it waits for something else now, and must not be woken */
    weft_watch *first, *last; /* that have ended, in that order */
    size_t pending;           /* watched, and not ended */
    uint8_t until;            /* enum weft_until */
    bool is_met;              /* what it waits for has happened */
#if WEFT_DEBUG
    weft__held held; /* the watches */
#endif
} weft__waiting;

/* A limit of time. */
typedef struct weft__alarm {
    weft_timer timer;
    weft_task *waiter;
} weft__alarm;

/**
 * Waits until some of the tasks have ended (asyncio.wait). What their statuses are is not its
 * affair, and it cancels none, also if it is cancelled itself: each watch tells, then as well.
 *
 * Status: 0, also when the time was up: then `pending` is not 0; WEFT_ECANCELED.
 * Does not wait if what it is to wait for has happened already, or if there is no task.
 * Cost: O(tasks) at the beginning and at the end, O(1) for each that ends.
 */
struct weft_wait {
    WEFT_FRAME;
    weft_watches tasks;
    enum weft_until until;
    weft_time timeout; /* at most so long; 0 or WEFT_FOREVER: no limit; less than 0: only looks.
                          What is computed may be 0 by chance: better a WEFT_MOVE_ON around it */
    weft_group *group; /* where prepared tasks are started; else NULL */
    size_t pending;    /* out: how many have not ended */
    /* private: */
    weft__waiting waiting;
    weft__alarm alarm;
};

#ifdef __cplusplus
template <size_t room, size_t count>
static inline weft_watches weft__watch_list(weft_watch (&place)[room],
                                            weft_task *const (&tasks)[count])
{
    static_assert(count <= room, "more tasks than watches: give the array more room");
    for (size_t i = 0; i < count; i++) {
        place[i].task = tasks[i];
    }
    return weft_watches{place, count};
}
#endif

WEFT__BEGIN_C

static inline weft_watches weft__watch_tasks(weft_watch *place, size_t room,
                                             weft_task *const *tasks, size_t count)
{
    const weft_watches set = {place, count};
    WEFT_ASSERT(count <= room, "more tasks than watches: give the array more room");
    for (size_t i = 0; i < count; i++) {
        place[i].task = tasks[i];
    }
    return set;
}

static inline weft_watches weft__watch_slots(weft_watch *place, weft_task *first, size_t size_bytes,
                                             size_t count)
{
    const weft_watches set = {place, count};
    for (size_t i = 0; i < count; i++) {
        place[i].task = (weft_task *)(void *)((unsigned char *)(void *)first + i * size_bytes);
    }
    return set;
}

static inline bool weft__is_met_by(const weft__waiting *waiting, int16_t status)
{
    const uint8_t until = waiting->until;
    return waiting->pending == 0 || until == WEFT_FIRST_COMPLETED ||
           (until == WEFT_FIRST_SUCCESS && status >= 0) ||
           (until == WEFT_FIRST_FAILURE && status < 0) ||
           (until == WEFT_FIRST_EXCEPTION && status < 0 && status != WEFT_ECANCELED);
}

static inline void weft__watch_note(weft_watch *watch, weft_task *task)
{
    weft__waiting *const waiting = watch->waiting;
    watch->is_done = true;
    watch->status = task->status;
    *(waiting->first == NULL ? &waiting->first : &waiting->last->next) = watch;
    waiting->last = watch;
    waiting->pending--;
    waiting->is_met = waiting->is_met || weft__is_met_by(waiting, watch->status);
}

static inline void weft__watch_ended(weft_owner *watcher, weft_task *task)
{
    weft_watch *const watch = WEFT_CONTAINER(watcher, weft_watch, watcher);
    task->chain.flags |= WEFT__WAS_JOINED;
    weft__watch_note(watch, task);
    if (watch->waiting->is_met && watch->waiting->waiter != NULL) {
        weft_wake_final(watch->waiting->waiter, 0); /* an end cannot be undone */
    }
}

/* Starts the task if it is only prepared, and watches it; `pending` counts it already. */
static inline void weft__watch_begin(weft__waiting *waiting, weft_watch *watch)
{
    weft_task *const task = watch->task;
    WEFT_ASSERT(task != waiting->waiter, "a task cannot wait for its own end");
    weft__needs_group(task, waiting->group);
    watch->waiting = waiting;
    watch->watcher.ended = weft__watch_ended;
    if (weft_task_is_prepared(task)) {
        (void)weft_spawn_prepared(waiting->group, task);
    }
    if (weft_task_is_done(task)) {
        weft__watch_note(watch, task);
    } else {
        weft__watch_end(task, &watch->watcher);
    }
}

static inline void weft__watch_reset(weft_watch *watch)
{
    watch->is_done = false;
    watch->status = 0;
    watch->waiting = NULL;
    watch->next = NULL;
}

/* Prepares to wait: nothing is watched yet. @return how many tasks there are. */
static inline size_t weft__waiting_init(weft__waiting *waiting, weft_task *waiter,
                                        weft_watches tasks, weft_group *group,
                                        enum weft_until until)
{
    size_t count = 0;
    waiting->tasks = tasks;
    waiting->group = group;
    waiting->waiter = waiter;
    waiting->until = (uint8_t)until;
#if WEFT_DEBUG
    weft__note(waiter->chain.notes, &waiting->held, tasks.each, WEFT__HELD_WAIT);
#endif
    for (size_t i = 0; i < tasks.count; i++) {
        weft__watch_reset(&tasks.each[i]);
        count += tasks.each[i].task != NULL ? 1U : 0U;
    }
    return count;
}

/* Watches all tasks, in their order. @return how many. */
static inline size_t weft__waiting_begin(weft__waiting *waiting, weft_task *waiter,
                                         weft_watches tasks, weft_group *group,
                                         enum weft_until until)
{
    const size_t count = weft__waiting_init(waiting, waiter, tasks, group, until);
    waiting->pending = count;
    waiting->is_met = count == 0;
    for (size_t i = 0; i < tasks.count; i++) {
        if (tasks.each[i].task != NULL) {
            weft__watch_begin(waiting, &tasks.each[i]);
        }
    }
    return count;
}

/* True while the task of a watch is watched. */
static inline bool weft__watch_is_open(const weft_watch *watch)
{
    return watch->waiting != NULL && !watch->is_done;
}

/* The watches are not needed any more. */
static inline void weft__waiting_done(weft__waiting *waiting)
{
#if WEFT_DEBUG
    weft__unnote(&waiting->held);
#else
    (void)waiting;
#endif
}

/* Watches no longer. */
static inline void weft__waiting_end(weft__waiting *waiting)
{
    weft__waiting_done(waiting);
    for (size_t i = 0; i < waiting->tasks.count; i++) {
        weft_watch *const watch = &waiting->tasks.each[i];
        if (weft__watch_is_open(watch)) {
            weft__unwatch_end(watch->task, &watch->watcher);
            watch->waiting = NULL;
        }
    }
}

/* Hands a cancellation down to all that have not ended, and waits for all of them from now on. */
static inline void weft__waiting_cancel(weft__waiting *waiting, const weft_reason *reason)
{
    waiting->until = WEFT_ALL_COMPLETED;
    waiting->is_met = waiting->pending == 0;
    for (size_t i = 0; i < waiting->tasks.count; i++) {
        weft_watch *const watch = &waiting->tasks.each[i];
        if (weft__watch_is_open(watch)) {
            weft__hand_down(watch->task, reason);
        }
    }
}

/* The next that has ended, in the order of the ends; NULL: none yet. */
static inline weft_watch *weft__waiting_take(weft__waiting *waiting)
{
    weft_watch *const watch = waiting->first;
    if (watch != NULL) {
        waiting->first = watch->next;
    }
    return watch;
}

static inline void weft__alarm_fire(weft_timer *timer)
{
    weft_wake(WEFT_CONTAINER(timer, weft__alarm, timer)->waiter);
}

/* Ends the wait that begins now when it is `at`. */
static inline void weft__alarm_arm(weft__alarm *alarm, weft_task *waiter, weft_time at)
{
    alarm->waiter = waiter;
    alarm->timer.fire = weft__alarm_fire;
    if (at != WEFT_FOREVER) {
        weft_timers_arm(&weft_task_core(waiter)->timers, &alarm->timer, at);
    }
}

static inline void weft__alarm_stop(weft__alarm *alarm)
{
    if (alarm->waiter != NULL) {
        weft_timers_cancel(&weft_task_core(alarm->waiter)->timers, &alarm->timer);
    }
}

static inline bool weft__is_too_late(weft_time at, weft_time now)
{
    return at != WEFT_FOREVER && !weft_time_is_before(now, at);
}

/* A limit where 0 is none, from now on. */
static inline weft_time weft__timeout_at(weft_time timeout, weft_time now)
{
    return timeout == 0 ? WEFT_FOREVER : weft_time_add(now, timeout);
}

static inline WEFT_ASYNC(weft_wait, self)
{
    WEFT_ASSERT(self->tasks.each != NULL || self->tasks.count == 0, "wait for which tasks?");
    WEFT_CHECKPOINT();
    (void)weft__waiting_begin(&self->waiting, WEFT_SELF(), self->tasks, self->group, self->until);
    weft__c->status = 0;
    if (!self->waiting.is_met && self->timeout >= 0) {
        weft__alarm_arm(&self->alarm, WEFT_SELF(), weft__timeout_at(self->timeout, WEFT_NOW()));
        WEFT_PARK(NULL);
        weft__alarm_stop(&self->alarm);
    }
    self->pending = self->waiting.pending;
    weft__waiting_end(&self->waiting);
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
#endif
