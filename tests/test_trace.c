/* test_trace.c - what happened in a test, as one string; what was wrong; numbers by chance. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"

struct two {
    WEFT_FRAME;
    weft_time first, second;
    weft_group group;
    WEFT_TASK(sleeper) a, b;
};

static WEFT_ASYNC(two, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->a, sleeper, "a", self->first));
        WEFT_CHECK(weft_spawn(&self->group, &self->b, sleeper, "b", self->second));
    }
    weft_trace(&test, "both");
}
WEFT_END

START_TEST(entries_stand_in_the_order_in_which_they_came_each_with_its_time)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(86400), WEFT_MS(1500)), 0);
    ck_assert_str_eq(test.trace, "b@1500ms a@86400s both@86400s ");
    ck_assert_uint_eq(test.length, strlen(test.trace));
}
END_TEST

START_TEST(without_options_the_trace_has_no_times)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(2), WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "b a both ");
}
END_TEST

START_TEST(times_in_a_trace_are_exact_to_the_tick)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 1), 0);
    ck_assert_str_eq(test.trace, "x@1ticks ");
}
END_TEST

START_TEST(steps_are_traced_with_the_first_and_the_innermost_coroutine)
{
    begin_with((weft_test_desc){.trace_steps = true, .trace_times = true});
    ck_assert_int_eq(weft_test_run(&test, two, WEFT_S(2), WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "two@0s sleeper@0s sleeper@0s sleeper.weft_sleep@1s b@1s "
                                 "sleeper.weft_sleep@2s a@2s two@2s both@2s ");
}
END_TEST

START_TEST(an_entry_may_be_longer_than_what_is_printed_at_once)
{
    char entry[201] = {0};
    memset(entry, 'x', 200);
    weft_test_init(&test, NULL);
    weft_trace(&test, entry);
    ck_assert_uint_eq(test.length, 201);
    ck_assert_uint_eq(strspn(test.trace, "x"), 200);
}
END_TEST

START_TEST(a_trace_that_is_full_stops)
{
    begin();
    for (size_t count = 0; count < sizeof test.trace; count++) {
        weft_trace(&test, "");
    }
}
END_TEST

START_TEST(a_failure_is_printed_with_what_it_is_about_and_the_trace)
{
    begin();
    weft_trace(&test, "open");
    weft_test_fail(&test, "not the last line", "log.txt");
    ck_assert_str_eq(printed, "not the last line: log.txt\n    trace: open@0s \n");
}
END_TEST

START_TEST(every_failure_is_printed_and_the_first_is_kept)
{
    begin();
    weft_test_fail(&test, "this", NULL);
    weft_test_fail(&test, "then that", NULL);
    ck_assert_str_eq(test.failure, "this");
    ck_assert_str_eq(printed, "this\n    trace: \nthen that\n    trace: \n");
}
END_TEST

START_TEST(random_numbers_are_those_of_the_paper)
{
    begin();
    ck_assert_uint_eq(weft_test_random(&test), 723471715);
    ck_assert_uint_eq(weft_test_random(&test), 2497366906);
    ck_assert_uint_eq(weft_test_random(&test), 2064144800);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_numbers)
{
    uint32_t first[10];
    begin_with((weft_test_desc){.seed = (uint32_t)_i + 1});
    for (int i = 0; i < 10; i++) {
        first[i] = weft_test_random(&test);
    }
    begin_with((weft_test_desc){.seed = (uint32_t)_i + 1});
    for (int i = 0; i < 10; i++) {
        ck_assert_uint_eq(weft_test_random(&test), first[i]);
    }
}
END_TEST

/* xorshift32 itself begins small where its seed is small. */
START_TEST(small_seeds_begin_with_numbers_that_are_spread)
{
    int quarters[4] = {0};
    for (uint32_t seed = 1; seed <= 400; seed++) {
        begin_with((weft_test_desc){.seed = seed});
        quarters[weft_test_random(&test) >> 30]++;
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_gt(quarters[i], 60);
    }
}
END_TEST

SUITE_TOGETHER(trace)
{
    TEST(entries_stand_in_the_order_in_which_they_came_each_with_its_time);
    TEST(without_options_the_trace_has_no_times);
    TEST(times_in_a_trace_are_exact_to_the_tick);
    TEST(steps_are_traced_with_the_first_and_the_innermost_coroutine);
    TEST(an_entry_may_be_longer_than_what_is_printed_at_once);
    TEST_STOPS(a_trace_that_is_full_stops);
    TEST(a_failure_is_printed_with_what_it_is_about_and_the_trace);
    TEST(every_failure_is_printed_and_the_first_is_kept);
    TEST(random_numbers_are_those_of_the_paper);
    TEST_EACH(the_same_seed_gives_the_same_numbers, 10);
    TEST(small_seeds_begin_with_numbers_that_are_spread);
}
