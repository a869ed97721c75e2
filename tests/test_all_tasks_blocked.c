/* test_all_tasks_blocked.c - waiting until all other tasks are blocked, before the clock moves. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/callback.h>
#include <weft/sync.h>

static weft_event event;
static WEFT_TASK(sleeper) a, b, c;

static void begin_fresh(void)
{
    event = (weft_event){0};
    begin();
}

/* Says its name when all tasks are blocked. */
struct idler {
    WEFT_FRAME;
    const char *name;
    weft_time cushion;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(idler, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test, self->cushion);
    weft_trace(&test, self->name);
WEFT_FINALLY:
    if (WEFT_OUTCOME() == WEFT_ECANCELED) {
        weft_trace(&test, "cancelled");
    }
}
WEFT_END

static WEFT_TASK(idler) first, second, third;

/* Lets the others run so many times, says its name, and goes to sleep. */
struct passer {
    WEFT_FRAME;
    const char *name;
    int times;
    struct weft_sleep nap;
};

static WEFT_ASYNC(passer, self)
{
    while (self->times-- > 0) {
        WEFT_PASS();
    }
    weft_trace(&test, self->name);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, self->name);
}
WEFT_END

START_TEST(it_goes_on_when_every_other_task_waits_before_the_clock_jumps)
{
    begin();
    START(&a, sleeper, "a", WEFT_MS(1));
    ck_assert_int_eq(weft_test_run(&test, idler, "idle"), 0);
    ck_assert_str_eq(test.trace, "idle@0s ");
}
END_TEST

START_TEST(it_waits_for_tasks_that_take_many_steps_without_waiting)
{
    static WEFT_TASK(passer) busy;
    begin();
    START(&first, idler, "idle", 0);
    START(&busy, passer, "busy", 500);
    ck_assert_int_eq(weft_test_run_until(&test, &busy.task), 0);
    ck_assert_str_eq(test.trace, "busy@0s idle@0s busy@1s ");
}
END_TEST

struct woken {
    WEFT_FRAME;
    const char *name;
    weft_event *mine, *next;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(woken, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->mine);
    weft_trace(&test, self->name);
    weft_event_set(self->next);
}
WEFT_END

START_TEST(it_waits_for_tasks_that_wake_each_other)
{
    static WEFT_TASK(woken) chain[3];
    static weft_event events[4];
    static const char *const names[] = {"one", "two", "three"};
    begin();
    START(&first, idler, "idle", 0);
    for (int i = 0; i < 3; i++) {
        START(&chain[i], woken, names[i], &events[i], &events[i + 1]);
    }
    events[0].is_set = true;
    ck_assert_int_eq(weft_test_run_until(&test, &first.task), 0);
    ck_assert_str_eq(test.trace, "one@0s two@0s three@0s idle@0s ");
}
END_TEST

/* Waits twice: there is a moment of its own for each. */
struct twice {
    WEFT_FRAME;
    struct weft_wait_all_tasks_blocked blocked;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(twice, self)
{
    weft_trace(&test, "waits");
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
    weft_trace(&test, "sets");
    weft_event_set(&event);
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
    weft_trace(&test, "sees");
}
WEFT_END

START_TEST(what_its_waiter_makes_ready_is_awaited_by_the_next_one)
{
    static WEFT_TASK(woken) other;
    static weft_event unused;
    begin_fresh();
    START(&other, woken, "other", &event, &unused);
    ck_assert_int_eq(weft_test_run(&test, twice), 0);
    ck_assert_str_eq(test.trace, "waits@0s sets@0s other@0s sees@0s ");
}
END_TEST

START_TEST(with_nobody_else_it_goes_on_at_once)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, idler, "idle"), 0);
    ck_assert_str_eq(test.trace, "idle@0s ");
    ck_assert_uint_eq(test.steps, 2);
}
END_TEST

struct never {
    WEFT_FRAME;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(never, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &event);
}
WEFT_END

START_TEST(it_goes_on_before_a_deadlock_is_reported)
{
    begin_fresh();
    START(&first, idler, "idle", 0);
    ck_assert_int_eq(weft_test_run(&test, never), WEFT_EDEADLOCK);
    ck_assert_str_eq(test.trace, "idle@0s ");
}
END_TEST

START_TEST(several_go_on_together_in_the_order_in_which_they_came)
{
    begin();
    START(&first, idler, "first", 0);
    START(&second, idler, "second", 0);
    START(&third, idler, "third", 0);
    ck_assert_int_eq(weft_test_run_until(&test, &third.task), 0);
    ck_assert_str_eq(test.trace, "first@0s second@0s third@0s ");
    ck_assert_uint_eq(test.steps, 6);
}
END_TEST

struct hurries {
    WEFT_FRAME;
    struct weft_wait_all_tasks_blocked blocked;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hurries, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
    weft_trace(&test, "hurries");
    WEFT_PASS();
    WEFT_PASS();
    weft_trace(&test, "rests");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(5));
}
WEFT_END

START_TEST(those_with_a_larger_cushion_wait_until_the_others_are_blocked_too)
{
    static WEFT_TASK(hurries) main_task;
    begin();
    START(&first, idler, "larger", WEFT_MS(2));
    START(&second, idler, "smaller", WEFT_MS(1));
    START(&main_task, hurries);
    ck_assert_int_eq(weft_test_run_until(&test, &main_task.task), 0);
    /* each moment without a step is counted anew: 1 ms, and 2 ms after that */
    ck_assert_str_eq(test.trace, "hurries@0s rests@0s smaller@1ms larger@3ms ");
}
END_TEST

START_TEST(a_cushion_moves_the_clock_so_far_and_no_further)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(10));
    START(&first, idler, "idle", WEFT_S(3));
    ck_assert_int_eq(weft_test_run_until(&test, &a.task), 0);
    ck_assert_str_eq(test.trace, "idle@3s a@10s ");
}
END_TEST

START_TEST(a_step_begins_the_cushion_anew)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(2));
    START(&b, sleeper, "b", WEFT_S(4));
    START(&c, sleeper, "c", WEFT_S(9));
    START(&first, idler, "idle", WEFT_S(3));
    ck_assert_int_eq(weft_test_run_until(&test, &c.task), 0);
    ck_assert_str_eq(test.trace, "a@2s b@4s idle@7s c@9s ");
}
END_TEST

START_TEST(a_timer_that_is_due_at_the_same_moment_comes_first)
{
    begin();
    START(&a, sleeper, "a", WEFT_S(3));
    START(&first, idler, "idle", WEFT_S(3));
    ck_assert_int_eq(weft_test_run_until(&test, &first.task), 0);
    ck_assert_str_eq(test.trace, "a@3s idle@6s ");
}
END_TEST

START_TEST(a_cushion_below_zero_is_none)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, idler, "idle", -WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "idle@0s ");
}
END_TEST

struct interrupted {
    WEFT_FRAME;
    struct weft_signal_wait wait;
    weft_signal signal;
};

static WEFT_ASYNC(interrupted, self)
{
    weft_signal_init(&self->signal, &test.executor.core);
    weft_signal_set(&self->signal);
    WEFT_TRY(self->wait, weft_signal_wait, &self->signal);
    weft_trace(&test, "signal");
}
WEFT_END

START_TEST(what_was_posted_from_outside_comes_first)
{
    static WEFT_TASK(interrupted) task;
    begin();
    START(&first, idler, "idle", 0);
    START(&task, interrupted);
    ck_assert_int_eq(weft_test_run_until(&test, &first.task), 0);
    ck_assert_str_eq(test.trace, "signal@0s idle@0s ");
}
END_TEST

static void say(void *name)
{
    weft_trace(&test, name);
}

struct poster {
    WEFT_FRAME;
};

static WEFT_ASYNC(poster, self)
{
    static weft_callback callback; /* it is called after this frame has ended */
    static char name[] = "callback";
    weft_callback_post(&test.executor.core, &callback, say, name);
}
WEFT_END

START_TEST(a_callback_that_was_posted_comes_first)
{
    static WEFT_TASK(poster) task;
    begin();
    START(&first, idler, "idle", 0);
    START(&task, poster);
    ck_assert_int_eq(weft_test_run_until(&test, &first.task), 0);
    ck_assert_str_eq(test.trace, "callback@0s idle@0s ");
}
END_TEST

struct canceller {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    weft_task_cancel(&first.task);
}
WEFT_END

START_TEST(it_is_cancelled_while_it_waits)
{
    begin();
    START(&first, idler, "idle", WEFT_S(3));
    START(&second, idler, "second", WEFT_S(3));
    ck_assert_int_eq(weft_test_run(&test, canceller, 0), 0);
    ck_assert_str_eq(test.trace, "cancelled@0s cancelled@0s ");
    ck_assert_int_eq(first.task.status, WEFT_ECANCELED);
}
END_TEST

struct cancels_when_idle {
    WEFT_FRAME;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(cancels_when_idle, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
    weft_task_cancel(&first.task);
}
WEFT_END

START_TEST(cancelled_after_it_was_woken_and_before_it_ran_it_is_cancelled)
{
    static WEFT_TASK(cancels_when_idle) earlier;
    begin();
    START(&earlier, cancels_when_idle);
    START(&first, idler, "idle", 0);
    START(&second, idler, "second", 0);
    ck_assert_int_eq(weft_test_run_until(&test, &second.task), 0);
    ck_assert_str_eq(test.trace, "cancelled@0s second@0s ");
}
END_TEST

struct impatient {
    WEFT_FRAME;
    weft_time patience, cushion;
    weft_scope scope;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(impatient, self)
{
    WEFT_MOVE_ON(self->scope, self->patience) {
        WEFT_AWAIT(self->blocked, weft_wait_all_tasks_blocked, &test, self->cushion);
    }
    weft_trace(&test, self->scope.expired ? "expired" : "idle");
}
WEFT_END

START_TEST(a_deadline_ends_it_like_any_wait)
{
    begin();
    ck_assert_int_eq(weft_test_run(&test, impatient, WEFT_S(1), WEFT_S(2)), 0);
    ck_assert_int_eq(weft_test_run(&test, impatient, WEFT_S(2), WEFT_S(1)), 0);
    ck_assert_int_eq(weft_test_run(&test, impatient, WEFT_S(1), WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "expired@1s idle@2s expired@3s ");
}
END_TEST

struct tidy {
    WEFT_FRAME;
    struct weft_event_wait wait;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(tidy, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &event);
WEFT_FINALLY:
    WEFT_AWAIT(self->blocked, weft_wait_all_tasks_blocked, &test);
    weft_trace(&test, "cleaned");
}
WEFT_END

START_TEST(it_works_in_a_cleanup)
{
    static WEFT_TASK(tidy) task;
    begin_fresh();
    START(&task, tidy);
    ck_assert_int_eq(weft_test_run(&test, sleeper, "x", WEFT_S(1)), 0);
    ck_assert_str_eq(test.trace, "x@1s cleaned@1s ");
}
END_TEST

START_TEST(without_the_test_that_runs_it_it_stops)
{
    static weft_test other;
    weft_test_init(&other, NULL);
    begin();
    (void)weft_test_run(&other, idler, "idle"); /* which waits for `test` */
}
END_TEST

enum { MANY = SIZED(10000, 30) };

struct quiet {
    WEFT_FRAME;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(quiet, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test, WEFT_S(1));
}
WEFT_END

START_TEST(ten_thousand_wait_at_constant_cost_each)
{
    static WEFT_TASK(quiet) many[MANY];
    weft_test_init(&test, NULL);
    for (int i = 0; i < MANY; i++) {
        START(&many[i], quiet);
    }
    ck_assert_int_eq(weft_test_run_until(&test, &many[MANY - 1].task), 0);
    ck_assert_uint_eq(test.steps, 2 * MANY);
}
END_TEST

/* In whatever order they run, all have come to their wait. */
struct workers {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(passer) one, two;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(workers, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->one, passer, "w", 2));
        WEFT_CHECK(weft_spawn(&self->group, &self->two, passer, "w", 1));
        WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, &test);
        weft_trace(&test, "blocked");
    }
}
WEFT_END

static void run_workers(weft_test *of, void *context)
{
    (void)context;
    if (weft_test_run(of, workers) == 0 && strcmp(of->trace, "w@0s w@0s blocked@0s w@1s w@1s ")) {
        weft_test_fail(of, "they were not blocked", NULL);
    }
}

START_TEST(in_every_schedule_it_comes_behind_all_the_others)
{
    begin();
    ck_assert_int_gt(weft_test_schedules(&test, 1000, run_workers, NULL), 1);
    ck_assert_clean();
}
END_TEST

static void run_cancelled(weft_test *of, void *context)
{
    static weft_test_resource idlers = {.name = "idlers"};
    (void)context;
    weft_test_expect_no_waiters(of, &idlers, &of->idlers);
    if (weft_test_run(of, workers) == WEFT_EDEADLOCK) {
        weft_test_fail(of, "it hangs", NULL);
    }
}

START_TEST(cancelled_at_any_place_it_leaves_nothing_behind)
{
    begin();
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_cancelled, NULL), 10);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_cancelled, NULL), 4);
    ck_assert_clean();
}
END_TEST

SUITE_TOGETHER(all_tasks_blocked)
{
    TEST(it_goes_on_when_every_other_task_waits_before_the_clock_jumps);
    TEST(it_waits_for_tasks_that_take_many_steps_without_waiting);
    TEST(it_waits_for_tasks_that_wake_each_other);
    TEST(what_its_waiter_makes_ready_is_awaited_by_the_next_one);
    TEST(with_nobody_else_it_goes_on_at_once);
    TEST(it_goes_on_before_a_deadlock_is_reported);
    TEST(several_go_on_together_in_the_order_in_which_they_came);
    TEST(those_with_a_larger_cushion_wait_until_the_others_are_blocked_too);
    TEST(a_cushion_moves_the_clock_so_far_and_no_further);
    TEST(a_step_begins_the_cushion_anew);
    TEST(a_timer_that_is_due_at_the_same_moment_comes_first);
    TEST(a_cushion_below_zero_is_none);
    TEST(what_was_posted_from_outside_comes_first);
    TEST(a_callback_that_was_posted_comes_first);
    TEST(it_is_cancelled_while_it_waits);
    TEST(cancelled_after_it_was_woken_and_before_it_ran_it_is_cancelled);
    TEST(a_deadline_ends_it_like_any_wait);
    TEST(it_works_in_a_cleanup);
    TEST_STOPS(without_the_test_that_runs_it_it_stops);
    TEST(ten_thousand_wait_at_constant_cost_each);
    TEST(in_every_schedule_it_comes_behind_all_the_others);
    TEST(cancelled_at_any_place_it_leaves_nothing_behind);
}
