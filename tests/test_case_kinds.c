/* test_case_kinds.c - selecting among times, tasks, futures and signals. */
/* SPDX-License-Identifier: MIT */
#include "chooser.h"

/* --- time ------------------------------------------------------------------------------------- */

START_TEST(the_earlier_of_two_timers_happens)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "ut", 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "at at ");
    ck_assert_int_eq(seconds(), 2);
    check_no_trace();
}
END_TEST

START_TEST(of_two_timers_that_are_due_together_the_first_in_order_happens)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "tt", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert(a.frame.cases[0].happened && !a.frame.cases[1].happened);
}
END_TEST

struct punctual {
    WEFT_FRAME;
    weft_time at;
    weft_case late, rang;
    struct weft_select select;
};

static WEFT_ASYNC(punctual, self)
{
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_on_timer_at(&self->late, self->at), weft_on_event(&self->rang, &bell)));
    say("%d%d@%d ", self->late.happened, self->rang.happened, seconds());
}
WEFT_END

START_TEST(a_timer_can_be_set_for_a_time_also_one_that_has_passed)
{
    WEFT_TASK(punctual) a = {0}, b = {0};
    begin();
    virtual_now = WEFT_S(10);
    START(&a, punctual, WEFT_S(12));
    START(&b, punctual, WEFT_S(10));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "10@10 10@12 ");
}
END_TEST

START_TEST(a_timer_for_ever_never_happens)
{
    WEFT_TASK(punctual) a = {0};
    weft_time at;
    begin_choice();
    virtual_now =
        WEFT_TIME_BITS < 64 ? -10 : 0; /* where the clock wraps that is behind "for ever" */
    START(&a, punctual, WEFT_FOREVER);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert(!weft_timers_next(&executor.core.timers, &at));
    weft_event_set(&bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "01@0 ");
}
END_TEST

static void set_bell(weft_timer *timer)
{
    (void)timer;
    weft_event_set(&bell);
}

START_TEST(success_and_timer_in_the_same_pass_the_first_of_them_has_happened)
{
    chooser_task a = {0};
    weft_timer timer = {.fire = set_bell};
    begin_choice();
    if (_i == 0) {
        weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1));
    }
    CHOOSE(&a, 'a', "et", 1);
    run_one_pass();
    if (_i == 1) {
        weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "ae " : "at ");
    check_no_trace();
}
END_TEST

/* Around the select there is a block with a deadline. */
struct hurried {
    WEFT_FRAME;
    int item;
    weft_case came, rang;
    weft_scope patience;
    struct weft_select select;
};

static WEFT_ASYNC(hurried, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        WEFT_TRY(self->select, weft_select,
                 WEFT_CASES(weft_on_receive(&self->came, &in, &self->item),
                            weft_on_event(&self->rang, &bell)));
    }
    say("%d%d %s ", self->came.happened, self->rang.happened, how(WEFT_STATUS()));
}
WEFT_END

START_TEST(success_and_timeout_in_the_same_pass_either_it_happened_or_it_did_not)
{
    WEFT_TASK(hurried) a = {0};
    weft_timer timer = {.fire = set_bell};
    begin_choice();
    if (_i == 0) {
        weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1));
    }
    START(&a, hurried);
    run_one_pass();
    if (_i == 1) {
        weft_timers_arm(&executor.core.timers, &timer, WEFT_S(1));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "01 ok " : "00 timeout ");
    check_no_trace();
}
END_TEST

/* --- tasks ------------------------------------------------------------------------------------ */

START_TEST(a_task_that_ends_happens_with_its_status)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, WEFT_S(1), WEFT_EBROKEN);
    CHOOSE(&a, 'a', "ke", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ak-broken ");
    ck_assert_int_eq(reports, 0); /* its failure was awaited */
}
END_TEST

START_TEST(a_task_that_has_ended_happens_at_once)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, 0, WEFT_EBROKEN);
    ck_assert_int_eq(weft_executor_run_until(&executor, &victim.task), WEFT_EBROKEN);
    CHOOSE(&a, 'a', "ke", 1);
    run_one_pass();
    ck_assert_str_eq(trace, "ak-broken ");
}
END_TEST

START_TEST(cancelling_the_select_leaves_the_task_alone)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, WEFT_S(1));
    CHOOSE(&a, 'a', "ke", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    run_one_pass();
    ck_assert_str_eq(trace, "a-cancelled ");
    ck_assert_ptr_eq(victim.task.owner, &executor.group.owner);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(victim.task.status, 0);
}
END_TEST

START_TEST(several_may_watch_a_task_even_two_cases_of_one_select)
{
    chooser_task a = {0}, b = {0}, c = {0};
    begin_choice();
    START(&victim, sleeper, WEFT_S(1));
    CHOOSE(&a, 'a', "kk", 1);
    CHOOSE(&b, 'b', "ke", 1);
    CHOOSE(&c, 'c', "k", 1);
    run_one_pass();
    weft_event_set(&bell); /* b leaves the row, in the middle */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "be ak ck ");
}
END_TEST

START_TEST(a_slot_may_be_used_again_before_who_watched_it_runs)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, 0);
    CHOOSE(&a, 'a', "ke", 2);
    run_one_pass();
    run_one_pass(); /* it has ended; `a` is ready */
    ck_assert(weft_task_is_done(&victim.task));
    START(&victim, sleeper, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ak ak ");
    ck_assert_int_eq(seconds(), 1);
}
END_TEST

/* Uses the slot of the victim again, as soon as that has ended. */
struct respawner {
    WEFT_FRAME;
};

static WEFT_ASYNC(respawner, self)
{
    WEFT_PASS();
    ck_assert(weft_task_is_done(&victim.task));
    START(&victim, sleeper, WEFT_S(1));
}
WEFT_END

START_TEST(a_slot_may_be_used_again_before_a_select_that_was_cancelled_runs)
{
    WEFT_TASK(respawner) respawn = {0};
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, 0);
    START(&respawn, respawner);
    CHOOSE(&a, 'a', "ke", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task)); /* it runs behind the two */
    run_one_pass();
    ck_assert_str_eq(trace, "a-cancelled ");
    check_no_trace();
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(seconds(), 1);
}
END_TEST

struct lonely {
    WEFT_FRAME;
    weft_case mine;
    struct weft_select select;
};

static WEFT_ASYNC(lonely, self)
{
    WEFT_TRY(self->select, weft_select, WEFT_CASES(weft_on_task(&self->mine, WEFT_SELF())));
}
WEFT_END

START_TEST(nobody_waits_for_his_own_end)
{
    WEFT_TASK(lonely) a = {0};
    begin();
    START(&a, lonely);
    (void)run();
}
END_TEST

/* --- futures ---------------------------------------------------------------------------------- */

/* Ends the future in three ways, and how that is told. */
static const char *const futures[] = {"ag ", "ag-broken ", "ag-cancelled "};

static void settle(int way)
{
    if (way == 0) {
        weft_future_set_result(&answer, 42);
    } else if (way == 1) {
        weft_future_set_error(&answer.future, WEFT_EBROKEN);
    } else {
        ck_assert(weft_future_cancel(&answer.future));
    }
}

START_TEST(a_future_that_is_done_happens_at_once_with_its_status)
{
    chooser_task a = {0};
    begin_choice();
    settle(_i);
    CHOOSE(&a, 'a', "ge", 1);
    run_one_pass();
    ck_assert_str_eq(trace, futures[_i]);
}
END_TEST

START_TEST(a_future_that_is_set_during_the_wait_happens_with_its_status)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "get", 1);
    run_one_pass();
    settle(_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, futures[_i]);
    check_no_trace();
}
END_TEST

START_TEST(an_error_that_a_select_was_told_of_has_been_read)
{
    chooser_task a = {0};
    begin_choice();
    weft_future_init(&answer.future, &executor.core);
    CHOOSE(&a, 'a', "ge", 1);
    run_one_pass();
    settle(1);
    weft_future_release(&answer.future); /* before the select runs */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ag-broken ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(an_error_that_comes_behind_another_case_has_not_been_read)
{
    chooser_task a = {0};
    begin_choice(); /* the future is zeroed: its loop is that of the first who waits */
    CHOOSE(&a, 'a', "ge", 1);
    run_one_pass();
    weft_event_set(&bell);
    settle(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ae ");
    ck_assert_int_eq(reports, 0);
    weft_future_release(&answer.future);
    ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(cancelling_the_select_leaves_the_future_alone)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "ge", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    if (_i == 0) {
        settle(1); /* it has not run yet: nobody is told */
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled ");
    ck_assert(weft_future_is_done(&answer.future) == (_i == 0));
    ck_assert(!answer.future.was_read);
    check_no_trace();
}
END_TEST

START_TEST(told_of_a_result_and_then_cancelled_it_has_happened)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "ge", 1);
    run_one_pass();
    settle(0);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ag ");
}
END_TEST

struct awaiter {
    WEFT_FRAME;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(awaiter, self)
{
    WEFT_TRY(self->wait, weft_future_wait, &answer.future);
    say("x%d ", answer.value);
}
WEFT_END

START_TEST(who_selects_a_future_stands_in_line_with_those_who_await_it)
{
    chooser_task a = {0}, b = {0};
    WEFT_TASK(awaiter) x = {0};
    begin_choice();
    CHOOSE(&a, 'a', "ge", 1);
    START(&x, awaiter);
    CHOOSE(&b, 'b', "tg", 1);
    run_one_pass();
    settle(0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ag x42 bg ");
}
END_TEST

/* --- signals ---------------------------------------------------------------------------------- */

START_TEST(a_signal_happens_at_once_or_during_the_wait_and_is_taken)
{
    chooser_task a = {0};
    begin_choice();
    if (_i == 0) {
        weft_signal_set(&button);
        weft_remote_run(&executor.core.remote);
    }
    CHOOSE(&a, 'a', "ht", 2);
    run_one_pass();
    ck_assert_str_eq(trace, _i == 0 ? "ah " : "");
    if (_i == 1) {
        weft_signal_set(&button);
        weft_signal_set(&button);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ah at ");
    check_no_trace();
}
END_TEST

struct presser {
    WEFT_FRAME;
    char name;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(presser, self)
{
    WEFT_TRY(self->wait, weft_signal_wait, &button);
    say("%c ", self->name);
}
WEFT_END

START_TEST(a_signal_goes_to_one_in_line_with_those_who_await_it)
{
    chooser_task a = {0}, b = {0};
    WEFT_TASK(presser) x = {0};
    begin_choice();
    CHOOSE(&a, 'a', "he", 1);
    START(&x, presser, 'x');
    CHOOSE(&b, 'b', "eh", 1);
    run_one_pass();
    for (int i = 0; i < 3; i++) {
        weft_signal_set(&button);
        run_one_pass();
        say("| ");
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ah | x | bh | ");
    check_no_trace();
}
END_TEST

START_TEST(a_signal_that_a_cancelled_select_did_not_take_is_there_for_the_next)
{
    chooser_task a = {0}, b = {0};
    begin_choice();
    CHOOSE(&a, 'a', "he", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    weft_signal_set(&button);
    weft_remote_run(&executor.core.remote); /* it has not run yet */
    CHOOSE(&b, 'b', "h", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled bh ");
    check_no_trace();
}
END_TEST

START_TEST(a_select_that_waits_for_a_signal_is_no_deadlock_and_one_that_does_not_is)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', _i == 0 ? "hr" : "hrt", 1);
    run_one_pass();
    ck_assert_uint_eq(executor.core.outside, 1);
    if (_i == 0) {
        ck_assert(weft_task_cancel(&a.task));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

SUITE_TOGETHER(case_kinds)
{
    TEST(the_earlier_of_two_timers_happens);
    TEST(of_two_timers_that_are_due_together_the_first_in_order_happens);
    TEST(a_timer_can_be_set_for_a_time_also_one_that_has_passed);
    TEST(a_timer_for_ever_never_happens);
    TEST_EACH(success_and_timer_in_the_same_pass_the_first_of_them_has_happened, 2);
    TEST_EACH(success_and_timeout_in_the_same_pass_either_it_happened_or_it_did_not, 2);

    TEST(a_task_that_ends_happens_with_its_status);
    TEST(a_task_that_has_ended_happens_at_once);
    TEST(cancelling_the_select_leaves_the_task_alone);
    TEST(several_may_watch_a_task_even_two_cases_of_one_select);
    TEST(a_slot_may_be_used_again_before_who_watched_it_runs);
    TEST(a_slot_may_be_used_again_before_a_select_that_was_cancelled_runs);
    TEST_STOPS(nobody_waits_for_his_own_end);

    TEST_EACH(a_future_that_is_done_happens_at_once_with_its_status, 3);
    TEST_EACH(a_future_that_is_set_during_the_wait_happens_with_its_status, 3);
    TEST(an_error_that_a_select_was_told_of_has_been_read);
    TEST(an_error_that_comes_behind_another_case_has_not_been_read);
    TEST_EACH(cancelling_the_select_leaves_the_future_alone, 2);
    TEST(told_of_a_result_and_then_cancelled_it_has_happened);
    TEST(who_selects_a_future_stands_in_line_with_those_who_await_it);

    TEST_EACH(a_signal_happens_at_once_or_during_the_wait_and_is_taken, 2);
    TEST(a_signal_goes_to_one_in_line_with_those_who_await_it);
    TEST(a_signal_that_a_cancelled_select_did_not_take_is_there_for_the_next);
    TEST_EACH(a_select_that_waits_for_a_signal_is_no_deadlock_and_one_that_does_not_is, 2);
}
