/* test_condition.c - waiting, with a lock, for what the lock guards to change. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/condition.h>

static weft_lock lock;
static weft_condition condition = {.lock = &lock}, other = {.lock = &lock};

/* Waits once, and says how that ended; keeps the lock for some seconds then. */
struct waiter {
    WEFT_FRAME;
    char name;
    int keeps, patience;
    bool waits_for_other;
    weft_hold hold;
    weft_scope scope;
    union {
        struct weft_lock_acquire acquire;
        struct weft_condition_wait wait;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    WEFT_TIMEOUT(self->scope, self->patience > 0 ? WEFT_S(self->patience) : WEFT_FOREVER) {
        WEFT_CATCH(self->wait, weft_condition_wait, self->waits_for_other ? &other : &condition,
                   &self->hold);
        say("%c%s%d@%d ", self->name, weft_hold_is_empty(&self->hold) ? "!" : "", WEFT_STATUS(),
            seconds());
        WEFT_CHECK(WEFT_STATUS());
    }
    if (self->keeps > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->keeps));
    }
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

typedef WEFT_TASK(waiter) waiter_task;

/* Keeps the lock, notifies so many, and keeps it some seconds more; or ends with it. */
struct notifier {
    WEFT_FRAME;
    size_t count;
    int before, behind;
    bool loses_it;
    struct weft_lock_acquire acquire;
    struct weft_sleep nap;
};
static weft_hold of_notifier;

static WEFT_ASYNC(notifier, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &of_notifier);
    if (self->before > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->before));
    }
    say("notify@%d ", seconds());
    weft_condition_notify(&condition, self->count);
    if (self->behind > 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->behind));
    }
WEFT_FINALLY:
    if (!self->loses_it) {
        weft_release(&of_notifier);
    }
}
WEFT_END

typedef WEFT_TASK(notifier) notifier_task;

/* Holds the lock once. */
struct passer_by {
    WEFT_FRAME;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(passer_by, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    say("passed@%d ", seconds());
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

typedef WEFT_TASK(passer_by) passer_by_task;

static waiter_task w[4];
static notifier_task n[2];
static passer_by_task p;

static bool nobody_waits(void)
{
    return weft_link_is_empty(&condition.crowd.waiters) &&
           weft_link_is_empty(&other.crowd.waiters) && weft_link_is_empty(&lock.crowds) &&
           weft_link_is_empty(&lock.holdable.waiters);
}

/* a, b, c … wait; each keeps the lock so many seconds when it has it again. */
static void start_waiters(int count, int keeps)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&w[i], waiter, (char)('a' + i), keeps);
    }
    run_one_pass();
    ck_assert(!weft_lock_is_locked(&lock));
}

/* Notifying. */

START_TEST(a_wait_gives_the_lock_back_and_holds_it_again_before_it_goes_on)
{
    start_waiters(1, 1);
    START(&n[0], notifier, 1, .behind = 2);
    run_one_pass();
    ck_assert_ptr_eq(weft_lock_owner(&lock), &n[0].task);
    START(&p, passer_by);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a0@2 passed@3 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(notifying_wakes_those_that_wait_longest)
{
    start_waiters(4, 0);
    START(&n[0], notifier, 2);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "notify@0 a0@0 b0@0 ");
    START(&n[1], notifier, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a0@0 b0@0 notify@0 c0@0 d0@0 ");
}
END_TEST

START_TEST(notifying_more_than_wait_wakes_all_of_them)
{
    start_waiters(2, 0);
    START(&n[0], notifier, 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a0@0 b0@0 ");
}
END_TEST

START_TEST(notifying_none_wakes_none)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 0);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "notify@0 ");
}
END_TEST

struct all {
    WEFT_FRAME;
    weft_hold hold;
};

static WEFT_ASYNC(all, self)
{
    WEFT_CHECK(weft_lock_acquire_nowait(&lock, &self->hold, WEFT_SELF()));
    weft_condition_notify_all(&condition);
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

START_TEST(notifying_all_lets_them_hold_the_lock_one_after_the_other)
{
    WEFT_TASK(all) task = {0};
    start_waiters(3, 2);
    START(&task, all);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@2 c0@4 ");
}
END_TEST

START_TEST(a_notification_that_nobody_waits_for_is_not_remembered)
{
    begin();
    START(&n[0], notifier, 1);
    ck_assert_int_eq(run(), 0);
    START(&w[0], waiter, 'a');
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "notify@0 ");
}
END_TEST

START_TEST(who_is_notified_stands_behind_those_that_wait_for_the_lock_already)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 1, .before = 1);
    START(&p, passer_by);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@1 passed@1 a0@1 ");
}
END_TEST

START_TEST(several_conditions_can_share_a_lock)
{
    begin();
    START(&w[0], waiter, 'a', .waits_for_other = true);
    START(&w[1], waiter, 'b');
    START(&n[0], notifier, SIZE_MAX);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "notify@0 b0@0 ");
}
END_TEST

/* Cancelling. */

START_TEST(a_cancelled_wait_holds_the_lock_again_before_it_says_so)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 0, .before = 3);
    run_one_pass();
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@3 a-4097@3 ");
    ck_assert(nobody_waits() && !weft_lock_is_locked(&lock));
}
END_TEST

START_TEST(a_cancelled_wait_that_finds_the_lock_free_takes_it_at_once)
{
    start_waiters(1, 0);
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@0 ");
    ck_assert(nobody_waits() && !weft_lock_is_locked(&lock));
}
END_TEST

START_TEST(further_cancellations_do_not_interrupt_the_wait_for_the_lock)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 0, .before = 3);
    run_one_pass();
    for (int i = 0; i < 3; i++) {
        ck_assert(weft_task_cancel(&w[0].task));
        run_one_pass();
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@3 a-4097@3 ");
}
END_TEST

START_TEST(cancelled_and_then_notified_the_notification_is_for_the_next)
{
    start_waiters(2, 0);
    START(&n[0], notifier, 1, .before = 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@1 a-4097@1 b0@1 ");
}
END_TEST

START_TEST(notified_and_then_cancelled_it_passes_the_notification_on)
{
    start_waiters(3, 0);
    START(&n[0], notifier, 1, .behind = 2);
    run_one_pass(); /* a waits for the lock now */
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "notify@0 a-4097@2 b0@2 ");
}
END_TEST

START_TEST(notified_and_cancelled_when_the_lock_is_its_own_already_it_passes_the_notification_on)
{
    start_waiters(2, 0);
    START(&n[0], notifier, 1);
    run_one_pass();
    ck_assert_ptr_eq(weft_lock_owner(&lock), &w[0].task);
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a-4097@0 b0@0 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(a_notification_passes_any_number_of_cancelled_tasks)
{
    start_waiters(4, 0);
    START(&n[0], notifier, 3, .behind = 1);
    run_one_pass();
    for (int i = 0; i < 3; i++) {
        ck_assert(weft_task_cancel(&w[i].task));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a-4097@1 b-4097@1 c-4097@1 d0@1 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(a_notification_that_is_passed_on_to_nobody_is_gone)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a-4097@0 ");
    ck_assert(nobody_waits() && !weft_lock_is_locked(&lock));
}
END_TEST

START_TEST(a_timeout_waits_for_the_lock)
{
    begin();
    START(&w[0], waiter, 'a', .patience = 5);
    START(&n[0], notifier, 0, .before = 7);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@7 a-4097@7 ");
    ck_assert_int_eq(w[0].task.status, WEFT_ETIMEDOUT);
}
END_TEST

START_TEST(a_timeout_while_it_waits_for_the_lock_passes_the_notification_on)
{
    begin();
    START(&w[0], waiter, 'a', .patience = 5);
    START(&w[1], waiter, 'b');
    START(&n[0], notifier, 1, .before = 4, .behind = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@4 a-4097@6 b0@6 ");
    ck_assert_int_eq(w[0].task.status, WEFT_ETIMEDOUT);
}
END_TEST

START_TEST(a_timeout_in_the_same_pass_as_the_notification_loses_none)
{
    const bool notified_first = _i == 0;
    begin();
    START(&w[0], waiter, 'a', .patience = 5);
    START(&w[1], waiter, 'b');
    run_one_pass();
    START(&n[0], notifier, 1);
    if (notified_first) {
        run_one_pass();
        ck_assert_ptr_eq(weft_lock_owner(&lock), &w[0].task);
    }
    virtual_now = WEFT_S(5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, notified_first ? "notify@0 a-4097@5 b0@5 " : "notify@5 b0@5 a-4097@5 ");
    ck_assert_int_eq(w[0].task.status, WEFT_ETIMEDOUT);
}
END_TEST

/* Is cancelled, and waits nevertheless. */
struct doomed {
    WEFT_FRAME;
    bool in_cleanup;
    weft_hold hold;
    struct weft_lock_acquire acquire;
    struct weft_condition_wait wait;
};

static WEFT_ASYNC(doomed, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    if (!self->in_cleanup) {
        WEFT_PASS(); /* the next one waits for the lock now */
        weft_task_cancel(WEFT_SELF());
        WEFT_CATCH(self->wait, weft_condition_wait, &condition, &self->hold);
        say("%d %d ", WEFT_STATUS(), weft_lock_owner(&lock) == WEFT_SELF());
    }
WEFT_FINALLY:
    while (self->in_cleanup) {
        WEFT_AWAIT(self->wait, weft_condition_wait, &condition, &self->hold);
        say("%d ", WEFT_STATUS());
        self->in_cleanup = WEFT_STATUS() != 0;
    }
    weft_release(&self->hold);
}
WEFT_END

START_TEST(a_wait_that_is_cancelled_before_it_began_keeps_the_lock_all_the_time)
{
    WEFT_TASK(doomed) task = {0};
    begin();
    START(&task, doomed);
    START(&p, passer_by);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 1 passed@0 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(in_a_cleanup_each_cancellation_ends_one_wait)
{
    WEFT_TASK(doomed) task = {0};
    begin();
    START(&task, doomed, .in_cleanup = true);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    START(&n[0], notifier, 1, .behind = 1);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task)); /* notified, and waits for the lock */
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "-4097 notify@0 -4097 ");
    START(&n[1], notifier, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 notify@0 -4097 notify@1 0 ");
}
END_TEST

/* A broken lock. */

START_TEST(all_waits_are_told_when_the_lock_breaks)
{
    start_waiters(3, 0);
    START(&w[3], waiter, 'd', .waits_for_other = true);
    START(&n[0], notifier, 1, .behind = 1, .loses_it = true); /* a waits for the lock */
    run_one_pass();
    ck_assert(weft_task_cancel(&w[1].task)); /* and b */
    ck_assert_int_eq(run(), 0);
    ck_assert(weft_lock_is_broken(&lock));
    ck_assert_str_eq(trace, "notify@0 a!-4112@1 b!-4112@1 c!-4112@1 d!-4112@1 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(a_cancelled_wait_that_finds_the_lock_broken_says_that)
{
    start_waiters(1, 0);
    START(&n[0], notifier, 0, .loses_it = true);
    ck_assert(weft_task_cancel(&w[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "notify@0 a!-4112@0 ");
}
END_TEST

/* Predicates. */

static int level;

static bool is_high(void *context)
{
    say("?%d ", level);
    return level >= *(const int *)context;
}

struct watcher {
    WEFT_FRAME;
    char name;
    int wanted;
    weft_hold hold;
    struct weft_lock_acquire acquire;
    struct weft_condition_wait_for wait;
};

static WEFT_ASYNC(watcher, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    WEFT_CATCH(self->wait, weft_condition_wait_for, &condition, &self->hold, is_high,
               &self->wanted);
    say("%c%d ", self->name, WEFT_STATUS());
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

static void raise_level(int to)
{
    level = to;
    START(&n[0], notifier, SIZE_MAX);
    (void)run();
}

START_TEST(a_predicate_that_is_true_does_not_wait)
{
    WEFT_TASK(watcher) task = {0};
    begin();
    level = 3;
    START(&task, watcher, 'a', 3);
    run_one_pass();
    ck_assert_str_eq(trace, "?3 a0 ");
}
END_TEST

START_TEST(a_predicate_is_asked_after_each_notification)
{
    WEFT_TASK(watcher) a = {0}, b = {0};
    begin();
    START(&a, watcher, 'a', 2);
    START(&b, watcher, 'b', 1);
    raise_level(0);
    ck_assert_str_eq(trace, "?0 ?0 notify@0 ?0 ?0 ");
    trace[0] = '\0';
    raise_level(1);
    ck_assert_str_eq(trace, "notify@0 ?1 ?1 b0 ");
    trace[0] = '\0';
    raise_level(2);
    ck_assert_str_eq(trace, "notify@0 ?2 a0 ");
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(a_wait_for_a_predicate_can_be_cancelled_and_asks_no_more)
{
    WEFT_TASK(watcher) task = {0};
    begin();
    START(&task, watcher, 'a', 1);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "?0 a-4097 ");
    ck_assert(nobody_waits() && !weft_lock_is_locked(&lock));
}
END_TEST

/* Misuse. */

struct wrong {
    WEFT_FRAME;
    weft_condition *condition;
    bool holds, waits_with_another, has_no_predicate;
    weft_hold hold, another;
    struct weft_lock_acquire acquire;
    struct weft_condition_wait wait;
    struct weft_condition_wait_for wait_for;
};

static WEFT_ASYNC(wrong, self)
{
    if (self->holds) {
        WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &self->hold);
    }
    if (self->has_no_predicate) {
        WEFT_TRY(self->wait_for, weft_condition_wait_for, self->condition, &self->hold);
    }
    WEFT_TRY(self->wait, weft_condition_wait, self->condition,
             self->waits_with_another ? &self->another : &self->hold);
}
WEFT_END

START_TEST(a_wait_needs_its_condition_the_lock_its_hold_and_the_predicate)
{
    static weft_condition without_lock;
    weft_condition *const which[] = {NULL, &without_lock, &condition, &condition, &condition};
    WEFT_TASK(wrong) task = {0};
    begin();
    START(&task, wrong, which[_i], .holds = _i != 2, .waits_with_another = _i == 3,
          .has_no_predicate = _i == 4);
    (void)run();
}
END_TEST

START_TEST(to_notify_without_the_lock_stops)
{
    weft_condition_notify(&condition, 1);
}
END_TEST

START_TEST(to_notify_while_another_task_has_the_lock_stops)
{
    begin();
    START(&n[0], notifier, 0, .before = 1);
    run_one_pass();
    weft_condition_notify_all(&condition);
}
END_TEST

SUITE(condition)
{
    TEST(a_wait_gives_the_lock_back_and_holds_it_again_before_it_goes_on);
    TEST(notifying_wakes_those_that_wait_longest);
    TEST(notifying_more_than_wait_wakes_all_of_them);
    TEST(notifying_none_wakes_none);
    TEST(notifying_all_lets_them_hold_the_lock_one_after_the_other);
    TEST(a_notification_that_nobody_waits_for_is_not_remembered);
    TEST(who_is_notified_stands_behind_those_that_wait_for_the_lock_already);
    TEST(several_conditions_can_share_a_lock);
    TEST(a_cancelled_wait_holds_the_lock_again_before_it_says_so);
    TEST(a_cancelled_wait_that_finds_the_lock_free_takes_it_at_once);
    TEST(further_cancellations_do_not_interrupt_the_wait_for_the_lock);
    TEST(a_wait_that_is_cancelled_before_it_began_keeps_the_lock_all_the_time);
    TEST(cancelled_and_then_notified_the_notification_is_for_the_next);
    TEST(notified_and_then_cancelled_it_passes_the_notification_on);
    TEST(notified_and_cancelled_when_the_lock_is_its_own_already_it_passes_the_notification_on);
    TEST(a_notification_passes_any_number_of_cancelled_tasks);
    TEST(a_notification_that_is_passed_on_to_nobody_is_gone);
    TEST(in_a_cleanup_each_cancellation_ends_one_wait);
    TEST(a_timeout_waits_for_the_lock);
    TEST(a_timeout_while_it_waits_for_the_lock_passes_the_notification_on);
    TEST_EACH(a_timeout_in_the_same_pass_as_the_notification_loses_none, 2);
    TEST(all_waits_are_told_when_the_lock_breaks);
    TEST(a_cancelled_wait_that_finds_the_lock_broken_says_that);
    TEST(a_predicate_that_is_true_does_not_wait);
    TEST(a_predicate_is_asked_after_each_notification);
    TEST(a_wait_for_a_predicate_can_be_cancelled_and_asks_no_more);
    TEST_EACH_STOPS(a_wait_needs_its_condition_the_lock_its_hold_and_the_predicate, 5);
    TEST_STOPS(to_notify_without_the_lock_stops);
    TEST_STOPS(to_notify_while_another_task_has_the_lock_stops);
}
