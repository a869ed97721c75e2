/* reason.h - why a chain was asked to stop, kept where a failure otherwise keeps its place. */
/* SPDX-License-Identifier: MIT */
/*
 * A chain has room for one of two: the coroutine and line where its status turned negative, or the
 * reason of a cancellation. Which of them it is tells the line: 0 is a reason. In the cleanup of a
 * failure (WEFT__SEALED) neither is overwritten. Without WEFT_ORIGINS all of it is empty.
 */
#ifndef WEFT_REASON_H
#define WEFT_REASON_H

#include <weft/frame_state.h>

WEFT__BEGIN_C

static inline const weft_reason *weft__reason_of(const weft_chain *chain)
{
#if WEFT_ORIGINS
    return chain->failed_line == 0 ? chain->reason : NULL;
#else
    (void)chain;
    return NULL;
#endif
}

/* A failure has no place of its own: the line that awaits is where it began. A cancellation that
 * passes keeps its reason. */
static inline void weft__from_library(weft_chain *chain)
{
#if WEFT_ORIGINS
    if ((chain->flags & WEFT__SEALED) == 0 &&
        (chain->status != WEFT_ECANCELED || weft__reason_of(chain) == NULL)) {
        chain->failed_in = NULL;
    }
#else
    (void)chain;
#endif
}

/* A cancellation was absorbed. */
static inline void weft__forget_reason(weft_chain *chain)
{
#if WEFT_ORIGINS
    if ((chain->flags & WEFT__SEALED) == 0 && weft__reason_of(chain) != NULL) {
        chain->reason = NULL;
    }
#else
    (void)chain;
#endif
}

/* A cancellation has a place: where it was asked for. What a failure in flight says is kept. */
static inline void weft__set_reason(weft_chain *chain, const weft_reason *reason)
{
#if WEFT_ORIGINS
    const bool fails =
        (chain->wait & WEFT__READY) != 0 && chain->status < 0 && chain->status != WEFT_ECANCELED;
    if (!fails && (chain->flags & WEFT__SEALED) == 0) {
        chain->failed_line = 0;
        chain->reason = reason;
    }
#else
    (void)chain, (void)reason;
#endif
}

WEFT__END_C

#endif
