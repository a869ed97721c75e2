/* test_group_requests.c - what stands of requests behind a group, and what is none. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"
#include <weft/join.h>

static worker_task a, b;

static void begin_here(void)
{
    begin();
    a = b = (worker_task){0};
}

/* A group of a and b; the body waits for as long as it is told. */
struct group_of_two {
    WEFT_FRAME;
    struct worker first, second; /* in: how they work */
    int body, status;            /* in: seconds; how the body is left */
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(group_of_two, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &a, worker, 'a', self->first.work, self->first.cleanup,
                   self->first.status);
        WEFT_SPAWN(&self->group, &b, worker, 'b', self->second.work, self->second.cleanup,
                   self->second.status);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->body));
        WEFT_CHECK(self->status);
    }
    say("behind ");
}
WEFT_END

#define WORKS(...) ((struct worker){__VA_ARGS__})

/* Calls it, handles the failure, and goes on. */
struct calls {
    WEFT_FRAME;
    struct group_of_two in;
    union {
        struct group_of_two group;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(calls, self)
{
    WEFT_CATCH(self->group, group_of_two, self->in.first, self->in.second, self->in.body,
               self->in.status);
    say("%d,%d ", WEFT_STATUS(), weft_cancelling(WEFT_SELF()));
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("on@%d", seconds());
}
WEFT_END

typedef WEFT_TASK(calls) calls_task;

static void start_call(calls_task *task, struct worker first, struct worker second, int body,
                       int status)
{
    begin_here();
    START(task, calls, .in = {.first = first, .second = second, .body = body, .status = status});
}

START_TEST(a_group_that_failed_leaves_no_request_behind)
{
    calls_task task = {0};
    start_call(&task, WORKS(.work = 1, .status = -5), WORKS(.work = 9), 9, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@1 -5,0 on@2");
}
END_TEST

START_TEST(a_request_from_outside_stands_behind_a_group_that_failed_in_the_same_pass)
{
    calls_task task = {0};
    canceller_task cancels = {0};
    start_call(&task, WORKS(.work = 1, .status = -5), WORKS(.work = 9), 9, 0);
    START(&cancels, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@1 -5,1 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_child_that_says_cancelled_by_itself_is_no_failure)
{
    calls_task task = {0};
    start_call(&task, WORKS(.work = 1, .status = WEFT_ECANCELED), WORKS(.work = 2), 1, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 b0@2 behind 0,0 on@3");
}
END_TEST

START_TEST(a_body_that_says_cancelled_by_itself_cancels_the_children_and_leaves_with_that)
{
    calls_task task = {0};
    start_call(&task, WORKS(.work = 9), WORKS(.work = 9), 1, WEFT_ECANCELED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 b-4097@1 -4097,0 on@2");
}
END_TEST

struct limited {
    WEFT_FRAME;
    weft_scope scope;
    struct group_of_two group;
};

static WEFT_ASYNC(limited, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_S(1)) {
        WEFT_TRY(self->group, group_of_two, WORKS(.work = 1, .status = -5), WORKS(.work = 9), 9);
    }
WEFT_FINALLY:
    say("f%d,%d", WEFT_OUTCOME(), self->scope.expired);
}
WEFT_END

START_TEST(a_deadline_around_a_group_that_fires_before_its_children_wake_takes_their_wakes_back)
{
    WEFT_TASK(limited) task = {0};
    begin_here();
    START(&task, limited);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097@1 b-4097@1 f-4098,1");
}
END_TEST

/* Its body swallows a request and takes it back. */
struct swallows {
    WEFT_FRAME;
    bool takes_back;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(swallows, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &a, worker, 'a', 3);
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(9));
        say("%d ", WEFT_STATUS());
        if (self->takes_back) {
            say("%d ", weft_uncancel(WEFT_SELF()));
        }
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    say("behind%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(a_body_that_takes_the_request_back_keeps_its_children)
{
    WEFT_TASK(swallows) task = {0};
    begin_here();
    START(&task, swallows, true);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 0 0@1 a0@3 behind0 ");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

START_TEST(a_body_that_only_swallows_it_hands_it_down_at_the_end_of_the_block)
{
    WEFT_TASK(swallows) task = {0};
    begin_here();
    START(&task, swallows, false);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 -4097@0 a-4097@0 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* Cancels its group several times, from the body and from a child. */
struct cancels_often {
    WEFT_FRAME;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels_often, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &a, worker, 'a', 9, .cleanup = 2);
        WEFT_TRY(self->nap, weft_sleep, 0);
        weft_group_cancel(&self->group);
        weft_group_cancel(&self->group);
        say("%d ", weft_cancelling(&a.task));
        WEFT_CATCH(self->nap, weft_sleep, 0);
        weft_group_cancel(&self->group);
        say("%d ", weft_cancelling(&a.task));
    }
    say("behind@%d ", seconds());
}
WEFT_END

START_TEST(cancelled_often_a_group_asks_its_children_once)
{
    WEFT_TASK(cancels_often) task = {0};
    begin_here();
    START(&task, cancels_often);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 1 a-4097@2 behind@2 ");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

/* Finishes in a shield what it has begun. */
struct finishes {
    WEFT_FRAME;
    char name;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(finishes, self)
{
    WEFT_SHIELD(self->shield, 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
    }
    say("%c@%d ", self->name, seconds());
}
WEFT_END

struct with_a_shield {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(finishes) slot;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(with_a_shield, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->slot, finishes, 's');
        WEFT_SPAWN(&self->group, &a, worker, 'a', 1, .status = -5);
        WEFT_SHIELD(self->shield, 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
            say("body@%d ", seconds());
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("not here ");
    }
}
WEFT_END

START_TEST(a_group_that_failed_waits_for_what_is_shielded_in_it)
{
    WEFT_TASK(with_a_shield) task = {0};
    begin_here();
    START(&task, with_a_shield);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 s@2 body@3 ");
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

/* A group in a cleanup, whose child fails. */
struct cleans_up {
    WEFT_FRAME;
    int status;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleans_up, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &a, worker, 'a', 1, .status = -5);
        WEFT_SPAWN(&self->group, &b, worker, 'b', 9);
    }
    say("not here ");
}
WEFT_END

START_TEST(a_group_that_fails_in_a_cleanup_is_the_outcome_only_where_the_body_did_not_fail)
{
    WEFT_TASK(cleans_up) task = {0};
    begin_here();
    START(&task, cleans_up, _i == 0 ? 0 : -7);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@2 b-4097@2 ");
    ck_assert_int_eq(task.task.status, _i == 0 ? -5 : -7);
}
END_TEST

START_TEST(cancelled_a_task_has_the_whole_group_of_its_cleanup_and_stays_cancelled)
{
    WEFT_TASK(cleans_up) task = {0};
    begin_here();
    START(&task, cleans_up);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-5@1 b-4097@1 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

/* What is only prepared. */

START_TEST(what_is_only_prepared_cannot_be_cancelled)
{
    begin_here();
    weft_prepare(&a, worker, 'a', 1);
    ck_assert(!weft_task_cancel(&a.task));
    ck_assert_int_eq(weft_cancelling(&a.task), 0);
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &a.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 ");
}
END_TEST

SUITE(group_requests)
{
    TEST(a_group_that_failed_leaves_no_request_behind);
    TEST(a_request_from_outside_stands_behind_a_group_that_failed_in_the_same_pass);
    TEST(a_child_that_says_cancelled_by_itself_is_no_failure);
    TEST(a_body_that_says_cancelled_by_itself_cancels_the_children_and_leaves_with_that);
    TEST(a_deadline_around_a_group_that_fires_before_its_children_wake_takes_their_wakes_back);
    TEST(a_body_that_takes_the_request_back_keeps_its_children);
    TEST(a_body_that_only_swallows_it_hands_it_down_at_the_end_of_the_block);
    TEST(cancelled_often_a_group_asks_its_children_once);
    TEST(a_group_that_failed_waits_for_what_is_shielded_in_it);
    TEST_EACH(a_group_that_fails_in_a_cleanup_is_the_outcome_only_where_the_body_did_not_fail, 2);
    TEST(cancelled_a_task_has_the_whole_group_of_its_cleanup_and_stays_cancelled);
    TEST(what_is_only_prepared_cannot_be_cancelled);
}
