/* held.h - with WEFT_DEBUG: what lies in a frame and is in use must not outlive it. */
/* SPDX-License-Identifier: MIT */
/*
 * A frame is room for others: for the calls it makes, for generators that it drives, for tasks that
 * it spawns, for events and locks that others wait for. Scopes and groups are looked after in every
 * build. What else could be lost is looked for with -DWEFT_DEBUG=1, where everything in use has a
 * note of where it begins, and the frame looks up its own room:
 *
 *     it ended while a task in its frame runs            its slot is in a group further out
 *     it ended with an open generator in its frame       a `goto` out of WEFT_FOR_EACH
 *     it ended while it holds a lock or a permit         a weft_release() is missing in FINALLY
 *     it ended while a callback is to be called          weft_callback_cancel(), weft_task_ or
 *                                                        _future_remove_done_callback() is missing
 *     it ended while a promise is out                    a thread or an interrupt will write there
 *     it ended while a task waits for an event in it     the task hangs in a list that is gone
 *     it ended while a task holds a lock that lies in it the task will give it back there
 *     it ended while a promise of its future is out      weft_future_release() is missing
 *     this overwrites a task that runs / an open generator / an open block / a hold / …
 *                                                        they share a union with the call
 *
 * Whose frame it is does not matter: the task's own, a parent's, a sibling's. A wait has a note as
 * long as the task may touch what it waits for: one that was cancelled, until it has run; so has one
 * that was woken and then looks there again (a barrier, a condition, a getter, a signal).
 *
 * Without WEFT_DEBUG nothing looks. A task that waits for what is gone hangs in a list whose head is
 * written over: whoever wakes or cancels it writes to that memory. What can be relied on is the
 * structure: who waits is a task of a group in the frame that has the event, or in a call of that.
 *
 * It changes the size of frames, tasks, holds and waiters: the program and its library must be built
 * alike (Meson: -Dchecks=true). Not seen: what is freed instead of ended, a permit that was taken
 * for no task (weft_acquire_nowait), and frames that plain C drives, but for generators in them.
 * Cost: a note O(1); at the end of a frame and at an await a look at the notes of its size, and of
 * some others.
 */
#ifndef WEFT_HELD_H
#define WEFT_HELD_H

#include <weft/site.h>

#if WEFT_DEBUG

enum { WEFT__NOTE_GRAIN = 8 }; /* so many bits of an address: its neighbours share a list */

WEFT__BEGIN_C

static inline bool weft__is_within(const void *place, const void *room, size_t size_bytes)
{
    return (uintptr_t)place >= (uintptr_t)room && (uintptr_t)place - (uintptr_t)room < size_bytes;
}

/* Notes what begins at `begin`. The note is in no list. */
static inline void weft__note(weft__notes *notes, weft__held *held, const void *begin, uint8_t kind)
{
    const uintptr_t grain = (uintptr_t)begin >> WEFT__NOTE_GRAIN;
    held->begin = begin;
    held->kind = kind;
    weft_link_insert(&notes->lists[grain % WEFT__NOTE_LISTS], &held->link);
}

static inline void weft__unnote(weft__held *held)
{
    weft_link_remove(&held->link);
}

/* Notes an open generator: where plain C drives, in the frame in which it lies, `frame` or one of
 * its callers. */
__attribute__((noinline, unused)) static void weft__hold(weft_frame *frame, const weft_chain *chain,
                                                         weft__held *held, const void *begin)
{
    if (chain->notes != NULL) {
        weft__note(chain->notes, held, begin, WEFT__HELD_GENERATOR);
        return;
    }
    for (; frame != NULL; frame = frame->caller) {
        const weft_site *const site = frame->step != NULL ? weft_describe(frame->step) : NULL;
        if (site != NULL && weft__is_within(begin, frame, weft__site_bytes(site))) {
            held->begin = begin;
            held->kind = WEFT__HELD_GENERATOR;
            weft_link_insert(&frame->holds, &held->link);
            return;
        }
    }
}

/* The note that says most of `found` and those of a list that begin in `room`. */
static inline const weft__held *weft__find_in(const weft_link *list, const void *room,
                                              size_t size_bytes, const weft__held *found)
{
    for (weft_link *link = list->next; link != NULL && link != list; link = link->next) {
        const weft__held *const held = WEFT_CONTAINER(link, weft__held, link);
        if (weft__is_within(held->begin, room, size_bytes) &&
            (found == NULL || held->kind < found->kind)) {
            found = held;
        }
    }
    return found;
}

/* What is in use in `room`, which is that of a frame, or in it; NULL: nothing. */
static inline const weft__held *weft__find(const weft_frame *frame, const weft_chain *chain,
                                           const void *room, size_t size_bytes)
{
    const weft__held *found = weft__find_in(&frame->holds, room, size_bytes, NULL);
    if (chain->notes != NULL) {
        const uintptr_t first = (uintptr_t)room >> WEFT__NOTE_GRAIN;
        const uintptr_t last = ((uintptr_t)room + size_bytes - 1) >> WEFT__NOTE_GRAIN;
        for (uintptr_t grain = first; grain <= last && grain - first < WEFT__NOTE_LISTS; grain++) {
            found = weft__find_in(&chain->notes->lists[grain % WEFT__NOTE_LISTS], room, size_bytes,
                                  found);
        }
    }
    return found;
}

/* A frame ends: nothing in it is in use. */
__attribute__((noinline, unused)) static void weft__check_end(weft_frame *frame,
                                                              const weft_chain *chain)
{
    const weft_site *const site = weft_describe(frame->step);
    weft__unnote(&frame->held);
    const weft__held *const found = weft__find(frame, chain, frame, weft__site_bytes(site));
    if (found != NULL) {
        static const char *const cures[] = {
            ("it ended with an open generator in its frame: WEFT_CLOSE() it, and leave "
             "WEFT_FOR_EACH by `break`, not `goto`"),
            "it ended while a task in its frame runs: end the group or join it before",
            "it ended while it holds a lock or a permit: weft_release() it in FINALLY",
            "it ended while a callback in its frame is to be called: take it back in FINALLY",
            "it ended while a promise in its frame is out: weft_promise_wait for it in FINALLY",
            "it ended while a task waits for an event, a lock or the like in it: join it before",
            "it ended while a task holds a lock or a permit that lies in it: join it before",
            "it ended while a promise of its future is out: weft_future_release() it in FINALLY"};
        weft__stop_in(frame, site, cures[found->kind]);
    }
}

/* Before `room` is written over: nothing in it is in use. */
__attribute__((noinline, unused)) static void weft__check_room(const weft_frame *frame,
                                                               const weft_chain *chain,
                                                               const void *room, size_t size_bytes)
{
    for (const weft_block *block = chain->block; block != NULL; block = block->outer) {
        if (block->frame == frame && weft__is_within(block, room, size_bytes)) {
            weft__stop_in(frame, NULL,
                          "this overwrites an open scope or group: give each room of its own");
        }
    }
    const weft__held *const found = weft__find(frame, chain, room, size_bytes);
    if (found != NULL) {
        static const char *const cures[] = {
            "this overwrites an open generator: give each room of its own",
            "this overwrites a task that runs: give each room of its own",
            "this overwrites a hold that holds something: give each room of its own",
            "this overwrites a callback that is to be called: give each room of its own",
            "this overwrites a promise that is out: give each room of its own",
            "this overwrites what a task waits for: give each room of its own",
            "this overwrites a lock or a semaphore that a task holds: give each room of its own",
            "this overwrites a future whose promise is out: give each room of its own"};
        weft__stop_in(frame, NULL, cures[found->kind]);
    }
}

WEFT__END_C

#define WEFT__CHECK_ROOM(place) weft__check_room(weft__f, weft__c, &(place), sizeof(place))

#else
#define WEFT__CHECK_ROOM(place) ((void)0)
#endif

#endif
