/* test_bridge.c - between callbacks and coroutines, in both directions. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "virtual.h"
#if defined __unix__
#include <pthread.h>
#include <sched.h>
#endif
#include <weft/bridge.h>

/* An operation of somebody else's: it calls back when the test says so. */
static struct operation {
    weft_completion *completion; /* NULL: it does not run */
    int begun, stopped;
    int refuses;      /* what start returns instead of beginning */
    int ends_at_once; /* start calls back */
    int obeys;        /* cancel calls back, at once */
} operation;

static void call_back(int status)
{
    weft_completion *const completion = operation.completion;
    operation.completion = NULL;
    weft_complete(completion, status);
}

static int start(void *context, weft_completion *completion)
{
    ck_assert_ptr_eq(context, &operation);
    if (operation.refuses < 0) {
        return operation.refuses;
    }
    operation.begun++;
    operation.completion = completion;
    if (operation.ends_at_once) {
        call_back(0);
    }
    return 0;
}

static void stop(void *context, weft_completion *completion)
{
    ck_assert_ptr_eq(context, &operation);
    ck_assert_ptr_eq(completion, operation.completion);
    operation.stopped++;
    if (operation.obeys) {
        call_back(-125);
    }
}

struct caller {
    WEFT_FRAME;
    bool can_stop;
    struct weft_await_callback call;
    struct weft_sleep nap;
};

static WEFT_ASYNC(caller, self)
{
    if (self->can_stop) {
        WEFT_CATCH(self->call, weft_await_callback, start, &operation, stop);
    } else {
        WEFT_CATCH(self->call, weft_await_callback, start, &operation);
    }
    say("%d ", WEFT_STATUS());
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("on ");
}
WEFT_END

typedef WEFT_TASK(caller) caller_task;

static void begin_operation(void)
{
    const struct operation fresh = {0};
    begin();
    operation = fresh;
}

/* Starts a caller, up to its wait. */
static void call(caller_task *task, bool can_stop)
{
    START(task, caller, can_stop);
    run_one_pass();
    ck_assert_int_eq(operation.begun, 1);
}

/* Awaiting what calls back. */

START_TEST(a_coroutine_waits_until_the_operation_calls_back_and_has_its_status)
{
    caller_task task = {0};
    begin_operation();
    call(&task, false);
    call_back(_i == 0 ? 0 : -5);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, _i == 0 ? "0 on " : "-5 on ");
}
END_TEST

START_TEST(an_operation_that_calls_back_at_once_suspends_nobody)
{
    caller_task task = {0};
    begin_operation();
    operation.ends_at_once = 1;
    call(&task, true);
    ck_assert_str_eq(trace, "0 ");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(an_operation_that_cannot_be_begun_is_not_waited_for)
{
    caller_task task = {0};
    begin_operation();
    operation.refuses = -11;
    START(&task, caller, true);
    run_one_pass();
    ck_assert_str_eq(trace, "-11 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

START_TEST(as_long_as_it_runs_the_wait_is_no_deadlock)
{
    caller_task task = {0};
    begin_operation();
    call(&task, _i == 1);
    ck_assert_uint_eq(executor.core.outside, 1);
    call_back(0);
    ck_assert_int_eq(run(), 0);
    ck_assert_uint_eq(executor.core.outside, 0);
}
END_TEST

struct condemned {
    WEFT_FRAME;
    struct weft_await_callback call;
};

static WEFT_ASYNC(condemned, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_CATCH(self->call, weft_await_callback, start, &operation, stop);
    say("%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(in_a_cancelled_task_nothing_is_begun)
{
    WEFT_TASK(condemned) task = {0};
    begin_operation();
    START(&task, condemned);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 ");
    ck_assert_int_eq(operation.begun, 0);
}
END_TEST

/* Cancelled. */

START_TEST(cancelled_it_asks_the_operation_to_stop_and_waits_until_that_has_called_back)
{
    caller_task task = {0};
    begin_operation();
    call(&task, true);
    ck_assert(weft_task_cancel(&task.task));
    run_one_pass();
    ck_assert_int_eq(operation.stopped, 1);
    ck_assert_str_eq(trace, "");
    ck_assert(weft_task_cancel(&task.task)); /* asks once */
    ck_assert(weft_link_is_empty(&executor.core.ready));
    call_back(-125);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(operation.stopped, 1);
    ck_assert_str_eq(trace, "-4097 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(an_operation_may_call_back_while_it_is_asked_to_stop)
{
    caller_task task = {0};
    begin_operation();
    operation.obeys = 1;
    call(&task, true);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-4097 ");
}
END_TEST

START_TEST(cancelled_but_it_had_succeeded_is_success_and_the_next_wait_is_refused)
{
    caller_task task = {0};
    begin_operation();
    call(&task, _i == 1);
    ck_assert(weft_task_cancel(&task.task));
    if (_i == 1) {
        run_one_pass();
    }
    call_back(0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

START_TEST(called_back_and_cancelled_in_one_pass_it_has_happened)
{
    caller_task task = {0};
    begin_operation();
    call(&task, true);
    if (_i == 0) {
        call_back(-5);
        ck_assert(weft_task_cancel(&task.task));
    } else {
        ck_assert(weft_task_cancel(&task.task));
        call_back(-5);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-5 ");
    ck_assert_int_eq(operation.stopped, 0);
}
END_TEST

START_TEST(what_cannot_be_asked_to_stop_is_waited_for_and_its_failure_is_its_own)
{
    caller_task task = {0};
    begin_operation();
    call(&task, false);
    ck_assert(weft_task_cancel(&task.task));
    ck_assert(weft_link_is_empty(&executor.core.ready));
    call_back(-5);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "-5 ");
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
}
END_TEST

struct patient {
    WEFT_FRAME;
    weft_scope patience;
    struct weft_await_callback call;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        WEFT_TRY(self->call, weft_await_callback, start, &operation, stop);
        say("done ");
    }
    say("%d@%d ", WEFT_STATUS(), seconds());
}
WEFT_END

START_TEST(a_timeout_asks_it_to_stop_and_surfaces_as_one)
{
    WEFT_TASK(patient) task = {0};
    begin_operation();
    operation.obeys = 1;
    START(&task, patient);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(operation.stopped, 1);
    ck_assert_str_eq(trace, "-4098@1 ");
}
END_TEST

/* From elsewhere. */

START_TEST(what_an_interrupt_or_a_thread_tells_arrives_when_the_loop_looks)
{
    caller_task task = {0};
    begin_operation();
    call(&task, true);
    weft_complete_threadsafe(operation.completion, 0);
    ck_assert(weft_link_is_empty(&executor.core.ready));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0 on ");
}
END_TEST

START_TEST(cancelled_while_the_news_are_on_their_way_it_has_happened)
{
    caller_task task = {0};
    begin_operation();
    call(&task, true);
    ck_assert(weft_task_cancel(&task.task));
    weft_complete_threadsafe(operation.completion, 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(operation.stopped, 0);
    ck_assert_str_eq(trace, "0 ");
}
END_TEST

#if defined __unix__

struct sum {
    WEFT_FRAME;
    int first, second, result;
    pthread_t thread;
    weft_completion *completion;
    struct weft_await_callback call;
};

static void *add_in_thread(void *pointer)
{
    struct sum *const self = pointer;
    self->result = self->first + self->second;
    weft_complete_threadsafe(self->completion, 0);
    return NULL;
}

static int start_thread(void *pointer, weft_completion *completion)
{
    struct sum *const self = pointer;
    self->completion = completion;
    return -pthread_create(&self->thread, NULL, add_in_thread, self);
}

static WEFT_ASYNC(sum, self)
{
    WEFT_TRY(self->call, weft_await_callback, start_thread, self);
    pthread_join(self->thread, NULL);
    say("%d ", self->result);
}
WEFT_END

START_TEST(a_thread_that_calls_back_hands_over_its_result)
{
    WEFT_TASK(sum) task = {0};
    begin();
    START(&task, sum, 40, 2);
    while (!weft_task_is_done(&task.task)) {
        (void)weft__pass(&executor);
        sched_yield();
    }
    ck_assert_str_eq(trace, "42 ");
}
END_TEST

#endif

/* Misused. */

START_TEST(calling_back_twice_stops)
{
    caller_task task = {0};
    begin_operation();
    call(&task, false);
    weft_completion *const completion = operation.completion;
    call_back(0);
    weft_complete(completion, 0);
}
END_TEST

START_TEST(calling_back_what_was_never_started_stops)
{
    weft_completion completion = {0};
    weft_complete(&completion, 0);
}
END_TEST

START_TEST(a_result_instead_of_a_status_stops)
{
    caller_task task = {0};
    begin_operation();
    call(&task, false);
    call_back(17);
}
END_TEST

/* Giving a callback for a coroutine. */

struct squares {
    WEFT_FRAME;
    int base, status, square;
    struct weft_sleep nap;
};

static WEFT_ASYNC(squares, self)
{
    if (self->base < 0) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
    self->square = self->base * self->base;
    WEFT_RETURN(self->status);
}
WEFT_END

static struct client {
    weft_done_callback callback;
    WEFT_TASK(squares) slot;
    int rounds;
} client;

static void print(void *pointer, int status)
{
    const struct client *const self = pointer;
    say("%d:%d@%d ", self->slot.frame.square, status, seconds());
}

static int ask(int base, int status)
{
    return weft_spawn_then(&executor.group, &client.slot, &client.callback, print, &client, squares,
                           base, status);
}

START_TEST(the_callback_is_called_with_the_status_and_the_frame_has_the_result)
{
    begin();
    ck_assert_int_eq(ask(-3, 0), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "9:0@1 ");
}
END_TEST

START_TEST(it_comes_from_the_loop_even_if_the_coroutine_ends_in_its_first_step)
{
    begin();
    ck_assert_int_eq(ask(3, 0), 0);
    ck_assert_str_eq(trace, "");
    run_one_pass();
    ck_assert_str_eq(trace, "");
    run_one_pass();
    ck_assert_str_eq(trace, "9:0@0 ");
}
END_TEST

START_TEST(a_coroutine_started_eagerly_calls_back_from_the_loop_too)
{
    begin();
    executor.group.eager = true;
    ck_assert_int_eq(ask(3, 0), 0);
    ck_assert(weft_task_is_done(&client.slot.task));
    ck_assert_str_eq(trace, "");
    run_one_pass();
    ck_assert_str_eq(trace, "9:0@0 ");
}
END_TEST

START_TEST(a_failure_is_told_and_not_reported)
{
    begin();
    ck_assert_int_eq(ask(-3, -5), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "9:-5@1 ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(a_cancellation_is_told_even_of_one_that_has_not_begun)
{
    begin();
    ck_assert_int_eq(ask(-3, 0), 0);
    if (_i == 1) {
        run_one_pass();
    }
    ck_assert(weft_task_cancel(&client.slot.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "0:-4097@0 ");
}
END_TEST

START_TEST(what_is_not_started_does_not_call_back)
{
    begin();
    executor.group.is_cancelled = true;
    ck_assert_int_eq(ask(3, 0), WEFT_ECANCELED);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
}
END_TEST

START_TEST(the_callback_can_be_taken_back_and_the_coroutine_goes_on)
{
    begin();
    ck_assert_int_eq(ask(-3, 0), 0);
    ck_assert(weft_task_remove_done_callback(&client.slot.task, &client.callback));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(client.slot.frame.square, 9);
}
END_TEST

static const char *lowest, *highest; /* addresses on the C stack */

static void ask_again(void *pointer, int status)
{
    struct client *const self = pointer;
    const char *const address = __builtin_frame_address(0);
    lowest = lowest == NULL || address < lowest ? address : lowest;
    highest = address > highest ? address : highest;
    ck_assert_int_eq(status, 0);
    if (--self->rounds > 0) {
        ck_assert_int_eq(weft_spawn_then(&executor.group, &self->slot, &self->callback, ask_again,
                                         self, squares, 3),
                         0);
    }
}

START_TEST(ten_thousand_rounds_in_one_slot_need_no_more_c_stack_than_one)
{
    begin();
    client.rounds = 10000;
    ck_assert_int_eq(weft_spawn_then(&executor.group, &client.slot, &client.callback, ask_again,
                                     &client, squares, 3),
                     0);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(client.rounds, 0);
    ck_assert_ptr_eq(lowest, highest);
}
END_TEST

/* There and back again: a coroutine awaits a callback that is given for a coroutine. */

static weft_test test;
static weft_test_resource thing = {.name = "thing"};
static int calls;

struct deep {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(deep, self)
{
    weft_test_acquire(&test, &thing);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
WEFT_FINALLY:
    if (thing.held > 0) {
        weft_test_release(&test, &thing);
    }
}
WEFT_END

struct round_trip {
    WEFT_FRAME;
    weft_completion *completion;
    weft_done_callback callback;
    weft_group group;
    WEFT_TASK(deep) slot;
    struct weft_await_callback call;
};

static void deep_is_done(void *pointer, int status)
{
    const struct round_trip *const self = pointer;
    calls++;
    weft_complete(self->completion, status);
}

static int start_deep(void *pointer, weft_completion *completion)
{
    struct round_trip *const self = pointer;
    self->completion = completion;
    return weft_spawn_then(&test.executor.group, &self->slot, &self->callback, deep_is_done, self,
                           deep);
}

static void stop_deep(void *pointer, weft_completion *completion)
{
    struct round_trip *const self = pointer;
    (void)completion;
    (void)weft_task_cancel(&self->slot.task);
}

static WEFT_ASYNC(round_trip, self)
{
    WEFT_TRY(self->call, weft_await_callback, start_deep, self, stop_deep);
WEFT_FINALLY:
    if (weft_task_is_running(&self->slot.task) || weft_done_callback_is_pending(&self->callback)) {
        weft_test_fail(&test, "it ended before it was called back", NULL);
    }
}
WEFT_END

static void run_round_trip(weft_test *of, void *unused)
{
    (void)unused;
    (void)weft_test_run(of, round_trip);
}

START_TEST(a_round_trip_ends_behind_its_callback_wherever_it_is_cancelled)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_run(&test, round_trip), 0);
    ck_assert_int_eq(calls, 1);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_round_trip, NULL), 5);
    ck_assert_int_gt(weft_test_schedules(&test, 100, run_round_trip, NULL), 0);
}
END_TEST

SUITE_TOGETHER(bridge)
{
    TEST_EACH(a_coroutine_waits_until_the_operation_calls_back_and_has_its_status, 2);
    TEST(an_operation_that_calls_back_at_once_suspends_nobody);
    TEST(an_operation_that_cannot_be_begun_is_not_waited_for);
    TEST_EACH(as_long_as_it_runs_the_wait_is_no_deadlock, 2);
    TEST(in_a_cancelled_task_nothing_is_begun);
    TEST(cancelled_it_asks_the_operation_to_stop_and_waits_until_that_has_called_back);
    TEST(an_operation_may_call_back_while_it_is_asked_to_stop);
    TEST_EACH(cancelled_but_it_had_succeeded_is_success_and_the_next_wait_is_refused, 2);
    TEST_EACH(called_back_and_cancelled_in_one_pass_it_has_happened, 2);
    TEST(what_cannot_be_asked_to_stop_is_waited_for_and_its_failure_is_its_own);
    TEST(a_timeout_asks_it_to_stop_and_surfaces_as_one);
    TEST(what_an_interrupt_or_a_thread_tells_arrives_when_the_loop_looks);
    TEST(cancelled_while_the_news_are_on_their_way_it_has_happened);
    TEST_OF_THREADS(a_thread_that_calls_back_hands_over_its_result);
    TEST_STOPS(calling_back_twice_stops);
    TEST_STOPS(calling_back_what_was_never_started_stops);
    TEST_STOPS(a_result_instead_of_a_status_stops);
    TEST(the_callback_is_called_with_the_status_and_the_frame_has_the_result);
    TEST(it_comes_from_the_loop_even_if_the_coroutine_ends_in_its_first_step);
    TEST(a_coroutine_started_eagerly_calls_back_from_the_loop_too);
    TEST(a_failure_is_told_and_not_reported);
    TEST_EACH(a_cancellation_is_told_even_of_one_that_has_not_begun, 2);
    TEST(what_is_not_started_does_not_call_back);
    TEST(the_callback_can_be_taken_back_and_the_coroutine_goes_on);
    TEST(ten_thousand_rounds_in_one_slot_need_no_more_c_stack_than_one);
    TEST(a_round_trip_ends_behind_its_callback_wherever_it_is_cancelled);
}
