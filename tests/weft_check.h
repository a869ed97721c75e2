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
#define SUITE(name)                                                                                \
    static void weft__suite(TCase *weft__tests);                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        return weft__run_suite(#name, weft__suite);                                                \
    }                                                                                              \
    static void weft__suite(TCase *weft__tests)

/** A test that must pass. */
#define TEST(name) tcase_add_test(weft__tests, name)

/** A test that must pass for each `_i` from 0 to count - 1, each counted by itself. */
#define TEST_EACH(name, count) tcase_add_loop_test(weft__tests, name, 0, count)

/** A test that must stop at an assertion; left out where tests have no process of their own. */
#define TEST_STOPS(name)                                                                           \
    do {                                                                                           \
        if (weft__forks()) {                                                                       \
            tcase_add_test_raise_signal(weft__tests, name, SIGABRT);                               \
        }                                                                                          \
    } while (0)

/** The same for each `_i` from 0 to count - 1. */
#define TEST_EACH_STOPS(name, count)                                                               \
    do {                                                                                           \
        if (weft__forks()) {                                                                       \
            tcase_add_loop_test_raise_signal(weft__tests, name, SIGABRT, 0, count);                \
        }                                                                                          \
    } while (0)

#ifdef WEFT_SMALL_CHECK
static inline int weft__forks(void)
{
    return 1;
}

static inline int weft__run_suite(const char *name, void (*add_tests)(TCase *))
{
    return small_check_suite(name, add_tests);
}
#else
static inline int weft__forks(void)
{
    const char *const choice = getenv("CK_FORK");
    return choice == NULL || strcmp(choice, "no") != 0;
}

static inline int weft__run_suite(const char *name, void (*add_tests)(TCase *))
{
    Suite *const suite = suite_create(name);
    TCase *const tests = tcase_create(name);
    SRunner *const runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(tests, 60); /* seconds, for a test that hangs; Check's own 4 are few */
    add_tests(tests);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

#endif
