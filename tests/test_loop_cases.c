/* test_loop_cases.c - selecting among descriptors, signals and child processes. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <weft/loop_cases.h>

#include "hosted.h"

static weft_source source, other;
static weft_posix_signal usr1;
static weft_signal button;
static weft_child child;
static int ends[2];

/* Selects once, and says which letter happened, and how if not well. */
struct chooser {
    WEFT_FRAME;
    char name;
    const char *letters;
    weft_case cases[3];
    struct weft_select select;
};

static weft_case *nth_case(struct chooser *self, size_t n)
{
    weft_case *const place = &self->cases[n];
    switch (n < strlen(self->letters) ? self->letters[n] : '\0') {
    case 'r':
        return weft_on_readable(place, &source);
    case 'w':
        return weft_on_writable(place, &source);
    case 'q':
        return weft_on_readable(place, &other);
    case 'h':
        return weft_on_signal(place, &button);
    case 's':
        return weft_on_posix_signal(place, &usr1);
    case 'c':
        return weft_on_child(place, &child);
    case 't':
        return weft_on_timer(place, WEFT_MS(1));
    case 'n':
        return weft_on_timer(place, 0);
    default:
        return NULL;
    }
}

static WEFT_ASYNC(chooser, self)
{
    WEFT_CATCH(self->select, weft_select,
               WEFT_CASES(nth_case(self, 0), nth_case(self, 1), nth_case(self, 2)), .biased = true);
    say("%c", self->name);
    for (size_t i = 0; i < strlen(self->letters); i++) {
        if (self->cases[i].happened) {
            ck_assert_int_eq(self->cases[i].status, WEFT_STATUS());
            say("%c", self->letters[i]);
        }
    }
    if (WEFT_STATUS() < 0) {
        say("%s", WEFT_STATUS() == WEFT_ECLOSED     ? "-closed"
                  : WEFT_STATUS() == WEFT_ECANCELED ? "-cancelled"
                  : WEFT_STATUS() == -ECHILD        ? "-nochild"
                                                    : "?");
    }
    say(" ");
}
WEFT_END

static WEFT_TASK(chooser) a, b;

struct solo {
    WEFT_FRAME;
    weft_source *source;
    weft_case only;
    struct weft_select select;
};

static WEFT_ASYNC(solo, self)
{
    WEFT_TRY(self->select, weft_select, WEFT_CASES(weft_on_readable(&self->only, self->source)));
}
WEFT_END

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)
#define CHOOSE(slot, name, letters) START(slot, chooser, name, letters)

/* A source on one end of a pair of sockets. */
static void begin_pair(int n)
{
    begin(n);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    ck_assert_int_eq(weft_source_open(&source, loop, ends[0]), 0);
}

static void end_pair(void)
{
    ck_assert(weft_link_is_empty(&source.cases));
    weft_source_close(&source);
    close_pipe(ends);
    end();
}

static void fill(int fd)
{
    static const char bytes[4096];
    while (write(fd, bytes, sizeof bytes) > 0) {
    }
}

static void drain(int fd)
{
    char bytes[4096];
    while (read(fd, bytes, sizeof bytes) > 0) {
    }
}

/* --- descriptors ------------------------------------------------------------------------------ */

START_TEST(what_can_be_read_happens_at_once)
{
    begin_pair(_i);
    put(ends[1], "x");
    CHOOSE(&a, 'a', "rt");
    run_passes(1);
    ck_assert_str_eq(trace, "ar ");
    end_pair();
}
END_TEST

START_TEST(bytes_that_come_during_the_wait_happen)
{
    begin_pair(_i);
    CHOOSE(&a, 'a', "r");
    run_passes(3);
    ck_assert_str_eq(trace, "");
    put(ends[1], "x");
    finish(&a.task);
    ck_assert_str_eq(trace, "ar ");
    end_pair();
}
END_TEST

START_TEST(room_that_comes_during_the_wait_happens)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "w");
    run_passes(3);
    ck_assert_str_eq(trace, "");
    drain(ends[1]);
    finish(&a.task);
    ck_assert_str_eq(trace, "aw ");
    end_pair();
}
END_TEST

START_TEST(bytes_are_no_room)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "w");
    CHOOSE(&b, 'b', "r");
    run_passes(2);
    put(ends[1], "x");
    finish(&b.task);
    run_passes(2);
    ck_assert_str_eq(trace, "br ");
    drain(ends[1]);
    finish(&a.task);
    ck_assert_str_eq(trace, "br aw ");
    end_pair();
}
END_TEST

START_TEST(of_both_directions_one_happens_though_both_come)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "wr");
    run_passes(2);
    put(ends[1], "x");
    drain(ends[1]);
    finish(&a.task);
    ck_assert_int_eq(a.frame.cases[0].happened + a.frame.cases[1].happened, 1);
    end_pair();
}
END_TEST

START_TEST(the_end_of_the_other_side_happens)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "r");
    CHOOSE(&b, 'b', "w");
    run_passes(2);
    close(ends[1]);
    finish(&a.task);
    finish(&b.task);
    ck_assert_str_eq(trace, "ar bw ");
    ends[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    end_pair();
}
END_TEST

START_TEST(of_two_descriptors_the_one_with_bytes_happens)
{
    int others[2];
    begin_pair(_i);
    make_pipe(others);
    ck_assert_int_eq(weft_source_open(&other, loop, others[0]), 0);
    CHOOSE(&a, 'a', "rq");
    run_passes(2);
    put(others[1], "x");
    finish(&a.task);
    ck_assert_str_eq(trace, "aq ");
    weft_source_close(&other);
    close_pipe(others);
    end_pair();
}
END_TEST

START_TEST(all_that_select_it_are_told_in_order_and_who_awaits_it_too)
{
    WEFT_TASK(weft_wait_readable) plain = {0};
    begin_pair(_i);
    CHOOSE(&a, 'a', "r");
    CHOOSE(&b, 'b', "r");
    START(&plain, weft_wait_readable, &source);
    run_passes(2);
    put(ends[1], "x");
    finish(&a.task);
    finish(&b.task);
    finish(&plain.task);
    ck_assert_str_eq(trace, "ar br ");
    end_pair();
}
END_TEST

START_TEST(without_bytes_the_timer_happens_and_the_source_is_left)
{
    begin_pair(_i);
    CHOOSE(&a, 'a', "rt");
    finish(&a.task);
    ck_assert_str_eq(trace, "at ");
    end_pair();
}
END_TEST

START_TEST(bytes_that_come_behind_another_case_are_there_for_the_next)
{
    begin_pair(_i);
    CHOOSE(&a, 'a', "rn");
    finish(&a.task);
    put(ends[1], "x");
    run_passes(1);
    CHOOSE(&a, 'a', "rn");
    finish(&a.task);
    ck_assert_str_eq(trace, "an ar ");
    end_pair();
}
END_TEST

START_TEST(a_closed_source_happens_with_that_status)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "rw");
    run_passes(2);
    weft_source_close(&source);
    CHOOSE(&b, 'b', "w");
    finish(&a.task);
    finish(&b.task);
    ck_assert_str_eq(trace, "ar-closed bw-closed ");
    end_pair();
}
END_TEST

START_TEST(cancelled_it_loses_no_bytes_and_leaves_the_source)
{
    begin_pair(_i);
    CHOOSE(&a, 'a', "r");
    run_passes(1);
    put(ends[1], "x");
    weft_task_cancel(&a.task);
    run_passes(2);
    CHOOSE(&b, 'b', "r");
    finish(&b.task);
    ck_assert_str_eq(trace, "a-cancelled br ");
    end_pair();
}
END_TEST

START_TEST(cancelled_it_does_not_mind_that_its_source_is_closed_and_freed_before_it_runs)
{
    weft_source *const mine = calloc(1, sizeof *mine);
    WEFT_TASK(solo) task = {0};
    begin(_i);
    make_pipe(ends);
    ck_assert_int_eq(weft_source_open(mine, loop, ends[0]), 0);
    START(&task, solo, mine);
    run_passes(1);
    weft_task_cancel(&task.task);
    weft_source_close(mine);
    free(mine);
    finish(&task.task);
    ck_assert_int_eq(task.task.status, WEFT_ECANCELED);
    close_pipe(ends);
    end();
}
END_TEST

struct lost {
    WEFT_FRAME;
    weft_link nobody;
};

static WEFT_ASYNC(lost, self)
{
    WEFT_PARK(&self->nobody);
}
WEFT_END

START_TEST(a_select_that_is_over_does_not_hide_a_deadlock)
{
    begin_pair(_i);
    fill(ends[0]);
    CHOOSE(&a, 'a', "rw");
    run_passes(1);
    weft_task_cancel(&a.task);
    CHOOSE(&b, 'b', "rt");
    finish(&b.task);
    capture_stderr();
    ck_assert_int_eq(RUN(lost), WEFT_EDEADLOCK);
    (void)read_stderr();
    end_pair();
}
END_TEST

/* --- threads ---------------------------------------------------------------------------------- */

static void *press(void *unused)
{
    weft_signal_set(&button);
    return unused;
}

START_TEST(what_another_thread_tells_happens)
{
    pthread_t thread;
    begin_pair(_i);
    weft_signal_init(&button, weft_loop_core(loop));
    CHOOSE(&a, 'a', "rh");
    run_passes(1);
    ck_assert_int_eq(pthread_create(&thread, NULL, press, NULL), 0);
    finish(&a.task);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_str_eq(trace, "ah ");
    end_pair();
}
END_TEST

/* --- signals ---------------------------------------------------------------------------------- */

static void begin_signal(int n)
{
    begin(n);
    ck_assert_int_eq(weft_posix_signal_open(&usr1, loop, SIGUSR1), 0);
}

static void end_signal(void)
{
    struct sigaction now;
    weft_posix_signal_close(&usr1);
    ck_assert_int_eq(sigaction(SIGUSR1, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_DFL);
    ck_assert(weft_link_is_empty(&usr1.waiters));
    end();
}

static void come(void)
{
    ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
}

START_TEST(a_signal_that_comes_during_the_wait_happens)
{
    begin_signal(_i);
    CHOOSE(&a, 'a', "s");
    run_passes(2);
    ck_assert_str_eq(trace, "");
    come();
    finish(&a.task);
    ck_assert_str_eq(trace, "as ");
    end_signal();
}
END_TEST

START_TEST(a_signal_that_came_before_happens_at_once)
{
    begin_signal(_i);
    come();
    run_passes(2);
    CHOOSE(&a, 'a', "sn");
    finish(&a.task);
    ck_assert_str_eq(trace, "as ");
    end_signal();
}
END_TEST

START_TEST(a_signal_is_taken_and_several_that_come_together_count_as_one)
{
    begin_signal(_i);
    come(), come(), come();
    run_passes(2);
    CHOOSE(&a, 'a', "sn");
    finish(&a.task);
    CHOOSE(&a, 'a', "sn");
    finish(&a.task);
    ck_assert_str_eq(trace, "as an ");
    end_signal();
}
END_TEST

START_TEST(a_signal_goes_to_the_one_that_waits_longest)
{
    begin_signal(_i);
    CHOOSE(&a, 'a', "s");
    CHOOSE(&b, 'b', "s");
    run_passes(2);
    come();
    finish(&a.task);
    ck_assert_str_eq(trace, "as ");
    come();
    finish(&b.task);
    ck_assert_str_eq(trace, "as bs ");
    end_signal();
}
END_TEST

START_TEST(a_signal_whose_waiter_was_cancelled_is_there_for_the_next)
{
    begin_signal(_i);
    CHOOSE(&a, 'a', "s");
    run_passes(2);
    come();
    weft_task_cancel(&a.task);
    run_passes(3);
    CHOOSE(&b, 'b', "sn");
    finish(&b.task);
    ck_assert_str_eq(trace, "a-cancelled bs ");
    end_signal();
}
END_TEST

START_TEST(a_signal_that_is_closed_happens_with_that_status)
{
    begin_signal(_i);
    CHOOSE(&a, 'a', "s");
    run_passes(2);
    weft_posix_signal_close(&usr1);
    weft_posix_signal_close(&usr1);
    CHOOSE(&b, 'b', "sn");
    finish(&a.task);
    finish(&b.task);
    ck_assert_str_eq(trace, "as-closed bs-closed ");
    end_signal();
}
END_TEST

START_TEST(what_is_no_signal_is_refused)
{
    weft_posix_signal signal = {0};
    begin(_i);
    ck_assert_int_eq(weft_posix_signal_open(&signal, loop, SIGKILL), -EINVAL);
    ck_assert_int_eq(weft_posix_signal_open(&signal, loop, 0), -EINVAL);
    weft_posix_signal_close(&signal);
    end();
}
END_TEST

START_TEST(a_signal_of_another_loop_is_busy)
{
    weft_loop *second = NULL;
    weft_posix_signal signal = {0};
    begin_signal(_i);
    ck_assert_int_eq(weft_loop_new(&second, NULL), 0);
    ck_assert_int_eq(weft_posix_signal_open(&signal, second, SIGUSR1), WEFT_EBUSY);
    weft_loop_close(second);
    end_signal();
}
END_TEST

START_TEST(a_signal_that_is_open_is_not_opened_again)
{
    begin_signal(0);
    (void)weft_posix_signal_open(&usr1, loop, SIGUSR1);
}
END_TEST

/* --- children --------------------------------------------------------------------------------- */

static int hold[2]; /* the child ends when it can read */

/* A child that exits with 7 when it is let go. */
static pid_t start_child(void)
{
    ck_assert_int_eq(pipe2(hold, O_CLOEXEC), 0);
    const pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        char byte;
        close(hold[1]);
        _exit(read(hold[0], &byte, 1) == 1 ? 7 : 8);
    }
    close(hold[0]);
    return pid;
}

static void let_go(void)
{
    ck_assert_int_eq(write(hold[1], "x", 1), 1);
    close(hold[1]);
}

/* The system may have no descriptors for processes: then the second half of WAYS. */
enum { WAYS = 2 * BACKENDS };

static bool has_no_pidfd, has_no_room;

long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    const pid_t pid = va_arg(arguments, pid_t);
    va_end(arguments);
    if (has_no_pidfd || has_no_room) {
        errno = has_no_pidfd ? ENOSYS : EMFILE;
        return -1;
    }
    return __real_syscall(number, pid, 0);
}

static void begin_way(int n)
{
    has_no_pidfd = n >= BACKENDS;
    begin(n % BACKENDS);
}

static void begin_child(int n)
{
    begin_way(n);
    ck_assert_int_eq(weft_child_open(&child, loop, start_child()), 0);
}

static void end_child(void)
{
    weft_child_close(&child);
    ck_assert(weft_link_is_empty(&child.waiters));
    end();
}

START_TEST(the_end_of_a_child_happens_and_tells_how)
{
    begin_child(_i);
    CHOOSE(&a, 'a', "c");
    run_passes(2);
    ck_assert_str_eq(trace, "");
    let_go();
    finish(&a.task);
    ck_assert_str_eq(trace, "ac ");
    ck_assert(child.has_ended && WIFEXITED(child.wait_status));
    ck_assert_int_eq(WEXITSTATUS(child.wait_status), 7);
    end_child();
}
END_TEST

START_TEST(a_child_that_was_killed_tells_by_what)
{
    begin_child(_i);
    CHOOSE(&a, 'a', "c");
    run_passes(2);
    ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
    finish(&a.task);
    ck_assert(WIFSIGNALED(child.wait_status));
    ck_assert_int_eq(WTERMSIG(child.wait_status), SIGKILL);
    close(hold[1]);
    end_child();
}
END_TEST

START_TEST(a_child_that_ended_before_it_was_watched_happens)
{
    siginfo_t info;
    begin_way(_i);
    const pid_t pid = start_child();
    let_go();
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(weft_child_open(&child, loop, pid), 0);
    CHOOSE(&a, 'a', "c");
    finish(&a.task);
    ck_assert_int_eq(WEXITSTATUS(child.wait_status), 7);
    end_child();
}
END_TEST

START_TEST(a_child_that_has_ended_happens_to_all_who_ask_then_and_later)
{
    begin_child(_i);
    CHOOSE(&a, 'a', "c");
    CHOOSE(&b, 'b', "c");
    run_passes(2);
    let_go();
    finish(&b.task);
    CHOOSE(&a, 'a', "cn");
    finish(&a.task);
    ck_assert_str_eq(trace, "ac bc ac ");
    end_child();
}
END_TEST

START_TEST(a_child_that_goes_on_lets_the_timer_happen)
{
    begin_child(_i);
    CHOOSE(&a, 'a', "ct");
    finish(&a.task);
    ck_assert_str_eq(trace, "at ");
    let_go();
    CHOOSE(&b, 'b', "c");
    finish(&b.task);
    ck_assert_str_eq(trace, "at bc ");
    end_child();
}
END_TEST

START_TEST(a_child_that_is_not_watched_any_more_happens_with_that_status_and_goes_on)
{
    int status;
    begin_child(_i);
    CHOOSE(&a, 'a', "c");
    run_passes(2);
    weft_child_close(&child);
    CHOOSE(&b, 'b', "cn");
    finish(&a.task);
    finish(&b.task);
    ck_assert_str_eq(trace, "ac-closed bc-closed ");
    let_go();
    ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    end_child();
}
END_TEST

START_TEST(a_child_that_somebody_else_waited_for_is_told)
{
    int status;
    begin_child(_i);
    let_go();
    ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
    CHOOSE(&a, 'a', "c");
    finish(&a.task);
    ck_assert_str_eq(trace, "ac-nochild ");
    end_child();
}
END_TEST

START_TEST(a_process_that_is_not_there_is_refused)
{
    int status;
    begin_way(_i);
    const pid_t pid = start_child();
    let_go();
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(weft_child_open(&child, loop, pid), -ESRCH);
    end_child();
}
END_TEST

START_TEST(what_the_system_refuses_is_told)
{
    int status;
    begin(_i);
    const pid_t pid = start_child();
    has_no_room = true;
    ck_assert_int_eq(weft_child_open(&child, loop, pid), -EMFILE);
    let_go();
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    end_child();
}
END_TEST

START_TEST(a_child_that_is_watched_is_not_watched_again)
{
    begin_child(0);
    close(hold[1]); /* it ends by itself */
    (void)weft_child_open(&child, loop, child.pid);
}
END_TEST

START_TEST(cancelling_a_select_leaves_the_child_alone)
{
    begin_child(_i);
    CHOOSE(&a, 'a', "c");
    run_passes(2);
    weft_task_cancel(&a.task);
    finish(&a.task);
    ck_assert_str_eq(trace, "a-cancelled ");
    let_go();
    CHOOSE(&b, 'b', "c");
    finish(&b.task);
    ck_assert_int_eq(WEXITSTATUS(child.wait_status), 7);
    end_child();
}
END_TEST

SUITE(loop_cases)
{
    TEST_EACH(what_can_be_read_happens_at_once, BACKENDS);
    TEST_EACH(bytes_that_come_during_the_wait_happen, BACKENDS);
    TEST_EACH(room_that_comes_during_the_wait_happens, BACKENDS);
    TEST_EACH(bytes_are_no_room, BACKENDS);
    TEST_EACH(of_both_directions_one_happens_though_both_come, BACKENDS);
    TEST_EACH(the_end_of_the_other_side_happens, BACKENDS);
    TEST_EACH(of_two_descriptors_the_one_with_bytes_happens, BACKENDS);
    TEST_EACH(all_that_select_it_are_told_in_order_and_who_awaits_it_too, BACKENDS);
    TEST_EACH(without_bytes_the_timer_happens_and_the_source_is_left, BACKENDS);
    TEST_EACH(bytes_that_come_behind_another_case_are_there_for_the_next, BACKENDS);
    TEST_EACH(a_closed_source_happens_with_that_status, BACKENDS);
    TEST_EACH(cancelled_it_loses_no_bytes_and_leaves_the_source, BACKENDS);
    TEST_EACH(cancelled_it_does_not_mind_that_its_source_is_closed_and_freed_before_it_runs,
              BACKENDS);
    TEST_EACH(a_select_that_is_over_does_not_hide_a_deadlock, BACKENDS);

    TEST_EACH(what_another_thread_tells_happens, BACKENDS);

    TEST_EACH(a_signal_that_comes_during_the_wait_happens, BACKENDS);
    TEST_EACH(a_signal_that_came_before_happens_at_once, BACKENDS);
    TEST_EACH(a_signal_is_taken_and_several_that_come_together_count_as_one, BACKENDS);
    TEST_EACH(a_signal_goes_to_the_one_that_waits_longest, BACKENDS);
    TEST_EACH(a_signal_whose_waiter_was_cancelled_is_there_for_the_next, BACKENDS);
    TEST_EACH(a_signal_that_is_closed_happens_with_that_status, BACKENDS);
    TEST_EACH(what_is_no_signal_is_refused, BACKENDS);
    TEST_EACH(a_signal_of_another_loop_is_busy, BACKENDS);
    TEST_STOPS(a_signal_that_is_open_is_not_opened_again);

    TEST_EACH(the_end_of_a_child_happens_and_tells_how, WAYS);
    TEST_EACH(a_child_that_was_killed_tells_by_what, WAYS);
    TEST_EACH(a_child_that_ended_before_it_was_watched_happens, WAYS);
    TEST_EACH(a_child_that_has_ended_happens_to_all_who_ask_then_and_later, WAYS);
    TEST_EACH(a_child_that_goes_on_lets_the_timer_happen, WAYS);
    TEST_EACH(a_child_that_is_not_watched_any_more_happens_with_that_status_and_goes_on, WAYS);
    TEST_EACH(a_child_that_somebody_else_waited_for_is_told, WAYS);
    TEST_EACH(a_process_that_is_not_there_is_refused, WAYS);
    TEST_EACH(cancelling_a_select_leaves_the_child_alone, WAYS);
    TEST_EACH(what_the_system_refuses_is_told, BACKENDS);
    TEST_STOPS(a_child_that_is_watched_is_not_watched_again);
}
