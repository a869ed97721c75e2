/* test_resume.c - a function that resumes where it left: one byte of state. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/resume.h>

static char trace[128];

static void begin(void)
{
    trace[0] = '\0';
}

static void say(const char *text)
{
    strcat(trace, text);
}

struct stepper {
    WEFT_PT_STATE;
    int i;
};

static WEFT_PT(stepper, self)
{
    say("a");
    WEFT_PT_YIELD();
    for (self->i = 0; self->i < 3; self->i++) {
        if (self->i == 1) {
            continue;
        }
        say("b");
        WEFT_PT_YIELD();
    }
    say("c");
}
WEFT_PT_END

struct waiter {
    WEFT_PT_STATE;
    int needed, asked;
};

static WEFT_PT(waiter, self)
{
    WEFT_PT_WAIT_UNTIL(++self->asked >= self->needed);
    say("x");
}
WEFT_PT_END

struct leaver {
    WEFT_PT_STATE;
    bool leaves;
};

static WEFT_PT(leaver, self)
{
    for (;;) {
        say("l");
        WEFT_PT_YIELD();
        if (self->leaves) {
            WEFT_PT_EXIT();
        }
    }
}
WEFT_PT_END

/* clang-format off */
struct crowded {
    WEFT_PT_STATE;
};

static WEFT_PT(crowded, self) { say("1"); WEFT_PT_YIELD(); say("2"); WEFT_PT_YIELD(); say("3"); }
WEFT_PT_END
/* clang-format on */

#define TICK                                                                                       \
    WEFT_PT_YIELD();                                                                               \
    self->ticks++;
#define TICKS_10 TICK TICK TICK TICK TICK TICK TICK TICK TICK TICK
#define TICKS_50 TICKS_10 TICKS_10 TICKS_10 TICKS_10 TICKS_10

struct longest {
    WEFT_PT_STATE;
    int ticks;
};

/* clang-format off */
static WEFT_PT(longest, self)
{
    TICKS_50 TICKS_50 TICKS_50 TICKS_50 TICKS_50 TICK TICK TICK
}
WEFT_PT_END
/* clang-format on */

struct declared_before {
    WEFT_PT_STATE;
};

WEFT_PT_DECLARE(declared_before);

WEFT_PT(declared_before, self)
{
    WEFT_PT_YIELD();
}
WEFT_PT_END

START_TEST(each_call_goes_on_where_the_last_one_stopped)
{
    struct stepper it = {0};
    begin();
    while (!stepper(&it).ended) {
        say(".");
    }
    ck_assert_str_eq(trace, "a.b.b.c");
}
END_TEST

START_TEST(a_condition_is_tested_at_each_call_until_it_holds)
{
    struct waiter it = {.needed = 3};
    begin();
    ck_assert(!waiter(&it).ended);
    ck_assert(!waiter(&it).ended);
    ck_assert(waiter(&it).ended);
    ck_assert_str_eq(trace, "x");
    ck_assert_int_eq(it.asked, 3);
}
END_TEST

START_TEST(a_condition_that_holds_already_does_not_return)
{
    struct waiter it = {.needed = 1};
    ck_assert(waiter(&it).ended);
}
END_TEST

START_TEST(exit_ends_it_from_inside_a_loop)
{
    struct leaver it = {0};
    begin();
    ck_assert(!leaver(&it).ended);
    ck_assert(!leaver(&it).ended);
    it.leaves = true;
    ck_assert(leaver(&it).ended);
    ck_assert_str_eq(trace, "ll");
}
END_TEST

START_TEST(two_of_a_kind_do_not_share_their_state)
{
    struct stepper left = {0}, right = {0};
    begin();
    stepper(&left), stepper(&left), stepper(&right);
    ck_assert_str_eq(trace, "aba");
}
END_TEST

START_TEST(two_waits_may_stand_on_one_line)
{
    struct crowded it = {0};
    begin();
    ck_assert(!crowded(&it).ended);
    ck_assert(!crowded(&it).ended);
    ck_assert(crowded(&it).ended);
    ck_assert_str_eq(trace, "123");
}
END_TEST

START_TEST(there_is_room_for_253_waits)
{
    struct longest it = {0};
    int calls = 1;
    while (!longest(&it).ended) {
        calls++;
    }
    ck_assert_int_eq(it.ticks, 253);
    ck_assert_int_eq(calls, 254);
}
END_TEST

START_TEST(one_may_be_declared_before_it_is_defined)
{
    struct declared_before it = {0};
    ck_assert(!declared_before(&it).ended);
    ck_assert(declared_before(&it).ended);
}
END_TEST

START_TEST(zeroing_the_state_of_one_that_ended_starts_it_anew)
{
    struct waiter it = {.needed = 1};
    begin();
    waiter(&it);
    it.weft = 0;
    ck_assert(waiter(&it).ended);
    ck_assert_str_eq(trace, "xx");
}
END_TEST

START_TEST(calling_one_that_has_ended_stops)
{
    struct waiter it = {.needed = 1};
    waiter(&it);
    waiter(&it);
}
END_TEST

START_TEST(calling_one_that_left_by_exit_stops)
{
    struct leaver it = {.leaves = true};
    leaver(&it);
    leaver(&it);
    leaver(&it);
}
END_TEST

START_TEST(the_state_is_one_byte)
{
    ck_assert_uint_eq(sizeof(weft_pt_state), 1);
    ck_assert_uint_eq(sizeof(struct crowded), 1);
}
END_TEST

SUITE_TOGETHER(resume)
{
    TEST(each_call_goes_on_where_the_last_one_stopped);
    TEST(a_condition_is_tested_at_each_call_until_it_holds);
    TEST(a_condition_that_holds_already_does_not_return);
    TEST(exit_ends_it_from_inside_a_loop);
    TEST(two_of_a_kind_do_not_share_their_state);
    TEST(two_waits_may_stand_on_one_line);
    TEST(there_is_room_for_253_waits);
    TEST(one_may_be_declared_before_it_is_defined);
    TEST(zeroing_the_state_of_one_that_ended_starts_it_anew);
    TEST_STOPS(calling_one_that_has_ended_stops);
    TEST_STOPS(calling_one_that_left_by_exit_stops);
    TEST(the_state_is_one_byte);
}
