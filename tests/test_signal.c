/* test_signal.c - signals become callbacks of the loop, and SIGINT a cancellation. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <sys/time.h>
#include <weft/sync.h>

static weft_handle handle, other;

static bool write_fails;

ssize_t __real_write(int fd, const void *from, size_t size);
ssize_t __wrap_write(int fd, const void *from, size_t size);
ssize_t __wrap_write(int fd, const void *from, size_t size)
{
    if (write_fails) {
        errno = EAGAIN;
        return -1;
    }
    return __real_write(fd, from, size);
}

static void say_again(void *text)
{
    say_it(text);
}

/* --- handlers --------------------------------------------------------------------------------- */

START_TEST(a_handler_is_called_by_the_loop_and_not_by_the_signal)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("usr1")), 0);
    raise(SIGUSR1);
    ck_assert_str_eq(trace, "");
    run_passes(1);
    ck_assert_str_eq(trace, "usr1 ");
    end();
}
END_TEST

START_TEST(what_a_signal_interrupts_does_not_notice)
{
    struct sigaction now;
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("usr1")), 0);
    write_fails = true; /* as when the loop has much to wake for already */
    errno = EDOM;
    raise(SIGUSR1);
    ck_assert_int_eq(errno, EDOM);
    write_fails = false;
    ck_assert_int_eq(sigaction(SIGUSR1, NULL, &now), 0);
    ck_assert_int_ne(now.sa_flags & SA_RESTART, 0); /* calls of the system go on */
    run_passes(1);
    ck_assert_str_eq(trace, "usr1 ");
    end();
}
END_TEST

START_TEST(signals_that_come_together_count_as_one)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("usr1")), 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    run_passes(2);
    ck_assert_str_eq(trace, "usr1 ");
    raise(SIGUSR1);
    run_passes(2);
    ck_assert_str_eq(trace, "usr1 usr1 ");
    end();
}
END_TEST

START_TEST(two_signals_have_a_handler_each)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("usr1")), 0);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR2, &other, say_it, word("usr2")), 0);
    raise(SIGUSR2);
    raise(SIGUSR1);
    run_passes(1);
    ck_assert_str_eq(trace, "usr2 usr1 ");
    end();
}
END_TEST

static void handled_before(int number)
{
    (void)number;
    say("before ");
}

START_TEST(removing_puts_back_what_the_signal_did_before)
{
    signal(SIGUSR1, handled_before);
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("ours")), 0);
    raise(SIGUSR1);
    run_passes(1);
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    ck_assert(!weft_remove_signal_handler(loop, SIGUSR1));
    raise(SIGUSR1);
    run_passes(1);
    ck_assert_str_eq(trace, "ours before ");
    end();
}
END_TEST

START_TEST(closing_the_loop_puts_back_what_the_signal_did_before)
{
    signal(SIGUSR1, handled_before);
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("ours")), 0);
    end();
    raise(SIGUSR1);
    ck_assert_str_eq(trace, "before ");
}
END_TEST

START_TEST(removing_forgets_a_signal_that_has_come)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("usr1")), 0);
    raise(SIGUSR1);
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    run_passes(2);
    ck_assert_str_eq(trace, "");
    end();
}
END_TEST

START_TEST(a_signal_that_nobody_took_any_more_does_not_deafen_the_next_loop)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("first")), 0);
    raise(SIGUSR1);
    end();
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("second")), 0);
    raise(SIGUSR1);
    run_passes(1);
    ck_assert_str_eq(trace, "second ");
    end();
}
END_TEST

START_TEST(a_second_handler_replaces_the_first)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, word("first")), 0);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &other, say_again, word("second")), 0);
    raise(SIGUSR1);
    run_passes(1);
    ck_assert_str_eq(trace, "second ");
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    end();
}
END_TEST

START_TEST(what_cannot_be_caught_is_refused)
{
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, 0, &handle, say_it, NULL), -EINVAL);
    ck_assert_int_eq(weft_add_signal_handler(loop, -1, &handle, say_it, NULL), -EINVAL);
    ck_assert_int_eq(weft_add_signal_handler(loop, NSIG, &handle, say_it, NULL), -EINVAL);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGKILL, &handle, say_it, NULL), -EINVAL);
    ck_assert_int_eq(weft_loop_dump_on(loop, 0), -EINVAL);
    ck_assert(!weft_remove_signal_handler(loop, SIGKILL));
    ck_assert(!weft_remove_signal_handler(loop, NSIG));
    end();
}
END_TEST

START_TEST(a_signal_belongs_to_one_loop_at_a_time)
{
    weft_loop *second = NULL;
    begin(_i);
    ck_assert_int_eq(weft_loop_new(&second, &(weft_loop_desc){.backend = backends[_i]}), 0);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, NULL), 0);
    ck_assert_int_eq(weft_add_signal_handler(second, SIGUSR1, &other, say_it, NULL), WEFT_EBUSY);
    ck_assert(!weft_remove_signal_handler(second, SIGUSR1));
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    ck_assert_int_eq(weft_add_signal_handler(second, SIGUSR1, &other, say_it, NULL), 0);
    weft_loop_close(second);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, NULL), 0);
    end();
}
END_TEST

START_TEST(a_signal_wakes_a_loop_that_sleeps)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 2000}};
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGALRM, &handle, stop_it, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
    weft_loop_run_forever(loop);
    end();
}
END_TEST

struct waiter {
    WEFT_FRAME;
    weft_event *event;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waiter, self)
{
    WEFT_TRY(self->wait, weft_event_wait, self->event);
}
WEFT_END

static void set_event(void *event)
{
    weft_event_set(event);
}

START_TEST(who_waits_for_a_signal_handler_is_not_deadlocked)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 2000}};
    weft_event event = {0};
    begin(_i);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGALRM, &handle, set_event, &event), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
    ck_assert_int_eq(RUN(waiter, &event), 0);
    end();
}
END_TEST

/* --- the dump --------------------------------------------------------------------------------- */

START_TEST(a_dump_of_all_tasks_is_printed_when_asked_for)
{
    WEFT_TASK(waiter) task = {0};
    weft_event event = {0};
    begin(_i);
    ck_assert_int_eq(weft_loop_dump_on(loop, SIGUSR1), 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, waiter, &event), 0);
    run_passes(1);
    capture_stderr();
    raise(SIGUSR1);
    run_passes(1);
    const char *const dump = read_stderr();
    ck_assert_msg(strstr(dump, "waiter: waits in weft_event_wait") != NULL, "dump: %s", dump);
    end();
}
END_TEST

START_TEST(a_dump_ends_no_wait_so_a_deadlock_is_still_one)
{
    weft_event event = {0};
    begin(_i);
    capture_stderr();
    ck_assert_int_eq(weft_loop_dump_on(loop, SIGUSR1), 0);
    ck_assert_int_eq(weft_loop_dump_on(loop, SIGUSR1), 0);
    ck_assert_int_eq(RUN(waiter, &event), WEFT_EDEADLOCK);
    ck_assert(weft_remove_signal_handler(loop, SIGUSR1));
    ck_assert_int_eq(RUN(waiter, &event), WEFT_EDEADLOCK);
    ck_assert_int_eq(weft_add_signal_handler(loop, SIGUSR1, &handle, say_it, NULL), 0);
    ck_assert_int_eq(weft_loop_dump_on(loop, SIGUSR1), 0);
    ck_assert_int_eq(RUN(waiter, &event), WEFT_EDEADLOCK);
    (void)read_stderr();
    end();
}
END_TEST

/* --- SIGINT ----------------------------------------------------------------------------------- */

/* Is interrupted in its sleep, and needs a while to clean up. */
struct program {
    WEFT_FRAME;
    bool swallows, cancels_itself;
    int signals_in_cleanup;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    raise(SIGINT);
    if (self->cancels_itself) {
        weft_task_cancel(WEFT_SELF());
    }
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(100));
    WEFT_RETURN(self->swallows ? 0 : WEFT_STATUS());
WEFT_FINALLY:
    while (self->signals_in_cleanup-- > 0) {
        raise(SIGINT);
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    say("cleaned ");
}
WEFT_END

/* Check has handlers of its own. */
static void use_backend(int n)
{
    trace[0] = '\0';
    setenv("WEFT_BACKEND", backends[n], 1);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static bool is_default(void)
{
    struct sigaction now;
    return sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == SIG_DFL;
}

START_TEST(sigint_cancels_the_main_task_once_and_ends_as_interrupted)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(program, 0), -EINTR);
    ck_assert_str_eq(trace, "cleaned ");
    ck_assert(is_default());
    ck_assert_int_eq(weft_run(program, 0), -EINTR);
    ck_assert_str_eq(trace, "cleaned cleaned ");
}
END_TEST

START_TEST(a_program_that_finishes_although_it_was_interrupted_has_finished)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(program, .swallows = true), 0);
    ck_assert_str_eq(trace, "cleaned ");
}
END_TEST

START_TEST(a_program_that_was_cancelled_as_well_was_cancelled)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(program, .cancels_itself = true), WEFT_ECANCELED);
}
END_TEST

/* The body has ended by itself. */
struct interrupted_in_cleanup {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(interrupted_in_cleanup, self)
{
    say("body ");
WEFT_FINALLY:
    raise(SIGINT);
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(100));
    say("%d ", WEFT_STATUS());
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(1));
    say("%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(a_sigint_in_a_cleanup_interrupts_one_wait_of_it)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(interrupted_in_cleanup), 0);
    ck_assert_str_eq(trace, "body -4097 0 ");
    ck_assert(is_default());
}
END_TEST

struct interrupted_at_its_end {
    WEFT_FRAME;
};

static WEFT_ASYNC(interrupted_at_its_end, self)
{
    raise(SIGINT);
}
WEFT_END

START_TEST(a_sigint_that_comes_too_late_is_forgotten_and_the_next_program_hears_its_own)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(interrupted_at_its_end), 0);
    ck_assert_int_eq(weft_run(program, 0), -EINTR);
    ck_assert_int_eq(weft_run(interrupted_at_its_end), 0);
}
END_TEST

START_TEST(a_second_sigint_ends_the_process_at_once)
{
    int status;
    use_backend(_i);
    const pid_t child = fork();
    if (child == 0) {
        weft_run(program, .signals_in_cleanup = 1);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGINT);
}
END_TEST

START_TEST(a_sigint_that_is_ignored_or_handled_by_others_is_left_to_them)
{
    struct sigaction now;
    use_backend(_i);
    signal(SIGINT, handled_before);
    ck_assert_int_eq(weft_run(program, .cancels_itself = true), WEFT_ECANCELED);
    ck_assert_str_eq(trace, "before cleaned ");
    ck_assert_int_eq(sigaction(SIGINT, NULL, &now), 0);
    ck_assert(now.sa_handler == handled_before);
    signal(SIGINT, SIG_IGN);
    ck_assert_int_eq(weft_run(program, .cancels_itself = true), WEFT_ECANCELED);
    ck_assert_str_eq(trace, "before cleaned cleaned ");
}
END_TEST

/* Handles SIGINT itself, three times; then it may leave that to weft_run() again. */
struct own_handler {
    WEFT_FRAME;
    bool keeps_it;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(own_handler, self)
{
    WEFT_CHECK(weft_add_signal_handler(WEFT_LOOP(), SIGINT, &handle, say_it, word("int")));
    for (self->i = 0; self->i < 3; self->i++) {
        raise(SIGINT);
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    }
    if (!self->keeps_it) {
        weft_remove_signal_handler(WEFT_LOOP(), SIGINT);
        raise(SIGINT);
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
    }
}
WEFT_END

START_TEST(a_handler_of_its_own_takes_sigint_from_the_program_until_it_is_removed)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(own_handler, .keeps_it = false), -EINTR);
    ck_assert_str_eq(trace, "int int int ");
    ck_assert(is_default());
}
END_TEST

START_TEST(a_handler_that_is_left_ends_with_the_program)
{
    use_backend(_i);
    ck_assert_int_eq(weft_run(own_handler, .keeps_it = true), 0);
    ck_assert_str_eq(trace, "int int int ");
    ck_assert(is_default());
    ck_assert_int_eq(weft_run(program, 0), -EINTR);
}
END_TEST

/* Its child is not a part of the program any more. */
struct forking {
    WEFT_FRAME;
    int *ret_status;
};

static WEFT_ASYNC(forking, self)
{
    WEFT_CHECK(weft_add_signal_handler(WEFT_LOOP(), SIGTERM, &handle, say_it, NULL));
    const pid_t child = fork();
    if (child == 0) {
        raise(*self->ret_status);
        _exit(0);
    }
    WEFT_CHECK(waitpid(child, self->ret_status, 0) == child ? 0 : -ECHILD);
}
WEFT_END

START_TEST(a_forked_child_does_with_signals_what_was_done_before_the_loop)
{
    int status = _i % 2 == 0 ? SIGINT : SIGTERM;
    const int number = status;
    use_backend(_i / 2);
    ck_assert_int_eq(weft_run(forking, &status), 0);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), number);
}
END_TEST

struct runs_in_a_child {
    WEFT_FRAME;
    int *ret_status;
};

static WEFT_ASYNC(runs_in_a_child, self)
{
    const pid_t child = fork();
    if (child == 0) {
        _exit(weft_run(program, 0) == -EINTR ? 42 : 1);
    }
    WEFT_CHECK(waitpid(child, self->ret_status, 0) == child ? 0 : -ECHILD);
}
WEFT_END

START_TEST(a_program_that_a_forked_child_runs_is_interrupted_as_any)
{
    int status = -1;
    use_backend(_i);
    ck_assert_int_eq(weft_run(runs_in_a_child, &status), 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 42);
}
END_TEST

SUITE(signal)
{
    TEST_EACH(a_handler_is_called_by_the_loop_and_not_by_the_signal, BACKENDS);
    TEST_EACH(what_a_signal_interrupts_does_not_notice, BACKENDS);
    TEST_EACH(signals_that_come_together_count_as_one, BACKENDS);
    TEST_EACH(two_signals_have_a_handler_each, BACKENDS);
    TEST_EACH(removing_puts_back_what_the_signal_did_before, BACKENDS);
    TEST_EACH(closing_the_loop_puts_back_what_the_signal_did_before, BACKENDS);
    TEST_EACH(removing_forgets_a_signal_that_has_come, BACKENDS);
    TEST_EACH(a_signal_that_nobody_took_any_more_does_not_deafen_the_next_loop, BACKENDS);
    TEST_EACH(a_second_handler_replaces_the_first, BACKENDS);
    TEST_EACH(what_cannot_be_caught_is_refused, BACKENDS);
    TEST_EACH(a_signal_belongs_to_one_loop_at_a_time, BACKENDS);
    TEST_EACH(a_signal_wakes_a_loop_that_sleeps, BACKENDS);
    TEST_EACH(who_waits_for_a_signal_handler_is_not_deadlocked, BACKENDS);
    TEST_EACH(a_dump_of_all_tasks_is_printed_when_asked_for, BACKENDS);
    TEST_EACH(a_dump_ends_no_wait_so_a_deadlock_is_still_one, BACKENDS);
    TEST_EACH(sigint_cancels_the_main_task_once_and_ends_as_interrupted, BACKENDS);
    TEST_EACH(a_program_that_finishes_although_it_was_interrupted_has_finished, BACKENDS);
    TEST_EACH(a_program_that_was_cancelled_as_well_was_cancelled, BACKENDS);
    TEST_EACH(a_sigint_that_comes_too_late_is_forgotten_and_the_next_program_hears_its_own,
              BACKENDS);
    TEST_EACH(a_sigint_in_a_cleanup_interrupts_one_wait_of_it, BACKENDS);
    TEST_EACH(a_second_sigint_ends_the_process_at_once, BACKENDS);
    TEST_EACH(a_sigint_that_is_ignored_or_handled_by_others_is_left_to_them, BACKENDS);
    TEST_EACH(a_handler_of_its_own_takes_sigint_from_the_program_until_it_is_removed, BACKENDS);
    TEST_EACH(a_handler_that_is_left_ends_with_the_program, BACKENDS);
    TEST_EACH(a_forked_child_does_with_signals_what_was_done_before_the_loop, 2 * BACKENDS);
    TEST_EACH(a_program_that_a_forked_child_runs_is_interrupted_as_any, BACKENDS);
}
