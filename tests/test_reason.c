/* test_reason.c - why a chain was asked to stop, kept where a failure otherwise keeps its place. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/reason.h>

static const weft_reason first = {"first", "a.c", 1}, second = {"second", "b.c", 2};
static weft_chain chain;

static weft_step fails(weft_frame *frame, weft_chain *unused)
{
    (void)frame, (void)unused;
    return weft__back();
}

/* A chain with a reason, or, with a line, one that failed there. */
static void begin(int status, uint16_t line)
{
    memset(&chain, 0, sizeof chain);
    chain.status = (int16_t)status;
    chain.failed_line = line;
    if (line != 0) {
        chain.failed_in = fails;
    } else {
        chain.reason = &first;
    }
}

START_TEST(a_chain_that_failed_has_no_reason)
{
    begin(-1, 7);
    ck_assert_ptr_null(weft__reason_of(&chain));
}
END_TEST

START_TEST(a_reason_replaces_the_place_of_an_earlier_failure)
{
    begin(-1, 7);
    weft__set_reason(&chain, &second);
    ck_assert_ptr_eq(weft__reason_of(&chain), &second);
}
END_TEST

START_TEST(what_a_failure_on_its_way_says_is_kept)
{
    begin(-1, 7);
    chain.wait = WEFT__READY;
    weft__set_reason(&chain, &second);
    ck_assert_int_eq(chain.failed_line, 7);
    ck_assert(chain.failed_in == fails);
}
END_TEST

START_TEST(a_cancellation_that_passes_keeps_its_reason_and_another_failure_does_not)
{
    begin(WEFT_ECANCELED, 0);
    weft__from_library(&chain);
    ck_assert_ptr_eq(weft__reason_of(&chain), &first);
    chain.status = WEFT_ETIMEDOUT;
    weft__from_library(&chain);
    ck_assert_ptr_null(weft__reason_of(&chain));
}
END_TEST

START_TEST(a_cancellation_that_is_absorbed_takes_its_reason_along_and_a_failure_stays)
{
    begin(0, 0);
    weft__forget_reason(&chain);
    ck_assert_ptr_null(weft__reason_of(&chain));
    begin(-1, 7);
    weft__forget_reason(&chain);
    ck_assert(chain.failed_in == fails);
}
END_TEST

START_TEST(in_the_cleanup_of_a_failure_nothing_is_overwritten)
{
    begin(WEFT_ETIMEDOUT, (uint16_t)(7 * _i));
    chain.flags = WEFT__SEALED;
    weft__set_reason(&chain, &second);
    weft__from_library(&chain);
    weft__forget_reason(&chain);
    ck_assert_int_eq(chain.failed_line, 7 * _i);
    ck_assert_ptr_eq(weft__reason_of(&chain), _i == 0 ? &first : NULL);
}
END_TEST

SUITE(reason)
{
    TEST(a_chain_that_failed_has_no_reason);
    TEST(a_reason_replaces_the_place_of_an_earlier_failure);
    TEST(what_a_failure_on_its_way_says_is_kept);
    TEST(a_cancellation_that_passes_keeps_its_reason_and_another_failure_does_not);
    TEST(a_cancellation_that_is_absorbed_takes_its_reason_along_and_a_failure_stays);
    TEST_EACH(in_the_cleanup_of_a_failure_nothing_is_overwritten, 2);
}
