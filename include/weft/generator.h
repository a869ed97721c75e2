/* generator.h - coroutines that yield values, to plain C or to another coroutine. */
/* SPDX-License-Identifier: MIT */
/*
 * A generator is a coroutine that yields. The value is a field of its frame:
 *
 *     struct squares { WEFT_FRAME; int limit, i, value; };
 *
 *     static WEFT_ASYNC(squares, self)
 *     {
 *         for (self->i = 1; self->i <= self->limit; self->i++) {
 *             WEFT_YIELD(self->value = self->i * self->i);
 *         }
 *     }
 *     WEFT_END
 *
 * In plain C, without any loop:                   In a coroutine, where it may also await:
 *
 *     struct squares s;                               WEFT_FOR_EACH(self->s, squares, 3) {
 *     weft_init(&s, squares, .limit = 3);                 printf("%d ", self->s.value);
 *     while (weft_next(&s)) {                         }
 *         printf("%d ", s.value);
 *     }
 *
 * Sending is assigning: give the frame a field for what comes in, set it, and ask for the next.
 * Closing resumes the generator at its yield with WEFT_ECLOSED; it leaves through FINALLY. One that
 * was closed before it began runs only its FINALLY, since its arguments may own something.
 *
 * Limits: no yield in FINALLY (does not compile), nor inside a scope or group of the generator's
 * own (stops): whoever takes the value would run under them. Nor in a WEFT_BIND: who drives it
 * would see that, and it must be left in the order of the blocks.
 *
 * Leave WEFT_FOR_EACH by `break`: a `goto` leaves the generator open, which only WEFT_DEBUG catches
 * (see held.h). Not caught: gcc does not warn of a `for` counter that is lost at a yield if nothing
 * behind the yield uses it (clang does): `for (int i = 0; i < n; i++) { WEFT_YIELD(self->value = i); }`
 */
#ifndef WEFT_GENERATOR_H
#define WEFT_GENERATOR_H

#include <weft/frame.h>

/**
 * Sets the value and hands it out; goes on when the next is asked for.
 *
 * Leaves through FINALLY when the generator is closed or a status is thrown into it.
 * WEFT_YIELD_CATCH goes on instead: WEFT_STATUS() tells what was thrown.
 */
#define WEFT_YIELD(set)                                                                            \
    do {                                                                                           \
        WEFT__YIELD(WEFT__N, set);                                                                 \
        WEFT__LEAVE_IF(weft__c->status < 0);                                                       \
    } while (0)
#define WEFT_YIELD_CATCH(set) WEFT__YIELD(WEFT__N, set)

/**
 * Runs the block for each value of a generator, which is started here and closed on every way out.
 *
 * `break` ends the loop, `continue` takes the next value. Leaves when the generator fails; with
 * WEFT_ECANCELED, if a cancellation stands when it has been closed: that may have cut its cleanup short.
 *
 * @param place  The generator's frame, a member of this one; evaluated more than once.
 */
#define WEFT_FOR_EACH(...)                                                                         \
    WEFT__FOR_EACH(WEFT__N, WEFT__N, WEFT__N, WEFT__N, WEFT__N, __VA_ARGS__, )

/** In a coroutine: asks for the next value; weft_has_ended() tells if there was none. Leaves when
 *  the generator fails. */
#define WEFT_NEXT(place)                                                                           \
    do {                                                                                           \
        WEFT__ADVANCE(WEFT__N, place, 0);                                                          \
        WEFT__LEAVE_IF(weft__c->status < 0 && weft__c->status != WEFT_EEND);                       \
    } while (0)

/** In a coroutine: throws a status below 0, at the yield where the generator stands, and goes on when
 *  it yields (status 0) or has ended. 0 throws nothing: it asks for the next value. */
#define WEFT_THROW(place, thrown) WEFT__ADVANCE(WEFT__N, place, thrown)

/** In a coroutine: closes a generator, running its FINALLY; accepts one that has ended. */
#define WEFT_CLOSE(place)                                                                          \
    do {                                                                                           \
        WEFT__ENTER(WEFT__N, weft__close(weft__f, weft__c, &(place).weft));                        \
        weft__closed(weft__c, &(place).weft);                                                      \
    } while (0)

/** Yields everything that another generator yields; what is thrown in goes there, and closing
 *  closes it. Leaves when it fails. */
#define WEFT_YIELD_FROM(place, set)                                                                \
    do {                                                                                           \
        WEFT__ADVANCE(WEFT__N, place, 0);                                                          \
        while (!weft_has_ended(&(place))) {                                                        \
            WEFT_YIELD_CATCH(set);                                                                 \
            if (weft__c->status == WEFT_ECLOSED) {                                                 \
                WEFT_CLOSE(place);                                                                 \
                if (weft__c->status >= 0) {                                                        \
                    weft__c->status = WEFT_ECLOSED;                                                \
                }                                                                                  \
                break;                                                                             \
            }                                                                                      \
            WEFT_THROW(place, weft__c->status);                                                    \
        }                                                                                          \
        WEFT__LEAVE_IF(weft__c->status < 0 && weft__c->status != WEFT_EEND);                       \
    } while (0)

/** In plain C: true if there is a next value. False: it has ended, see weft_outcome(). */
#define weft_next(generator) weft__drive(&(generator)->weft, 0)

/** In plain C: throws a status into it; true if it yielded a value instead of ending. */
#define weft_throw(generator, thrown) weft__drive(&(generator)->weft, (int16_t)(thrown))

/** In plain C: closes it, running its FINALLY. Accepts one that has ended or never ran. */
#define weft_close_generator(generator) weft__drive_to_end(&(generator)->weft)

/* How it is done. */

#define WEFT__YIELD(n, set)                                                                        \
    do {                                                                                           \
        WEFT__FITS(n);                                                                             \
        WEFT__STATIC_ASSERT(weft__cleaning == 0, "no yield in FINALLY");                           \
        (void)(set);                                                                               \
        WEFT__AT(n);                                                                               \
        return weft__yield(weft__f, weft__c);                                                      \
        WEFT__CASE(n) :;                                                                           \
    } while (0)

#define WEFT__ADVANCE(n, place, thrown)                                                            \
    WEFT__ENTER(n, weft__advance(weft__f, weft__c, &(place).weft, (int16_t)(thrown)))

/*
 * Expands to:
 *     for (start the generator, state = NEXT;; state = left by `break` ? n : state)
 *         if (state == NEXT)      { case r: ask for a value; state = VALUE; }
 *         else if (state != VALUE) { case n: close it; break; }
 *         else if (0)             { case u: close it and leave on; }
 *         else if (it has ended)  { break; }
 *         else for (exit is u; state != NEXT; state = NEXT)
 *             { body }
 */
#define WEFT__FOR_EACH(u, k, d, n, r, place, ...) WEFT__FOR_EACH_(u, k, d, n, r, place, __VA_ARGS__)
#define WEFT__FOR_EACH_(u, k, d, n, r, place, fn, ...)                                             \
    for (WEFT_ASSERT(weft__is_idle(&(place).weft), "this generator still runs: close it first"),   \
         WEFT__CHECK_ROOM(place), (place) = WEFT__NEW(fn, NULL, __VA_ARGS__), weft__f->state = WEFT__NEXT;                  \
         ; weft__after_body(weft__f, WEFT__STATE(n)))                                              \
        if (weft__f->state == WEFT__NEXT) {                                                        \
            WEFT__ADVANCE(r, place, 0);                                                            \
            weft__f->state = WEFT__VALUE;                                                          \
            continue;                                                                              \
        } else if (weft__f->state != WEFT__VALUE) {                                                \
            WEFT__ENTER(n, weft__close(weft__f, weft__c, &(place).weft));                          \
            weft__left(weft__c, &(place).weft);                                                    \
            WEFT__LEAVE_IF(weft__c->status < 0);                                                   \
            break;                                                                                 \
        } else if (0) {                                                                            \
            WEFT__CASE(u) :;                                                                       \
            if (weft__cleaning != 0 && weft__f->outcome < 0) {                                     \
                WEFT__ENTER(d, weft__close(weft__f, weft__c, &(place).weft));                      \
                weft__closed(weft__c, &(place).weft);                                              \
                weft__c->status = weft__in_flight(weft__f, weft__c);   \
            } else {                                                                               \
                weft__f->outcome = weft__c->status;                                                \
                WEFT__ENTER(k, weft__close(weft__f, weft__c, &(place).weft));                      \
                weft__left(weft__c, &(place).weft);                                                \
                if (weft__f->outcome < 0 || weft__c->status >= 0) {                                \
                    weft__c->status = weft__f->outcome;                                            \
                }                                                                                  \
                weft__f->outcome = 0;                                                              \
            }                                                                                      \
            WEFT__LEAVE();                                                                         \
        } else if (weft__take(weft__f, &(place).weft)) {                                           \
            WEFT__LEAVE_IF(weft__c->status < 0);                                                   \
            break;                                                                                 \
        } else                                                                                     \
            WEFT__SHADOW_OK                                                                        \
            for (char(*weft__exit)[WEFT__STATE(u)] __attribute__((unused));                        \
                 weft__f->state != WEFT__NEXT; weft__f->state = WEFT__NEXT) WEFT__SHADOW_END

WEFT__BEGIN_C

static inline weft_step weft__yield(weft_frame *frame, weft_chain *chain)
{
    if (WEFT__RARE(chain->block != NULL) && chain->block->frame == frame) {
        weft__stop_in(frame, NULL, "it yields inside a scope or group: leave the block before");
    }
    chain->status = 0;
    chain->top = frame->caller;
    frame->caller = NULL;
    return weft__back();
}

/* Stops at the line that drives it; plain C has none, then at the generator's. */
__attribute__((noreturn, cold, noinline, unused)) static void
weft__misdriven(const weft_frame *caller, const weft_frame *generator, int16_t thrown)
{
    const weft_frame *const at = caller->step != NULL ? caller : generator;
    weft__stop_in(at, NULL,
                  generator->step == NULL ? "weft_init() the generator before it is driven"
                : thrown > 0            ? "what is thrown is a failure: -errno or a code of status.h"
                                        : "this generator is in use: one driver at a time");
}

/* Resumes a generator, with 0 or with what is thrown. */
static inline weft_step weft__advance(weft_frame *caller, weft_chain *chain, weft_frame *generator,
                                      int16_t thrown)
{
    chain->status = thrown;
    chain->top = caller;
    if (weft__has_ended(generator)) {
        chain->status = thrown < 0 ? thrown : (int16_t)WEFT_EEND;
        return weft__back();
    }
    if (WEFT__RARE(generator->step == NULL || generator->caller != NULL ||
                   (WEFT_ASSERTS && thrown > 0))) {
        weft__misdriven(caller, generator, thrown);
    }
    if (generator->state == WEFT__START && thrown < 0) {
        generator->state = WEFT__UNWIND;
    }
#if WEFT_DEBUG
    if (weft_link_is_empty(&generator->held.link)) {
        weft__hold(caller, chain, &generator->held, generator);
    }
#endif
    generator->caller = caller;
    chain->top = generator;
    return weft__call(chain, generator->step);
}

static inline weft_step weft__close(weft_frame *caller, weft_chain *chain, weft_frame *generator)
{
    if (weft__is_idle(generator)) {
        chain->status = 0; /* it never was, or has ended */
        return weft__back();
    }
    return weft__advance(caller, chain, generator, WEFT_ECLOSED);
}

/* After the close: being closed is no failure, another failure of the cleanup is one. */
static inline void weft__closed(weft_chain *chain, const weft_frame *generator)
{
    if (WEFT__RARE(!weft__is_idle(generator))) {
        weft__stop_in(generator, NULL, "it yields while it is closed: let WEFT_ECLOSED leave it");
    }
    if (chain->status == WEFT_ECLOSED) {
        chain->status = 0;
    }
}

/* FOR_EACH has closed it: a cancellation that may have cut its cleanup short is one of the loop. */
static inline void weft__left(weft_chain *chain, const weft_frame *generator)
{
    weft__closed(chain, generator);
    if (chain->status == 0 && weft__is_pending(chain)) {
        chain->status = WEFT_ECANCELED;
    }
}

/* FOR_EACH in a FINALLY whose outcome is a failure already: what leaves is not kept, but if the
 * cleanup was interrupted it is that. */
static inline int16_t weft__in_flight(const weft_frame *frame, const weft_chain *chain)
{
    return weft__is_pending(chain) ? (int16_t)WEFT_ECANCELED : frame->outcome;
}

/* FOR_EACH: where to go after the body; a `break` leaves any other state. */
static inline void weft__after_body(weft_frame *frame, weft__state left)
{
    if (frame->state != WEFT__NEXT && frame->state != WEFT__VALUE) {
        frame->state = left;
    }
}

/* FOR_EACH: true if the generator has ended; else its value is there, and the body begins. */
static inline bool weft__take(weft_frame *frame, const weft_frame *generator)
{
    frame->state = WEFT__INSIDE;
    return weft__has_ended(generator);
}

/* Plain C drives: a frame without a step stands for it. */
static inline bool weft__drive(weft_frame *generator, int16_t thrown)
{
    weft_frame driver = WEFT__ZERO;
    weft_chain chain = WEFT__ZERO;
    chain.flags = WEFT_ASSERTS ? WEFT__DRIVEN : 0;
    weft_step verdict = weft__advance(&driver, &chain, generator, thrown);
    while (verdict.suspended == WEFT__ENTERS || chain.top != &driver) { /* deeper than WEFT_EAGER */
        chain.depth = 0;
        verdict = chain.top->step(chain.top, &chain);
    }
    return !weft__has_ended(generator);
}

static inline void weft__drive_to_end(weft_frame *generator)
{
    weft_chain chain = WEFT__ZERO;
    if (generator->state != 0) {
        (void)weft__drive(generator, WEFT_ECLOSED);
        weft__closed(&chain, generator);
    }
}

WEFT__END_C

#endif
