/* leak.h - what must be gone when a test is over: resources, and those who wait. */
/* SPDX-License-Identifier: MIT */
/*
 * A resource stands in for a file, a lock, a buffer: the fakes around the program under test count
 * what it takes and gives back.
 *
 *     static weft_test_resource file = { .name = "file" };
 *
 *     weft_test_acquire(&test, &file);      // in the fake of open()
 *     weft_test_release(&test, &file);      // in that of close()
 *
 * At the end of the run it must not be held. The same for memory: count in the allocator that you
 * hand to the program. And where nobody may be left waiting, when the main task has ended:
 *
 *     weft_test_expect_no_waiters(&test, &getters, &queue.getters);
 *
 * Timers and tasks that are left are found without being asked for (testing.h); descriptors by
 * descriptors.h; everything else by a function of yours, weft_test_desc.check.
 */
#ifndef WEFT_LEAK_H
#define WEFT_LEAK_H

#include <weft/trace.h>

#if !WEFT_BARE /* see bare.h */

/** Something that is acquired and released, or, by weft_test_expect_no_waiters(), a list. */
typedef struct weft_test_resource {
    const char *name; /* for messages */
    int held;         /* acquired so many times more often than released */
    /* private: */
    const weft_link *waiters;
    weft_link link;
} weft_test_resource;

WEFT__BEGIN_C

/** Counts that something was acquired. The resource outlives the run. Context: loop, plain C. */
static inline void weft_test_acquire(weft_test *test, weft_test_resource *resource);

/** Counts that it was released; what is not held must not be. */
static inline void weft_test_release(weft_test *test, weft_test_resource *resource);

/**
 * Expects nobody to wait in a list when the main task of this run has ended. (A run that is stopped
 * or in a deadlock is not looked at: there somebody waits.)
 *
 * @param expectation  With the name to be printed; outlives the run, and is no resource as well.
 * @param waiters      `event.waiters`, `queue.getters`, or a list of yours; outlives the run.
 */
static inline void weft_test_expect_no_waiters(weft_test *test, weft_test_resource *expectation,
                                               const weft_link *waiters);

/* How it is done. */

static inline void weft_test_acquire(weft_test *test, weft_test_resource *resource)
{
    if (resource->held++ == 0) {
        weft_link_insert(&test->held, &resource->link);
    }
}

static inline void weft_test_release(weft_test *test, weft_test_resource *resource)
{
    if (resource->held == 0) {
        weft_test_fail(test, "released, but not held", resource->name);
    } else if (--resource->held == 0) {
        weft_link_remove(&resource->link);
    }
}

static inline void weft_test_expect_no_waiters(weft_test *test, weft_test_resource *expectation,
                                               const weft_link *waiters)
{
    expectation->waiters = waiters;
    weft_test_acquire(test, expectation);
}

static inline weft_test_resource *weft__resource_of(weft_link *link)
{
    return WEFT_CONTAINER(link, weft_test_resource, link);
}

/* When the main task has ended, before what is left is cancelled. */
static inline void weft__leak_waiters(weft_test *test)
{
    weft_link *link;
    for (link = test->held.next; link != &test->held; link = link->next) {
        const weft_test_resource *const resource = weft__resource_of(link);
        if (resource->waiters != NULL && !weft_link_is_empty(resource->waiters)) {
            weft_test_fail(test, "somebody still waits", resource->name);
        }
    }
}

/* Takes a resource out, as if it were released. */
static inline void weft__leak_forget(weft_test_resource *resource)
{
    resource->held = 0;
    resource->waiters = NULL;
    weft_link_remove(&resource->link);
}

/* At the end of a run. */
static inline void weft__leak_held(weft_test *test)
{
    while (!weft_link_is_empty(&test->held)) {
        weft_test_resource *const resource = weft__resource_of(test->held.next);
        if (resource->waiters == NULL) {
            weft_test_fail(test, "not released", resource->name);
        }
        weft__leak_forget(resource);
    }
}

WEFT__END_C

#endif
#endif
