/* scope.h - who asked a chain to stop, and what of it the chain has acknowledged. */
/* SPDX-License-Identifier: MIT */
/*
 * A cancellation is a *request* on a scope. The scopes of a task nest; outermost is one of the
 * task's own, which weft_task_cancel() asks. While a request stands, every wait inside the scope is
 * refused with WEFT_ECANCELED, until the scope is left or the request taken back.
 *
 * How a task knows: each request takes a *serial*, one more than any that stands. The chain keeps
 * the newest that no shield hides, and the serial up to which it has acknowledged requests, its
 * *note*. A cancellation is pending while newest > note: one compare.
 *
 *     task's own  asked 1 ─┐
 *     TIMEOUT     0        ├─ newest 1 > note 0: pending
 *     TIMEOUT     0       ─┘
 *
 * FINALLY sets the note to newest, so the cleanup can wait; when its frame ends the note is put
 * back, and the caller finds the cancellation pending and unwinds in its turn. A request that comes
 * during a cleanup, on a scope from outside it, interrupts one wait: then it is acknowledged, too.
 * A scope entered in the cleanup itself works as in a body: all of its waits are refused.
 *
 * This header is the arithmetic; task.h acts on it, timer.h adds deadlines.
 */
#ifndef WEFT_SCOPE_H
#define WEFT_SCOPE_H

#include <weft/deadline.h>
#include <weft/frame.h>

struct weft_task;

/** A cancel scope: a member of the frame whose block it is. Public: expired. */
typedef struct weft_scope {
    bool expired; /* its deadline passed while it was open */
    /* private: */
    bool shielded, has_deadline;
    bool is_group;                 /* it is the scope of a weft_group */
    weft__serial requests, serial; /* how many, and the newest; 0: none */
    weft__serial entry;            /* the note when it was entered */
    weft_block block;
    struct weft_task *task;
    weft_timer timer; /* armed when a wait really suspends; at: the deadline */
} weft_scope;

WEFT__BEGIN_C

static inline weft_scope *weft__scope_of(weft_block *block)
{
    return WEFT_CONTAINER(block, weft_scope, block);
}

/* Looks again for the newest request that no shield hides: after a change. */
static inline void weft__look(weft_chain *chain)
{
    weft__serial newest = 0;
    for (weft_block *block = chain->block; block != NULL; block = block->outer) {
        const weft_scope *const scope = weft__scope_of(block);
        newest = scope->serial > newest ? scope->serial : newest;
        if (scope->shielded) {
            chain->newest = newest;
            weft__judge(chain);
            return;
        }
    }
    chain->newest = chain->asked > newest ? chain->asked : newest;
    weft__judge(chain);
}

/* One more than every serial that stands, shielded or not. At the end of the numbers (32,767
 * unanswered requests; 255 with WEFT_STATE_BITS=8) a request counts as part of the one before it. */
static inline weft__serial weft__next_serial(const weft_chain *chain)
{
    weft__serial last = chain->note > chain->asked ? chain->note : chain->asked;
    for (weft_block *block = chain->block; block != NULL; block = block->outer) {
        const weft__serial serial = weft__scope_of(block)->serial;
        last = serial > last ? serial : last;
    }
    return last < WEFT__SERIAL_LAST ? (weft__serial)(last + 1) : last;
}

/* A wait was refused or undone. In a body nothing changes. In a cleanup, if no scope of the cleanup
 * itself is cancelled, what was requested from outside is acknowledged: one wait each. */
static inline void weft__acknowledge(weft_chain *chain)
{
    const weft__serial note = chain->note;
    weft_block *block;
    if (note == 0) {
        return;
    }
    for (block = chain->block; block != NULL; block = block->outer) {
        const weft_scope *const scope = weft__scope_of(block);
        if (scope->serial > note && scope->entry == note) {
            return;
        }
    }
    chain->note = chain->newest;
    chain->flags &= (uint8_t)~WEFT__PENDING;
    for (block = chain->block; block != NULL; block = block->outer) {
        weft_scope *const scope = weft__scope_of(block);
        scope->entry = scope->entry == note ? chain->note : scope->entry;
    }
}

/* Opens a scope that is zero but for its options. */
static inline void weft__scope_push(weft_chain *chain, weft_frame *frame, weft_scope *scope)
{
    scope->entry = chain->note;
    scope->block.frame = frame;
    scope->block.outer = chain->block;
    chain->block = &scope->block;
    if (scope->shielded) {
        weft__look(chain);
    }
}

/* Leaves the innermost scope; its requests go with it. */
static inline void weft__scope_pop(weft_chain *chain, const weft_scope *scope)
{
    const bool is_shielded = scope->shielded; /* as one condition gcc reads both at once, and has to
                                                 wait until what was stored apart is in the cache */
    chain->block = scope->block.outer;
    if (scope->serial != 0 || is_shielded) {
        weft__look(chain);
    }
}

WEFT__END_C

#endif
