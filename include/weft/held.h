/* held.h - with WEFT_DEBUG: what runs inside a frame is known, and must not outlive it. */
/* SPDX-License-Identifier: MIT */
/*
 * A frame is room for others: for the calls it makes, for generators that it drives, for tasks that
 * it spawns. Scopes and groups are looked after in every build. What else could be lost is looked
 * for with -DWEFT_DEBUG=1, where each frame has a list of what is open inside it:
 *
 *     it ended while a task in its frame runs            its slot is spawned into a group further out
 *     it ended with an open generator in its frame       a `goto` out of WEFT_FOR_EACH
 *     it ended while it holds a lock or a permit         a weft_release() that is missing in FINALLY
 *     it ended while a callback is to be called          weft_callback_cancel(), weft_task_ or
 *                                                        _future_remove_done_callback() is missing
 *     it ended while a promise is out                    a thread or an interrupt will write there
 *     it ended while a task waits for an event in it     the task hangs in a list that is gone
 *     this overwrites a task that runs / an open generator / an open block / a hold / …
 *                                                        they share a union with the call
 *
 * It changes the size of frames, tasks and holds: the program and its library must be built alike
 * (Meson: -Dchecks=true). Cost: at a spawn, at a generator's first step and at an acquire a look at
 * each frame of the chain until the one is found in which it lies, at a wait in those of the parents,
 * too; at an await a look at all that runs in the frame.
 */
#ifndef WEFT_HELD_H
#define WEFT_HELD_H

#include <weft/frame_state.h>

#if WEFT_DEBUG

WEFT__BEGIN_C

static inline bool weft__is_within(const void *place, const void *room, size_t size_bytes)
{
    return (uintptr_t)place >= (uintptr_t)room && (uintptr_t)place - (uintptr_t)room < size_bytes;
}

/* Puts `held`, which begins at `begin`, into the list of the frame in which it lies: `frame` or one
 * of its callers. False: in none of them. */
__attribute__((noinline, unused)) static bool weft__hold(weft_frame *frame, weft__held *held,
                                                         const void *begin, uint8_t kind)
{
    for (; frame != NULL; frame = frame->caller) {
        const weft_site *const site = frame->step != NULL ? weft_describe(frame->step) : NULL;
        if (site != NULL && weft__is_within(begin, frame, weft__site_bytes(site))) {
            held->begin = begin;
            held->kind = kind;
            weft_link_insert(&frame->holds, &held->link);
            return true;
        }
    }
    return false;
}

/* Before `room` is written over: nothing that is open in `frame` lies there. */
__attribute__((noinline, unused)) static void
weft__check_room(weft_frame *frame, const weft_chain *chain, const void *room, size_t size_bytes)
{
    weft_link *const end = &frame->holds;
    for (const weft_block *block = chain->block; block != NULL; block = block->outer) {
        if (block->frame == frame && weft__is_within(block, room, size_bytes)) {
            weft__stop_in(frame, NULL,
                          "this overwrites an open scope or group: give each room of its own");
        }
    }
    for (weft_link *link = end->next; link != NULL && link != end; link = link->next) {
        const weft__held *const held = WEFT_CONTAINER(link, weft__held, link);
        if (weft__is_within(held->begin, room, size_bytes)) {
            static const char *const cures[] = {
                "this overwrites an open generator: give each room of its own",
                "this overwrites a task that runs: give each room of its own",
                "this overwrites a hold that holds something: give each room of its own",
                "this overwrites a callback that is to be called: give each room of its own",
                "this overwrites a promise that is out: give each room of its own",
                "this overwrites what a task waits for: give each room of its own"};
            weft__stop_in(frame, NULL, cures[held->kind]);
        }
    }
}

WEFT__END_C

#define WEFT__CHECK_ROOM(place) weft__check_room(weft__f, weft__c, &(place), sizeof(place))

#else
#define WEFT__CHECK_ROOM(place) ((void)0)
#endif

#endif
