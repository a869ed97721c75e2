/* test_generator.c - coroutines that yield values, to plain C or to another generator. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

/* Driven from plain C. */

START_TEST(plain_c_takes_the_values_without_a_loop)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 3);
    while (weft_next(&it)) {
        say("%d ", it.value);
    }
    ck_assert_str_eq(trace, "1 4 9 [0]");
    ck_assert_int_eq(weft_outcome(&it), 0);
}
END_TEST

START_TEST(a_for_over_a_generator_stops_early_and_closes_it)
{
    struct squares it;
    begin();
    for (weft_init(&it, squares, .limit = 99); weft_next(&it) && it.value < 10;) {
        say("%d ", it.value);
    }
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "1 4 9 [-4099]");
    ck_assert_int_eq(weft_outcome(&it), WEFT_ECLOSED);
}
END_TEST

START_TEST(sending_is_assigning_a_field_before_the_next_is_asked_for)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 2);
    while (weft_next(&it)) {
        say("%d ", it.value);
        it.sent = it.value == 1 ? 7 : 0;
    }
    ck_assert_str_eq(trace, "1 -7 4 [0]");
}
END_TEST

START_TEST(a_generator_that_fails_has_no_further_value_and_tells_the_status)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 1, .failing = -5);
    ck_assert(weft_next(&it));
    ck_assert(!weft_next(&it));
    ck_assert_int_eq(weft_outcome(&it), -5);
}
END_TEST

START_TEST(an_ended_generator_has_no_next_value_and_keeps_its_outcome)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 0, .failing = -5);
    ck_assert(!weft_next(&it));
    ck_assert(!weft_next(&it));
    ck_assert(!weft_throw(&it, -6));
    weft_close_generator(&it);
    ck_assert_int_eq(weft_outcome(&it), -5);
    ck_assert_str_eq(trace, "[-5]");
}
END_TEST

START_TEST(a_status_that_is_thrown_in_leaves_through_finally)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 9);
    ck_assert(weft_next(&it));
    ck_assert(!weft_throw(&it, -9));
    ck_assert_int_eq(weft_outcome(&it), -9);
    ck_assert_str_eq(trace, "[-9]");
}
END_TEST

START_TEST(a_generator_may_catch_what_is_thrown_and_yield_on)
{
    struct catcher it;
    begin();
    weft_init(&it, catcher);
    ck_assert(weft_next(&it));
    ck_assert(weft_throw(&it, -9));
    ck_assert_int_eq(it.value, -9);
    ck_assert(weft_next(&it));
    ck_assert_int_eq(it.value, 0);
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[caught]");
    ck_assert_int_eq(weft_outcome(&it), 0);
}
END_TEST

START_TEST(closed_before_it_began_it_runs_only_its_finally)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 9);
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[-4099]");
    ck_assert(weft_has_ended(&it));
}
END_TEST

START_TEST(thrown_into_before_it_began_it_runs_only_its_finally)
{
    struct squares it;
    begin();
    weft_init(&it, squares, .limit = 9);
    ck_assert(!weft_throw(&it, -9));
    ck_assert_str_eq(trace, "[-9]");
}
END_TEST

START_TEST(closing_twice_or_what_never_was_does_nothing)
{
    struct squares it = {0};
    begin();
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "");
    weft_init(&it, squares, .limit = 9);
    weft_close_generator(&it);
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[-4099]");
}
END_TEST

START_TEST(two_generators_of_a_kind_run_side_by_side)
{
    struct squares left, right;
    begin();
    weft_init(&left, squares, .limit = 9);
    weft_init(&right, squares, .limit = 9);
    ck_assert(weft_next(&left) && weft_next(&left) && weft_next(&right));
    ck_assert_int_eq(left.value, 4);
    ck_assert_int_eq(right.value, 1);
}
END_TEST

/* Delegation. */

struct delegate {
    WEFT_FRAME;
    int failing; /* in: how the inner one ends */
    int value;
    struct squares inner;
};

static WEFT_ASYNC(delegate, self)
{
    WEFT_YIELD(self->value = 100);
    weft_init(&self->inner, squares, .limit = 2, .failing = self->failing);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
    WEFT_YIELD(self->value = 200);
WEFT_FINALLY:
    say("{%d}", WEFT_OUTCOME());
}
WEFT_END

START_TEST(yield_from_yields_all_that_another_yields)
{
    struct delegate it;
    begin();
    weft_init(&it, delegate);
    while (weft_next(&it)) {
        say("%d ", it.value);
    }
    ck_assert_str_eq(trace, "100 1 4 [0]200 {0}");
}
END_TEST

START_TEST(yield_from_leaves_when_the_inner_one_fails)
{
    struct delegate it;
    begin();
    weft_init(&it, delegate, .failing = -5);
    while (weft_next(&it)) {
        say("%d ", it.value);
    }
    ck_assert_str_eq(trace, "100 1 4 [-5]{-5}");
    ck_assert_int_eq(weft_outcome(&it), -5);
}
END_TEST

START_TEST(closing_a_delegating_generator_closes_the_inner_one_first)
{
    struct delegate it;
    begin();
    weft_init(&it, delegate);
    ck_assert(weft_next(&it) && weft_next(&it));
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[-4099]{-4099}");
}
END_TEST

START_TEST(what_is_thrown_into_a_delegating_generator_goes_to_the_inner_one)
{
    struct delegate it;
    begin();
    weft_init(&it, delegate);
    ck_assert(weft_next(&it) && weft_next(&it));
    ck_assert(!weft_throw(&it, -9));
    ck_assert_str_eq(trace, "[-9]{-9}");
    ck_assert_int_eq(weft_outcome(&it), -9);
}
END_TEST

struct delegate_catcher {
    WEFT_FRAME;
    int value;
    struct catcher inner;
};

static WEFT_ASYNC(delegate_catcher, self)
{
    weft_init(&self->inner, catcher);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
    say("never");
}
WEFT_END

START_TEST(an_inner_one_that_catches_what_is_thrown_keeps_the_delegation_going)
{
    struct delegate_catcher it;
    begin();
    weft_init(&it, delegate_catcher);
    ck_assert(weft_next(&it));
    ck_assert(weft_throw(&it, -9));
    ck_assert_int_eq(it.value, -9);
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[caught]");
    ck_assert_int_eq(weft_outcome(&it), WEFT_ECLOSED);
}
END_TEST

/* Answers being closed with a failure of its own. */
struct protester {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(protester, self)
{
    WEFT_YIELD_CATCH(self->value = 1);
    WEFT_RETURN(-7);
}
WEFT_END

struct delegate_protester {
    WEFT_FRAME;
    int value;
    struct protester inner;
};

static WEFT_ASYNC(delegate_protester, self)
{
    weft_init(&self->inner, protester);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
}
WEFT_END

START_TEST(a_failure_of_the_inner_one_when_it_is_closed_is_that_of_the_delegating_one)
{
    struct delegate_protester it;
    begin();
    weft_init(&it, delegate_protester);
    ck_assert(weft_next(&it));
    weft_close_generator(&it);
    ck_assert_int_eq(weft_outcome(&it), -7);
}
END_TEST

struct delegate_twice {
    WEFT_FRAME;
    int value;
    struct squares inner;
};

static WEFT_ASYNC(delegate_twice, self)
{
    weft_init(&self->inner, squares, .limit = 3);
    WEFT_NEXT(self->inner);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
    WEFT_YIELD_FROM(self->inner, self->value = self->inner.value);
}
WEFT_END

START_TEST(delegating_to_one_that_has_begun_yields_the_rest_and_to_one_that_has_ended_nothing)
{
    struct delegate_twice it;
    begin();
    weft_init(&it, delegate_twice);
    while (weft_next(&it)) {
        say("%d ", it.value);
    }
    ck_assert_str_eq(trace, "4 9 [0]");
    ck_assert_int_eq(weft_outcome(&it), 0);
}
END_TEST

struct tree {
    WEFT_FRAME;
    int depth, value;
    struct tree *side; /* an arena: two children each */
};

static WEFT_ASYNC(tree, self)
{
    WEFT_YIELD(self->value = self->depth);
    if (self->depth > 0) {
        weft_init(self->side, tree, self->depth - 1, .side = self->side + 1);
        WEFT_YIELD_FROM(*self->side, self->value = self->side->value);
    }
}
WEFT_END

START_TEST(delegation_deeper_than_the_c_stack_may_go_works_in_plain_c)
{
    static struct tree arena[100];
    struct tree it;
    int count = 0, sum = 0;
    weft_init(&it, tree, 100, .side = arena);
    for (; weft_next(&it); count++) {
        sum += it.value;
    }
    ck_assert_int_eq(count, 101);
    ck_assert_int_eq(sum, 5050);
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

START_TEST(asking_a_generator_that_was_never_prepared_stops)
{
    struct squares it = {0};
    (void)weft_next(&it);
}
END_TEST

START_TEST(waiting_in_a_generator_that_plain_c_drives_stops)
{
    struct ticker it;
    weft_init(&it, ticker, 9);
    (void)weft_next(&it);
}
END_TEST

START_TEST(yielding_while_it_is_closed_stops)
{
    struct stubborn it;
    weft_init(&it, stubborn);
    ck_assert(weft_next(&it));
    weft_close_generator(&it);
}
END_TEST

SUITE_TOGETHER(generator)
{
    TEST(plain_c_takes_the_values_without_a_loop);
    TEST(a_for_over_a_generator_stops_early_and_closes_it);
    TEST(sending_is_assigning_a_field_before_the_next_is_asked_for);
    TEST(a_generator_that_fails_has_no_further_value_and_tells_the_status);
    TEST(an_ended_generator_has_no_next_value_and_keeps_its_outcome);
    TEST(a_status_that_is_thrown_in_leaves_through_finally);
    TEST(a_generator_may_catch_what_is_thrown_and_yield_on);
    TEST(closed_before_it_began_it_runs_only_its_finally);
    TEST(thrown_into_before_it_began_it_runs_only_its_finally);
    TEST(closing_twice_or_what_never_was_does_nothing);
    TEST(two_generators_of_a_kind_run_side_by_side);
    TEST(yield_from_yields_all_that_another_yields);
    TEST(yield_from_leaves_when_the_inner_one_fails);
    TEST(closing_a_delegating_generator_closes_the_inner_one_first);
    TEST(what_is_thrown_into_a_delegating_generator_goes_to_the_inner_one);
    TEST(an_inner_one_that_catches_what_is_thrown_keeps_the_delegation_going);
    TEST(a_failure_of_the_inner_one_when_it_is_closed_is_that_of_the_delegating_one);
    TEST(delegating_to_one_that_has_begun_yields_the_rest_and_to_one_that_has_ended_nothing);
    TEST(delegation_deeper_than_the_c_stack_may_go_works_in_plain_c);
    TEST_STOPS(asking_a_generator_that_was_never_prepared_stops);
    TEST_STOPS(waiting_in_a_generator_that_plain_c_drives_stops);
    TEST_STOPS(yielding_while_it_is_closed_stops);
}
