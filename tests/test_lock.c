/* test_lock.c - one at a time, and it is known who. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/lock.h>

static weft_lock lock;

/* Holds the lock for some seconds. */
struct user {
    WEFT_FRAME;
    char name;
    int seconds;
    weft_hold hold;
    union {
        struct weft_lock_acquire acquire;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(user, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    ck_assert_ptr_eq(weft_lock_owner(&lock), WEFT_SELF());
    say("%c@%d ", self->name, seconds());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->seconds));
WEFT_FINALLY:
    weft_release(&self->hold);
    if (WEFT_OUTCOME() != 0) {
        say("%c%d ", self->name, WEFT_OUTCOME());
    }
}
WEFT_END

typedef WEFT_TASK(user) user_task;

/* a, b, c … for so many seconds each; after one pass, the first of them has the lock. */
static void start_users(user_task *tasks, int count, int each)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), each);
    }
    run_one_pass();
}

START_TEST(a_zeroed_lock_is_free)
{
    ck_assert(!weft_lock_is_locked(&lock));
    ck_assert(!weft_lock_is_broken(&lock));
    ck_assert_ptr_null(weft_lock_owner(&lock));
}
END_TEST

START_TEST(a_free_lock_does_not_wait)
{
    user_task task = {0};
    start_users(&task, 1, 1);
    ck_assert_str_eq(trace, "a@0 ");
    ck_assert(weft_lock_is_locked(&lock));
    ck_assert_ptr_eq(weft_lock_owner(&lock), &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_lock_is_locked(&lock));
}
END_TEST

START_TEST(one_after_the_other_holds_it_in_the_order_in_which_they_came)
{
    user_task tasks[4] = {0};
    start_users(tasks, 4, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@1 c@2 d@3 ");
}
END_TEST

/* Holds the lock until it is told to go on, by its end. */
struct keeper {
    WEFT_FRAME;
    bool tries_again;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(keeper, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    WEFT_PARK(NULL);
    weft_release(&self->hold);
    if (self->tries_again) {
        say("%d ", weft_lock_acquire_nowait(&lock, &self->hold, WEFT_SELF()));
        WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
        say("again ");
    }
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

typedef WEFT_TASK(keeper) keeper_task;

/* A keeper has the lock, and users wait for it; then it gives it to the first of them. */
static void start_behind_keeper(keeper_task *first, user_task *tasks, int count)
{
    begin();
    START(first, keeper);
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), 0);
    }
    run_one_pass();
}

static void let_go(keeper_task *first)
{
    weft_wake(&first->task);
    run_one_pass();
}

START_TEST(a_lock_belongs_to_the_waiter_before_that_has_run)
{
    keeper_task first = {0};
    user_task task = {0};
    start_behind_keeper(&first, &task, 1);
    ck_assert_ptr_eq(weft_lock_owner(&lock), &first.task);
    let_go(&first);
    ck_assert_str_eq(trace, "");
    ck_assert_ptr_eq(weft_lock_owner(&lock), &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 ");
}
END_TEST

START_TEST(who_releases_a_lock_does_not_get_it_again_before_those_that_wait)
{
    keeper_task first = {0};
    user_task task = {0};
    start_behind_keeper(&first, &task, 1);
    first.frame.tries_again = true;
    let_go(&first);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4109 a@0 again ");
}
END_TEST

START_TEST(who_comes_while_it_is_handed_over_stands_behind_the_others)
{
    keeper_task first = {0};
    user_task tasks[3] = {0};
    start_behind_keeper(&first, tasks, 2);
    weft_wake(&first.task);
    START(&tasks[2], user, 'c', 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@0 c@0 ");
}
END_TEST

/* Cancelling. */

START_TEST(a_cancelled_waiter_is_gone)
{
    user_task tasks[3] = {0};
    start_users(tasks, 3, 5);
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b-4097 c@5 ");
}
END_TEST

START_TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_lock_on)
{
    keeper_task first = {0};
    user_task tasks[3] = {0};
    start_behind_keeper(&first, tasks, 3);
    let_go(&first);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4097 c@0 ");
    ck_assert(!weft_lock_is_locked(&lock));
}
END_TEST

struct looker {
    WEFT_FRAME;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(looker, self)
{
    WEFT_CATCH(self->acquire, weft_lock_acquire, &lock, &self->hold);
    say("%d %d %d", WEFT_STATUS(), weft_hold_is_empty(&self->hold), weft_lock_is_locked(&lock));
}
WEFT_END

START_TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up)
{
    keeper_task first = {0};
    WEFT_TASK(looker) task = {0};
    start_behind_keeper(&first, NULL, 0);
    START(&task, looker);
    run_one_pass();
    let_go(&first);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 1 0");
}
END_TEST

START_TEST(chosen_and_cancelled_with_nobody_behind_the_lock_is_free)
{
    keeper_task first = {0};
    user_task task = {0};
    start_behind_keeper(&first, &task, 1);
    let_go(&first);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 ");
    ck_assert(!weft_lock_is_locked(&lock) && !weft_lock_is_broken(&lock));
}
END_TEST

START_TEST(cancelled_before_the_release_of_the_same_pass_a_waiter_is_passed_by)
{
    keeper_task first = {0};
    user_task tasks[2] = {0};
    start_behind_keeper(&first, tasks, 2);
    weft_wake(&first.task);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b@0 ");
}
END_TEST

START_TEST(a_task_that_is_cancelled_while_it_holds_the_lock_gives_it_back)
{
    user_task tasks[2] = {0};
    start_users(tasks, 2, 5);
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 a-4097 b@0 ");
}
END_TEST

/* Waits 5 seconds for the lock. */
struct patient {
    WEFT_FRAME;
    weft_scope patience;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(5)) {
        WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    }
WEFT_FINALLY:
    say("%d@%d ", WEFT_OUTCOME(), seconds());
    weft_release(&self->hold);
}
WEFT_END

START_TEST(a_timeout_ends_the_wait_and_the_lock_stays_where_it_is)
{
    user_task third = {0};
    WEFT_TASK(patient) task = {0};
    start_users(&third, 1, 7);
    START(&task, patient);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 -4098@5 ");
}
END_TEST

START_TEST(a_timeout_in_the_same_pass_as_the_release_loses_no_lock)
{
    const bool release_is_first = _i == 0;
    keeper_task first = {0};
    WEFT_TASK(patient) task = {0};
    user_task third = {0};
    begin();
    START(&first, keeper);
    START(&task, patient);
    START(&third, user, 'a', 0);
    run_one_pass();
    weft_wake(&first.task);
    if (release_is_first) {
        run_one_pass();
        ck_assert_ptr_eq(weft_lock_owner(&lock), &task.task);
    }
    virtual_now = WEFT_S(5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4098@5 a@5 ");
    ck_assert(!weft_lock_is_locked(&lock));
}
END_TEST

/* Broken. */

/* Ends without giving back what it holds, in a hold that outlives it. */
static weft_hold lost[3];

struct careless {
    WEFT_FRAME;
    weft_lock *lock;
    weft_hold *hold;
    int seconds;
    struct weft_lock_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(careless, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, self->lock, self->hold);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->seconds));
}
WEFT_END

typedef WEFT_TASK(careless) careless_task;

static void start_behind_careless(careless_task *first, user_task *tasks, int count)
{
    begin();
    START(first, careless, &lock, &lost[0], 1);
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), 0);
    }
    run_one_pass();
}

START_TEST(a_lock_whose_owner_ended_is_broken_for_all_that_wait)
{
    careless_task first = {0};
    user_task tasks[3] = {0};
    start_behind_careless(&first, tasks, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 b-4112 c-4112 ");
    ck_assert(weft_lock_is_broken(&lock));
    ck_assert(!weft_lock_is_locked(&lock));
    ck_assert_ptr_null(weft_lock_owner(&lock));
}
END_TEST

START_TEST(a_lock_whose_owner_was_cancelled_and_kept_it_is_broken)
{
    careless_task first = {0};
    user_task task = {0};
    start_behind_careless(&first, &task, 1);
    ck_assert(weft_task_cancel(&first.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 ");
}
END_TEST

struct late {
    WEFT_FRAME;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(late, self)
{
    say("%d ", weft_lock_acquire_nowait(&lock, &self->hold, WEFT_SELF()));
    WEFT_CATCH(self->acquire, weft_lock_acquire, &lock, &self->hold);
    say("%d %d", WEFT_STATUS(), weft_hold_is_empty(&self->hold));
}
WEFT_END

START_TEST(a_broken_lock_is_broken_for_those_that_come_later)
{
    careless_task first = {0};
    WEFT_TASK(late) task = {0};
    start_behind_careless(&first, NULL, 0);
    ck_assert_int_eq(run(), 0);
    START(&task, late);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4112 -4112 1");
}
END_TEST

START_TEST(a_broken_lock_that_is_zeroed_is_free)
{
    careless_task first = {0};
    user_task task = {0};
    start_behind_careless(&first, NULL, 0);
    ck_assert_int_eq(run(), 0);
    lock = (weft_lock){0};
    START(&task, user, 'a', 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@1 ");
}
END_TEST

START_TEST(what_is_left_of_a_broken_lock_in_a_hold_can_be_released)
{
    careless_task first = {0};
    start_behind_careless(&first, NULL, 0);
    ck_assert_int_eq(run(), 0);
    weft_release(&lost[0]);
    ck_assert(weft_hold_is_empty(&lost[0]));
    ck_assert(weft_lock_is_broken(&lock));
}
END_TEST

START_TEST(a_waiter_is_told_what_came_first_that_the_lock_broke_or_that_it_is_cancelled)
{
    careless_task first = {0};
    user_task tasks[2] = {0};
    start_behind_careless(&first, tasks, 2);
    ck_assert(weft_task_cancel(&first.task));
    ck_assert(weft_task_cancel(&tasks[0].task));
    run_one_pass(); /* the owner ends, then a; b is told */
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4112 ");
}
END_TEST

/* A task that holds several, gives back one, and is joined. */
struct holder {
    WEFT_FRAME;
    weft_lock *locks;
    int released;
    struct weft_lock_acquire acquire;
    int i;
};

static WEFT_ASYNC(holder, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_TRY(self->acquire, weft_lock_acquire, &self->locks[self->i], &lost[self->i]);
    }
    WEFT_PASS();
    weft_release(&lost[self->released]);
    WEFT_PASS();
}
WEFT_END

struct joiner {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_TRY(self->join, weft_join, self->task);
    say("joined");
}
WEFT_END

START_TEST(all_locks_that_a_task_has_not_released_break_and_who_joins_it_is_told)
{
    weft_lock locks[3] = {{.is_broken = false}};
    WEFT_TASK(holder) task = {0};
    WEFT_TASK(joiner) joiner_task = {0};
    begin();
    START(&task, holder, locks, _i);
    START(&joiner_task, joiner, &task.task);
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(weft_lock_is_broken(&locks[i]), i != _i);
    }
    ck_assert_str_eq(trace, "joined");
}
END_TEST

/* Misuse. */

START_TEST(a_lock_that_another_task_holds_cannot_be_released)
{
    user_task task = {0};
    start_users(&task, 1, 1);
    weft_release(&task.frame.hold);
}
END_TEST

struct thief {
    WEFT_FRAME;
    weft_hold *of_another;
};

static WEFT_ASYNC(thief, self)
{
    weft_release(self->of_another);
}
WEFT_END

START_TEST(a_lock_cannot_be_released_by_another_task)
{
    user_task task = {0};
    WEFT_TASK(thief) thief_task = {0};
    start_users(&task, 1, 1);
    START(&thief_task, thief, &task.frame.hold);
    (void)run();
}
END_TEST

struct twice {
    WEFT_FRAME;
    bool waits;
    weft_hold first, second;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(twice, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->first);
    if (self->waits) {
        WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->second);
    } else {
        (void)weft_lock_acquire_nowait(&lock, &self->second, WEFT_SELF());
    }
}
WEFT_END

START_TEST(a_task_cannot_acquire_a_lock_that_it_holds)
{
    WEFT_TASK(twice) task = {0};
    begin();
    START(&task, twice, .waits = _i == 0);
    (void)run();
}
END_TEST

START_TEST(a_lock_is_held_by_a_task)
{
    weft_hold hold = {0};
    (void)weft_lock_acquire_nowait(&lock, &hold, NULL);
}
END_TEST

START_TEST(a_task_that_has_ended_can_hold_no_lock)
{
    user_task task = {0};
    weft_hold hold = {0};
    start_users(&task, 1, 0);
    (void)run();
    (void)weft_lock_acquire_nowait(&lock, &hold, &task.task);
}
END_TEST

struct forgetful {
    WEFT_FRAME;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(forgetful, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock);
}
WEFT_END

START_TEST(a_forgotten_hold_stops)
{
    WEFT_TASK(forgetful) task = {0};
    begin();
    START(&task, forgetful);
    (void)run();
}
END_TEST

SUITE(lock)
{
    TEST(a_zeroed_lock_is_free);
    TEST(a_free_lock_does_not_wait);
    TEST(one_after_the_other_holds_it_in_the_order_in_which_they_came);
    TEST(a_lock_belongs_to_the_waiter_before_that_has_run);
    TEST(who_releases_a_lock_does_not_get_it_again_before_those_that_wait);
    TEST(who_comes_while_it_is_handed_over_stands_behind_the_others);
    TEST(a_cancelled_waiter_is_gone);
    TEST(cancelled_before_the_release_of_the_same_pass_a_waiter_is_passed_by);
    TEST(chosen_and_cancelled_before_it_ran_a_waiter_passes_the_lock_on);
    TEST(an_acquire_that_fails_holds_nothing_even_before_the_caller_cleans_up);
    TEST(chosen_and_cancelled_with_nobody_behind_the_lock_is_free);
    TEST(a_task_that_is_cancelled_while_it_holds_the_lock_gives_it_back);
    TEST(a_timeout_ends_the_wait_and_the_lock_stays_where_it_is);
    TEST_EACH(a_timeout_in_the_same_pass_as_the_release_loses_no_lock, 2);
    TEST(a_lock_whose_owner_ended_is_broken_for_all_that_wait);
    TEST(a_lock_whose_owner_was_cancelled_and_kept_it_is_broken);
    TEST(a_broken_lock_is_broken_for_those_that_come_later);
    TEST(a_broken_lock_that_is_zeroed_is_free);
    TEST(what_is_left_of_a_broken_lock_in_a_hold_can_be_released);
    TEST(a_waiter_is_told_what_came_first_that_the_lock_broke_or_that_it_is_cancelled);
    TEST_EACH(all_locks_that_a_task_has_not_released_break_and_who_joins_it_is_told, 3);
    TEST_STOPS(a_lock_that_another_task_holds_cannot_be_released);
    TEST_STOPS(a_lock_cannot_be_released_by_another_task);
    TEST_EACH_STOPS(a_task_cannot_acquire_a_lock_that_it_holds, 2);
    TEST_STOPS(a_lock_is_held_by_a_task);
    TEST_STOPS(a_task_that_has_ended_can_hold_no_lock);
    TEST_STOPS(a_forgotten_hold_stops);
}
