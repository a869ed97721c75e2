/* test_seeds.c - a program with many seeds: what depends on an order that is not promised. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/sync.h>

static uint32_t seeds[8];
static char traces[8][64];
static int runs;

static void begin_runs(uint32_t seed)
{
    runs = 0;
    begin_with((weft_test_desc){.seed = seed});
}

struct passer {
    WEFT_FRAME;
    const char *name;
};

static WEFT_ASYNC(passer, self)
{
    WEFT_PASS();
    weft_trace(&test, self->name);
}
WEFT_END

struct six {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) each[6];
};

static WEFT_ASYNC(six, self)
{
    static const char names[6][2] = {"a", "b", "c", "d", "e", "f"};
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < 6; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->each[i], passer, names[i]));
        }
    }
}
WEFT_END

static void run_six(weft_test *of, void *context)
{
    (void)context;
    seeds[runs] = of->seed;
    ck_assert_int_eq(of->run, runs + 1);
    ck_assert_int_eq(weft_test_run(of, six), 0);
    strcpy(traces[runs++], of->trace);
}

START_TEST(a_program_is_run_so_many_times_with_the_seeds_from_1_on)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 4, run_six, NULL), 4);
    ck_assert_int_eq(runs, 4);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(seeds[i], i + 1);
    }
    ck_assert_clean();
}
END_TEST

START_TEST(a_seed_in_the_options_is_the_first)
{
    begin_runs(1000);
    ck_assert_int_eq(weft_test_seeds(&test, 3, run_six, NULL), 3);
    ck_assert_uint_eq(seeds[0], 1000);
    ck_assert_uint_eq(seeds[2], 1002);
}
END_TEST

START_TEST(each_seed_gives_an_order_of_its_own)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 4, run_six, NULL), 4);
    for (int i = 0; i < 4; i++) {
        for (int before = 0; before < i; before++) {
            ck_assert_str_ne(traces[before], traces[i]);
        }
    }
}
END_TEST

START_TEST(with_that_seed_in_the_options_the_same_happens_again)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 3, run_six, NULL), 3);
    begin_with((weft_test_desc){.seed = 3});
    ck_assert_int_eq(weft_test_run(&test, six), 0);
    ck_assert_str_eq(test.trace, traces[2]);
}
END_TEST

START_TEST(no_run_at_all_is_right)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 0, run_six, NULL), 0);
    ck_assert_int_eq(runs, 0);
}
END_TEST

/* Planted: a reader that relies on the writer to have run before it. */
static const char *shared;

struct writer {
    WEFT_FRAME;
};

static WEFT_ASYNC(writer, self)
{
    shared = "written";
}
WEFT_END

struct reader {
    WEFT_FRAME;
};

static WEFT_ASYNC(reader, self)
{
    weft_trace(&test, shared);
}
WEFT_END

struct both {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(writer) writer;
    WEFT_TASK(reader) reader;
};

static WEFT_ASYNC(both, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->writer, writer));
        WEFT_CHECK(weft_spawn(&self->group, &self->reader, reader));
    }
}
WEFT_END

static void run_both(weft_test *of, void *context)
{
    (void)context;
    shared = "nothing";
    ck_assert_int_eq(weft_test_run(of, both), 0);
    if (strcmp(of->trace, "written ") != 0) {
        weft_test_fail(of, "read too early", NULL);
    }
}

START_TEST(what_depends_on_an_order_that_is_not_promised_is_found)
{
    char prefix[64];
    begin_runs(0);
    run_both(&test, NULL);
    ck_assert_ptr_null(test.failure); /* in the promised order it works */
    const int status = weft_test_seeds(&test, 100, run_both, NULL);
    ck_assert_int_lt(status, 0);
    ck_assert_int_eq(-status, test.run);
    ck_assert_uint_eq((uint32_t)test.run, test.seed);
    snprintf(prefix, sizeof prefix, "seed %d: read too early\n    trace: nothing \n", -status);
    ck_assert_str_eq(printed, prefix);
}
END_TEST

/* Planted: a lock of a kind, of which two take one each and then want the other's. */
static weft_semaphore left, right;

struct diner {
    WEFT_FRAME;
    weft_semaphore *first, *second;
    weft_hold one, two;
    struct weft_acquire acquire;
};

static WEFT_ASYNC(diner, self)
{
    WEFT_PASS();
    WEFT_TRY(self->acquire, weft_acquire, self->first, &self->one);
    WEFT_PASS();
    WEFT_TRY(self->acquire, weft_acquire, self->second, &self->two);
WEFT_FINALLY:
    weft_release(&self->one);
    weft_release(&self->two);
}
WEFT_END

struct dinner {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(diner) here, there;
};

static WEFT_ASYNC(dinner, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->here, diner, &left, &right));
        WEFT_CHECK(weft_spawn(&self->group, &self->there, diner, &right, &left));
    }
}
WEFT_END

static void run_dinner(weft_test *of, void *context)
{
    (void)context;
    left = (weft_semaphore){.permits = 1};
    right = (weft_semaphore){.permits = 1};
    (void)weft_test_run(of, dinner);
}

START_TEST(a_deadlock_is_a_failure)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 100, run_dinner, NULL), -1);
    ck_assert_failure("seed 1: ", "a deadlock");
    ck_assert_ptr_nonnull(strstr(printed, "diner: waits in weft_acquire"));
}
END_TEST

START_TEST(so_it_is_in_a_schedule)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_schedules(&test, 100, run_dinner, NULL), -1);
    ck_assert_failure("schedule 1: ", "a deadlock");
}
END_TEST

START_TEST(without_a_driver_a_deadlock_is_a_status)
{
    begin_runs(0);
    run_dinner(&test, NULL);
    ck_assert_ptr_null(test.failure);
}
END_TEST

static void draw(weft_test *of, void *context)
{
    (void)context;
    seeds[runs++] = weft_test_random(of);
    (void)weft_test_run(of, passer, "x");
}

START_TEST(each_run_has_random_numbers_of_its_own)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_seeds(&test, 3, draw, NULL), 3);
    ck_assert_uint_ne(seeds[0], seeds[1]);
    ck_assert_uint_ne(seeds[1], seeds[2]);
}
END_TEST

START_TEST(behind_a_driver_the_test_runs_in_the_promised_order_again)
{
    begin_runs(0);
    ck_assert_int_eq(weft_test_schedules(&test, 3, run_six, NULL), 4);
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_run(&test, six), 0);
    ck_assert_str_eq(test.trace, "a b c d e f ");
    runs = 0;
    ck_assert_int_eq(weft_test_schedules(&test, 1, run_six, NULL), 2);
    test.length = 0;
    ck_assert_int_eq(weft_test_run(&test, six), 0); /* without preparing it anew, too */
    ck_assert_str_eq(test.trace, "a b c d e f ");
}
END_TEST

SUITE_TOGETHER(seeds)
{
    TEST(a_program_is_run_so_many_times_with_the_seeds_from_1_on);
    TEST(a_seed_in_the_options_is_the_first);
    TEST(each_seed_gives_an_order_of_its_own);
    TEST(with_that_seed_in_the_options_the_same_happens_again);
    TEST(no_run_at_all_is_right);
    TEST(what_depends_on_an_order_that_is_not_promised_is_found);
    TEST(a_deadlock_is_a_failure);
    TEST(so_it_is_in_a_schedule);
    TEST(without_a_driver_a_deadlock_is_a_status);
    TEST(each_run_has_random_numbers_of_its_own);
    TEST(behind_a_driver_the_test_runs_in_the_promised_order_again);
}
