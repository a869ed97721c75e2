/* test_handle_context.c - what the callbacks of a loop see of context variables. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"

static const weft_variable who = {.unbound = "none"};
static const weft_variable language = {.unbound = "C"};

static weft_handle handle, other;
static weft_source source;
static int ends[2];

static const char *value_of(const weft_variable *variable)
{
    return weft_context_get(weft_current_context(weft_loop_core(loop)), variable);
}

static void say_who(void *word)
{
    say("%s:%s/%s ", (const char *)word, value_of(&who), value_of(&language));
}

static void begin_here(int n)
{
    begin(n);
    handle = other = (weft_handle){0};
}

/* Asks for something under two bindings, and leaves the one and the other after so many passes. */
struct asks {
    WEFT_FRAME;
    void (*ask)(void);
    int passes_inner, passes_outer;
    int i;
    weft_binding outer, inner;
};

static WEFT_ASYNC(asks, self)
{
    WEFT_BIND(self->outer, &who, "outer")
    {
        WEFT_BIND(self->inner, &who, "inner")
        {
            self->ask();
            for (self->i = 0; self->i < self->passes_inner; self->i++) {
                WEFT_PASS();
            }
        }
        for (self->i = 0; self->i < self->passes_outer; self->i++) {
            WEFT_PASS();
        }
    }
}
WEFT_END

static void ask_soon(void)
{
    weft_call_soon(loop, &handle, say_who, word("soon"));
}

static void ask_later(void)
{
    weft_call_later(loop, &handle, 0, say_who, word("later"));
}

static void ask_at(void)
{
    weft_call_at(loop, &handle, weft_loop_time(loop), say_who, word("at"));
}

static void (*const asking[])(void) = {ask_soon, ask_later, ask_at};
static const char *const asked[] = {"soon", "later", "at"};
enum { ASKED = 3 * BACKENDS };

/* The trace, if the n-th way was asked for and this was seen. */
static void expect(int n, const char *seen)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%s:%s/C ", asked[n / BACKENDS], seen);
    ck_assert_str_eq(trace, expected);
}

START_TEST(it_sees_what_is_bound_where_it_was_asked_for)
{
    begin_here(_i % BACKENDS);
    ck_assert_int_eq(RUN(asks, asking[_i / BACKENDS], .passes_inner = 4), 0);
    expect(_i, "inner");
    end();
}
END_TEST

START_TEST(behind_a_block_it_sees_what_is_bound_around_it)
{
    begin_here(_i % BACKENDS);
    ck_assert_int_eq(RUN(asks, asking[_i / BACKENDS], .passes_outer = 4), 0);
    expect(_i, "outer");
    end();
}
END_TEST

START_TEST(behind_the_last_block_it_sees_nothing_bound)
{
    begin_here(_i % BACKENDS);
    ck_assert_int_eq(RUN(asks, asking[_i / BACKENDS]), 0);
    run_passes(2);
    expect(_i, "none");
    end();
}
END_TEST

START_TEST(asked_for_outside_of_all_tasks_it_sees_nothing_bound)
{
    begin_here(_i % BACKENDS);
    asking[_i / BACKENDS]();
    run_passes(2);
    expect(_i, "none");
    end();
}
END_TEST

static void ask_and_take_back(void)
{
    ask_later();
    ask_soon();
    say("%d ", weft_handle_cancel(&handle));
}

START_TEST(taken_back_it_sees_nothing_any_more)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_and_take_back, .passes_inner = 3, .passes_outer = 3), 0);
    ask_soon();
    run_passes(1);
    ck_assert_str_eq(trace, "1 soon:none/C ");
    end();
}
END_TEST

static void ask_in_an_hour(void)
{
    weft_call_later(loop, &handle, WEFT_S(3600), say_who, word("late"));
    weft_call_later(loop, &other, WEFT_S(3600), say_who, word("late, too"));
}

START_TEST(one_that_outlives_its_loop_holds_nothing_of_the_bindings)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_in_an_hour), 0);
    weft_call_soon(loop, &other, say_who, word("soon")); /* and still in an hour */
    end();
    ck_assert_str_eq(trace, "");
    ck_assert(!weft_handle_is_pending(&handle)); /* the close has taken them back */
    ck_assert(!weft_handle_cancel(&handle));
    ck_assert(!weft_handle_cancel(&other));
    begin(_i);
    ask_later();
    weft_call_later(loop, &other, 0, say_who, word("other"));
    run_passes(2);
    ck_assert_str_eq(trace, "later:none/C other:none/C ");
    end();
}
END_TEST

static void ask_threadsafe(void)
{
    weft_call_soon_threadsafe(loop, &handle, say_who, word("remote"));
}

START_TEST(what_is_posted_as_from_another_thread_sees_nothing_bound)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_threadsafe, .passes_inner = 3), 0);
    ck_assert_str_eq(trace, "remote:none/C ");
    end();
}
END_TEST

struct asks_twice {
    WEFT_FRAME;
    weft_binding outer, inner;
};

static WEFT_ASYNC(asks_twice, self)
{
    WEFT_BIND(self->outer, &who, "outer")
    {
        weft_call_soon(loop, &handle, say_who, word("first"));
        WEFT_BIND(self->inner, &who, "inner")
        {
            weft_call_soon(loop, &handle, say_who, word("last"));
            WEFT_PASS();
        }
    }
}
WEFT_END

START_TEST(posted_twice_it_sees_what_the_last_to_post_it_sees)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks_twice), 0);
    ck_assert_str_eq(trace, "last:inner/C ");
    end();
}
END_TEST

struct asks_for_both {
    WEFT_FRAME;
    weft_binding binding;
};

static WEFT_ASYNC(asks_for_both, self)
{
    WEFT_BIND(self->binding, &who, "here")
    {
        weft_call_later(loop, &handle, WEFT_MS(1), say_who, word("1"));
        weft_call_soon(loop, &handle, say_who, word("2"));
        while (strlen(trace) < strlen("2:here/C 2:here/C ")) {
            WEFT_PASS();
        }
    }
}
WEFT_END

START_TEST(called_before_its_time_it_sees_the_same_when_that_comes)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks_for_both), 0);
    ck_assert_str_eq(trace, "2:here/C 2:here/C ");
    end();
}
END_TEST

static void say_and_go_on(void *word)
{
    say_who(word);
    weft_call_soon(loop, &other, say_who, word);
    weft_call_soon(loop, &handle, say_who, word);
}

static void ask_chain(void)
{
    weft_call_soon(loop, &handle, say_and_go_on, word("a"));
}

START_TEST(what_it_posts_itself_sees_the_same)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_chain, .passes_inner = 3), 0);
    ck_assert_str_eq(trace, "a:inner/C a:inner/C a:inner/C ");
    end();
}
END_TEST

struct looks {
    WEFT_FRAME;
};

static WEFT_ASYNC(looks, self)
{
    say("task:%s ", (const char *)WEFT_GET(&who));
}
WEFT_END

static WEFT_TASK(looks) looker;

static void spawn_looker(void *unused)
{
    (void)unused;
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &looker, looks), 0);
}

static void ask_spawn(void)
{
    weft_call_later(loop, &handle, 0, spawn_looker, NULL);
}

START_TEST(a_task_that_it_spawns_sees_the_same)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_spawn, .passes_inner = 4), 0);
    ck_assert_str_eq(trace, "task:inner ");
    end();
}
END_TEST

struct asks_two_variables {
    WEFT_FRAME;
    weft_binding outer, inner;
};

static WEFT_ASYNC(asks_two_variables, self)
{
    WEFT_BIND(self->outer, &language, "Welsh")
    {
        WEFT_BIND(self->inner, &who, "inner")
        {
            ask_soon();
        }
        WEFT_PASS();
    }
}
WEFT_END

START_TEST(only_the_bindings_whose_blocks_were_left_are_gone)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks_two_variables), 0);
    ck_assert_str_eq(trace, "soon:none/Welsh ");
    end();
}
END_TEST

static void ask_without_context(void)
{
    ask_soon();
    weft_handle_set_context(&handle, NULL);
}

START_TEST(it_can_be_given_another_context)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_without_context, .passes_inner = 2), 0);
    ck_assert_str_eq(trace, "soon:none/C ");
    end();
}
END_TEST

/* Readers and writers. */

static void read_a_byte(void *word)
{
    char byte;
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    say_who(word);
}

static void ask_read(void)
{
    weft_add_reader(&source, &handle, read_a_byte, word("r"));
    put(ends[1], "ab");
}

static void begin_reading(int n)
{
    begin_here(n);
    make_pipe(ends);
    source = (weft_source){0};
    ck_assert_int_eq(weft_source_open(&source, loop, ends[0]), 0);
}

static void end_reading(void)
{
    weft_source_close(&source);
    close_pipe(ends);
    end();
}

START_TEST(a_reader_sees_what_is_bound_where_it_was_added_at_each_call)
{
    begin_reading(_i);
    ck_assert_int_eq(RUN(asks, ask_read, .passes_inner = 70), 0);
    ck_assert_str_eq(trace, "r:inner/C r:inner/C ");
    end_reading();
}
END_TEST

START_TEST(behind_the_block_a_reader_sees_what_is_around_it)
{
    begin_reading(_i);
    ck_assert_int_eq(RUN(asks, ask_read, .passes_inner = 70, .passes_outer = 1), 0);
    put(ends[1], "c");
    run_passes(2);
    ck_assert_str_eq(trace, "r:inner/C r:inner/C r:none/C ");
    ck_assert(weft_remove_reader(&source));
    end_reading();
}
END_TEST

static void read_and_remove(void *word)
{
    read_a_byte(word);
    ck_assert(weft_remove_reader(&source));
    memset(&handle, 0xee, sizeof handle);
}

static void ask_read_once(void)
{
    weft_add_reader(&source, &handle, read_and_remove, word("r"));
    put(ends[1], "a");
}

START_TEST(a_reader_that_removes_itself_may_be_gone_at_once)
{
    begin_reading(_i);
    ck_assert_int_eq(RUN(asks, ask_read_once, .passes_inner = 3), 0);
    ck_assert_str_eq(trace, "r:inner/C ");
    end_reading();
}
END_TEST

static void write_a_byte(void *word)
{
    say_who(word);
    ck_assert(weft_remove_writer(&source));
}

static void ask_write(void)
{
    weft_add_writer(&source, &handle, write_a_byte, word("w"));
}

START_TEST(a_writer_sees_it_too)
{
    begin_here(_i);
    make_pipe(ends);
    source = (weft_source){0};
    ck_assert_int_eq(weft_source_open(&source, loop, ends[1]), 0);
    ck_assert_int_eq(RUN(asks, ask_write, .passes_inner = 3), 0);
    ck_assert_str_eq(trace, "w:inner/C ");
    end_reading();
}
END_TEST

/* Signals. */

static void ask_signal(void)
{
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_who, word("usr1")), 0);
}

static void ask_signal_and_raise(void)
{
    ask_signal();
    raise(SIGUSR1);
}

START_TEST(a_signal_handler_sees_what_is_bound_where_it_was_added_at_each_signal)
{
    begin_here(_i);
    ck_assert_int_eq(RUN(asks, ask_signal_and_raise, .passes_inner = 3, .passes_outer = 2), 0);
    raise(SIGUSR1);
    run_passes(2);
    ck_assert_str_eq(trace, "usr1:inner/C usr1:none/C ");
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    end();
}
END_TEST

START_TEST(one_that_replaces_another_sees_what_is_bound_where_it_was_added)
{
    begin_here(_i);
    ask_signal();
    ck_assert_int_eq(RUN(asks, ask_signal_and_raise, .passes_inner = 3), 0);
    ck_assert_str_eq(trace, "usr1:inner/C ");
    end();
    ck_assert(!handle.stays); /* the close has let go of it */
}
END_TEST

SUITE(handle_context)
{
    TEST_EACH(it_sees_what_is_bound_where_it_was_asked_for, ASKED);
    TEST_EACH(behind_a_block_it_sees_what_is_bound_around_it, ASKED);
    TEST_EACH(behind_the_last_block_it_sees_nothing_bound, ASKED);
    TEST_EACH(asked_for_outside_of_all_tasks_it_sees_nothing_bound, ASKED);
    TEST_EACH(taken_back_it_sees_nothing_any_more, BACKENDS);
    TEST_EACH(one_that_outlives_its_loop_holds_nothing_of_the_bindings, BACKENDS);
    TEST_EACH(what_is_posted_as_from_another_thread_sees_nothing_bound, BACKENDS);
    TEST_EACH(posted_twice_it_sees_what_the_last_to_post_it_sees, BACKENDS);
    TEST_EACH(called_before_its_time_it_sees_the_same_when_that_comes, BACKENDS);
    TEST_EACH(what_it_posts_itself_sees_the_same, BACKENDS);
    TEST_EACH(a_task_that_it_spawns_sees_the_same, BACKENDS);
    TEST_EACH(only_the_bindings_whose_blocks_were_left_are_gone, BACKENDS);
    TEST_EACH(it_can_be_given_another_context, BACKENDS);
    TEST_EACH(a_reader_sees_what_is_bound_where_it_was_added_at_each_call, BACKENDS);
    TEST_EACH(behind_the_block_a_reader_sees_what_is_around_it, BACKENDS);
    TEST_EACH(a_reader_that_removes_itself_may_be_gone_at_once, BACKENDS);
    TEST_EACH(a_writer_sees_it_too, BACKENDS);
    TEST_EACH(a_signal_handler_sees_what_is_bound_where_it_was_added_at_each_signal, BACKENDS);
    TEST_EACH(one_that_replaces_another_sees_what_is_bound_where_it_was_added, BACKENDS);
}
