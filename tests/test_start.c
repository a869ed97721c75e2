/* test_start.c - starting a task, and waiting until it is ready. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/start.h>
#include <weft/tree.h>

#include "workers.h"

/* Is ready after some seconds, unless it ends before; serves for some more. */
struct server {
    WEFT_FRAME;
    int begin, serve, status, cleanup; /* begin < 0: it ends without being ready */
    weft_ready ready;
    int port; /* out, once it is ready */
    struct weft_sleep nap;
};

static WEFT_ASYNC(server, self)
{
    if (self->begin != 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->begin < 0 ? -self->begin : self->begin));
    }
    if (self->begin >= 0) {
        self->port = 8080;
        weft_started(&self->ready);
        say("ready@%d ", seconds());
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->serve));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    if (self->cleanup > 0) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(self->cleanup));
    }
    say("s%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

typedef WEFT_TASK(server) server_task;

#define SERVES(...) ((struct server){__VA_ARGS__})

/* Starts a server in a group that has a worker, too; then it waits for some seconds. */
struct starter {
    WEFT_FRAME;
    struct server as;
    bool eager;
    int work, worker_status, after;
    weft_group group;
    server_task slot;
    worker_task worker;
    struct weft_start start;
    struct weft_sleep nap;
};

static WEFT_ASYNC(starter, self)
{
    WEFT_GROUP(self->group, .eager = self->eager) {
        if (self->work > 0) {
            WEFT_SPAWN(&self->group, &self->worker, worker, 'w', self->work,
                       .status = self->worker_status);
        }
        WEFT_CATCH(self->start, weft_start, &self->group,
                   weft_prepare(&self->slot, server, self->as.begin, self->as.serve,
                                self->as.status, self->as.cleanup),
                   &self->slot.frame.ready);
        say("start%d@%d:%d ", WEFT_STATUS(), seconds(), self->slot.frame.port);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->after));
        say("body@%d ", seconds());
    }
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

static WEFT_TASK(starter) starting;

static void start(struct server as)
{
    begin();
    memset(&starting, 0, sizeof starting);
    START(&starting, starter, as);
}

/* Ready. */

START_TEST(it_waits_until_the_task_is_ready_and_its_value_is_in_its_frame)
{
    start(SERVES(.begin = 2, .serve = 3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@2 start0@2:8080 body@2 s0@5 f0@5");
}
END_TEST

START_TEST(once_it_is_ready_the_task_is_one_of_the_group)
{
    start(SERVES(.begin = 2, .serve = 3));
    while (!starting.frame.slot.frame.ready.is_ready) {
        run_one_pass();
    }
    ck_assert_ptr_eq(weft__owner_proper(&starting.frame.slot.task), &starting.frame.group.owner);
    start(SERVES(.begin = 2, .serve = 3, .status = -5));
    starting.frame.after = 9;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@2 start0@2:8080 s-5@5 f-5@5");
    ck_assert_ptr_eq(starting.frame.group.failed, &starting.frame.slot.task);
}
END_TEST

START_TEST(cancelling_the_group_cancels_a_task_that_is_ready)
{
    canceller_task asker = {0};
    start(SERVES(.begin = 2, .serve = 9, .cleanup = 1));
    START(&asker, canceller, &starting.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@2 start0@2:8080 body@2 s-4097@4 f-4097@4");
}
END_TEST

START_TEST(a_task_that_is_ready_in_its_first_step_is_waited_for_too)
{
    start(SERVES(.begin = 0, .serve = 3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@0 start0@0:8080 body@0 s0@3 f0@3");
}
END_TEST

START_TEST(in_an_eager_group_a_task_that_is_ready_at_once_costs_no_wait)
{
    begin();
    memset(&starting, 0, sizeof starting);
    START(&starting, starter, SERVES(.begin = 0, .serve = 3), .eager = true);
    run_one_pass();
    ck_assert_str_eq(trace, "ready@0 start0@0:8080 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@0 start0@0:8080 body@0 s0@3 f0@3");
}
END_TEST

START_TEST(a_task_may_be_ready_and_end_in_one_step)
{
    start(SERVES(.begin = 0, .serve = 0));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@0 start0@0:8080 s0@0 body@0 f0@0");
}
END_TEST

START_TEST(spawned_in_the_ordinary_way_nobody_waits_and_to_be_ready_does_nothing)
{
    server_task slot = {0};
    begin();
    START(&slot, server, .begin = 1, .serve = 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@1 s0@2 ");
    ck_assert(slot.frame.ready.is_ready);
}
END_TEST

/* Not ready. */

START_TEST(a_failure_before_it_is_ready_is_that_of_the_start_alone)
{
    start(SERVES(.begin = -1, .serve = 1, .status = -5));
    starting.frame.work = 3;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-5@2 start-5@2:0 body@2 w0@3 f0@3");
    ck_assert_ptr_null(starting.frame.group.failed);
}
END_TEST

START_TEST(a_failure_before_it_is_ready_has_the_place_where_it_began)
{
    begin();
    memset(&starting, 0, sizeof starting);
    START(&starting, starter, SERVES(.begin = -1, .serve = 1, .status = -5));
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(starting.frame.slot.task.status, -5);
    ck_assert_str_eq(weft_site_name(weft_describe(starting.frame.slot.task.chain.failed_in)),
                     "server");
}
END_TEST

START_TEST(ended_without_being_ready_it_was_not_ready)
{
    start(SERVES(.begin = -1, .serve = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s0@2 start-4113@2:0 body@2 f0@2");
    ck_assert_int_eq(WEFT_ENOTREADY, -4113);
}
END_TEST

START_TEST(cancelled_by_somebody_else_before_it_is_ready_it_was_not_ready)
{
    canceller_task asker = {0};
    start(SERVES(.begin = 9));
    START(&asker, canceller, &starting.frame.slot.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-4097@1 start-4113@1:0 body@1 f0@1");
}
END_TEST

/* The start is cancelled. */

START_TEST(cancelling_the_start_cancels_the_task_and_waits_for_its_cleanup)
{
    canceller_task asker = {0};
    start(SERVES(.begin = 9, .cleanup = 3));
    START(&asker, canceller, &starting.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-4097@4 start-4097@4:0 f-4097@4");
}
END_TEST

START_TEST(a_cancellation_is_handed_down_once)
{
    canceller_task first = {0}, second = {0};
    start(SERVES(.begin = 9, .cleanup = 3));
    START(&first, canceller, &starting.task, WEFT_S(1));
    START(&second, canceller, &starting.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-4097@4 start-4097@4:0 f-4097@4");
}
END_TEST

START_TEST(cancelled_after_the_task_was_ready_and_before_it_runs_it_has_happened)
{
    start(SERVES(.begin = 0, .serve = 9));
    run_one_pass();
    run_one_pass(); /* ready */
    ck_assert_str_eq(trace, "ready@0 ");
    ck_assert(weft_task_cancel(&starting.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@0 start0@0:8080 s-4097@0 f-4097@0");
}
END_TEST

START_TEST(cancelled_before_the_task_is_ready_in_the_same_pass_it_did_not_happen)
{
    start(SERVES(.begin = 0, .serve = 9, .cleanup = 2));
    run_one_pass();                              /* the task is ready to begin */
    ck_assert(weft_task_cancel(&starting.task)); /* behind it */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@0 s-4097@2 start-4097@2:8080 f-4097@2");
}
END_TEST

struct late {
    WEFT_FRAME;
    weft_ready ready;
    struct weft_sleep nap;
};

/* Says that it is ready when it is cancelled. */
static WEFT_ASYNC(late, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
WEFT_FINALLY:
    weft_started(&self->ready);
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(2));
    say("late%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct starts_late {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(late) slot;
    struct weft_start start;
};

static WEFT_ASYNC(starts_late, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CATCH(self->start, weft_start, &self->group, weft_prepare(&self->slot, late),
                   &self->slot.frame.ready);
        say("start%d@%d", WEFT_STATUS(), seconds());
    }
}
WEFT_END

START_TEST(to_be_ready_in_the_cleanup_of_a_start_that_was_cancelled_is_too_late)
{
    WEFT_TASK(starts_late) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, starts_late);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "late-4097@3 start-4097@3");
}
END_TEST

START_TEST(a_failure_in_the_cleanup_beats_cancelled)
{
    canceller_task asker = {0};
    start(SERVES(.begin = -1, .serve = 0, .status = -5, .cleanup = 3));
    START(&asker, canceller, &starting.task, WEFT_S(2)); /* it is in its cleanup */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s-5@2 start-5@2:0 f-4097@2");
}
END_TEST

/* The group. */

START_TEST(a_failing_sibling_cancels_the_start_in_the_body)
{
    start(SERVES(.begin = 9, .cleanup = 1));
    starting.frame.work = 2;
    starting.frame.worker_status = -5;
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "w-5@2 s-4097@3 start-4097@3:0 f-5@3");
}
END_TEST

/* One task has the group, another starts a server in it. */
static weft_group *house;

struct landlord {
    WEFT_FRAME;
    int stays;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(landlord, self)
{
    WEFT_GROUP(self->group) {
        house = &self->group;
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->stays));
        say("leaving@%d ", seconds());
    }
WEFT_FINALLY:
    say("landlord%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct tenant {
    WEFT_FRAME;
    struct server as;
    server_task slot;
    struct weft_start start;
    struct weft_join join;
};

static WEFT_ASYNC(tenant, self)
{
    WEFT_CATCH(self->start, weft_start, house,
               weft_prepare(&self->slot, server, self->as.begin, self->as.serve, self->as.status,
                            self->as.cleanup),
               &self->slot.frame.ready);
    say("start%d@%d ", WEFT_STATUS(), seconds());
    if (WEFT_STATUS() == 0) {
        WEFT_CATCH(self->join, weft_join, &self->slot.task);
    }
}
WEFT_END

static WEFT_TASK(landlord) owner;
static WEFT_TASK(tenant) guest;

static void let(int stays, struct server as)
{
    begin();
    memset(&owner, 0, sizeof owner);
    memset(&guest, 0, sizeof guest);
    START(&owner, landlord, stays);
    START(&guest, tenant, as);
}

START_TEST(a_group_does_not_end_while_a_task_is_started_for_it)
{
    let(1, SERVES(.begin = 3, .serve = 2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "leaving@1 ready@3 start0@3 s0@5 landlord0@5 ");
}
END_TEST

START_TEST(a_group_ends_when_a_task_that_was_started_for_it_has_failed)
{
    let(1, SERVES(.begin = -3, .serve = 1, .status = -5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "leaving@1 s-5@4 start-5@4 landlord0@4 ");
}
END_TEST

START_TEST(a_group_that_was_cancelled_meanwhile_cancels_the_task_when_it_is_ready)
{
    canceller_task asker = {0};
    let(9, SERVES(.begin = 3, .serve = 9, .cleanup = 1));
    START(&asker, canceller, &owner.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ready@3 start0@3 s-4097@4 landlord-4097@4 ");
}
END_TEST

START_TEST(a_group_that_takes_no_further_tasks_takes_none_here)
{
    worker_task worker_slot = {0};
    begin();
    memset(&owner, 0, sizeof owner);
    memset(&guest, 0, sizeof guest);
    START(&owner, landlord, 1);
    run_one_pass();
    if (_i == 0) { /* cancelled, but it waits for a task */
        started(weft_spawn(house, &worker_slot, worker, 'w', 9, .cleanup = 2));
        run_one_pass();
        weft_group_cancel(house);
    } else {
        ck_assert_int_eq(run(), 0);
    }
    START(&guest, tenant, SERVES(.begin = 1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "start-4097@0 w-4097@2 landlord0@2 "
                                    : "leaving@1 landlord0@1 start-4111@1 ");
    ck_assert(weft_task_is_done(&guest.frame.slot.task));
}
END_TEST

struct watcher {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(watcher, self)
{
    WEFT_CATCH(self->join, weft_join, self->task);
    say("joined%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(who_joins_the_task_before_it_is_ready_is_told_of_its_end_all_the_same)
{
    WEFT_TASK(watcher) one = {0}, other = {0};
    start(SERVES(.begin = 2, .serve = 3));
    run_one_pass();
    START(&one, watcher, &starting.frame.slot.task);
    if (_i == 1) {
        START(&other, watcher, &starting.frame.slot.task);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "ready@2 start0@2:8080 body@2 s0@5 joined0@5 f0@5"
                                    : "ready@2 start0@2:8080 body@2 s0@5 joined0@5 joined0@5 f0@5");
}
END_TEST

START_TEST(a_task_that_is_not_yet_ready_is_seen_below_the_one_that_starts_it)
{
    weft_task_walk walk;
    start(SERVES(.begin = 2, .serve = 3));
    run_one_pass();
    walk = weft_all_tasks(&executor.core);
    ck_assert(weft_next_task(&walk));
    ck_assert_ptr_eq(walk.task, &starting.task);
    ck_assert(weft_next_task(&walk));
    ck_assert_ptr_eq(walk.task, &starting.frame.slot.task);
    ck_assert(!weft_next_task(&walk));
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* Misuse. */

struct twice {
    WEFT_FRAME;
    weft_ready ready;
};

static WEFT_ASYNC(twice, self)
{
    weft_started(&self->ready);
    weft_started(&self->ready);
}
WEFT_END

START_TEST(to_be_ready_twice_stops)
{
    WEFT_TASK(twice) task = {0};
    begin();
    START(&task, twice);
    (void)run();
}
END_TEST

struct forgetful {
    WEFT_FRAME;
    server_task slot;
    struct weft_start start;
};

static WEFT_ASYNC(forgetful, self)
{
    WEFT_TRY(self->start, weft_start, &executor.group, weft_prepare(&self->slot, server));
}
WEFT_END

START_TEST(a_forgotten_argument_stops)
{
    WEFT_TASK(forgetful) task = {0};
    begin();
    START(&task, forgetful);
    (void)run();
}
END_TEST

struct unprepared {
    WEFT_FRAME;
    server_task slot;
    struct weft_start start;
};

static WEFT_ASYNC(unprepared, self)
{
    WEFT_TRY(self->start, weft_start, &executor.group, &self->slot.task, &self->slot.frame.ready);
}
WEFT_END

START_TEST(a_task_that_was_not_prepared_stops)
{
    WEFT_TASK(unprepared) task = {0};
    begin();
    START(&task, unprepared);
    (void)run();
}
END_TEST

/* Every order, and a cancellation at every place. */

static weft_test test;

struct explored_child {
    WEFT_FRAME;
    weft_ready ready;
    struct weft_sleep nap;
};

static WEFT_ASYNC(explored_child, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_started(&self->ready);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

struct explored {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(explored_child) child;
    struct weft_start start;
};

static WEFT_ASYNC(explored, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CATCH(self->start, weft_start, &self->group,
                   weft_prepare(&self->child, explored_child), &self->child.frame.ready);
        /* Either it is ready, and a task of the group, or it has ended. */
        if ((WEFT_STATUS() == 0) != self->start.is_ready ||
            (WEFT_STATUS() < 0 && weft_task_is_running(&self->child.task)) ||
            self->group.starting > 0) {
            weft_test_fail(&test, "neither nor", NULL);
        }
    }
}
WEFT_END

static void explore(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, explored);
}

START_TEST(in_every_schedule_and_cancelled_at_every_place_it_is_ready_or_has_ended)
{
    weft_test_init(&test, NULL);
    ck_assert_int_ge(weft_test_schedules(&test, 1000, explore, NULL), 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, explore, NULL), 8);
}
END_TEST

SUITE_TOGETHER(start)
{
    TEST(it_waits_until_the_task_is_ready_and_its_value_is_in_its_frame);
    TEST(once_it_is_ready_the_task_is_one_of_the_group);
    TEST(cancelling_the_group_cancels_a_task_that_is_ready);
    TEST(a_task_that_is_ready_in_its_first_step_is_waited_for_too);
    TEST(in_an_eager_group_a_task_that_is_ready_at_once_costs_no_wait);
    TEST(a_task_may_be_ready_and_end_in_one_step);
    TEST(spawned_in_the_ordinary_way_nobody_waits_and_to_be_ready_does_nothing);
    TEST(a_failure_before_it_is_ready_is_that_of_the_start_alone);
    TEST(a_failure_before_it_is_ready_has_the_place_where_it_began);
    TEST(ended_without_being_ready_it_was_not_ready);
    TEST(cancelled_by_somebody_else_before_it_is_ready_it_was_not_ready);
    TEST(cancelling_the_start_cancels_the_task_and_waits_for_its_cleanup);
    TEST(a_cancellation_is_handed_down_once);
    TEST(cancelled_after_the_task_was_ready_and_before_it_runs_it_has_happened);
    TEST(cancelled_before_the_task_is_ready_in_the_same_pass_it_did_not_happen);
    TEST(to_be_ready_in_the_cleanup_of_a_start_that_was_cancelled_is_too_late);
    TEST(a_failure_in_the_cleanup_beats_cancelled);
    TEST(a_failing_sibling_cancels_the_start_in_the_body);
    TEST(a_group_does_not_end_while_a_task_is_started_for_it);
    TEST(a_group_ends_when_a_task_that_was_started_for_it_has_failed);
    TEST(a_group_that_was_cancelled_meanwhile_cancels_the_task_when_it_is_ready);
    TEST_EACH(a_group_that_takes_no_further_tasks_takes_none_here, 2);
    TEST_EACH(who_joins_the_task_before_it_is_ready_is_told_of_its_end_all_the_same, 2);
    TEST(a_task_that_is_not_yet_ready_is_seen_below_the_one_that_starts_it);
    TEST_STOPS(to_be_ready_twice_stops);
    TEST_STOPS(a_forgotten_argument_stops);
    TEST_STOPS(a_task_that_was_not_prepared_stops);
    TEST(in_every_schedule_and_cancelled_at_every_place_it_is_ready_or_has_ended);
}
