/* test_scope.c - who asked a task to stop, and what of it the task has acknowledged. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"

/* Cancels a task, and says so, `times` times after `after`. */
struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    int times;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    do {
        (void)weft_task_cancel(self->victim);
    } while (--self->times > 0);
}
WEFT_END

typedef WEFT_TASK(canceller) canceller_task;

/* Sleeps for 10 seconds; its cleanup takes `cleanup` seconds. */
struct sleeper {
    WEFT_FRAME;
    int cleanup;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    say("in ");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
    say("slept@%d ", seconds());
WEFT_FINALLY:
    if (self->cleanup > 0) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(self->cleanup));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

/* The body. */

START_TEST(a_cancel_undoes_the_wait_under_way)
{
    WEFT_TASK(sleeper) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, sleeper);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in f-4097");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(seconds(), 1);
}
END_TEST

START_TEST(cancelled_before_its_start_a_task_runs_only_its_finally)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper, .cleanup = 1);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@1 f-4097");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct plain {
    WEFT_FRAME;
};

static WEFT_ASYNC(plain, self)
{
    say("ran");
}
WEFT_END

START_TEST(cancelled_before_its_start_a_task_without_finally_does_nothing)
{
    WEFT_TASK(plain) task = {0};
    begin();
    START(&task, plain);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(a_request_that_is_taken_back_before_the_start_leaves_no_trace)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(weft_uncancel(&task.task), 1);
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in slept@10 f0");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

START_TEST(with_one_of_two_requests_taken_back_before_the_start_it_stays_cancelled)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(weft_uncancel(&task.task), 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4097");
}
END_TEST

START_TEST(a_task_that_has_ended_cannot_be_cancelled)
{
    WEFT_TASK(plain) task = {0};
    begin();
    START(&task, plain);
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_task_cancel(&task.task));
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

START_TEST(a_zeroed_task_cannot_be_cancelled)
{
    weft_task task = {0};
    ck_assert(!weft_task_cancel(&task));
}
END_TEST

START_TEST(two_requests_before_it_runs_undo_one_wait)
{
    WEFT_TASK(sleeper) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, sleeper, .cleanup = 2);
    START(&asker, canceller, &task.task, WEFT_S(1), .times = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in 0@3 f-4097");
}
END_TEST

START_TEST(requests_are_counted_and_taken_back_one_by_one)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper);
    ck_assert_int_eq(weft_cancelling(&task.task), 0);
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    (void)weft_task_cancel(&task.task);
    (void)weft_task_cancel(&task.task);
    ck_assert_int_eq(weft_cancelling(&task.task), 2);
    ck_assert_int_eq(weft_uncancel(&task.task), 1);
    ck_assert_int_eq(weft_cancelling(&task.task), 1);
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* Cancels itself, then awaits what is done, then what is not. */
struct own_victim {
    WEFT_FRAME;
    struct plain plain;
    struct weft_sleep nap;
};

static WEFT_ASYNC(own_victim, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->plain, plain);
    say(" on ");
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("never");
}
WEFT_END

START_TEST(a_task_that_cancels_itself_passes_what_does_not_wait)
{
    WEFT_TASK(own_victim) task = {0};
    begin();
    START(&task, own_victim);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ran on ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct finisher {
    WEFT_FRAME;
};

static WEFT_ASYNC(finisher, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_RETURN(0);
}
WEFT_END

START_TEST(a_task_that_finishes_although_it_was_asked_to_stop_has_finished)
{
    WEFT_TASK(finisher) task = {0};
    begin();
    START(&task, finisher);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

/* How a loop meets a cancellation. */

enum await { LOOP_CATCHES, LOOP_AWAITS, LOOP_TRIES };

struct looper {
    WEFT_FRAME;
    enum await how;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(looper, self)
{
    for (self->i = 0; self->i < 4; self->i++) {
        if (self->how == LOOP_CATCHES) {
            WEFT_CATCH(self->nap, weft_sleep, WEFT_S(2));
        } else if (self->how == LOOP_AWAITS) {
            WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(2));
        } else {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        }
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
}
WEFT_END

START_TEST(try_and_await_leave_a_loop_that_catch_stays_in_with_every_wait_refused)
{
    const char *const traces[] = {"0@2 -4097@3 -4097@3 -4097@3 ", "0@2 ", "0@2 "};
    const int statuses[] = {0, WEFT_ECANCELED, WEFT_ECANCELED};
    WEFT_TASK(looper) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, looper, (enum await)_i);
    START(&asker, canceller, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(task.task.status, statuses[_i]);
}
END_TEST

struct foreign {
    WEFT_FRAME;
    weft_task *other;
    struct weft_join join;
};

static WEFT_ASYNC(foreign, self)
{
    WEFT_AWAIT(self->join, weft_join, self->other);
    say(" on%d", WEFT_STATUS());
}
WEFT_END

START_TEST(await_goes_on_when_it_was_another_task_that_was_cancelled)
{
    WEFT_TASK(sleeper) task = {0};
    WEFT_TASK(foreign) joiner = {0};
    canceller_task asker = {0};
    begin();
    START(&task, sleeper);
    START(&joiner, foreign, &task.task);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in f-4097 on-4097");
    ck_assert_int_eq(joiner.task.status, 0);
}
END_TEST

struct forgiven {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(forgiven, self)
{
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(10));
    say("%d@%d ", WEFT_STATUS(), seconds());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(cancelled_and_taken_back_before_it_runs_the_wait_is_undone_but_await_goes_on)
{
    WEFT_TASK(forgiven) task = {0};
    begin();
    START(&task, forgiven);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@0 0@1");
}
END_TEST

struct forgives_itself {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(forgives_itself, self)
{
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(10));
    say("%d ", WEFT_STATUS());
    while (weft_uncancel(WEFT_SELF()) > 0) {
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d ", WEFT_STATUS(), seconds());
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    say("%d", WEFT_STATUS());
}
WEFT_END

START_TEST(taken_back_the_task_may_wait_again_and_be_cancelled_again)
{
    WEFT_TASK(forgives_itself) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, forgives_itself);
    START(&asker, canceller, &task.task, WEFT_S(1), .times = 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 0@2 -4097");
}
END_TEST

/* The cleanup. */

START_TEST(the_cleanup_of_a_cancelled_task_may_wait)
{
    WEFT_TASK(sleeper) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, sleeper, .cleanup = 5);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in 0@6 f-4097");
}
END_TEST

/* Cleans up in three waits of two seconds. */
struct tidy {
    WEFT_FRAME;
    int status; /* how the body ends, after 2 seconds */
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tidy, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(2));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    say("f%d ", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_further_request_interrupts_one_wait_of_the_cleanup)
{
    WEFT_TASK(tidy) task = {0};
    canceller_task first = {0}, second = {0};
    begin();
    START(&task, tidy);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@2 0@4 0@6 f-4097 ");
}
END_TEST

START_TEST(two_further_requests_at_once_interrupt_one_wait_of_the_cleanup)
{
    WEFT_TASK(tidy) task = {0};
    canceller_task first = {0}, second = {0};
    begin();
    START(&task, tidy);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2), .times = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@2 0@4 0@6 f-4097 ");
}
END_TEST

START_TEST(each_further_request_interrupts_a_wait_of_the_cleanup)
{
    WEFT_TASK(tidy) task = {0};
    canceller_task first = {0}, second = {0}, third = {0};
    begin();
    START(&task, tidy);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2));
    START(&third, canceller, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@2 -4097@3 0@5 f-4097 ");
}
END_TEST

START_TEST(the_first_request_in_a_cleanup_interrupts_one_wait_and_not_the_outcome)
{
    const int status = _i == 0 ? 0 : -5;
    char expected[64];
    WEFT_TASK(tidy) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, tidy, status);
    START(&asker, canceller, &task.task, WEFT_S(3));
    ck_assert_int_eq(run(), 0);
    (void)snprintf(expected, sizeof expected, "-4097@3 0@5 0@7 f%d ", status);
    ck_assert_str_eq(trace, expected);
    ck_assert_int_eq(task.task.status, status);
}
END_TEST

struct tries_in_cleanup {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tries_in_cleanup, self)
{
    WEFT_RETURN(0);
WEFT_FINALLY:
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
    say("never");
}
WEFT_END

START_TEST(a_try_that_is_interrupted_in_the_cleanup_ends_it_cancelled)
{
    WEFT_TASK(tries_in_cleanup) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, tries_in_cleanup);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct cancels_itself_in_cleanup {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels_itself_in_cleanup, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d ", WEFT_STATUS(), seconds());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_cleanup_that_cancels_its_own_task_has_one_wait_refused)
{
    WEFT_TASK(cancels_itself_in_cleanup) task = {0};
    begin();
    START(&task, cancels_itself_in_cleanup);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@1 0@2 ");
}
END_TEST

/* Chains a -> b -> c. */

struct chain_c {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(chain_c, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("c%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct chain_b {
    WEFT_FRAME;
    struct chain_c c;
    struct weft_sleep nap;
};

static WEFT_ASYNC(chain_b, self)
{
    WEFT_TRY(self->c, chain_c);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("b%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

struct chain_a {
    WEFT_FRAME;
    struct chain_b b;
    struct weft_sleep nap;
};

static WEFT_ASYNC(chain_a, self)
{
    WEFT_TRY(self->b, chain_b);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("a%d@%d ", WEFT_OUTCOME(), seconds());
}
WEFT_END

START_TEST(a_chain_unwinds_innermost_first_and_each_cleanup_may_wait)
{
    WEFT_TASK(chain_a) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, chain_a);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-4097@2 b-4097@3 a-4097@4 ");
}
END_TEST

START_TEST(a_further_request_shortens_each_cleanup_of_the_chain_that_it_concerns)
{
    WEFT_TASK(chain_a) task = {0};
    canceller_task first = {0}, second = {0};
    begin();
    START(&task, chain_a);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_MS(2500)); /* in the cleanup of b */
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c-4097@2 b-4097@2 a-4097@3 ");
}
END_TEST

/* A callee that swallows; its caller still sees the cancellation. */
struct swallower {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(swallower, self)
{
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(100));
    WEFT_RETURN(0);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("s%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

struct calls_swallower {
    WEFT_FRAME;
    struct swallower inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(calls_swallower, self)
{
    WEFT_TRY(self->inner, swallower);
    say("on ");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("never");
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(the_caller_of_one_that_swallows_still_finds_the_cancellation_pending)
{
    WEFT_TASK(calls_swallower) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, calls_swallower);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s0@2 on f-4097");
}
END_TEST

START_TEST(taken_back_during_the_cleanup_of_the_callee_the_caller_may_wait_again)
{
    WEFT_TASK(calls_swallower) task = {0};
    begin();
    START(&task, calls_swallower);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "s0@1 on neverf0");
}
END_TEST

/* A cleanup that calls one with a cleanup of its own. */
struct cleanup_calls {
    WEFT_FRAME;
    struct tidy tidy;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleanup_calls, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_AWAIT(self->tidy, tidy);
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(what_a_cleanup_calls_is_not_cancelled_by_what_was_noted)
{
    WEFT_TASK(cleanup_calls) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, cleanup_calls);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@5 0@7 0@9 f0 0@10");
}
END_TEST

START_TEST(a_further_request_in_the_body_of_what_a_cleanup_calls_interrupts_one_wait)
{
    WEFT_TASK(cleanup_calls) task = {0};
    canceller_task first = {0}, second = {0};
    begin();
    START(&task, cleanup_calls);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@4 0@6 0@8 f-4097 0@9");
}
END_TEST

/* Scopes. */

enum where { OUTER, INNER };

struct two_scopes {
    WEFT_FRAME;
    weft_scope outer, inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(two_scopes, self)
{
    WEFT_MOVE_ON(self->outer, WEFT_FOREVER) {
        WEFT_MOVE_ON(self->inner, WEFT_FOREVER) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
            say("slept ");
        }
        say("inner%d ", WEFT_STATUS());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
        say("slept ");
    }
    say("outer%d", WEFT_STATUS());
}
WEFT_END

START_TEST(cancelling_a_scope_leaves_that_scope_quietly)
{
    const char *const traces[] = {"outer-4097", "inner-4097 slept outer0"};
    WEFT_TASK(two_scopes) task = {0};
    begin();
    START(&task, two_scopes);
    run_one_pass();
    weft_scope_cancel(_i == OUTER ? &task.frame.outer : &task.frame.inner);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert_int_eq(task.task.status, 0);
    ck_assert(!task.frame.outer.expired && !task.frame.inner.expired);
}
END_TEST

START_TEST(where_two_scopes_are_cancelled_at_once_the_outer_one_absorbs)
{
    WEFT_TASK(two_scopes) task = {0};
    begin();
    START(&task, two_scopes);
    run_one_pass();
    weft_scope_cancel(_i == 0 ? &task.frame.inner : &task.frame.outer);
    weft_scope_cancel(_i == 0 ? &task.frame.outer : &task.frame.inner);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "outer-4097");
}
END_TEST

START_TEST(a_request_on_the_task_goes_through_every_scope)
{
    WEFT_TASK(two_scopes) task = {0};
    begin();
    START(&task, two_scopes);
    run_one_pass();
    weft_scope_cancel(&task.frame.inner);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(cancelling_a_scope_that_was_never_entered_does_nothing)
{
    weft_scope scope = {0};
    weft_scope_cancel(&scope);
    ck_assert(!scope.expired);
}
END_TEST

START_TEST(cancelling_a_scope_that_was_left_does_nothing)
{
    WEFT_TASK(two_scopes) task = {0};
    begin();
    START(&task, two_scopes);
    run_one_pass();
    weft_scope_cancel(&task.frame.inner);
    run_one_pass();
    weft_scope_cancel(&task.frame.inner);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "inner-4097 slept outer0");
}
END_TEST

struct refused_in_scope {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(refused_in_scope, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_FOREVER) {
        weft_scope_cancel(&self->scope);
        WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
        say("%d ", WEFT_STATUS());
        WEFT_CATCH(self->nap, weft_sleep, 0);
        say("%d ", WEFT_STATUS());
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(in_a_cancelled_scope_every_wait_is_refused_until_it_is_left)
{
    WEFT_TASK(refused_in_scope) task = {0};
    begin();
    START(&task, refused_in_scope);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 -4097 0@1");
}
END_TEST

/* A scope that is opened in a cleanup works as in a body. */
struct scope_in_cleanup {
    WEFT_FRAME;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(scope_in_cleanup, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_MOVE_ON(self->scope, WEFT_FOREVER) {
        weft_scope_cancel(&self->scope);
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        say("%d ", WEFT_STATUS());
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        say("%d ", WEFT_STATUS());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("never");
    }
    say("moved%d ", WEFT_STATUS());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d f%d", WEFT_STATUS(), seconds(), WEFT_OUTCOME());
}
WEFT_END

START_TEST(in_a_cancelled_scope_of_the_cleanup_every_wait_is_refused)
{
    WEFT_TASK(scope_in_cleanup) task = {0};
    begin();
    START(&task, scope_in_cleanup);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 -4097 moved-4097 0@1 f-4097");
}
END_TEST

/* A scope from outside is cancelled while the cleanup inside of it runs. */
struct scope_around {
    WEFT_FRAME;
    weft_scope scope;
    struct tidy tidy;
    struct weft_sleep nap;
};

static WEFT_ASYNC(scope_around, self)
{
    WEFT_MOVE_ON(self->scope, WEFT_FOREVER) {
        WEFT_AWAIT(self->tidy, tidy, -5);
        say("on%d ", WEFT_STATUS());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("never");
    }
    say("behind%d@%d", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_scope_from_outside_interrupts_one_wait_of_the_cleanup_and_then_its_own_body)
{
    WEFT_TASK(scope_around) task = {0};
    begin();
    START(&task, scope_around);
    run_one_pass(); /* parked in the body */
    run_one_pass(); /* 2 seconds later: in the cleanup */
    weft_scope_cancel(&task.frame.scope);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@2 0@4 0@6 f-5 on-5 behind-4097@6");
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

START_TEST(asked_again_a_scope_from_outside_interrupts_one_more_wait_of_the_cleanup)
{
    WEFT_TASK(scope_around) task = {0};
    begin();
    START(&task, scope_around);
    run_one_pass();
    run_one_pass();
    weft_scope_cancel(&task.frame.scope);
    run_one_pass();
    weft_scope_cancel(&task.frame.scope);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097@2 -4097@2 0@4 f-5 on-5 behind-4097@4");
}
END_TEST

/* Shields. */

struct shielded {
    WEFT_FRAME;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shielded, self)
{
    WEFT_SHIELD(self->shield, 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("%d@%d ", WEFT_STATUS(), seconds());
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    say("behind ");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
    say("never");
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(into_a_shield_no_cancellation_comes_and_the_first_wait_behind_meets_it)
{
    WEFT_TASK(shielded) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, shielded);
    START(&asker, canceller, &task.task, WEFT_S(1));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@5 0@10 behind f-4097");
}
END_TEST

struct shield_entered_cancelled {
    WEFT_FRAME;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shield_entered_cancelled, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_SHIELD(self->shield, 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("never");
}
WEFT_END

START_TEST(a_cancelled_task_may_wait_inside_a_shield)
{
    WEFT_TASK(shield_entered_cancelled) task = {0};
    begin();
    START(&task, shield_entered_cancelled);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@1 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct inside_shield {
    WEFT_FRAME;
    weft_scope outer, shield, inner;
    struct weft_sleep nap;
};

static WEFT_ASYNC(inside_shield, self)
{
    WEFT_MOVE_ON(self->outer, WEFT_FOREVER) {
        WEFT_SHIELD(self->shield, 0) {
            WEFT_MOVE_ON(self->inner, WEFT_FOREVER) {
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
                say("slept@%d ", seconds());
            }
            say("inner%d ", WEFT_STATUS());
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        say("slept@%d ", seconds());
    }
    say("outer%d", WEFT_STATUS());
}
WEFT_END

START_TEST(a_shield_keeps_out_what_is_asked_outside_and_not_what_is_asked_inside)
{
    const char *const traces[] = {"slept@2 inner0 outer-4097", "inner-4097 slept@2 outer0",
                                  "inner-4097 outer-4097"};
    WEFT_TASK(inside_shield) task = {0};
    begin();
    START(&task, inside_shield);
    run_one_pass();
    if (_i != 1) {
        weft_scope_cancel(&task.frame.outer);
    }
    if (_i != 0) {
        weft_scope_cancel(&task.frame.inner);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

struct shield_in_cleanup {
    WEFT_FRAME;
    weft_scope shield;
    struct weft_sleep nap;
};

static WEFT_ASYNC(shield_in_cleanup, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_SHIELD(self->shield, 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
        say("%d@%d ", WEFT_STATUS(), seconds());
    }
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d ", WEFT_STATUS(), seconds());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_shield_in_a_cleanup_keeps_further_requests_for_the_wait_behind_it)
{
    WEFT_TASK(shield_in_cleanup) task = {0};
    canceller_task first = {0}, second = {0};
    begin();
    START(&task, shield_in_cleanup);
    START(&first, canceller, &task.task, WEFT_S(1));
    START(&second, canceller, &task.task, WEFT_S(2));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@3 -4097@3 0@4 ");
}
END_TEST

START_TEST(a_request_taken_back_inside_a_shield_was_never_seen)
{
    WEFT_TASK(shielded) task = {0};
    begin();
    START(&task, shielded);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(weft_uncancel(&task.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0@5 0@10 behind neverf0");
}
END_TEST

/* The end of the numbers. */

START_TEST(a_hundred_thousand_requests_are_still_a_cancellation)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    START(&task, sleeper, .cleanup = 1);
    run_one_pass();
    for (int i = 0; i < SIZED(100000, 1000); i++) {
        ck_assert(weft_task_cancel(&task.task));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "in 0@1 f-4097");
}
END_TEST

struct serial_eater {
    WEFT_FRAME;
    weft_scope scope;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(serial_eater, self)
{
    for (self->i = 0; self->i < SIZED(100000, 1000); self->i++) {
        WEFT_MOVE_ON(self->scope, 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
            say("never");
        }
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    say("on");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(10));
    say("never");
}
WEFT_END

START_TEST(a_hundred_thousand_scopes_that_expire_in_turn_use_up_no_numbers)
{
    WEFT_TASK(serial_eater) task = {0};
    canceller_task asker = {0};
    begin();
    START(&task, serial_eater);
    START(&asker, canceller, &task.task, WEFT_S(5));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "on");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

SUITE_TOGETHER(scope)
{
    TEST(a_cancel_undoes_the_wait_under_way);
    TEST(cancelled_before_its_start_a_task_runs_only_its_finally);
    TEST(cancelled_before_its_start_a_task_without_finally_does_nothing);
    TEST(a_request_that_is_taken_back_before_the_start_leaves_no_trace);
    TEST(with_one_of_two_requests_taken_back_before_the_start_it_stays_cancelled);
    TEST(a_task_that_has_ended_cannot_be_cancelled);
    TEST(a_zeroed_task_cannot_be_cancelled);
    TEST(two_requests_before_it_runs_undo_one_wait);
    TEST(requests_are_counted_and_taken_back_one_by_one);
    TEST(a_task_that_cancels_itself_passes_what_does_not_wait);
    TEST(a_task_that_finishes_although_it_was_asked_to_stop_has_finished);
    TEST_EACH(try_and_await_leave_a_loop_that_catch_stays_in_with_every_wait_refused, 3);
    TEST(await_goes_on_when_it_was_another_task_that_was_cancelled);
    TEST(cancelled_and_taken_back_before_it_runs_the_wait_is_undone_but_await_goes_on);
    TEST(taken_back_the_task_may_wait_again_and_be_cancelled_again);
    TEST(the_cleanup_of_a_cancelled_task_may_wait);
    TEST(a_further_request_interrupts_one_wait_of_the_cleanup);
    TEST(two_further_requests_at_once_interrupt_one_wait_of_the_cleanup);
    TEST(each_further_request_interrupts_a_wait_of_the_cleanup);
    TEST_EACH(the_first_request_in_a_cleanup_interrupts_one_wait_and_not_the_outcome, 2);
    TEST(a_try_that_is_interrupted_in_the_cleanup_ends_it_cancelled);
    TEST(a_cleanup_that_cancels_its_own_task_has_one_wait_refused);
    TEST(a_chain_unwinds_innermost_first_and_each_cleanup_may_wait);
    TEST(a_further_request_shortens_each_cleanup_of_the_chain_that_it_concerns);
    TEST(the_caller_of_one_that_swallows_still_finds_the_cancellation_pending);
    TEST(taken_back_during_the_cleanup_of_the_callee_the_caller_may_wait_again);
    TEST(what_a_cleanup_calls_is_not_cancelled_by_what_was_noted);
    TEST(a_further_request_in_the_body_of_what_a_cleanup_calls_interrupts_one_wait);
    TEST_EACH(cancelling_a_scope_leaves_that_scope_quietly, 2);
    TEST_EACH(where_two_scopes_are_cancelled_at_once_the_outer_one_absorbs, 2);
    TEST(a_request_on_the_task_goes_through_every_scope);
    TEST(cancelling_a_scope_that_was_never_entered_does_nothing);
    TEST(cancelling_a_scope_that_was_left_does_nothing);
    TEST(in_a_cancelled_scope_every_wait_is_refused_until_it_is_left);
    TEST(in_a_cancelled_scope_of_the_cleanup_every_wait_is_refused);
    TEST(a_scope_from_outside_interrupts_one_wait_of_the_cleanup_and_then_its_own_body);
    TEST(asked_again_a_scope_from_outside_interrupts_one_more_wait_of_the_cleanup);
    TEST(into_a_shield_no_cancellation_comes_and_the_first_wait_behind_meets_it);
    TEST(a_cancelled_task_may_wait_inside_a_shield);
    TEST_EACH(a_shield_keeps_out_what_is_asked_outside_and_not_what_is_asked_inside, 3);
    TEST(a_shield_in_a_cleanup_keeps_further_requests_for_the_wait_behind_it);
    TEST(a_request_taken_back_inside_a_shield_was_never_seen);
    TEST(a_hundred_thousand_requests_are_still_a_cancellation);
    TEST(a_hundred_thousand_scopes_that_expire_in_turn_use_up_no_numbers);
}
