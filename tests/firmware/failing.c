/* failing.c - tests that fail, each in its way: the suites' runner must tell, and go on. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/link.h>

static int counted;

START_TEST(a_condition)
{
    ck_assert(counted == 1);
}
END_TEST

START_TEST(numbers)
{
    ck_assert_int_eq(_i, 1);
}
END_TEST

START_TEST(texts)
{
    ck_assert_str_eq(_i == 0 ? "left" : NULL, "right");
}
END_TEST

START_TEST(stops)
{
    WEFT_ASSERT(counted == 1, "count");
}
END_TEST

START_TEST(does_not_stop)
{
}
END_TEST

START_TEST(writes_over_the_end_of_the_stack)
{
    small_check_spoil();
}
END_TEST

/* The others left it as it was. */
START_TEST(memory_is_as_after_a_reset)
{
    counted++;
    ck_assert_int_eq(counted, 1);
}
END_TEST

SUITE(failing)
{
    TEST(a_condition);
    TEST_EACH(numbers, 3);
    TEST_EACH(texts, 2);
    TEST(stops);
    TEST_STOPS(stops);
    TEST_STOPS(does_not_stop);
    TEST(writes_over_the_end_of_the_stack);
    TEST_EACH(memory_is_as_after_a_reset, 3);
}

/* prints:
 * Running suite(s): failing
 * run a_condition
 * ../../tests/firmware/failing.c:10: counted == 1
 * number 0 failed
 * FAILED a_condition 1
 * run numbers
 * 0, 1: ../../tests/firmware/failing.c:16: _i == 1
 * number 0 failed
 * 2, 1: ../../tests/firmware/failing.c:16: _i == 1
 * number 2 failed
 * FAILED numbers 2
 * run texts
 * "left", "right": ../../tests/firmware/failing.c:22: _i == 0 ? "left" : ((void *)0) == "right"
 * number 0 failed
 * "(null)", "right": ../../tests/firmware/failing.c:22: _i == 0 ? "left" : ((void *)0) == "right"
 * number 1 failed
 * FAILED texts 2
 * run stops
 * ../../tests/firmware/failing.c:28: stopped
 * number 0 failed
 * FAILED stops 1
 * run stops
 * ok stops 1
 * run does_not_stop
 * number 0 failed
 * FAILED does_not_stop 1
 * run writes_over_the_end_of_the_stack
 * the stack is too small, or a write went astray
 * number 0 failed
 * FAILED writes_over_the_end_of_the_stack 1
 * run memory_is_as_after_a_reset
 * ok memory_is_as_after_a_reset 3
 * 38%: Checks: 13, Failures: 8, Errors: 0
 */
