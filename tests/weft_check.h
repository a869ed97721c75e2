/* weft_check.h - a suite of Check tests in a few lines. */
/* SPDX-License-Identifier: MIT */
/*
 * The name of a test is what it promises. A file ends with the list of them, which reads as the
 * specification of the header that it tests, and is its main():
 *
 *     #include "weft_check.h"
 *     #include <weft/link.h>
 *
 *     START_TEST(a_zeroed_link_is_empty)
 *     {
 *         const weft_link link = {0};
 *         ck_assert(weft_link_is_empty(&link));
 *     }
 *     END_TEST
 *
 *     SUITE(link)
 *     {
 *         TEST(a_zeroed_link_is_empty);
 *         TEST_EACH(any_member_can_be_removed, 3);
 *         TEST_STOPS(a_member_of_two_lists_stops);
 *     }
 *
 * The program ends with Check's line, `100%: Checks: 3, Failures: 0, Errors: 0`. Each test runs in
 * a process of its own; in a debugger set CK_FORK=no, and CK_RUN_CASE or CK_INCLUDE_TAGS to choose.
 * Where a process is dear (under valgrind each translates the program anew) WEFT_CHECK=together has
 * the tests of a SUITE_TOGETHER share one; there are two lines of Check's then.
 */
#ifndef WEFT_CHECK_H
#define WEFT_CHECK_H

#ifdef WEFT_SMALL_CHECK
#include "small_check.h"
#include <signal.h>
#else
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#endif

/** The list of the tests, and main(). */
#define SUITE(name) WEFT__SUITE(name, 0)

/** The same, where no test minds what another has left in static memory. */
#define SUITE_TOGETHER(name) WEFT__SUITE(name, 1)

#define WEFT__SUITE(name, may_share)                                                               \
    static void weft__suite(TCase *weft__tests);                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        return weft__run_suite(#name, weft__suite, may_share);                                     \
    }                                                                                              \
    static void weft__suite(TCase *weft__tests)

/** A test that must pass. */
#define TEST(name) tcase_add_test(weft__tests, name)

/** A test that must pass for each `_i` from 0 to count - 1, each counted by itself. */
#define TEST_EACH(name, count) tcase_add_loop_test(weft__tests, name, 0, count)

/** How many of something a test takes: on a computer; on a small core, which has not the room, nor
 *  an emulator the time. */
#if defined __unix__
#define SIZED(many, few) (many)
#else
#define SIZED(many, few) (few)
#endif

/** Tests of threads, and of what only so many can show: where there are none, or few, these are left
 *  out, and that is told. */
#if defined __unix__
#define TEST_OF_MANY(name) TEST(name)
#define TEST_EACH_OF_MANY(name, count) TEST_EACH(name, count)
#define TEST_OF_THREADS(name) TEST(name)
#else
#define TEST_OF_MANY(name) LEAVE_OUT(name, "takes more than an emulator has time for")
#define TEST_EACH_OF_MANY(name, count) TEST_OF_MANY(name)
#define TEST_OF_THREADS(name) LEAVE_OUT(name, "needs threads")
#define LEAVE_OUT(name, why) small_check_leave_out(SMALL_CHECK_TEXT(#name ": " why))
#endif

/** A test that must stop at an assertion; left out where tests have no process of their own. */
#define TEST_STOPS(name)                                                                           \
    do {                                                                                           \
        if (weft__forks()) {                                                                       \
            tcase_add_test_raise_signal(WEFT__STOPPING, name, SIGABRT);                            \
        }                                                                                          \
    } while (0)

/** The same for each `_i` from 0 to count - 1. */
#define TEST_EACH_STOPS(name, count)                                                               \
    do {                                                                                           \
        if (weft__forks()) {                                                                       \
            tcase_add_loop_test_raise_signal(WEFT__STOPPING, name, SIGABRT, 0, count);             \
        }                                                                                          \
    } while (0)

#ifdef WEFT_SMALL_CHECK
#define WEFT__STOPPING weft__tests

static inline int weft__forks(void)
{
    return 1;
}

static inline int weft__run_suite(const char *name, void (*add_tests)(TCase *), int may_share)
{
    (void)may_share;
    return small_check_suite(name, add_tests);
}
#else
static TCase *weft__stopping __attribute__((unused)); /* those that must stop: by themselves */
#define WEFT__STOPPING weft__stopping

static inline int weft__forks(void)
{
    const char *const choice = getenv("CK_FORK");
    return choice == NULL || strcmp(choice, "no") != 0;
}

static inline int weft__share(void)
{
    const char *const choice = getenv("WEFT_CHECK");
    return choice != NULL && strcmp(choice, "together") == 0;
}

static inline TCase *weft__tests_of(Suite *suite, const char *name)
{
    TCase *const tests = tcase_create(name);
    tcase_set_timeout(tests, 60); /* seconds, for a test that hangs; Check's own 4 are few */
    suite_add_tcase(suite, tests);
    return tests;
}

static inline int weft__run_all(Suite *suite, enum fork_status forks)
{
    SRunner *const runner = srunner_create(suite);
    int failed;
    srunner_set_fork_status(runner, forks);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed;
}

static inline int weft__run_suite(const char *name, void (*add_tests)(TCase *), int may_share)
{
    const int shares = may_share && weft__forks() && weft__share();
    Suite *const suite = suite_create(name), *const own = shares ? suite_create(name) : suite;
    int failed = 0;
    weft__stopping = weft__tests_of(own, name);
    add_tests(weft__tests_of(suite, name));
    if (shares) { /* first: what they start from is what static memory holds now */
        failed = weft__run_all(own, CK_FORK);
    }
    failed += weft__run_all(suite, shares ? CK_NOFORK : CK_FORK_GETENV);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

#endif
