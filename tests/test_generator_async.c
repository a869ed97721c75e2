/* test_generator_async.c - generators that await, and that coroutines drive. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

struct listener {
    WEFT_FRAME;
    enum way way;
    int to;
    struct ticker ticker;
    struct failure failure;
};

static WEFT_ASYNC(listener, self)
{
    WEFT_FOR_EACH(self->ticker, ticker, self->to) {
        say("%d@%d ", self->ticker.value, seconds());
        if (self->way == BY_BREAK) {
            break;
        } else if (self->way == BY_TRY) {
            WEFT_TRY(self->failure, failure, -5);
        }
    }
    say("behind");
WEFT_FINALLY:
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(an_async_generator_awaits_between_its_values)
{
    WEFT_TASK(listener) task = {0};
    begin();
    START(&task, listener, TO_THE_END, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 2@2 [0@3]behind{0@3}");
}
END_TEST

START_TEST(closing_an_async_generator_waits_for_its_cleanup)
{
    const char *const traces[] = {"1@1 [-4099@2]behind{0@2}", "1@1 [-4099@2]{-5@2}"};
    WEFT_TASK(listener) task = {0};
    begin();
    START(&task, listener, _i == 0 ? BY_BREAK : BY_TRY, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_cancel_in_the_wait_of_an_async_generator_unwinds_it_first)
{
    WEFT_TASK(listener) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, listener, TO_THE_END, 9);
    START(&canceller_task, canceller, &task.task, WEFT_MS(1500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1@1 [-4097@2]{-4097@2}");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct listener_that_waits {
    WEFT_FRAME;
    struct ticker ticker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(listener_that_waits, self)
{
    WEFT_FOR_EACH(self->ticker, ticker, 9) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
    }
WEFT_FINALLY:
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_cancel_in_the_body_of_for_each_closes_the_async_generator)
{
    WEFT_TASK(listener_that_waits) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, listener_that_waits);
    START(&canceller_task, canceller, &task.task, WEFT_S(5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4099@6]{-4097@6}");
}
END_TEST

struct by_hand {
    WEFT_FRAME;
    struct ticker ticker;
    struct catcher catcher;
};

static WEFT_ASYNC(by_hand, self)
{
    weft_init(&self->ticker, ticker, 2);
    for (;;) {
        WEFT_NEXT(self->ticker);
        if (weft_has_ended(&self->ticker)) {
            break;
        }
        say("%d ", self->ticker.value);
    }
    WEFT_NEXT(self->ticker);
    say("ended:%d ", WEFT_STATUS() == WEFT_EEND);
    WEFT_CLOSE(self->ticker);
    weft_init(&self->catcher, catcher);
    WEFT_NEXT(self->catcher);
    WEFT_THROW(self->catcher, -9);
    say("%d ", self->catcher.value);
    WEFT_CLOSE(self->catcher);
    WEFT_THROW(self->catcher, -9);
    say(" %d", WEFT_STATUS());
}
WEFT_END

START_TEST(a_coroutine_drives_a_generator_by_hand)
{
    WEFT_TASK(by_hand) task = {0};
    begin();
    START(&task, by_hand);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 2 [0@3]ended:1 -9 [caught] -9");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

struct next_of_failing {
    WEFT_FRAME;
    struct squares squares;
};

static WEFT_ASYNC(next_of_failing, self)
{
    weft_init(&self->squares, squares, .limit = 0, .failing = -5);
    WEFT_NEXT(self->squares);
    say("never");
}
WEFT_END

START_TEST(next_leaves_when_the_generator_fails)
{
    WEFT_TASK(next_of_failing) task = {0};
    begin();
    START(&task, next_of_failing);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-5]");
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

struct closes_nothing {
    WEFT_FRAME;
    struct ticker ticker;
};

static WEFT_ASYNC(closes_nothing, self)
{
    WEFT_CLOSE(self->ticker);
    say("closed");
}
WEFT_END

START_TEST(a_coroutine_may_close_a_generator_that_never_was)
{
    WEFT_TASK(closes_nothing) task = {0};
    begin();
    START(&task, closes_nothing);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "closed");
}
END_TEST

struct throws_in {
    WEFT_FRAME;
    struct squares squares;
    struct failure failure;
};

static int origin_line;

static WEFT_ASYNC(throws_in, self)
{
    WEFT_AWAIT(self->failure, failure, -1); /* handled */
    weft_init(&self->squares, squares, .limit = 9);
    WEFT_NEXT(self->squares);
    WEFT_THROW(self->squares, -9);
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

struct throws_in_caller {
    WEFT_FRAME;
    struct throws_in inner;
};

static WEFT_ASYNC(throws_in_caller, self)
{
    origin_line = __LINE__ + 1;
    WEFT_TRY(self->inner, throws_in);
}
WEFT_END

START_TEST(a_status_passed_on_by_return_status_began_at_the_line_that_awaits)
{
    WEFT_TASK(throws_in_caller) task = {0};
    begin();
    START(&task, throws_in_caller);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -9);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

struct shares {
    WEFT_FRAME;
    struct ticker *ticker;
};

static WEFT_ASYNC(shares, self)
{
    WEFT_NEXT(*self->ticker);
}
WEFT_END

START_TEST(a_generator_with_two_drivers_stops)
{
    struct ticker shared;
    WEFT_TASK(shares) a = {0};
    WEFT_TASK(shares) b = {0};
    begin();
    weft_init(&shared, ticker, 9);
    START(&a, shares, &shared);
    START(&b, shares, &shared);
    (void)run();
}
END_TEST

struct yields_in_scope {
    WEFT_FRAME;
    weft_scope scope;
    int value;
};

static WEFT_ASYNC(yields_in_scope, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(1)) {
        WEFT_YIELD(self->value = 1);
    }
}
WEFT_END

struct drives_scope {
    WEFT_FRAME;
    struct yields_in_scope generator;
};

static WEFT_ASYNC(drives_scope, self)
{
    WEFT_FOR_EACH(self->generator, yields_in_scope) {
    }
}
WEFT_END

START_TEST(yielding_inside_a_scope_of_the_generators_own_stops)
{
    WEFT_TASK(drives_scope) task = {0};
    begin();
    START(&task, drives_scope);
    (void)run();
}
END_TEST

SUITE(generator_async)
{
    TEST(an_async_generator_awaits_between_its_values);
    TEST_EACH(closing_an_async_generator_waits_for_its_cleanup, 2);
    TEST(a_cancel_in_the_wait_of_an_async_generator_unwinds_it_first);
    TEST(a_cancel_in_the_body_of_for_each_closes_the_async_generator);
    TEST(a_coroutine_drives_a_generator_by_hand);
    TEST(next_leaves_when_the_generator_fails);
    TEST(a_coroutine_may_close_a_generator_that_never_was);
    TEST(a_status_passed_on_by_return_status_began_at_the_line_that_awaits);
    TEST_STOPS(a_generator_with_two_drivers_stops);
    TEST_STOPS(yielding_inside_a_scope_of_the_generators_own_stops);
}
