/* test_finished.c - the tasks of a group, one after the other as they end. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/finished.h>

#include "workers.h"

#define WORKS(...) ((struct worker){__VA_ARGS__})

/* A group of three workers, whose body takes them as they end: "=b-5@1 ". */
struct parent {
    WEFT_FRAME;
    struct worker each[3];
    bool strict; /* does not keep going */
    int body, until;
    weft_group group;
    weft_finished finished;
    worker_task slots[3];
    struct weft_group_next_finished next;
    struct weft_sleep nap;
};

static char name_of(weft_task *ended)
{
    return WEFT_CONTAINER(ended, worker_task, task)->frame.name;
}

static WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group, .keep_going = !self->strict, .finished = &self->finished) {
        for (int i = 0; i < 3; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], worker, (char)('a' + i), self->each[i].work,
                       self->each[i].cleanup, self->each[i].status);
        }
        WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
            say("=%c%d@%d ", name_of(self->next.task), self->next.task->status, seconds());
            if (self->body > 0) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->body));
            }
            if (--self->until == 0) {
                break;
            }
        }
        say("none@%d ", seconds());
    }
WEFT_FINALLY:
    say("f%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

static WEFT_TASK(parent) task;

static void begin_with(struct worker a, struct worker b, struct worker c)
{
    begin();
    memset(&task, 0, sizeof task);
    START(&task, parent, {a, b, c});
}

START_TEST(tasks_come_in_the_order_of_their_ends_and_it_ends_after_the_last)
{
    begin_with(WORKS(.work = 3), WORKS(.work = 1, .status = -5), WORKS(.work = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b-5@1 =b-5@1 c0@2 =c0@2 a0@3 =a0@3 none@3 f0@3 ");
}
END_TEST

START_TEST(those_that_end_in_one_pass_come_in_their_order)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c0@1 =a0@1 =b0@1 =c0@1 none@1 f0@1 ");
}
END_TEST

START_TEST(what_ends_while_the_body_runs_is_kept)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 2), WORKS(.work = 9));
    task.frame.body = 5;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 b0@2 =b0@6 c0@9 =c0@11 none@16 f0@16 ");
}
END_TEST

START_TEST(break_leaves_the_others_alone_and_in_the_list)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 3), WORKS(.work = 2));
    task.frame.until = 1;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 none@1 c0@2 b0@3 f0@3 ");
    ck_assert_int_eq(name_of(weft_group_next_finished_nowait(&task.frame.group)), 'c');
    ck_assert_int_eq(name_of(weft_group_next_finished_nowait(&task.frame.group)), 'b');
    ck_assert_ptr_null(weft_group_next_finished_nowait(&task.frame.group));
}
END_TEST

START_TEST(a_failure_in_a_group_that_does_not_keep_going_is_in_the_list_with_what_it_cancelled)
{
    weft_task *ended;
    begin_with(WORKS(.work = 1), WORKS(.work = 2, .status = -5), WORKS(.work = 9, .status = -6));
    task.frame.strict = true;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a0@1 b-5@2 =b-5@2 c-4097@2 f-5@2 ");
    ended = weft_group_next_finished_nowait(&task.frame.group);
    ck_assert_int_eq(ended->status, WEFT_ECANCELED);
    ck_assert_ptr_null(weft_group_next_finished_nowait(&task.frame.group));
}
END_TEST

struct all_failures {
    WEFT_FRAME;
    weft_group group;
    weft_finished finished;
    worker_task slots[3];
    weft_task *task;
};

/* As a Python program would look at an ExceptionGroup. */
static WEFT_ASYNC(all_failures, self)
{
    WEFT_GROUP(self->group, .finished = &self->finished) {
        WEFT_SPAWN(&self->group, &self->slots[0], worker, 'a', 9, .cleanup = 1);
        WEFT_SPAWN(&self->group, &self->slots[1], worker, 'b', 0, .cleanup = 2, .status = -6);
        WEFT_SPAWN(&self->group, &self->slots[2], worker, 'c', 1, .status = -5);
    }
WEFT_FINALLY:
    while ((self->task = weft_group_next_finished_nowait(&self->group)) != NULL) {
        if (self->task->status < 0 && self->task->status != WEFT_ECANCELED) {
            say("!%c%d ", name_of(self->task), self->task->status);
        }
    }
}
WEFT_END

START_TEST(all_failures_of_a_group_can_be_looked_at_behind_it)
{
    WEFT_TASK(all_failures) failing = {0};
    begin();
    START(&failing, all_failures);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-5@1 b-6@1 a-4097@2 !c-5 !b-6 ");
    ck_assert_int_eq(failing.task.status, -5);
}
END_TEST

/* Slots. */

struct crawler {
    WEFT_FRAME;
    int pages, refused;
    weft_group group;
    weft_finished finished;
    WEFT_TASKS(worker, 2) pool;
    struct weft_group_next_finished next;
};

static WEFT_ASYNC(crawler, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
        WEFT_CHECK(weft_spawn_in(&self->group, &self->pool, worker, 'a', 1));
        WEFT_CHECK(weft_spawn_in(&self->group, &self->pool, worker, 'b', 2));
        WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
            say("=%c ", name_of(self->next.task));
            if (++self->pages < 5) { /* the slot of the one that was taken is free */
                WEFT_CHECK(
                    weft_spawn_in(&self->group, &self->pool, worker, (char)('b' + self->pages), 2));
                self->refused += weft_spawn_in(&self->group, &self->pool, worker) == WEFT_EBUSY;
            }
        }
    }
}
WEFT_END

START_TEST(the_body_may_start_further_ones_in_slots_that_were_taken)
{
    WEFT_TASK(crawler) crawling = {0};
    begin();
    START(&crawling, crawler);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 =a b0@2 =b c0@3 =c d0@4 =d e0@5 =e f0@6 =f ");
    ck_assert_int_eq(crawling.frame.refused, 4);
}
END_TEST

struct fills {
    WEFT_FRAME;
    weft_group group;
    weft_finished finished;
    WEFT_TASKS(worker, 2) pool;
    struct weft_sleep nap;
};

static WEFT_ASYNC(fills, self)
{
    WEFT_GROUP(self->group, .finished = &self->finished) {
        WEFT_CHECK(weft_spawn_in(&self->group, &self->pool, worker, 'a', 0));
        WEFT_CHECK(weft_spawn_in(&self->group, &self->pool, worker, 'b', 0));
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("%d ", weft_spawn_in(&self->group, &self->pool, worker, 'x', 0));
        say("=%c ", name_of(weft_group_next_finished_nowait(&self->group)));
        say("%d ", weft_spawn_in(&self->group, &self->pool, worker, 'c', 0));
    }
}
WEFT_END

START_TEST(a_slot_that_was_not_taken_counts_as_in_use_for_a_pool)
{
    WEFT_TASK(fills) filling = {0};
    begin();
    START(&filling, fills);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@0 b0@0 -4109 =a 0 c0@1 ");
}
END_TEST

START_TEST(spawning_into_a_slot_that_was_not_taken_stops)
{
    begin_with(WORKS(.work = 1), WORKS(.work = 3), WORKS(.work = 2));
    task.frame.until = 1;
    ck_assert_int_eq(run(), 0);
    START(&task.frame.slots[1], worker, 'x');
}
END_TEST

START_TEST(a_slot_that_was_taken_may_be_moved_and_used_again)
{
    worker_task moved;
    begin_with(WORKS(.work = 1), WORKS(.work = 1), WORKS(.work = 1));
    ck_assert_int_eq(run(), 0);
    moved = task.frame.slots[1];
    START(&moved, worker, 'x', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(moved.task.status, 0);
}
END_TEST

/* Several takers; a group without tasks. */

struct house {
    WEFT_FRAME;
    int workers;
    weft_group group;
    weft_finished finished;
    worker_task slots[4];
    struct weft_sleep nap;
};

static WEFT_ASYNC(house, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
        for (int i = 0; i < self->workers; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], worker, (char)('a' + i), 1 + i);
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
    }
    say("house@%d ", seconds());
}
WEFT_END

struct taker {
    WEFT_FRAME;
    char name;
    weft_group *group;
    struct weft_group_next_finished next;
};

static WEFT_ASYNC(taker, self)
{
    WEFT_FOR_EACH(self->next, weft_group_next_finished, self->group) {
        say("%c=%c ", self->name, name_of(self->next.task));
    }
    say("%c:none ", self->name);
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0) {
        say("%c%d ", self->name, WEFT_OUTCOME());
    }
}
WEFT_END

typedef WEFT_TASK(taker) taker_task;

static WEFT_TASK(house) home;

static void begin_house(int workers, taker_task *takers, int count)
{
    begin();
    memset(&home, 0, sizeof home);
    START(&home, house, workers);
    run_one_pass();
    for (int i = 0; i < count; i++) {
        START(&takers[i], taker, (char)('A' + i), &home.frame.group);
    }
}

START_TEST(several_may_take_from_one_group_and_are_served_in_order)
{
    taker_task takers[2] = {0};
    begin_house(4, takers, 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 A=a b0@2 B=b c0@3 A=c d0@4 B=d B:none A:none house@9 ");
}
END_TEST

START_TEST(one_that_comes_later_does_not_take_what_another_was_woken_for)
{
    taker_task takers[1] = {0};
    begin_house(1, takers, 1);
    run_one_pass();
    run_one_pass();
    while (!weft_task_is_done(&home.frame.slots[0].task)) {
        run_one_pass();
    }
    ck_assert_ptr_null(weft_group_next_finished_nowait(&home.frame.group));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 A=a A:none house@9 ");
}
END_TEST

START_TEST(cancelled_after_it_was_woken_a_taker_has_taken_it_and_its_next_wait_is_refused)
{
    taker_task takers[1] = {0};
    begin_house(2, takers, 1);
    while (!weft_task_is_done(&home.frame.slots[0].task)) {
        run_one_pass();
    }
    ck_assert(weft_task_cancel(&takers[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 A=a A-4097 b0@2 house@9 ");
}
END_TEST

START_TEST(cancelled_while_it_waits_a_taker_has_taken_nothing)
{
    taker_task takers[2] = {0};
    begin_house(1, takers, 2);
    run_one_pass();
    ck_assert(weft_task_cancel(&takers[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "A-4097 a0@1 B=a B:none house@9 ");
}
END_TEST

START_TEST(of_a_group_without_tasks_there_is_nothing)
{
    taker_task takers[1] = {0};
    begin_house(0, takers, 1);
    run_one_pass();
    ck_assert_str_eq(trace, "A:none ");
}
END_TEST

struct pointless {
    WEFT_FRAME;
    weft_group group;
    struct weft_group_next_finished next;
};

static WEFT_ASYNC(pointless, self)
{
    WEFT_GROUP(self->group) {
        WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
        }
    }
}
WEFT_END

START_TEST(a_group_without_a_list_stops)
{
    WEFT_TASK(pointless) slot = {0};
    begin();
    START(&slot, pointless);
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

struct many {
    WEFT_FRAME;
    WEFT_TASK(silent) * slots;
    int taken;
    weft_group group;
    weft_finished finished;
    struct weft_group_next_finished next;
};

static WEFT_ASYNC(many, self)
{
    WEFT_GROUP(self->group, .finished = &self->finished) {
        for (int i = 0; i < MANY; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], silent);
        }
        WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
            self->taken++;
        }
    }
}
WEFT_END

START_TEST(ten_thousand_tasks_are_taken)
{
    WEFT_TASK(many) slot = {0};
    begin();
    START(&slot, many, calloc(MANY, sizeof *slot.frame.slots));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(slot.frame.taken, MANY);
    free(slot.frame.slots);
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored {
    WEFT_FRAME;
    int taken;
    weft_group group;
    weft_finished finished;
    WEFT_TASK(silent) slots[3];
    struct weft_group_next_finished next;
    weft_task *left;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
        for (int i = 0; i < 3; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], silent);
        }
        WEFT_FOR_EACH(self->next, weft_group_next_finished, &self->group) {
            self->taken++;
            WEFT_PASS();
        }
    }
WEFT_FINALLY:
    while (self->group.finished != NULL &&
           (self->left = weft_group_next_finished_nowait(&self->group)) != NULL) {
        self->taken++;
    }
    if (self->taken != 3 * (self->group.finished != NULL)) {
        weft_test_fail(&test, "one was lost", NULL);
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, explored);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_each_is_taken_once)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 10000, explore, NULL), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, NULL), 15);
}
END_TEST

SUITE_TOGETHER(finished)
{
    TEST(tasks_come_in_the_order_of_their_ends_and_it_ends_after_the_last);
    TEST(those_that_end_in_one_pass_come_in_their_order);
    TEST(what_ends_while_the_body_runs_is_kept);
    TEST(break_leaves_the_others_alone_and_in_the_list);
    TEST(a_failure_in_a_group_that_does_not_keep_going_is_in_the_list_with_what_it_cancelled);
    TEST(all_failures_of_a_group_can_be_looked_at_behind_it);
    TEST(the_body_may_start_further_ones_in_slots_that_were_taken);
    TEST(a_slot_that_was_not_taken_counts_as_in_use_for_a_pool);
    TEST_STOPS(spawning_into_a_slot_that_was_not_taken_stops);
    TEST(a_slot_that_was_taken_may_be_moved_and_used_again);
    TEST(several_may_take_from_one_group_and_are_served_in_order);
    TEST(one_that_comes_later_does_not_take_what_another_was_woken_for);
    TEST(cancelled_after_it_was_woken_a_taker_has_taken_it_and_its_next_wait_is_refused);
    TEST(cancelled_while_it_waits_a_taker_has_taken_nothing);
    TEST(of_a_group_without_tasks_there_is_nothing);
    TEST_STOPS(a_group_without_a_list_stops);
    TEST(ten_thousand_tasks_are_taken);
    TEST(in_every_schedule_and_cancelled_at_every_place_each_is_taken_once);
}
