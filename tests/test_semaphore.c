/* test_semaphore.c - so many at a time. */
/* SPDX-License-Identifier: MIT */
#include <weft/semaphore.h>

#define THING weft_semaphore
#define ACQUIRE weft_acquire
#include "users.h"

static void take(weft_semaphore *limit, weft_hold *hold)
{
    ck_assert_int_eq(weft_acquire_nowait(limit, hold), 0);
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
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0}, stolen = {0};
    user_task task = {0};
    take(&limit, &mine);
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
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task tasks[2] = {0};
    take(&limit, &mine);
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
    bool cancels_itself;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(looker, self)
{
    if (self->cancels_itself) {
        weft_task_cancel(WEFT_SELF());
    }
    WEFT_CATCH(self->acquire, weft_acquire, self->limit, &self->turn);
    say("%d %s", WEFT_STATUS(), weft_hold_is_empty(&self->turn) ? "holds nothing" : "holds");
WEFT_FINALLY:
    weft_release(&self->turn);
}
WEFT_END

START_TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    WEFT_TASK(looker) task = {0};
    take(&limit, &mine);
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
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task task = {0};
    take(&limit, &mine);
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
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task tasks[4] = {0};
    take(&limit, &mine);
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

START_TEST(who_waits_is_served_in_order_and_who_comes_later_stands_behind)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task tasks[3] = {0};
    take(&limit, &mine);
    start_users(tasks, 2, &limit, 1);
    run_one_pass();
    weft_release(&mine);
    START(&tasks[2], user, 'c', &limit, 1); /* runs behind the release */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@1 c@2 ");
}
END_TEST

START_TEST(a_semaphore_is_locked_while_no_permit_is_free_also_if_who_has_it_did_not_run_yet)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task task = {0};
    ck_assert(!weft_semaphore_is_locked(&limit));
    take(&limit, &mine);
    ck_assert(weft_semaphore_is_locked(&limit));
    start_users(&task, 1, &limit, 0);
    run_one_pass();
    weft_release(&mine);
    ck_assert(weft_semaphore_is_locked(&limit));
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_semaphore_is_locked(&limit));
}
END_TEST

START_TEST(a_zeroed_semaphore_has_no_permit)
{
    weft_semaphore limit = {0};
    weft_hold hold = {0};
    ck_assert_int_eq(weft_acquire_nowait(&limit, &hold), WEFT_EBUSY);
    ck_assert(weft_hold_is_empty(&hold));
}
END_TEST

START_TEST(a_permit_that_comes_back_after_the_first_was_cancelled_goes_to_the_next)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    user_task tasks[2] = {0};
    take(&limit, &mine);
    start_users(tasks, 2, &limit, 0);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    weft_release(&mine);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b@0 ");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(a_free_permit_is_no_wait_and_cannot_be_cancelled)
{
    weft_semaphore limit = {.permits = 1};
    WEFT_TASK(looker) task = {0};
    begin();
    START(&task, looker, &limit, .cancels_itself = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 holds");
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

/* Waits 5 seconds for a permit. */
struct patient {
    WEFT_FRAME;
    weft_semaphore *limit;
    weft_scope patience;
    weft_hold turn;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(5)) {
        WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
    }
WEFT_FINALLY:
    say("%d@%d ", WEFT_OUTCOME(), seconds());
    weft_release(&self->turn);
}
WEFT_END

static void release(void *hold)
{
    weft_release((weft_hold *)hold);
}

/* The alarm that releases is armed before the timeout, or behind it. */
static void release_at_the_timeout(bool first)
{
    weft_semaphore limit = {.permits = 1};
    weft_hold mine = {0};
    alarm_clock alarm;
    WEFT_TASK(patient) task = {0};
    user_task next = {0};
    begin();
    take(&limit, &mine);
    START(&task, patient, &limit);
    START(&next, user, 'n', &limit, 0);
    if (first) {
        set_alarm(&alarm, 5, release, &mine);
        run_one_pass();
    } else {
        run_one_pass();
        set_alarm(&alarm, 5, release, &mine);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(limit.permits, 1);
}

START_TEST(a_timeout_behind_the_release_of_the_same_pass_passes_the_permit_on)
{
    release_at_the_timeout(true);
    ck_assert_str_eq(trace, "-4098@5 n@5 ");
}
END_TEST

START_TEST(a_timeout_before_the_release_of_the_same_pass_leaves_the_permit_to_the_next)
{
    release_at_the_timeout(false);
    ck_assert_str_eq(trace, "-4098@5 n@5 ");
}
END_TEST

/* As a counter. */

START_TEST(releasing_a_permit_that_nobody_held_adds_one)
{
    weft_semaphore items = {0};
    weft_hold hold = {0};
    weft_semaphore_release(&items);
    weft_semaphore_release(&items);
    ck_assert_uint_eq(items.permits, 2);
    take(&items, &hold);
    weft_semaphore_forget(&hold);
    ck_assert(weft_hold_is_empty(&hold));
    ck_assert_uint_eq(items.permits, 1);
}
END_TEST

START_TEST(a_permit_that_nobody_held_goes_to_the_one_that_waits_longest)
{
    weft_semaphore items = {0};
    user_task tasks[2] = {0};
    start_users(tasks, 2, &items, 1);
    run_one_pass();
    weft_semaphore_release(&items);
    ck_assert_uint_eq(items.permits, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@1 ");
}
END_TEST

START_TEST(forgetting_a_hold_that_holds_nothing_does_nothing)
{
    weft_hold hold = {0};
    weft_semaphore_forget(&hold);
    ck_assert(weft_hold_is_empty(&hold));
}
END_TEST

/* Bounded. */

START_TEST(a_bounded_semaphore_takes_back_what_it_gave)
{
    weft_semaphore limit = {.permits = 2, .bound = 2};
    user_task tasks[5] = {0};
    start_users(tasks, 5, &limit, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@1 d@1 e@2 ");
    ck_assert_uint_eq(limit.permits, 2);
}
END_TEST

START_TEST(a_bounded_semaphore_takes_what_was_used_up)
{
    weft_semaphore limit = {.permits = 1, .bound = 1};
    weft_hold hold = {0};
    take(&limit, &hold);
    weft_semaphore_forget(&hold);
    weft_semaphore_release(&limit);
    ck_assert_uint_eq(limit.permits, 1);
}
END_TEST

START_TEST(more_permits_than_the_bound_stop)
{
    weft_semaphore limit = {.permits = 1, .bound = 1};
    weft_semaphore_release(&limit);
}
END_TEST

START_TEST(a_permit_beyond_the_bound_that_comes_back_stops)
{
    weft_semaphore limit = {.permits = 1, .bound = 1};
    weft_hold hold = {0};
    take(&limit, &hold);
    weft_semaphore_release(&limit);
    weft_release(&hold);
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

SUITE_TOGETHER(semaphore)
{
    TEST(a_semaphore_lets_as_many_hold_it_as_it_has_permits);
    TEST(a_zeroed_semaphore_has_no_permit);
    TEST(a_free_permit_does_not_wait);
    TEST(a_free_permit_is_no_wait_and_cannot_be_cancelled);
    TEST(who_waits_is_served_in_order_and_who_comes_later_stands_behind);
    TEST(a_permit_is_handed_over_so_that_nobody_comes_between);
    TEST(a_semaphore_is_locked_while_no_permit_is_free_also_if_who_has_it_did_not_run_yet);
    TEST(a_cancelled_waiter_holds_nothing);
    TEST(a_permit_that_comes_back_after_the_first_was_cancelled_goes_to_the_next);
    TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_permit_on);
    TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up);
    TEST(chosen_and_cancelled_with_nobody_behind_the_permit_goes_back);
    TEST(a_permit_passes_through_any_number_of_cancelled_waiters);
    TEST(a_task_that_is_cancelled_while_it_holds_a_permit_gives_it_back);
    TEST(a_timeout_behind_the_release_of_the_same_pass_passes_the_permit_on);
    TEST(a_timeout_before_the_release_of_the_same_pass_leaves_the_permit_to_the_next);
    TEST(releasing_a_permit_that_nobody_held_adds_one);
    TEST(a_permit_that_nobody_held_goes_to_the_one_that_waits_longest);
    TEST(forgetting_a_hold_that_holds_nothing_does_nothing);
    TEST(a_bounded_semaphore_takes_back_what_it_gave);
    TEST(a_bounded_semaphore_takes_what_was_used_up);
    TEST_STOPS(more_permits_than_the_bound_stop);
    TEST_STOPS(a_permit_beyond_the_bound_that_comes_back_stops);
    TEST_STOPS(acquiring_into_a_hold_that_has_a_permit_stops);
    TEST_STOPS(a_forgotten_argument_stops);
}
