/* test_deadline_model.c - which timer is due next, at random, against a model. */
/* SPDX-License-Identifier: MIT */
/*
 * The model is all that is known of each timer, and a search through all of them. It counts in
 * ticks since the beginning, in 64 bits, which do not wrap. Compiled as test_deadline.c is.
 */
#include "weft_check.h"
#include <weft/deadline.h>

enum { TIMERS = 60, STEPS = SIZED(4000, 1000), SEEDS = SIZED(12, 4) };

static struct known {
    weft_timer timer;
    int64_t at;
    unsigned armed;    /* 0: not armed; else the how many-th arming */
    bool may_fire_now; /* it was armed before the call of fire() that is under way */
} known[TIMERS];
static const weft_time beginnings[] = {
    0,
    -5,
#if WEFT_TIME_BITS == 64
    -((weft_time)1 << 60) - 4090,
#else
    WEFT_FOREVER - 300,
#endif
};

static weft_timers timers;
static weft_time beginning;
static uint64_t random_state;
static int64_t now;
static unsigned armings, firings;

static uint64_t random_below(uint64_t limit)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (random_state >> 33) % limit;
}

/* Few ticks as often as many: all distances up to 2^bits. */
static int64_t random_distance(uint64_t bits)
{
    const uint64_t limit = (uint64_t)1 << random_below(bits + 1);
    return (int64_t)((random_below(1U << 30) << 30 | random_below(1U << 30)) % limit);
}

/* The timer that is to fire first, among all or those that may fire now. */
static struct known *model_first(bool may_fire_now)
{
    struct known *first = NULL;
    for (struct known *each = known; each < known + TIMERS; each++) {
        if (each->armed != 0 && (!may_fire_now || (each->may_fire_now && each->at <= now)) &&
            (first == NULL || each->at < first->at ||
             (each->at == first->at && each->armed < first->armed))) {
            first = each;
        }
    }
    return first;
}

static void step(void)
{
    struct known *const one = &known[random_below(TIMERS)];
    ck_assert_int_eq(weft_timer_is_armed(&one->timer), one->armed != 0);
    if (one->armed != 0) {
        weft_timers_cancel(&timers, &one->timer);
        one->armed = 0;
    } else {
        const int64_t distance = random_distance(WEFT_TIME_BITS == 64 ? 58 : WEFT_TIME_BITS - 3);
        one->at = random_below(8) > 0 ? now + distance : now - distance % 50;
        one->armed = ++armings;
        one->may_fire_now = false;
        weft_timers_arm(&timers, &one->timer, (weft_time)((uint64_t)beginning + (uint64_t)one->at));
    }
}

static void on_fire(weft_timer *timer)
{
    struct known *const fired = (struct known *)(void *)timer;
    ck_assert_ptr_eq(fired, model_first(true));
    fired->armed = 0;
    firings++;
    for (uint64_t steps = random_below(4); steps > 0; steps--) {
        step();
    }
}

static void fire(void)
{
    const unsigned before = firings;
    for (struct known *each = known; each < known + TIMERS; each++) {
        each->may_fire_now = true;
    }
    const size_t count =
        weft_timers_fire(&timers, (weft_time)((uint64_t)beginning + (uint64_t)now));
    ck_assert_uint_eq(count, firings - before);
    ck_assert_ptr_null(model_first(true));
}

/* Goes on to the next wake; false if there is none. Never late: all that fires, fires on time. */
static bool wake(void)
{
    const struct known *const first = model_first(false);
    weft_time at;
    if (!weft_timers_next(&timers, &at)) {
        ck_assert_ptr_null(first);
        return false;
    }
    const weft_time ahead = (weft_time)((uint64_t)at - (uint64_t)beginning - (uint64_t)now);
    ck_assert_ptr_nonnull(first);
    ck_assert_int_le(now + ahead, first->at);
    now += ahead > 0 ? ahead : 0;
    fire();
    return true;
}

static void begin(int seed)
{
    memset(known, 0, sizeof known);
    for (size_t i = 0; i < TIMERS; i++) {
        known[i].timer.fire = on_fire;
    }
    beginning = beginnings[(size_t)seed % (sizeof beginnings / sizeof beginnings[0])];
    weft_timers_init(&timers, beginning);
    random_state = (uint64_t)seed;
}

START_TEST(at_random_it_does_what_the_model_does)
{
    begin(_i);
    for (int i = 0; i < STEPS; i++) {
        const uint64_t choice = random_below(10);
        if (choice < 7) {
            step();
        } else if (choice < 9) {
            now += random_distance(WEFT_TIME_BITS == 64 ? 44 : WEFT_TIME_BITS - 3);
            fire();
        } else {
            wake();
        }
    }
    ck_assert_uint_gt(firings, STEPS / 10);
}
END_TEST

static void on_last_fire(weft_timer *timer)
{
    struct known *const fired = (struct known *)(void *)timer;
    ck_assert_ptr_eq(fired, model_first(true));
    fired->armed = 0;
    firings++;
}

START_TEST(at_random_waking_at_what_is_next_fires_all_in_few_wakes)
{
    unsigned wakes = 0;
    begin(_i);
    for (int i = 0; i < STEPS; i++) {
        step();
    }
    for (size_t i = 0; i < TIMERS; i++) {
        known[i].timer.fire = on_last_fire;
    }
    while (wake()) {
        wakes++;
    }
    ck_assert_uint_gt(firings, TIMERS / 4);
    ck_assert_uint_le(wakes, firings + 16);
}
END_TEST

SUITE_TOGETHER(deadline_model)
{
    TEST_EACH(at_random_it_does_what_the_model_does, SEEDS);
    TEST_EACH(at_random_waking_at_what_is_next_fires_all_in_few_wakes, SEEDS);
}
