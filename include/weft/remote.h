/* remote.h - a list that interrupts and other threads may push to. */
/* SPDX-License-Identifier: MIT */
/*
 * The one door into a loop from outside. Whoever wants in owns a node; pushing it never fails,
 * never blocks and runs no user code; pushing one that is in already does nothing.
 *
 *     interrupt ──┐
 *     thread    ──┴─> push ─> [c] -> [b] -> [a]      the loop takes all at once, and runs a, b, c
 *
 * Where the core has a compare-and-swap that is used (two threads or an interrupt may push at
 * once). Where it has not (Cortex-M0, AVR, RISC-V without the A extension), interrupts are held off for a few instructions.
 */
#ifndef WEFT_REMOTE_H
#define WEFT_REMOTE_H

#include <weft/config.h>

/** A node, zeroed and with `run` set. It must stay where it is while it is pushed. */
typedef struct weft_remote {
    struct weft_remote *next; /* NULL: not pushed */
    void (*run)(struct weft_remote *);
} weft_remote;

/** The list: zeroed is empty. */
typedef struct weft_remote_list {
    weft_remote *first;
} weft_remote_list;

WEFT__BEGIN_C

#if defined WEFT_CRITICAL_BEGIN
/* The user's own: WEFT_CRITICAL_BEGIN(saved) declares `saved`, WEFT_CRITICAL_END(saved) uses it. */
#define WEFT__CRITICAL 1
#elif __GCC_ATOMIC_POINTER_LOCK_FREE == 2
#define WEFT__CRITICAL 0
#elif defined __AVR__
#define WEFT__CRITICAL 1
#define WEFT_CRITICAL_BEGIN(saved)                                                                 \
    uint8_t saved;                                                                                 \
    __asm__ volatile("in %0, __SREG__\n\tcli" : "=r"(saved)::"memory")
#define WEFT_CRITICAL_END(saved) __asm__ volatile("out __SREG__, %0" ::"r"(saved) : "memory")
#elif defined __arm__
#define WEFT__CRITICAL 1
#define WEFT_CRITICAL_BEGIN(saved)                                                                 \
    uint32_t saved;                                                                                \
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory")
#define WEFT_CRITICAL_END(saved) __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory")
#elif defined __riscv /* in machine mode */
#define WEFT__CRITICAL 1
#define WEFT_CRITICAL_BEGIN(saved)                                                                 \
    unsigned long saved;                                                                           \
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(saved)::"memory")
#define WEFT_CRITICAL_END(saved) __asm__ volatile("csrs mstatus, %0" ::"r"(saved & 8U) : "memory")
#else
#error "no compare-and-swap here: define WEFT_CRITICAL_BEGIN(saved) and WEFT_CRITICAL_END(saved)"
#endif

/* Ends the list, so that NULL can say "not pushed". */
static inline weft_remote *weft__remote_end(weft_remote_list *list)
{
    return (weft_remote *)(void *)list;
}

/* What follows a node that is pushed onto `first`. */
static inline weft_remote *weft__remote_behind(weft_remote_list *list, weft_remote *first)
{
    return first != NULL ? first : weft__remote_end(list);
}

/**
 * Pushes `node`, unless it is in already.
 *
 * @return true if the list was empty: then its owner must be woken.
 * Context: interrupt, any thread. Cost: O(1), no allocation, lock-free where the core is.
 */
static inline bool weft_remote_push(weft_remote_list *list, weft_remote *node)
{
#if WEFT__CRITICAL
    bool was_empty = false;
    WEFT_CRITICAL_BEGIN(weft__saved);
    if (node->next == NULL) {
        was_empty = list->first == NULL;
        node->next = was_empty ? weft__remote_end(list) : list->first;
        list->first = node;
    }
    WEFT_CRITICAL_END(weft__saved);
    return was_empty;
#else
    /* Every write to `next` is a read-modify-write: so whoever pushes one that is in already hands
     * what it wrote before to the run that is to come, without a push of its own. */
    weft_remote *first = __atomic_load_n(&list->first, __ATOMIC_RELAXED), *next = NULL;
    while (!__atomic_compare_exchange_n(&node->next, &next,
                                        next != NULL ? next : weft__remote_behind(list, first),
                                        false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
    }
    if (next != NULL) {
        return false;
    }
    while (!__atomic_compare_exchange_n(&list->first, &first, node, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
        (void)__atomic_exchange_n(&node->next, weft__remote_behind(list, first), __ATOMIC_ACQ_REL);
    }
    return first == NULL;
#endif
}

/** True if nothing is pushed. Context: any; a glance, the answer may be old at once. */
static inline bool weft_remote_is_empty(weft_remote_list *list)
{
#if WEFT__CRITICAL
    weft_remote *volatile *const first = &list->first;
    return *first == NULL;
#else
    return __atomic_load_n(&list->first, __ATOMIC_SEQ_CST) == NULL;
#endif
}

/* What interrupts and other threads write, as it is here and now. */
#if WEFT__CRITICAL
#define WEFT__GLANCE(place)                                                                        \
    (__extension__({                                                                               \
        __typeof__(place) volatile *const weft__place = &(place);                                  \
        *weft__place;                                                                              \
    }))
#else
#define WEFT__GLANCE(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#endif

/* Takes the whole list, which is not empty, in the order in which it was pushed. */
static inline weft_remote *weft__remote_take(weft_remote_list *list)
{
    weft_remote *node, *in_order = weft__remote_end(list);
#if WEFT__CRITICAL
    WEFT_CRITICAL_BEGIN(weft__saved);
    node = list->first;
    list->first = NULL;
    WEFT_CRITICAL_END(weft__saved);
#else
    node = __atomic_exchange_n(&list->first, (weft_remote *)NULL, __ATOMIC_SEQ_CST);
#endif
    while (node != weft__remote_end(list)) {
#if WEFT__CRITICAL
        weft_remote *const next = node->next;
        node->next = in_order;
#else
        weft_remote *const next = __atomic_exchange_n(&node->next, in_order, __ATOMIC_ACQ_REL);
#endif
        in_order = node;
        node = next;
    }
    return in_order;
}

/* The same with a list that is not empty. */
static inline void weft__remote_run(weft_remote_list *list)
{
    for (weft_remote *node = weft__remote_take(list), *next; node != weft__remote_end(list);
         node = next) {
#if WEFT__CRITICAL
        next = node->next;
        node->next = NULL;
        __asm__ volatile("" ::: "memory"); /* what `run` reads is read behind this */
#else
        next = __atomic_exchange_n(&node->next, (weft_remote *)NULL, __ATOMIC_SEQ_CST);
#endif
#if WEFT__CRITICAL
        node->run(node);
#else
        __atomic_load_n(&node->run, __ATOMIC_RELAXED)(node); /* others may post it again by now */
#endif
    }
}

/**
 * Takes what was pushed and calls the `run` of each, in the order of the pushes. Each is out of the
 * list before its `run` is called, so it may be pushed again, or freed, from there.
 *
 * Context: the loop that owns the list.
 */
static inline void weft_remote_run(weft_remote_list *list)
{
    if (!weft_remote_is_empty(list)) {
        weft__remote_run(list);
    }
}

WEFT__END_C

#endif
