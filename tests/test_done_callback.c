/* test_done_callback.c - a function that is told how a task ended. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>

#include "virtual.h"
#include <weft/done_callback.h>

struct worker {
    WEFT_FRAME;
    int work, status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->work));
    say("ends ");
    WEFT_RETURN(self->status);
}
WEFT_END

typedef WEFT_TASK(worker) worker_task;

static weft_done_callback one, two, three;

static void told(void *name, int status)
{
    say("%s:%d@%d ", (const char *)name, status, seconds());
}

static void *word(const char *text)
{
    return (void *)(uintptr_t)text;
}

static void add(worker_task *task, weft_done_callback *callback, const char *name)
{
    weft_task_add_done_callback(&task->task, callback, told, word(name));
}

/* Told. */

START_TEST(it_is_told_how_the_task_ended)
{
    static const int statuses[] = {0, -5, WEFT_ETIMEDOUT};
    worker_task task = {0};
    begin();
    START(&task, worker, 2, .status = statuses[_i]);
    add(&task, &one, "one");
    ck_assert(weft_done_callback_is_pending(&one));
    ck_assert_int_eq(run(), 0);
    static const char *const traces[] = {"ends one:0@2 ", "ends one:-5@2 ", "ends one:-4098@2 "};
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert(!weft_done_callback_is_pending(&one));
}
END_TEST

START_TEST(of_a_task_that_is_cancelled_too)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 2);
    add(&task, &one, "one");
    if (_i == 1) {
        run_one_pass(); /* else it has not begun */
    }
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one:-4097@0 ");
}
END_TEST

START_TEST(it_is_called_in_the_next_pass_not_from_inside_the_end)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0);
    add(&task, &one, "one");
    run_one_pass();
    run_one_pass();
    ck_assert(weft_task_is_done(&task.task));
    ck_assert_str_eq(trace, "ends ");
    run_one_pass();
    ck_assert_str_eq(trace, "ends one:0@0 ");
}
END_TEST

START_TEST(of_a_task_that_has_ended_it_is_posted_at_once_and_not_called_inline)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 1, .status = -5);
    ck_assert_int_eq(run(), 0);
    trace[0] = '\0';
    add(&task, &one, "one");
    ck_assert(weft_done_callback_is_pending(&one));
    ck_assert_str_eq(trace, "");
    run_one_pass();
    ck_assert_str_eq(trace, "one:-5@1 ");
}
END_TEST

START_TEST(of_a_task_that_was_refused_it_is_posted_at_once)
{
    worker_task task = {0};
    begin();
    executor.group.is_cancelled = true;
    ck_assert_int_eq(weft_spawn(&executor.group, &task, worker, 1), WEFT_ECANCELED);
    add(&task, &one, "one");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one:-4097@0 ");
}
END_TEST

START_TEST(several_are_called_in_the_order_added)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 1);
    add(&task, &two, "a");
    add(&task, &three, "b");
    add(&task, &one, "c");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends a:0@1 b:0@1 c:0@1 ");
}
END_TEST

struct joiner {
    WEFT_FRAME;
    const char *name;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(joiner, self)
{
    WEFT_CATCH(self->join, weft_join, self->task);
    say("%s:%d ", self->name, WEFT_STATUS());
}
WEFT_END

START_TEST(callbacks_and_joiners_go_on_in_the_order_in_which_they_came)
{
    worker_task task = {0};
    WEFT_TASK(joiner) first = {0}, last = {0};
    begin();
    START(&task, worker, 1);
    START(&first, joiner, "first", &task.task);
    run_one_pass();
    add(&task, &one, "one");
    START(&last, joiner, "last", &task.task);
    run_one_pass();
    add(&task, &two, "two");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends first:0 one:0@1 last:0 two:0@1 ");
}
END_TEST

START_TEST(the_slot_may_be_in_use_again_when_it_is_called)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0, .status = -5);
    add(&task, &one, "one");
    run_one_pass();
    run_one_pass();
    START(&task, worker, 1);
    add(&task, &two, "two");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends one:-5@0 ends two:0@1 ");
}
END_TEST

static void ask_who_runs(void *unused, int status)
{
    (void)unused;
    say("%s:%d ", weft_current_task(&executor.core) == NULL ? "nobody" : "somebody", status);
}

START_TEST(when_it_is_called_no_task_is_current)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0);
    weft_task_add_done_callback(&task.task, &one, ask_who_runs, NULL);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends nobody:0 ");
}
END_TEST

struct parent {
    WEFT_FRAME;
    weft_done_callback callback;
    weft_group group;
    worker_task child;
};

static WEFT_ASYNC(parent, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->child, worker, 1));
        weft_task_add_done_callback(&self->child.task, &self->callback, told, word("child"));
    }
    say("left ");
}
WEFT_END

START_TEST(of_a_child_it_is_called_before_the_block_of_the_group_is_left)
{
    WEFT_TASK(parent) task = {0};
    begin();
    START(&task, parent);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends child:0@1 left ");
}
END_TEST

START_TEST(a_failure_that_it_is_told_of_is_not_reported)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 1, .status = -5);
    add(&task, &one, "one");
    if (_i == 1) {
        ck_assert(weft_task_remove_done_callback(&task.task, &one));
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(reports, _i);
}
END_TEST

/* Removed. */

START_TEST(removed_it_is_not_called_and_the_others_keep_their_order)
{
    static const char *const traces[] = {"ends b:0@1 c:0@1 ", "ends a:0@1 c:0@1 ",
                                         "ends a:0@1 b:0@1 "};
    weft_done_callback *const callbacks[] = {&one, &two, &three};
    worker_task task = {0};
    begin();
    START(&task, worker, 1);
    add(&task, &one, "a");
    add(&task, &two, "b");
    add(&task, &three, "c");
    ck_assert(weft_task_remove_done_callback(&task.task, callbacks[_i]));
    ck_assert(!weft_done_callback_is_pending(callbacks[_i]));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(all_removed_none_is_called)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 1);
    add(&task, &one, "a");
    add(&task, &two, "b");
    ck_assert(weft_task_remove_done_callback(&task.task, &one));
    ck_assert(weft_task_remove_done_callback(&task.task, &two));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends ");
}
END_TEST

START_TEST(it_can_be_removed_until_it_is_called)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0);
    add(&task, &one, "one");
    run_one_pass();
    run_one_pass();
    ck_assert_str_eq(trace, "ends ");
    ck_assert(weft_task_remove_done_callback(&task.task, &one));
    ck_assert(!weft_task_remove_done_callback(&task.task, &one));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends ");
}
END_TEST

START_TEST(one_that_was_called_or_never_added_cannot_be_removed)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0);
    ck_assert(!weft_task_remove_done_callback(&task.task, &one));
    add(&task, &one, "one");
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_task_remove_done_callback(&task.task, &one));
}
END_TEST

static void remove_two(void *task, int status)
{
    (void)status;
    say("%d ", weft_task_remove_done_callback(task, &two));
}

START_TEST(a_callback_can_remove_the_next_one)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 0);
    weft_task_add_done_callback(&task.task, &one, remove_two, &task.task);
    add(&task, &two, "two");
    add(&task, &three, "three");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends 1 three:0@0 ");
}
END_TEST

START_TEST(a_joiner_that_is_cancelled_leaves_the_callbacks_beside_it)
{
    worker_task task = {0};
    WEFT_TASK(joiner) join = {0};
    begin();
    START(&task, worker, 5);
    add(&task, &one, "one");
    START(&join, joiner, "joiner", &task.task);
    run_one_pass();
    add(&task, &two, "two");
    ck_assert(weft_task_remove_done_callback(&task.task, &one));
    ck_assert(weft_task_cancel(&join.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "joiner:-4097 two:-4097@0 ");
}
END_TEST

/* Used again. */

static worker_task next_task;

static void go_on(void *callback, int status)
{
    say("first:%d ", status);
    START(&next_task, worker, 1);
    weft_task_add_done_callback(&next_task.task, callback, told, word("second"));
}

START_TEST(it_may_be_added_again_from_its_own_call)
{
    worker_task task = {0};
    begin();
    START(&task, worker, 1, .status = -5);
    weft_task_add_done_callback(&task.task, &one, go_on, &one);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends first:-5 ends second:0@2 ");
}
END_TEST

struct background {
    weft_done_callback callback;
    worker_task slot;
};

static void free_background(void *background, int status)
{
    memset(background, 0xaa, sizeof(struct background)); /* as free() does, or the next owner */
    told(word("freed"), status);
}

START_TEST(it_may_free_itself_and_the_task)
{
    static struct background background;
    begin();
    START(&background.slot, worker, 1);
    weft_task_add_done_callback(&background.slot.task, &background.callback, free_background,
                                &background);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends freed:0@1 ");
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
    weft_task *task;
    bool forgets;
    weft_binding binding;
    struct weft_sleep nap;
};

static WEFT_ASYNC(binder, self)
{
    WEFT_BIND(self->binding, &who, "binder")
    {
        weft_task_add_done_callback(self->task, &one, say_who, NULL);
        weft_task_add_done_callback(self->task, &two, say_who, NULL);
        (void)weft_task_remove_done_callback(self->task, &two);
        if (self->forgets) {
            weft_done_callback_set_context(&one, NULL);
            WEFT_RETURN(0); /* it may outlive the block */
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(2));
    }
}
WEFT_END

START_TEST(it_sees_the_context_of_who_added_it)
{
    worker_task task = {0};
    WEFT_TASK(binder) adder = {0};
    begin();
    START(&task, worker, 1);
    START(&adder, binder, &task.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends binder ");
}
END_TEST

START_TEST(it_can_be_given_another_context)
{
    worker_task task = {0};
    WEFT_TASK(binder) adder = {0};
    begin();
    START(&task, worker, 1);
    START(&adder, binder, &task.task, .forgets = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ends none ");
}
END_TEST
#endif

/* Misused. */

START_TEST(adding_one_that_is_under_way_stops)
{
    worker_task task = {0}, other = {0};
    begin();
    START(&task, worker, 1);
    START(&other, worker, 1);
    add(&task, &one, "one");
    add(&other, &one, "again");
}
END_TEST

START_TEST(adding_to_a_task_that_was_never_spawned_stops)
{
    worker_task task = {0};
    begin();
    add(&task, &one, "one");
}
END_TEST

/* Many. */

enum { MANY = SIZED(10000, 30) };
static weft_done_callback many[MANY];
static int called;

static void count(void *number, int status)
{
    (void)status;
    ck_assert_int_ge((int)(intptr_t)number, called);
    called++;
}

START_TEST(of_ten_thousand_each_costs_one_step_and_any_can_be_removed)
{
    worker_task task = {0};
    begin();
    called = 0;
    START(&task, worker, 0);
    for (int i = 0; i < MANY; i++) {
        weft_task_add_done_callback(&task.task, &many[i], count, (void *)(intptr_t)i);
    }
    for (int i = 1; i < MANY; i += 2) {
        ck_assert(weft_task_remove_done_callback(&task.task, &many[i]));
    }
    run_one_pass();
    run_one_pass();
    ck_assert_int_eq(called, 0);
    run_one_pass();
    ck_assert_int_eq(called, MANY / 2);
}
END_TEST

/* In every order, and cancelled at every place. */

static weft_test test;

static void count_call(void *calls, int status)
{
    ck_assert(status == 0 || status == -5 || status == WEFT_ECANCELED);
    (*(int *)calls)++;
}

struct program {
    WEFT_FRAME;
    int calls;
    weft_done_callback callbacks[3];
    weft_group group;
    worker_task children[2];
    struct weft_join join;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->children[0], worker, 1, .status = -5));
        WEFT_CHECK(weft_spawn(&self->group, &self->children[1], worker, 1));
        for (int i = 0; i < 3; i++) {
            weft_task_add_done_callback(&self->children[i % 2].task, &self->callbacks[i],
                                        count_call, &self->calls);
        }
        (void)weft_task_remove_done_callback(&self->children[1].task, &self->callbacks[1]);
        WEFT_TRY(self->join, weft_join, &self->children[1].task);
    }
WEFT_FINALLY:
    if (self->children[0].task.owner != NULL) { /* else it was not begun */
        for (int i = 0; i < 3; i++) {
            self->calls +=
                weft_task_remove_done_callback(&self->children[i % 2].task, &self->callbacks[i]);
        }
        if (self->calls != 2) {
            weft_test_fail(&test, "a callback was lost, or called twice", NULL);
        }
    }
}
WEFT_END

static void run_program(weft_test *of, void *unused)
{
    (void)unused;
    begin();
    (void)weft_test_run(of, program);
}

START_TEST(in_every_order_each_is_called_once_or_removed)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_schedules(&test, 1000, run_program, NULL), 3);
}
END_TEST

START_TEST(wherever_somebody_is_cancelled_each_is_called_once_or_removed)
{
    weft_test_init(&test, NULL);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_program, NULL), 8);
}
END_TEST

SUITE_TOGETHER(done_callback)
{
    TEST_EACH(it_is_told_how_the_task_ended, 3);
    TEST_EACH(of_a_task_that_is_cancelled_too, 2);
    TEST(it_is_called_in_the_next_pass_not_from_inside_the_end);
    TEST(of_a_task_that_has_ended_it_is_posted_at_once_and_not_called_inline);
    TEST(of_a_task_that_was_refused_it_is_posted_at_once);
    TEST(several_are_called_in_the_order_added);
    TEST(callbacks_and_joiners_go_on_in_the_order_in_which_they_came);
    TEST(the_slot_may_be_in_use_again_when_it_is_called);
    TEST(when_it_is_called_no_task_is_current);
    TEST(of_a_child_it_is_called_before_the_block_of_the_group_is_left);
    TEST_EACH(a_failure_that_it_is_told_of_is_not_reported, 2);
    TEST_EACH(removed_it_is_not_called_and_the_others_keep_their_order, 3);
    TEST(all_removed_none_is_called);
    TEST(it_can_be_removed_until_it_is_called);
    TEST(one_that_was_called_or_never_added_cannot_be_removed);
    TEST(a_callback_can_remove_the_next_one);
    TEST(a_joiner_that_is_cancelled_leaves_the_callbacks_beside_it);
    TEST(it_may_be_added_again_from_its_own_call);
    TEST(it_may_free_itself_and_the_task);
#if WEFT_CONTEXT
    TEST(it_sees_the_context_of_who_added_it);
    TEST(it_can_be_given_another_context);
#endif
    TEST_STOPS(adding_one_that_is_under_way_stops);
    TEST_STOPS(adding_to_a_task_that_was_never_spawned_stops);
    TEST(of_ten_thousand_each_costs_one_step_and_any_can_be_removed);
    TEST(in_every_order_each_is_called_once_or_removed);
    TEST(wherever_somebody_is_cancelled_each_is_called_once_or_removed);
}
