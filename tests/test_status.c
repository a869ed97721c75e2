/* test_status.c - how an operation ended: 0, or a negative number with a cure. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <errno.h>
#include <weft/status.h>

struct row {
    const char *name;
    int number;
    const char *text;
};

#define ROW(name, number, text) {#name, number, text},
static const struct row rows[] = {WEFT_STATUS_TABLE(ROW)};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(every_code_is_below_those_of_the_system_and_fits_a_status)
{
    ck_assert_int_lt(rows[_i].number, -4096);
    ck_assert_int_ge(rows[_i].number, INT16_MIN);
}
END_TEST

START_TEST(every_code_is_a_failure_as_the_exit_code_of_a_program)
{
    ck_assert_int_ne(rows[_i].number & 0xff, 0);
}
END_TEST

START_TEST(every_code_has_a_text_of_its_own)
{
    ck_assert_str_eq(weft_status_text(rows[_i].number), rows[_i].text);
    ck_assert_uint_gt(strlen(rows[_i].text), 5);
    for (int other = 0; other < _i; other++) {
        ck_assert_int_ne(rows[other].number, rows[_i].number);
        ck_assert_str_ne(rows[other].text, rows[_i].text);
    }
}
END_TEST

START_TEST(other_numbers_have_no_text_here)
{
    ck_assert_ptr_null(weft_status_text(0));
    ck_assert_ptr_null(weft_status_text(-ENOENT));
    ck_assert_ptr_null(weft_status_text(1));
    ck_assert_ptr_null(weft_status_text(rows[ROWS - 1].number - 1));
}
END_TEST

START_TEST(a_connection_that_timed_out_is_not_a_scope_whose_deadline_passed)
{
    ck_assert_int_ne(WEFT_ETIMEDOUT, -ETIMEDOUT);
    ck_assert_int_ne(WEFT_ECANCELED, -ECANCELED);
}
END_TEST

SUITE_TOGETHER(status)
{
    TEST_EACH(every_code_is_below_those_of_the_system_and_fits_a_status, ROWS);
    TEST_EACH(every_code_is_a_failure_as_the_exit_code_of_a_program, ROWS);
    TEST_EACH(every_code_has_a_text_of_its_own, ROWS);
    TEST(other_numbers_have_no_text_here);
    TEST(a_connection_that_timed_out_is_not_a_scope_whose_deadline_passed);
}
