/* test_wait_sets.c - tasks in several sets at once, and sets in cleanups, shields and deadlines. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"
#include <weft/as_completed.h>
#include <weft/gather.h>
#include <weft/race.h>
#include <weft/sync.h>

static worker_task a, b, c;

static void begin_here(void)
{
    begin();
    a = b = c = (worker_task){0};
}

/* Waits for a and b in one of four ways; `twice`: for a, a. Prepared, they are started. */
enum way { WAIT, GATHER, AS_COMPLETED, RACE, WAYS };

struct waits {
    WEFT_FRAME;
    enum way way;
    weft_task *first, *second;
    weft_group *group;
    weft_watch watches[2];
    union {
        struct weft_wait wait;
        struct weft_gather gather;
        struct weft_as_completed next;
        struct weft_race race;
    };
};

static WEFT_ASYNC(waits, self)
{
    const weft_watches set = weft_watch_tasks(self->watches, self->first, self->second);
    if (self->way == WAIT) {
        WEFT_TRY(self->wait, weft_wait, set, .group = self->group);
    } else if (self->way == GATHER) {
        WEFT_TRY(self->gather, weft_gather, set, .group = self->group);
    } else if (self->way == AS_COMPLETED) {
        WEFT_FOR_EACH(self->next, weft_as_completed, set, .group = self->group) {
            say("next ");
        }
    } else {
        WEFT_TRY(self->race, weft_race, set, .group = self->group);
    }
WEFT_FINALLY:
    say("w%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct owns {
    WEFT_FRAME;
    enum way way;
    bool eager;
    weft_group group;
    struct waits waits;
};

static WEFT_ASYNC(owns, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .eager = self->eager) {
        weft_prepare(&a, worker, 'a', 1);
        WEFT_TRY(self->waits, waits, self->way, &a.task, &a.task, &self->group);
    }
}
WEFT_END

START_TEST(a_prepared_task_that_stands_twice_in_a_set_is_started_once)
{
    static const char *const traces[] = {"a0@1 w0@1 ", "a0@1 w0@1 ", "a0@1 next next w0@1 ",
                                         "a0@1 w0@1 "};
    WEFT_TASK(owns) task = {0};
    begin_here();
    START(&task, owns, (enum way)(_i / 2), .eager = _i % 2 == 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i / 2]);
}
END_TEST

typedef WEFT_TASK(waits) waits_task;

START_TEST(a_task_may_stand_in_sets_of_every_kind_at_once)
{
    waits_task all[3];
    begin_here();
    memset(all, 0, sizeof all);
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&all[WAIT], waits, WAIT, &a.task, &b.task);
    START(&all[GATHER], waits, GATHER, &a.task, &b.task);
    START(&all[AS_COMPLETED], waits, AS_COMPLETED, &b.task, &a.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 next b0@2 w0@2 w0@2 next w0@2 ");
}
END_TEST

START_TEST(who_is_cancelled_leaves_the_other_sets_of_its_tasks_alone)
{
    waits_task first = {0}, second = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&first, waits, (enum way)_i, &a.task, &b.task);
    START(&second, waits, WAIT, &a.task, &b.task);
    run_one_pass();
    ck_assert(weft_task_cancel(&first.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == GATHER || _i == RACE ? "a-4097@0 b-4097@0 w-4097@0 w0@0 "
                                                       : "w-4097@0 a0@1 b0@2 w0@2 ");
}
END_TEST

START_TEST(two_that_go_through_the_same_tasks_meet_each_of_them)
{
    waits_task first = {0}, second = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 1);
    START(&first, waits, AS_COMPLETED, &a.task, &b.task);
    START(&second, waits, AS_COMPLETED, &b.task, &a.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 next next w0@1 next next w0@1 ");
}
END_TEST

/* The body is cancelled, and the cleanup waits for the tasks. */
struct cleans_up {
    WEFT_FRAME;
    enum way way;
    struct weft_sleep nap;
    struct waits waits;
};

static WEFT_ASYNC(cleans_up, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
WEFT_FINALLY:
    WEFT_AWAIT(self->waits, waits, self->way, &a.task, &b.task);
    say("f%d,%d", WEFT_STATUS(), WEFT_OUTCOME());
}
WEFT_END

START_TEST(the_cleanup_of_a_cancelled_task_may_wait_for_a_set)
{
    static const char *const traces[] = {"a0@1 b0@2 w0@2 f0,-4097", "a0@1 b0@2 w0@2 f0,-4097",
                                         "a0@1 next b0@2 next w0@2 f0,-4097",
                                         "a0@1 b-4097@1 w0@1 f0,-4097"};
    WEFT_TASK(cleans_up) task = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&task, cleans_up, (enum way)_i);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_further_request_interrupts_that_wait_as_it_would_one_of_a_body)
{
    static const char *const traces[] = {
        "w-4097@0 f-4097,-4097a0@1 b0@2 ", "a-4097@0 b-4097@0 w-4097@0 f-4097,-4097",
        "w-4097@0 f-4097,-4097a0@1 b0@2 ", "a-4097@0 b-4097@0 w-4097@0 f-4097,-4097"};
    WEFT_TASK(cleans_up) task = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&task, cleans_up, (enum way)_i);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

/* In a shield of a task that is cancelled. */
struct shielded {
    WEFT_FRAME;
    enum way way;
    weft_scope shield;
    union {
        struct waits waits;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(shielded, self)
{
    WEFT_SHIELD(self->shield, 0) {
        WEFT_TRY(self->waits, waits, self->way, &a.task, &b.task);
    }
    say("on ");
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("not here ");
}
WEFT_END

START_TEST(in_a_shield_a_set_is_waited_for_to_its_end)
{
    static const char *const traces[] = {"a0@1 b0@2 w0@2 on ", "a0@1 b0@2 w0@2 on ",
                                         "a0@1 next b0@2 next w0@2 on ", "a0@1 b-4097@1 w0@1 on "};
    WEFT_TASK(shielded) task = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&task, shielded, (enum way)_i);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* In a block whose deadline has passed before. */
struct late {
    WEFT_FRAME;
    enum way way;
    weft_scope scope;
    struct waits waits;
};

static WEFT_ASYNC(late, self)
{
    WEFT_TIMEOUT(self->scope, 0) {
        WEFT_TRY(self->waits, waits, self->way, &a.task, &b.task);
    }
WEFT_FINALLY:
    say("f%d ", WEFT_OUTCOME());
}
WEFT_END

START_TEST(behind_its_deadline_a_set_is_not_waited_for_but_those_that_own_it_clean_up)
{
    static const char *const traces[] = {
        "w-4097@0 f-4098 a0@1 b0@2 ", "a-4097@0 b-4097@0 w-4097@0 f-4098 ",
        "w-4097@0 f-4098 a0@1 b0@2 ", "a-4097@0 b-4097@0 w-4097@0 f-4098 "};
    WEFT_TASK(late) task = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&task, late, (enum way)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(what_has_ended_is_had_behind_the_deadline_too)
{
    static const char *const traces[] = {"w0@1 ", "w0@1 ", "next next w0@1 ", "w0@1 "};
    WEFT_TASK(late) task = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 1);
    ck_assert_int_eq(run(), 0);
    trace[0] = '\0';
    START(&task, late, (enum way)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(strncmp(trace, traces[_i], strlen(traces[_i])), 0);
    ck_assert_str_eq(trace + strlen(traces[_i]), "f0 ");
}
END_TEST

/* A member of the set cancels who waits for it. */
struct attacker {
    WEFT_FRAME;
    weft_task *victim;
};

static WEFT_ASYNC(attacker, self)
{
    say("attacks%d ", weft_task_cancel(self->victim));
}
WEFT_END

START_TEST(a_member_that_cancels_who_waits_and_ends_has_ended)
{
    static const char *const traces[] = {"attacks1 w-4097@0 a0@1 ", "attacks1 a-4097@0 w-4097@0 ",
                                         "attacks1 w-4097@0 a0@1 ", "attacks1 a-4097@0 w0@0 "};
    waits_task task = {0};
    WEFT_TASK(attacker) attacks = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&task, waits, (enum way)_i, &a.task, &attacks.task);
    START(&attacks, attacker, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

/* A task that waits for a set stands in another set. */
START_TEST(a_set_of_sets_ends_one_pass_after_the_other)
{
    waits_task inner = {0}, outer = {0};
    begin_here();
    START(&a, worker, 'a', 1);
    START(&b, worker, 'b', 2);
    START(&c, worker, 'c', 2);
    START(&inner, waits, (enum way)_i, &a.task, &b.task);
    START(&outer, waits, (enum way)_i, &inner.task, &c.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == RACE           ? "a0@1 b-4097@1 w0@1 c-4097@1 w0@1 "
                            : _i == AS_COMPLETED ? "a0@1 next b0@2 c0@2 next w0@2 next next w0@2 "
                                                 : "a0@1 b0@2 c0@2 w0@2 w0@2 ");
}
END_TEST

SUITE(wait_sets)
{
    TEST_EACH(a_prepared_task_that_stands_twice_in_a_set_is_started_once, 2 * WAYS);
    TEST(a_task_may_stand_in_sets_of_every_kind_at_once);
    TEST_EACH(who_is_cancelled_leaves_the_other_sets_of_its_tasks_alone, WAYS);
    TEST(two_that_go_through_the_same_tasks_meet_each_of_them);
    TEST_EACH(the_cleanup_of_a_cancelled_task_may_wait_for_a_set, WAYS);
    TEST_EACH(a_further_request_interrupts_that_wait_as_it_would_one_of_a_body, WAYS);
    TEST_EACH(in_a_shield_a_set_is_waited_for_to_its_end, WAYS);
    TEST_EACH(behind_its_deadline_a_set_is_not_waited_for_but_those_that_own_it_clean_up, WAYS);
    TEST_EACH(what_has_ended_is_had_behind_the_deadline_too, WAYS);
    TEST_EACH(a_member_that_cancels_who_waits_and_ends_has_ended, WAYS);
    TEST_EACH(a_set_of_sets_ends_one_pass_after_the_other, WAYS);
}
