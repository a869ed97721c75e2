/* test_gather.c - several tasks at once, and all of their results. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/gather.h>

#include "workers.h"

#define WORKS(...) ((struct worker){__VA_ARGS__})

static worker_task tasks[3];

static void say_watches(const weft_watch *watches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (watches[i].is_done) {
            say("%c%d ", 'a' + (int)i, watches[i].status);
        } else {
            say("%c. ", 'a' + (int)i);
        }
    }
}

/* Gathers `count` of `tasks`, which somebody else has started, and says what it is told:
 * "gather-5@3: a. b-5 c. failed b ". Then it waits for another second. */
struct gatherer {
    WEFT_FRAME;
    size_t count;
    bool collect;
    weft_group *group;
    bool cancels_itself; /* before */
    weft_watch watches[3];
    struct weft_gather gather;
    struct weft_sleep nap;
};

static WEFT_ASYNC(gatherer, self)
{
    if (self->cancels_itself) {
        (void)weft_task_cancel(WEFT_SELF());
    }
    WEFT_CATCH(self->gather, weft_gather, weft_watch_slots(self->watches, tasks, self->count),
               self->collect, self->group);
    say("gather%d@%d: ", WEFT_STATUS(), seconds());
    say_watches(self->watches, self->count);
    if (self->gather.failed != NULL) {
        say("failed %c ", 'a' + (int)(self->gather.failed - self->watches));
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("on ");
}
WEFT_END

static WEFT_TASK(gatherer) gathering;

static void begin_with(struct worker a, struct worker b, struct worker c)
{
    const struct worker each[] = {a, b, c};
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&gathering, 0, sizeof gathering);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], worker, (char)('a' + i), each[i].work, each[i].cleanup, each[i].status);
    }
}

/* Success and failure. */

START_TEST(it_waits_for_all_and_the_results_are_in_the_order_of_the_arguments)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1), WORKS(.work = 2));
    START(&gathering, gatherer, 3, .collect = _i == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 c0@2 a0@3 gather0@3: a0 b0 c0 on ");
}
END_TEST

START_TEST(the_first_failure_in_time_wins_and_the_others_go_on)
{
    begin_with(WORKS(.work = 2, .status = -5), WORKS(.work = 1, .status = -6), WORKS(.work = 3));
    START(&gathering, gatherer, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@1 gather-6@1: a. b-6 c. failed b a-5@2 on c0@3 ");
}
END_TEST

START_TEST(of_two_failures_in_one_pass_the_first_wins_and_both_are_told)
{
    begin_with(WORKS(.work = 1, .status = -5), WORKS(.work = 1, .status = -6), WORKS(.work = 3));
    START(&gathering, gatherer, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-6@1 gather-5@1: a-5 b-6 c. failed a on c0@3 ");
}
END_TEST

START_TEST(failures_of_those_that_went_on_count_as_retrieved)
{
    begin_with(WORKS(.work = 2, .status = -5), WORKS(.work = 1, .status = -6),
               WORKS(.work = 3, .status = -7));
    START(&gathering, gatherer, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(told_to_collect_failures_are_results)
{
    begin_with(WORKS(.work = 2, .status = -5), WORKS(.work = 1, .status = -6), WORKS(.work = 3));
    START(&gathering, gatherer, 3, .collect = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@1 a-5@2 c0@3 gather0@3: a-5 b-6 c0 failed b on ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(a_task_that_somebody_cancels_is_a_failure_of_the_gather_which_is_not_cancelled)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 3), WORKS(.work = 9), WORKS(.work = 3));
    START(&gathering, gatherer, 3);
    START(&asker, canceller, &tasks[1].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@1 gather-4097@1: a. b-4097 c. failed b on a0@3 c0@3 ");
    ck_assert_int_eq(gathering.task.status, 0);
}
END_TEST

START_TEST(told_to_collect_a_task_that_somebody_cancels_is_a_result)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 3), WORKS(.work = 9), WORKS(.work = 3));
    START(&gathering, gatherer, 3, .collect = true);
    START(&asker, canceller, &tasks[1].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@1 a0@3 c0@3 gather0@3: a0 b-4097 c0 failed b on ");
}
END_TEST

START_TEST(of_none_it_does_not_wait)
{
    begin();
    memset(&gathering, 0, sizeof gathering);
    START(&gathering, gatherer, 0, .collect = _i == 1);
    run_one_pass();
    ck_assert_str_eq(trace, "gather0@0: ");
}
END_TEST

START_TEST(of_tasks_that_have_ended_it_does_not_wait)
{
    begin_with(WORKS(.status = 0), WORKS(.status = _i == 0 ? 0 : -5), WORKS(.status = 0));
    ck_assert_int_eq(run(), 0);
    START(&gathering, gatherer, 3);
    run_one_pass();
    ck_assert_str_eq(trace, _i == 0 ? "a0@0 b0@0 c0@0 gather0@0: a0 b0 c0 "
                                    : "a0@0 b-5@0 c0@0 gather-5@0: a0 b-5 c0 failed b ");
}
END_TEST

START_TEST(of_a_task_that_has_failed_already_it_does_not_wait_for_the_others)
{
    begin_with(WORKS(.work = 9), WORKS(.status = -5), WORKS(.work = 9));
    run_one_pass();
    run_one_pass();
    START(&gathering, gatherer, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "b-5@0 gather-5@0: a. b-5 c. failed b ");
}
END_TEST

struct gathers_twice {
    WEFT_FRAME;
    weft_watch watches[3];
    struct weft_gather gather;
};

static WEFT_ASYNC(gathers_twice, self)
{
    weft_task *const a = &tasks[0].task;
    WEFT_CATCH(self->gather, weft_gather, weft_watch_tasks(self->watches, a, &tasks[1].task, a));
    say("gather%d: ", WEFT_STATUS());
    say_watches(self->watches, 3);
}
WEFT_END

START_TEST(duplicates_share_one_run)
{
    WEFT_TASK(gathers_twice) task = {0};
    begin_with(WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 0));
    START(&task, gathers_twice);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@0 b0@1 a0@2 gather0: a0 b0 c0 ");
}
END_TEST

/* Cancelled. */

START_TEST(cancelling_it_cancels_all_and_waits_for_their_cleanup)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 9, .cleanup = 3), WORKS(.work = 1), WORKS(.work = 9, .cleanup = 1));
    START(&gathering, gatherer, 3, .collect = _i == 1);
    START(&asker, canceller, &gathering.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 c-4097@3 a-4097@5 gather-4097@5: a-4097 b0 c-4097 failed c ");
    ck_assert_int_eq(gathering.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_cancellation_is_handed_down_once)
{
    canceller_task first = {0}, second = {0};
    begin_with(WORKS(.work = 9, .cleanup = 3), WORKS(.work = 1), WORKS(.work = 9, .cleanup = 3));
    START(&gathering, gatherer, 3);
    START(&first, canceller, &gathering.task, WEFT_S(2));
    START(&second, canceller, &gathering.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a-4097@5 c-4097@5 gather-4097@5: a-4097 b0 c-4097 failed a ");
}
END_TEST

START_TEST(a_gather_that_is_cancelled_already_cancels_all)
{
    begin_with(WORKS(.work = 9, .cleanup = 1), WORKS(.work = 9), WORKS(.work = 9));
    START(&gathering, gatherer, 3, .cancels_itself = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-4097@0 c-4097@0 a-4097@1 "
                            "gather-4097@1: a-4097 b-4097 c-4097 failed b ");
}
END_TEST

START_TEST(cancelled_a_failure_of_a_cleanup_beats_cancelled)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 9), WORKS(.work = 1, .cleanup = 2, .status = -5),
               WORKS(.work = 9, .cleanup = 2));
    START(&gathering, gatherer, 3, .collect = _i == 1);
    START(&asker, canceller, &gathering.task, WEFT_S(2)); /* b is in its cleanup */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "a-4097@2 b-5@2 c-4097@4 "
                                      "gather-5@4: a-4097 b-5 c-4097 failed b "
                                    : "a-4097@2 b-5@2 c-4097@4 "
                                      "gather-4097@4: a-4097 b-5 c-4097 failed b ");
}
END_TEST

START_TEST(cancelled_when_all_finish_all_the_same_it_succeeds_and_the_next_wait_is_refused)
{
    begin_with(WORKS(.cleanup = 2), WORKS(.cleanup = 1), WORKS(.cleanup = 1));
    START(&gathering, gatherer, 3);
    run_one_pass();
    run_one_pass(); /* their bodies are over */
    ck_assert(weft_task_cancel(&gathering.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@0 c0@0 gather0@0: a0 b0 c0 ");
    ck_assert_int_eq(gathering.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelled_after_the_last_has_ended_it_has_happened)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 0), WORKS(.work = 0));
    START(&gathering, gatherer, 3);
    run_one_pass();
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 b0@0 c0@0 ");
    ck_assert(weft_task_cancel(&gathering.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@0 c0@0 gather0@0: a0 b0 c0 ");
    ck_assert_int_eq(gathering.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelled_before_the_last_ends_in_the_same_pass_it_has_happened_too)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 0), WORKS(.work = 0));
    START(&gathering, gatherer, 3);
    run_one_pass();
    ck_assert(weft_task_cancel(&gathering.task)); /* behind all three, which are ready */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@0 c0@0 gather0@0: a0 b0 c0 ");
}
END_TEST

START_TEST(cancelled_before_the_first_failure_in_the_same_pass_the_others_go_on)
{
    begin_with(WORKS(.status = -5), WORKS(.work = 2), WORKS(.work = 3));
    START(&gathering, gatherer, 3);
    run_one_pass();
    ck_assert(weft_task_cancel(&gathering.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@0 gather-5@0: a-5 b. c. failed a b0@2 c0@3 ");
    ck_assert_int_eq(gathering.task.status, WEFT_ECANCELED);
}
END_TEST

struct limited {
    WEFT_FRAME;
    weft_scope patience;
    weft_watch watches[3];
    struct weft_gather gather;
};

static WEFT_ASYNC(limited, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(2)) {
        WEFT_TRY(self->gather, weft_gather, weft_watch_slots(self->watches, tasks, 3));
        say("gathered ");
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_timeout_around_it_cancels_all_and_waits_for_their_cleanup)
{
    WEFT_TASK(limited) task = {0};
    begin_with(WORKS(.work = 9, .cleanup = 3), WORKS(.work = 1), WORKS(.work = 9));
    START(&task, limited);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 c-4097@2 a-4097@5 f-4098@5");
}
END_TEST

START_TEST(a_timeout_in_the_pass_of_the_last_end_it_has_happened)
{
    WEFT_TASK(limited) task = {0};
    begin_with(WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 1));
    START(&task, limited);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 c0@1 a0@2 gathered f0@2");
}
END_TEST

/* In a group. */

struct grouped {
    WEFT_FRAME;
    bool keep_going, collect, eager;
    struct worker a, b;
    weft_group group;
    worker_task slots[2];
    weft_watch watches[2];
    struct weft_gather gather;
};

static WEFT_ASYNC(grouped, self)
{
    WEFT_GROUP(self->group, .keep_going = self->keep_going, .eager = self->eager) {
        WEFT_CATCH(self->gather, weft_gather,
                   weft_watch_tasks(self->watches,
                                    weft_prepare(&self->slots[0], worker, 'a', self->a.work,
                                                 self->a.cleanup, self->a.status),
                                    weft_prepare(&self->slots[1], worker, 'b', self->b.work,
                                                 self->b.cleanup, self->b.status)),
                   self->collect, &self->group);
        say("gather%d@%d: ", WEFT_STATUS(), seconds());
        say_watches(self->watches, 2);
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

typedef WEFT_TASK(grouped) grouped_task;

START_TEST(coroutines_are_prepared_and_run_in_the_group_that_is_given)
{
    grouped_task task = {0};
    begin();
    START(&task, grouped, false, false, false, WORKS(.work = 2), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a0@2 gather0@2: a0 b0 f0@2");
}
END_TEST

START_TEST(in_an_eager_group_a_task_that_fails_at_once_is_told_at_once)
{
    grouped_task task = {0};
    begin();
    START(&task, grouped, true, false, true, WORKS(.work = 2), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a0@2 gather0@2: a0 b0 f0@2");
}
END_TEST

START_TEST(in_a_group_that_keeps_going_those_that_go_on_are_awaited_at_its_end)
{
    grouped_task task = {0};
    begin();
    START(&task, grouped, true, false, false, WORKS(.work = 1, .status = -5), WORKS(.work = 3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 gather-5@1: a-5 b. b0@3 f0@3");
}
END_TEST

START_TEST(in_a_group_that_does_not_keep_going_the_others_are_cancelled_once)
{
    grouped_task task = {0};
    begin();
    START(&task, grouped, false, _i == 1, false, WORKS(.work = 1, .status = -5),
          WORKS(.work = 9, .cleanup = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "a-5@1 gather-5@1: a-5 b. b-4097@3 f-5@3"
                                    : "a-5@1 b-4097@3 gather-4097@3: a-5 b-4097 f-5@3");
}
END_TEST

/* A tree of gathers: one of two tasks, each of which gathers two workers. */
struct branch {
    WEFT_FRAME;
    char name;
    weft_group group;
    worker_task slots[2];
    weft_watch watches[2];
    struct weft_gather gather;
};

static WEFT_ASYNC(branch, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->slots[0], worker, self->name, 9, .cleanup = 1);
        WEFT_SPAWN(&self->group, &self->slots[1], worker, (char)(self->name + 1), 8, .cleanup = 2);
        WEFT_TRY(self->gather, weft_gather, weft_watch_slots(self->watches, self->slots, 2));
    }
WEFT_FINALLY:
    say("%c:%d@%d ", self->name, WEFT_OUTCOME(), seconds());
}
WEFT_END

struct trunk {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(branch) slots[2];
    weft_watch watches[2];
    struct weft_gather gather;
};

static WEFT_ASYNC(trunk, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->slots[0], branch, 'a');
        WEFT_SPAWN(&self->group, &self->slots[1], branch, 'c');
        WEFT_TRY(self->gather, weft_gather, weft_watch_slots(self->watches, self->slots, 2));
    }
}
WEFT_END

START_TEST(cancelling_a_gather_of_gathers_cancels_all_of_them_once)
{
    WEFT_TASK(trunk) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, trunk);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@2 c-4097@2 b-4097@3 d-4097@3 a:-4097@3 c:-4097@3 ");
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

struct many {
    WEFT_FRAME;
    silent_task *slots;
    weft_watch *watches;
    weft_group group;
    struct weft_gather gather;
};

static WEFT_ASYNC(many, self)
{
    WEFT_GROUP(self->group) {
        for (int i = 0; i < MANY; i++) {
            (void)weft_prepare(&self->slots[i], silent);
        }
        WEFT_TRY(self->gather, weft_gather, weft_watch_slots(self->watches, self->slots, MANY),
                 .group = &self->group);
    }
}
WEFT_END

START_TEST(ten_thousand_tasks_are_gathered_or_cancelled)
{
    WEFT_TASK(many) task = {0};
    silent_task *const slots = calloc(MANY, sizeof *slots);
    weft_watch *const watches = calloc(MANY, sizeof *watches);
    begin();
    START(&task, many, slots, watches);
    run_one_pass();
    run_one_pass();
    if (_i == 1) {
        ck_assert(weft_task_cancel(&task.task));
    }
    ck_assert_int_eq(run(), 0);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(watches[i].status, _i == 0 ? 0 : WEFT_ECANCELED);
    }
    ck_assert_int_eq(task.task.status, _i == 0 ? 0 : WEFT_ECANCELED);
    free(watches);
    free(slots);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored {
    WEFT_FRAME;
    int status;
    bool collect;
    weft_group group;
    WEFT_TASK(silent) a;
    WEFT_TASK(worker) b;
    weft_watch watches[2];
    struct weft_gather gather;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->a, silent);
        WEFT_SPAWN(&self->group, &self->b, worker, 'b', 1, .status = self->status);
        WEFT_CATCH(self->gather, weft_gather,
                   weft_watch_tasks(self->watches, &self->a.task, &self->b.task), self->collect);
        const bool all = self->watches[0].is_done && self->watches[1].is_done;
        const int failures = (self->watches[0].status < 0) + (self->watches[1].status < 0);
        if (WEFT_STATUS() == 0 ? !all || (failures > 0 && !self->collect) : failures == 0) {
            weft_test_fail(&test, "the result is wrong", NULL);
        }
        if (weft_cancelling(WEFT_SELF()) && self->gather.was_cancelled && !all) {
            weft_test_fail(&test, "it did not wait for all", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    const int variant = *(int *)context;
    trace[0] = '\0';
    (void)weft_test_run(of, explored, .status = variant % 2 ? -5 : 0, .collect = variant / 2 > 0);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_it_waits_for_all_or_for_a_failure)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, explore, &_i), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, &_i), 8);
}
END_TEST

SUITE_TOGETHER(gather)
{
    TEST_EACH(it_waits_for_all_and_the_results_are_in_the_order_of_the_arguments, 2);
    TEST(the_first_failure_in_time_wins_and_the_others_go_on);
    TEST(of_two_failures_in_one_pass_the_first_wins_and_both_are_told);
    TEST(failures_of_those_that_went_on_count_as_retrieved);
    TEST(told_to_collect_failures_are_results);
    TEST(a_task_that_somebody_cancels_is_a_failure_of_the_gather_which_is_not_cancelled);
    TEST(told_to_collect_a_task_that_somebody_cancels_is_a_result);
    TEST_EACH(of_none_it_does_not_wait, 2);
    TEST_EACH(of_tasks_that_have_ended_it_does_not_wait, 2);
    TEST(of_a_task_that_has_failed_already_it_does_not_wait_for_the_others);
    TEST(duplicates_share_one_run);
    TEST_EACH(cancelling_it_cancels_all_and_waits_for_their_cleanup, 2);
    TEST(a_cancellation_is_handed_down_once);
    TEST(a_gather_that_is_cancelled_already_cancels_all);
    TEST_EACH(cancelled_a_failure_of_a_cleanup_beats_cancelled, 2);
    TEST(cancelled_when_all_finish_all_the_same_it_succeeds_and_the_next_wait_is_refused);
    TEST(cancelled_after_the_last_has_ended_it_has_happened);
    TEST(cancelled_before_the_last_ends_in_the_same_pass_it_has_happened_too);
    TEST(cancelled_before_the_first_failure_in_the_same_pass_the_others_go_on);
    TEST(a_timeout_around_it_cancels_all_and_waits_for_their_cleanup);
    TEST(a_timeout_in_the_pass_of_the_last_end_it_has_happened);
    TEST(coroutines_are_prepared_and_run_in_the_group_that_is_given);
    TEST(in_an_eager_group_a_task_that_fails_at_once_is_told_at_once);
    TEST(in_a_group_that_keeps_going_those_that_go_on_are_awaited_at_its_end);
    TEST_EACH(in_a_group_that_does_not_keep_going_the_others_are_cancelled_once, 2);
    TEST(cancelling_a_gather_of_gathers_cancels_all_of_them_once);
    TEST_EACH(ten_thousand_tasks_are_gathered_or_cancelled, 2);
    TEST_EACH(in_every_schedule_and_cancelled_at_every_place_it_waits_for_all_or_for_a_failure, 4);
}
