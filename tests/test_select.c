/* test_select.c - of several things exactly one happens. */
/* SPDX-License-Identifier: MIT */
#include "chooser.h"

static int sent_by_other;

static void send_other(int item)
{
    sent_by_other = item;
    ck_assert_int_eq(weft_send_nowait(&other_out, &sent_by_other), 0);
}

/* --- something is ready ----------------------------------------------------------------------- */

START_TEST(what_is_ready_happens_without_a_wait)
{
    static const char *const letters[] = {"r", "s", "e", "n"}, *const traces[] = {"ar5 ", "as0 ",
                                                                                  "ae ", "an "};
    chooser_task a = {0};
    begin_with_rooms_for(2, 0);
    ck_assert_str_eq(send_now(5), "ok");
    weft_event_set(&bell);
    CHOOSE(&a, 'a', letters[_i], 1);
    run_one_pass();
    ck_assert_str_eq(trace, traces[_i]);
    check_no_trace();
}
END_TEST

START_TEST(of_several_that_are_ready_one_happens_and_nothing_of_the_others)
{
    chooser_task a = {0};
    begin_with_rooms_for(1, 1);
    ck_assert_str_eq(send_now(5), "ok");
    send_other(6);
    CHOOSE(&a, 'a', "rq", 2);
    run_one_pass();
    ck_assert(strcmp(trace, "ar5 aq6 ") == 0 || strcmp(trace, "aq6 ar5 ") == 0);
}
END_TEST

START_TEST(biased_it_is_the_first_in_order)
{
    chooser_task a = {0};
    begin_with_rooms_for(4, 4);
    for (int i = 1; i <= 3; i++) {
        ck_assert_str_eq(send_now(i), "ok");
    }
    send_other(9);
    CHOOSE(&a, 'a', "rq", 4, .biased = true);
    run_one_pass();
    ck_assert_str_eq(trace, "ar1 ar2 ar3 aq9 ");
}
END_TEST

START_TEST(biased_what_is_not_ready_is_passed_over)
{
    chooser_task a = {0};
    begin_with_rooms_for(0, 1);
    weft_event_set(&bell);
    send_other(9);
    CHOOSE(&a, 'a', "rqe", 2, .biased = true);
    run_one_pass();
    ck_assert_str_eq(trace, "aq9 ae ");
}
END_TEST

static int times(char letter)
{
    int count = 0;
    for (const char *at = trace; *at != '\0'; at++) {
        count += at[0] == 'a' && at[1] == letter;
    }
    return count;
}

START_TEST(by_default_each_that_is_ready_has_the_same_chance)
{
    chooser_task a = {0};
    begin_choice();
    weft_event_set(&bell);
    weft_event_set(&alarm_bell);
    CHOOSE(&a, 'a', "enf", SIZED(900, 300));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(times('e'), SIZED(240, 70));
    ck_assert_int_ge(times('f'), SIZED(240, 70));
    ck_assert_int_ge(times('n'), SIZED(240, 70));
    ck_assert_int_eq(times('e') + times('f') + times('n'), SIZED(900, 300));
}
END_TEST

START_TEST(who_stands_behind_one_that_is_not_ready_has_no_better_chance)
{
    chooser_task a = {0};
    begin_choice();
    weft_event_set(&bell);
    weft_event_set(&alarm_bell);
    CHOOSE(&a, 'a', "erqf", SIZED(900, 300));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(times('e'), SIZED(400, 120));
    ck_assert_int_ge(times('f'), SIZED(400, 120));
}
END_TEST

START_TEST(two_that_select_in_turns_have_the_same_chances)
{
    chooser_task a = {0}, b = {0};
    begin_choice();
    weft_event_set(&bell);
    weft_event_set(&alarm_bell);
    CHOOSE(&a, 'a', "ef", SIZED(400, 150));
    CHOOSE(&b, 'b', "ef", SIZED(400, 150));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_ge(times('e'), SIZED(160, 55));
    ck_assert_int_ge(times('f'), SIZED(160, 55));
}
END_TEST

START_TEST(chance_is_the_same_in_each_run)
{
    static char first[sizeof trace];
    for (int i = 0; i < 2; i++) {
        chooser_task a = {0};
        begin_choice();
        weft_event_set(&bell);
        weft_event_set(&alarm_bell);
        CHOOSE(&a, 'a', "enf", 100);
        ck_assert_int_eq(run(), 0);
        if (i == 0) {
            strcpy(first, trace);
        }
    }
    ck_assert_str_eq(trace, first);
}
END_TEST

START_TEST(who_never_has_to_wait_lets_the_others_run)
{
    chooser_task a = {0}, b = {0};
    begin_choice();
    weft_event_set(&bell);
    CHOOSE(&a, 'a', "e", WEFT_BUDGET + 1);
    CHOOSE(&b, 'b', "e", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_nonnull(strstr(strstr(trace, "be "), "ae "));
}
END_TEST

/* --- defaults, guards ------------------------------------------------------------------------- */

START_TEST(with_a_default_nothing_happens_if_nothing_is_ready)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "rset", 2, .or_default = true);
    run_one_pass();
    ck_assert_str_eq(trace, "a a ");
    check_no_trace();
}
END_TEST

START_TEST(the_default_is_not_taken_if_something_is_ready)
{
    chooser_task a = {0};
    begin_with_rooms_for(2, 0);
    ck_assert_str_eq(send_now(5), "ok");
    CHOOSE(&a, 'a', "re", 2, .or_default = true);
    run_one_pass();
    ck_assert_str_eq(trace, "ar5 a ");
}
END_TEST

START_TEST(what_is_guarded_away_does_not_happen_though_it_is_ready)
{
    chooser_task a = {0};
    begin_choice();
    weft_event_set(&bell);
    CHOOSE(&a, 'a', "Et", 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "at ");
    ck_assert_int_eq(seconds(), 1);
}
END_TEST

START_TEST(what_is_guarded_away_does_not_happen_during_the_wait)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "Ref", 1);
    run_one_pass();
    ck_assert_str_eq(send_now(1), "full");
    weft_event_set(&alarm_bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "af ");
}
END_TEST

/* The same case happens, and is then guarded away. */
struct guarded {
    WEFT_FRAME;
    weft_case rang, late;
    int times;
    struct weft_select select;
};

static WEFT_ASYNC(guarded, self)
{
    for (self->times = 0; self->times < 2; self->times++) {
        WEFT_TRY(self->select, weft_select,
                 WEFT_CASES(weft_when(self->times == 0, weft_on_event(&self->rang, &bell)),
                            weft_on_timer(&self->late, WEFT_S(1))));
        say("%d%d ", self->rang.happened, self->late.happened);
    }
}
WEFT_END

START_TEST(a_guard_takes_back_what_happened_before)
{
    WEFT_TASK(guarded) a = {0};
    begin_choice();
    weft_event_set(&bell);
    START(&a, guarded);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "10 01 ");
}
END_TEST

START_TEST(all_cases_may_be_off_if_there_is_a_default)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "REST", 1, .or_default = true);
    run_one_pass();
    ck_assert_str_eq(trace, "a ");
}
END_TEST

START_TEST(without_a_case_that_is_on_it_stops)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "REST", 1);
    (void)run();
}
END_TEST

/* --- waiting ---------------------------------------------------------------------------------- */

static void make_happen(char letter)
{
    switch (letter) {
    case 'r':
        ck_assert_str_eq(send_now(5), "ok");
        break;
    case 's':
        ck_assert_int_eq(receive_now(), 7);
        break;
    case 'e':
        weft_event_set(&bell);
        break;
    default:
        break; /* time does it */
    }
}

static const struct {
    const char *letters, *traced;
} firsts[] = {
    {"rest", "ar5 "}, {"sert", "as7 "}, {"ertk", "ae "}, {"tuer", "at "}, {"kuer", "ak "}};

START_TEST(the_first_that_becomes_ready_happens_and_the_others_leave_no_trace)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, strchr(firsts[_i].letters, 't') != NULL ? WEFT_S(9) : WEFT_S(1));
    CHOOSE(&a, 'a', firsts[_i].letters, 1, .item = 7);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    make_happen(firsts[_i].letters[0]);
    ck_assert_int_eq(weft_executor_run_until(&executor, &a.task), 0);
    ck_assert_str_eq(trace, firsts[_i].traced);
    ck_assert_int_eq(weft_task_cancel(&victim.task), firsts[_i].letters[0] != 'k');
    ck_assert_int_eq(run(), 0);
    check_no_trace();
}
END_TEST

START_TEST(from_the_moment_one_has_happened_no_other_can)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "refs", 1, .item = 7);
    run_one_pass();
    weft_event_set(&bell); /* and it has not run yet */
    weft_event_set(&alarm_bell);
    ck_assert_str_eq(send_now(5), "full");
    ck_assert_int_eq(receive_now(), -1);
    check_no_trace();
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "empty ae ");
}
END_TEST

START_TEST(an_event_that_was_set_and_cleared_has_happened)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "er", 1);
    run_one_pass();
    weft_event_set(&bell);
    weft_event_clear(&bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ae ");
}
END_TEST

START_TEST(an_event_happens_to_all_that_wait_in_order)
{
    chooser_task a = {0}, b = {0}, c = {0};
    begin_choice();
    CHOOSE(&a, 'a', "re", 1);
    CHOOSE(&b, 'b', "e", 1);
    CHOOSE(&c, 'c', "ef", 1);
    run_one_pass();
    weft_event_set(&bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ae be ce ");
}
END_TEST

START_TEST(what_became_ready_meanwhile_happens_in_the_next_select)
{
    chooser_task a = {0};
    begin_with_rooms_for(1, 1);
    CHOOSE(&a, 'a', "rq", 2);
    run_one_pass();
    ck_assert_str_eq(send_now(5), "ok");
    send_other(6);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ar5 aq6 ");
}
END_TEST

/* --- cancelled -------------------------------------------------------------------------------- */

START_TEST(cancelled_while_it_waits_nothing_has_happened_and_no_trace_is_left)
{
    chooser_task a = {0};
    begin_choice();
    START(&victim, sleeper, WEFT_S(9));
    CHOOSE(&a, 'a', _i == 0 ? "rsek" : "tqpf", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    ck_assert(weft_task_cancel(&victim.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled ");
    ck_assert_ptr_null(a.frame.select.choice.chosen);
    check_no_trace();
}
END_TEST

START_TEST(cancelled_and_then_ready_nothing_has_happened)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "rest", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task)); /* and it has not run yet */
    ck_assert_str_eq(send_now(5), "full");
    ck_assert_int_eq(receive_now(), -1);
    weft_event_set(&bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "empty a-cancelled ");
    check_no_trace();
}
END_TEST

START_TEST(cancelled_and_then_closed_nothing_has_happened)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "rs", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    weft_sender_close(&out);
    weft_receiver_close(&in);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled ");
    check_no_trace();
}
END_TEST

START_TEST(cancelled_when_its_timer_is_due_nothing_has_happened)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "t", 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    virtual_now = executor.core.now = WEFT_S(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-cancelled ");
    check_no_trace();
}
END_TEST

START_TEST(chosen_then_cancelled_it_has_happened_and_the_next_wait_is_refused)
{
    static const char *const letters[] = {"rest", "sret", "erst"};
    static const char *const traces[] = {"ar5 a-cancelled ", "as7 a-cancelled ", "ae ae ae "};
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', letters[_i], 3, .item = 7);
    run_one_pass();
    make_happen(letters[_i][0]);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]); /* the event is set still: that is no wait */
    check_no_trace();
}
END_TEST

START_TEST(a_select_that_is_refused_leaves_no_trace)
{
    chooser_task a = {0};
    begin_choice();
    CHOOSE(&a, 'a', "rset", 2, .item = 7);
    run_one_pass();
    make_happen('s');
    ck_assert(weft_task_cancel(&a.task));
    run_one_pass();
    ck_assert_str_eq(trace, "as7 a-cancelled ");
    check_no_trace();
}
END_TEST

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = SIZED(10000, 30) };

static weft_event own[MANY];
static int steps;

struct one_of_many {
    WEFT_FRAME;
    weft_event *mine;
    weft_case ours, own, late;
    struct weft_select select;
};

static WEFT_ASYNC(one_of_many, self)
{
    steps++;
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_event(&self->ours, &bell), weft_on_event(&self->own, self->mine),
                        weft_on_timer(&self->late, WEFT_S(1))));
    steps++;
}
WEFT_END

START_TEST(ten_thousand_selects_wait_for_one_thing_and_leave_it_at_constant_cost)
{
    static WEFT_TASK(one_of_many) tasks[MANY];
    begin_choice();
    steps = 0;
    for (int i = 0; i < MANY; i++) {
        START(&tasks[i], one_of_many, &own[i]);
    }
    run_one_pass();
    for (int i = MANY / 2; i < MANY; i++) {
        weft_event_set(&own[i]);
    }
    run_one_pass();
    weft_event_set(&bell);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(steps, 2 * MANY);
    for (int i = 0; i < MANY; i++) {
        ck_assert(tasks[i].frame.ours.happened == (i < MANY / 2));
        ck_assert(tasks[i].frame.own.happened == (i >= MANY / 2));
    }
    check_no_trace();
}
END_TEST

SUITE_TOGETHER(select)
{
    TEST_EACH(what_is_ready_happens_without_a_wait, 4);
    TEST(of_several_that_are_ready_one_happens_and_nothing_of_the_others);
    TEST(biased_it_is_the_first_in_order);
    TEST(biased_what_is_not_ready_is_passed_over);
    TEST(by_default_each_that_is_ready_has_the_same_chance);
    TEST(who_stands_behind_one_that_is_not_ready_has_no_better_chance);
    TEST(two_that_select_in_turns_have_the_same_chances);
    TEST(chance_is_the_same_in_each_run);
    TEST(who_never_has_to_wait_lets_the_others_run);

    TEST(with_a_default_nothing_happens_if_nothing_is_ready);
    TEST(the_default_is_not_taken_if_something_is_ready);
    TEST(what_is_guarded_away_does_not_happen_though_it_is_ready);
    TEST(what_is_guarded_away_does_not_happen_during_the_wait);
    TEST(a_guard_takes_back_what_happened_before);
    TEST(all_cases_may_be_off_if_there_is_a_default);
    TEST_STOPS(without_a_case_that_is_on_it_stops);

    TEST_EACH(the_first_that_becomes_ready_happens_and_the_others_leave_no_trace, 5);
    TEST(from_the_moment_one_has_happened_no_other_can);
    TEST(an_event_that_was_set_and_cleared_has_happened);
    TEST(an_event_happens_to_all_that_wait_in_order);
    TEST(what_became_ready_meanwhile_happens_in_the_next_select);

    TEST_EACH(cancelled_while_it_waits_nothing_has_happened_and_no_trace_is_left, 2);
    TEST(cancelled_and_then_ready_nothing_has_happened);
    TEST(cancelled_and_then_closed_nothing_has_happened);
    TEST(cancelled_when_its_timer_is_due_nothing_has_happened);
    TEST_EACH(chosen_then_cancelled_it_has_happened_and_the_next_wait_is_refused, 3);
    TEST(a_select_that_is_refused_leaves_no_trace);

    TEST(ten_thousand_selects_wait_for_one_thing_and_leave_it_at_constant_cost);
}
