/* test_generator_thrown.c - what is thrown into generators, and what closing them meets. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

START_TEST(throwing_nothing_asks_for_the_next_value)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 2);
    ck_assert(weft_throw(&it, 0));
    ck_assert_int_eq(it.value, 1);
    ck_assert(weft_throw(&it, 0));
    ck_assert_int_eq(it.value, 4);
    ck_assert(!weft_throw(&it, 0));
    ck_assert_str_eq(trace, "[0]");
}
END_TEST

START_TEST(throwing_what_is_no_failure_stops)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 2);
    ck_assert(weft_next(&it));
    (void)weft_throw(&it, 5);
}
END_TEST

START_TEST(what_a_throw_has_ended_has_no_next_value_and_keeps_its_outcome)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 2);
    ck_assert(weft_next(&it));
    ck_assert(!weft_throw(&it, -9));
    ck_assert(!weft_next(&it));
    ck_assert(!weft_throw(&it, -8));
    ck_assert_int_eq(weft_outcome(&it), -9);
    ck_assert_str_eq(trace, "[-9]");
}
END_TEST

/* Makes another failure of what is thrown into it. */
struct translator {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(translator, self)
{
    WEFT_YIELD_CATCH(self->value = 1);
    WEFT_RETURN(WEFT_STATUS() == -9 ? -10 : WEFT_STATUS());
}
WEFT_END

START_TEST(a_generator_may_fail_in_another_way_than_was_thrown)
{
    struct translator it;
    begin();
    weft_init(&it, translator);
    ck_assert(weft_next(&it));
    ck_assert(!weft_throw(&it, -9));
    ck_assert_int_eq(weft_outcome(&it), -10);
}
END_TEST

START_TEST(a_generator_may_be_prepared_anew_when_it_has_ended)
{
    struct squares it;
    begin();
    for (int round = 0; round < 2; round++) {
        weft_init(&it, squares, .limit = 1);
        ck_assert(weft_next(&it));
        ck_assert_int_eq(it.value, 1);
        ck_assert(!weft_next(&it));
    }
    ck_assert_str_eq(trace, "[0][0]");
}
END_TEST

/* In coroutines. */

struct thrower {
    WEFT_FRAME;
    int thrown;
    bool ended; /* in: throws when it has ended */
    struct ticker ticker;
};

static WEFT_ASYNC(thrower, self)
{
    weft_init(&self->ticker, ticker, .to = 1);
    WEFT_NEXT(self->ticker);
    if (self->ended) {
        WEFT_NEXT(self->ticker);
    }
    WEFT_THROW(self->ticker, self->thrown);
    say("%d,%d@%d ", WEFT_STATUS(), weft_has_ended(&self->ticker), seconds());
    WEFT_NEXT(self->ticker);
    say("end%d", WEFT_STATUS());
}
WEFT_END

START_TEST(what_is_thrown_comes_back_behind_the_cleanup)
{
    WEFT_TASK(thrower) task = {0};
    begin();
    START(&task, thrower, -9);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-9@2]-9,1@2 end-4100");
}
END_TEST

START_TEST(what_is_thrown_into_one_that_has_ended_comes_back_at_once)
{
    WEFT_TASK(thrower) task = {0};
    begin();
    START(&task, thrower, -9, .ended = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[0@2]-9,1@2 end-4100");
}
END_TEST

/* Closes a generator in its cleanup, whatever comes. */
struct closes {
    WEFT_FRAME;
    weft_scope limit;
    struct ticker ticker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(closes, self)
{
    WEFT_TIMEOUT(self->limit, WEFT_S(2)) {
        weft_init(&self->ticker, ticker, .to = 5);
        WEFT_NEXT(self->ticker);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
    }
WEFT_FINALLY:
    WEFT_CLOSE(self->ticker);
    say("closed%d@%d %d", WEFT_STATUS(), seconds(), WEFT_OUTCOME());
}
WEFT_END

START_TEST(closed_in_the_cleanup_of_a_timeout_it_has_all_the_time_it_needs)
{
    WEFT_TASK(closes) task = {0};
    begin();
    START(&task, closes);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4099@3]closed0@3 -4098");
}
END_TEST

START_TEST(a_further_request_shortens_that_but_it_is_closed)
{
    WEFT_TASK(closes) task = {0};
    WEFT_TASK(canceller) first = {0}, second = {0};
    begin();
    START(&task, closes);
    START(&first, canceller, &task.task, WEFT_S(1) + WEFT_MS(100));
    START(&second, canceller, &task.task, WEFT_S(1) + WEFT_MS(200));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4099@1]closed0@1 -4097");
}
END_TEST

SUITE(generator_thrown)
{
    TEST(throwing_nothing_asks_for_the_next_value);
    TEST_STOPS(throwing_what_is_no_failure_stops);
    TEST(what_a_throw_has_ended_has_no_next_value_and_keeps_its_outcome);
    TEST(a_generator_may_fail_in_another_way_than_was_thrown);
    TEST(a_generator_may_be_prepared_anew_when_it_has_ended);
    TEST(what_is_thrown_comes_back_behind_the_cleanup);
    TEST(what_is_thrown_into_one_that_has_ended_comes_back_at_once);
    TEST(closed_in_the_cleanup_of_a_timeout_it_has_all_the_time_it_needs);
    TEST(a_further_request_shortens_that_but_it_is_closed);
}
