/* test_race.c - several tasks, of which the first success is wanted. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/race.h>

#include "workers.h"

#define WORKS(...) ((struct worker){__VA_ARGS__})

/* Races up to three workers, prepared in a group of its own, and says what it is told:
 * "race0@3: a-5 b0 c. won b failed a ". A dash is one that was not started. */
struct racer {
    WEFT_FRAME;
    size_t count;
    weft_time delay;
    struct worker each[3];
    bool eager;
    weft_group group;
    worker_task slots[3];
    weft_watch watches[3];
    struct weft_race race;
    struct weft_sleep nap;
};

static void say_race(const struct racer *self, int status)
{
    say("race%d@%d: ", status, seconds());
    for (size_t i = 0; i < self->count; i++) {
        const char name = (char)('a' + (int)i);
        if (self->watches[i].is_done) {
            say("%c%d ", name, self->watches[i].status);
        } else {
            say("%c%s ", name, weft_task_is_prepared(&self->slots[i].task) ? "-" : ".");
        }
    }
    if (self->race.winner != NULL) {
        say("won %c ", 'a' + (int)(self->race.winner - self->watches));
    }
    if (self->race.failed != NULL) {
        say("failed %c ", 'a' + (int)(self->race.failed - self->watches));
    }
}

static WEFT_ASYNC(racer, self)
{
    for (size_t i = 0; i < self->count; i++) {
        (void)weft_prepare(&self->slots[i], worker, (char)('a' + (int)i), self->each[i].work,
                           self->each[i].cleanup, self->each[i].status);
    }
    WEFT_GROUP(self->group, .keep_going = true, .eager = self->eager) {
        WEFT_CATCH(self->race, weft_race, weft_watch_slots(self->watches, self->slots, self->count),
                   self->delay, &self->group);
        say_race(self, WEFT_STATUS());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("on ");
    }
}
WEFT_END

static WEFT_TASK(racer) racing;

static void race(weft_time delay, struct worker a, struct worker b, struct worker c)
{
    begin();
    memset(&racing, 0, sizeof racing);
    START(&racing, racer, 3, delay, {a, b, c});
}

/* All at once. */

START_TEST(the_first_success_wins_and_the_others_are_cancelled)
{
    race(0, WORKS(.work = 3), WORKS(.work = 1), WORKS(.work = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a-4097@1 c-4097@1 race0@1: a-4097 b0 c-4097 won b on ");
}
END_TEST

START_TEST(it_waits_for_the_cleanup_of_those_that_lost)
{
    race(0, WORKS(.work = 3, .cleanup = 5), WORKS(.work = 1), WORKS(.work = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 c-4097@1 a-4097@6 race0@6: a-4097 b0 c-4097 won b on ");
}
END_TEST

START_TEST(a_failure_does_not_win)
{
    race(0, WORKS(.work = 1, .status = -5), WORKS(.work = 2), WORKS(.work = 3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b0@2 c-4097@2 race0@2: a-5 b0 c-4097 won b failed a on ");
}
END_TEST

START_TEST(if_all_fail_it_is_the_first_failure_in_time)
{
    race(0, WORKS(.work = 3, .status = -5), WORKS(.work = 1, .status = -6),
         WORKS(.work = 2, .status = -7));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@1 c-7@2 a-5@3 race-6@3: a-5 b-6 c-7 failed b on ");
}
END_TEST

START_TEST(of_two_successes_in_one_pass_the_first_wins_and_the_other_is_told)
{
    race(0, WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c-4097@1 race0@1: a0 b0 c-4097 won a on ");
}
END_TEST

START_TEST(one_that_succeeds_although_it_was_cancelled_has_not_won_but_is_told)
{
    race(0, WORKS(.work = 2), WORKS(.work = 1, .cleanup = 5), WORKS(.work = 9));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b0@2 c-4097@2 race0@2: a0 b0 c-4097 won a on ");
}
END_TEST

START_TEST(one_that_somebody_cancels_does_not_win)
{
    canceller_task asker = {0};
    race(0, WORKS(.work = 9), WORKS(.work = 2), WORKS(.work = 3));
    START(&asker, canceller, &racing.frame.slots[0].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 b0@2 c-4097@2 race0@2: a-4097 b0 c-4097 won b failed a on ");
}
END_TEST

START_TEST(a_failure_beats_cancelled)
{
    canceller_task asker = {0};
    race(0, WORKS(.work = 9), WORKS(.work = 2, .status = -5), WORKS(.work = 3, .status = -6));
    START(&asker, canceller, &racing.frame.slots[0].task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 b-5@2 c-6@3 race-5@3: a-4097 b-5 c-6 failed b on ");
}
END_TEST

START_TEST(a_race_of_one_is_that_one)
{
    begin();
    memset(&racing, 0, sizeof racing);
    START(&racing, racer, 1, .each = {WORKS(.work = 2, .status = -_i)});
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace,
                     _i == 0 ? "a0@2 race0@2: a0 won a on " : "a-1@2 race-1@2: a-1 failed a on ");
}
END_TEST

START_TEST(a_race_of_none_is_empty)
{
    begin();
    memset(&racing, 0, sizeof racing);
    START(&racing, racer, 0);
    run_one_pass();
    ck_assert_str_eq(trace, "race-4102@0: ");
}
END_TEST

START_TEST(in_an_eager_group_one_that_succeeds_at_once_wins_before_the_others_begin)
{
    begin();
    memset(&racing, 0, sizeof racing);
    START(&racing, racer, 3, 0, {WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 3)}, true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b-4097@1 c-4097@1 race0@1: a0 b-4097 c-4097 won a on ");
}
END_TEST

/* Tasks that run already. */

struct spectator {
    WEFT_FRAME;
    worker_task *tasks;
    weft_watch watches[2];
    struct weft_race race;
};

static WEFT_ASYNC(spectator, self)
{
    WEFT_CATCH(self->race, weft_race,
               weft_watch_tasks(self->watches, &self->tasks[0].task, &self->tasks[1].task));
    say("race%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(tasks_that_run_already_may_race)
{
    worker_task tasks[2] = {0};
    WEFT_TASK(spectator) task = {0};
    begin();
    START(&tasks[0], worker, 'a', 2);
    START(&tasks[1], worker, 'b', 9);
    START(&task, spectator, tasks);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b-4097@2 race0@2 ");
}
END_TEST

START_TEST(one_that_has_succeeded_already_wins_without_a_wait_but_for_the_others)
{
    worker_task tasks[2] = {0};
    WEFT_TASK(spectator) task = {0};
    begin();
    START(&tasks[0], worker, 'a', 1);
    ck_assert_int_eq(run(), 0);
    START(&tasks[1], worker, 'b', 9, .cleanup = 2);
    run_one_pass();
    START(&task, spectator, tasks);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b-4097@3 race0@3 ");
}
END_TEST

/* Staggered. */

START_TEST(staggered_the_next_is_started_after_the_delay)
{
    race(WEFT_S(2), WORKS(.work = 9), WORKS(.work = 9), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@5 a-4097@5 b-4097@5 race0@5: a-4097 b-4097 c0 won c on ");
}
END_TEST

START_TEST(staggered_the_next_is_started_as_soon_as_the_one_before_has_failed)
{
    race(WEFT_S(9), WORKS(.work = 1, .status = -5), WORKS(.work = 2, .status = -6),
         WORKS(.work = 3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-6@3 c0@6 race0@6: a-5 b-6 c0 won c failed a on ");
}
END_TEST

START_TEST(staggered_the_next_is_started_when_the_latest_has_failed_though_an_earlier_one_runs)
{
    race(WEFT_S(5), WORKS(.work = 99), WORKS(.work = 1, .status = -6), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@6 c0@7 a-4097@7 race0@7: a-4097 b-6 c0 won c failed b on ");
}
END_TEST

START_TEST(staggered_the_delay_begins_anew_with_each_start)
{
    race(WEFT_S(4), WORKS(.work = 3, .status = -5), WORKS(.work = 99), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@3 c0@8 b-4097@8 race0@8: a-5 b-4097 c0 won c failed a on ");
}
END_TEST

START_TEST(staggered_a_failure_of_an_earlier_one_starts_nobody)
{
    race(WEFT_S(4), WORKS(.work = 5, .status = -5), WORKS(.work = 99), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0); /* a fails at 5, b was started at 4, c is at 8 */
    ck_assert_str_eq(trace, "a-5@5 c0@9 b-4097@9 race0@9: a-5 b-4097 c0 won c failed a on ");
}
END_TEST

START_TEST(staggered_those_that_are_not_needed_are_never_started)
{
    race(WEFT_S(2), WORKS(.work = 3), WORKS(.work = 9, .cleanup = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@3 b-4097@4 race0@4: a0 b-4097 c- won a on ");
    ck_assert(weft_task_is_prepared(&racing.frame.slots[2].task));
}
END_TEST

START_TEST(staggered_for_ever_the_next_is_started_only_when_the_one_before_has_failed)
{
    race(WEFT_FOREVER, WORKS(.work = 1000, .status = -5), WORKS(.work = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1000 b0@1001 race0@1001: a-5 b0 c- won b failed a on ");
}
END_TEST

START_TEST(staggered_when_all_fail_it_is_the_first_failure)
{
    race(WEFT_S(1), WORKS(.work = 9, .status = -5), WORKS(.work = 2, .status = -6),
         WORKS(.work = 3, .status = -7));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-6@3 c-7@5 a-5@9 race-6@9: a-5 b-6 c-7 failed b on ");
}
END_TEST

START_TEST(staggered_a_success_in_the_pass_of_the_delay_wins_against_one_that_has_not_begun)
{
    race(WEFT_S(2), WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b-4097@2 race0@2: a0 b-4097 c- won a on ");
}
END_TEST

START_TEST(staggered_it_leaves_no_timer_behind)
{
    race(WEFT_S(100), WORKS(.work = 2), WORKS(.work = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(seconds(), 3);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}
END_TEST

/* Cancelled. */

START_TEST(cancelling_it_cancels_all_and_waits_for_their_cleanup)
{
    canceller_task asker = {0};
    race(0, WORKS(.work = 9, .cleanup = 2), WORKS(.work = 9), WORKS(.work = 1, .status = -5));
    START(&asker, canceller, &racing.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-5@1 b-4097@2 a-4097@4 race-4097@4: a-4097 b-4097 c-5 failed c ");
    ck_assert_int_eq(racing.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(staggered_and_cancelled_it_starts_no_further_one)
{
    canceller_task asker = {0};
    race(WEFT_S(2), WORKS(.work = 9, .cleanup = 5), WORKS(.work = 9), WORKS(.work = 1));
    START(&asker, canceller, &racing.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@6 race-4097@6: a-4097 b- c- failed a ");
}
END_TEST

START_TEST(cancelled_while_it_waits_for_the_losers_it_has_happened)
{
    canceller_task asker = {0};
    race(0, WORKS(.work = 1), WORKS(.work = 9, .cleanup = 5), WORKS(.work = 9));
    START(&asker, canceller, &racing.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 c-4097@1 b-4097@6 race0@6: a0 b-4097 c-4097 won a ");
    ck_assert_int_eq(racing.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelled_one_that_succeeds_all_the_same_has_won)
{
    canceller_task asker = {0};
    race(0, WORKS(.work = 1, .cleanup = 3), WORKS(.work = 9), WORKS(.work = 9));
    START(&asker, canceller, &racing.task, WEFT_S(2)); /* the body of a is over */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@2 b-4097@2 c-4097@2 race0@2: a0 b-4097 c-4097 won a ");
}
END_TEST

START_TEST(cancelled_in_the_pass_of_the_success_it_has_happened_in_either_order)
{
    race(0, WORKS(.work = 0), WORKS(.work = 9), WORKS(.work = 9));
    run_one_pass();
    run_one_pass(); /* all wait */
    if (_i == 1) {
        run_one_pass(); /* a has ended */
    }
    ck_assert(weft_task_cancel(&racing.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b-4097@0 c-4097@0 race0@0: a0 b-4097 c-4097 won a ");
    ck_assert_int_eq(racing.task.status, WEFT_ECANCELED);
}
END_TEST

struct limited {
    WEFT_FRAME;
    weft_scope patience;
    struct racer racer;
};

static WEFT_ASYNC(limited, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(3)) {
        WEFT_TRY(
            self->racer, racer, 3, 0,
            {WORKS(.work = 9), WORKS(.work = 9, .cleanup = 2), WORKS(.work = 1, .status = -5)});
    }
}
WEFT_END

START_TEST(a_timeout_around_it_is_a_timeout_also_if_one_has_failed)
{
    WEFT_TASK(limited) task = {0};
    begin();
    START(&task, limited);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-5@1 a-4097@3 b-4097@5 race-4097@5: a-4097 b-4097 c-5 failed c ");
    ck_assert_int_eq(task.task.status, WEFT_ETIMEDOUT);
}
END_TEST

/* Misuse. */

struct strict {
    WEFT_FRAME;
    weft_group group;
    worker_task slot;
    weft_watch watches[1];
    struct weft_race race;
};

static WEFT_ASYNC(strict, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->race, weft_race,
                 weft_watch_tasks(self->watches, weft_prepare(&self->slot, worker)),
                 .group = &self->group);
    }
}
WEFT_END

START_TEST(in_a_group_that_does_not_keep_going_a_race_stops)
{
    WEFT_TASK(strict) task = {0};
    begin();
    START(&task, strict);
    (void)run();
}
END_TEST

/* Many. */

enum { MANY = SIZED(10000, 30) };

struct fails {
    WEFT_FRAME;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(fails, self)
{
    WEFT_TRY(self->nap, weft_sleep, 0);
    WEFT_RETURN(self->status);
}
WEFT_END

typedef WEFT_TASK(fails) fails_task;

struct many {
    WEFT_FRAME;
    fails_task *slots;
    weft_watch *watches;
    weft_time delay;
    weft_group group;
    struct weft_race race;
};

static WEFT_ASYNC(many, self)
{
    for (int i = 0; i < MANY; i++) {
        (void)weft_prepare(&self->slots[i], fails, i + 1 < MANY ? -5 : 0);
    }
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_TRY(self->race, weft_race, weft_watch_slots(self->watches, self->slots, MANY),
                 self->delay, &self->group);
    }
}
WEFT_END

START_TEST(of_ten_thousand_the_last_may_win)
{
    WEFT_TASK(many) task = {0};
    fails_task *const slots = calloc(MANY, sizeof *slots);
    weft_watch *const watches = calloc(MANY, sizeof *watches);
    begin();
    START(&task, many, slots, watches, _i == 0 ? 0 : WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
    ck_assert_ptr_eq(task.frame.race.winner, &watches[MANY - 1]);
    ck_assert_ptr_eq(task.frame.race.failed, &watches[0]);
    free(watches);
    free(slots);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored {
    WEFT_FRAME;
    weft_time delay;
    int status;
    weft_group group;
    WEFT_TASK(fails) slots[3];
    weft_watch watches[3];
    struct weft_race race;
};

static WEFT_ASYNC(explored, self)
{
    (void)weft_prepare(&self->slots[0], fails, -5);
    (void)weft_prepare(&self->slots[1], fails, self->status);
    (void)weft_prepare(&self->slots[2], fails, self->status);
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CATCH(self->race, weft_race, weft_watch_slots(self->watches, self->slots, 3),
                   self->delay, &self->group);
        if ((WEFT_STATUS() == 0) != (self->race.winner != NULL)) {
            weft_test_fail(&test, "won or lost?", NULL);
        }
        if (weft_group_is_busy(&self->group)) {
            weft_test_fail(&test, "it did not wait for all", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    const int variant = *(int *)context;
    (void)weft_test_run(of, explored, .delay = variant % 2 ? WEFT_S(1) : 0,
                        .status = variant / 2 ? 0 : -6);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_none_is_left_and_a_success_wins)
{
    weft_test_init(&test, NULL);
    ck_assert_int_ge(weft_test_schedules(&test, 1000, explore, &_i), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, &_i), 8);
}
END_TEST

SUITE_TOGETHER(race)
{
    TEST(the_first_success_wins_and_the_others_are_cancelled);
    TEST(it_waits_for_the_cleanup_of_those_that_lost);
    TEST(a_failure_does_not_win);
    TEST(if_all_fail_it_is_the_first_failure_in_time);
    TEST(of_two_successes_in_one_pass_the_first_wins_and_the_other_is_told);
    TEST(one_that_succeeds_although_it_was_cancelled_has_not_won_but_is_told);
    TEST(one_that_somebody_cancels_does_not_win);
    TEST(a_failure_beats_cancelled);
    TEST_EACH(a_race_of_one_is_that_one, 2);
    TEST(a_race_of_none_is_empty);
    TEST(in_an_eager_group_one_that_succeeds_at_once_wins_before_the_others_begin);
    TEST(tasks_that_run_already_may_race);
    TEST(one_that_has_succeeded_already_wins_without_a_wait_but_for_the_others);
    TEST(staggered_the_next_is_started_after_the_delay);
    TEST(staggered_the_next_is_started_as_soon_as_the_one_before_has_failed);
    TEST(staggered_the_next_is_started_when_the_latest_has_failed_though_an_earlier_one_runs);
    TEST(staggered_the_delay_begins_anew_with_each_start);
    TEST(staggered_a_failure_of_an_earlier_one_starts_nobody);
    TEST(staggered_those_that_are_not_needed_are_never_started);
    TEST(staggered_for_ever_the_next_is_started_only_when_the_one_before_has_failed);
    TEST(staggered_when_all_fail_it_is_the_first_failure);
    TEST(staggered_a_success_in_the_pass_of_the_delay_wins_against_one_that_has_not_begun);
    TEST(staggered_it_leaves_no_timer_behind);
    TEST(cancelling_it_cancels_all_and_waits_for_their_cleanup);
    TEST(staggered_and_cancelled_it_starts_no_further_one);
    TEST(cancelled_while_it_waits_for_the_losers_it_has_happened);
    TEST(cancelled_one_that_succeeds_all_the_same_has_won);
    TEST_EACH(cancelled_in_the_pass_of_the_success_it_has_happened_in_either_order, 2);
    TEST(a_timeout_around_it_is_a_timeout_also_if_one_has_failed);
    TEST_STOPS(in_a_group_that_does_not_keep_going_a_race_stops);
    TEST_EACH(of_ten_thousand_the_last_may_win, 2);
    TEST_EACH(in_every_schedule_and_cancelled_at_every_place_none_is_left_and_a_success_wins, 4);
}
