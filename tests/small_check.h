/* small_check.h - what the suites use of Check, where Check cannot go. */
/* SPDX-License-Identifier: MIT */
/*
 * The same test bodies run with it: -DWEFT_SMALL_CHECK makes weft_check.h include this instead of
 * <check.h>. It is for other cores than the build's, and for 32 bits on a machine of 64. Each test
 * and each number of a loop of tests is counted; the last line is as Check's:
 *
 *     run a_zeroed_link_is_empty
 *     ok a_zeroed_link_is_empty 1
 *     100%: Checks: 3, Failures: 0, Errors: 0
 *
 * With an operating system each test is a process, has a minute, and may stop. Without one (see
 * firmware/suites.py) each begins with its memory as after a reset, and one that fails or stops
 * jumps back to the list: for that WEFT_STOP is small_check_stop() there.
 */
#ifndef WEFT_SMALL_CHECK_H
#define WEFT_SMALL_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __unix__
#include <sys/wait.h>
#include <unistd.h>
#else
#include "firmware/bare_check.h"
#endif

#if defined __unix__
enum { SMALL_CHECK_FAILED = 70 };
#define SMALL_CHECK_TEXT(text) text
#define SMALL_CHECK_FAIL() ((void)fflush(stdout), _exit(SMALL_CHECK_FAILED))

static inline void small_check_say(const char *text)
{
    printf("%s", text);
}
#endif

typedef intmax_t small_int;
typedef uintmax_t small_uint;

static inline void small_check_at(const char *file, int line)
{
    small_check_say(file);
    printf(":%d: ", line);
}

__attribute__((noreturn, unused)) static void small_check_failed(const char *file, int line,
                                                                 const char *text)
{
    small_check_at(file, line);
    small_check_say(text);
    printf("\n");
    SMALL_CHECK_FAIL();
}

__attribute__((noreturn, unused)) static void
small_check_ints(const char *file, int line, const char *text, small_int left, small_int right)
{
    printf("%jd, %jd: ", left, right);
    small_check_failed(file, line, text);
}

__attribute__((noreturn, unused)) static void
small_check_uints(const char *file, int line, const char *text, small_uint left, small_uint right)
{
    printf("%ju, %ju: ", left, right);
    small_check_failed(file, line, text);
}

__attribute__((noreturn, unused)) static void
small_check_texts(const char *file, int line, const char *text, const char *left, const char *right)
{
    printf("\"%s\", \"%s\": ", left != NULL ? left : "(null)", right != NULL ? right : "(null)");
    small_check_failed(file, line, text);
}

/** What Check calls a test case: a list of tests; here they run at once. */
typedef struct TCase {
    int run, failed;
} TCase;

typedef void small_check_test(int);

#define START_TEST(name)                                                                           \
    static void name(int _i)                                                                       \
    {                                                                                              \
        (void)_i;
#define END_TEST }

#define ck_assert_msg(condition, ...)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            small_check_at(SMALL_CHECK_TEXT(__FILE__), __LINE__);                                  \
            (void)printf(__VA_ARGS__);                                                             \
            (void)printf("\n");                                                                    \
            SMALL_CHECK_FAIL();                                                                    \
        }                                                                                          \
    } while (0)
#define ck_assert(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            small_check_failed(SMALL_CHECK_TEXT(__FILE__), __LINE__,                               \
                               SMALL_CHECK_TEXT(#condition));                                      \
        }                                                                                          \
    } while (0)

#define SMALL_CHECK_NUMBERS(kind, left, relation, right)                                           \
    do {                                                                                           \
        const small_##kind small_left = (small_##kind)(left);                                      \
        const small_##kind small_right = (small_##kind)(right);                                    \
        if (!(small_left relation small_right)) {                                                  \
            small_check_##kind##s(SMALL_CHECK_TEXT(__FILE__), __LINE__,                            \
                                  SMALL_CHECK_TEXT(#left " " #relation " " #right), small_left,    \
                                  small_right);                                                    \
        }                                                                                          \
    } while (0)
#define SMALL_CHECK_INT(left, relation, right) SMALL_CHECK_NUMBERS(int, left, relation, right)
#define SMALL_CHECK_UINT(left, relation, right) SMALL_CHECK_NUMBERS(uint, left, relation, right)
#define ck_assert_int_eq(left, right) SMALL_CHECK_INT(left, ==, right)
#define ck_assert_int_ne(left, right) SMALL_CHECK_INT(left, !=, right)
#define ck_assert_int_lt(left, right) SMALL_CHECK_INT(left, <, right)
#define ck_assert_int_le(left, right) SMALL_CHECK_INT(left, <=, right)
#define ck_assert_int_gt(left, right) SMALL_CHECK_INT(left, >, right)
#define ck_assert_int_ge(left, right) SMALL_CHECK_INT(left, >=, right)
#define ck_assert_uint_eq(left, right) SMALL_CHECK_UINT(left, ==, right)
#define ck_assert_uint_ne(left, right) SMALL_CHECK_UINT(left, !=, right)
#define ck_assert_uint_lt(left, right) SMALL_CHECK_UINT(left, <, right)
#define ck_assert_uint_le(left, right) SMALL_CHECK_UINT(left, <=, right)
#define ck_assert_uint_gt(left, right) SMALL_CHECK_UINT(left, >, right)
#define ck_assert_uint_ge(left, right) SMALL_CHECK_UINT(left, >=, right)

#define SMALL_CHECK_TEXTS(left, relation, right)                                                   \
    do {                                                                                           \
        const char *const small_left = (left), *const small_right = (right);                       \
        if (small_left == NULL || small_right == NULL ||                                           \
            !(strcmp(small_left, small_right) relation 0)) {                                       \
            small_check_texts(SMALL_CHECK_TEXT(__FILE__), __LINE__,                                \
                              SMALL_CHECK_TEXT(#left " " #relation " " #right), small_left,        \
                              small_right);                                                        \
        }                                                                                          \
    } while (0)
#define ck_assert_str_eq(left, right) SMALL_CHECK_TEXTS(left, ==, right)
#define ck_assert_str_ne(left, right) SMALL_CHECK_TEXTS(left, !=, right)
#define ck_assert_mem_eq(left, right, size) ck_assert(memcmp(left, right, size) == 0)
#define ck_assert_ptr_eq(left, right) ck_assert((const void *)(left) == (const void *)(right))
#define ck_assert_ptr_ne(left, right) ck_assert((const void *)(left) != (const void *)(right))
#define ck_assert_ptr_null(pointer) ck_assert((pointer) == NULL)
#define ck_assert_ptr_nonnull(pointer) ck_assert((pointer) != NULL)

#define tcase_add_test(tests, test) small_check_run(tests, SMALL_CHECK_TEXT(#test), test, 1, false)
#define tcase_add_loop_test(tests, test, begin, end)                                               \
    small_check_run(tests, SMALL_CHECK_TEXT(#test), test, end, false)
#define tcase_add_test_raise_signal(tests, test, signal)                                           \
    small_check_run(tests, SMALL_CHECK_TEXT(#test), test, 1, true)
#define tcase_add_loop_test_raise_signal(tests, test, signal, begin, end)                          \
    small_check_run(tests, SMALL_CHECK_TEXT(#test), test, end, true)

#if defined __unix__
/* Runs a test; true: it ended as it must. */
static inline bool small_check_one(small_check_test *test, int number, bool must_stop)
{
    int status = 0;
    (void)fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(60);
        test(number);
        (void)fflush(stdout);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        return false;
    }
    return must_stop ? WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT : status == 0;
}
#else
/* Runs a test; true: it ended as it must. */
static inline bool small_check_one(small_check_test *test, int number, bool must_stop)
{
    small_check_begin(must_stop);
    const int how = setjmp(*small_check_end());
    if (how == 0) {
        test(number);
    }
    return small_check_is_whole() && (must_stop ? how == SMALL_CHECK_STOPPED : how == 0);
}
#endif

static inline void small_check_run(TCase *tests, const char *name, small_check_test *test,
                                   int count, bool must_stop)
{
    int failed = 0;
    printf("run ");
    small_check_say(name);
    printf("\n");
    for (int number = 0; number < count; number++) {
        if (!small_check_one(test, number, must_stop)) {
            failed++;
            printf("number %d failed\n", number);
        }
    }
    tests->run += count;
    tests->failed += failed;
    printf(failed == 0 ? "ok " : "FAILED ");
    small_check_say(name);
    printf(" %d\n", failed == 0 ? count : failed);
}

__attribute__((unused)) static void small_check_leave_out(const char *name_and_why)
{
    printf("left out ");
    small_check_say(name_and_why);
    printf("\n");
}

static inline int small_check_suite(const char *name, void (*add_tests)(TCase *))
{
    TCase tests = {0, 0};
#if !defined __unix__
    small_check_start();
#endif
    printf("Running suite(s): %s\n", name);
    add_tests(&tests);
    printf("%d%%: Checks: %d, Failures: %d, Errors: 0\n",
           tests.run > 0 ? 100 * (tests.run - tests.failed) / tests.run : 0, tests.run,
           tests.failed);
    return tests.failed == 0 && tests.run > 0 ? 0 : 1;
}

#endif
