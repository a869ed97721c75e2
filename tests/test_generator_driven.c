/* test_generator_driven.c - a task drives a generator by hand: next, send, throw, close. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

/* One by one. */

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

/* Asking for the next: anext. */

struct asks {
    WEFT_FRAME;
    weft_time patience; /* for each value */
    weft_scope scope;
    struct ticker ticker;
};

static WEFT_ASYNC(asks, self)
{
    weft_init(&self->ticker, ticker, 2);
    while (!weft_has_ended(&self->ticker)) {
        WEFT_MOVE_ON(self->scope, self->patience) {
            WEFT_NEXT(self->ticker);
        }
        say("%d:%d@%d ", self->scope.expired, self->ticker.value, seconds());
    }
    WEFT_NEXT(self->ticker);
    say("end:%d ", WEFT_STATUS() == WEFT_EEND);
WEFT_FINALLY:
    WEFT_CLOSE(self->ticker);
}
WEFT_END

START_TEST(a_deadline_around_next_that_is_kept_leaves_the_generator_as_it_is)
{
    WEFT_TASK(asks) task = {0};
    begin();
    START(&task, asks, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0:1@1 0:2@2 [0@3]0:3@3 end:1 ");
}
END_TEST

START_TEST(a_deadline_that_passes_in_the_wait_of_a_generator_ends_it_after_its_cleanup)
{
    WEFT_TASK(asks) task = {0};
    begin();
    START(&task, asks, WEFT_MS(500));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4097@1]1:1@1 end:1 ");
}
END_TEST

struct asks_with_default {
    WEFT_FRAME;
    struct ticker ticker;
};

static WEFT_ASYNC(asks_with_default, self)
{
    weft_init(&self->ticker, ticker, 1);
    WEFT_NEXT(self->ticker);
    say("%d ", weft_has_ended(&self->ticker) ? -1 : self->ticker.value);
    WEFT_NEXT(self->ticker);
    say("%d ", weft_has_ended(&self->ticker) ? -1 : self->ticker.value);
}
WEFT_END

START_TEST(a_default_takes_the_place_of_the_value_that_does_not_come)
{
    WEFT_TASK(asks_with_default) task = {0};
    begin();
    START(&task, asks_with_default);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 [0@2]-1 ");
}
END_TEST

/* Sending and throwing: asend, athrow. */

/* Answers what is sent, after a second; what is thrown in, too, unless it is -1. */
struct answers {
    WEFT_FRAME;
    int sent, value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(answers, self)
{
    while (WEFT_STATUS() != -1) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
        WEFT_YIELD_CATCH(self->value = -self->sent);
        if (WEFT_STATUS() == WEFT_ECLOSED) {
            WEFT_RETURN(WEFT_ECLOSED);
        }
        self->sent = WEFT_STATUS() < 0 ? WEFT_STATUS() : self->sent;
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("[%d@%d]", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct sends {
    WEFT_FRAME;
    struct answers answers;
};

static WEFT_ASYNC(sends, self)
{
    weft_init(&self->answers, answers, .sent = 5);
    WEFT_NEXT(self->answers);
    say("%d@%d ", self->answers.value, seconds());
    self->answers.sent = 6;
    WEFT_NEXT(self->answers);
    say("%d@%d ", self->answers.value, seconds());
    WEFT_THROW(self->answers, -7);
    say("%d@%d:%d ", self->answers.value, seconds(), WEFT_STATUS());
    WEFT_THROW(self->answers, -1);
    say("ended:%d:%d ", weft_has_ended(&self->answers), WEFT_STATUS());
}
WEFT_END

START_TEST(what_is_sent_or_thrown_in_is_answered_after_a_wait)
{
    WEFT_TASK(sends) task = {0};
    begin();
    START(&task, sends);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-5@1 -6@2 7@3:0 [0@4]ended:1:0 ");
}
END_TEST

struct throws_before {
    WEFT_FRAME;
    int thrown;
    struct answers answers;
};

static WEFT_ASYNC(throws_before, self)
{
    weft_init(&self->answers, answers);
    if (self->thrown == WEFT_ECLOSED) {
        WEFT_CLOSE(self->answers);
    } else {
        WEFT_THROW(self->answers, self->thrown);
    }
    say("%d@%d ", WEFT_STATUS(), seconds());
    WEFT_CLOSE(self->answers);
    WEFT_NEXT(self->answers);
    say("%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(thrown_into_or_closed_before_it_began_it_only_cleans_up_which_may_wait)
{
    const char *const traces[] = {"[-9@1]-9@1 -4100 ", "[-4099@1]0@1 -4100 "};
    WEFT_TASK(throws_before) task = {0};
    begin();
    START(&task, throws_before, _i == 0 ? -9 : WEFT_ECLOSED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

/* Closing: aclose, aclosing. */

struct closing {
    WEFT_FRAME;
    enum way way;
    bool begins;
    struct ticker ticker;
    struct failure failure;
    struct weft_sleep nap;
};

static WEFT_ASYNC(closing, self)
{
    if (self->begins) {
        weft_init(&self->ticker, ticker, 9);
        WEFT_NEXT(self->ticker);
    }
    if (self->way == BY_TRY) {
        WEFT_TRY(self->failure, failure, -5);
    } else if (self->way == BY_RETURN) {
        WEFT_RETURN(0);
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
WEFT_FINALLY:
    WEFT_CLOSE(self->ticker);
    say("{%d@%d}", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(closed_in_finally_a_generator_is_closed_however_its_driver_is_left)
{
    static const enum way ways[] = {TO_THE_END, BY_TRY, BY_RETURN, BY_BREAK};
    static const char *const traces[] = {"[-4099@12]{0@12}", "[-4099@2]{-5@2}", "[-4099@2]{0@2}",
                                         "[-4099@6]{-4097@6}"};
    WEFT_TASK(closing) task = {0};
    WEFT_TASK(canceller) canceller_task = {0};
    begin();
    START(&task, closing, ways[_i], true);
    if (ways[_i] == BY_BREAK) { /* cancelled, here */
        START(&canceller_task, canceller, &task.task, WEFT_S(5));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(closed_in_finally_a_generator_need_never_have_been)
{
    WEFT_TASK(closing) task = {0};
    begin();
    START(&task, closing, BY_RETURN, false);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "{0@0}");
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

struct closes_shared {
    WEFT_FRAME;
    struct ticker *ticker;
};

static WEFT_ASYNC(closes_shared, self)
{
    WEFT_CLOSE(*self->ticker);
}
WEFT_END

START_TEST(closing_a_generator_that_waits_for_another_driver_stops)
{
    struct ticker shared;
    WEFT_TASK(shares) a = {0};
    WEFT_TASK(closes_shared) b = {0};
    begin();
    weft_init(&shared, ticker, 9);
    START(&a, shares, &shared);
    START(&b, closes_shared, &shared);
    (void)run();
}
END_TEST

SUITE_TOGETHER(generator_driven)
{
    TEST(a_coroutine_drives_a_generator_by_hand);
    TEST(next_leaves_when_the_generator_fails);
    TEST(a_coroutine_may_close_a_generator_that_never_was);
    TEST(a_deadline_around_next_that_is_kept_leaves_the_generator_as_it_is);
    TEST(a_deadline_that_passes_in_the_wait_of_a_generator_ends_it_after_its_cleanup);
    TEST(a_default_takes_the_place_of_the_value_that_does_not_come);
    TEST(what_is_sent_or_thrown_in_is_answered_after_a_wait);
    TEST_EACH(thrown_into_or_closed_before_it_began_it_only_cleans_up_which_may_wait, 2);
    TEST_EACH(closed_in_finally_a_generator_is_closed_however_its_driver_is_left, 4);
    TEST(closed_in_finally_a_generator_need_never_have_been);
    TEST(a_status_passed_on_by_return_status_began_at_the_line_that_awaits);
    TEST_STOPS(a_generator_with_two_drivers_stops);
    TEST_STOPS(closing_a_generator_that_waits_for_another_driver_stops);
}
