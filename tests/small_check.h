/* small_check.h - what the suites use of Check, where Check cannot go. */
/* SPDX-License-Identifier: MIT */
/*
 * The same test bodies run with it: -DWEFT_SMALL_CHECK makes weft_check.h include this instead of
 * <check.h>. It is for other cores than the build's, and for 32 bits on a machine of 64. The last
 * line is as Check's: `100%: Checks: 3, Failures: 0, Errors: 0`.
 *
 * With an operating system each test is a process, has a minute, and may stop. Without one a test
 * that fails jumps back to the list, and the tests that must stop need a WEFT_STOP that does:
 *
 *     -DWEFT_STOP(file,line,function,cure)=small_check_stopped()
 */
#ifndef WEFT_SMALL_CHECK_H
#define WEFT_SMALL_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined __unix__
#include <sys/wait.h>
#include <unistd.h>
#else
#include <setjmp.h>
static jmp_buf small_check_end;
#endif

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

#if defined __unix__
enum { SMALL_CHECK_FAILED = 70 };
#define SMALL_CHECK_FAIL() _exit(SMALL_CHECK_FAILED)
#else
enum { SMALL_CHECK_FAILED = 1, SMALL_CHECK_STOPPED };
#define SMALL_CHECK_FAIL() longjmp(small_check_end, SMALL_CHECK_FAILED)

__attribute__((noreturn, unused)) static void small_check_stopped(void)
{
    longjmp(small_check_end, SMALL_CHECK_STOPPED);
}
#endif

#define ck_assert_msg(condition, ...)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: ", __FILE__, __LINE__);                                                 \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
            (void)fflush(stdout);                                                                  \
            SMALL_CHECK_FAIL();                                                                    \
        }                                                                                          \
    } while (0)
#define ck_assert(condition) ck_assert_msg(condition, "%s", #condition)

#define SMALL_CHECK_NUMBERS(type, format, left, relation, right)                                   \
    do {                                                                                           \
        const type small_left = (left), small_right = (right);                                     \
        ck_assert_msg(small_left relation small_right, "%s: %" format ", %" format,                \
                      #left " " #relation " " #right, small_left, small_right);                    \
    } while (0)
#define SMALL_CHECK_INT(left, relation, right)                                                     \
    SMALL_CHECK_NUMBERS(intmax_t, PRIdMAX, left, relation, right)
#define SMALL_CHECK_UINT(left, relation, right)                                                    \
    SMALL_CHECK_NUMBERS(uintmax_t, PRIuMAX, left, relation, right)
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
        ck_assert_msg(small_left != NULL && small_right != NULL &&                                 \
                          strcmp(small_left, small_right) relation 0,                              \
                      "%s: \"%s\", \"%s\"", #left " " #relation " " #right,                        \
                      small_left != NULL ? small_left : "(null)",                                  \
                      small_right != NULL ? small_right : "(null)");                               \
    } while (0)
#define ck_assert_str_eq(left, right) SMALL_CHECK_TEXTS(left, ==, right)
#define ck_assert_str_ne(left, right) SMALL_CHECK_TEXTS(left, !=, right)
#define ck_assert_mem_eq(left, right, size) ck_assert(memcmp(left, right, size) == 0)
#define ck_assert_ptr_eq(left, right) ck_assert((const void *)(left) == (const void *)(right))
#define ck_assert_ptr_ne(left, right) ck_assert((const void *)(left) != (const void *)(right))
#define ck_assert_ptr_null(pointer) ck_assert((pointer) == NULL)
#define ck_assert_ptr_nonnull(pointer) ck_assert((pointer) != NULL)

#define tcase_add_test(tests, test) small_check_run(tests, #test, test, 1, false)
#define tcase_add_loop_test(tests, test, begin, end) small_check_run(tests, #test, test, end, false)
#define tcase_add_test_raise_signal(tests, test, signal)                                           \
    small_check_run(tests, #test, test, 1, true)
#define tcase_add_loop_test_raise_signal(tests, test, signal, begin, end)                          \
    small_check_run(tests, #test, test, end, true)

/* Runs a test; true: it ended as it must. */
static inline bool small_check_one(small_check_test *test, int number, bool must_stop)
{
#if defined __unix__
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
#else
    const int how = setjmp(small_check_end);
    if (how == 0) {
        test(number);
    }
    return must_stop ? how == SMALL_CHECK_STOPPED : how == 0;
#endif
}

static inline void small_check_run(TCase *tests, const char *name, small_check_test *test,
                                   int count, bool must_stop)
{
    for (int number = 0; number < count; number++) {
        tests->run++;
        if (!small_check_one(test, number, must_stop)) {
            tests->failed++;
            printf("FAILED %s:%d\n", name, number);
        }
    }
}

static inline int small_check_suite(const char *name, void (*add_tests)(TCase *))
{
    TCase tests = {0, 0};
    printf("Running suite(s): %s\n", name);
    add_tests(&tests);
    printf("%d%%: Checks: %d, Failures: %d, Errors: 0\n",
           tests.run > 0 ? 100 * (tests.run - tests.failed) / tests.run : 0, tests.run,
           tests.failed);
    return tests.failed == 0 && tests.run > 0 ? 0 : 1;
}

#endif
