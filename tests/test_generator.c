/* test_generator.c - coroutines that yield values, to plain C or to another coroutine. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/generator.h>

/* Yields 1, 4, 9 …; what is sent comes back, negated, as the next value. */
struct squares {
    WEFT_FRAME;
    int limit;    /* in */
    int failing;  /* in: how it ends */
    int sent;     /* in, each time */
    int i, value; /* out: value */
};

static WEFT_ASYNC(squares, self)
{
    for (self->i = 1; self->i <= self->limit; self->i++) {
        WEFT_YIELD(self->value = self->i * self->i);
        if (self->sent != 0) {
            WEFT_YIELD(self->value = -self->sent);
            self->sent = 0;
        }
    }
    WEFT_RETURN(self->failing);
WEFT_FINALLY:
    say("[%d]", WEFT_OUTCOME());
}
WEFT_END

/* Goes on when something is thrown into it, and yields what that was. */
struct catcher {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(catcher, self)
{
    WEFT_YIELD_CATCH(self->value = 1);
    while (WEFT_STATUS() != WEFT_ECLOSED) {
        WEFT_YIELD_CATCH(self->value = WEFT_STATUS());
    }
    say("[caught]");
}
WEFT_END

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

/* FOR_EACH: every way out closes. */

enum way { TO_THE_END, BY_BREAK, BY_CONTINUE, BY_TRY, BY_RETURN, BY_CHECK };

struct failure {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(failure, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

struct looper {
    WEFT_FRAME;
    enum way way;
    int failing;
    struct squares squares;
    struct failure failure;
};

static WEFT_ASYNC(looper, self)
{
    WEFT_FOR_EACH(self->squares, squares, .limit = 3, .failing = self->failing) {
        say("%d ", self->squares.value);
        if (self->squares.value < 4) {
            continue;
        }
        if (self->way == BY_BREAK) {
            break;
        } else if (self->way == BY_CONTINUE) {
            continue;
        } else if (self->way == BY_TRY) {
            WEFT_TRY(self->failure, failure, -5);
        } else if (self->way == BY_RETURN) {
            WEFT_RETURN(0);
        } else if (self->way == BY_CHECK) {
            WEFT_CHECK(-6);
        }
        say("+");
    }
    say("behind");
WEFT_FINALLY:
    say("{%d}", WEFT_OUTCOME());
}
WEFT_END

START_TEST(for_each_closes_its_generator_on_every_way_out)
{
    const char *const traces[] = {
        "1 4 +9 +[0]behind{0}", "1 4 [-4099]behind{0}", "1 4 9 [0]behind{0}",
        "1 4 [-4099]{-5}",      "1 4 [-4099]{0}",       "1 4 [-4099]{-6}",
    };
    const int outcomes[] = {0, 0, 0, -5, 0, -6};
    struct looper it;
    begin();
    weft_init(&it, looper, (enum way)_i);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(weft_outcome(&it), outcomes[_i]);
}
END_TEST

START_TEST(for_each_leaves_when_the_generator_fails)
{
    struct looper it;
    begin();
    weft_init(&it, looper, TO_THE_END, .failing = -8);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, "1 4 +9 +[-8]{-8}");
    ck_assert_int_eq(weft_outcome(&it), -8);
}
END_TEST

struct filter {
    WEFT_FRAME;
    int limit, value;
    struct squares squares;
};

static WEFT_ASYNC(filter, self)
{
    WEFT_FOR_EACH(self->squares, squares, self->limit) {
        if (self->squares.value % 2 == 0) {
            WEFT_YIELD(self->value = self->squares.value);
        }
    }
WEFT_FINALLY:
    say("{%d}", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_generator_may_yield_inside_for_each)
{
    struct filter it;
    begin();
    weft_init(&it, filter, 5);
    while (weft_next(&it)) {
        say("%d ", it.value);
    }
    ck_assert_str_eq(trace, "4 16 [0]{0}");
}
END_TEST

START_TEST(closing_a_generator_inside_its_for_each_closes_the_inner_one)
{
    struct filter it;
    begin();
    weft_init(&it, filter, 99);
    ck_assert(weft_next(&it));
    weft_close_generator(&it);
    ck_assert_str_eq(trace, "[-4099]{-4099}");
    ck_assert_int_eq(weft_outcome(&it), WEFT_ECLOSED);
}
END_TEST

struct table {
    WEFT_FRAME;
    enum way way; /* of the inner loop, when both are 4 */
    struct squares row, column;
};

static WEFT_ASYNC(table, self)
{
    WEFT_FOR_EACH(self->row, squares, 2) {
        WEFT_FOR_EACH(self->column, squares, 3) {
            if (self->row.value == 4 && self->column.value == 4) {
                if (self->way == BY_BREAK) {
                    break;
                } else if (self->way == BY_CONTINUE) {
                    continue;
                } else if (self->way == BY_RETURN) {
                    WEFT_RETURN(-5);
                }
            }
            say("%d", self->column.value);
        }
        say("/");
    }
    say("behind");
}
WEFT_END

START_TEST(for_each_nests_and_inner_exits_concern_the_inner_loop)
{
    const enum way ways[] = {TO_THE_END, BY_BREAK, BY_CONTINUE, BY_RETURN};
    const char *const traces[] = {"149[0]/149[0]/[0]behind", "149[0]/1[-4099]/[0]behind",
                                  "149[0]/19[0]/[0]behind", "149[0]/1[-4099][-4099]"};
    struct table it;
    begin();
    weft_init(&it, table, ways[_i]);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

struct cleanup_loop {
    WEFT_FRAME;
    int outcome;
    enum way way;
    struct squares squares;
    struct failure failure;
};

static WEFT_ASYNC(cleanup_loop, self)
{
    WEFT_RETURN(self->outcome);
WEFT_FINALLY:
    WEFT_FOR_EACH(self->squares, squares, 3) {
        say("%d ", self->squares.value);
        if (self->way == BY_BREAK) {
            break;
        } else if (self->way == BY_TRY) {
            WEFT_TRY(self->failure, failure, -6);
        } else if (self->way == BY_RETURN) {
            WEFT_RETURN(-7);
        } else if (self->way == BY_CHECK) {
            WEFT_CHECK(-8);
        }
    }
    say("behind %d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(for_each_works_in_finally)
{
    const char *const traces[] = {"1 4 9 [0]behind 0", "1 [-4099]behind 0", "1 4 9 [0]behind 0",
                                  "1 [-4099]",         "1 [-4099]",         "1 [-4099]"};
    const int outcomes[] = {0, 0, 0, -6, -7, -8};
    struct cleanup_loop it;
    begin();
    weft_init(&it, cleanup_loop, 0, (enum way)_i);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(weft_outcome(&it), outcomes[_i]);
}
END_TEST

START_TEST(for_each_in_finally_keeps_the_failure_of_the_body)
{
    const char *const traces[] = {"1 4 9 [0]behind -5", "1 [-4099]behind -5", "1 4 9 [0]behind -5",
                                  "1 [-4099]",          "1 [-4099]",          "1 [-4099]"};
    struct cleanup_loop it;
    begin();
    weft_init(&it, cleanup_loop, -5, (enum way)_i);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(weft_outcome(&it), -5);
}
END_TEST

/* A generator whose cleanup fails. */
struct bad_closer {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(bad_closer, self)
{
    WEFT_YIELD(self->value = 1);
WEFT_FINALLY:
    WEFT_RETURN(-7);
}
WEFT_END

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

struct closes_protester {
    WEFT_FRAME;
    enum way way;
    int returns;
    struct protester protester;
};

static WEFT_ASYNC(closes_protester, self)
{
    WEFT_FOR_EACH(self->protester, protester) {
        if (self->way == BY_BREAK) {
            break;
        }
        WEFT_RETURN(self->returns);
    }
    say("behind");
}
WEFT_END

START_TEST(the_outcome_of_a_closed_generator_is_that_it_was_closed_whatever_its_cleanup_does)
{
    struct bad_closer it;
    weft_init(&it, bad_closer);
    ck_assert(weft_next(&it));
    weft_close_generator(&it);
    ck_assert_int_eq(weft_outcome(&it), WEFT_ECLOSED);
}
END_TEST

START_TEST(a_failure_that_leaves_for_each_is_not_replaced_by_one_of_the_close)
{
    struct closes_protester it;
    weft_init(&it, closes_protester, BY_RETURN, -5);
    ck_assert(!weft_next(&it));
    ck_assert_int_eq(weft_outcome(&it), -5);
}
END_TEST

START_TEST(a_failure_of_the_close_leaves_for_each_where_nothing_else_failed)
{
    struct closes_protester it;
    begin();
    weft_init(&it, closes_protester, _i == 0 ? BY_BREAK : BY_RETURN, 0);
    ck_assert(!weft_next(&it));
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(weft_outcome(&it), -7);
}
END_TEST

/* Driven from coroutines. */

struct ticker {
    WEFT_FRAME;
    int to, value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ticker, self)
{
    for (self->value = 1; self->value <= self->to; self->value++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("[%d@%d]", WEFT_OUTCOME(), seconds());
}
WEFT_END

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

struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    (void)weft_task_cancel(self->victim);
}
WEFT_END

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

struct stubborn {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(stubborn, self)
{
    for (;;) {
        WEFT_YIELD_CATCH(self->value++);
    }
}
WEFT_END

START_TEST(yielding_while_it_is_closed_stops)
{
    struct stubborn it;
    weft_init(&it, stubborn);
    ck_assert(weft_next(&it));
    weft_close_generator(&it);
}
END_TEST

struct breaks_stubborn {
    WEFT_FRAME;
    struct stubborn stubborn;
};

static WEFT_ASYNC(breaks_stubborn, self)
{
    WEFT_FOR_EACH(self->stubborn, stubborn) {
        break;
    }
}
WEFT_END

START_TEST(yielding_while_for_each_closes_it_stops)
{
    WEFT_TASK(breaks_stubborn) task = {0};
    begin();
    START(&task, breaks_stubborn);
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

struct overwrites {
    WEFT_FRAME;
    struct squares squares;
};

static WEFT_ASYNC(overwrites, self)
{
    weft_init(&self->squares, squares, 9);
    WEFT_NEXT(self->squares);
    WEFT_FOR_EACH(self->squares, squares, 9) {
    }
}
WEFT_END

START_TEST(for_each_over_a_generator_that_is_open_stops)
{
    WEFT_TASK(overwrites) task = {0};
    begin();
    START(&task, overwrites);
    (void)run();
}
END_TEST

SUITE(generator)
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
    TEST(delegation_deeper_than_the_c_stack_may_go_works_in_plain_c);
    TEST_EACH(for_each_closes_its_generator_on_every_way_out, BY_CHECK + 1);
    TEST(for_each_leaves_when_the_generator_fails);
    TEST(a_generator_may_yield_inside_for_each);
    TEST(closing_a_generator_inside_its_for_each_closes_the_inner_one);
    TEST_EACH(for_each_nests_and_inner_exits_concern_the_inner_loop, 4);
    TEST_EACH(for_each_works_in_finally, BY_CHECK + 1);
    TEST_EACH(for_each_in_finally_keeps_the_failure_of_the_body, BY_CHECK + 1);
    TEST(the_outcome_of_a_closed_generator_is_that_it_was_closed_whatever_its_cleanup_does);
    TEST(a_failure_that_leaves_for_each_is_not_replaced_by_one_of_the_close);
    TEST_EACH(a_failure_of_the_close_leaves_for_each_where_nothing_else_failed, 2);
    TEST(an_async_generator_awaits_between_its_values);
    TEST_EACH(closing_an_async_generator_waits_for_its_cleanup, 2);
    TEST(a_cancel_in_the_wait_of_an_async_generator_unwinds_it_first);
    TEST(a_cancel_in_the_body_of_for_each_closes_the_async_generator);
    TEST(a_coroutine_drives_a_generator_by_hand);
    TEST(next_leaves_when_the_generator_fails);
    TEST(a_coroutine_may_close_a_generator_that_never_was);
    TEST(a_status_passed_on_by_return_status_began_at_the_line_that_awaits);
    TEST_STOPS(a_generator_with_two_drivers_stops);
    TEST_STOPS(asking_a_generator_that_was_never_prepared_stops);
    TEST_STOPS(waiting_in_a_generator_that_plain_c_drives_stops);
    TEST_STOPS(yielding_while_it_is_closed_stops);
    TEST_STOPS(yielding_while_for_each_closes_it_stops);
    TEST_STOPS(yielding_inside_a_scope_of_the_generators_own_stops);
    TEST_STOPS(for_each_over_a_generator_that_is_open_stops);
}
