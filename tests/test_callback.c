/* test_callback.c - a function that the loop calls in its next pass. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "virtual.h"
#include <weft/callback.h>

static weft_callback one, two, three;

static void *word(const char *text)
{
    return (void *)(uintptr_t)text;
}

static void say_it(void *text)
{
    say("%s ", (const char *)text);
}

static void post(weft_callback *callback, const char *text)
{
    weft_callback_post(&executor.core, callback, say_it, word(text));
}

struct talker {
    WEFT_FRAME;
    const char *word;
    int times;
};

static WEFT_ASYNC(talker, self)
{
    while (self->times-- > 0) {
        say("%s ", self->word);
        WEFT_PASS();
    }
}
WEFT_END

/* Posted. */

START_TEST(a_callback_is_called_by_the_loop_and_never_by_who_posts_it)
{
    begin();
    ck_assert(!weft_callback_is_posted(&one));
    post(&one, "called");
    ck_assert_str_eq(trace, "");
    ck_assert(weft_callback_is_posted(&one));
    run_one_pass();
    ck_assert_str_eq(trace, "called ");
    ck_assert(!weft_callback_is_posted(&one));
}
END_TEST

START_TEST(callbacks_are_called_in_the_order_posted)
{
    begin();
    post(&three, "a");
    post(&one, "b");
    post(&two, "c");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a b c ");
}
END_TEST

START_TEST(callbacks_and_tasks_share_one_order)
{
    WEFT_TASK(talker) first = {0}, last = {0};
    begin();
    START(&first, talker, "first", 1);
    post(&one, "callback");
    START(&last, talker, "last", 1);
    run_one_pass();
    ck_assert_str_eq(trace, "first callback last ");
}
END_TEST

static void post_two(void *unused)
{
    (void)unused;
    say("one ");
    post(&two, "two");
}

START_TEST(what_a_callback_posts_is_called_in_the_next_pass)
{
    begin();
    weft_callback_post(&executor.core, &one, post_two, NULL);
    post(&three, "three");
    run_one_pass();
    ck_assert_str_eq(trace, "one three ");
    run_one_pass();
    ck_assert_str_eq(trace, "one three two ");
}
END_TEST

START_TEST(posted_twice_it_keeps_its_place_and_is_called_once_with_what_was_given_last)
{
    begin();
    post(&one, "a");
    post(&two, "b");
    post(&one, "c");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c b ");
}
END_TEST

static int rounds;
static const char *lowest, *highest; /* addresses on the C stack */

static void go_round(void *callback)
{
    const char *const address = __builtin_frame_address(0);
    lowest = lowest == NULL || address < lowest ? address : lowest;
    highest = address > highest ? address : highest;
    ck_assert(!weft_callback_is_posted(callback));
    if (--rounds > 0) {
        weft_callback_post(&executor.core, callback, go_round, callback);
    }
}

START_TEST(when_it_is_called_it_is_idle_again_and_may_post_itself)
{
    begin();
    rounds = 3;
    weft_callback_post(&executor.core, &one, go_round, &one);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(rounds, 0);
}
END_TEST

START_TEST(a_hundred_thousand_that_post_each_other_need_no_more_c_stack_than_one)
{
    begin();
    rounds = 30000;
    weft_callback_post(&executor.core, &one, go_round, &one);
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_eq(lowest, highest);
}
END_TEST

static WEFT_TASK(talker) spawned;

static void free_it(void *callback)
{
    memset(callback, 0xaa, sizeof(weft_callback)); /* as free() does, or the next owner */
    START(&spawned, talker, "spawned", 1);
    post(&two, "posted");
}

START_TEST(it_may_free_itself_and_go_on)
{
    begin();
    weft_callback_post(&executor.core, &one, free_it, &one);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "spawned posted ");
}
END_TEST

/* Taken back. */

START_TEST(taken_back_it_is_not_called)
{
    begin();
    post(&one, "one");
    post(&two, "two");
    ck_assert(weft_callback_cancel(&one));
    ck_assert(!weft_callback_is_posted(&one));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "two ");
}
END_TEST

START_TEST(one_that_was_called_or_never_posted_cannot_be_taken_back)
{
    begin();
    ck_assert(!weft_callback_cancel(&one));
    post(&one, "one");
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_callback_cancel(&one));
    post(&one, "again");
    ck_assert(weft_callback_cancel(&one));
    ck_assert(!weft_callback_cancel(&one));
}
END_TEST

static void take_two_back(void *unused)
{
    (void)unused;
    say("%d ", weft_callback_cancel(&two));
}

START_TEST(a_callback_can_take_back_one_of_the_same_pass)
{
    begin();
    weft_callback_post(&executor.core, &one, take_two_back, NULL);
    post(&two, "two");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 ");
}
END_TEST

START_TEST(taken_back_and_posted_again_it_stands_behind_the_others)
{
    begin();
    post(&one, "one");
    post(&two, "two");
    ck_assert(weft_callback_cancel(&one));
    post(&one, "one");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "two one ");
}
END_TEST

/* A run, and its end. */

START_TEST(a_run_until_all_tasks_have_ended_calls_what_is_posted_before_it_ends)
{
    WEFT_TASK(talker) task = {0};
    begin();
    START(&task, talker, "task", 1);
    weft_callback_post(&executor.core, &one, post_two, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "task one two ");
}
END_TEST

START_TEST(a_run_until_one_task_has_ended_leaves_callbacks_for_the_next_run)
{
    WEFT_TASK(talker) task = {0};
    begin();
    weft_callback_post(&executor.core, &one, post_two, NULL);
    START(&task, talker, "task", 0);
    ck_assert_int_eq(weft_executor_run_until(&executor, &task.task), 0);
    ck_assert_str_eq(trace, "one ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one two ");
}
END_TEST

static weft_link waiters;

struct sleeper {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep sleep;
};

static WEFT_ASYNC(sleeper, self)
{
    if (self->after > 0) {
        WEFT_TRY(self->sleep, weft_sleep, self->after);
    } else {
        WEFT_PARK(&waiters);
    }
    say("awake@%d ", seconds());
}
WEFT_END

static void wake_first(void *unused)
{
    (void)unused;
    say("%d ", weft_wake_first(&waiters));
}

START_TEST(a_posted_callback_is_no_deadlock_it_may_wake_somebody)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    weft_link_init(&waiters);
    START(&task, sleeper, 0);
    run_one_pass();
    weft_callback_post(&executor.core, &one, wake_first, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 awake@0 ");
}
END_TEST

START_TEST(when_all_are_called_a_deadlock_is_found)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    weft_link_init(&waiters);
    START(&task, sleeper, 0);
    post(&one, "one");
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "one ");
}
END_TEST

static void post_again(void *callback)
{
    if (rounds-- > 0) {
        weft_callback_post(&executor.core, callback, post_again, callback);
    } else {
        say("never ");
    }
}

START_TEST(one_that_posts_itself_starves_no_timer)
{
    WEFT_TASK(sleeper) task = {0};
    begin();
    rounds = 1000;
    START(&task, sleeper, WEFT_S(1));
    run_one_pass();
    virtual_now = WEFT_S(1);
    weft_callback_post(&executor.core, &one, post_again, &one);
    ck_assert_int_eq(weft_executor_run_until(&executor, &task.task), 0);
    ck_assert_str_eq(trace, "awake@1 ");
    ck_assert_int_gt(rounds, 0);
    ck_assert(weft_callback_cancel(&one));
}
END_TEST

START_TEST(a_stop_ends_the_run_and_the_rest_is_called_in_the_next)
{
    begin();
    weft_callback_post(&executor.core, &one, post_two, NULL);
    run_one_pass();
    ck_assert_str_eq(trace, "one ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one two ");
}
END_TEST

static void ask_who_runs(void *unused)
{
    (void)unused;
    say("%s ", weft_current_task(&executor.core) == NULL ? "nobody" : "somebody");
}

START_TEST(in_a_callback_no_task_is_current)
{
    begin();
    weft_callback_post(&executor.core, &one, ask_who_runs, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "nobody ");
}
END_TEST

/* Context variables. */

#if WEFT_CONTEXT
static const weft_variable who = {.unbound = "none"};

static void say_who(void *unused)
{
    (void)unused;
    say("%s ", (const char *)weft_context_get(weft_current_context(&executor.core), &who));
}

struct looker {
    WEFT_FRAME;
};

static WEFT_ASYNC(looker, self)
{
    say("%s ", (const char *)WEFT_GET(&who));
}
WEFT_END

static WEFT_TASK(looker) seen;

static void say_who_and_spawn(void *unused)
{
    say_who(unused);
    START(&seen, looker);
}

struct poster {
    WEFT_FRAME;
    void (*call)(void *);
    bool forgets, waits;
    weft_binding binding, inner;
};

static WEFT_ASYNC(poster, self)
{
    WEFT_BIND(self->binding, &who, "poster")
    {
        weft_callback_post(&executor.core, &one, self->call, NULL);
        if (self->forgets) {
            weft_callback_set_context(&one, NULL);
        }
        WEFT_BIND(self->inner, &who, "inner")
        {
            WEFT_PASS();
        }
        if (self->waits) {
            WEFT_PASS();
        }
    }
}
WEFT_END

START_TEST(it_sees_the_context_of_who_posted_it)
{
    WEFT_TASK(poster) task = {0};
    begin();
    START(&task, poster, say_who);
    ck_assert_int_eq(run(), 0);
    post(&two, "two");
    weft_callback_post(&executor.core, &three, say_who, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "poster two none ");
}
END_TEST

START_TEST(a_task_that_it_spawns_sees_the_same)
{
    WEFT_TASK(poster) task = {0};
    begin();
    START(&task, poster, say_who_and_spawn, .waits = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "poster poster ");
}
END_TEST

START_TEST(it_can_be_given_another_context)
{
    WEFT_TASK(poster) task = {0};
    begin();
    START(&task, poster, say_who, .forgets = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "none ");
}
END_TEST

struct hasty {
    WEFT_FRAME;
    bool takes_back;
    weft_binding binding;
};

static WEFT_ASYNC(hasty, self)
{
    WEFT_BIND(self->binding, &who, "hasty")
    {
        weft_callback_post(&executor.core, &one, say_who, NULL);
        if (self->takes_back) {
            say("%d ", weft_callback_cancel(&one));
        }
    }
    say("left ");
}
WEFT_END

START_TEST(behind_the_block_it_sees_what_is_bound_around_it)
{
    WEFT_TASK(hasty) task = {0};
    begin();
    START(&task, hasty);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "left none ");
}
END_TEST

START_TEST(one_that_is_not_posted_cannot_be_given_a_context)
{
    begin();
    weft_callback_set_context(&one, NULL);
}
END_TEST

START_TEST(taken_back_it_lets_go_of_the_context)
{
    WEFT_TASK(hasty) task = {0};
    begin();
    START(&task, hasty, .takes_back = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "1 left ");
}
END_TEST
#endif

/* Many. */

enum { MANY = SIZED(10000, 30) };
static weft_callback many[MANY];
static int called;

static void count(void *number)
{
    ck_assert_int_eq(called, (int)(intptr_t)number);
    called++;
}

START_TEST(of_ten_thousand_each_costs_one_step_and_any_can_be_taken_back)
{
    begin();
    called = 0;
    for (int i = 0; i < MANY; i++) {
        weft_callback_post(&executor.core, &many[i], count, (void *)(intptr_t)i);
    }
    for (int i = MANY - 1; i >= MANY / 2; i--) {
        ck_assert(weft_callback_cancel(&many[i]));
    }
    run_one_pass();
    ck_assert_int_eq(called, MANY / 2);
    ck_assert_uint_eq(executor.core.callbacks.posted, 0);
}
END_TEST

/* Under test. */

static weft_test test;
static char orders[256];

static void note(void *text)
{
    weft_trace(&test, text);
}

struct noter {
    WEFT_FRAME;
    const char *word;
};

static WEFT_ASYNC(noter, self)
{
    weft_trace(&test, self->word);
}
WEFT_END

struct mixed {
    WEFT_FRAME;
    weft_callback callback;
    weft_group group;
    WEFT_TASK(noter) each[4];
};

static WEFT_ASYNC(mixed, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->each[0], noter, "a"));
        WEFT_CHECK(weft_spawn(&self->group, &self->each[1], noter, "b"));
        weft_callback_post(weft_task_core(WEFT_SELF()), &self->callback, note, word("|"));
        WEFT_CHECK(weft_spawn(&self->group, &self->each[2], noter, "c"));
        WEFT_CHECK(weft_spawn(&self->group, &self->each[3], noter, "d"));
    }
}
WEFT_END

static void run_mixed(weft_test *of, void *unused)
{
    (void)unused;
    (void)weft_test_run(of, mixed);
    strcat(orders, of->trace);
    strcat(orders, "\n");
}

START_TEST(whatever_order_is_tried_callbacks_keep_their_place)
{
    orders[0] = '\0';
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_schedules(&test, 100, run_mixed, NULL), 4);
    ck_assert_str_eq(orders, "a b | c d \na b | d c \nb a | c d \nb a | d c \n");
}
END_TEST

static void post_and_free(void *callback)
{
    weft_trace(&test, "freed");
    memset(callback, 0xaa, sizeof(weft_callback));
}

struct freer {
    WEFT_FRAME;
    weft_callback callback;
};

static WEFT_ASYNC(freer, self)
{
    weft_callback_post(weft_task_core(WEFT_SELF()), &self->callback, post_and_free,
                       &self->callback);
    WEFT_PASS();
}
WEFT_END

static void run_freer(weft_test *of, void *unused)
{
    (void)unused;
    (void)weft_test_run(of, freer);
}

START_TEST(a_callback_is_no_place_to_cancel)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_freer, NULL), 3);
}
END_TEST

START_TEST(traced_steps_call_it_callback)
{
    weft_test_init(&test, &(weft_test_desc){.trace_steps = true});
    ck_assert_int_eq(weft_test_run(&test, freer), 0);
    ck_assert_str_eq(test.trace, "freer callback freed freer ");
}
END_TEST

SUITE(callback)
{
    TEST(a_callback_is_called_by_the_loop_and_never_by_who_posts_it);
    TEST(callbacks_are_called_in_the_order_posted);
    TEST(callbacks_and_tasks_share_one_order);
    TEST(what_a_callback_posts_is_called_in_the_next_pass);
    TEST(posted_twice_it_keeps_its_place_and_is_called_once_with_what_was_given_last);
    TEST(when_it_is_called_it_is_idle_again_and_may_post_itself);
    TEST(a_hundred_thousand_that_post_each_other_need_no_more_c_stack_than_one);
    TEST(it_may_free_itself_and_go_on);
    TEST(taken_back_it_is_not_called);
    TEST(one_that_was_called_or_never_posted_cannot_be_taken_back);
    TEST(a_callback_can_take_back_one_of_the_same_pass);
    TEST(taken_back_and_posted_again_it_stands_behind_the_others);
    TEST(a_run_until_all_tasks_have_ended_calls_what_is_posted_before_it_ends);
    TEST(a_run_until_one_task_has_ended_leaves_callbacks_for_the_next_run);
    TEST(a_posted_callback_is_no_deadlock_it_may_wake_somebody);
    TEST(when_all_are_called_a_deadlock_is_found);
    TEST(one_that_posts_itself_starves_no_timer);
    TEST(a_stop_ends_the_run_and_the_rest_is_called_in_the_next);
    TEST(in_a_callback_no_task_is_current);
#if WEFT_CONTEXT
    TEST(it_sees_the_context_of_who_posted_it);
    TEST(a_task_that_it_spawns_sees_the_same);
    TEST(it_can_be_given_another_context);
    TEST(behind_the_block_it_sees_what_is_bound_around_it);
    TEST_STOPS(one_that_is_not_posted_cannot_be_given_a_context);
    TEST(taken_back_it_lets_go_of_the_context);
#endif
    TEST(of_ten_thousand_each_costs_one_step_and_any_can_be_taken_back);
    TEST(whatever_order_is_tried_callbacks_keep_their_place);
    TEST(a_callback_is_no_place_to_cancel);
    TEST(traced_steps_call_it_callback);
}
