/* test_virtual_clock.c - a clock that jumps, or is moved by hand: from plain C, from a coroutine. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"

static WEFT_TASK(sleeper) a, b, c;

/* Says its name when all tasks are blocked. */
struct idler {
    WEFT_FRAME;
    const char *name;
    weft_time cushion;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(idler, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test, self->cushion);
    weft_trace(&test, self->name);
WEFT_FINALLY:
    if (WEFT_OUTCOME() == WEFT_ECANCELED) {
        weft_trace(&test, "cancelled");
    }
}
WEFT_END

static WEFT_TASK(idler) first, second;

/* Lets the others run so many times, says its name, and goes to sleep. */
struct passer {
    WEFT_FRAME;
    const char *name;
    int times;
    struct weft_sleep nap;
};

static WEFT_ASYNC(passer, self)
{
    while (self->times-- > 0) {
        WEFT_PASS();
    }
    weft_trace(&test, self->name);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, self->name);
}
WEFT_END

/* --- it jumps --------------------------------------------------------------------------------- */

START_TEST(the_clock_jumps_when_nothing_is_ready)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(86400));
    START(&b, sleeper, "b", WEFT_MS(1500));
    ck_assert_int_eq(weft_test_run_until(&test, &a.task), 0);
    ck_assert_str_eq(test.trace, "b@1500ms a@86400s ");
    ck_assert_int_eq(test.now, WEFT_S(86400));
}
END_TEST

START_TEST(the_clock_begins_where_it_is_told)
{
    begin_with((weft_test_desc){.trace_times = true, .start_at = WEFT_S(100)});
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_US(7)), 0);
    ck_assert_str_eq(test.trace, "x@100000007us ");
}
END_TEST

START_TEST(the_clock_goes_on_from_run_to_run)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "y", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "x@1s y@2s ");
}
END_TEST

struct suspended {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(suspended, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    test.now = weft_time_add(test.now, WEFT_S(60));
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, "main");
}
WEFT_END

START_TEST(a_clock_that_is_set_forward_makes_timers_late_but_keeps_their_order)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(30));
    START(&b, sleeper, "b", WEFT_S(20));
    ck_assert_int_eq(weft_test_run(&test, suspended), 0);
    ck_assert_str_eq(test.trace, "main@61s b@61s a@61s ");
}
END_TEST

/* --- it is moved by hand ---------------------------------------------------------------------- */

static void begin_manual(void)
{
    begin_with((weft_test_desc){.manual_clock = true, .trace_times = true});
}

START_TEST(a_manual_clock_stands)
{
    begin_manual();
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), WEFT_EDEADLOCK);
    ck_assert_int_eq(test.now, 0);
}
END_TEST

START_TEST(advancing_fires_what_is_due_each_at_its_own_time_the_last_moment_included)
{
    begin_manual();
    START(&a, sleeper, "a", WEFT_S(3));
    START(&b, sleeper, "b", WEFT_S(5));
    START(&c, sleeper, "c", WEFT_S(6));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(5)), 0);
    ck_assert_str_eq(test.trace, "a@3s b@5s ");
    ck_assert_int_eq(test.now, WEFT_S(5));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "a@3s b@5s c@6s ");
    weft_test_finish(&test);
    ck_assert_clean();
}
END_TEST

START_TEST(advancing_by_nothing_runs_what_is_ready)
{
    static WEFT_TASK(passer) busy;
    begin_manual();
    START(&busy, passer, "busy", 3);
    ck_assert_int_eq(weft_test_advance(&test, 0), 0);
    ck_assert_str_eq(test.trace, "busy@0s ");
}
END_TEST

START_TEST(advancing_for_ever_ends_with_the_last_timer)
{
    begin_manual();
    START(&a, sleeper, "a", WEFT_S(86400));
    START(&b, sleeper, "b", WEFT_S(3));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_FOREVER), 0);
    ck_assert_str_eq(test.trace, "b@3s a@86400s ");
    ck_assert_int_eq(test.now, WEFT_S(86400));
}
END_TEST

struct ticker {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ticker, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        weft_trace(&test, "tick");
    }
}
WEFT_END

START_TEST(what_is_armed_on_the_way_fires_on_the_way)
{
    static WEFT_TASK(ticker) clock;
    begin_manual();
    START(&clock, ticker);
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(7)), 0);
    ck_assert_str_eq(test.trace, "tick@2s tick@4s tick@6s ");
}
END_TEST

START_TEST(without_tasks_advancing_moves_the_clock)
{
    begin_manual();
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(7)), 0);
    ck_assert_int_eq(test.now, WEFT_S(7));
    START(&a, sleeper, "a", WEFT_S(1));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "a@8s ");
}
END_TEST

START_TEST(a_clock_that_jumps_can_be_advanced_too_and_goes_no_further)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(3));
    START(&b, sleeper, "b", WEFT_S(6));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(5)), 0);
    ck_assert_str_eq(test.trace, "a@3s ");
    ck_assert_int_eq(test.now, WEFT_S(5));
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(2)), 0);
    ck_assert_str_eq(test.trace, "a@3s b@6s x@7s ");
}
END_TEST

/* Moves the clock for a server that sleeps. */
struct mover {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(ticker) clock;
    struct weft_advance advance;
};

static WEFT_ASYNC(mover, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->clock, ticker));
        WEFT_TRY(self->advance, weft_advance, &test, WEFT_S(4));
        weft_trace(&test, "there");
        WEFT_TRY(self->advance, weft_advance, &test, WEFT_S(1));
        weft_trace(&test, "there");
        weft_group_cancel(&self->group);
    }
}
WEFT_END

START_TEST(a_coroutine_that_advances_goes_on_when_all_are_blocked_at_that_time)
{
    begin_manual();
    ck_assert_int_eq(weft_test_run(&test, mover), 0);
    ck_assert_str_eq(test.trace, "tick@2s tick@4s there@4s there@5s ");
    begin();
    ck_assert_int_eq(weft_test_run(&test, mover), 0);
    ck_assert_str_eq(test.trace, "tick@2s tick@4s there@4s there@5s ");
}
END_TEST

START_TEST(who_waits_until_all_are_blocked_goes_on_before_the_clock_is_moved)
{
    static WEFT_TASK(mover) task;
    begin_manual();
    START(&task, mover);
    START(&first, idler, "idle", 0);
    START(&second, idler, "later", WEFT_S(1));
    ck_assert_int_eq(weft_test_run_until(&test, &task.task), 0);
    ck_assert_str_eq(test.trace, "idle@0s later@1s tick@2s tick@4s there@4s there@5s ");
}
END_TEST

START_TEST(on_a_manual_clock_a_cushion_passes_when_it_is_moved)
{
    begin_manual();
    START(&first, idler, "idle", WEFT_S(3));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(2)), 0);
    ck_assert_str_eq(test.trace, "");
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(2)), 0);
    ck_assert_str_eq(test.trace, "idle@3s ");
    ck_assert_int_eq(test.now, WEFT_S(4));
}
END_TEST

struct advances {
    WEFT_FRAME;
    weft_time after;
    struct weft_advance advance;
};

static WEFT_ASYNC(advances, self)
{
    WEFT_TRY(self->advance, weft_advance, &test, self->after);
    weft_trace(&test, "there");
}
WEFT_END

struct cancels_the_advance {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(advances) mover;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels_the_advance, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->mover, advances, WEFT_S(5)));
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        weft_task_cancel(&self->mover.task);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
    }
}
WEFT_END

START_TEST(an_advance_that_is_cancelled_leaves_the_clock_where_it_had_come)
{
    begin_manual();
    ck_assert_int_eq(weft_test_run(&test, cancels_the_advance), WEFT_EDEADLOCK);
    ck_assert_int_eq(test.now, WEFT_S(2));
    ck_assert_str_eq(test.trace, "");
}
END_TEST

/* Gives its advance up, and waits for what never comes. */
struct gives_up {
    WEFT_FRAME;
    weft_scope scope;
    weft_link nobody;
    struct weft_advance advance;
};

static WEFT_ASYNC(gives_up, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(2)) {
        WEFT_TRY(self->advance, weft_advance, &test, WEFT_S(5));
    }
    weft_trace(&test, "given up");
    WEFT_PARK(&self->nobody);
    weft_trace(&test, WEFT_STATUS() < 0 ? "cancelled" : "woken");
}
WEFT_END

START_TEST(an_advance_that_was_given_up_wakes_nobody_later)
{
    begin_manual();
    ck_assert_int_eq(weft_test_run(&test, gives_up), WEFT_EDEADLOCK);
    ck_assert_str_eq(test.trace, "given up@2s cancelled@2s ");
}
END_TEST

START_TEST(two_that_advance_the_clock_at_a_time_stop)
{
    static WEFT_TASK(advances) one;
    begin_manual();
    START(&one, advances, WEFT_S(5));
    (void)weft_test_run(&test, advances, WEFT_S(5));
}
END_TEST

struct advances_wrongly {
    WEFT_FRAME;
};

static WEFT_ASYNC(advances_wrongly, self)
{
    (void)weft_test_advance(&test, WEFT_S(1));
}
WEFT_END

START_TEST(the_plain_form_in_a_coroutine_stops)
{
    begin_manual();
    (void)weft_test_run(&test, advances_wrongly);
}
END_TEST

struct tidies_slowly {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tidies_slowly, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
    weft_trace(&test, "cleaned");
}
WEFT_END

START_TEST(at_the_end_of_a_run_the_clock_goes_by_itself_so_that_cleanups_end)
{
    static WEFT_TASK(tidies_slowly) task;
    begin_manual();
    START(&task, tidies_slowly);
    ck_assert_int_eq(weft_test_advance(&test, 0), 0);
    weft_test_finish(&test);
    ck_assert_str_eq(test.trace, "cleaned@10s ");
    ck_assert_clean();
    START(&a, sleeper, "a", WEFT_S(1));
    ck_assert_int_eq(weft_test_advance(&test, 0), 0); /* and then stands again */
    ck_assert_int_eq(test.now, WEFT_S(10));
}
END_TEST

struct stops {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(stops, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_executor_stop(&test.executor);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, "went on");
}
WEFT_END

START_TEST(an_advance_that_is_stopped_says_so_and_can_go_on)
{
    static WEFT_TASK(stops) task;
    begin_manual();
    START(&task, stops);
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(5)), WEFT_ESTOPPED);
    ck_assert_int_eq(test.now, WEFT_S(1));
    ck_assert_int_eq(weft_test_advance(&test, WEFT_S(5)), 0);
    ck_assert_str_eq(test.trace, "went on@2s ");
}
END_TEST

SUITE_TOGETHER(virtual_clock)
{
    TEST(the_clock_jumps_when_nothing_is_ready);
    TEST(the_clock_begins_where_it_is_told);
    TEST(the_clock_goes_on_from_run_to_run);
    TEST(a_clock_that_is_set_forward_makes_timers_late_but_keeps_their_order);
    TEST(a_manual_clock_stands);
    TEST(advancing_fires_what_is_due_each_at_its_own_time_the_last_moment_included);
    TEST(advancing_by_nothing_runs_what_is_ready);
    TEST(advancing_for_ever_ends_with_the_last_timer);
    TEST(what_is_armed_on_the_way_fires_on_the_way);
    TEST(without_tasks_advancing_moves_the_clock);
    TEST(a_clock_that_jumps_can_be_advanced_too_and_goes_no_further);
    TEST(a_coroutine_that_advances_goes_on_when_all_are_blocked_at_that_time);
    TEST(who_waits_until_all_are_blocked_goes_on_before_the_clock_is_moved);
    TEST(on_a_manual_clock_a_cushion_passes_when_it_is_moved);
    TEST(an_advance_that_is_cancelled_leaves_the_clock_where_it_had_come);
    TEST(an_advance_that_was_given_up_wakes_nobody_later);
    TEST_STOPS(two_that_advance_the_clock_at_a_time_stop);
    TEST_STOPS(the_plain_form_in_a_coroutine_stops);
    TEST(at_the_end_of_a_run_the_clock_goes_by_itself_so_that_cleanups_end);
    TEST(an_advance_that_is_stopped_says_so_and_can_go_on);
}
