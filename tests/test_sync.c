/* test_sync.c - waiting for each other: event, semaphore, and a signal from outside. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/sync.h>

/* Event. */

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

/* Semaphore. */

struct user {
    WEFT_FRAME;
    char name;
    weft_semaphore *limit;
    int seconds;
    weft_hold turn;
    struct weft_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(user, self)
{
    WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
    say("%c@%d ", self->name, seconds());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->seconds));
WEFT_FINALLY:
    weft_release(&self->turn);
    if (WEFT_OUTCOME() != 0) {
        say("%c%d ", self->name, WEFT_OUTCOME());
    }
}
WEFT_END

typedef WEFT_TASK(user) user_task;

static void start_users(user_task *tasks, int count, weft_semaphore *limit, int each)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), limit, each);
    }
}

START_TEST(a_semaphore_lets_as_many_hold_it_as_it_has_permits)
{
    weft_semaphore limit = {.permits = 2};
    user_task tasks[5] = {0};
    start_users(tasks, 5, &limit, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@1 d@1 e@2 ");
    ck_assert_uint_eq(limit.permits, 2);
}
END_TEST

START_TEST(a_free_permit_does_not_wait)
{
    weft_semaphore limit = {.permits = 1};
    user_task task = {0};
    start_users(&task, 1, &limit, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "a@0 ");
    ck_assert_uint_eq(limit.permits, 0);
}
END_TEST

START_TEST(a_permit_is_handed_over_so_that_nobody_comes_between)
{
    weft_semaphore limit = {.permits = 0};
    weft_hold mine = {.of = &limit}, stolen = {0};
    user_task task = {0};
    start_users(&task, 1, &limit, 0);
    run_one_pass();
    weft_release(&mine);
    ck_assert_int_eq(weft_acquire_nowait(&limit, &stolen), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(a_cancelled_waiter_holds_nothing)
{
    weft_semaphore limit = {.permits = 1};
    user_task tasks[3] = {0};
    start_users(tasks, 3, &limit, 5);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b-4097 c@5 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_permit_on)
{
    weft_semaphore limit = {.permits = 0};
    weft_hold mine = {.of = &limit};
    user_task tasks[2] = {0};
    start_users(tasks, 2, &limit, 0);
    run_one_pass();
    weft_release(&mine);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b@0 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

struct looker {
    WEFT_FRAME;
    weft_semaphore *limit;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(looker, self)
{
    WEFT_CATCH(self->acquire, weft_acquire, self->limit, &self->turn);
    say("%d %s", WEFT_STATUS(), self->turn.of != NULL ? "holds" : "holds nothing");
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

START_TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up)
{
    weft_semaphore limit = {.permits = 0};
    weft_hold mine = {.of = &limit};
    WEFT_TASK(looker) task = {0};
    begin();
    START(&task, looker, &limit);
    run_one_pass();
    weft_release(&mine);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 holds nothing");
}
END_TEST

START_TEST(chosen_and_cancelled_with_nobody_behind_the_permit_goes_back)
{
    weft_semaphore limit = {.permits = 0};
    weft_hold mine = {.of = &limit};
    user_task task = {0};
    start_users(&task, 1, &limit, 0);
    run_one_pass();
    weft_release(&mine);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(a_permit_passes_through_any_number_of_cancelled_waiters)
{
    weft_semaphore limit = {.permits = 0};
    weft_hold mine = {.of = &limit};
    user_task tasks[4] = {0};
    start_users(tasks, 4, &limit, 0);
    run_one_pass();
    weft_release(&mine);
    for (int i = 0; i < 3; i++) {
        ck_assert(weft_task_cancel(&tasks[i].task));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4097 c-4097 d@0 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(a_task_that_is_cancelled_while_it_holds_a_permit_gives_it_back)
{
    weft_semaphore limit = {.permits = 1};
    user_task tasks[2] = {0};
    start_users(tasks, 2, &limit, 5);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 a-4097 b@0 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(releasing_what_holds_nothing_does_nothing)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold hold = {0};
    weft_release(&hold);
    ck_assert_int_eq(weft_acquire_nowait(&limit, &hold), 0);
    weft_release(&hold);
    weft_release(&hold);
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(acquiring_into_a_hold_that_has_a_permit_stops)
{
    weft_semaphore limit = {.permits = 2};
    weft_hold hold = {0};
    (void)weft_acquire_nowait(&limit, &hold);
    (void)weft_acquire_nowait(&limit, &hold);
}
END_TEST

struct forgetful {
    WEFT_FRAME;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(forgetful, self)
{
    WEFT_TRY(self->acquire, weft_acquire);
}
WEFT_END

START_TEST(a_forgotten_argument_stops)
{
    WEFT_TASK(forgetful) task = {0};
    begin();
    START(&task, forgetful);
    (void)run();
}
END_TEST

/* Signal. */

struct listener {
    WEFT_FRAME;
    char name;
    weft_signal *signal;
    int times;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(listener, self)
{
    while (self->times-- > 0) {
        WEFT_CATCH(self->wait, weft_signal_wait, self->signal);
        say("%c%d ", self->name, WEFT_STATUS());
    }
}
WEFT_END

typedef WEFT_TASK(listener) listener_task;

START_TEST(a_signal_wakes_its_waiter_in_the_next_pass)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&task, listener, 'a', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0 ");
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(a_signal_that_came_before_is_not_missed_and_is_taken)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    weft_signal_set(&signal);
    START(&task, listener, 'a', &signal, 2);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(several_signals_before_the_task_has_looked_count_as_one)
{
    weft_signal signal;
    listener_task task = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&task, listener, 'a', &signal, 2);
    run_one_pass();
    for (int i = 0; i < 5; i++) {
        weft_signal_set(&signal);
    }
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a0 ");
}
END_TEST

START_TEST(a_cancelled_listener_leaves_the_signal_for_the_next)
{
    weft_signal signal;
    listener_task a = {0}, b = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&a, listener, 'a', &signal, 1);
    START(&b, listener, 'b', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    weft_remote_run(&executor.core.remote); /* a is chosen */
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(a_listener_that_is_cancelled_with_nobody_behind_leaves_the_signal_set)
{
    weft_signal signal;
    listener_task a = {0}, b = {0};
    begin();
    weft_signal_init(&signal, &executor.core);
    START(&a, listener, 'a', &signal, 1);
    run_one_pass();
    weft_signal_set(&signal);
    weft_remote_run(&executor.core.remote);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    START(&b, listener, 'b', &signal, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b0 ");
}
END_TEST

START_TEST(waiting_for_a_signal_that_was_not_prepared_stops)
{
    weft_signal signal = {0};
    listener_task task = {0};
    begin();
    START(&task, listener, 'a', &signal, 1);
    (void)run();
}
END_TEST

SUITE(sync)
{
    TEST(an_event_wakes_all_that_wait_in_order);
    TEST(an_event_that_is_set_already_does_not_wait);
    TEST(an_event_set_and_cleared_still_wakes_those_that_waited);
    TEST(an_event_that_was_cleared_makes_the_next_one_wait);
    TEST(setting_an_event_twice_wakes_once);
    TEST(a_cancelled_waiter_of_an_event_is_gone_and_the_others_stay);
    TEST(a_semaphore_lets_as_many_hold_it_as_it_has_permits);
    TEST(a_free_permit_does_not_wait);
    TEST(a_permit_is_handed_over_so_that_nobody_comes_between);
    TEST(a_cancelled_waiter_holds_nothing);
    TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_permit_on);
    TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up);
    TEST(chosen_and_cancelled_with_nobody_behind_the_permit_goes_back);
    TEST(a_permit_passes_through_any_number_of_cancelled_waiters);
    TEST(a_task_that_is_cancelled_while_it_holds_a_permit_gives_it_back);
    TEST(releasing_what_holds_nothing_does_nothing);
    TEST_STOPS(acquiring_into_a_hold_that_has_a_permit_stops);
    TEST_STOPS(a_forgotten_argument_stops);
    TEST(a_signal_wakes_its_waiter_in_the_next_pass);
    TEST(a_signal_that_came_before_is_not_missed_and_is_taken);
    TEST(several_signals_before_the_task_has_looked_count_as_one);
    TEST(a_cancelled_listener_leaves_the_signal_for_the_next);
    TEST(a_listener_that_is_cancelled_with_nobody_behind_leaves_the_signal_set);
    TEST_STOPS(waiting_for_a_signal_that_was_not_prepared_stops);
}
