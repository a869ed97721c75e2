/* case_kinds.h - what a select can wait for. */
/* SPDX-License-Identifier: MIT */
/*
 * Each of these sets a case up for one select, and returns it:
 *
 *     WEFT_CASES(weft_on_receive(&self->came, &self->in, &self->item),
 *                weft_on_timer(&self->late, WEFT_S(1)))
 *
 * What is waited for outlives the wait. Context: coroutine. Cost: O(1), no allocation.
 */
#ifndef WEFT_CASE_KINDS_H
#define WEFT_CASE_KINDS_H

#include <weft/case.h>
#include <weft/channel.h>
#include <weft/event.h>
#include <weft/future.h>
#include <weft/remote_signal.h>

WEFT__BEGIN_C

/** The next item is received into *item: see weft_receive. */
static inline weft_case *weft_on_receive(weft_case *place, weft_receiver *receiver, void *item);

/** A copy of *item, as it is then, is sent: see weft_send. */
static inline weft_case *weft_on_send(weft_case *place, weft_sender *sender, const void *item);

/** The event is set; or it was, during the wait. */
static inline weft_case *weft_on_event(weft_case *place, weft_event *event);

/** The future is done, with its status, which counts as read. Cancelling the select leaves the future
 *  alone. */
static inline weft_case *weft_on_future(weft_case *place, weft_future *future);

/** The signal is set, by an interrupt or another thread, and is taken. */
static inline weft_case *weft_on_signal(weft_case *place, weft_signal *signal);

/** So much time has passed since the select began; 0 or less: at once. WEFT_FOREVER: never. */
static inline weft_case *weft_on_timer(weft_case *place, weft_time after);

/** It is that time of weft_now(), or later. WEFT_FOREVER: never. */
static inline weft_case *weft_on_timer_at(weft_case *place, weft_time at);

#if !WEFT_BARE
/** The task has ended, with its status. Watching is not owning: cancelling the select leaves the
 *  task alone. */
static inline weft_case *weft_on_task(weft_case *place, weft_task *task);
#endif

/* How it is done. */

/* --- channels --------------------------------------------------------------------------------- */

static inline bool weft__on_receive_is_ready(weft_case *self)
{
    const weft_channel *const channel = ((weft_receiver *)self->of)->channel;
    return channel == NULL || channel->size > 0 || channel->open_senders == 0 ||
           weft__channel_first(&channel->senders) != NULL;
}

static inline int weft__on_receive_take(weft_case *self)
{
    return weft_receive_nowait((weft_receiver *)self->of, self->at_channel.to);
}

static inline void weft__on_receive_arm(weft_case *self)
{
    weft_receiver *const receiver = (weft_receiver *)self->of;
    weft__channel_wait(&self->at_channel, &receiver->channel->receivers, &receiver->waiting);
}

static inline bool weft__on_send_is_ready(weft_case *self)
{
    const weft_channel *const channel = ((weft_sender *)self->of)->channel;
    return channel == NULL || channel->size < channel->capacity || channel->open_receivers == 0 ||
           weft__channel_first(&channel->receivers) != NULL;
}

static inline int weft__on_send_take(weft_case *self)
{
    return weft_send_nowait((weft_sender *)self->of, self->at_channel.from);
}

static inline void weft__on_send_arm(weft_case *self)
{
    weft_sender *const sender = (weft_sender *)self->of;
    weft__channel_wait(&self->at_channel, &sender->channel->senders, &sender->waiting);
}

static inline void weft__on_channel_disarm(weft_case *self)
{
    weft__channel_unwait(&self->at_channel);
}

static inline weft_case *weft_on_receive(weft_case *place, weft_receiver *receiver, void *item)
{
    static const weft_case_kind kind = {weft__on_receive_is_ready, weft__on_receive_arm,
                                        weft__on_receive_take, NULL, weft__on_channel_disarm};
    WEFT_ASSERT(receiver != NULL && item != NULL, "a receiver, and room for an item");
    weft_case_init(place, &kind, receiver)->at_channel.to = item;
    return place;
}

static inline weft_case *weft_on_send(weft_case *place, weft_sender *sender, const void *item)
{
    static const weft_case_kind kind = {weft__on_send_is_ready, weft__on_send_arm,
                                        weft__on_send_take, NULL, weft__on_channel_disarm};
    WEFT_ASSERT(sender != NULL && item != NULL, "a sender, and an item for it");
    weft_case_init(place, &kind, sender)->at_channel.from = item;
    return place;
}

/* --- events, signals -------------------------------------------------------------------------- */

static inline bool weft__on_event_is_ready(weft_case *self)
{
    return ((const weft_event *)self->of)->is_set;
}

static inline void weft__on_event_arm(weft_case *self)
{
    weft_case_hang(self, &((weft_event *)self->of)->waiters);
}

static inline weft_case *weft_on_event(weft_case *place, weft_event *event)
{
    static const weft_case_kind kind = {weft__on_event_is_ready, weft__on_event_arm, NULL, NULL,
                                        NULL};
    WEFT_ASSERT(event != NULL, "which event?");
    return weft_case_init(place, &kind, event);
}

static inline bool weft__on_signal_is_ready(weft_case *self)
{
    return ((const weft_signal *)self->of)->is_set;
}

static inline int weft__on_signal_take(weft_case *self)
{
    ((weft_signal *)self->of)->is_set = false;
    return 0;
}

/* As long as it waits this is no deadlock. */
static inline void weft__on_signal_arm(weft_case *self)
{
    weft_signal *const signal = (weft_signal *)self->of;
    signal->core->outside++;
    weft_case_hang(self, &signal->waiters);
}

static inline void weft__on_signal_disarm(weft_case *self)
{
    weft_case_core(self)->outside--; /* the signal may be gone, if the select was cancelled */
}

static inline int weft__on_signal_told(weft_case *self)
{
    weft__on_signal_disarm(self);
    return weft__on_signal_take(self);
}

static inline weft_case *weft_on_signal(weft_case *place, weft_signal *signal)
{
    static const weft_case_kind kind = {weft__on_signal_is_ready, weft__on_signal_arm,
                                        weft__on_signal_take, weft__on_signal_told,
                                        weft__on_signal_disarm};
    WEFT_ASSERT(signal != NULL && signal->core != NULL, "weft_signal_init() it first");
    return weft_case_init(place, &kind, signal);
}

/* --- futures ---------------------------------------------------------------------------------- */

static inline bool weft__on_future_is_ready(weft_case *self)
{
    return weft_future_is_done((const weft_future *)self->of);
}

/* Ready or told: behind it the future may be released before the select runs. */
static inline int weft__on_future_status(weft_case *self)
{
    return weft_future_status((weft_future *)self->of);
}

static inline void weft__on_future_arm(weft_case *self)
{
    weft_future *const future = (weft_future *)self->of;
    if (future->core == NULL) {
        future->core = weft_case_core(self);
    }
    weft_case_hang(self, &future->waiters);
}

static inline weft_case *weft_on_future(weft_case *place, weft_future *future)
{
    static const weft_case_kind kind = {weft__on_future_is_ready, weft__on_future_arm,
                                        weft__on_future_status, weft__on_future_status, NULL};
    WEFT_ASSERT(future != NULL, "which future?");
    return weft_case_init(place, &kind, future);
}

/* --- time ------------------------------------------------------------------------------------- */

/* A duration begins with the select: `of` says that it is one. */
static inline bool weft__on_timer_is_ready(weft_case *self)
{
    weft_timer *const timer = &self->at_timer.timer;
    const weft_time now = weft_case_core(self)->now;
    if (self->of != NULL) {
        timer->at = weft_time_add(now, timer->at);
    }
    return timer->at != WEFT_FOREVER && !weft_time_is_before(now, timer->at);
}

static inline void weft__on_timer_arm(weft_case *self)
{
    weft_timer *const timer = &self->at_timer.timer;
    if (timer->at != WEFT_FOREVER) {
        weft_timers_arm(&weft_case_core(self)->timers, timer, timer->at);
    }
}

static inline void weft__on_timer_disarm(weft_case *self)
{
    weft_timers_cancel(&weft_case_core(self)->timers, &self->at_timer.timer);
}

static inline void weft__on_timer_fire(weft_timer *timer)
{
    weft_waiter_choose(&WEFT_CONTAINER(timer, weft_case, at_timer.timer)->waiter, 0);
}

static inline weft_case *weft_on_timer_at(weft_case *place, weft_time at)
{
    static const weft_case_kind kind = {weft__on_timer_is_ready, weft__on_timer_arm, NULL, NULL,
                                        weft__on_timer_disarm};
    (void)weft_case_init(place, &kind, NULL);
    place->at_timer.timer.fire = weft__on_timer_fire;
    place->at_timer.timer.at = at;
    return place;
}

static inline weft_case *weft_on_timer(weft_case *place, weft_time after)
{
    weft_on_timer_at(place, after)->of = place;
    return place;
}

/* --- tasks ------------------------------------------------------------------------------------ */

#if !WEFT_BARE
static inline bool weft__on_task_is_ready(weft_case *self)
{
    const weft_task *const task = (const weft_task *)self->of;
    WEFT_ASSERT(task != self->waiter.task, "await the end of another task");
    return !weft_task_is_running(task);
}

static inline int weft__on_task_take(weft_case *self)
{
    weft_task *const task = (weft_task *)self->of;
    return weft_task_is_done(task) ? task->status : 0;
}

/* Its slot may be used again before the select runs, if that was cancelled. */
static inline void weft__on_task_ended(weft_owner *watcher, weft_task *task)
{
    weft_case *const self = WEFT_CONTAINER(watcher, weft_case, at_task.watcher);
    self->is_armed = false;
    task->chain.flags |= WEFT__WAS_JOINED;
    weft_waiter_choose(&self->waiter, task->status);
}

static inline void weft__on_task_arm(weft_case *self)
{
    self->at_task.watcher.ended = weft__on_task_ended;
    weft__watch_end((weft_task *)self->of, &self->at_task.watcher);
}

/* One that has ended is just telling all that stand in its row. */
static inline void weft__on_task_disarm(weft_case *self)
{
    weft_task *const task = (weft_task *)self->of;
    if (!weft_task_is_done(task)) {
        weft__unwatch_end(task, &self->at_task.watcher);
    }
}

static inline weft_case *weft_on_task(weft_case *place, weft_task *task)
{
    static const weft_case_kind kind = {weft__on_task_is_ready, weft__on_task_arm,
                                        weft__on_task_take, NULL, weft__on_task_disarm};
    WEFT_ASSERT(task != NULL, "which task?");
    return weft_case_init(place, &kind, task);
}
#endif

WEFT__END_C

#endif
