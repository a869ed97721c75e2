/* test_leak.c - what must be gone at the end of a run: resources, waiters, tasks, timers. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/queue.h>
#include <weft/sync.h>

static weft_event event;

static void begin_fresh(void)
{
    event = (weft_event){0};
    begin();
}

struct waits {
    WEFT_FRAME;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waits, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &event);
}
WEFT_END

/* --- resources -------------------------------------------------------------------------------- */

START_TEST(what_is_released_as_often_as_acquired_is_right)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_acquire(&test, &file);
    weft_test_release(&test, &file);
    weft_test_release(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_clean();
}
END_TEST

START_TEST(what_is_not_released_is_a_failure)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_str_eq(printed, "not released: file\n    trace: x@0s \n");
}
END_TEST

START_TEST(what_is_released_less_often_than_acquired_is_a_failure)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_acquire(&test, &file);
    weft_test_release(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_failure("", "not released");
}
END_TEST

START_TEST(what_is_released_twice_is_a_failure)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_release(&test, &file);
    weft_test_release(&test, &file);
    ck_assert_str_eq(test.failure, "released, but not held");
    ck_assert_int_eq(file.held, 0);
}
END_TEST

START_TEST(all_that_is_not_released_is_named)
{
    weft_test_resource file = {.name = "file"}, lock = {.name = "lock"};
    begin();
    weft_test_acquire(&test, &file);
    weft_test_acquire(&test, &lock);
    weft_test_finish(&test);
    ck_assert_str_eq(printed, "not released: file\n    trace: \nnot released: lock\n    trace: \n");
}
END_TEST

START_TEST(what_was_left_is_not_held_against_the_next_run)
{
    weft_test_resource file = {.name = "file"};
    begin();
    weft_test_acquire(&test, &file);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    test.failure = NULL;
    ck_assert_int_eq(weft_test_run(&test, sleeper, "y", 0), 0);
    ck_assert_ptr_null(test.failure);
    ck_assert_int_eq(file.held, 0);
}
END_TEST

/* Memory is counted in the allocator that the program is given. */
static weft_test_resource heap = {.name = "memory"};

static void *counted_malloc(size_t size_bytes)
{
    weft_test_acquire(&test, &heap);
    return malloc(size_bytes);
}

static void counted_free(void *memory)
{
    if (memory != NULL) {
        weft_test_release(&test, &heap);
    }
    free(memory);
}

struct copies {
    WEFT_FRAME;
    bool forgets;
    char *copy;
    struct weft_sleep nap;
};

static WEFT_ASYNC(copies, self)
{
    self->copy = counted_malloc(16);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    if (self->forgets) {
        free(self->copy);
    } else {
        counted_free(self->copy);
    }
}
WEFT_END

START_TEST(memory_is_counted_in_the_allocator_of_the_program)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, copies, .forgets = false), 0);
    ck_assert_clean();
    ck_assert_int_eq(weft_test_run(&test, copies, .forgets = true), 0);
    ck_assert_failure("", "not released");
}
END_TEST

/* --- waiters ---------------------------------------------------------------------------------- */

struct setter {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(setter, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_event_set(&event);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(who_waited_and_went_on_is_no_waiter)
{
    static WEFT_TASK(waits) waiter;
    weft_test_resource nobody = {.name = "event"};
    begin_fresh();
    weft_test_expect_no_waiters(&test, &nobody, &event.waiters);
    START(&waiter, waits);
    ck_assert_int_eq(weft_test_run(&test, setter), 0);
    ck_assert_clean();
}
END_TEST

START_TEST(who_still_waits_when_the_main_task_has_ended_is_a_failure)
{
    static WEFT_TASK(waits) waiter;
    weft_test_resource nobody = {.name = "event"};
    begin_fresh();
    weft_test_expect_no_waiters(&test, &nobody, &event.waiters);
    START(&waiter, waits);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_str_eq(printed, "somebody still waits: event\n    trace: x@1s \n");
}
END_TEST

START_TEST(any_list_can_be_expected_to_be_empty)
{
    int room[1];
    weft_queue queue;
    weft_test_resource getters = {.name = "getters"}, putters = {.name = "putters"};
    begin_fresh();
    weft_queue_init(&queue, room, sizeof room[0], 1);
    weft_test_expect_no_waiters(&test, &getters, &queue.getters);
    weft_test_expect_no_waiters(&test, &putters, &queue.putters);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_clean();
}
END_TEST

START_TEST(in_a_deadlock_somebody_waits_and_it_is_no_further_failure)
{
    weft_test_resource nobody = {.name = "event"};
    begin_fresh();
    weft_test_expect_no_waiters(&test, &nobody, &event.waiters);
    ck_assert_int_eq(weft_test_run(&test, waits), WEFT_EDEADLOCK);
    ck_assert_ptr_null(test.failure);
}
END_TEST

START_TEST(an_expectation_is_for_one_run)
{
    static WEFT_TASK(waits) waiter;
    weft_test_resource nobody = {.name = "event"};
    begin_fresh();
    weft_test_expect_no_waiters(&test, &nobody, &event.waiters);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    START(&waiter, waits);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "y", 0), 0);
    ck_assert_clean();
}
END_TEST

/* --- tasks and timers ------------------------------------------------------------------------- */

START_TEST(a_task_that_is_left_is_a_failure_where_none_may_be)
{
    static WEFT_TASK(waits) left;
    begin_with((weft_test_desc){.no_tasks_left = true});
    event = (weft_event){0};
    START(&left, waits);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_failure("", "a task is left");
    ck_assert_ptr_nonnull(strstr(printed, "a task is left: waits\n"));
    ck_assert_ptr_nonnull(strstr(printed, "1 task\n`-- waits: waits in weft_event_wait\n"));
    ck_assert_int_eq(left.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_task_that_ended_before_the_main_task_is_not_left)
{
    static WEFT_TASK(sleeper) other;
    begin_with((weft_test_desc){.no_tasks_left = true});
    START(&other, sleeper, "y", WEFT_S(1));
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(2)), 0);
    ck_assert_clean();
}
END_TEST

static void never(weft_timer *timer)
{
    (void)timer;
}

START_TEST(a_timer_that_is_left_armed_is_a_failure)
{
    weft_timer timer = {.fire = never};
    begin();
    weft_timers_arm(&test.executor.core.timers, &timer, WEFT_S(9));
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", 0), 0);
    ck_assert_str_eq(test.failure, "a timer is left armed");
}
END_TEST

/* --- checks of the user's --------------------------------------------------------------------- */

static int items_left, checks;

static void check_items(weft_test *of, void *context)
{
    checks++;
    ck_assert_ptr_eq(context, &items_left);
    if (items_left > 0) {
        weft_test_fail(of, "items are left", NULL);
    }
}

static void drop(void *context, const char *text, size_t length)
{
    (void)context, (void)text, (void)length;
}

struct takes_items {
    WEFT_FRAME;
    int count;
    struct weft_sleep nap;
};

static WEFT_ASYNC(takes_items, self)
{
    items_left = 3;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    items_left -= self->count;
}
WEFT_END

START_TEST(a_check_of_yours_is_called_at_the_end_of_each_run)
{
    weft_test_init(&test,
                   &(weft_test_desc){.check = check_items, .print = drop, .context = &items_left});
    ck_assert_int_eq(weft_test_run(&test, takes_items, 3), 0);
    ck_assert_ptr_null(test.failure);
    ck_assert_int_eq(weft_test_run(&test, takes_items, 2), 0);
    ck_assert_str_eq(test.failure, "items are left");
    ck_assert_int_eq(checks, 2);
}
END_TEST

START_TEST(a_check_is_called_when_what_was_left_has_been_cancelled_and_has_ended)
{
    static WEFT_TASK(takes_items) left;
    weft_test_init(&test,
                   &(weft_test_desc){.check = check_items, .print = drop, .context = &items_left});
    START(&left, takes_items, 3);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_MS(1)), 0);
    ck_assert_ptr_null(test.failure);
}
END_TEST

SUITE_TOGETHER(leak)
{
    TEST(what_is_released_as_often_as_acquired_is_right);
    TEST(what_is_not_released_is_a_failure);
    TEST(what_is_released_less_often_than_acquired_is_a_failure);
    TEST(what_is_released_twice_is_a_failure);
    TEST(all_that_is_not_released_is_named);
    TEST(what_was_left_is_not_held_against_the_next_run);
    TEST(memory_is_counted_in_the_allocator_of_the_program);
    TEST(who_waited_and_went_on_is_no_waiter);
    TEST(who_still_waits_when_the_main_task_has_ended_is_a_failure);
    TEST(any_list_can_be_expected_to_be_empty);
    TEST(in_a_deadlock_somebody_waits_and_it_is_no_further_failure);
    TEST(an_expectation_is_for_one_run);
    TEST(a_task_that_is_left_is_a_failure_where_none_may_be);
    TEST(a_task_that_ended_before_the_main_task_is_not_left);
    TEST(a_timer_that_is_left_armed_is_a_failure);
    TEST(a_check_of_yours_is_called_at_the_end_of_each_run);
    TEST(a_check_is_called_when_what_was_left_has_been_cancelled_and_has_ended);
}
