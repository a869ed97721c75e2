/* frame.h - coroutines that await each other, each with its state in a struct of its own. */
/* SPDX-License-Identifier: MIT */
/*
 * A coroutine is a function that can stop in the middle and go on later. What must outlive the
 * stop lives in its *frame*, a struct of the same name; the frames of the calls it makes live
 * inside that, so that the room a program needs is known when it is compiled.
 *
 *     struct hello {
 *         WEFT_FRAME;                  // first: where this call stands, and who waits for it
 *         const char *name;            // parameters, then results, then what outlives an await
 *         struct weft_sleep nap;       // the frame of the call it makes lives inside its own
 *     };
 *
 *     static WEFT_ASYNC(hello, self)
 *     {
 *         printf("Hello ");
 *         WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
 *         printf("%s!\n", self->name);
 *     }
 *     WEFT_END
 *
 * The frames that wait for each other are a *chain*; it remembers only the innermost:
 *
 *     chain.top --> nap --caller--> hello --caller--> NULL
 *
 * so a resume costs the same at any depth. A call that does not have to wait runs at once, on the
 * C stack, up to WEFT_EAGER levels; what is deeper goes through a trampoline.
 *
 * An await clears the frame it calls: take its results before the next call, or before the next
 * one in the same union. The coroutine is a function of that name, so choose another than libc's.
 *
 * Limits: locals of the body are lost at each await (the compilers warn of scalars and, gcc, of
 * structs; not of arrays and what `&` was taken of); no await inside a `switch` of your own; frames
 * must not move while they run, nor be locals; about 24,000 awaits a coroutine (with
 * WEFT_STATE_BITS=8, which is the default without lines and on AVR, 235).
 */
#ifndef WEFT_FRAME_H
#define WEFT_FRAME_H

#include <weft/config.h>
#include <weft/step.h>
#include <weft/status.h>

/** The head of every frame, its first member. A zeroed frame is one that never ran. */
#define WEFT_FRAME weft_frame weft

/** Declares a coroutine that another source defines. */
#define WEFT_DECLARE(name) weft_step name(weft_frame *weft__f, weft_chain *weft__c)

/**
 * Defines the coroutine `name` over the frame `struct name`, which the body sees as `self`. Write
 * `static` before it unless other sources call it. The body stands in braces, WEFT_END behind.
 *
 * Expands to:
 *     weft_step name(weft_frame *weft__f, weft_chain *weft__c)
 *     {
 *         struct name *const self = (struct name *)weft__f;
 *         weft__state weft__to = weft__f->state;    // where to
 *     weft__dispatch:
 *         switch (weft__to) {
 *         default: not one of ours: stop;
 *         case START: { body }
 */
#define WEFT_ASYNC(name, self)                                                                     \
    WEFT_DECLARE(name);                                                                            \
    weft_step name(weft_frame *weft__f, weft_chain *weft__c)                                       \
    {                                                                                              \
        WEFT__WARN_PUSH                                                                            \
        WEFT__SITE(name);                                                                          \
        WEFT__STATIC_ASSERT(offsetof(struct name, weft) == 0, "WEFT_FRAME is the first member");   \
        struct name *const self = (struct name *)(void *)weft__f;                                  \
        enum { weft__base = __COUNTER__ };                                                         \
        enum { weft__in_body = 0, weft__only_between_WEFT_ASYNC_and_WEFT_END = 1 };                \
        (void)self;                                                                                \
        WEFT__WHERE_TO;                                                                            \
        WEFT__RARE_WAYS()                                                                          \
    weft__dispatch:                                                                                \
        __attribute__((unused));                                                                   \
        switch (WEFT__LABEL(WEFT__TO)) {                                                           \
        default:                                                                                   \
            if (WEFT__RARE(WEFT__IS_OTHER(WEFT__TO))) {                                            \
                return weft__other(weft__f, weft__c, WEFT__SITE_ADDRESS);                          \
            }                                                                                      \
            weft__f->outcome = weft__c->status;                                                    \
            goto weft__end; /* to unwind, where there is no FINALLY */                             \
            {                                                                                      \
                WEFT__SHADOW_OK enum { weft__cleaning = 0, weft__in_body = 1 };                    \
                WEFT__SHADOW_END char(*weft__exit)[WEFT__UNWIND] __attribute__((unused));          \
            case WEFT__LABEL(WEFT__START):;

/**
 * Begins the cleanup: it runs however the body was left, by its end, an error or a cancellation.
 * Write it as a label, `WEFT_FINALLY:`, with at least one statement behind it. The locals of the
 * body are out of scope. Awaits work here, also in a task that was cancelled.
 */
#define WEFT_FINALLY                                                                               \
    weft__f->outcome = 0;                                                                          \
    goto weft__unwind;                                                                             \
    }                                                                                              \
    }                                                                                              \
    {                                                                                              \
        WEFT__STATIC_ASSERT(weft__in_body == 0, "WEFT_FINALLY: stands outside all blocks");        \
        enum { weft__cleaning = 1 };                                                               \
        char(*weft__exit)[WEFT__FINISH] __attribute__((unused));                                   \
        {                                                                                          \
        case WEFT__LABEL(WEFT__UNWIND):                                                            \
            weft__f->outcome = weft__c->status;                                                    \
            goto weft__unwind;                                                                     \
        weft__unwind:                                                                              \
            weft__clean(weft__f, weft__c);                                                         \
            goto weft__finally;                                                                    \
        weft__finally

/** Ends a coroutine. */
#define WEFT_END                                                                                   \
    goto weft__end;                                                                                \
    weft__end:                                                                                     \
    return weft__return(weft__f, weft__c, weft__cleaning != 0);                                    \
    }                                                                                              \
    }                                                                                              \
    weft__stray_break();                                                                           \
    WEFT__WARN_POP                                                                                 \
    }

/**
 * Calls the coroutine `fn` in the frame `child`, and waits until it ends.
 *
 *     WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));           by position
 *     WEFT_TRY(self->nap, weft_sleep, .after = WEFT_S(1));  by name; in C++20 only so
 *
 * The arguments are evaluated once, before the child's frame is overwritten. The child must not
 * be running. Then WEFT_STATUS() is what it returned, and:
 *   WEFT_TRY    leaves with that status if it is a failure;
 *   WEFT_AWAIT  goes on, but leaves on WEFT_ECANCELED if a cancellation of this task is pending;
 *   WEFT_CATCH  always goes on.
 * In FINALLY, AWAIT goes on, and a TRY that fails goes to the end of the cleanup.
 *
 * Expands to:
 *     self->nap = (struct weft_sleep){ head, arguments };
 *     weft__f->state = N;
 *     if (call(&self->nap, weft_sleep).suspended)
 *         return suspended;
 *     case N:
 *     if (weft__c->status < 0) leave;
 *
 * What mostly needs no wait is done at once, and its frame written only for a wait: see at_once.h.
 */
#define WEFT_TRY(child, ...)                                                                       \
    do {                                                                                           \
        WEFT__CALL(WEFT__N, WEFT__LEAVE_IF(weft__c->status < 0), child, __VA_ARGS__, );            \
    } while (0)
#define WEFT_AWAIT(child, ...)                                                                     \
    do {                                                                                           \
        WEFT__CALL(WEFT__N,                                                                        \
                   WEFT__LEAVE_IF(weft__cleaning == 0 && weft__c->status == WEFT_ECANCELED &&      \
                                  weft__is_pending(weft__c)),                                      \
                   child, __VA_ARGS__, );                                                          \
    } while (0)
#define WEFT_CATCH(child, ...) WEFT__CALL(WEFT__N, (void)0, child, __VA_ARGS__, )

/** The status of the last await: 0, or what failed. */
#define WEFT_STATUS() (+weft__c->status)

/** In FINALLY: how the body ended. Once it is a failure it stays. */
#define WEFT_OUTCOME() (+weft__f->outcome)

/** Leaves the coroutine with a status, through the blocks it is in and through FINALLY. */
#define WEFT_RETURN(value)                                                                         \
    do {                                                                                           \
        WEFT__IN_COROUTINE();                                                                      \
        weft__result(weft__f, weft__c, (int16_t)(value), __LINE__);                                \
        WEFT__LEAVE();                                                                             \
    } while (0)

/** Evaluates a plain call, and leaves if its result is negative. */
#define WEFT_CHECK(expression)                                                                     \
    do {                                                                                           \
        const int weft__checked = (expression);                                                    \
        if (weft__checked < 0) {                                                                   \
            WEFT_RETURN(weft__checked);                                                            \
        }                                                                                          \
    } while (0)

/** Prepares a frame to be driven or spawned; any storage will do. */
#define weft_init(frame, ...) weft__init(frame, __VA_ARGS__, )
#define weft__init(frame, fn, ...) ((void)(*(frame) = WEFT__NEW(fn, NULL, __VA_ARGS__)))

/** How a frame ended. */
#define weft_outcome(frame) (+(frame)->weft.outcome)

/** True once the coroutine of this frame has ended. */
#define weft_has_ended(frame) weft__has_ended(&(frame)->weft)

/* How it is done: from here on for those who read the macros above. */

#define WEFT__N (__COUNTER__ - weft__base) /* expand once and pass down: each use is a number */
#define WEFT__FITS(n) WEFT__STATIC_ASSERT(WEFT__STATE(n) <= WEFT__LAST, "too many awaits")
#define WEFT__IN_COROUTINE() ((void)weft__only_between_WEFT_ASYNC_and_WEFT_END) /* its name tells */
#define WEFT__STATE(n) (WEFT__START + (n))
#define WEFT__CASE(n) case WEFT__LABEL(WEFT__STATE(n))

/* Where to go is a local, so that the compiler sees where an exit leads: on AVR, which has no register
 * to spare, it is the frame's state itself. */
#if WEFT__TINY
#define WEFT__WHERE_TO ((void)0)
#define WEFT__TO weft__f->state
#else
#define WEFT__WHERE_TO weft__state weft__to = weft__f->state
#define WEFT__TO weft__to
#endif

#if !WEFT_LINES
#define WEFT__AT(n) weft__f->state = (weft__state)WEFT__STATE(n)
#define WEFT__AT_START .state = WEFT__START
#elif WEFT_STATE_BITS == 8
#define WEFT__AT(n)                                                                                \
    weft__f->state = (weft__state)WEFT__STATE(n);                                                  \
    weft__f->line = (uint16_t)__LINE__
#define WEFT__AT_START .state = WEFT__START
#else
#define WEFT__AT_START .place = WEFT__PLACE(WEFT__START, 0)
#define WEFT__AT(n) weft__f->place = WEFT__PLACE(WEFT__STATE(n), __LINE__ & 0xffff)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WEFT__PLACE(state, line) ((uint32_t)(line) << 16 | (uint32_t)(state))
#else
#define WEFT__PLACE(state, line) ((uint32_t)(state) << 16 | (uint32_t)(line))
#endif
#endif

/* What every await may come to, and hardly ever does: once a coroutine, not once an await. The line
 * is that of the await. */
#define WEFT__RARE_WAYS()                                                                          \
    if (0) {                                                                                       \
        weft__is_busy:                                                                             \
        __attribute__((unused));                                                                   \
        WEFT_STOP(__FILE__, weft__line_of(weft__f), __func__,                                      \
                  "this frame still runs: await it once at a time, zero it before");               \
    }                                                                                              \
    if (0) {                                                                                       \
        weft__passing:                                                                             \
        __attribute__((unused));                                                                   \
        weft__passes(weft__f, weft__c);                                                            \
    }

#if WEFT_NAMES && defined WEFT__IN_FLASH
#define WEFT__SITE(name)                                                                           \
    static const char weft__name[] WEFT__IN_FLASH = #name;                                         \
    static const char weft__file[] WEFT__IN_FLASH = __FILE__;                                      \
    static const weft_site weft__site WEFT__IN_FLASH = {weft__name,                                \
                                                        weft__file WEFT__SITE_BYTES(name)}
#if WEFT_DEBUG
#define WEFT__SITE_BYTES(name) , sizeof(struct name)
#else
#define WEFT__SITE_BYTES(name)
#endif
#define WEFT__SITE_ADDRESS (&weft__site)
#elif WEFT_DEBUG
#define WEFT__SITE(name)                                                                           \
    static const weft_site weft__site = {#name, __FILE__, sizeof(struct name)}
#define WEFT__SITE_ADDRESS (&weft__site)
#elif WEFT_NAMES
#define WEFT__SITE(name) static const weft_site weft__site = {#name, __FILE__}
#define WEFT__SITE_ADDRESS (&weft__site)
#else
#define WEFT__SITE(name) ((void)0)
#define WEFT__SITE_ADDRESS NULL
#endif

#ifdef __cplusplus
/* A function hides the struct of its name, and `struct fn{…}` is no expression for clang++. */
extern "C++" {
template <class T>
static inline T weft__make(T value)
{
    return value;
}
}
#define WEFT__OF_TYPE(child, fn) /* an error anyway */
#define WEFT__SUSPENDED (weft_step{WEFT__WAITS})
#define WEFT__NEW(fn, caller, ...)                                                                 \
    weft__make<struct fn>({.weft = weft__head(fn, caller), __VA_ARGS__})
#else
#define WEFT__OF_TYPE(child, fn)                                                                   \
    WEFT__STATIC_ASSERT(_Generic(&(child), struct fn *: 1, default: 0),                            \
                        "this is the frame of another coroutine than `" #fn "`")
#define WEFT__SUSPENDED ((weft_step){WEFT__WAITS})
#define WEFT__NEW(fn, of, ...)                                                                     \
    ((struct fn){.weft = {.step = fn, .caller = of, WEFT__AT_START}, __VA_ARGS__})
#endif

/* Enters something and waits for it at state n. The label stands in a branch that is never taken,
 * so nothing falls through into it. */
#define WEFT__ENTER(n, enter)                                                                      \
    do {                                                                                           \
        WEFT__AT(n);                                                                               \
        WEFT__ENTERED(n, enter);                                                                   \
    } while (0)
#define WEFT__ENTERED(n, enter)                                                                    \
    do {                                                                                           \
        WEFT__IN_COROUTINE();                                                                      \
        WEFT__FITS(n);                                                                             \
        {                                                                                          \
            const weft_step weft__verdict = (enter);                                               \
            if (weft__verdict.suspended != 0) {                                                    \
                return weft__verdict;                                                              \
            }                                                                                      \
        }                                                                                          \
        if (0) {                                                                                   \
            WEFT__CASE(n) :;                                                                       \
        }                                                                                          \
    } while (0)

/* An await; `then` looks at how it ended. */
#define WEFT__CALL(n, then, child, ...) WEFT__CALL_(n, then, child, __VA_ARGS__)
#define WEFT__PREPARES(n, child, fn)                                                               \
    struct fn *const weft__child = &(child);                                                       \
    WEFT__AT(n);                                                                                   \
    if (WEFT_ASSERTS && WEFT__RARE(!weft__is_idle(&weft__child->weft))) {                          \
        goto weft__is_busy;                                                                        \
    }                                                                                              \
    WEFT__CHECK_ROOM(child)

#define WEFT__CALL_WHOLE(n, then, child, fn, ...)                                                  \
    do {                                                                                           \
        WEFT__IN_COROUTINE();                                                                      \
        WEFT__OF_TYPE(child, fn);                                                                  \
        {                                                                                          \
            WEFT__PREPARES(n, child, fn);                                                          \
            *weft__child = WEFT__NEW(fn, weft__f, __VA_ARGS__);                                    \
            weft__c->top = &weft__child->weft;                                                     \
        }                                                                                          \
        WEFT__ENTERED(n, weft__call(weft__c, fn));                                                 \
        then;                                                                                      \
    } while (0)

#if WEFT__SMALL
#define WEFT__CALL_(n, then, child, fn, ...) WEFT__CALL_WHOLE(n, then, child, fn, __VA_ARGS__)
#else
/* Has the coroutine a first step? Then `WEFT__FIRST_OF_name` is `, WEFT__CALL_FIRST`: see at_once.h. */
#define WEFT__CALL_(n, then, child, fn, ...)                                                       \
    WEFT__SECOND_OF(WEFT__FIRST_OF_##fn, WEFT__CALL_WHOLE, )(n, then, child, fn, __VA_ARGS__)
#define WEFT__SECOND_OF(...) WEFT__SECOND_OF_(__VA_ARGS__)
#define WEFT__SECOND_OF_(first, second, ...) second

/* If it was done at once, its status is 0, and nobody looks. */
#define WEFT__CALL_FIRST(n, then, child, fn, ...)                                                  \
    do {                                                                                           \
        WEFT__IN_COROUTINE();                                                                      \
        WEFT__OF_TYPE(child, fn);                                                                  \
        WEFT__FITS(n);                                                                             \
        {                                                                                          \
            WEFT__PREPARES(n, child, fn);                                                          \
            const weft_step weft__verdict =                                                        \
                weft__enter_##fn(weft__child, weft__c, WEFT__NEW(fn, weft__f, __VA_ARGS__));       \
            if (WEFT__OFTEN(weft__verdict.suspended == 0)) {                                       \
                break;                                                                             \
            }                                                                                      \
            if (weft__verdict.suspended != WEFT__ENDED_NOW) {                                      \
                return weft__verdict;                                                              \
            }                                                                                      \
        }                                                                                          \
        if (0) {                                                                                   \
            WEFT__CASE(n) :;                                                                       \
        }                                                                                          \
        then;                                                                                      \
    } while (0)
#endif

/* Leaves to the innermost block around this place, else to FINALLY, else to the end, taking along
 * weft__c->status. Which of them is lexical: `weft__exit` is a pointer to an array as long as the
 * number of the exit; a block declares its own, and only its size is ever asked for. */
#define WEFT__LEAVE() WEFT__LEAVE_BY(weft__dispatch)
#define WEFT__LEAVE_BY(way)                                                                        \
    do {                                                                                           \
        if (sizeof(*weft__exit) == WEFT__FINISH) {                                                 \
            weft__finish(weft__f, weft__c);                                                        \
            goto weft__end;                                                                        \
        }                                                                                          \
        WEFT__TO = (weft__state)sizeof(*weft__exit);                                               \
        if (sizeof(*weft__exit) != WEFT__UNWIND) { /* a block asks how it was left */              \
            weft__f->state = WEFT__TO;                                                             \
        }                                                                                          \
        goto way;                                                                                  \
    } while (0)

#define WEFT__LEAVE_IF(failed)                                                                     \
    do {                                                                                           \
        if (failed) {                                                                              \
            if (sizeof(*weft__exit) == WEFT__FINISH) {                                             \
                weft__passes(weft__f, weft__c);                                                    \
            }                                                                                      \
            WEFT__LEAVE_BY(weft__passing);                                                         \
        }                                                                                          \
    } while (0)

/**
 * The frame of every block: `enter` once, the body once, then `leave`, whichever way the body was
 * left. While the body runs, its exit is state u; its end, `break` and `continue` set state n.
 *
 * Expands to:
 *     for (enter;; state = n)
 *         if (state == n) { case u: case n: leave; break; }
 *         else for (exit is u; state != n; state = n)
 *             { body }
 */
#define WEFT__BLOCK(n, u, enter, leave)                                                            \
    for (enter, weft__f->state = WEFT__INSIDE;; weft__f->state = WEFT__STATE(n))                   \
        if (weft__f->state == WEFT__STATE(n)) {                                                    \
            WEFT__FITS(n);                                                                         \
            WEFT__FITS(u);                                                                         \
            if (0) {                                                                               \
                WEFT__CASE(u) : WEFT__CASE(n) :;                                                   \
            }                                                                                      \
            leave;                                                                                 \
            break;                                                                                 \
        } else                                                                                     \
            WEFT__SHADOW_OK                                                                        \
            for (char(*weft__exit)[WEFT__STATE(u)] __attribute__((unused));                        \
                 weft__f->state != WEFT__STATE(n); weft__f->state = WEFT__STATE(n)) WEFT__SHADOW_END

#endif
