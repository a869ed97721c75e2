/* test_limiter.c - a capacity that can be changed while it is in use. */
/* SPDX-License-Identifier: MIT */
#include <weft/limiter.h>

#define THING weft_limiter
#define ACQUIRE weft_limiter_acquire
#include "users.h"

static void borrow(weft_limiter *limiter, weft_hold *hold)
{
    ck_assert_int_eq(weft_limiter_acquire_nowait(limiter, hold, NULL), 0);
}

START_TEST(a_limiter_lends_as_many_tokens_as_it_has)
{
    weft_limiter limiter = {.total = 2};
    user_task tasks[5] = {0};
    start_users(tasks, 5, &limiter, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "a@0 b@0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@1 d@1 e@2 ");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

START_TEST(a_limiter_tells_what_is_borrowed_and_what_is_there)
{
    weft_limiter limiter = {.total = 3};
    weft_hold holds[2] = {{0}, {0}};
    ck_assert_uint_eq(weft_limiter_available(&limiter), 3);
    borrow(&limiter, &holds[0]);
    borrow(&limiter, &holds[1]);
    ck_assert_uint_eq(limiter.borrowed, 2);
    ck_assert_uint_eq(weft_limiter_available(&limiter), 1);
    weft_release(&holds[0]);
    weft_release(&holds[1]);
    ck_assert_uint_eq(weft_limiter_available(&limiter), 3);
}
END_TEST

START_TEST(a_zeroed_limiter_lends_nothing_until_it_has_a_total)
{
    weft_limiter limiter = {0};
    weft_hold hold = {0};
    user_task task = {0};
    ck_assert_int_eq(weft_limiter_acquire_nowait(&limiter, &hold, NULL), WEFT_EBUSY);
    ck_assert(weft_hold_is_empty(&hold));
    start_users(&task, 1, &limiter, 0);
    run_one_pass();
    ck_assert_str_eq(trace, "");
    weft_limiter_set_total(&limiter, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 ");
}
END_TEST

START_TEST(a_token_is_handed_over_so_that_nobody_comes_between)
{
    weft_limiter limiter = {.total = 1};
    weft_hold mine = {0}, stolen = {0};
    user_task tasks[2] = {0};
    borrow(&limiter, &mine);
    start_users(tasks, 1, &limiter, 1);
    run_one_pass();
    weft_release(&mine);
    ck_assert_uint_eq(limiter.borrowed, 1);
    ck_assert_int_eq(weft_limiter_acquire_nowait(&limiter, &stolen, NULL), WEFT_EBUSY);
    START(&tasks[1], user, 'b', &limiter, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@1 ");
}
END_TEST

/* Changing the total. */

START_TEST(a_raised_total_lets_those_in_that_wait_longest)
{
    weft_limiter limiter = {.total = 1};
    user_task tasks[4] = {0};
    start_users(tasks, 4, &limiter, 1);
    run_one_pass();
    weft_limiter_set_total(&limiter, 3);
    ck_assert_uint_eq(limiter.borrowed, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a@0 b@0 c@0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@0 d@1 ");
}
END_TEST

START_TEST(a_total_may_be_lowered_below_what_is_borrowed)
{
    weft_limiter limiter = {.total = 3};
    user_task tasks[4] = {0};
    start_users(tasks, 4, &limiter, 1);
    run_one_pass();
    weft_limiter_set_total(&limiter, 1);
    ck_assert_uint_eq(limiter.borrowed, 3);
    ck_assert_uint_eq(weft_limiter_available(&limiter), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@0 d@1 ");
    ck_assert_uint_eq(weft_limiter_available(&limiter), 1);
}
END_TEST

START_TEST(nobody_gets_a_token_before_enough_have_come_back)
{
    weft_limiter limiter = {.total = 3};
    weft_hold holds[3] = {{0}, {0}, {0}};
    user_task task = {0};
    for (int i = 0; i < 3; i++) {
        borrow(&limiter, &holds[i]);
    }
    start_users(&task, 1, &limiter, 0);
    run_one_pass();
    weft_limiter_set_total(&limiter, 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(limiter.borrowed, 3 - (size_t)i);
        ck_assert_int_eq(run(), WEFT_EDEADLOCK);
        weft_release(&holds[i]);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 ");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

START_TEST(a_total_of_zero_lets_nobody_in_and_can_be_raised_again)
{
    weft_limiter limiter = {.total = 1};
    weft_hold hold = {0};
    user_task task = {0};
    borrow(&limiter, &hold);
    weft_limiter_set_total(&limiter, 0);
    start_users(&task, 1, &limiter, 0);
    run_one_pass();
    weft_release(&hold);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    weft_limiter_set_total(&limiter, SIZE_MAX);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 ");
}
END_TEST

/* Cancelling. */

START_TEST(a_cancelled_waiter_borrows_nothing)
{
    weft_limiter limiter = {.total = 1};
    user_task tasks[3] = {0};
    start_users(tasks, 3, &limiter, 5);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b-4097 c@5 ");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_token_on)
{
    weft_limiter limiter = {.total = 1};
    weft_hold mine = {0};
    user_task tasks[3] = {0};
    borrow(&limiter, &mine);
    start_users(tasks, 3, &limiter, 0);
    run_one_pass();
    weft_release(&mine);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4097 c@0 ");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

struct looker {
    WEFT_FRAME;
    weft_limiter *limiter;
    weft_hold token;
    struct weft_limiter_acquire borrow;
};

static WEFT_ASYNC(looker, self)
{
    WEFT_CATCH(self->borrow, weft_limiter_acquire, self->limiter, &self->token);
    say("%d %d", WEFT_STATUS(), weft_hold_is_empty(&self->token));
}
WEFT_END

START_TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up)
{
    weft_limiter limiter = {0};
    WEFT_TASK(looker) task = {0};
    begin();
    START(&task, looker, &limiter);
    run_one_pass();
    weft_limiter_set_total(&limiter, 1);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 1");
}
END_TEST

START_TEST(cancelled_before_the_token_came_back_a_waiter_is_passed_by)
{
    weft_limiter limiter = {.total = 1};
    weft_hold mine = {0};
    user_task tasks[2] = {0};
    borrow(&limiter, &mine);
    start_users(tasks, 2, &limiter, 0);
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    weft_release(&mine);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b@0 ");
}
END_TEST

START_TEST(a_token_of_a_raised_total_that_meets_a_cancelled_waiter_stays_there)
{
    weft_limiter limiter = {0};
    user_task task = {0};
    start_users(&task, 1, &limiter, 0);
    run_one_pass();
    weft_limiter_set_total(&limiter, 1);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert_uint_eq(weft_limiter_available(&limiter), 1);
}
END_TEST

START_TEST(chosen_and_cancelled_after_the_total_was_lowered_the_token_goes_back)
{
    weft_limiter limiter = {.total = 1};
    weft_hold mine = {0};
    user_task tasks[2] = {0};
    borrow(&limiter, &mine);
    start_users(tasks, 2, &limiter, 0);
    run_one_pass();
    weft_release(&mine);
    weft_limiter_set_total(&limiter, 0);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

static void release(void *hold)
{
    weft_release((weft_hold *)hold);
}

/* Waits 5 seconds for a token. */
struct patient {
    WEFT_FRAME;
    weft_limiter *limiter;
    weft_scope patience;
    weft_hold token;
    struct weft_limiter_acquire borrow;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(5)) {
        WEFT_TRY(self->borrow, weft_limiter_acquire, self->limiter, &self->token);
    }
WEFT_FINALLY:
    say("%d@%d", WEFT_OUTCOME(), seconds());
    weft_release(&self->token);
}
WEFT_END

START_TEST(a_timeout_in_the_same_pass_as_the_release_loses_no_token)
{
    const bool alarm_is_first = _i == 0;
    weft_limiter limiter = {.total = 1};
    weft_hold mine = {0};
    alarm_clock alarm;
    WEFT_TASK(patient) task = {0};
    begin();
    borrow(&limiter, &mine);
    START(&task, patient, &limiter);
    if (alarm_is_first) {
        set_alarm(&alarm, 5, release, &mine);
        run_one_pass();
    } else {
        run_one_pass();
        set_alarm(&alarm, 5, release, &mine);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4098@5");
    ck_assert_uint_eq(limiter.borrowed, 0);
}
END_TEST

/* Misuse. */

START_TEST(borrowing_into_a_hold_that_has_a_token_stops)
{
    weft_limiter limiter = {.total = 2};
    weft_hold hold = {0};
    borrow(&limiter, &hold);
    borrow(&limiter, &hold);
}
END_TEST

START_TEST(a_forgotten_limiter_stops)
{
    user_task task = {0};
    start_users(&task, 1, NULL, 0);
    run_one_pass();
}
END_TEST

#if WEFT_DEBUG
struct greedy {
    WEFT_FRAME;
    weft_limiter *limiter;
    weft_hold first, second;
    struct weft_limiter_acquire borrow;
};

static WEFT_ASYNC(greedy, self)
{
    WEFT_TRY(self->borrow, weft_limiter_acquire, self->limiter, &self->first);
    WEFT_TRY(self->borrow, weft_limiter_acquire, self->limiter, &self->second);
}
WEFT_END

START_TEST(a_task_that_borrows_a_second_token_stops)
{
    weft_limiter limiter = {.total = 2};
    WEFT_TASK(greedy) task = {0};
    begin();
    START(&task, greedy, &limiter);
    (void)run();
}
END_TEST
#endif

SUITE_TOGETHER(limiter)
{
    TEST(a_limiter_lends_as_many_tokens_as_it_has);
    TEST(a_limiter_tells_what_is_borrowed_and_what_is_there);
    TEST(a_zeroed_limiter_lends_nothing_until_it_has_a_total);
    TEST(a_token_is_handed_over_so_that_nobody_comes_between);
    TEST(a_raised_total_lets_those_in_that_wait_longest);
    TEST(a_total_may_be_lowered_below_what_is_borrowed);
    TEST(nobody_gets_a_token_before_enough_have_come_back);
    TEST(a_total_of_zero_lets_nobody_in_and_can_be_raised_again);
    TEST(a_cancelled_waiter_borrows_nothing);
    TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_token_on);
    TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up);
    TEST(cancelled_before_the_token_came_back_a_waiter_is_passed_by);
    TEST(a_token_of_a_raised_total_that_meets_a_cancelled_waiter_stays_there);
    TEST(chosen_and_cancelled_after_the_total_was_lowered_the_token_goes_back);
    TEST_EACH(a_timeout_in_the_same_pass_as_the_release_loses_no_token, 2);
    TEST_STOPS(borrowing_into_a_hold_that_has_a_token_stops);
    TEST_STOPS(a_forgotten_limiter_stops);
#if WEFT_DEBUG
    TEST_STOPS(a_task_that_borrows_a_second_token_stops);
#endif
}
