/* test_future_told.c - a result that is still to come: done callbacks, and errors nobody reads. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "virtual.h"
#include <weft/future.h>

typedef WEFT_FUTURE(int) number_future;

static number_future number;
static weft_done_callback one, two, three;

static void begin_pending(void)
{
    begin();
    weft_future_init(&number.future, &executor.core);
}

static void told(void *name, int status)
{
    say("%s:%d ", (const char *)name, status);
}

static void *word(const char *text)
{
    return (void *)(uintptr_t)text;
}

static void add(weft_done_callback *callback, const char *name)
{
    weft_future_add_done_callback(&number.future, callback, told, word(name));
}

struct awaiter {
    WEFT_FRAME;
    const char *name;
    weft_future *future;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(awaiter, self)
{
    WEFT_CATCH(self->wait, weft_future_wait, self->future);
    say("%s:%d ", self->name, WEFT_STATUS());
}
WEFT_END

typedef WEFT_TASK(awaiter) awaiter_task;

/* Done callbacks. */

enum { RESULT, ERROR, CANCELLED, STATES };

static void make_done(int state)
{
    if (state == RESULT) {
        weft_future_set_result(&number, 42);
    } else if (state == ERROR) {
        weft_future_set_error(&number.future, -5);
    } else {
        ck_assert(weft_future_cancel(&number.future));
    }
}

START_TEST(a_done_callback_is_called_in_the_next_pass_and_told_how)
{
    static const char *const traces[] = {"one:0 ", "one:-5 ", "one:-4097 "};
    begin_pending();
    add(&one, "one");
    make_done(_i);
    ck_assert_str_eq(trace, "");
    run_one_pass();
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert(!weft_done_callback_is_pending(&one));
}
END_TEST

START_TEST(added_to_one_that_is_done_it_is_posted_at_once_and_not_called_inline)
{
    static const char *const traces[] = {"one:0 ", "one:-5 ", "one:-4097 "};
    begin_pending();
    make_done(_i);
    add(&one, "one");
    ck_assert(weft_done_callback_is_pending(&one));
    ck_assert_str_eq(trace, "");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(callbacks_and_awaiters_go_on_in_the_order_in_which_they_came)
{
    awaiter_task first = {0}, last = {0};
    begin_pending();
    add(&one, "one");
    START(&first, awaiter, "first", &number.future);
    run_one_pass();
    add(&two, "two");
    START(&last, awaiter, "last", &number.future);
    run_one_pass();
    add(&three, "three");
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one:0 first:0 two:0 last:0 three:0 ");
}
END_TEST

START_TEST(removed_a_callback_is_not_called_and_the_others_keep_their_order)
{
    static const char *const traces[] = {"b:0 c:0 ", "a:0 c:0 ", "a:0 b:0 "};
    weft_done_callback *const callbacks[] = {&one, &two, &three};
    begin_pending();
    add(&one, "a");
    add(&two, "b");
    add(&three, "c");
    ck_assert(weft_future_remove_done_callback(&number.future, callbacks[_i]));
    ck_assert(!weft_future_remove_done_callback(&number.future, callbacks[_i]));
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(a_callback_can_be_removed_until_it_is_called)
{
    begin_pending();
    ck_assert(!weft_future_remove_done_callback(&number.future, &one));
    add(&one, "one");
    add(&two, "two");
    make_done(RESULT);
    ck_assert(weft_future_remove_done_callback(&number.future, &one));
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_future_remove_done_callback(&number.future, &two));
    ck_assert_str_eq(trace, "two:0 ");
}
END_TEST

static void remove_two(void *unused, int status)
{
    (void)unused, (void)status;
    say("%d ", weft_future_remove_done_callback(&number.future, &two));
}

START_TEST(a_callback_can_remove_the_next_one)
{
    begin_pending();
    weft_future_add_done_callback(&number.future, &one, remove_two, NULL);
    add(&two, "two");
    add(&three, "three");
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 three:0 ");
}
END_TEST

static number_future next_number;

static void pass_on(void *unused, int status)
{
    (void)unused;
    say("passed:%d ", status);
    weft_future_set_result(&next_number, number.value + 1);
}

START_TEST(a_callback_may_set_another_future_whose_callbacks_are_called_one_pass_later)
{
    begin_pending();
    weft_future_init(&next_number.future, &executor.core);
    weft_future_add_done_callback(&number.future, &one, pass_on, NULL);
    weft_future_add_done_callback(&next_number.future, &two, told, word("next"));
    make_done(RESULT);
    run_one_pass();
    ck_assert_str_eq(trace, "passed:0 ");
    run_one_pass();
    ck_assert_str_eq(trace, "passed:0 next:0 ");
    ck_assert_int_eq(next_number.value, 43);
}
END_TEST

struct request {
    number_future answer;
    weft_done_callback callback;
};

static void free_request(void *request, int status)
{
    weft_future_release(&((struct request *)request)->answer.future);
    memset(request, 0xaa, sizeof(struct request)); /* as free() does, or the next owner */
    told(word("freed"), status);
}

START_TEST(a_callback_may_free_itself_and_the_future)
{
    static struct request request;
    begin();
    weft_future_init(&request.answer.future, &executor.core);
    weft_future_add_done_callback(&request.answer.future, &request.callback, free_request,
                                  &request);
    weft_future_set_result(&request.answer, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "freed:0 ");
}
END_TEST

#if WEFT_CONTEXT
static const weft_variable who = {.unbound = "none"};

static void say_who(void *unused, int status)
{
    (void)unused, (void)status;
    say("%s ", (const char *)weft_context_get(weft_current_context(&executor.core), &who));
}

struct binder {
    WEFT_FRAME;
    weft_binding binding;
    struct weft_sleep nap;
};

static WEFT_ASYNC(binder, self)
{
    WEFT_BIND(self->binding, &who, "binder")
    {
        weft_future_add_done_callback(&number.future, &one, say_who, NULL);
        weft_future_add_done_callback(&number.future, &two, say_who, NULL);
        (void)weft_future_remove_done_callback(&number.future, &two);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
}
WEFT_END

START_TEST(a_callback_sees_the_context_of_who_added_it)
{
    WEFT_TASK(binder) task = {0};
    begin_pending();
    START(&task, binder);
    run_one_pass();
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "binder ");
}
END_TEST
#endif

START_TEST(adding_a_callback_twice_stops)
{
    begin_pending();
    add(&one, "one");
    add(&one, "one");
}
END_TEST

START_TEST(adding_a_callback_to_a_future_of_no_loop_stops)
{
    begin();
    add(&one, "one");
}
END_TEST

/* Errors that nobody reads. */

START_TEST(an_error_that_nobody_has_read_is_reported_once_when_it_is_released)
{
    begin_pending();
    make_done(ERROR);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, 0);
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 1);
    ck_assert_ptr_nonnull(strstr(reported, "a future has an error that nobody has read: -5"));
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 1);
}
END_TEST

#if WEFT_ORIGINS
START_TEST(the_report_names_the_line_where_the_error_was_set)
{
    char place[32];
    begin_pending();
    weft_future_set_error(&number.future, -5);
    (void)snprintf(place, sizeof place, ":%d: ", __LINE__ - 1);
    weft_future_release(&number.future);
    ck_assert_ptr_nonnull(strstr(reported, place));
}
END_TEST
#endif

enum { ASKED, AWAITED, AWAITED_LATE, TOLD, TOLD_LATE, CANCEL_TRIED, READINGS };

START_TEST(an_error_is_read_by_who_asks_awaits_is_told_or_tries_to_cancel)
{
    awaiter_task task = {0};
    begin_pending();
    if (_i == AWAITED) {
        START(&task, awaiter, "a", &number.future);
        run_one_pass();
    } else if (_i == TOLD) {
        add(&one, "one");
    }
    make_done(ERROR);
    if (_i == ASKED) {
        ck_assert_int_eq(weft_future_status(&number.future), -5);
    } else if (_i == AWAITED_LATE) {
        START(&task, awaiter, "a", &number.future);
    } else if (_i == TOLD_LATE) {
        add(&one, "one");
    } else if (_i == CANCEL_TRIED) {
        ck_assert(!weft_future_cancel(&number.future));
    }
    ck_assert_int_eq(run(), 0);
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(an_awaiter_that_was_cancelled_before_has_not_read_it)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, "a", &number.future);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    make_done(ERROR);
    ck_assert_int_eq(run(), 0);
    weft_future_release(&number.future);
    ck_assert_str_eq(trace, "a:-4097 ");
    ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(what_is_pending_or_cancelled_or_has_a_result_need_not_be_read)
{
    begin_pending();
    weft_future_release(&number.future);
    make_done(RESULT);
    weft_future_release(&number.future);
    make_done(CANCELLED);
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(without_a_loop_or_a_hook_nothing_is_reported)
{
    begin_pending();
    executor.core.report = NULL;
    make_done(ERROR);
    weft_future_release(&number.future);
    weft_future_init(&number.future, NULL);
    make_done(ERROR);
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 0);
}
END_TEST

START_TEST(one_that_was_only_zeroed_learns_its_loop_from_who_awaits_it)
{
    awaiter_task task = {0};
    begin();
    START(&task, awaiter, "a", &number.future);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    make_done(ERROR);
    weft_future_release(&number.future);
    ck_assert_int_eq(reports, 1);
}
END_TEST

/* Released. */

START_TEST(a_zeroed_one_can_be_released)
{
    begin();
    weft_future_release(&number.future);
    ck_assert(!weft_future_is_done(&number.future));
}
END_TEST

START_TEST(released_it_is_pending_and_can_be_used_again)
{
    awaiter_task task = {0};
    begin_pending();
    make_done(_i);
    (void)weft_future_status(&number.future);
    weft_future_release(&number.future);
    ck_assert(!weft_future_is_done(&number.future));
    START(&task, awaiter, "a", &number.future);
    run_one_pass();
    weft_future_set_result(&number, 43);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a:0 ");
}
END_TEST

START_TEST(releasing_one_that_somebody_awaits_stops)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, "a", &number.future);
    run_one_pass();
    weft_future_release(&number.future);
}
END_TEST

START_TEST(releasing_one_with_a_callback_left_stops)
{
    begin_pending();
    add(&one, "one");
    weft_future_release(&number.future);
}
END_TEST

static void gone(void)
{
    weft_future_release(&number.future);
    memset(&number, 0xaa, sizeof number);
}

START_TEST(cancelled_it_can_be_released_and_freed_at_once_though_those_who_waited_have_not_run)
{
    awaiter_task task = {0};
    begin_pending();
    START(&task, awaiter, "a", &number.future);
    run_one_pass();
    add(&one, "one");
    make_done(_i);
    gone();
    ck_assert_int_eq(run(), 0);
    static const char *const traces[] = {"a:0 one:0 ", "a:-5 one:-5 ", "a:-4097 one:-4097 "};
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(it_can_be_released_and_freed_when_all_who_waited_are_cancelled_though_they_have_not_run)
{
    awaiter_task tasks[2] = {0};
    begin_pending();
    for (int i = 0; i < 2; i++) {
        START(&tasks[i], awaiter, i == 0 ? "a" : "b", &number.future);
    }
    run_one_pass();
    ck_assert(weft_task_cancel(&tasks[0].task));
    ck_assert(weft_task_cancel(&tasks[1].task));
    tasks[1].frame.wait.cancels = true;
    gone();
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a:-4097 b:-4097 ");
}
END_TEST

/* Many. */

enum { MANY = SIZED(10000, 30) };
static awaiter_task many[MANY];
static int steps;

static void count_step(weft_executor *of, weft_task *task)
{
    (void)of, (void)task;
    steps++;
}

START_TEST(ten_thousand_awaiters_cost_two_steps_each_and_any_can_be_cancelled)
{
    begin_pending();
    steps = 0;
    executor.traced = count_step;
    for (int i = 0; i < MANY; i++) {
        START(&many[i], awaiter, "", &number.future);
    }
    run_one_pass();
    for (int i = 1; i < MANY; i += 2) {
        ck_assert(weft_task_cancel(&many[MANY - i].task));
    }
    make_done(RESULT);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(steps, 2 * MANY);
}
END_TEST

/* In every order, and cancelled at every place. */

static weft_test test;
static int gets, results;

struct consumer {
    WEFT_FRAME;
    number_future *future;
    bool cancels;
    struct weft_future_wait wait;
};

static WEFT_ASYNC(consumer, self)
{
    WEFT_CATCH(self->wait, weft_future_wait, &self->future->future, self->cancels);
    if (WEFT_STATUS() == 0) {
        gets++;
        ck_assert_int_eq(self->future->value, 42);
        ck_assert(weft_future_is_done(&self->future->future));
    }
    WEFT_RETURN(WEFT_STATUS());
}
WEFT_END

struct setter {
    WEFT_FRAME;
    number_future *future;
    int value;
};

static WEFT_ASYNC(setter, self)
{
    WEFT_PASS();
    results += weft_future_try_set_result(self->future, self->value);
}
WEFT_END

struct program {
    WEFT_FRAME;
    number_future future;
    weft_done_callback callback;
    int calls;
    weft_group group;
    WEFT_TASK(consumer) consumers[3];
    WEFT_TASK(setter) setters[2];
};

static void count_call(void *calls, int status)
{
    ck_assert(status == 0 || status == WEFT_ECANCELED);
    (*(int *)calls)++;
}

static WEFT_ASYNC(program, self)
{
    weft_future_init(&self->future.future, weft_task_core(WEFT_SELF()));
    weft_future_add_done_callback(&self->future.future, &self->callback, count_call, &self->calls);
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < 3; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->consumers[i], consumer, &self->future,
                                  .cancels = i == 2));
        }
        for (int i = 0; i < 2; i++) {
            WEFT_CHECK(
                weft_spawn(&self->group, &self->setters[i], setter, &self->future, .value = 42));
        }
    }
WEFT_FINALLY:
    if (weft_future_remove_done_callback(&self->future.future, &self->callback)) {
        self->calls++;
    }
    if (results > 1 || self->calls > 1 || (results == 0 && gets > 0)) {
        weft_test_fail(&test, "set twice, told twice, or told of nothing", NULL);
    }
    weft_future_release(&self->future.future);
}
WEFT_END

static void run_program(weft_test *of, void *unused)
{
    (void)unused;
    gets = results = 0;
    (void)weft_test_run(of, program);
}

START_TEST(in_every_order_it_is_set_once_and_all_are_told)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 2000, run_program, NULL), 100);
    ck_assert_int_eq(gets, 3);
}
END_TEST

START_TEST(wherever_somebody_is_cancelled_it_is_set_once_at_most_and_nothing_is_left)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_program, NULL), 10);
}
END_TEST

SUITE_TOGETHER(future_told)
{
    TEST_EACH(a_done_callback_is_called_in_the_next_pass_and_told_how, STATES);
    TEST_EACH(added_to_one_that_is_done_it_is_posted_at_once_and_not_called_inline, STATES);
    TEST(callbacks_and_awaiters_go_on_in_the_order_in_which_they_came);
    TEST_EACH(removed_a_callback_is_not_called_and_the_others_keep_their_order, 3);
    TEST(a_callback_can_be_removed_until_it_is_called);
    TEST(a_callback_can_remove_the_next_one);
    TEST(a_callback_may_set_another_future_whose_callbacks_are_called_one_pass_later);
    TEST(a_callback_may_free_itself_and_the_future);
#if WEFT_CONTEXT
    TEST(a_callback_sees_the_context_of_who_added_it);
#endif
    TEST_STOPS(adding_a_callback_twice_stops);
    TEST_STOPS(adding_a_callback_to_a_future_of_no_loop_stops);
    TEST(an_error_that_nobody_has_read_is_reported_once_when_it_is_released);
#if WEFT_ORIGINS
    TEST(the_report_names_the_line_where_the_error_was_set);
#endif
    TEST_EACH(an_error_is_read_by_who_asks_awaits_is_told_or_tries_to_cancel, READINGS);
    TEST(an_awaiter_that_was_cancelled_before_has_not_read_it);
    TEST(what_is_pending_or_cancelled_or_has_a_result_need_not_be_read);
    TEST(without_a_loop_or_a_hook_nothing_is_reported);
    TEST(one_that_was_only_zeroed_learns_its_loop_from_who_awaits_it);
    TEST(a_zeroed_one_can_be_released);
    TEST_EACH(released_it_is_pending_and_can_be_used_again, STATES);
    TEST_STOPS(releasing_one_that_somebody_awaits_stops);
    TEST_STOPS(releasing_one_with_a_callback_left_stops);
    TEST_EACH(cancelled_it_can_be_released_and_freed_at_once_though_those_who_waited_have_not_run,
              STATES);
    TEST(it_can_be_released_and_freed_when_all_who_waited_are_cancelled_though_they_have_not_run);
    TEST(ten_thousand_awaiters_cost_two_steps_each_and_any_can_be_cancelled);
    TEST(in_every_order_it_is_set_once_and_all_are_told);
    TEST(wherever_somebody_is_cancelled_it_is_set_once_at_most_and_nothing_is_left);
}
