/* test_for_each.c - a loop over a generator closes it on every way out. */
/* SPDX-License-Identifier: MIT */
#include "generators.h"

/* Every way out closes. */

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

/* In the cleanup of a failure: what leaves the loop is told to the block around it. */
struct cleanup_in_time {
    WEFT_FRAME;
    weft_scope limit;
    struct squares squares;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_in_time, self)
{
    WEFT_RETURN(-5);
WEFT_FINALLY:
    WEFT_MOVE_ON(self->limit, WEFT_S(3)) {
        WEFT_FOR_EACH(self->squares, squares, 9) {
            say("%d ", self->squares.value);
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        }
    }
    say("behind@%d", seconds());
}
WEFT_END

START_TEST(a_deadline_of_the_cleanup_that_leaves_for_each_ends_at_its_own_block)
{
    WEFT_TASK(cleanup_in_time) task = {0};
    begin();
    START(&task, cleanup_in_time);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 4 [-4099]behind@3");
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

struct says_why {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(says_why, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
WEFT_FINALLY:
    say("stopped@%d ", seconds());
#if WEFT_ORIGINS
    ck_assert_str_eq(WEFT_REASON()->why, "the body of its group failed");
#endif
}
WEFT_END

struct cleanup_in_group {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(says_why) child;
    struct squares squares;
};

static WEFT_ASYNC(cleanup_in_group, self)
{
    WEFT_RETURN(-5);
WEFT_FINALLY:
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, says_why));
        WEFT_FOR_EACH(self->squares, squares, 9) {
            WEFT_RETURN(-7);
        }
    }
    say("never");
}
WEFT_END

START_TEST(a_failure_of_the_cleanup_that_leaves_for_each_is_one_for_the_group_around_it)
{
    WEFT_TASK(cleanup_in_group) task = {0};
    begin();
    START(&task, cleanup_in_group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "[-4099]stopped@0 ");
    ck_assert_int_eq(task.task.status, -5);
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

/* Misuse; the messages are in tests/misuse. */

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

SUITE_TOGETHER(for_each)
{
    TEST_EACH(for_each_closes_its_generator_on_every_way_out, BY_CHECK + 1);
    TEST(for_each_leaves_when_the_generator_fails);
    TEST(a_generator_may_yield_inside_for_each);
    TEST(closing_a_generator_inside_its_for_each_closes_the_inner_one);
    TEST_EACH(for_each_nests_and_inner_exits_concern_the_inner_loop, 4);
    TEST_EACH(for_each_works_in_finally, BY_CHECK + 1);
    TEST(a_deadline_of_the_cleanup_that_leaves_for_each_ends_at_its_own_block);
    TEST(a_failure_of_the_cleanup_that_leaves_for_each_is_one_for_the_group_around_it);
    TEST_EACH(for_each_in_finally_keeps_the_failure_of_the_body, BY_CHECK + 1);
    TEST(the_outcome_of_a_closed_generator_is_that_it_was_closed_whatever_its_cleanup_does);
    TEST(a_failure_that_leaves_for_each_is_not_replaced_by_one_of_the_close);
    TEST_EACH(a_failure_of_the_close_leaves_for_each_where_nothing_else_failed, 2);
    TEST_STOPS(yielding_while_for_each_closes_it_stops);
    TEST_STOPS(for_each_over_a_generator_that_is_open_stops);
}
