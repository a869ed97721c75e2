/* test_event.c - something that has happened, or not yet. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/event.h>

struct waiter {
    WEFT_FRAME;
    char name;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_CATCH(self->wait, weft_event_wait, self->event);
    say("%c%d ", self->name, WEFT_STATUS());
}
WEFT_END

typedef WEFT_TASK(waiter) waiter_task;

static void start_waiters(waiter_task *tasks, int count, weft_event *event)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&tasks[i], waiter, (char)('a' + i), event);
    }
}

START_TEST(an_event_wakes_all_that_wait_in_order)
{
    weft_event event = {0};
    waiter_task tasks[3] = {0};
    start_waiters(tasks, 3, &event);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 c0 ");
}
END_TEST

START_TEST(an_event_that_is_set_already_does_not_wait)
{
    weft_event event = {.is_set = true};
    waiter_task task = {0};
    start_waiters(&task, 1, &event);
    run_one_pass();
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(an_event_set_and_cleared_still_wakes_those_that_waited)
{
    weft_event event = {0};
    waiter_task tasks[2] = {0};
    start_waiters(tasks, 2, &event);
    run_one_pass();
    weft_event_set(&event);
    weft_event_clear(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 ");
}
END_TEST

START_TEST(an_event_that_was_cleared_makes_the_next_one_wait)
{
    weft_event event = {.is_set = true};
    waiter_task task = {0};
    weft_event_clear(&event);
    start_waiters(&task, 1, &event);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
}
END_TEST

START_TEST(setting_an_event_twice_wakes_once)
{
    weft_event event = {0};
    waiter_task task = {0};
    start_waiters(&task, 1, &event);
    run_one_pass();
    weft_event_set(&event);
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(a_cancelled_waiter_of_an_event_is_gone_and_the_others_stay)
{
    weft_event event = {0};
    waiter_task tasks[3] = {0};
    start_waiters(tasks, 3, &event);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[1].task));
    run_one_pass();
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097 a0 c0 ");
}
END_TEST

START_TEST(those_that_come_after_a_clear_wait_for_the_next_set)
{
    weft_event event = {.is_set = true};
    waiter_task tasks[2] = {0};
    start_waiters(tasks, 1, &event);
    run_one_pass();
    weft_event_clear(&event);
    START(&tasks[1], waiter, 'b', &event);
    run_one_pass();
    ck_assert_str_eq(trace, "a0 ");
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 b0 ");
}
END_TEST

START_TEST(a_woken_waiter_that_is_cancelled_before_it_ran_was_not_told)
{
    weft_event event = {0};
    waiter_task tasks[2] = {0};
    start_waiters(tasks, 2, &event);
    run_one_pass();
    weft_event_set(&event);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
    ck_assert(event.is_set);
}
END_TEST

START_TEST(a_waiter_that_is_cancelled_before_the_set_of_the_same_pass_was_not_told)
{
    weft_event event = {0};
    waiter_task tasks[2] = {0};
    start_waiters(tasks, 2, &event);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
}
END_TEST

struct stubborn {
    WEFT_FRAME;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(stubborn, self)
{
    weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->wait, weft_event_wait, self->event);
    say("%d ", WEFT_STATUS());
    weft_event_clear(self->event);
    WEFT_CATCH(self->wait, weft_event_wait, self->event);
    say("%d", WEFT_STATUS());
}
WEFT_END

START_TEST(an_event_that_is_set_is_no_wait_and_cannot_be_cancelled)
{
    weft_event event = {.is_set = true};
    WEFT_TASK(stubborn) task = {0};
    begin();
    START(&task, stubborn, &event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 -4097");
    ck_assert(weft_link_is_empty(&event.waiters));
}
END_TEST

/* A wait with a timeout of 5 seconds. */
struct patient {
    WEFT_FRAME;
    weft_event *event;
    weft_scope patience;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(5)) {
        WEFT_TRY(self->wait, weft_event_wait, self->event);
    }
WEFT_FINALLY:
    say("%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

static void set_event(void *event)
{
    weft_event_set((weft_event *)event);
}

/* The alarm is armed before the timeout, or behind it. */
static void set_at_the_timeout(bool first)
{
    weft_event event = {0};
    alarm_clock alarm;
    WEFT_TASK(patient) task = {0};
    begin();
    START(&task, patient, &event);
    if (first) {
        set_alarm(&alarm, 5, set_event, &event);
        run_one_pass();
    } else {
        run_one_pass();
        set_alarm(&alarm, 5, set_event, &event);
    }
    (void)run();
    ck_assert(event.is_set);
    ck_assert(weft_link_is_empty(&event.waiters));
}

START_TEST(a_timeout_that_fires_behind_the_set_of_the_same_pass_takes_it_back)
{
    set_at_the_timeout(true);
    ck_assert_str_eq(trace, "-4098@5");
}
END_TEST

START_TEST(a_timeout_that_fires_before_the_set_of_the_same_pass_ends_the_wait)
{
    set_at_the_timeout(false);
    ck_assert_str_eq(trace, "-4098@5");
}
END_TEST

/* Clears the event as soon as it has seen it. */
struct clearer {
    WEFT_FRAME;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(clearer, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->event);
    weft_event_clear(self->event);
    say("cleared ");
}
WEFT_END

START_TEST(all_that_waited_go_on_even_if_the_first_of_them_clears_it)
{
    weft_event event = {0};
    WEFT_TASK(clearer) first = {0};
    waiter_task tasks[2] = {0};
    begin();
    START(&first, clearer, &event);
    START(&tasks[0], waiter, 'a', &event);
    START(&tasks[1], waiter, 'b', &event);
    run_one_pass();
    weft_event_set(&event);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "cleared a0 b0 ");
    ck_assert(!event.is_set);
}
END_TEST

START_TEST(a_wait_for_no_event_stops)
{
    waiter_task task = {0};
    start_waiters(&task, 1, NULL);
    (void)run();
}
END_TEST

SUITE_TOGETHER(event)
{
    TEST(an_event_wakes_all_that_wait_in_order);
    TEST(an_event_that_is_set_already_does_not_wait);
    TEST(an_event_set_and_cleared_still_wakes_those_that_waited);
    TEST(all_that_waited_go_on_even_if_the_first_of_them_clears_it);
    TEST(an_event_that_was_cleared_makes_the_next_one_wait);
    TEST(those_that_come_after_a_clear_wait_for_the_next_set);
    TEST(setting_an_event_twice_wakes_once);
    TEST(a_cancelled_waiter_of_an_event_is_gone_and_the_others_stay);
    TEST(a_woken_waiter_that_is_cancelled_before_it_ran_was_not_told);
    TEST(a_waiter_that_is_cancelled_before_the_set_of_the_same_pass_was_not_told);
    TEST(an_event_that_is_set_is_no_wait_and_cannot_be_cancelled);
    TEST(a_timeout_that_fires_behind_the_set_of_the_same_pass_takes_it_back);
    TEST(a_timeout_that_fires_before_the_set_of_the_same_pass_ends_the_wait);
    TEST_STOPS(a_wait_for_no_event_stops);
}
