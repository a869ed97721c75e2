/* test_wait.c - waiting for some or all of several tasks. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/wait.h>

#include "workers.h"

/* Waits for the first `count` of `tasks`, and says what it is told: "wait0@3: a0 b. c-5 ", where a
 * dot is a task that has not ended. Then it waits once more, for one second. */
struct waiter {
    WEFT_FRAME;
    worker_task *tasks;
    size_t count;
    enum weft_until until;
    weft_time timeout;
    weft_group *group;
    weft_watch watches[4];
    struct weft_wait wait;
    struct weft_sleep nap;
};

static void say_watches(const weft_watch *watches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char name = (char)('a' + (int)i);
        if (watches[i].is_done) {
            say("%c%d ", name, watches[i].status);
        } else {
            say("%c. ", name);
        }
    }
}

static WEFT_ASYNC(waiter, self)
{
    WEFT_CATCH(self->wait, weft_wait, weft_watch_slots(self->watches, self->tasks, self->count),
               self->until, self->timeout, self->group);
    say("wait%d@%d: ", WEFT_STATUS(), seconds());
    say_watches(self->watches, self->count);
    ck_assert_uint_le(self->wait.pending, self->count);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("on ");
}
WEFT_END

typedef WEFT_TASK(waiter) waiter_task;

static worker_task tasks[4];
static waiter_task waiting;

/* Three workers: a, b and c. */
static void begin_with(struct worker a, struct worker b, struct worker c)
{
    const struct worker each[] = {a, b, c};
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&waiting, 0, sizeof waiting);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], worker, (char)('a' + i), each[i].work, each[i].cleanup, each[i].status);
    }
}

#define WORKS(...) ((struct worker){__VA_ARGS__})

/* What ends the wait. */

START_TEST(by_default_it_waits_for_all)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1, .status = -5), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@1 c0@2 a0@3 wait0@3: a0 b-5 c0 on ");
    ck_assert_uint_eq(waiting.frame.wait.pending, 0);
}
END_TEST

START_TEST(first_completed_goes_on_when_one_has_ended)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 wait0@1: a. b0 c. c0@2 on a0@3 ");
    ck_assert_uint_eq(waiting.frame.wait.pending, 2);
}
END_TEST

START_TEST(first_completed_counts_one_that_failed)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1, .status = -5), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@1 wait0@1: a. b-5 c. c0@2 on a0@3 ");
}
END_TEST

START_TEST(first_completed_counts_one_that_was_cancelled)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 3), WORKS(.work = 9), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    START(&asker, canceller, &tasks[1].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@1 wait0@1: a. b-4097 c. c0@2 on a0@3 ");
}
END_TEST

START_TEST(first_exception_goes_on_when_one_has_failed)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2, .status = -5), WORKS(.work = 9));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_EXCEPTION);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b-5@2 wait0@2: a0 b-5 c. on c0@9 ");
}
END_TEST

START_TEST(first_exception_without_a_failure_waits_for_all)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 3));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_EXCEPTION);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@2 c0@3 wait0@3: a0 b0 c0 on ");
}
END_TEST

START_TEST(for_first_exception_to_be_cancelled_is_no_failure_but_for_first_failure_it_is)
{
    static const enum weft_until until[] = {WEFT_FIRST_EXCEPTION, WEFT_FIRST_FAILURE};
    static const char *const traces[] = {"b-4097@1 a0@2 c0@3 wait0@3: a0 b-4097 c0 on ",
                                         "b-4097@1 wait0@1: a. b-4097 c. a0@2 on c0@3 "};
    canceller_task asker = {0};
    begin_with(WORKS(.work = 2), WORKS(.work = 9), WORKS(.work = 3));
    START(&waiting, waiter, tasks, 3, until[_i]);
    START(&asker, canceller, &tasks[1].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(first_success_passes_over_failures)
{
    begin_with(WORKS(.work = 1, .status = -5), WORKS(.work = 2), WORKS(.work = 9));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_SUCCESS);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b0@2 wait0@2: a-5 b0 c. on c0@9 ");
}
END_TEST

START_TEST(first_success_without_a_success_waits_for_all)
{
    begin_with(WORKS(.work = 1, .status = -5), WORKS(.work = 2, .status = -6),
               WORKS(.work = 3, .status = -7));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_SUCCESS);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-6@2 c-7@3 wait0@3: a-5 b-6 c-7 on ");
}
END_TEST

START_TEST(what_has_ended_is_told_as_of_when_the_waiter_goes_on)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 wait0@1: a0 b0 c. c0@2 on ");
}
END_TEST

START_TEST(what_ends_after_the_wait_is_no_longer_told)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert(!waiting.frame.watches[1].is_done);
    ck_assert(weft_task_is_done(&tasks[1].task));
}
END_TEST

START_TEST(what_has_happened_already_is_not_waited_for)
{
    static const enum weft_until until[] = {WEFT_ALL_COMPLETED, WEFT_FIRST_COMPLETED,
                                            WEFT_FIRST_EXCEPTION, WEFT_FIRST_FAILURE};
    begin_with(WORKS(.work = 0), WORKS(.work = 0, .status = -5), WORKS(.work = 0));
    ck_assert_int_eq(run(), 0);
    START(&waiting, waiter, tasks, 3, until[_i]);
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 b-5@0 c0@0 wait0@0: a0 b-5 c0 ");
}
END_TEST

START_TEST(first_completed_does_not_wait_if_one_of_them_has_ended)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 9), WORKS(.work = 9));
    run_one_pass();
    run_one_pass();
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 wait0@0: a0 b. c. ");
}
END_TEST

START_TEST(for_no_task_it_does_not_wait)
{
    begin();
    memset(&waiting, 0, sizeof waiting);
    START(&waiting, waiter, tasks, 0, (enum weft_until)_i);
    run_one_pass();
    ck_assert_str_eq(trace, "wait0@0: ");
}
END_TEST

/* The time. */

START_TEST(when_the_time_is_up_it_goes_on_and_tells_who_has_ended)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 9), WORKS(.work = 3));
    START(&waiting, waiter, tasks, 3, .timeout = WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 wait0@2: a0 b. c. c0@3 on b0@9 ");
    ck_assert_uint_eq(waiting.frame.wait.pending, 2);
}
END_TEST

START_TEST(no_timeout_or_for_ever_is_no_limit)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 9), WORKS(.work = 3));
    START(&waiting, waiter, tasks, 3, .timeout = _i == 0 ? 0 : WEFT_FOREVER);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 c0@3 b0@9 wait0@9: a0 b0 c0 on ");
}
END_TEST

START_TEST(a_timeout_that_has_passed_only_looks)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 9), WORKS(.work = 3));
    run_one_pass();
    run_one_pass();
    START(&waiting, waiter, tasks, 3, .timeout = -1);
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 wait0@0: a0 b. c. ");
}
END_TEST

START_TEST(a_wait_that_ends_in_time_leaves_no_timer_behind)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 1));
    START(&waiting, waiter, tasks, 3, .timeout = WEFT_S(100));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(seconds(), 2);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

START_TEST(ends_in_the_pass_in_which_the_time_is_up_count)
{
    begin_with(WORKS(.work = 2), WORKS(.work = 2), WORKS(.work = 2));
    START(&waiting, waiter, tasks, 3, .timeout = WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b0@2 c0@2 wait0@2: a0 b0 c0 on ");
}
END_TEST

struct patient {
    WEFT_FRAME;
    weft_scope patience;
    weft_watch watches[3];
    struct weft_wait wait;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(2)) {
        WEFT_TRY(self->wait, weft_wait, weft_watch_slots(self->watches, tasks, 3));
    }
    say("behind%d@%d: ", WEFT_STATUS(), seconds());
    say_watches(self->watches, 3);
}
WEFT_END

START_TEST(a_move_on_around_it_is_a_timeout_too_and_the_watches_tell)
{
    WEFT_TASK(patient) task = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 9), WORKS(.work = 3));
    START(&task, patient);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 behind-4098@2: a0 b. c. c0@3 b0@9 ");
}
END_TEST

/* Cancelled. */

START_TEST(cancelled_it_leaves_the_tasks_alone)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 3), WORKS(.work = 4));
    START(&waiting, waiter, tasks, 3, .timeout = WEFT_S(100));
    START(&asker, canceller, &waiting.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 wait-4097@2: a0 b. c. b0@3 c0@4 ");
    ck_assert_int_eq(waiting.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(seconds(), 4);
}
END_TEST

START_TEST(cancelled_before_it_begins_it_watches_nobody)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 1));
    START(&waiting, waiter, tasks, 3);
    ck_assert(weft_task_cancel(&waiting.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c0@1 ");
}
END_TEST

START_TEST(cancelled_after_it_was_woken_it_has_happened_and_the_next_wait_is_refused)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 9), WORKS(.work = 9));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    run_one_pass(); /* all wait */
    run_one_pass(); /* a has ended, the waiter is ready */
    ck_assert(weft_task_cancel(&waiting.task));
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 wait0@0: a0 b. c. ");
    ck_assert_int_eq(waiting.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelled_before_the_task_ends_in_the_same_pass_it_did_not_happen_and_the_watch_tells)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 9), WORKS(.work = 9));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    run_one_pass();
    ck_assert(weft_task_cancel(&waiting.task)); /* behind a, which is ready already */
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 wait-4097@0: a0 b. c. ");
}
END_TEST

/* Sets. */

struct by_hand {
    WEFT_FRAME;
    int round;
    weft_watch watches[4];
    weft_watches set;
    struct weft_wait wait;
};

/* One after the other: what has ended is taken out of the next wait. */
static WEFT_ASYNC(by_hand, self)
{
    self->set = (weft_watches){self->watches, 3};
    for (int i = 0; i < 3; i++) {
        self->watches[i].task = &tasks[i].task;
    }
    do {
        WEFT_TRY(self->wait, weft_wait, self->set, WEFT_FIRST_COMPLETED);
        for (int i = 0; i < 3; i++) {
            if (self->watches[i].is_done) {
                say("%c! ", 'a' + i);
                self->watches[i].task = NULL;
            }
        }
    } while (self->wait.pending > 0);
    WEFT_TRY(self->wait, weft_wait, self->set, WEFT_FIRST_COMPLETED);
    say("done");
}
WEFT_END

START_TEST(a_watch_without_a_task_counts_for_nothing_so_what_was_dealt_with_is_taken_out)
{
    WEFT_TASK(by_hand) task = {0};
    begin_with(WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 2));
    START(&task, by_hand);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 b! a0@2 c0@2 a! c! done");
}
END_TEST

struct twice {
    WEFT_FRAME;
    weft_watch watches[3];
    struct weft_wait wait;
};

static WEFT_ASYNC(twice, self)
{
    weft_task *const a = &tasks[0].task;
    WEFT_TRY(self->wait, weft_wait, weft_watch_tasks(self->watches, a, &tasks[1].task, a));
    say_watches(self->watches, 3);
}
WEFT_END

START_TEST(a_task_may_stand_in_a_set_twice)
{
    WEFT_TASK(twice) task = {0};
    begin_with(WORKS(.work = 2, .status = -5), WORKS(.work = 1), WORKS(.work = 0));
    START(&task, twice);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@0 b0@1 a-5@2 a-5 b0 c-5 ");
}
END_TEST

START_TEST(a_wait_that_is_cancelled_takes_a_task_that_stands_there_twice_out_twice)
{
    WEFT_TASK(twice) task = {0};
    begin_with(WORKS(.work = 2), WORKS(.work = 2), WORKS(.work = 2));
    START(&task, twice);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b0@2 c0@2 ");
}
END_TEST

START_TEST(several_may_wait_for_the_same_tasks_and_go_on_in_the_order_in_which_they_came)
{
    waiter_task first = {0}, second = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 2));
    START(&first, waiter, tasks, 1);
    START(&second, waiter, tasks, 2, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 wait0@1: a0 wait0@1: a0 b. b0@2 c0@2 on on ");
}
END_TEST

START_TEST(a_watch_keeps_the_status_even_if_the_slot_is_used_again_before_the_waiter_runs)
{
    begin_with(WORKS(.work = 0, .status = -5), WORKS(.work = 1), WORKS(.work = 0));
    START(&waiting, waiter, tasks, 1);
    run_one_pass();
    run_one_pass(); /* a has ended */
    START(&tasks[0], worker, 'n', 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@0 c0@0 wait0@0: a-5 b0@1 on n0@3 ");
}
END_TEST

START_TEST(a_failure_that_a_wait_was_told_of_is_not_reported)
{
    begin_with(WORKS(.work = 1, .status = -5), WORKS(.work = 1), WORKS(.work = 2, .status = -6));
    START(&waiting, waiter, tasks, 3, WEFT_FIRST_COMPLETED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b0@1 wait0@1: a-5 b0 c. c-6@2 on ");
    ck_assert_int_eq(reports, 1); /* of c */
}
END_TEST

/* Tasks that are only prepared. */

static void prepare_three(void)
{
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&waiting, 0, sizeof waiting);
    for (int i = 0; i < 3; i++) {
        (void)weft_prepare(&tasks[i], worker, (char)('a' + i), 3 - i);
    }
}

START_TEST(tasks_that_are_only_prepared_are_started_in_the_group_that_is_given)
{
    prepare_three();
    START(&waiting, waiter, tasks, 3, .group = &executor.group);
    ck_assert(weft_task_is_prepared(&tasks[0].task));
    run_one_pass();
    ck_assert(weft_task_is_running(&tasks[0].task) && !weft_task_is_prepared(&tasks[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@1 b0@2 a0@3 wait0@3: a0 b0 c0 on ");
}
END_TEST

START_TEST(in_an_eager_group_those_that_do_not_wait_have_ended_at_once)
{
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&waiting, 0, sizeof waiting);
    executor.group.eager = true;
    (void)weft_prepare(&tasks[0], worker, 'a', 1);
    (void)weft_prepare(&tasks[1], worker, 'b', 0);
    START(&waiting, waiter, tasks, 2, WEFT_FIRST_COMPLETED, -1, &executor.group);
    ck_assert_str_eq(trace, "wait0@0: a. b. ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "wait0@0: a. b. b0@0 a0@1 on ");
}
END_TEST

struct refused {
    WEFT_FRAME;
    weft_group group;
    weft_watch watches[3];
    struct weft_wait wait;
};

static WEFT_ASYNC(refused, self)
{
    WEFT_GROUP(self->group) {
        weft_group_cancel(&self->group);
        WEFT_TRY(self->wait, weft_wait, weft_watch_slots(self->watches, tasks, 3),
                 .group = &self->group);
        say_watches(self->watches, 3);
    }
}
WEFT_END

START_TEST(those_that_the_group_refuses_have_ended_with_that_status)
{
    WEFT_TASK(refused) task = {0};
    prepare_three();
    START(&task, refused);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4097 c-4097 ");
}
END_TEST

/* Misuse. */

START_TEST(a_task_that_is_only_prepared_stops_where_no_group_is_given)
{
    prepare_three();
    START(&waiting, waiter, tasks, 3);
    (void)run();
}
END_TEST

START_TEST(a_task_that_was_never_started_stops)
{
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&waiting, 0, sizeof waiting);
    START(&waiting, waiter, tasks, 1);
    (void)run();
}
END_TEST

struct selfish {
    WEFT_FRAME;
    weft_watch watches[1];
    struct weft_wait wait;
};

static WEFT_ASYNC(selfish, self)
{
    WEFT_TRY(self->wait, weft_wait, weft_watch_tasks(self->watches, WEFT_SELF()));
}
WEFT_END

START_TEST(waiting_for_oneself_stops)
{
    WEFT_TASK(selfish) task = {0};
    begin();
    START(&task, selfish);
    (void)run();
}
END_TEST

struct too_many {
    WEFT_FRAME;
    weft_watch watches[1];
    struct weft_wait wait;
};

static WEFT_ASYNC(too_many, self)
{
    WEFT_TRY(self->wait, weft_wait,
             weft_watch_tasks(self->watches, &tasks[0].task, &tasks[1].task));
}
WEFT_END

START_TEST(more_tasks_than_watches_stop)
{
    WEFT_TASK(too_many) task = {0};
    begin();
    START(&task, too_many);
    (void)run();
}
END_TEST

/* Many. */

enum { MANY = SIZED(10000, 30) };

struct silent {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(silent, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

typedef WEFT_TASK(silent) silent_task;

struct waits_for_many {
    WEFT_FRAME;
    silent_task *tasks;
    weft_watch *watches;
    enum weft_until until;
    struct weft_wait wait;
};

static WEFT_ASYNC(waits_for_many, self)
{
    WEFT_TRY(self->wait, weft_wait, weft_watch_slots(self->watches, self->tasks, MANY),
             self->until);
}
WEFT_END

START_TEST(ten_thousand_tasks_are_waited_for)
{
    silent_task *const many = calloc(MANY, sizeof *many);
    weft_watch *const watches = calloc(MANY, sizeof *watches);
    WEFT_TASK(waits_for_many) task = {0};
    begin();
    for (int i = 0; i < MANY; i++) {
        START(&many[i], silent);
    }
    START(&task, waits_for_many, many, watches, (enum weft_until)_i);
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < MANY; i++) { /* all ended in one pass, before the waiter ran */
        ck_assert(watches[i].is_done && watches[i].status == 0);
    }
    ck_assert_uint_eq(task.frame.wait.pending, 0);
    free(watches);
    free(many);
}
END_TEST

struct one_of_many {
    WEFT_FRAME;
    weft_task *task;
    weft_watch watches[1];
    struct weft_wait wait;
};

static WEFT_ASYNC(one_of_many, self)
{
    WEFT_TRY(self->wait, weft_wait, weft_watch_tasks(self->watches, self->task));
}
WEFT_END

START_TEST(ten_thousand_wait_for_one_task_and_half_of_them_are_cancelled)
{
    WEFT_TASK(one_of_many) *const many = calloc(MANY, sizeof *many);
    silent_task task = {0};
    begin();
    START(&task, silent);
    for (int i = 0; i < MANY; i++) {
        START(&many[i], one_of_many, &task.task);
    }
    run_one_pass();
    for (int i = 0; i < MANY; i += 2) {
        ck_assert(weft_task_cancel(&many[i].task));
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(many[i].task.status, i % 2 == 0 ? WEFT_ECANCELED : 0);
    }
    free(many);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored {
    WEFT_FRAME;
    enum weft_until until;
    weft_group group;
    WEFT_TASK(silent) a, b;
    weft_watch watches[2];
    struct weft_wait wait;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->a, silent);
        WEFT_SPAWN(&self->group, &self->b, silent);
        WEFT_CATCH(self->wait, weft_wait,
                   weft_watch_tasks(self->watches, &self->a.task, &self->b.task), self->until,
                   .timeout = WEFT_S(1));
        for (int i = 0; i < 2; i++) { /* what is told is the truth */
            if (self->watches[i].is_done != weft_task_is_done(self->watches[i].task)) {
                weft_test_fail(&test, "a watch is wrong", NULL);
            }
        }
        if (WEFT_STATUS() != 0 && !weft_cancelling(WEFT_SELF())) {
            weft_test_fail(&test, "a wait failed", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    (void)weft_test_run(of, explored, *(enum weft_until *)context);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_the_watches_tell_the_truth)
{
    enum weft_until until = (enum weft_until)_i;
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, explore, &until), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, &until), 8);
}
END_TEST

SUITE_TOGETHER(wait)
{
    TEST(by_default_it_waits_for_all);
    TEST(first_completed_goes_on_when_one_has_ended);
    TEST(first_completed_counts_one_that_failed);
    TEST(first_completed_counts_one_that_was_cancelled);
    TEST(first_exception_goes_on_when_one_has_failed);
    TEST(first_exception_without_a_failure_waits_for_all);
    TEST_EACH(for_first_exception_to_be_cancelled_is_no_failure_but_for_first_failure_it_is, 2);
    TEST(first_success_passes_over_failures);
    TEST(first_success_without_a_success_waits_for_all);
    TEST(what_has_ended_is_told_as_of_when_the_waiter_goes_on);
    TEST(what_ends_after_the_wait_is_no_longer_told);
    TEST_EACH(what_has_happened_already_is_not_waited_for, 4);
    TEST(first_completed_does_not_wait_if_one_of_them_has_ended);
    TEST_EACH(for_no_task_it_does_not_wait, 5);
    TEST(when_the_time_is_up_it_goes_on_and_tells_who_has_ended);
    TEST_EACH(no_timeout_or_for_ever_is_no_limit, 2);
    TEST(a_timeout_that_has_passed_only_looks);
    TEST(a_wait_that_ends_in_time_leaves_no_timer_behind);
    TEST(ends_in_the_pass_in_which_the_time_is_up_count);
    TEST(a_move_on_around_it_is_a_timeout_too_and_the_watches_tell);
    TEST(cancelled_it_leaves_the_tasks_alone);
    TEST(cancelled_before_it_begins_it_watches_nobody);
    TEST(cancelled_after_it_was_woken_it_has_happened_and_the_next_wait_is_refused);
    TEST(cancelled_before_the_task_ends_in_the_same_pass_it_did_not_happen_and_the_watch_tells);
    TEST(a_watch_without_a_task_counts_for_nothing_so_what_was_dealt_with_is_taken_out);
    TEST(a_task_may_stand_in_a_set_twice);
    TEST(a_wait_that_is_cancelled_takes_a_task_that_stands_there_twice_out_twice);
    TEST(several_may_wait_for_the_same_tasks_and_go_on_in_the_order_in_which_they_came);
    TEST(a_watch_keeps_the_status_even_if_the_slot_is_used_again_before_the_waiter_runs);
    TEST(a_failure_that_a_wait_was_told_of_is_not_reported);
    TEST(tasks_that_are_only_prepared_are_started_in_the_group_that_is_given);
    TEST(in_an_eager_group_those_that_do_not_wait_have_ended_at_once);
    TEST(those_that_the_group_refuses_have_ended_with_that_status);
    TEST_STOPS(a_task_that_is_only_prepared_stops_where_no_group_is_given);
    TEST_STOPS(a_task_that_was_never_started_stops);
    TEST_STOPS(waiting_for_oneself_stops);
    TEST_STOPS(more_tasks_than_watches_stop);
    TEST_EACH(ten_thousand_tasks_are_waited_for, 5);
    TEST(ten_thousand_wait_for_one_task_and_half_of_them_are_cancelled);
    TEST_EACH(in_every_schedule_and_cancelled_at_every_place_the_watches_tell_the_truth, 5);
}
