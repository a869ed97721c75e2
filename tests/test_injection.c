/* test_injection.c - everything that can fail fails once. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <errno.h>
#include <weft/sync.h>

static char recorded[SIZED(4096, 512)]; /* by the programs: one trace a run */
static weft_test_resource file = {.name = "file"};
static weft_test_resource lock = {.name = "lock"};

static void begin_recording(weft_test_desc desc)
{
    recorded[0] = '\0';
    begin_with(desc);
}

static void record(void)
{
    strcat(recorded, test.trace);
    strcat(recorded, "|");
}

/* The fakes: what is under test calls them instead of the system's. */
static int take(weft_test_resource *resource)
{
    WEFT_TEST_POINT(&test, -EMFILE);
    weft_test_acquire(&test, resource);
    return 0;
}

static void give_back(weft_test_resource *resource)
{
    if (resource->held > 0) {
        weft_test_release(&test, resource);
    }
}

static int write_line(void)
{
    WEFT_TEST_POINT(&test, -ENOSPC);
    return 0;
}

/* --- each point once -------------------------------------------------------------------------- */

/* Takes two things, writes, and gives back in FINALLY. */
struct careful {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(careful, self)
{
    WEFT_CHECK(take(&file));
    weft_trace(&test, "file");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_CHECK(take(&lock));
    weft_trace(&test, "lock");
    WEFT_CHECK(write_line());
    weft_trace(&test, "written");
WEFT_FINALLY:
    give_back(&lock);
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    give_back(&file);
}
WEFT_END

static void run_careful(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, careful);
    record();
}

START_TEST(each_point_fails_once_and_in_the_last_run_none)
{
    begin_recording((weft_test_desc){.seed = 0});
    ck_assert_int_eq(weft_test_faults(&test, run_careful, NULL), 3);
    ck_assert_str_eq(recorded, "|file |file lock |file lock written |");
    ck_assert_clean();
}
END_TEST

START_TEST(without_a_driver_or_a_test_nothing_fails)
{
    begin();
    ck_assert_int_eq(weft_test_fault(&test, -EIO), 0);
    ck_assert_int_eq(weft_test_fault(NULL, -EIO), 0);
    ck_assert_int_eq(write_line(), 0);
}
END_TEST

static void run_statuses(weft_test *of, void *context)
{
    int *const statuses = context;
    const int one = weft_test_fault(of, -EIO), two = weft_test_fault(of, WEFT_ECLOSED);
    statuses[(of->run - 1) * 2] = one;
    statuses[(of->run - 1) * 2 + 1] = two;
}

START_TEST(a_point_fails_with_the_status_that_stands_there)
{
    int statuses[6];
    begin();
    ck_assert_int_eq(weft_test_faults(&test, run_statuses, statuses), 2);
    ck_assert_int_eq(statuses[0], -EIO);
    ck_assert_int_eq(statuses[1], 0);
    ck_assert_int_eq(statuses[2], 0);
    ck_assert_int_eq(statuses[3], WEFT_ECLOSED);
    ck_assert_int_eq(statuses[4], 0);
    ck_assert_int_eq(statuses[5], 0);
}
END_TEST

static void run_nothing(weft_test *of, void *context)
{
    (void)of;
    ++*(int *)context;
}

START_TEST(a_program_without_points_is_run_once)
{
    int runs = 0;
    begin();
    ck_assert_int_eq(weft_test_faults(&test, run_nothing, &runs), 0);
    ck_assert_int_eq(runs, 1);
}
END_TEST

START_TEST(a_status_that_is_no_failure_stops)
{
    begin();
    (void)weft_test_fault(&test, 0);
}
END_TEST

/* --- what is found ---------------------------------------------------------------------------- */

/* Planted: forgets the file when the lock cannot be had. */
struct leaky {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaky, self)
{
    WEFT_CHECK(take(&file));
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_CHECK(take(&lock));
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    give_back(&lock);
    give_back(&file);
}
WEFT_END

static void run_leaky(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, leaky);
}

START_TEST(a_leak_on_the_way_of_an_error_is_found_and_the_point_is_named)
{
    begin();
    ck_assert_int_eq(weft_test_faults(&test, run_leaky, NULL), -2);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_ptr_eq(strstr(printed, "fault 2 (test_injection.c:"), printed);
    ck_assert_ptr_nonnull(strstr(printed, "): not released: file\n    trace: \n"));
}
END_TEST

/* Planted: does not say that it failed to the one who waits. */
static weft_event finished;

struct silent {
    WEFT_FRAME;
};

static WEFT_ASYNC(silent, self)
{
    if (write_line() == 0) {
        weft_event_set(&finished);
    }
}
WEFT_END

struct trusting {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(silent) worker;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(trusting, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->worker, silent));
        WEFT_TRY(self->wait, weft_event_wait, &finished);
    }
}
WEFT_END

static void run_trusting(weft_test *of, void *context)
{
    (void)context;
    finished = (weft_event){0};
    (void)weft_test_run(of, trusting);
}

START_TEST(a_hang_is_found)
{
    begin();
    ck_assert_int_eq(weft_test_faults(&test, run_trusting, NULL), -1);
    ck_assert_str_eq(test.failure, "a deadlock");
    ck_assert_ptr_nonnull(strstr(printed, "trusting: waits in weft_event_wait"));
}
END_TEST

/* Tries again after a while, at most so many times; 0: for ever. */
struct retries {
    WEFT_FRAME;
    int at_most;
    int tries;
    struct weft_sleep nap;
};

static WEFT_ASYNC(retries, self)
{
    for (self->tries = 1; write_line() < 0; self->tries++) {
        weft_trace(&test, "failed");
        if (self->tries == self->at_most) {
            WEFT_RETURN(-ENOSPC);
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
    weft_trace(&test, "written");
}
WEFT_END

static void run_retries(weft_test *of, void *context)
{
    (void)weft_test_run(of, retries, .at_most = *(int *)context);
    record();
}

START_TEST(what_fails_once_works_when_it_is_tried_again)
{
    begin_recording((weft_test_desc){.seed = 0});
    ck_assert_int_eq(weft_test_faults(&test, run_retries, &(int){0}), 1);
    ck_assert_str_eq(recorded, "failed written |written |");
}
END_TEST

START_TEST(faults_may_stay)
{
    begin_recording((weft_test_desc){.faults_stay = true});
    ck_assert_int_eq(weft_test_faults(&test, run_retries, &(int){3}), 1);
    ck_assert_str_eq(recorded, "failed failed failed |written |");
}
END_TEST

struct retries_for_ever {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(retries_for_ever, self)
{
    while (write_line() < 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
}
WEFT_END

static void run_for_ever(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, retries_for_ever);
}

START_TEST(one_that_never_gives_up_is_found_by_its_number_of_steps)
{
    begin_with((weft_test_desc){.faults_stay = true, .max_steps = 1000});
    ck_assert_int_eq(weft_test_faults(&test, run_for_ever, NULL), -1);
    ck_assert_str_eq(test.failure,
                     "too many steps: it does not end, or raise weft_test_desc.max_steps");
}
END_TEST

static void run_wrong(weft_test *of, void *context)
{
    (void)context;
    if (write_line() == 0) {
        weft_test_fail(of, "it said so itself", NULL);
    }
}

START_TEST(a_failure_that_no_fault_has_caused_says_so)
{
    begin();
    ck_assert_int_eq(weft_test_faults(&test, run_wrong, NULL), -2);
    ck_assert_failure("before fault 2: ", "it said so itself");
}
END_TEST

/* --- points in a cleanup ---------------------------------------------------------------------- */

struct flushes {
    WEFT_FRAME;
    bool was_flushed;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(flushes, self)
{
    weft_test_acquire(&test, &file);
    WEFT_TRY(self->wait, weft_event_wait, &finished);
WEFT_FINALLY:
    self->was_flushed = write_line() == 0;
    weft_trace(&test, self->was_flushed ? "flushed" : "lost");
    weft_test_release(&test, &file);
}
WEFT_END

static void run_flushes(weft_test *of, void *context)
{
    static WEFT_TASK(flushes) left;
    (void)context;
    finished = (weft_event){0};
    START(&left, flushes, .was_flushed = false);
    (void)weft_test_run(of, sleeper, "slept", WEFT_S(1));
    record();
}

START_TEST(points_in_the_cleanup_of_what_is_left_fail_too)
{
    begin_recording((weft_test_desc){.seed = 0});
    ck_assert_int_eq(weft_test_faults(&test, run_flushes, NULL), 1);
    ck_assert_str_eq(recorded, "slept lost |slept flushed |");
    ck_assert_clean();
}
END_TEST

SUITE_TOGETHER(injection)
{
    TEST(each_point_fails_once_and_in_the_last_run_none);
    TEST(without_a_driver_or_a_test_nothing_fails);
    TEST(a_point_fails_with_the_status_that_stands_there);
    TEST(a_program_without_points_is_run_once);
    TEST_STOPS(a_status_that_is_no_failure_stops);
    TEST(a_leak_on_the_way_of_an_error_is_found_and_the_point_is_named);
    TEST(a_hang_is_found);
    TEST(what_fails_once_works_when_it_is_tried_again);
    TEST(faults_may_stay);
    TEST(one_that_never_gives_up_is_found_by_its_number_of_steps);
    TEST(a_failure_that_no_fault_has_caused_says_so);
    TEST(points_in_the_cleanup_of_what_is_left_fail_too);
}
