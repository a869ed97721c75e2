/* test_sync.c - waiting for each other, all of it: by ten thousand, and in every order. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/sync.h>
/* behind them, since `executor` is a parameter there */
#include "virtual.h"

static weft_event event;
static weft_semaphore semaphore;
static weft_limiter limiter;
static weft_lock lock;
static weft_condition condition, has_room;
static weft_barrier barrier;

static void set_up(size_t count)
{
    event = (weft_event){0};
    semaphore = (weft_semaphore){.permits = count, .bound = count};
    limiter = (weft_limiter){.total = count};
    lock = (weft_lock){0};
    condition = has_room = (weft_condition){.lock = &lock};
    barrier = (weft_barrier){.parties = count};
}

static bool nobody_waits(void)
{
    return weft_link_is_empty(&event.waiters) && weft_link_is_empty(&semaphore.holdable.waiters) &&
           weft_link_is_empty(&limiter.holdable.waiters) && weft_link_is_empty(&lock.crowds) &&
           weft_link_is_empty(&lock.holdable.waiters) && weft_link_is_empty(&barrier.waiters) &&
           weft_link_is_empty(&condition.crowd.waiters) &&
           weft_link_is_empty(&has_room.crowd.waiters);
}

static bool nothing_is_held(size_t count)
{
    return semaphore.permits == count && limiter.borrowed == 0 && !weft_lock_is_locked(&lock) &&
           !weft_lock_is_broken(&lock);
}

/* Ten thousand: each waits once, and runs just twice: to begin, and to go on. */

enum { MANY = SIZED(10000, 30) };
enum kind { EVENT, SEMAPHORE, LIMITER, LOCK, CONDITION, BARRIER, KINDS };
static int steps, passed;

struct one {
    WEFT_FRAME;
    enum kind kind;
    weft_hold hold;
    union {
        struct weft_event_wait event;
        struct weft_acquire semaphore;
        struct weft_limiter_acquire limiter;
        struct weft_lock_acquire lock;
        struct weft_condition_wait condition;
        struct weft_barrier_wait barrier;
    };
};

static WEFT_ASYNC(one, self)
{
    if (self->kind == EVENT) {
        WEFT_TRY(self->event, weft_event_wait, &event);
    } else if (self->kind == SEMAPHORE) {
        WEFT_TRY(self->semaphore, weft_acquire, &semaphore, &self->hold);
    } else if (self->kind == LIMITER) {
        WEFT_TRY(self->limiter, weft_limiter_acquire, &limiter, &self->hold);
    } else if (self->kind == LOCK) {
        WEFT_TRY(self->lock, weft_lock_acquire, &lock, &self->hold);
    } else if (self->kind == CONDITION) {
        WEFT_TRY(self->lock, weft_lock_acquire, &lock, &self->hold);
        WEFT_TRY(self->condition, weft_condition_wait, &condition, &self->hold);
    } else {
        WEFT_TRY(self->barrier, weft_barrier_wait, &barrier);
    }
    passed++;
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

/* Keeps the others from going on, and lets them. */
struct gate {
    WEFT_FRAME;
    weft_hold permit, token, lock;
    struct weft_barrier_wait barrier;
};

static WEFT_ASYNC(gate, self)
{
    WEFT_CHECK(weft_acquire_nowait(&semaphore, &self->permit));
    WEFT_CHECK(weft_limiter_acquire_nowait(&limiter, &self->token, WEFT_SELF()));
    WEFT_CHECK(weft_lock_acquire_nowait(&lock, &self->lock, WEFT_SELF()));
    weft_barrier_reset(&barrier);
    WEFT_PARK(NULL);
    weft_event_set(&event);
    weft_release(&self->permit);
    weft_release(&self->token);
    if (weft_hold_is_empty(&self->lock)) {
        WEFT_CHECK(weft_lock_acquire_nowait(&lock, &self->lock, WEFT_SELF()));
    }
    weft_condition_notify_all(&condition);
    weft_release(&self->lock);
    WEFT_TRY(self->barrier, weft_barrier_wait, &barrier);
}
WEFT_END

static WEFT_TASK(one) many[MANY];
static WEFT_TASK(gate) gate_task;

static void count_step(weft_executor *of, weft_task *task)
{
    (void)of, (void)task;
    steps++;
}

/* The gate is closed, and all of them wait. */
static void start_many(enum kind kind)
{
    begin();
    set_up(1);
    steps = passed = 0;
    START(&gate_task, gate);
    run_one_pass();
    if (kind == CONDITION) { /* they need the lock before they wait */
        executor.core.current = &gate_task.task;
        weft_release(&gate_task.frame.lock);
        executor.core.current = NULL;
    }
    barrier.parties = kind == BARRIER ? MANY + 1 : 1;
    executor.traced = count_step;
    for (int i = 0; i < MANY; i++) {
        START(&many[i], one, kind);
    }
    run_one_pass();
    ck_assert_int_eq(steps, MANY);
    ck_assert_int_eq(passed, 0);
}

START_TEST(ten_thousand_wait_and_go_on_in_one_step_each)
{
    start_many((enum kind)_i);
    weft_wake(&gate_task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(steps, 2 * MANY + 1);
    ck_assert_int_eq(passed, MANY);
    ck_assert(nobody_waits() && nothing_is_held(1));
}
END_TEST

START_TEST(ten_thousand_can_be_cancelled_from_the_middle_on)
{
    start_many((enum kind)_i);
    for (int i = 0; i < MANY; i++) {
        ck_assert(weft_task_cancel(&many[(i + MANY / 2) % MANY].task));
    }
    barrier.parties = 1;
    run_one_pass();
    weft_wake(&gate_task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_le(steps, 3 * MANY + 1);
    ck_assert_int_eq(passed, 0);
    ck_assert(nobody_waits() && nothing_is_held(1));
}
END_TEST

START_TEST(what_is_handed_over_passes_ten_thousand_that_were_cancelled_first)
{
    start_many((enum kind)_i);
    weft_wake(&gate_task.task);
    for (int i = 0; i < MANY; i++) {
        ck_assert(weft_task_cancel(&many[i].task));
    }
    barrier.parties = 1;
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(passed, 0);
    ck_assert(nobody_waits() && nothing_is_held(1));
}
END_TEST

/* Every order, and a cancellation everywhere, of small programs. After a second of the virtual
 * clock whoever is left waits for something; then the program looks, and cancels them. */

static weft_test test;

static void discard(void *context, const char *text, size_t length)
{
    (void)context, (void)text, (void)length;
}

static void explore(weft_test_program *program, bool cancels, void *context)
{
    weft_test_init(&test, &(weft_test_desc){.print = discard});
    const int runs = cancels ? weft_test_cancellations(&test, WEFT_TEST_ANY, program, context)
                             : weft_test_schedules(&test, 5000, program, context);
    ck_assert_msg(runs > 1, "in run %d: %s", -runs, test.failure);
}

static void check(bool is_right, const char *failure)
{
    if (!is_right) {
        weft_test_fail(&test, failure, NULL);
    }
}

/* Two at once hold a permit or a token, and one the lock. */

static int inside[KINDS], most[KINDS];

struct visitor {
    WEFT_FRAME;
    enum kind kind;
    bool is_in;
    weft_hold hold;
    union {
        struct weft_acquire semaphore;
        struct weft_limiter_acquire limiter;
        struct weft_lock_acquire lock;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(visitor, self)
{
    if (self->kind == SEMAPHORE) {
        WEFT_TRY(self->semaphore, weft_acquire, &semaphore, &self->hold);
    } else if (self->kind == LIMITER) {
        WEFT_TRY(self->limiter, weft_limiter_acquire, &limiter, &self->hold);
    } else {
        WEFT_TRY(self->lock, weft_lock_acquire, &lock, &self->hold);
    }
    self->is_in = true;
    inside[self->kind]++;
    most[self->kind] += inside[self->kind] > most[self->kind];
    WEFT_TRY(self->nap, weft_sleep, 0);
WEFT_FINALLY:
    inside[self->kind] -= self->is_in;
    weft_release(&self->hold);
}
WEFT_END

struct visit {
    WEFT_FRAME;
    enum kind kind;
    weft_group group;
    WEFT_TASK(visitor) visitors[3];
};

static WEFT_ASYNC(visit, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < 3; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->visitors[i], visitor, self->kind));
        }
    }
WEFT_FINALLY:
    check(nothing_is_held(2) && nobody_waits(), "something is lost, or somebody left behind");
    check(inside[self->kind] == 0 && most[self->kind] <= (self->kind == LOCK ? 1 : 2),
          "too many have it");
}
WEFT_END

static void run_visit(weft_test *of, void *context)
{
    const enum kind kind = *(const enum kind *)context;
    set_up(2);
    inside[kind] = most[kind] = 0;
    const int status = weft_test_run(of, visit, .kind = kind);
    check(status == 0 || status == WEFT_ECANCELED, "somebody waits for ever");
}

START_TEST(in_every_order_nothing_is_lost_or_given_twice)
{
    enum kind kind = (enum kind)(SEMAPHORE + _i);
    explore(run_visit, false, &kind);
}
END_TEST

START_TEST(whoever_is_cancelled_anywhere_nothing_is_lost_or_given_twice)
{
    enum kind kind = (enum kind)(SEMAPHORE + _i);
    explore(run_visit, true, &kind);
}
END_TEST

/* An event: no one that waited when it was set stays. */

struct setter {
    WEFT_FRAME;
    weft_hold unused;
    struct weft_sleep nap;
};

static WEFT_ASYNC(setter, self)
{
    WEFT_TRY(self->nap, weft_sleep, 0);
WEFT_FINALLY:
    weft_event_set(&event);
    if (WEFT_OUTCOME() == 0) { /* cancelled, it may come before those that are to wait */
        weft_event_clear(&event);
    }
}
WEFT_END

struct announce {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(one) waiters[2];
    WEFT_TASK(setter) setter;
};

static WEFT_ASYNC(announce, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->waiters[0], one, EVENT));
        WEFT_CHECK(weft_spawn(&self->group, &self->setter, setter));
        WEFT_CHECK(weft_spawn(&self->group, &self->waiters[1], one, EVENT));
    }
WEFT_FINALLY:
    check(nobody_waits(), "somebody is left behind");
}
WEFT_END

static void run_announce(weft_test *of, void *context)
{
    (void)context;
    set_up(1);
    (void)weft_test_run(of, announce);
}

START_TEST(in_every_order_an_event_that_is_set_and_cleared_wakes_all_that_wait)
{
    explore(run_announce, _i != 0, NULL);
}
END_TEST

/* A buffer for one item, of a lock and two conditions. */

static int put, got, stored, putters, getters;

static bool is_empty(void *context)
{
    (void)context;
    return stored == 0;
}

static bool is_full(void *context)
{
    (void)context;
    return stored > 0;
}

struct partner {
    WEFT_FRAME;
    bool gets;
    int times;
    weft_with with;
    struct weft_condition_wait_for wait;
};

static WEFT_ASYNC(partner, self)
{
    while (self->times-- > 0) {
        WEFT_WITH(self->with, &lock) {
            (*(self->gets ? &getters : &putters))++;
            WEFT_CATCH(self->wait, weft_condition_wait_for, self->gets ? &condition : &has_room,
                       &self->with.hold, self->gets ? is_full : is_empty);
            (*(self->gets ? &getters : &putters))--;
            WEFT_CHECK(WEFT_STATUS());
            stored += self->gets ? -1 : 1;
            (*(self->gets ? &got : &put))++;
            weft_condition_notify(self->gets ? &has_room : &condition, 1);
        }
    }
}
WEFT_END

struct trade {
    WEFT_FRAME;
    int each;
    weft_group group;
    struct weft_sleep nap;
    WEFT_TASK(partner) partners[4];
};

static WEFT_ASYNC(trade, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < 4; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->partners[i], partner, .gets = i < 2,
                                  .times = self->each));
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        check(stored == 0 || getters == 0, "a getter sleeps beside an item");
        check(stored == 1 || putters == 0, "a putter sleeps beside room");
        weft_group_cancel(&self->group);
    }
WEFT_FINALLY:
    check(put - got == stored && stored >= 0 && stored <= 1, "an item is lost, or there twice");
    check(nothing_is_held(1) && nobody_waits(), "something is lost, or somebody left behind");
}
WEFT_END

static void run_trade(weft_test *of, void *context)
{
    set_up(1);
    put = got = stored = putters = getters = 0;
    const int status = weft_test_run(of, trade, .each = *(const int *)context);
    check(status == 0 || status == WEFT_ECANCELED, "somebody waits for ever");
}

START_TEST(in_every_order_no_notification_is_lost)
{
    int each = 1;
    explore(run_trade, false, &each);
    ck_assert_int_eq(put, 2);
    ck_assert_int_eq(got, 2);
}
END_TEST

START_TEST(whoever_is_cancelled_anywhere_no_notification_is_lost)
{
    int each = 2;
    explore(run_trade, true, &each);
}
END_TEST

/* Three parties, two rounds. */

static int came;

struct party {
    WEFT_FRAME;
    int round;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(party, self)
{
    for (self->round = 0; self->round < 2; self->round++) {
        came++;
        WEFT_TRY(self->wait, weft_barrier_wait, &barrier);
        check(came >= 3 * (self->round + 1), "it went on before all had come");
        check(self->wait.index < 3, "there are but three");
    }
}
WEFT_END

struct dance {
    WEFT_FRAME;
    weft_group group;
    struct weft_sleep nap;
    WEFT_TASK(party) parties[3];
};

static WEFT_ASYNC(dance, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < 3; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->parties[i], party));
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        weft_barrier_abort(&barrier);
    }
WEFT_FINALLY:
    check(nobody_waits(), "somebody is left behind");
}
WEFT_END

static void run_dance(weft_test *of, void *context)
{
    (void)context;
    set_up(3);
    came = 0;
    const int status = weft_test_run(of, dance);
    check(status == 0 || status == WEFT_ECANCELED, "somebody waits for ever");
}

START_TEST(in_every_order_nobody_passes_a_barrier_before_all_have_come)
{
    explore(run_dance, _i != 0, NULL);
}
END_TEST

SUITE_TOGETHER(sync)
{
    TEST_EACH(ten_thousand_wait_and_go_on_in_one_step_each, KINDS);
    TEST_EACH(ten_thousand_can_be_cancelled_from_the_middle_on, KINDS);
    TEST_EACH(what_is_handed_over_passes_ten_thousand_that_were_cancelled_first, KINDS);
    TEST_EACH(in_every_order_nothing_is_lost_or_given_twice, 3);
    TEST_EACH(whoever_is_cancelled_anywhere_nothing_is_lost_or_given_twice, 3);
    TEST_EACH(in_every_order_an_event_that_is_set_and_cleared_wakes_all_that_wait, 2);
    TEST(in_every_order_no_notification_is_lost);
    TEST(whoever_is_cancelled_anywhere_no_notification_is_lost);
    TEST_EACH(in_every_order_nobody_passes_a_barrier_before_all_have_come, 2);
}
