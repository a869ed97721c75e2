/* test_with.c - a block that holds something, and gives it back on every way out. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/with.h>

static weft_lock lock;
static weft_semaphore semaphore;
static weft_limiter limiter;
static weft_condition condition = {.lock = &lock};

static void say_held(void)
{
    say(weft_lock_is_locked(&lock) ? "held " : "free ");
}

/* One of the ways out of the block. */
enum way { END, BREAK, CONTINUE, RETURN, FAIL, TRY, NESTED, WAYS };

struct leaver {
    WEFT_FRAME;
    enum way way;
    bool waits; /* in the block, before it leaves */
    int rounds;
    weft_with with, inner;
    union {
        struct weft_sleep nap;
        struct leaver_fails {
            WEFT_FRAME;
        } fails;
    };
};

static WEFT_ASYNC(leaver_fails, self)
{
    WEFT_RETURN(-7);
}
WEFT_END

static WEFT_ASYNC(leaver, self)
{
    for (self->rounds = 0; self->rounds < 2; self->rounds++) {
        WEFT_WITH(self->with, &lock) {
            say_held();
            if (self->waits) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
            }
            if (self->way == BREAK) {
                break;
            }
            if (self->way == CONTINUE) {
                continue;
            }
            if (self->way == RETURN || self->way == FAIL) {
                WEFT_RETURN(self->way == FAIL ? -5 : 0);
            }
            if (self->way == TRY) {
                WEFT_TRY(self->fails, leaver_fails);
            }
            if (self->way == NESTED) {
                WEFT_WITH(self->inner, &semaphore) {
                    say("%zu ", semaphore.permits);
                    WEFT_RETURN(-6);
                }
            }
            say("end ");
        }
        say_held();
    }
WEFT_FINALLY:
    say("%d ", WEFT_OUTCOME());
    say_held();
}
WEFT_END

START_TEST(it_is_given_back_whichever_way_the_block_is_left)
{
    static const char *const said[] = {
        [END] = "held end free held end free 0 free ",
        [BREAK] = "held free held free 0 free ",
        [CONTINUE] = "held free held free 0 free ",
        [RETURN] = "held 0 free ",
        [FAIL] = "held -5 free ",
        [TRY] = "held -7 free ",
        [NESTED] = "held 0 -6 free ",
    };
    WEFT_TASK(leaver) task = {0};
    begin();
    semaphore.permits = 1;
    START(&task, leaver, .way = (enum way)(_i % WAYS), .waits = _i >= WAYS);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, said[_i % WAYS]);
    ck_assert_uint_eq(semaphore.permits, 1);
}
END_TEST

START_TEST(it_is_given_back_when_the_block_is_cancelled)
{
    WEFT_TASK(leaver) task = {0};
    begin();
    START(&task, leaver, .waits = true);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "held -4097 free ");
}
END_TEST

/* Waits for what another one has. */
struct user {
    WEFT_FRAME;
    char name;
    int seconds;
    weft_with with;
    struct weft_sleep nap;
};

static WEFT_ASYNC(user, self)
{
    WEFT_WITH(self->with, &lock) {
        say("%c@%d ", self->name, seconds());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->seconds));
    }
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0) {
        say("%c%d ", self->name, WEFT_OUTCOME());
    }
}
WEFT_END

typedef WEFT_TASK(user) user_task;

static void start_users(user_task *tasks, int count, int each)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), each);
    }
    run_one_pass();
}

START_TEST(the_block_is_entered_in_order_one_after_the_other)
{
    user_task tasks[3] = {0};
    start_users(tasks, 3, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b@1 c@2 ");
}
END_TEST

START_TEST(the_block_is_not_entered_if_the_wait_for_it_is_cancelled)
{
    user_task tasks[3] = {0};
    start_users(tasks, 3, 1);
    ck_assert(weft_task_cancel(&tasks[1].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a@0 b-4097 c@1 ");
    ck_assert(!weft_lock_is_locked(&lock));
}
END_TEST

/* Takes the lock, and ends with it. */
static weft_hold lost;

struct careless {
    WEFT_FRAME;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(careless, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, &lock, &lost);
    WEFT_PASS();
}
WEFT_END

START_TEST(the_block_is_not_entered_if_the_lock_is_broken)
{
    WEFT_TASK(careless) first = {0};
    user_task task = {0};
    begin();
    START(&first, careless);
    START(&task, user, 'a', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 ");
}
END_TEST

/* Of everything that there is, and each in the same room. */
struct each {
    WEFT_FRAME;
    weft_with with;
};

static WEFT_ASYNC(each, self)
{
    WEFT_WITH(self->with, &semaphore) {
        say("%zu ", semaphore.permits);
    }
    WEFT_WITH(self->with, &limiter) {
        say("%zu ", limiter.borrowed);
    }
    WEFT_WITH(self->with, &lock) {
        say_held();
    }
    WEFT_WITH(self->with, &condition) {
        say_held();
        weft_condition_notify_all(&condition);
    }
    say("%zu %zu ", semaphore.permits, limiter.borrowed);
    say_held();
}
WEFT_END

START_TEST(a_permit_a_token_a_lock_and_the_lock_of_a_condition_can_be_held)
{
    WEFT_TASK(each) task = {0};
    begin();
    semaphore.permits = limiter.total = 1;
    START(&task, each);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 1 held held 1 0 free ");
}
END_TEST

struct waiter {
    WEFT_FRAME;
    weft_with with;
    struct weft_condition_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_WITH(self->with, &condition) {
        WEFT_TRY(self->wait, weft_condition_wait, &condition, &self->with.hold);
        say("notified ");
    }
WEFT_FINALLY:
    say("%d ", WEFT_OUTCOME());
    say_held();
}
WEFT_END

START_TEST(a_condition_is_awaited_with_the_hold_of_the_block)
{
    WEFT_TASK(waiter) task = {0};
    WEFT_TASK(each) other = {0};
    begin();
    semaphore.permits = limiter.total = 1;
    START(&task, waiter);
    START(&other, each);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 1 held held 1 0 held notified 0 free ");
}
END_TEST

START_TEST(a_block_whose_lock_broke_while_it_waited_has_nothing_to_give_back)
{
    WEFT_TASK(waiter) task = {0};
    WEFT_TASK(careless) other = {0};
    begin();
    START(&task, waiter);
    START(&other, careless);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4112 free ");
}
END_TEST

/* In a cleanup, and in all other blocks. */
struct numbers {
    WEFT_FRAME;
    int value;
    weft_with with;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_WITH(self->with, &lock) {
        for (;;) {
            WEFT_YIELD(self->value++);
        }
    }
WEFT_FINALLY:
    say("closed ");
}
WEFT_END

struct mixed {
    WEFT_FRAME;
    weft_scope scope;
    weft_group group;
    weft_with with;
    struct numbers numbers;
    struct weft_sleep nap;
};

static WEFT_ASYNC(mixed, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_S(5)) {
        WEFT_WITH(self->with, &semaphore) {
            WEFT_GROUP(self->group) {
                WEFT_FOR_EACH(self->numbers, numbers) {
                    say_held();
                    if (self->numbers.value == 2) {
                        break;
                    }
                }
                say_held();
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
            }
        }
    }
    say("%d@%d %zu ", WEFT_STATUS(), seconds(), semaphore.permits);
WEFT_FINALLY:
    WEFT_WITH(self->with, &lock) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        say_held();
    }
    say_held();
}
WEFT_END

START_TEST(the_block_goes_together_with_all_others_and_stands_in_a_cleanup)
{
    WEFT_TASK(mixed) task = {0};
    begin();
    semaphore.permits = 1;
    START(&task, mixed);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "held held closed free -4098@5 1 held free ");
}
END_TEST

/* Misuse. */

struct twice {
    WEFT_FRAME;
    bool same_lock;
    weft_with first, second;
};

static WEFT_ASYNC(twice, self)
{
    WEFT_WITH(self->first, &semaphore) {
        if (self->same_lock) {
            WEFT_WITH(self->second, &lock) {
                WEFT_WITH(self->second, &lock) {
                    say("not here");
                }
            }
        }
        WEFT_WITH(self->first, &semaphore) {
            say("not here");
        }
    }
}
WEFT_END

START_TEST(a_block_in_the_room_of_another_one_stops)
{
    WEFT_TASK(twice) task = {0};
    begin();
    semaphore.permits = 2;
    START(&task, twice, .same_lock = _i == 0);
    (void)run();
}
END_TEST

SUITE(with)
{
    TEST_EACH(it_is_given_back_whichever_way_the_block_is_left, 2 * WAYS);
    TEST(it_is_given_back_when_the_block_is_cancelled);
    TEST(the_block_is_entered_in_order_one_after_the_other);
    TEST(the_block_is_not_entered_if_the_wait_for_it_is_cancelled);
    TEST(the_block_is_not_entered_if_the_lock_is_broken);
    TEST(a_permit_a_token_a_lock_and_the_lock_of_a_condition_can_be_held);
    TEST(a_condition_is_awaited_with_the_hold_of_the_block);
    TEST(a_block_whose_lock_broke_while_it_waited_has_nothing_to_give_back);
    TEST(the_block_goes_together_with_all_others_and_stands_in_a_cleanup);
    TEST_EACH_STOPS(a_block_in_the_room_of_another_one_stops, 2);
}
