/* channel_ends.h - who may still send on a channel, who may still receive. */
/* SPDX-License-Identifier: MIT */
/*
 * A channel (see channel.h) is opened with one sender and one receiver. Both can be cloned, and each
 * clone is closed by itself:
 *
 *     open_senders  3  ──>  ..., 2, 1, 0: what was sent is received, then WEFT_EEND
 *     open_receivers 2 ──>  1, 0: WEFT_EBROKEN for those who send
 *
 * Hand out clones, one for each task that is to close it by itself, and close your own:
 *
 *     weft_spawn(&self->group, &self->slot, producer, .mine = weft_sender_clone(&self->out));
 *     ...
 *     weft_sender_close(&self->out);
 */
#ifndef WEFT_CHANNEL_ENDS_H
#define WEFT_CHANNEL_ENDS_H

#include <weft/at_once.h>
#include <weft/waiter.h>

/** What two kinds of ends share. weft_channel_open() first; it outlives its ends and those who wait on
 *  them, and stays put. */
typedef struct weft_channel {
    /* private: */
    unsigned char *items; /* the caller's */
    size_t item_bytes, capacity;
    size_t first, size;
    size_t open_senders, open_receivers;
    weft_link senders, receivers; /* who waits; never both, but for the cases of one select */
} weft_channel;

/** A right to send. Zeroed: closed. It must stay where it is while somebody waits on it; not
 *  copied, but moved: one of the two is used from then on. */
typedef struct weft_sender {
    weft_channel *channel;
    weft_link *waiting; /* private: who waits on it; the list of all: several do, or did */
} weft_sender;

/** A right to receive. The same. */
typedef struct weft_receiver {
    weft_channel *channel;
    weft_link *waiting;
} weft_receiver;

/** How a channel stands. */
typedef struct weft_channel_stats {
    size_t buffered, capacity;
    size_t open_senders, open_receivers;
    size_t waiting_senders, waiting_receivers; /* a select counts once for each case */
} weft_channel_stats;

/* Who waits at an end: with those of all ends of that side. An end knows the one that waits on it; of
 * several it knows only the list. */
typedef struct weft__at_channel {
    weft_waiter waiter; /* first: a case of a select has one there, too */
    weft_link **place;  /* where its end has it; NULL: it has been told */
#if WEFT_DEBUG
    weft__held end; /* which has it */
#endif
    union {
        const void *from;
        void *to;
    };
} weft__at_channel;

WEFT__BEGIN_C

/**
 * Opens a channel with one sender and one receiver.
 *
 * @param items     Room for `capacity` items of `item_bytes` each, which stays the caller's. NULL if
 *                  the capacity is 0.
 * Context: loop, or before it runs.
 */
static inline void weft_channel_open(weft_channel *channel, void *items, size_t item_bytes,
                                     size_t capacity, weft_sender *ret_sender,
                                     weft_receiver *ret_receiver)
{
    weft_channel fresh = WEFT__ZERO;
    weft_sender sender = WEFT__ZERO;
    weft_receiver receiver = WEFT__ZERO;
    WEFT_ASSERT(item_bytes > 0 && (items != NULL || capacity == 0),
                "a channel needs room for `capacity` items, and their size");
    *channel = fresh;
    channel->items = (unsigned char *)items;
    channel->item_bytes = item_bytes;
    channel->capacity = capacity;
    channel->open_senders = 1;
    channel->open_receivers = 1;
    weft_link_init(&channel->senders);
    weft_link_init(&channel->receivers);
    sender.channel = channel;
    receiver.channel = channel;
    *ret_sender = sender;
    *ret_receiver = receiver;
}

/** One more sender; of a closed one: a closed one. Close it, too; also if the task that was to have
 *  it could not be spawned: then slot.frame still has it. Context: loop. */
static inline weft_sender weft_sender_clone(const weft_sender *sender);

/** One more receiver. The same. */
static inline weft_receiver weft_receiver_clone(const weft_receiver *receiver);

/**
 * Closes a sender: who waits on it is told WEFT_ECLOSED. With the last of a channel those who wait
 * to receive are told WEFT_EEND. Accepts one that is closed.
 *
 * Context: loop. Cost: O(those that are told); if several at once have waited on it, O(those that wait
 * to send).
 */
static inline void weft_sender_close(weft_sender *sender);

/**
 * Closes a receiver: who waits on it is told WEFT_ECLOSED. With the last of a channel those who wait
 * to send are told WEFT_EBROKEN, and what is buffered is forgotten: if items own something,
 * weft_receive_nowait() until it fails comes before. Accepts one that is closed.
 *
 * Context: loop. Cost: as weft_sender_close().
 */
static inline void weft_receiver_close(weft_receiver *receiver);

/** How it stands. Context: loop. Cost: O(those that wait). */
static inline weft_channel_stats weft_channel_statistics(const weft_channel *channel);

/* How it is done. */

/* The one that waits longest, or NULL; as weft_waiter_next(). */
static inline weft__at_channel *weft__channel_first(const weft_link *list)
{
    for (weft_link *link; (link = list->next) != list;) {
        weft__at_channel *const wait = WEFT_CONTAINER(link, weft__at_channel, waiter.link);
        if (WEFT__OFTEN(weft_waiter_waits(&wait->waiter))) {
            return wait;
        }
        weft__waiter_unhang(&wait->waiter);
    }
    return NULL;
}

/* Puts it behind those that wait in `list`. */
static inline void weft__channel_wait(weft__at_channel *wait, weft_link *list, weft_link **place)
{
    weft__link_append(list, &wait->waiter.link);
    *place = *place == NULL ? &wait->waiter.link : list;
    wait->place = place;
    weft__waiter_note(&wait->waiter, list);
#if WEFT_DEBUG
    weft__note(&weft_task_core(wait->waiter.task)->notes, &wait->end, place, WEFT__HELD_WAIT);
#endif
}

/* The same for a task that waits at this end alone. */
static inline void weft__channel_wait_alone(weft__at_channel *wait, weft_link *list,
                                            weft_link **place, weft_task *task)
{
    wait->waiter.task = task;
    weft__channel_wait(wait, list, place);
}

static inline void weft__channel_leave_end(weft__at_channel *wait)
{
    if (*wait->place == &wait->waiter.link) {
        *wait->place = NULL;
    }
    wait->place = NULL;
#if WEFT_DEBUG
    weft__unnote(&wait->end);
#endif
}

/* It does not wait any more, if nobody has told it. */
static inline void weft__channel_unwait(weft__at_channel *wait)
{
    if (wait->place != NULL) {
        weft__channel_leave_end(wait);
        weft__waiter_unhang(&wait->waiter);
    }
}

static inline void weft__channel_choose(weft__at_channel *wait, int status)
{
    weft__channel_leave_end(wait);
    weft_waiter_choose(&wait->waiter, status);
}

/* Waits at this end alone, in this loop, and was not cancelled. */
static inline bool weft__channel_is_plain(const weft__at_channel *wait, const weft_core *core)
{
    const weft_task *const task = wait->waiter.task;
    return (task->chain.wait & (WEFT__PARKED | WEFT__SELECTS)) == WEFT__PARKED &&
           weft_task_core(task) == core;
}

/* The same for such a one, whose item has moved: its send or receive has ended. */
static inline void weft__channel_serve_plain(weft__at_channel *first, weft_core *core)
{
    weft__channel_leave_end(first);
    weft__link_leave(&first->waiter.link);
    weft__waiter_unnote(&first->waiter);
    weft__wake_caller_alone(first->waiter.task, core);
}

/* The same for the one that waits longest, plain or a case. */
static inline void weft__channel_serve(weft__at_channel *first)
{
    if (WEFT__SMALL || WEFT__RARE(weft__waiter_is_case(&first->waiter))) {
        weft__channel_choose(first, 0);
    } else {
        weft__channel_serve_plain(first, weft_task_core(first->waiter.task));
    }
}

/* An end is closed: all that wait on it. Those of other ends stay in their order. */
static inline void weft__channel_close_end(weft_link *list, weft_link **place)
{
    weft_link all = WEFT__ZERO;
    if (*place != NULL && *place != list) {
        weft__channel_choose(WEFT_CONTAINER(*place, weft__at_channel, waiter.link), WEFT_ECLOSED);
    } else if (*place == list) {
        weft_link_splice(&all, list);
    }
    while (!weft_link_is_empty(&all)) {
        weft__at_channel *const wait = WEFT_CONTAINER(all.next, weft__at_channel, waiter.link);
        weft_link_remove(&wait->waiter.link);
        if (wait->place == place) {
            weft__channel_choose(wait, WEFT_ECLOSED);
        } else {
            weft__link_append(list, &wait->waiter.link);
        }
    }
}

/* The other side has gone. */
static inline void weft__channel_tell_all(const weft_link *list, int status)
{
    for (weft__at_channel *wait; (wait = weft__channel_first(list)) != NULL;) {
        weft__channel_choose(wait, status);
    }
}

static inline weft_sender weft_sender_clone(const weft_sender *sender)
{
    weft_sender clone = WEFT__ZERO;
    clone.channel = sender->channel;
    if (clone.channel != NULL) {
        WEFT_ASSERT(clone.channel->open_senders > 0, "this is a copy of a sender that was closed");
        clone.channel->open_senders++;
    }
    return clone;
}

static inline weft_receiver weft_receiver_clone(const weft_receiver *receiver)
{
    weft_receiver clone = WEFT__ZERO;
    clone.channel = receiver->channel;
    if (clone.channel != NULL) {
        WEFT_ASSERT(clone.channel->open_receivers > 0,
                    "this is a copy of a receiver that was closed");
        clone.channel->open_receivers++;
    }
    return clone;
}

static inline void weft_sender_close(weft_sender *sender)
{
    weft_channel *const channel = sender->channel;
    if (channel == NULL) {
        return;
    }
    WEFT_ASSERT(channel->open_senders > 0,
                "more senders were closed than opened: weft_sender_clone() instead of copying");
    sender->channel = NULL;
    weft__channel_close_end(&channel->senders, &sender->waiting);
    if (--channel->open_senders == 0) {
        weft__channel_tell_all(&channel->receivers, WEFT_EEND);
    }
}

static inline void weft_receiver_close(weft_receiver *receiver)
{
    weft_channel *const channel = receiver->channel;
    if (channel == NULL) {
        return;
    }
    WEFT_ASSERT(channel->open_receivers > 0,
                "more receivers were closed than opened: weft_receiver_clone() instead of copying");
    receiver->channel = NULL;
    weft__channel_close_end(&channel->receivers, &receiver->waiting);
    if (--channel->open_receivers == 0) {
        weft__channel_tell_all(&channel->senders, WEFT_EBROKEN);
        channel->size = 0;
    }
}

static inline size_t weft__channel_count(const weft_link *list)
{
    size_t count = 0;
    for (weft_link *link = list->next; link != NULL && link != list; link = link->next) {
        count += weft_waiter_waits(WEFT_CONTAINER(link, weft_waiter, link));
    }
    return count;
}

static inline weft_channel_stats weft_channel_statistics(const weft_channel *channel)
{
    weft_channel_stats stats = WEFT__ZERO;
    stats.buffered = channel->size;
    stats.capacity = channel->capacity;
    stats.open_senders = channel->open_senders;
    stats.open_receivers = channel->open_receivers;
    stats.waiting_senders = weft__channel_count(&channel->senders);
    stats.waiting_receivers = weft__channel_count(&channel->receivers);
    return stats;
}

WEFT__END_C

#endif
