/* test_frame.c - coroutines that await each other, each with its state in a struct of its own. */
/* SPDX-License-Identifier: MIT */
#include "frame_other.h"
#include "virtual.h"
#include <weft/generator.h>

/* Drives a coroutine that never waits, from plain C: how it ended. */
#define DRIVE(frame, ...)                                                                          \
    (weft_init(frame, __VA_ARGS__), (void)weft_next(frame), weft_outcome(frame))

/* Says its name, lets the others run, and ends. */
struct letter {
    WEFT_FRAME;
    char name;
    struct weft_sleep nap;
};

static WEFT_ASYNC(letter, self)
{
    WEFT_TRY(self->nap, weft_sleep, 0);
    say("%c", self->name);
}
WEFT_END

struct add {
    WEFT_FRAME;
    int a, b; /* in */
    int sum;  /* out; more than 100 is a failure */
};

static WEFT_ASYNC(add, self)
{
    self->sum = self->a + self->b;
    WEFT_RETURN(self->sum > 100 ? -7 : 0);
}
WEFT_END

/* Where an await may stand. */

struct everywhere {
    WEFT_FRAME;
    int i;
    struct letter letter;
};

static WEFT_ASYNC(everywhere, self)
{
    for (self->i = 0; self->i < 2; self->i++) {
        WEFT_TRY(self->letter, letter, 'f');
    }
    while (self->i-- > 0) {
        WEFT_TRY(self->letter, letter, 'w');
    }
    do {
        WEFT_TRY(self->letter, letter, 'd');
    } while (++self->i < 1);
    if (self->i == 1)
        WEFT_TRY(self->letter, letter, 'i');
    else
        WEFT_TRY(self->letter, letter, 'I');
    if (self->i != 1)
        WEFT_AWAIT(self->letter, letter, 'E');
    else
        WEFT_CATCH(self->letter, letter, 'e');
    for (;;) {
        WEFT_TRY(self->letter, letter, 'b');
        if (self->i++ == 1) {
            continue;
        }
        break;
    }
}
WEFT_END

START_TEST(awaits_stand_in_for_while_do_if_and_else)
{
    WEFT_TASK(everywhere) task = {0};
    begin();
    START(&task, everywhere);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "ffwwddiebb");
}
END_TEST

/* clang-format off */
struct crowded {
    WEFT_FRAME;
    struct letter letter;
};

static WEFT_ASYNC(crowded, self) { WEFT_TRY(self->letter, letter, '1'); WEFT_TRY(self->letter, letter, '2'); }
WEFT_END
/* clang-format on */

START_TEST(two_awaits_stand_on_one_line)
{
    WEFT_TASK(crowded) task = {0};
    begin();
    START(&task, crowded);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "12");
}
END_TEST

#define SPELL_TWO(room, first, second)                                                             \
    do {                                                                                           \
        WEFT_TRY(room, letter, first);                                                             \
        WEFT_TRY(room, letter, second);                                                            \
    } while (0)

struct speller {
    WEFT_FRAME;
    struct letter letter;
};

static WEFT_ASYNC(speller, self)
{
    SPELL_TWO(self->letter, 'a', 'b');
    SPELL_TWO(self->letter, 'c', 'd');
}
WEFT_END

START_TEST(awaits_stand_in_a_macro_of_the_users)
{
    WEFT_TASK(speller) task = {0};
    begin();
    START(&task, speller);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "abcd");
}
END_TEST

struct own_switch {
    WEFT_FRAME;
    int number;
    struct letter letter;
};

static WEFT_ASYNC(own_switch, self)
{
    switch (self->number) {
    case 1:
        say("one ");
        break;
    default:
        say("more ");
        break;
    }
    WEFT_TRY(self->letter, letter, 's');
}
WEFT_END

START_TEST(a_switch_without_an_await_works)
{
    WEFT_TASK(own_switch) task = {0};
    begin();
    START(&task, own_switch, 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "one s");
}
END_TEST

/* Arguments and results. */

struct sums {
    WEFT_FRAME;
    int calls;
    struct add add;
};

static int counted(int *calls, int value)
{
    ++*calls;
    return value;
}

static WEFT_ASYNC(sums, self)
{
    WEFT_TRY(self->add, add, counted(&self->calls, 1), 2);
    say("%d ", self->add.sum);
    WEFT_TRY(self->add, add, .b = 10, .a = self->add.sum);
    say("%d ", self->add.sum);
    WEFT_TRY(self->add, add, self->add.sum, self->add.sum);
    say("%d ", self->add.sum);
    WEFT_TRY(self->add, add);
    say("%d", self->add.sum);
}
WEFT_END

START_TEST(arguments_go_by_position_or_by_name_and_are_0_where_left_out)
{
    struct sums it;
    begin();
    ck_assert_int_eq(DRIVE(&it, sums), 0);
    ck_assert_str_eq(trace, "3 13 26 0");
}
END_TEST

START_TEST(an_argument_is_evaluated_once)
{
    struct sums it;
    begin();
    ck_assert_int_eq(DRIVE(&it, sums), 0);
    ck_assert_int_eq(it.calls, 1);
}
END_TEST

struct negate {
    WEFT_FRAME;
    int number; /* in and out */
    char pad[40];
};

static WEFT_ASYNC(negate, self)
{
    self->number = -self->number;
}
WEFT_END

struct shared_room {
    WEFT_FRAME;
    union {
        struct add add;
        struct negate negate;
    };
};

static WEFT_ASYNC(shared_room, self)
{
    WEFT_TRY(self->add, add, 20, 3);
    WEFT_TRY(self->negate, negate, self->add.sum);
    WEFT_TRY(self->add, add, .a = self->negate.number, .b = self->negate.number - 1);
    say("%d", self->add.sum);
}
WEFT_END

START_TEST(calls_in_a_row_share_a_union_and_read_what_the_last_one_left_there)
{
    struct shared_room it;
    begin();
    ck_assert_int_eq(DRIVE(&it, shared_room), 0);
    ck_assert_str_eq(trace, "-47");
}
END_TEST

static WEFT_ASYNC(private_answer, self)
{
    self->answer = 1;
}
WEFT_END

struct asks_both {
    WEFT_FRAME;
    struct private_answer mine;
    struct other_ask others;
    struct other_add add;
};

static WEFT_ASYNC(asks_both, self)
{
    WEFT_TRY(self->mine, private_answer);
    WEFT_TRY(self->others, other_ask);
    WEFT_TRY(self->add, other_add, self->mine.answer, self->others.answer);
    say("%d %d %d", self->mine.answer, self->others.answer, self->add.sum);
    WEFT_TRY(self->add, other_add, -1, -2);
}
WEFT_END

START_TEST(coroutines_are_private_to_a_source_or_shared_between_sources)
{
    struct asks_both it;
    begin();
    ck_assert_int_eq(DRIVE(&it, asks_both), -7);
    ck_assert_str_eq(trace, "1 2 3");
}
END_TEST

/* Three awaits, and the ways out. */

enum way { BY_TRY, BY_AWAIT, BY_CATCH, BY_CHECK, BY_RETURN, BY_RETURN_0, BY_END };

struct leaver {
    WEFT_FRAME;
    enum way way;
    struct add add;
};

static int fails(int status)
{
    return status;
}

static WEFT_ASYNC(leaver, self)
{
    if (self->way == BY_TRY) {
        WEFT_TRY(self->add, add, 99, 99);
    } else if (self->way == BY_AWAIT) {
        WEFT_AWAIT(self->add, add, 99, 99);
    } else if (self->way == BY_CATCH) {
        WEFT_CATCH(self->add, add, 99, 99);
    } else if (self->way == BY_CHECK) {
        WEFT_CHECK(fails(3));
        WEFT_CHECK(fails(-8));
    } else if (self->way == BY_RETURN) {
        WEFT_RETURN(-9);
    } else if (self->way == BY_RETURN_0) {
        WEFT_RETURN(0);
    }
    say("on:%d ", WEFT_STATUS());
WEFT_FINALLY:
    say("out:%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(every_way_out_runs_finally_and_tells_the_outcome)
{
    const char *const traces[] = {"out:-7", "on:-7 out:0", "on:-7 out:0", "out:-8",
                                  "out:-9", "out:0",       "on:0 out:0"};
    const int outcomes[] = {-7, 0, 0, -8, -9, 0, 0};
    struct leaver it;
    begin();
    ck_assert_int_eq(DRIVE(&it, leaver, (enum way)_i), outcomes[_i]);
    ck_assert_str_eq(trace, traces[_i]);
    ck_assert(weft_has_ended(&it));
}
END_TEST

struct plain_leaver {
    WEFT_FRAME;
    enum way way;
    struct add add;
};

static WEFT_ASYNC(plain_leaver, self)
{
    if (self->way == BY_TRY) {
        WEFT_TRY(self->add, add, 99, 99);
    } else if (self->way == BY_AWAIT) {
        WEFT_AWAIT(self->add, add, 99, 99);
    } else if (self->way == BY_CATCH) {
        WEFT_CATCH(self->add, add, 99, 99);
    } else if (self->way == BY_CHECK) {
        WEFT_CHECK(fails(-8));
    } else if (self->way == BY_RETURN) {
        WEFT_RETURN(-9);
    } else if (self->way == BY_RETURN_0) {
        WEFT_RETURN(0);
    }
    say("on");
}
WEFT_END

START_TEST(every_way_out_works_without_finally)
{
    const int outcomes[] = {-7, 0, 0, -8, -9, 0, 0};
    struct plain_leaver it;
    begin();
    ck_assert_int_eq(DRIVE(&it, plain_leaver, (enum way)_i), outcomes[_i]);
    ck_assert_str_eq(trace, _i == BY_AWAIT || _i == BY_CATCH || _i == BY_END ? "on" : "");
}
END_TEST

enum in_cleanup { CLEANUP_AWAITS, CLEANUP_TRIES, CLEANUP_RETURNS, CLEANUP_CHECKS, CLEANUP_WAITS };

struct cleaner {
    WEFT_FRAME;
    int outcome;
    enum in_cleanup how;
    struct add add;
    struct letter letter;
};

static WEFT_ASYNC(cleaner, self)
{
    WEFT_RETURN(self->outcome);
WEFT_FINALLY:
    say("%d ", WEFT_OUTCOME());
    if (self->how == CLEANUP_AWAITS) {
        WEFT_AWAIT(self->add, add, 99, 99);
        say("on:%d", WEFT_STATUS());
    } else if (self->how == CLEANUP_TRIES) {
        WEFT_TRY(self->add, add, 99, 99);
        say("never");
    } else if (self->how == CLEANUP_RETURNS) {
        WEFT_RETURN(-10);
    } else if (self->how == CLEANUP_CHECKS) {
        WEFT_CHECK(fails(-11));
        say("never");
    } else {
        WEFT_TRY(self->letter, letter, 'x');
        say("on:%d", WEFT_OUTCOME());
    }
}
WEFT_END

START_TEST(in_finally_await_goes_on_and_what_fails_goes_to_the_end)
{
    const char *const traces[] = {"0 on:-7", "0 ", "0 ", "0 ", "0 xon:0"};
    const int outcomes[] = {0, -7, -10, -11, 0};
    WEFT_TASK(cleaner) task = {0};
    begin();
    START(&task, cleaner, 0, (enum in_cleanup)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, outcomes[_i]);
    ck_assert_str_eq(trace, traces[_i]);
}
END_TEST

START_TEST(the_first_failure_stays_the_outcome_whatever_the_cleanup_does)
{
    WEFT_TASK(cleaner) task = {0};
    begin();
    START(&task, cleaner, -5, (enum in_cleanup)_i);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
}
END_TEST

struct empty {
    WEFT_FRAME;
};

static WEFT_ASYNC(empty, self)
{
}
WEFT_END

START_TEST(an_empty_body_ends_with_0)
{
    struct empty it;
    ck_assert_int_eq(DRIVE(&it, empty), 0);
    ck_assert(weft_has_ended(&it));
}
END_TEST

struct only_finally {
    WEFT_FRAME;
};

static WEFT_ASYNC(only_finally, self)
{
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_body_may_be_nothing_but_finally)
{
    struct only_finally it;
    begin();
    ck_assert_int_eq(DRIVE(&it, only_finally), 0);
    ck_assert_str_eq(trace, "f0");
}
END_TEST

START_TEST(a_frame_can_be_used_again_once_it_has_ended)
{
    struct leaver it;
    begin();
    ck_assert_int_eq(DRIVE(&it, leaver, BY_RETURN), -9);
    ck_assert_int_eq(DRIVE(&it, leaver, BY_END), 0);
    ck_assert_str_eq(trace, "out:-9on:0 out:0");
}
END_TEST

/* Depth. */

struct nested {
    WEFT_FRAME;
    int depth, result;
    struct nested *inner; /* the rest of an array */
    struct weft_sleep nap;
};

static WEFT_ASYNC(nested, self)
{
    if (self->depth > 0) {
        WEFT_TRY(*self->inner, nested, self->depth - 1, .inner = self->inner + 1);
        self->result = self->inner->result + 1;
    } else {
        WEFT_TRY(self->nap, weft_sleep, 0);
        self->result = 1000;
    }
}
WEFT_END

START_TEST(a_hundred_nested_awaits_return_in_one_pass)
{
    static struct nested frames[100];
    WEFT_TASK(nested) task = {0};
    begin();
    START(&task, nested, 100, .inner = frames);
    run_one_pass();
    ck_assert(!weft_task_is_done(&task.task));
    run_one_pass();
    ck_assert(weft_task_is_done(&task.task));
    ck_assert_int_eq(task.frame.result, 1100);
}
END_TEST

/* Goes down 1,000,000 levels, each in a frame of an arena; fails at the bottom if told to. */
struct digger {
    WEFT_FRAME;
    int levels, status; /* in */
    int cleaned;        /* out */
    struct digger *inner;
};

static struct digger *arena;
static size_t arena_used;
static uintptr_t stack_lowest, stack_highest;

/* By its frame: a sanitizer may keep locals elsewhere. */
__attribute__((noinline)) static void look_at_the_stack(void)
{
    const uintptr_t at = (uintptr_t)__builtin_frame_address(0);
    stack_lowest = stack_lowest == 0 || at < stack_lowest ? at : stack_lowest;
    stack_highest = at > stack_highest ? at : stack_highest;
}

static WEFT_ASYNC(digger, self)
{
    look_at_the_stack();
    if (self->levels == 0) {
        WEFT_RETURN(self->status);
    }
    self->inner = &arena[arena_used++];
    WEFT_TRY(*self->inner, digger, self->levels - 1, self->status);
WEFT_FINALLY:
    look_at_the_stack();
    self->cleaned = 1 + (self->inner != NULL ? self->inner->cleaned : 0);
}
WEFT_END

START_TEST(recursion_of_a_million_levels_does_not_grow_the_c_stack)
{
    enum { LEVELS = SIZED(1000000, 100) };
    const int status = _i == 0 ? 0 : -5;
    struct digger it;
    arena = calloc(LEVELS, sizeof *arena);
    ck_assert_ptr_nonnull(arena);
    arena_used = 0;
    ck_assert_int_eq(DRIVE(&it, digger, LEVELS, status), status);
    ck_assert_int_eq(it.cleaned, LEVELS + 1);
    ck_assert_uint_lt(stack_highest - stack_lowest, 32 * 1024);
    free(arena);
}
END_TEST

struct many_calls {
    WEFT_FRAME;
    int i;
    struct add add;
};

static WEFT_ASYNC(many_calls, self)
{
    for (self->i = 0; self->i < SIZED(100000, 1000); self->i++) {
        WEFT_TRY(self->add, add, self->i % 50, 1);
        look_at_the_stack();
    }
}
WEFT_END

START_TEST(calls_in_a_loop_do_not_grow_the_c_stack)
{
    struct many_calls it;
    ck_assert_int_eq(DRIVE(&it, many_calls), 0);
    ck_assert_uint_lt(stack_highest - stack_lowest, 4096);
}
END_TEST

/* Origin: where a failure began. */

static int origin_line;

struct origin_deep {
    WEFT_FRAME;
};

static WEFT_ASYNC(origin_deep, self)
{
    origin_line = __LINE__ + 1;
    WEFT_RETURN(-5);
}
WEFT_END

struct origin_top {
    WEFT_FRAME;
    struct origin_deep deep;
};

static WEFT_ASYNC(origin_top, self)
{
    WEFT_TRY(self->deep, origin_deep);
}
WEFT_END

START_TEST(a_task_knows_the_line_that_returned_its_failure)
{
    WEFT_TASK(origin_top) task = {0};
    begin();
    START(&task, origin_top);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_deep");
}
END_TEST

struct origin_library {
    WEFT_FRAME;
    weft_task *failed;
    struct weft_join join;
};

static WEFT_ASYNC(origin_library, self)
{
    origin_line = __LINE__ + 1;
    WEFT_TRY(self->join, weft_join, self->failed);
}
WEFT_END

START_TEST(what_the_library_fails_with_began_at_the_line_that_awaited_it)
{
    WEFT_TASK(origin_top) failed = {0};
    WEFT_TASK(origin_library) task = {0};
    begin();
    START(&failed, origin_top);
    START(&task, origin_library, &failed.task);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_library");
}
END_TEST

struct origin_cancelled {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(origin_cancelled, self)
{
    origin_line = __LINE__ + 1;
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(a_cancellation_began_where_it_was_asked_for)
{
    WEFT_TASK(origin_cancelled) task = {0};
    begin();
    START(&task, origin_cancelled);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(weft_task_reason(&task.task)->line, origin_line);
    ck_assert_str_eq(weft_task_reason(&task.task)->file, __FILE__);
}
END_TEST

struct origin_check {
    WEFT_FRAME;
    struct origin_deep deep;
};

static WEFT_ASYNC(origin_check, self)
{
    WEFT_AWAIT(self->deep, origin_deep); /* handled: not what it ends with */
    origin_line = __LINE__ + 1;
    WEFT_CHECK(fails(-6));
}
WEFT_END

START_TEST(a_failure_that_was_handled_is_not_the_origin_of_a_later_one)
{
    WEFT_TASK(origin_check) task = {0};
    begin();
    START(&task, origin_check);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -6);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_check");
}
END_TEST

struct origin_cleanup {
    WEFT_FRAME;
    struct add add;
};

static int body_line;

static WEFT_ASYNC(origin_cleanup, self)
{
    body_line = __LINE__ + 1;
    WEFT_RETURN(-5);
WEFT_FINALLY:
    WEFT_AWAIT(self->add, add, 99, 99); /* fails as well, with -7 */
}
WEFT_END

START_TEST(a_failing_cleanup_does_not_hide_where_the_outcome_came_from)
{
    WEFT_TASK(origin_cleanup) task = {0};
    begin();
    START(&task, origin_cleanup);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.task.chain.failed_line, body_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_cleanup");
}
END_TEST

struct origin_refused {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(origin_refused, self)
{
    body_line = __LINE__ + 1;
    WEFT_RETURN(-5);
WEFT_FINALLY:
    (void)weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1)); /* refused, by the library */
}
WEFT_END

START_TEST(a_cleanup_that_the_library_refuses_does_not_hide_where_the_outcome_came_from)
{
    WEFT_TASK(origin_refused) task = {0};
    begin();
    START(&task, origin_refused);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.task.chain.failed_line, body_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_refused");
}
END_TEST

struct origin_in_cleanup {
    WEFT_FRAME;
    struct add add;
};

static WEFT_ASYNC(origin_in_cleanup, self)
{
    WEFT_AWAIT(self->add, add, 99, 99); /* handled */
WEFT_FINALLY:
    origin_line = __LINE__ + 1;
    WEFT_CHECK(fails(-6));
}
WEFT_END

START_TEST(where_only_the_cleanup_failed_the_origin_is_there)
{
    WEFT_TASK(origin_in_cleanup) task = {0};
    begin();
    START(&task, origin_in_cleanup);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -6);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_in_cleanup");
}
END_TEST

struct origin_nested {
    WEFT_FRAME;
    struct origin_cleanup inner;
    struct add add;
};

static WEFT_ASYNC(origin_nested, self)
{
    WEFT_AWAIT(self->inner, origin_cleanup);
    origin_line = __LINE__ + 1;
    WEFT_RETURN(-6);
WEFT_FINALLY:
    WEFT_AWAIT(self->add, add, 99, 99);
}
WEFT_END

struct origin_tried {
    WEFT_FRAME;
    struct origin_cleanup inner;
    struct add add;
};

static WEFT_ASYNC(origin_tried, self)
{
    WEFT_TRY(self->inner, origin_cleanup);
WEFT_FINALLY:
    WEFT_AWAIT(self->add, add, 99, 99);
}
WEFT_END

START_TEST(failing_cleanups_on_the_way_out_do_not_hide_the_origin)
{
    WEFT_TASK(origin_tried) task = {0};
    begin();
    START(&task, origin_tried);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -5);
    ck_assert_int_eq(task.task.chain.failed_line, body_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_cleanup");
}
END_TEST

START_TEST(a_failure_behind_a_callee_that_failed_and_cleaned_up_has_an_origin_of_its_own)
{
    WEFT_TASK(origin_nested) task = {0};
    begin();
    START(&task, origin_nested);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.task.status, -6);
    ck_assert_int_eq(task.task.chain.failed_line, origin_line);
    ck_assert_str_eq(weft_site_name(weft_describe(task.task.chain.failed_in)), "origin_nested");
}
END_TEST

START_TEST(a_coroutine_tells_its_name_and_file)
{
    ck_assert_str_eq(weft_site_name(weft_describe(add)), "add");
    ck_assert_ptr_nonnull(strstr(weft_site_file(weft_describe(add)), "test_frame.c"));
    ck_assert_str_eq(weft_site_name(weft_describe(other_add)), "other_add");
    ck_assert_ptr_nonnull(strstr(weft_site_file(weft_describe(other_add)), "frame_other.c"));
}
END_TEST

struct line_of_a_wait {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(line_of_a_wait, self)
{
    origin_line = __LINE__ + 1;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(a_frame_knows_the_line_it_stands_at)
{
    WEFT_TASK(line_of_a_wait) task = {0};
    begin();
    START(&task, line_of_a_wait);
    run_one_pass();
    ck_assert_int_eq(task.frame.weft.line, origin_line);
    ck_assert_ptr_eq(task.task.chain.top, &task.frame.nap.weft);
    ck_assert_ptr_eq(task.task.chain.top->caller, &task.frame.weft);
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

struct awaits_twice {
    WEFT_FRAME;
    struct letter *shared;
};

static WEFT_ASYNC(awaits_twice, self)
{
    WEFT_TRY(*self->shared, letter, 'x');
}
WEFT_END

START_TEST(awaiting_a_frame_that_still_runs_stops)
{
    struct letter shared = {0};
    WEFT_TASK(awaits_twice) a = {0};
    WEFT_TASK(awaits_twice) b = {0};
    begin();
    START(&a, awaits_twice, &shared);
    START(&b, awaits_twice, &shared);
    (void)run();
}
END_TEST

START_TEST(resuming_a_coroutine_that_has_ended_stops)
{
    struct empty it;
    weft_chain chain = {.top = &it.weft};
    (void)DRIVE(&it, empty);
    (void)weft__trampoline(&chain);
}
END_TEST

START_TEST(resuming_a_frame_that_was_never_called_stops)
{
    struct empty it = {0};
    weft_chain chain = {.top = &it.weft};
    (void)empty(&it.weft, &chain);
}
END_TEST

struct switched {
    WEFT_FRAME;
    int number;
    struct letter letter;
};

static WEFT_ASYNC(switched, self)
{
    switch (self->number) {
    case 0:
        WEFT_TRY(self->letter, letter, 'x');
        break;
    default:
        break;
    }
}
WEFT_END

START_TEST(an_await_in_a_switch_of_the_users_stops)
{
    WEFT_TASK(switched) task = {0};
    begin();
    START(&task, switched);
    (void)run();
}
END_TEST

START_TEST(the_sizes_are_those_that_are_documented)
{
    if (sizeof(void *) == 8 && !WEFT_DEBUG) { /* that adds what it checks with */
        ck_assert_uint_eq(sizeof(weft_frame), 24);
        ck_assert_uint_eq(sizeof(weft_chain), 40);
        ck_assert_uint_eq(sizeof(weft_task), 96);
    }
}
END_TEST

SUITE_TOGETHER(frame)
{
    TEST(awaits_stand_in_for_while_do_if_and_else);
    TEST(two_awaits_stand_on_one_line);
    TEST(awaits_stand_in_a_macro_of_the_users);
    TEST(a_switch_without_an_await_works);
    TEST(arguments_go_by_position_or_by_name_and_are_0_where_left_out);
    TEST(an_argument_is_evaluated_once);
    TEST(calls_in_a_row_share_a_union_and_read_what_the_last_one_left_there);
    TEST(coroutines_are_private_to_a_source_or_shared_between_sources);
    TEST_EACH(every_way_out_runs_finally_and_tells_the_outcome, BY_END + 1);
    TEST_EACH(every_way_out_works_without_finally, BY_END + 1);
    TEST_EACH(in_finally_await_goes_on_and_what_fails_goes_to_the_end, CLEANUP_WAITS + 1);
    TEST_EACH(the_first_failure_stays_the_outcome_whatever_the_cleanup_does, CLEANUP_WAITS + 1);
    TEST(an_empty_body_ends_with_0);
    TEST(a_body_may_be_nothing_but_finally);
    TEST(a_frame_can_be_used_again_once_it_has_ended);
    TEST(a_hundred_nested_awaits_return_in_one_pass);
    TEST_EACH(recursion_of_a_million_levels_does_not_grow_the_c_stack, 2);
    TEST(calls_in_a_loop_do_not_grow_the_c_stack);
    TEST(a_task_knows_the_line_that_returned_its_failure);
    TEST(what_the_library_fails_with_began_at_the_line_that_awaited_it);
    TEST(a_cancellation_began_where_it_was_asked_for);
    TEST(a_failure_that_was_handled_is_not_the_origin_of_a_later_one);
    TEST(a_failing_cleanup_does_not_hide_where_the_outcome_came_from);
    TEST(a_cleanup_that_the_library_refuses_does_not_hide_where_the_outcome_came_from);
    TEST(where_only_the_cleanup_failed_the_origin_is_there);
    TEST(failing_cleanups_on_the_way_out_do_not_hide_the_origin);
    TEST(a_failure_behind_a_callee_that_failed_and_cleaned_up_has_an_origin_of_its_own);
    TEST(a_coroutine_tells_its_name_and_file);
    TEST(a_frame_knows_the_line_it_stands_at);
    TEST_STOPS(awaiting_a_frame_that_still_runs_stops);
    TEST_STOPS(resuming_a_coroutine_that_has_ended_stops);
    TEST_STOPS(resuming_a_frame_that_was_never_called_stops);
    TEST_STOPS(an_await_in_a_switch_of_the_users_stops);
    TEST(the_sizes_are_those_that_are_documented);
}
