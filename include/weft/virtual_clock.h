/* virtual_clock.h - time that passes when nothing else happens, or when it is told to. */
/* SPDX-License-Identifier: MIT */
/*
 * The clock of a test stands while tasks are ready. When all are blocked it jumps to the next
 * timer:
 *
 *     |- steps -| . . . . . . . . . . . . . . . . . . . . . |- steps -|
 *     10:00     all tasks are blocked; the next timer: 14:00    14:00
 *
 * Between these two a coroutine can go on: weft_wait_all_tasks_blocked. So a test knows that the
 * others have come as far as they can, without counting how often they take turns:
 *
 *     WEFT_CHECK(weft_spawn(&self->group, &self->client, client, &self->wire));
 *     WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, self->test);
 *     // here the client waits for an answer; no timeout of its has passed
 *
 * With weft_test_desc.manual_clock it does not jump: weft_test_advance() moves it from plain C,
 * weft_advance from a coroutine; timers that are due on the way fire each at its own time. Who sets
 * test.now forward instead makes them all late, as on a machine that was asleep.
 */
#ifndef WEFT_VIRTUAL_CLOCK_H
#define WEFT_VIRTUAL_CLOCK_H

#include <weft/trace.h>

#if !WEFT_BARE /* see bare.h */

/**
 * Waits until every other task of the test waits and nothing is ready: before the clock moves on,
 * so that no timer later than now has fired.
 *
 * With a cushion it goes on when that has been so for this time of the clock, in which no task ran;
 * where the next timer is due at the same moment, that comes first. Of several that wait here those
 * with the smallest cushion go on, together, in the order in which they came; the others wait for a
 * moment when these are blocked, too.
 *
 * Status:  0, or WEFT_ECANCELED.
 * Context: coroutine, run by `test`.
 * Cost:    O(1) for each with the same cushion, O(those with a larger one); no allocation.
 */
struct weft_wait_all_tasks_blocked {
    WEFT_FRAME;
    weft_test *test;
    weft_time cushion;
};

/**
 * Lets the clock go on by `after`, and waits until it is there and all tasks are blocked. One task
 * at a time (asserted). With a clock that goes by itself: a sleep that ends behind all others.
 *
 * Status:  0; WEFT_ECANCELED: the clock stands where it had come.
 * Context: coroutine, run by `test`.
 */
struct weft_advance {
    WEFT_FRAME;
    weft_test *test;
    weft_time after;
};

WEFT__BEGIN_C

/* How it is done. */

/* How far the clock may go: WEFT_FOREVER is anywhere. */
static inline weft_time weft__clock_limit(const weft_test *test)
{
    return test->is_advancing                               ? test->until
           : test->desc.manual_clock && !test->is_finishing ? test->now
                                                            : WEFT_FOREVER;
}

/* Moves the clock; false: it may not go so far. */
static inline bool weft__clock_go(weft_test *test, weft_time at)
{
    const weft_time limit = weft__clock_limit(test);
    if (at == WEFT_FOREVER || (limit != WEFT_FOREVER && weft_time_is_before(limit, at))) {
        return false;
    }
    if (weft_time_is_before(test->now, at)) {
        test->now = at;
    }
    return true;
}

static inline void weft__clock_advance(weft_test *test, weft_time after)
{
    WEFT_ASSERT(!test->is_advancing, "one advances the clock at a time: await the other before");
    test->is_advancing = true;
    test->until = weft_time_add(test->now, after);
}

/* The smallest cushion comes first. */
static inline weft_time weft__cushion_of(weft_link *link)
{
    const weft_task *const task = WEFT_CONTAINER(link, weft_task, link);
    return ((const struct weft_wait_all_tasks_blocked *)(const void *)task->chain.top)->cushion;
}

static inline weft_link *weft__idle_place(weft_test *test, weft_time cushion)
{
    weft_link *behind = &test->idlers;
    while (behind->prev != &test->idlers && weft__cushion_of(behind->prev) > cushion) {
        behind = behind->prev;
    }
    return behind;
}

/* All tasks are blocked, and the next timer is due at `at`; true: somebody waited for that. */
static inline bool weft__clock_idle(weft_test *test, weft_time at)
{
    if (!test->is_idle) {
        test->is_idle = true;
        test->idle_since = test->now;
    }
    if (weft_link_is_empty(&test->idlers)) {
        return false;
    }
    const weft_time cushion = weft__cushion_of(test->idlers.next);
    const weft_time blocked_at = weft_time_add(test->idle_since, cushion > 0 ? cushion : 0);
    if ((at != WEFT_FOREVER && !weft_time_is_before(blocked_at, at)) ||
        !weft__clock_go(test, blocked_at)) {
        return false;
    }
    while (!weft_link_is_empty(&test->idlers) && weft__cushion_of(test->idlers.next) <= cushion) {
        (void)weft_wake_first(&test->idlers);
    }
    return true;
}

/* The end of an advance: all are blocked, and no timer is due until then; true: it was a task's. */
static inline bool weft__clock_arrive(weft_test *test)
{
    weft_task *const advancer = test->advancer;
    if (test->is_advancing && test->until != WEFT_FOREVER) {
        (void)weft__clock_go(test, test->until);
    }
    if (advancer == NULL) {
        return false;
    }
    test->advancer = NULL;
    weft_wake(advancer);
    return true;
}

static inline void weft__check_test(const weft_test *test, const weft_core *core)
{
    WEFT_ASSERT(test != NULL && core == &test->executor.core, "the test that runs this coroutine");
}

static inline WEFT_ASYNC(weft_wait_all_tasks_blocked, self)
{
    weft__check_test(self->test, weft__core(weft__c));
    WEFT_PARK(weft__idle_place(self->test, self->cushion));
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_advance, self)
{
    weft__check_test(self->test, weft__core(weft__c));
    weft__clock_advance(self->test, self->after);
    self->test->advancer = WEFT_SELF();
    WEFT_PARK(NULL);
    self->test->advancer = NULL;
    self->test->is_advancing = false;
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
#endif
