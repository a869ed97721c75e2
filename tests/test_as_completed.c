/* test_as_completed.c - several tasks, one after the other as they end. */
/* SPDX-License-Identifier: MIT */
#include <weft/as_completed.h>
#include <weft/explore.h>

#include "workers.h"

#define WORKS(...) ((struct worker){__VA_ARGS__})

static worker_task tasks[3];

/* Takes them, and says each: "=b-5@1 ". Its body may take some time, and end early. */
struct taker {
    WEFT_FRAME;
    size_t count;
    weft_time timeout;
    weft_group *group;
    int body, until; /* seconds; so many */
    weft_watch watches[4];
    struct weft_as_completed next;
    struct weft_sleep nap;
};

static WEFT_ASYNC(taker, self)
{
    WEFT_FOR_EACH(self->next, weft_as_completed,
                  weft_watch_slots(self->watches, tasks, self->count), self->timeout, self->group) {
        say("=%c%d@%d ", 'a' + (int)(self->next.watch - self->watches), self->next.watch->status,
            seconds());
        ck_assert(self->next.watch->is_done);
        if (self->body > 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->body));
        }
        if (--self->until == 0) {
            break;
        }
    }
    say("behind@%d ", seconds());
WEFT_FINALLY:
    say("f%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

static WEFT_TASK(taker) taking;

static void begin_with(struct worker a, struct worker b, struct worker c)
{
    const struct worker each[] = {a, b, c};
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&taking, 0, sizeof taking);
    for (int i = 0; i < 3; i++) {
        START(&tasks[i], worker, (char)('a' + i), each[i].work, each[i].cleanup, each[i].status);
    }
}

START_TEST(tasks_come_in_the_order_of_their_ends)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1), WORKS(.work = 2));
    START(&taking, taker, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 =b0@1 c0@2 =c0@2 a0@3 =a0@3 behind@3 f0@3 ");
}
END_TEST

START_TEST(one_that_failed_or_was_cancelled_comes_as_any_other)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 3), WORKS(.work = 1, .status = -5), WORKS(.work = 9));
    START(&taking, taker, 3);
    START(&asker, canceller, &tasks[2].task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@1 =b-5@1 c-4097@2 =c-4097@2 a0@3 =a0@3 behind@3 f0@3 ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(tasks_that_end_in_one_pass_come_in_the_order_in_which_they_ended)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 1));
    START(&taking, taker, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c0@1 =a0@1 =b0@1 =c0@1 behind@1 f0@1 ");
}
END_TEST

START_TEST(those_that_have_ended_already_come_first_as_they_stand_in_the_set_and_without_a_wait)
{
    begin_with(WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 9));
    run_one_pass();
    ck_assert_int_eq(weft_executor_run_until(&executor, &tasks[0].task), 0);
    START(&taking, taker, 3);
    run_one_pass();
    ck_assert_str_eq(trace, "b0@1 a0@2 =a0@2 =b0@2 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a0@2 =a0@2 =b0@2 c0@9 =c0@9 behind@9 f0@9 ");
}
END_TEST

START_TEST(what_ends_while_the_body_runs_is_not_lost_and_does_not_disturb_it)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 9));
    START(&taking, taker, 3, .body = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 b0@2 =b0@6 c0@9 =c0@11 behind@16 f0@16 ");
}
END_TEST

START_TEST(of_none_there_is_nothing)
{
    begin();
    memset(&taking, 0, sizeof taking);
    START(&taking, taker, 0);
    run_one_pass();
    ck_assert_str_eq(trace, "behind@0 f0@0 ");
}
END_TEST

START_TEST(break_leaves_the_others_alone)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 3));
    START(&taking, taker, 3, .until = 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 behind@1 f0@1 b0@2 c0@3 ");
}
END_TEST

START_TEST(after_a_break_the_same_watches_may_be_used_for_those_that_are_left)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 3));
    START(&taking, taker, 3, .until = 1);
    ck_assert_int_eq(weft_executor_run_until(&executor, &taking.task), 0);
    START(&taking, taker, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 behind@1 f0@1 =a0@1 b0@2 =b0@2 c0@3 =c0@3 "
                            "behind@3 f0@3 ");
}
END_TEST

struct by_hand {
    WEFT_FRAME;
    weft_watch watches[4];
    struct weft_as_completed next;
};

static WEFT_ASYNC(by_hand, self)
{
    static weft_task *const b = &tasks[1].task; /* static: it is read behind awaits */
    weft_init(&self->next, weft_as_completed,
              weft_watch_tasks(self->watches, b, NULL, &tasks[0].task, b));
    for (;;) {
        WEFT_NEXT(self->next);
        if (weft_has_ended(&self->next)) {
            break;
        }
        say("=%c ", self->next.watch->task == b ? 'b' : 'a');
    }
    say("end");
}
WEFT_END

START_TEST(the_watch_tells_which_task_it_is_and_one_that_stands_there_twice_comes_twice)
{
    WEFT_TASK(by_hand) task = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 3));
    START(&task, by_hand);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a b0@2 =b =b endc0@3 ");
}
END_TEST

/* The time. */

START_TEST(when_the_time_is_up_it_fails_and_leaves_the_others_alone)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 4), WORKS(.work = 9));
    START(&taking, taker, 3, .timeout = WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 f-4098@3 b0@4 c0@9 ");
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

START_TEST(the_time_is_for_all_of_them_together)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 4));
    START(&taking, taker, 3, .timeout = WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 b0@2 =b0@2 f-4098@3 c0@4 ");
}
END_TEST

START_TEST(what_has_ended_in_time_still_comes_when_the_time_is_up)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 9));
    START(&taking, taker, 3, .timeout = WEFT_S(3), .body = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 b0@2 =b0@6 c0@9 =c0@11 behind@16 f0@16 ");
}
END_TEST

START_TEST(the_time_does_not_interrupt_the_body_and_is_up_at_the_next)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 99), WORKS(.work = 99));
    START(&taking, taker, 3, .timeout = WEFT_S(3), .body = 5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 f-4098@6 b0@99 c0@99 ");
}
END_TEST

START_TEST(an_end_in_the_pass_in_which_the_time_is_up_counts)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1), WORKS(.work = 3));
    START(&taking, taker, 3, .timeout = WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 =b0@1 a0@3 c0@3 =a0@3 =c0@3 behind@3 f0@3 ");
}
END_TEST

START_TEST(a_timeout_that_has_passed_gives_those_that_have_ended_and_fails)
{
    begin_with(WORKS(.work = 9), WORKS(.work = 0), WORKS(.work = 9));
    run_one_pass();
    run_one_pass();
    START(&taking, taker, 3, .timeout = -1);
    run_one_pass();
    ck_assert_str_eq(trace, "b0@0 =b0@0 f-4098@0 ");
}
END_TEST

/* Cancelled. */

START_TEST(cancelled_it_leaves_the_tasks_alone)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 3), WORKS(.work = 4));
    START(&taking, taker, 3, .timeout = WEFT_S(100));
    START(&asker, canceller, &taking.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 f-4097@2 b0@3 c0@4 ");
    ck_assert_int_eq(seconds(), 4);
}
END_TEST

START_TEST(cancelled_while_the_body_runs_it_is_closed)
{
    canceller_task asker = {0};
    begin_with(WORKS(.work = 1), WORKS(.work = 3), WORKS(.work = 4));
    START(&taking, taker, 3, .body = 9);
    START(&asker, canceller, &taking.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 f-4097@2 b0@3 c0@4 ");
}
END_TEST

START_TEST(cancelled_after_an_end_and_before_it_runs_that_one_comes_and_the_next_wait_is_refused)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 3), WORKS(.work = 4));
    START(&taking, taker, 3);
    run_one_pass();
    run_one_pass(); /* a has ended */
    ck_assert(weft_task_cancel(&taking.task));
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 =a0@0 f-4097@0 ");
}
END_TEST

START_TEST(cancelled_before_an_end_in_the_same_pass_it_fails)
{
    begin_with(WORKS(.work = 0), WORKS(.work = 3), WORKS(.work = 4));
    START(&taking, taker, 3);
    run_one_pass();
    ck_assert(weft_task_cancel(&taking.task)); /* behind a, which is ready */
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 f-4097@0 ");
}
END_TEST

/* Tasks that are only prepared. */

START_TEST(tasks_that_are_only_prepared_are_started_in_the_group_that_is_given)
{
    begin();
    memset(tasks, 0, sizeof tasks);
    memset(&taking, 0, sizeof taking);
    for (int i = 0; i < 3; i++) {
        (void)weft_prepare(&tasks[i], worker, (char)('a' + i), 3 - i);
    }
    START(&taking, taker, 3, .group = &executor.group);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@1 =c0@1 b0@2 =b0@2 a0@3 =a0@3 behind@3 f0@3 ");
}
END_TEST

/* Many. */

enum { MANY = SIZED(10000, 30) };

struct sleeps {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeps, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
}
WEFT_END

typedef WEFT_TASK(sleeps) sleeps_task;

struct many {
    WEFT_FRAME;
    sleeps_task *slots;
    weft_watch *watches;
    int count;
    weft_time last;
    struct weft_as_completed next;
};

static WEFT_ASYNC(many, self)
{
    WEFT_FOR_EACH(self->next, weft_as_completed,
                  weft_watch_slots(self->watches, self->slots, MANY)) {
        const sleeps_task *const slot = WEFT_CONTAINER(self->next.watch->task, sleeps_task, task);
        ck_assert(slot->frame.after >= self->last);
        self->last = slot->frame.after;
        self->count++;
    }
}
WEFT_END

START_TEST(ten_thousand_tasks_come_in_the_order_of_their_ends)
{
    WEFT_TASK(many) task = {0};
    sleeps_task *const slots = calloc(MANY, sizeof *slots);
    weft_watch *const watches = calloc(MANY, sizeof *watches);
    begin();
    for (int i = 0; i < MANY; i++) {
        START(&slots[i], sleeps, WEFT_MS(1 + (i * 7919LL) % MANY / 4));
    }
    START(&task, many, slots, watches);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.count, MANY);
    free(watches);
    free(slots);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored {
    WEFT_FRAME;
    int count;
    weft_group group;
    WEFT_TASK(sleeps) a, b, c;
    weft_watch watches[3];
    struct weft_as_completed next;
    struct weft_sleep nap;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_SPAWN(&self->group, &self->a, sleeps, WEFT_S(1));
        WEFT_SPAWN(&self->group, &self->b, sleeps, WEFT_S(1));
        WEFT_SPAWN(&self->group, &self->c, sleeps, WEFT_S(2));
        WEFT_FOR_EACH(
            self->next, weft_as_completed,
            weft_watch_tasks(self->watches, &self->a.task, &self->b.task, &self->c.task)) {
            self->count++;
            if (!weft_task_is_done(self->next.watch->task)) {
                weft_test_fail(&test, "it has not ended", NULL);
            }
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        }
        if (self->count != 3) {
            weft_test_fail(&test, "one was lost", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, explored);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_each_comes_once_after_its_end)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, explore, NULL), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, NULL), 15);
}
END_TEST

SUITE_TOGETHER(as_completed)
{
    TEST(tasks_come_in_the_order_of_their_ends);
    TEST(one_that_failed_or_was_cancelled_comes_as_any_other);
    TEST(tasks_that_end_in_one_pass_come_in_the_order_in_which_they_ended);
    TEST(those_that_have_ended_already_come_first_as_they_stand_in_the_set_and_without_a_wait);
    TEST(what_ends_while_the_body_runs_is_not_lost_and_does_not_disturb_it);
    TEST(of_none_there_is_nothing);
    TEST(break_leaves_the_others_alone);
    TEST(after_a_break_the_same_watches_may_be_used_for_those_that_are_left);
    TEST(the_watch_tells_which_task_it_is_and_one_that_stands_there_twice_comes_twice);
    TEST(when_the_time_is_up_it_fails_and_leaves_the_others_alone);
    TEST(the_time_is_for_all_of_them_together);
    TEST(what_has_ended_in_time_still_comes_when_the_time_is_up);
    TEST(the_time_does_not_interrupt_the_body_and_is_up_at_the_next);
    TEST(an_end_in_the_pass_in_which_the_time_is_up_counts);
    TEST(a_timeout_that_has_passed_gives_those_that_have_ended_and_fails);
    TEST(cancelled_it_leaves_the_tasks_alone);
    TEST(cancelled_while_the_body_runs_it_is_closed);
    TEST(cancelled_after_an_end_and_before_it_runs_that_one_comes_and_the_next_wait_is_refused);
    TEST(cancelled_before_an_end_in_the_same_pass_it_fails);
    TEST(tasks_that_are_only_prepared_are_started_in_the_group_that_is_given);
    TEST(ten_thousand_tasks_come_in_the_order_of_their_ends);
    TEST(in_every_schedule_and_cancelled_at_every_place_each_comes_once_after_its_end);
}
