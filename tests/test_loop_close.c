/* test_loop_close.c - what a loop leaves between its runs, and what its close does with that. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"

#include <weft/generator.h>
#include <weft/pool.h>

static weft_handle handle;

/* Runs on until it is cancelled; then it cleans up in one of several ways. */
enum way { AT_ONCE, BY_SLEEPING, IN_A_THREAD, BY_SPAWNING, BY_POSTING, SHIELDED, SWALLOWS, WAYS };

struct quick {
    WEFT_FRAME;
};

static WEFT_ASYNC(quick, self)
{
    say("not here ");
}
WEFT_END

static WEFT_TASK(quick) late;
static weft_callback callback;

static int double_it(void *number)
{
    return *(int *)number * 2;
}

struct leftover {
    WEFT_FRAME;
    enum way way;
    int number;
    weft_scope shield;
    union {
        struct weft_sleep nap;
        struct weft_run_in_executor run;
    };
};

static WEFT_ASYNC(leftover, self)
{
    if (self->way == SHIELDED) {
        WEFT_SHIELD(self->shield, 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
            say("finished ");
        }
    } else if (self->way == SWALLOWS) {
        WEFT_CATCH(self->nap, weft_sleep, WEFT_FOREVER);
        WEFT_RETURN(-5);
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
WEFT_FINALLY:
    if (self->way == BY_SLEEPING) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    } else if (self->way == IN_A_THREAD) {
        self->number = 21;
        WEFT_TRY(self->run, weft_run_in_executor, double_it, &self->number);
        say("%d ", self->run.result);
    } else if (self->way == BY_SPAWNING) {
        say("%d ", weft_spawn(weft_loop_group(loop), &late, quick));
    } else if (self->way == BY_POSTING) {
        weft_callback_post(weft_loop_core(loop), &callback, say_it, word("called"));
        weft_call_later(loop, &handle, WEFT_S(3600), say_it, word("never"));
    }
    say("left%d ", WEFT_OUTCOME());
}
WEFT_END

static WEFT_TASK(leftover) slot;

struct starts {
    WEFT_FRAME;
    enum way way;
};

static WEFT_ASYNC(starts, self)
{
    WEFT_SPAWN(weft_loop_group(loop), &slot, leftover, self->way);
    WEFT_PASS();
    say("main ");
}
WEFT_END

static void begin_here(int n)
{
    begin(n);
    memset(&slot, 0, sizeof slot);
    memset(&late, 0, sizeof late);
    handle = (weft_handle){0};
    callback = (weft_callback){0};
}

START_TEST(what_is_left_cleans_up_before_the_loop_is_closed)
{
    static const char *const traces[] = {
        "main left-4097 ",       "main left-4097 ",        "main 42 left-4097 ",
        "main -4097 left-4097 ", "main left-4097 called ", "main finished left-4097 ",
        "main left-5 "};
    const enum way way = (enum way)(_i / BACKENDS);
    begin_here(_i % BACKENDS);
    ck_assert_int_eq(RUN(starts, way), 0);
    end();
    ck_assert_str_eq(trace, traces[way]);
    ck_assert_int_eq(slot.task.status, way == SWALLOWS ? -5 : WEFT_ECANCELED);
}
END_TEST

START_TEST(its_failure_is_reported_once_and_to_be_cancelled_is_none)
{
    begin_here(_i % BACKENDS);
    ck_assert_int_eq(RUN(starts, _i < BACKENDS ? AT_ONCE : SWALLOWS), 0);
    end();
    ck_assert_int_eq(reports, _i < BACKENDS ? 0 : 1);
}
END_TEST

START_TEST(a_loop_that_was_never_run_can_be_closed)
{
    begin_here(_i);
    end();
    ck_assert_str_eq(trace, "");
}
END_TEST

START_TEST(closing_no_loop_does_nothing)
{
    weft_loop_close(NULL);
}
END_TEST

START_TEST(what_was_spawned_before_the_first_run_begins_in_it)
{
    begin_here(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &slot, leftover, SWALLOWS), 0);
    ck_assert(weft_task_cancel(&slot.task));
    ck_assert_int_eq(RUN(quick), 0);
    ck_assert_str_eq(trace, "left-4097 not here "); /* it had not begun: only its cleanup */
    end();
}
END_TEST

START_TEST(never_run_what_was_spawned_runs_its_cleanup_at_the_close)
{
    begin_here(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &slot, leftover, AT_ONCE), 0);
    end();
    ck_assert_str_eq(trace, "left-4097 ");
}
END_TEST

struct fails {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(fails, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

START_TEST(a_run_that_failed_leaves_the_loop_for_the_next)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(fails, -5), -5);
    ck_assert_int_eq(RUN(fails, WEFT_ECANCELED), WEFT_ECANCELED);
    ck_assert_int_eq(RUN(fails, 7), 7);
    ck_assert_int_eq(reports, 0);
    end();
}
END_TEST

struct cancels_itself {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cancels_itself, self)
{
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
}
WEFT_END

START_TEST(a_main_task_that_cancels_itself_ends_cancelled_and_not_interrupted)
{
    const weft_loop_desc desc = {.backend = backends[_i]};
    signal(SIGINT, SIG_DFL); /* Check has a handler of its own */
    ck_assert_int_eq(weft_run_with(&desc, cancels_itself), WEFT_ECANCELED);
}
END_TEST

START_TEST(one_program_may_run_after_the_other)
{
    const weft_loop_desc desc = {.backend = backends[_i]};
    ck_assert_int_eq(weft_run_with(&desc, fails, -5), -5);
    ck_assert_ptr_null(weft_loop_running());
    ck_assert_int_eq(weft_run_with(&desc, fails, 0), 0);
}
END_TEST

/* A loop over a generator that is left over. */
struct counts {
    WEFT_FRAME;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(counts, self)
{
    for (;; self->value++) {
        WEFT_YIELD(self->value);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(1));
    say("closed ");
}
WEFT_END

struct loops {
    WEFT_FRAME;
    struct counts each;
    struct weft_sleep nap;
};

static WEFT_ASYNC(loops, self)
{
    WEFT_FOR_EACH(self->each, counts) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
    }
WEFT_FINALLY:
    say("loop%d ", WEFT_OUTCOME());
}
WEFT_END

START_TEST(the_generators_of_what_is_left_are_closed)
{
    static WEFT_TASK(loops) task;
    memset(&task, 0, sizeof task);
    begin_here(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, loops), 0);
    run_passes(1);
    end();
    ck_assert_str_eq(trace, "closed loop-4097 ");
}
END_TEST

/* A loop that is closed while another one of its thread runs. */
struct says_where {
    WEFT_FRAME;
    weft_loop *own;
    struct weft_sleep nap;
};

static WEFT_ASYNC(says_where, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
WEFT_FINALLY:
    say(weft_loop_running() == self->own ? "own " : "other ");
}
WEFT_END

static weft_loop *inner;

static void close_inner(void *unused)
{
    (void)unused;
    weft_loop_close(inner);
    say(weft_loop_running() == loop ? "outer " : "none ");
}

START_TEST(a_loop_may_close_another_whose_cleanups_see_their_own)
{
    WEFT_TASK(says_where) task = {0};
    begin(_i);
    ck_assert_int_eq(weft_loop_new(&inner, &(weft_loop_desc){.backend = backends[_i]}), 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(inner), &task, says_where, inner), 0);
    ck_assert_int_eq(weft_loop_run_once(inner, 0), 0);
    weft_call_soon(loop, &handle, close_inner, NULL);
    run_passes(1);
    ck_assert_str_eq(trace, "own outer ");
    end();
}
END_TEST

struct never_cleaned {
    WEFT_FRAME;
    weft_link nobody;
    struct weft_sleep nap;
};

static WEFT_ASYNC(never_cleaned, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER);
WEFT_FINALLY:
    WEFT_PARK(&self->nobody);
}
WEFT_END

START_TEST(a_cleanup_that_waits_for_ever_is_told_and_dumped_at_the_close)
{
    static WEFT_TASK(never_cleaned) task;
    capture_stderr();
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, never_cleaned), 0);
    run_passes(1);
    end();
    ck_assert_ptr_nonnull(strstr(read_stderr(), "never_cleaned"));
    ck_assert_int_eq(reports, 1);
    ck_assert_ptr_nonnull(strstr(reported, "tasks are left at the close of the loop"));
}
END_TEST

SUITE(loop_close)
{
    TEST_EACH(a_loop_may_close_another_whose_cleanups_see_their_own, BACKENDS);
    TEST_EACH(a_cleanup_that_waits_for_ever_is_told_and_dumped_at_the_close, BACKENDS);
    TEST_EACH(what_is_left_cleans_up_before_the_loop_is_closed, WAYS * BACKENDS);
    TEST_EACH(its_failure_is_reported_once_and_to_be_cancelled_is_none, 2 * BACKENDS);
    TEST_EACH(a_loop_that_was_never_run_can_be_closed, BACKENDS);
    TEST(closing_no_loop_does_nothing);
    TEST_EACH(what_was_spawned_before_the_first_run_begins_in_it, BACKENDS);
    TEST_EACH(never_run_what_was_spawned_runs_its_cleanup_at_the_close, BACKENDS);
    TEST_EACH(a_run_that_failed_leaves_the_loop_for_the_next, BACKENDS);
    TEST_EACH(a_main_task_that_cancels_itself_ends_cancelled_and_not_interrupted, BACKENDS);
    TEST_EACH(one_program_may_run_after_the_other, BACKENDS);
    TEST_EACH(the_generators_of_what_is_left_are_closed, BACKENDS);
}
