/* step.h - how a frame is entered and left: the functions behind frame.h's macros. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_STEP_H
#define WEFT_STEP_H

#include <weft/held.h>

WEFT__BEGIN_C

/* In the `default` of every coroutine's switch. Who wants neither checks nor names has only one. */
#define WEFT__IS_OTHER(state) ((WEFT_ASSERTS || WEFT_NAMES) && (state) != WEFT__UNWIND)

__attribute__((cold, noinline, unused)) static weft_step
weft__other(weft_frame *frame, weft_chain *chain, const weft_site *site)
{
    if (WEFT_NAMES && frame->state == WEFT__DESCRIBE) {
        chain->top = (weft_frame *)(uintptr_t)site;
        return weft__back();
    }
    weft__stop_in(frame, site,
                  frame->state == WEFT__ENDED ? "it has ended: call it anew instead of resuming it"
                  : frame->state == 0 ? "it was never called: await it, spawn it or weft_init() it"
                                      : "it awaits inside a `switch` of yours: use if and else");
}

/* FINALLY begins: what was requested up to now is acknowledged, so that awaits work again. The note
 * grows by one at least: what was entered before is told from what will be entered in the cleanup
 * by it (see scope.h). */
static inline void weft__clean(weft_frame *frame, weft_chain *chain)
{
    const weft__serial note = chain->note;
    frame->note = note;
    chain->note = chain->newest > note       ? chain->newest
                  : note < WEFT__SERIAL_LAST ? (weft__serial)(note + 1)
                                             : note;
    chain->flags &= (uint8_t)~WEFT__PENDING;
#if WEFT_ORIGINS
    if ((chain->flags & WEFT__SEALED) != 0) {
        frame->note = (weft__serial)(note | WEFT__WAS_SEALED);
    } else if (frame->outcome < 0) {
        chain->flags |= WEFT__SEALED;
    }
#endif
}

/* FINALLY ends: the caller finds a cancellation still pending. */
static inline void weft__unclean(const weft_frame *frame, weft_chain *chain)
{
    chain->note = frame->note;
#if WEFT_ORIGINS
    chain->note &= WEFT__SERIAL_LAST;
    if ((frame->note & WEFT__WAS_SEALED) == 0) {
        chain->flags &= (uint8_t)~WEFT__SEALED;
    }
#endif
    weft__judge(chain);
}

/* A frame ends. From here on nobody touches it. */
static inline weft_step weft__return(weft_frame *frame, weft_chain *chain, bool cleaning)
{
    if (cleaning) {
        weft__unclean(frame, chain);
    }
    if (WEFT_ASSERTS && WEFT__RARE(chain->block != NULL) && chain->block->frame == frame) {
        weft__stop_in(
            frame, NULL,
            "it ended inside a block: leave blocks by `break` or WEFT_RETURN, not `goto`");
    }
#if WEFT_DEBUG
    weft__check_end(frame, chain);
#endif
    frame->state = WEFT__ENDED;
    chain->status = frame->outcome;
    chain->top = frame->caller;
    return weft__back();
}

/* FINALLY ends early: the first failure stays. */
static inline void weft__finish(weft_frame *frame, const weft_chain *chain)
{
    if (frame->outcome >= 0) {
        frame->outcome = chain->status;
    }
}

/* WEFT_RETURN: a failure begins here. */
static inline void weft__result(const weft_frame *frame, weft_chain *chain, int16_t value, int line)
{
    chain->status = value;
#if WEFT_ORIGINS
    if (value < 0 && (chain->flags & WEFT__SEALED) == 0) {
        chain->failed_in = frame->step;
        chain->failed_line = (uint16_t)line;
    }
#else
    (void)frame, (void)line;
#endif
}

/* A failure passes on its way out: if it came from the library, this line is where it began. */
static inline void weft__passes_at(const weft_frame *frame, weft_chain *chain, int line)
{
#if WEFT_ORIGINS
    if (chain->failed_in == NULL) {
        chain->failed_in = frame->step;
        chain->failed_line = (uint16_t)line;
    }
#else
    (void)frame, (void)chain, (void)line;
#endif
}

/* The same at the line of the await. */
static inline void weft__passes(const weft_frame *frame, weft_chain *chain)
{
    weft__passes_at(frame, chain, weft__line_of(frame));
}

/* Enters the frame on top: at once, or, when the C stack is deep enough, by the trampoline. */
static inline weft_step weft__call(weft_chain *chain, weft_step_function *step)
{
    weft_step verdict = {WEFT__ENTERS};
    if (WEFT__RARE(chain->depth >= WEFT_EAGER)) {
        return verdict;
    }
    chain->depth++;
    verdict = step(chain->top, chain);
    if (verdict.suspended == 0) {
        chain->depth--;
    }
    return verdict;
}

/* Runs a chain until its last frame has ended: 0, or until it suspends: WEFT__WAITS, and then nothing
 * of it is touched, for a callback may have freed all of it, or WEFT__PASSES. */
static inline int weft__trampoline(weft_chain *chain)
{
    do {
        chain->depth = 0;
        const weft_step verdict = chain->top->step(chain->top, chain);
        if (WEFT__OFTEN(verdict.suspended == WEFT__PASSES)) {
            return WEFT__PASSES;
        }
        if (WEFT__OFTEN(verdict.suspended > WEFT__PASSES)) { /* one comparison with that above */
            return WEFT__WAITS;
        }
    } while (chain->top != NULL);
    return 0;
}

WEFT__END_C

#endif
