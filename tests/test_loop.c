/* test_loop.c - the event loop: run, stopped, made, closed, and what it reports. */
/* SPDX-License-Identifier: MIT */
#include "clock.h"
#include "hosted.h"
#include <pthread.h>
#include <sys/time.h>

/* --- coroutines ------------------------------------------------------------------------------- */

struct sleeper {
    WEFT_FRAME;
    const char *name;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    say("%s ", self->name);
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0) {
        say("%s-cleans ", self->name);
        WEFT_TRY(self->nap, weft_sleep, 0);
        say("%s-cleaned ", self->name);
    }
}
WEFT_END

struct failing {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(failing, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

/* Waits for what never comes. */
struct lost {
    WEFT_FRAME;
    weft_link nobody;
};

static WEFT_ASYNC(lost, self)
{
    WEFT_PARK(&self->nobody);
    WEFT_RETURN(WEFT_STATUS());
WEFT_FINALLY:
    say("lost-cleans ");
}
WEFT_END

/* Waits until a descriptor is readable, and says so. */
struct watcher {
    WEFT_FRAME;
    const char *name;
    int fd;
    weft_source source;
    struct weft_wait_readable wait;
};

static WEFT_ASYNC(watcher, self)
{
    WEFT_CHECK(weft_source_open(&self->source, WEFT_LOOP(), self->fd));
    WEFT_TRY(self->wait, weft_wait_readable, &self->source);
    say("%s ", self->name);
WEFT_FINALLY:
    weft_source_close(&self->source);
}
WEFT_END

/* --- runs ------------------------------------------------------------------------------------- */

static weft_handle next, other;

static void post_next(void *text)
{
    say_it(text);
    weft_call_soon(loop, &next, say_it, word("next"));
}

static void stop_and_post(void *text)
{
    weft_loop_stop(loop);
    post_next(text);
}

START_TEST(a_stop_lets_the_pass_end_and_the_rest_waits_for_the_next_run)
{
    weft_handle first = {0}, second = {0};
    begin(_i);
    weft_call_soon(loop, &first, stop_and_post, word("first"));
    weft_call_soon(loop, &second, say_it, word("second"));
    weft_loop_run_forever(loop);
    ck_assert_str_eq(trace, "first second ");
    weft_loop_stop(loop);
    weft_loop_run_forever(loop);
    ck_assert_str_eq(trace, "first second next ");
    end();
}
END_TEST

START_TEST(after_a_stop_the_next_run_goes_on_until_its_own)
{
    weft_handle stopper = {0}, later = {0};
    begin(_i);
    weft_call_soon(loop, &stopper, stop_it, NULL);
    weft_loop_run_forever(loop);
    weft_call_later(loop, &later, WEFT_MS(1), say_it, word("later"));
    weft_call_later(loop, &stopper, WEFT_MS(2), stop_it, NULL);
    weft_loop_run_forever(loop);
    ck_assert_str_eq(trace, "later ");
    capture_stderr();
    ck_assert_int_eq(RUN(lost), WEFT_EDEADLOCK); /* which only a run for ever never is */
    (void)read_stderr();
    end();
}
END_TEST

static void post_the_stop(int number)
{
    (void)number;
    weft_call_soon_threadsafe(loop, &next, stop_it, NULL);
}

START_TEST(a_run_for_ever_with_nothing_to_do_sleeps)
{
    begin(_i);
    signal(SIGALRM, post_the_stop);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 50000}, NULL);
    const clock_t before = clock(); /* of the processor's time */
    weft_loop_run_forever(loop);
    ck_assert_int_lt(clock() - before, CLOCKS_PER_SEC / 40);
    end();
}
END_TEST

START_TEST(a_stop_before_the_run_leaves_it_one_pass)
{
    weft_handle first = {0};
    begin(_i);
    weft_loop_stop(loop);
    weft_call_soon(loop, &first, post_next, word("first"));
    weft_loop_run_forever(loop);
    ck_assert_str_eq(trace, "first ");
    end();
}
END_TEST

START_TEST(a_run_gives_the_status_of_its_coroutine)
{
    begin(_i);
    ck_assert_int_eq(RUN(failing, 0), 0);
    ck_assert_int_eq(RUN(failing, -EIO), -EIO);
    ck_assert_int_eq(RUN(failing, 0), 0);
    ck_assert_int_eq(reports, 0);
    end();
}
END_TEST

START_TEST(other_tasks_go_on_in_the_next_run)
{
    WEFT_TASK(sleeper) task = {0};
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, sleeper, "task", WEFT_MS(1)), 0);
    ck_assert_int_eq(RUN(sleeper, "first", 0), 0);
    ck_assert_int_eq(RUN(sleeper, "second", WEFT_MS(2)), 0);
    ck_assert_str_eq(trace, "first task second ");
    end();
}
END_TEST

START_TEST(a_run_that_is_stopped_cancels_its_coroutine_and_awaits_it)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, stop_it, NULL);
    ck_assert_int_eq(RUN(sleeper, "main", WEFT_S(100)), WEFT_ESTOPPED);
    ck_assert_str_eq(trace, "main-cleans main-cleaned ");
    ck_assert_int_eq(RUN(sleeper, "again", 0), 0);
    end();
}
END_TEST

static void stop_again(void *count)
{
    weft_loop_stop(loop);
    if (--*(int *)count > 0) {
        weft_call_soon(loop, &other, stop_again, count);
    }
}

START_TEST(stops_during_the_cleanup_do_not_cut_it_short)
{
    WEFT_TASK(sleeper) task = {0};
    int count = 5;
    begin(_i);
    weft_call_soon(loop, &other, stop_again, &count);
    ck_assert_int_eq(RUN(sleeper, "main", WEFT_S(100)), WEFT_ESTOPPED);
    ck_assert_str_eq(trace, "main-cleans main-cleaned ");
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, sleeper, "task", WEFT_S(100)), 0);
    count = 5;
    weft_call_soon(loop, &other, stop_again, &count);
    run_passes(1);
    end();
    ck_assert_str_eq(trace, "main-cleans main-cleaned task-cleans task-cleaned ");
}
END_TEST

static int rounds;

static void post_itself(void *handle)
{
    rounds++;
    weft_call_soon(loop, handle, post_itself, handle);
}

static void write_byte(void *fd)
{
    put(*(int *)fd, "x");
}

START_TEST(work_that_posts_itself_starves_neither_io_nor_timers)
{
    weft_handle busy = {0}, timer = {0};
    int ends[2];
    begin(_i);
    make_pipe(ends);
    weft_call_soon(loop, &busy, post_itself, &busy);
    weft_call_later(loop, &timer, WEFT_MS(1), write_byte, &ends[1]);
    ck_assert_int_eq(RUN(watcher, "io", ends[0]), 0);
    ck_assert_str_eq(trace, "io ");
    ck_assert_int_gt(rounds, 1);
    weft_handle_cancel(&busy);
    close_pipe(ends);
    end();
}
END_TEST

START_TEST(a_deadlock_is_told_dumped_and_cleaned_up)
{
    begin(_i);
    capture_stderr();
    ck_assert_int_eq(RUN(lost), WEFT_EDEADLOCK);
    const char *const dump = read_stderr();
    ck_assert_msg(strstr(dump, "lost") != NULL, "no dump: %s", dump);
    ck_assert_str_eq(trace, "lost-cleans ");
    ck_assert_int_eq(reports, 1);
    end();
}
END_TEST

START_TEST(who_waits_for_a_descriptor_is_not_deadlocked)
{
    int ends[2];
    begin(_i);
    make_pipe(ends);
    const pid_t child = fork();
    if (child == 0) {
        poll(NULL, 0, 5);
        put(ends[1], "x");
        _exit(0);
    }
    ck_assert_int_eq(RUN(watcher, "io", ends[0]), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close_pipe(ends);
    end();
}
END_TEST

static void look_around(void *unused)
{
    (void)unused;
    ck_assert_ptr_eq(weft_loop_running(), loop);
    ck_assert(weft_loop_is_running(loop));
    say("looked ");
}

START_TEST(the_running_loop_is_known_in_its_run_only)
{
    weft_handle handle = {0};
    begin(_i);
    ck_assert_ptr_null(weft_loop_running());
    ck_assert(!weft_loop_is_running(loop));
    weft_call_soon(loop, &handle, look_around, NULL);
    run_passes(1);
    ck_assert_str_eq(trace, "looked ");
    ck_assert_ptr_null(weft_loop_running());
    end();
}
END_TEST

static void run_inside(void *unused)
{
    (void)unused;
    weft_loop_run_once(loop, 0);
}

START_TEST(a_run_inside_a_run_stops)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, run_inside, NULL);
    run_passes(1);
}
END_TEST

static void close_inside(void *unused)
{
    (void)unused;
    weft_loop_close(loop);
}

START_TEST(closing_a_loop_that_runs_stops)
{
    weft_handle handle = {0};
    begin(_i);
    weft_call_soon(loop, &handle, close_inside, NULL);
    run_passes(1);
}
END_TEST

START_TEST(a_sleep_counts_from_its_begin_also_when_the_loop_stood_still)
{
    WEFT_TASK(sleeper) task = {0};
    begin(_i);
    run_passes(1);
    const weft_time before = weft_loop_time(loop);
    while (weft_loop_time(loop) - before < WEFT_MS(3)) {
    }
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, sleeper, "task", WEFT_MS(4)), 0);
    const weft_time begun_at = weft_loop_time(loop);
    while (!weft_task_is_done(&task.task)) {
        weft_loop_run_once(loop, WEFT_S(1));
    }
    ck_assert_int_ge(weft_loop_time(loop) - begun_at, WEFT_MS(4));
    end();
}
END_TEST

static weft_time called_at;

static void note_time(void *unused)
{
    (void)unused;
    called_at = weft_loop_time(loop);
    jumped += WEFT_S(1);
    ck_assert_int_eq(weft_loop_time(loop), called_at);
    weft_loop_stop(loop);
}

START_TEST(the_time_stands_still_during_a_callback)
{
    begin(_i);
    weft_handle handle = {0};
    weft_call_soon(loop, &handle, note_time, NULL);
    const weft_time before = weft_loop_time(loop);
    weft_loop_run_forever(loop);
    ck_assert_int_ge(called_at, before);
    ck_assert_int_le(called_at, weft_loop_time(loop));
    end();
}
END_TEST

/* --- made and closed -------------------------------------------------------------------------- */

START_TEST(closing_cancels_the_tasks_and_lets_them_clean_up)
{
    WEFT_TASK(sleeper) a = {0}, b = {0};
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &a, sleeper, "a", WEFT_S(100)), 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &b, sleeper, "b", WEFT_S(100)), 0);
    run_passes(1);
    end();
    ck_assert_str_eq(trace, "a-cleans b-cleans a-cleaned b-cleaned ");
    weft_loop_close(NULL);
}
END_TEST

static weft_callback last_words;

struct poster {
    WEFT_FRAME;
    struct weft_sleep sleep;
};

static WEFT_ASYNC(poster, self)
{
    WEFT_TRY(self->sleep, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    weft_callback_post(weft_loop_core(WEFT_LOOP()), &last_words, say_it, word("called"));
}
WEFT_END

START_TEST(closing_calls_the_callbacks_that_are_posted)
{
    WEFT_TASK(poster) task = {0};
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, poster), 0);
    run_passes(1);
    end();
    ck_assert_str_eq(trace, "called ");
    begin(_i);
    weft_callback_post(weft_loop_core(loop), &last_words, say_it, word("again"));
    end();
    ck_assert_str_eq(trace, "again ");
}
END_TEST

START_TEST(handles_and_sources_that_are_left_outlive_the_loop)
{
    weft_handle handle = {0}, reader = {0};
    weft_source source = {0};
    int ends[2];
    begin(_i);
    make_pipe(ends);
    weft_call_soon(loop, &handle, say_it, word("never"));
    ck_assert_int_eq(weft_source_open(&source, loop, ends[0]), 0);
    weft_add_reader(&source, &reader, say_it, word("never"));
    weft_loop_close(loop);
    ck_assert(!weft_handle_cancel(&handle));
    ck_assert_ptr_null(source.loop);
    weft_source_close(&source);
    close_pipe(ends);
    ck_assert_str_eq(trace, "");
}
END_TEST

START_TEST(a_back_end_is_chosen_by_name_or_by_the_environment)
{
    weft_loop *chosen = NULL;
    ck_assert_int_eq(weft_loop_new(&chosen, &(weft_loop_desc){.backend = backends[_i]}), 0);
    ck_assert_str_eq(weft_loop_backend(chosen), backends[_i]);
    weft_loop_close(chosen);
    setenv("WEFT_BACKEND", backends[_i], 1);
    ck_assert_int_eq(weft_loop_new(&chosen, NULL), 0);
    ck_assert_str_eq(weft_loop_backend(chosen), backends[_i]);
    weft_loop_close(chosen);
}
END_TEST

START_TEST(a_back_end_that_does_not_exist_is_refused)
{
    weft_loop *untouched = NULL;
    ck_assert_int_eq(weft_loop_new(&untouched, &(weft_loop_desc){.backend = "kqueue"}), -EINVAL);
    ck_assert_ptr_null(untouched);
}
END_TEST

/* --- reports ---------------------------------------------------------------------------------- */

START_TEST(a_detached_failure_is_reported_once)
{
    WEFT_TASK(failing) task = {0};
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, failing, -EIO), 0);
    run_passes(2);
    ck_assert_str_eq(reported, "a detached task failed, and nobody awaited it: -5 in failing\n");
    end();
    ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(the_failure_of_a_program_is_reported_once)
{
    setenv("WEFT_BACKEND", backends[_i], 1);
    capture_stderr();
    ck_assert_int_eq(weft_run(failing, -EIO), -EIO);
    const char *const said = read_stderr();
    const char *const line = strstr(said, "Input/output error");
    ck_assert_msg(line != NULL, "it said: %s", said);
    ck_assert_msg(strstr(line + 1, "Input/output error") == NULL, "it said: %s", said);
    ck_assert_msg(strstr(said, "failing at ") != NULL, "it said: %s", said);
}
END_TEST

START_TEST(without_a_handler_a_failure_is_printed)
{
    WEFT_TASK(failing) task = {0};
    begin(_i);
    weft_loop_set_exception_handler(loop, NULL, NULL);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, failing, -EIO), 0);
    capture_stderr();
    run_passes(2);
    ck_assert_ptr_nonnull(strstr(read_stderr(), "detached task failed"));
    ck_assert_int_eq(reports, 0);
    end();
}
END_TEST

START_TEST(a_status_has_a_text)
{
    ck_assert_str_eq(weft_strstatus(0), "success");
    ck_assert_str_eq(weft_strstatus(-ECONNREFUSED), "Connection refused");
    ck_assert_str_eq(weft_strstatus(WEFT_ENOMEM), "out of memory");
}
END_TEST

START_TEST(an_exit_code_tells_success_an_interruption_or_a_failure)
{
    ck_assert_int_eq(weft_exit_code(0), 0);
    ck_assert_int_eq(weft_exit_code(7), 7);
    ck_assert_int_eq(weft_exit_code(-EINTR), 130);
    ck_assert_int_eq(weft_exit_code(-EIO), 1);
    ck_assert_int_eq(weft_exit_code(WEFT_ECANCELED), 1);
}
END_TEST

/* --- debug mode ------------------------------------------------------------------------------- */

static weft_time slow_for = WEFT_MS(3);

static void be_slow(void *unused)
{
    (void)unused;
    jumped += slow_for;
}

struct slow {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(slow, self)
{
    WEFT_TRY(self->nap, weft_sleep, 0);
    be_slow(NULL);
    WEFT_TRY(self->nap, weft_sleep, 0);
}
WEFT_END

static void begin_debug(int n)
{
    begin(n);
    weft_loop_close(loop);
    ck_assert_int_eq(weft_loop_new(&loop, &(weft_loop_desc){.backend = backends[n],
                                                            .debug = true,
                                                            .slow_step = WEFT_MS(2)}),
                     0);
    weft_loop_set_exception_handler(loop, take_report, NULL);
}

START_TEST(debug_mode_reports_a_slow_step_by_name)
{
    begin_debug(_i);
    ck_assert_int_eq(RUN(slow), 0);
    ck_assert_msg(strstr(reported, "a step took long") != NULL, "reported: %s", reported);
    ck_assert_msg(strstr(reported, "in weft_sleep\n") != NULL, "reported: %s", reported);
    end();
}
END_TEST

START_TEST(debug_mode_reports_a_slow_callback)
{
    weft_handle handle = {0};
    begin_debug(_i);
    weft_call_soon(loop, &handle, be_slow, NULL);
    run_passes(2);
    ck_assert_msg(strstr(reported, "in callback\n") != NULL, "reported: %s", reported);
    end();
}
END_TEST

START_TEST(a_step_is_slow_that_takes_longer_than_a_tenth_of_a_second_unless_another_limit_is_set)
{
    weft_handle handle = {0};
    begin(_i);
    stop_clock();
    weft_loop_set_debug(loop, true);
    slow_for = WEFT_MS(100);
    weft_call_soon(loop, &handle, be_slow, NULL);
    run_passes(2);
    ck_assert_int_eq(reports, 0);
    slow_for = WEFT_MS(100) + 1;
    weft_call_soon(loop, &handle, be_slow, NULL);
    run_passes(2);
    ck_assert_int_eq(reports, 1);
    weft_loop_set_debug(loop, false);
    weft_call_soon(loop, &handle, be_slow, NULL);
    run_passes(2);
    ck_assert_int_eq(reports, 1);
    end();
}
END_TEST

START_TEST(between_two_times_of_debug_mode_nothing_was_slow)
{
    weft_handle handle = {0};
    begin_debug(_i);
    weft_call_soon(loop, &handle, say_it, word("quick"));
    run_passes(1);
    weft_loop_set_debug(loop, false);
    jumped += WEFT_S(10);
    weft_loop_set_debug(loop, true);
    run_passes(1);
    ck_assert_int_eq(reports, 0);
    end();
}
END_TEST

START_TEST(the_environment_switches_debug_mode_on)
{
    weft_handle handle = {0};
    setenv("WEFT_DEBUG", "1", 1);
    begin(_i);
    unsetenv("WEFT_DEBUG");
    slow_for = WEFT_S(1);
    weft_call_soon(loop, &handle, be_slow, NULL);
    run_passes(2);
    ck_assert_int_eq(reports, 1);
    end();
}
END_TEST

static void *call_soon_from_here(void *handle)
{
    weft_call_soon(loop, handle, say_it, word("wrong"));
    return NULL;
}

START_TEST(debug_mode_stops_a_call_from_another_thread)
{
    weft_handle handle = {0};
    pthread_t thread;
    begin_debug(_i);
    ck_assert_int_eq(pthread_create(&thread, NULL, call_soon_from_here, &handle), 0);
    pthread_join(thread, NULL);
}
END_TEST

static void *run_here(void *unused)
{
    (void)unused;
    ck_assert_int_eq(RUN(sleeper, "there", 0), 0);
    return NULL;
}

START_TEST(debug_mode_lets_a_loop_be_made_run_and_closed_by_different_threads)
{
    pthread_t thread;
    begin_debug(_i);
    ck_assert_int_eq(pthread_create(&thread, NULL, run_here, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_str_eq(trace, "there ");
    end();
}
END_TEST

SUITE(loop)
{
    TEST_EACH(a_sleep_counts_from_its_begin_also_when_the_loop_stood_still, BACKENDS);
    TEST_EACH(a_stop_lets_the_pass_end_and_the_rest_waits_for_the_next_run, BACKENDS);
    TEST_EACH(after_a_stop_the_next_run_goes_on_until_its_own, BACKENDS);
    TEST_EACH(a_run_for_ever_with_nothing_to_do_sleeps, BACKENDS);
    TEST_EACH(a_stop_before_the_run_leaves_it_one_pass, BACKENDS);
    TEST_EACH(a_run_gives_the_status_of_its_coroutine, BACKENDS);
    TEST_EACH(other_tasks_go_on_in_the_next_run, BACKENDS);
    TEST_EACH(a_run_that_is_stopped_cancels_its_coroutine_and_awaits_it, BACKENDS);
    TEST_EACH(stops_during_the_cleanup_do_not_cut_it_short, BACKENDS);
    TEST_EACH(work_that_posts_itself_starves_neither_io_nor_timers, BACKENDS);
    TEST_EACH(a_deadlock_is_told_dumped_and_cleaned_up, BACKENDS);
    TEST_EACH(who_waits_for_a_descriptor_is_not_deadlocked, BACKENDS);
    TEST_EACH(the_running_loop_is_known_in_its_run_only, BACKENDS);
    TEST_STOPS(a_run_inside_a_run_stops);
    TEST_STOPS(closing_a_loop_that_runs_stops);
    TEST_EACH(the_time_stands_still_during_a_callback, BACKENDS);
    TEST_EACH(closing_cancels_the_tasks_and_lets_them_clean_up, BACKENDS);
    TEST_EACH(closing_calls_the_callbacks_that_are_posted, BACKENDS);
    TEST_EACH(handles_and_sources_that_are_left_outlive_the_loop, BACKENDS);
    TEST_EACH(a_back_end_is_chosen_by_name_or_by_the_environment, BACKENDS);
    TEST(a_back_end_that_does_not_exist_is_refused);
    TEST_EACH(a_detached_failure_is_reported_once, BACKENDS);
    TEST_EACH(the_failure_of_a_program_is_reported_once, BACKENDS);
    TEST_EACH(without_a_handler_a_failure_is_printed, BACKENDS);
    TEST(a_status_has_a_text);
    TEST(an_exit_code_tells_success_an_interruption_or_a_failure);
    TEST_EACH(debug_mode_reports_a_slow_step_by_name, BACKENDS);
    TEST_EACH(debug_mode_reports_a_slow_callback, BACKENDS);
    TEST_EACH(a_step_is_slow_that_takes_longer_than_a_tenth_of_a_second_unless_another_limit_is_set,
              BACKENDS);
    TEST_EACH(between_two_times_of_debug_mode_nothing_was_slow, BACKENDS);
    TEST_EACH(the_environment_switches_debug_mode_on, BACKENDS);
    TEST_STOPS(debug_mode_stops_a_call_from_another_thread);
    TEST_EACH(debug_mode_lets_a_loop_be_made_run_and_closed_by_different_threads, BACKENDS);
}
