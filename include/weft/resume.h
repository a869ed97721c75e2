/* resume.h - a function that resumes where it left: one byte of state. */
/* SPDX-License-Identifier: MIT */
/*
 * The smallest coroutine there is, a *protothread*: a function that is called again and again, and
 * each time goes on where it last stopped. All it keeps is one small integer, in a struct of yours.
 *
 *     struct blink { WEFT_PT_STATE; };
 *
 *     static WEFT_PT(blink, self)
 *     {
 *         for (;;) {
 *             led_on();
 *             WEFT_PT_WAIT_UNTIL(timer_expired());
 *             led_off();
 *             WEFT_PT_WAIT_UNTIL(timer_expired());
 *         }
 *     }
 *     WEFT_PT_END
 *
 *     static struct blink left, right;
 *     for (;;) { blink(&left); blink(&right); }
 *
 * How: the whole body stands inside a `switch` over the state, and each place that waits is a
 * `case` of it (Duff's device; Tom Duff, 1983). A resume is a call and one jump.
 *
 * Limits: locals are lost at each wait (keep what must last in the struct; the compiler warns);
 * no wait inside a `switch` of your own (-DWEFT_LINT -fsyntax-only reports it); 253 waits a
 * function. What needs calls that wait, timeouts, cancellation or cleanup wants frame.h.
 */
#ifndef WEFT_RESUME_H
#define WEFT_RESUME_H

#include <weft/config.h>

/** The state: 0 is the beginning, so a zeroed struct is ready to run. */
typedef uint8_t weft_pt_state;

/** What a call tells: the protothread has ended, or wants to be called again. */
typedef struct weft_pt_result {
    bool ended;
} weft_pt_result;

enum { WEFT__PT_LAST = 254, WEFT__PT_ENDED = 255 };

/** The state, as a member of the struct that bears the protothread's name. 1 byte. */
#define WEFT_PT_STATE weft_pt_state weft

/** Declares a protothread: in a header, or before it is defined. */
#define WEFT_PT_DECLARE(name) weft_pt_result name(struct name *weft__self)

/**
 * Defines the protothread `name` over `struct name`; `static` may stand before it.
 *
 * Expands to:
 *     weft_pt_result name(struct name *self)
 *     {
 *         switch (self->weft) {
 *         default: stop;
 *         case 0:;
 *             { body }
 */
#define WEFT_PT(name, self)                                                                        \
    WEFT_PT_DECLARE(name);                                                                         \
    weft_pt_result name(struct name *self)                                                         \
    {                                                                                              \
        WEFT__WARN_PUSH                                                                            \
        weft_pt_state *const weft__state_of = &self->weft;                                         \
        enum { weft__base = __COUNTER__ };                                                         \
        switch (WEFT__LABEL(*weft__state_of)) {                                                    \
        default:                                                                                   \
            WEFT_STOP(__FILE__, __LINE__, #name, "ended, or waits inside a `switch` of yours");    \
        case WEFT__LABEL(0):;

/** Ends the body. A protothread that has ended must not be called again; zero its state first. */
#define WEFT_PT_END                                                                                \
    *weft__state_of = WEFT__PT_ENDED;                                                              \
    return WEFT__PT_RESULT(true);                                                                  \
    }                                                                                              \
    weft__stray_break();                                                                           \
    WEFT__WARN_POP                                                                                 \
    }

/** Returns to the caller; the next call goes on behind it. */
#define WEFT_PT_YIELD() WEFT__PT_YIELD(__COUNTER__ - weft__base)
#define WEFT__PT_YIELD(n)                                                                          \
    do {                                                                                           \
        WEFT__STATIC_ASSERT((n) < WEFT__PT_LAST, "too many waits in one protothread");             \
        *weft__state_of = (weft_pt_state)(n);                                                      \
        return WEFT__PT_RESULT(false);                                                             \
    case WEFT__LABEL(n):;                                                                          \
    } while (0)

/** Goes on once `condition` holds; until then each call tests it and returns. */
#define WEFT_PT_WAIT_UNTIL(condition) WEFT__PT_WAIT_UNTIL(__COUNTER__ - weft__base, condition)
#define WEFT__PT_WAIT_UNTIL(n, condition)                                                          \
    do {                                                                                           \
        WEFT__STATIC_ASSERT((n) < WEFT__PT_LAST, "too many waits in one protothread");             \
        *weft__state_of = (weft_pt_state)(n);                                                      \
        if (0) {                                                                                   \
        case WEFT__LABEL(n):;                                                                      \
        }                                                                                          \
        if (!(condition)) {                                                                        \
            return WEFT__PT_RESULT(false);                                                         \
        }                                                                                          \
    } while (0)

/** Ends the protothread here. */
#define WEFT_PT_EXIT()                                                                             \
    do {                                                                                           \
        *weft__state_of = WEFT__PT_ENDED;                                                          \
        return WEFT__PT_RESULT(true);                                                              \
    } while (0)

#ifdef __cplusplus
#define WEFT__PT_RESULT(value) (weft_pt_result{value})
#else
#define WEFT__PT_RESULT(value) ((weft_pt_result){value})
#endif

#endif
