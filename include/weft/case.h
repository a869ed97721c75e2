/* case.h - one of several things that are waited for, of which exactly one happens. */
/* SPDX-License-Identifier: MIT */
/*
 * What a select needs to know of a wait to make it a case; for those who want to add a kind. One
 * for a bell that rings once for each who waits:
 *
 *     struct bell { unsigned rings; weft_link waiters; };
 *
 *     static bool bell_is_ready(weft_case *c) { return ((struct bell *)c->of)->rings > 0; }
 *     static int bell_take(weft_case *c)      { ((struct bell *)c->of)->rings--; return 0; }
 *     static void bell_arm(weft_case *c)      { weft_case_hang(c, &((struct bell *)c->of)->waiters); }
 *
 *     static weft_case *on_bell(weft_case *place, struct bell *bell)
 *     {
 *         static const weft_case_kind kind = { .is_ready = bell_is_ready, .arm = bell_arm, .take = bell_take };
 *         return weft_case_init(place, &kind, bell);
 *     }
 *
 *     void ring(struct bell *bell)
 *     {
 *         weft_waiter *const waiter = weft_waiter_next(&bell->waiters);
 *         if (waiter != NULL) {
 *             weft_waiter_wake(waiter);          // this one has happened, and no other
 *         } else {
 *             bell->rings++;
 *         }
 *     }
 */
#ifndef WEFT_CASE_H
#define WEFT_CASE_H

#include <weft/channel_ends.h>
#include <weft/executor.h>

typedef struct weft_case weft_case;

/**
 * What a kind of case does. The last three may be NULL. The functions are called from the select or
 * from the one who tells; they never wait, and run no code of the user's.
 *
 *     is_ready ──> take                            it is ready, and it is the one
 *     is_ready ──> arm ──> told                    weft_waiter_wake() or _choose(&case->waiter)
 *                   `────> disarm                  another one was told, or the wait was cancelled
 */
typedef struct weft_case_kind {
    /** True if it can happen now. Changes nothing that others see. */
    bool (*is_ready)(weft_case *);
    /** Puts it where it will be told: weft_case_hang(), a timer, a callback. */
    void (*arm)(weft_case *);
    /** Makes it happen. @return its status. NULL: 0. */
    int (*take)(weft_case *);
    /** It was told, just now. @return its status, unless it was told another than 0. NULL: 0. */
    int (*told)(weft_case *);
    /** Takes it out of where arm() put it, other than the list, which is seen to. */
    void (*disarm)(weft_case *);
} weft_case_kind;

/* Cases of which one is to happen. */
typedef struct weft__choice {
    weft_case *first;
    weft_case *chosen; /* it has happened */
} weft__choice;

/* What the kinds of case_kinds.h need. */
typedef struct weft__at_timer {
    weft_waiter waiter;
    weft_timer timer;
} weft__at_timer;

typedef struct weft__at_task {
    weft_waiter waiter;
    weft_owner watcher;
} weft__at_task;

/** A case: a member of the frame that waits. Each select sets it up anew. 64 bit: 104 bytes. 32 bit:
 *  56. AVR: 32. */
struct weft_case {
    bool happened;  /* this one, and no other of its select */
    int16_t status; /* then: 0, or how it failed */
    /* for kinds: */
    bool is_armed;            /* from arm() on, until told() or disarm() */
    bool is_ready, is_linked; /* private */
    void *of;                 /* what it waits for */
    weft__claim *claim;       /* private: right before the waiter */
    union {
        weft_waiter waiter; /* waiter.task: whose case it is */
        weft__at_channel at_channel;
        weft__at_timer at_timer;
        weft__at_task at_task;
    };
    /* private: */
    const weft_case_kind *kind;
    weft_case *next;
    weft__choice *choice;
};

WEFT__BEGIN_C

WEFT__STATIC_ASSERT(offsetof(weft_case, waiter) ==
                        offsetof(weft_case, claim) + sizeof(weft__claim *),
                    "the claim of a case stands right before its waiter");

/** Makes a case of a kind. @param of  What it waits for: outlives the wait. */
static inline weft_case *weft_case_init(weft_case *place, const weft_case_kind *kind, void *of)
{
    const weft_case fresh = WEFT__ZERO;
    *place = fresh;
    place->kind = kind;
    place->of = of;
    return place;
}

/** In arm(): puts it behind those that wait in a list of weft_waiter. */
static inline void weft_case_hang(weft_case *armed, weft_link *list)
{
    weft__waiter_hang(&armed->waiter, list);
}

/** From is_ready() on: what the tasks of its loop share. */
static inline weft_core *weft_case_core(const weft_case *begun)
{
    return weft_task_core(begun->waiter.task);
}

/* How it is done. */

/* A list of those that are not NULL. */
static inline weft_case *weft__link_cases(weft_case *const *cases, size_t count)
{
    weft_case *first = NULL, **place = &first;
    for (size_t i = 0; i < count; i++) {
        weft_case *const next = cases[i];
        if (next != NULL) {
            WEFT_ASSERT(
                !next->is_linked,
                "a case is for one select, once: set it up by its weft_on_ function in WEFT_CASES");
            next->is_linked = true;
            *place = next;
            place = &next->next;
        }
    }
    return first;
}

/* Takes all out of where they wait. */
static inline void weft__choice_disarm(const weft__choice *choice)
{
    for (weft_case *each = choice->first; each != NULL; each = each->next) {
        if (each->is_armed) {
            each->is_armed = false;
            weft__waiter_unhang(&each->waiter);
            if (each->kind->disarm != NULL) {
                each->kind->disarm(each);
            }
        }
    }
}

/* One was told. Who was cancelled, and has not run, does not wait any more: nothing happens. */
static inline void weft__case_claim(weft_waiter *waiter)
{
    weft_case *const told = WEFT_CONTAINER(waiter, weft_case, waiter);
    if (weft_waiter_waits(waiter)) {
        told->is_armed = false;
        told->happened = true;
        told->choice->chosen = told;
        weft__choice_disarm(told->choice);
        told->status = told->kind->told != NULL ? (int16_t)told->kind->told(told) : (int16_t)0;
    }
}

static inline void weft__choice_begin(weft__choice *choice, weft_case *cases, weft_task *task)
{
    choice->first = cases;
    choice->chosen = NULL;
    for (weft_case *each = cases; each != NULL; each = each->next) {
        WEFT_ASSERT(each->choice == NULL,
                    "these cases were selected among before: WEFT_CASES() anew");
        each->choice = choice;
        weft_waiter_init(&each->waiter, task);
        each->claim = weft__case_claim;
    }
}

/* One of `count`, by chance; in a test as its seed or its schedule says. The upper half of a linear
 * congruence: D. Knuth, Seminumerical Algorithms. */
static inline size_t weft__by_chance(weft_core *core, size_t count)
{
    weft_executor *const chooser = weft__executor_of(core);
#if WEFT_HOOKS
    if (chooser->choose != NULL) {
        return chooser->choose(chooser, count);
    }
#endif
    chooser->chance = chooser->chance * 1664525U + 1013904223U;
    return (size_t)(chooser->chance >> 16) % count;
}

/* Makes one happen that is ready; false if none is. */
static inline bool weft__choice_take(weft__choice *choice, weft_core *core, bool biased)
{
    size_t count = 0, nth;
    weft_case *each;
    for (each = choice->first; each != NULL && !(biased && count > 0); each = each->next) {
        each->is_ready = each->kind->is_ready(each);
        count += each->is_ready;
    }
    if (count == 0) {
        return false;
    }
    nth = count > 1 ? weft__by_chance(core, count) : 0;
    for (each = choice->first; !each->is_ready || nth-- > 0; each = each->next) {
    }
    each->happened = true;
    each->status = each->kind->take != NULL ? (int16_t)each->kind->take(each) : (int16_t)0;
    choice->chosen = each;
    return true;
}

static inline void weft__choice_arm(const weft__choice *choice)
{
    for (weft_case *each = choice->first; each != NULL; each = each->next) {
        each->is_armed = true;
        each->kind->arm(each);
    }
}

/* The wait has ended with a status: that of the case, if one has happened. */
static inline int16_t weft__choice_end(const weft__choice *choice, int16_t status)
{
    if (choice->chosen == NULL) {
        weft__choice_disarm(choice);
        return status;
    }
    if (status != 0) {
        choice->chosen->status = status;
    }
    return choice->chosen->status;
}

WEFT__END_C

#ifdef __cplusplus
template <class... Cases>
static inline weft_case *weft__cases(Cases... cases)
{
    weft_case *const all[] = {cases...};
    return weft__link_cases(all, sizeof...(cases));
}
#endif

#endif
