/* test_hold.c - something that is held and must be given back: a permit, a token, a lock. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/limiter.h>
#include <weft/lock.h>
#include <weft/semaphore.h>

static weft_semaphore semaphore;
static weft_limiter limiter;
static weft_lock lock;
static weft_hold hold;

/* Holds one of them after the other in the same hold, and gives it back by the same function. */
struct user {
    WEFT_FRAME;
    weft_hold hold;
    union {
        struct weft_acquire permit;
        struct weft_limiter_acquire token;
        struct weft_lock_acquire lock;
    };
};

static WEFT_ASYNC(user, self)
{
    WEFT_TRY(self->permit, weft_acquire, &semaphore, &self->hold);
    say("%zu ", semaphore.permits);
    weft_release(&self->hold);
    say("%zu ", semaphore.permits);
    WEFT_TRY(self->token, weft_limiter_acquire, &limiter, &self->hold);
    say("%zu ", limiter.borrowed);
    weft_release(&self->hold);
    say("%zu ", limiter.borrowed);
    WEFT_TRY(self->lock, weft_lock_acquire, &lock, &self->hold);
    say("%d ", weft_lock_is_locked(&lock));
    weft_release(&self->hold);
    say("%d", weft_lock_is_locked(&lock));
}
WEFT_END

START_TEST(one_function_gives_back_a_permit_a_token_and_a_lock)
{
    WEFT_TASK(user) task = {0};
    begin();
    semaphore.permits = limiter.total = 1;
    START(&task, user);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 1 1 0 1 0");
}
END_TEST

START_TEST(a_zeroed_hold_holds_nothing_and_release_accepts_it)
{
    ck_assert(weft_hold_is_empty(&hold));
    weft_release(&hold);
    ck_assert(weft_hold_is_empty(&hold));
}
END_TEST

START_TEST(a_hold_that_is_released_twice_gives_back_once)
{
    semaphore.permits = 1;
    ck_assert_int_eq(weft_acquire_nowait(&semaphore, &hold), 0);
    ck_assert(!weft_hold_is_empty(&hold));
    weft_release(&hold);
    ck_assert(weft_hold_is_empty(&hold));
    weft_release(&hold);
    ck_assert_uint_eq(semaphore.permits, 1);
}
END_TEST

START_TEST(a_hold_is_one_word)
{
    ck_assert(WEFT_DEBUG || sizeof(weft_hold) == sizeof(void *));
}
END_TEST

/* Each fills the hold with the first, and tries to fill it with the second. */
enum kind { PERMIT, TOKEN, LOCK, KINDS };

struct twice {
    WEFT_FRAME;
    enum kind first, second;
};

static void take(enum kind kind, weft_task *self)
{
    if (kind == PERMIT) {
        (void)weft_acquire_nowait(&semaphore, &hold);
    } else if (kind == TOKEN) {
        (void)weft_limiter_acquire_nowait(&limiter, &hold, self);
    } else {
        (void)weft_lock_acquire_nowait(&lock, &hold, self);
    }
}

static WEFT_ASYNC(twice, self)
{
    take(self->first, WEFT_SELF());
    weft_release(&hold);
    take(self->first, WEFT_SELF());
    take(self->second, WEFT_SELF());
}
WEFT_END

START_TEST(a_hold_that_holds_something_cannot_take_anything_else)
{
    WEFT_TASK(twice) task = {0};
    begin();
    semaphore.permits = limiter.total = 2;
    START(&task, twice, (enum kind)(_i / KINDS), (enum kind)(_i % KINDS));
    (void)run();
}
END_TEST

SUITE_TOGETHER(hold)
{
    TEST(one_function_gives_back_a_permit_a_token_and_a_lock);
    TEST(a_zeroed_hold_holds_nothing_and_release_accepts_it);
    TEST(a_hold_that_is_released_twice_gives_back_once);
    TEST(a_hold_is_one_word);
    TEST_EACH_STOPS(a_hold_that_holds_something_cannot_take_anything_else, KINDS * KINDS);
}
