/* test_loop_outside.c - what comes from outside a loop: other threads, other loops, a fork(). */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <pthread.h>
#include <sys/time.h>
#include <weft/remote_signal.h>
#include <weft/sync.h>

struct failing {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(failing, self)
{
    WEFT_RETURN(self->status);
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

static void write_byte(void *fd)
{
    put(*(int *)fd, "x");
}

/* --- threads ---------------------------------------------------------------------------------- */

enum { THREADS = 4, POSTS = 2500 };
static struct post {
    weft_handle handle;
    int thread, number;
} posts[THREADS][POSTS];
static int last[THREADS], arrived;

static void take_post(void *argument)
{
    const struct post *const post = argument;
    ck_assert_int_eq(post->number, last[post->thread]++);
    if (++arrived == THREADS * POSTS) {
        weft_loop_stop(loop);
    }
}

static void *post_all(void *argument)
{
    struct post *const mine = argument;
    for (int i = 0; i < POSTS; i++) {
        weft_call_soon_threadsafe(loop, &mine[i].handle, take_post, &mine[i]);
    }
    return NULL;
}

START_TEST(ten_thousand_posts_from_four_threads_arrive_each_once_and_in_order)
{
    pthread_t threads[THREADS];
    begin(_i);
    for (int i = 0; i < THREADS; i++) {
        for (int j = 0; j < POSTS; j++) {
            posts[i][j] = (struct post){.thread = i, .number = j};
        }
        ck_assert_int_eq(pthread_create(&threads[i], NULL, post_all, posts[i]), 0);
    }
    weft_loop_run_forever(loop);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(last[i], POSTS);
    }
    end();
}
END_TEST

/* Threads that count, and tell each time by one and the same handle. */
static weft_handle shared_handle;
static int counted, seen, looked;

static void look_at_count(void *unused)
{
    (void)unused;
    looked++;
    seen = __atomic_load_n(&counted, __ATOMIC_SEQ_CST);
    if (seen == THREADS * POSTS) {
        weft_loop_stop(loop);
    }
}

static void *count_and_post(void *unused)
{
    for (int i = 0; i < POSTS; i++) {
        __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
        weft_call_soon_threadsafe(loop, &shared_handle, look_at_count, NULL);
    }
    return unused;
}

START_TEST(a_handle_that_many_threads_post_is_called_behind_the_last_post)
{
    pthread_t threads[THREADS];
    begin(_i);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_and_post, NULL), 0);
    }
    weft_loop_run_forever(loop);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(seen, THREADS * POSTS);
    ck_assert_int_le(looked, THREADS * POSTS);
    end();
}
END_TEST

static void count_and_ignore(void *unused)
{
    (void)unused;
    counted++;
}

static void *post_stop(void *handle)
{
    poll(NULL, 0, 5); /* so that the loop sleeps, mostly; it must end in either case */
    weft_call_soon_threadsafe(loop, handle, stop_it, NULL);
    return NULL;
}

START_TEST(a_post_from_a_thread_wakes_a_loop_that_sleeps)
{
    weft_handle handle = {0};
    pthread_t thread;
    begin(_i);
    ck_assert_int_eq(pthread_create(&thread, NULL, post_stop, &handle), 0);
    weft_loop_run_forever(loop);
    pthread_join(thread, NULL);
    end();
}
END_TEST

enum { SMALL_PIPE = 4096 };

/* All pipes there are, that of the loop among them. */
static void shrink_pipes(void)
{
    for (int fd = 0; fd < 64; fd++) {
        if (fcntl(fd, F_GETPIPE_SZ) > 0) {
            ck_assert_int_eq(fcntl(fd, F_SETPIPE_SZ, SMALL_PIPE), SMALL_PIPE);
        }
    }
}

START_TEST(a_loop_that_was_woken_more_often_than_a_pipe_has_room_sleeps_and_is_woken_as_before)
{
    weft_handle handle = {0};
    pthread_t thread;
    begin(_i);
    shrink_pipes();
    for (int i = 0; i <= SMALL_PIPE; i++) {
        weft_call_soon_threadsafe(loop, &handle, count_and_ignore, NULL);
        run_passes(1);
    }
    ck_assert_int_eq(counted, SMALL_PIPE + 1);
    const weft_time before = weft_loop_time(loop);
    weft_loop_run_once(loop, WEFT_MS(2));
    ck_assert_int_ge(weft_loop_time(loop) - before, WEFT_MS(2));
    ck_assert_int_eq(pthread_create(&thread, NULL, post_stop, &handle), 0);
    weft_loop_run_forever(loop);
    pthread_join(thread, NULL);
    end();
}
END_TEST

/* Waits for what only a signal handler tells: the process has no other thread. */
static weft_signal bell;

static void ring(int number)
{
    (void)number;
    weft_signal_set(&bell);
}

struct listener {
    WEFT_FRAME;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(listener, self)
{
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 1000}, NULL);
    WEFT_TRY(self->wait, weft_signal_wait, &bell);
    say("rung ");
}
WEFT_END

START_TEST(who_waits_for_an_interrupt_is_not_deadlocked)
{
    begin(_i);
    weft_signal_init(&bell, weft_loop_core(loop));
    signal(SIGALRM, ring);
    ck_assert_int_eq(RUN(listener), 0);
    ck_assert_str_eq(trace, "rung ");
    end();
}
END_TEST

/* As long as there is another thread, it might be the one that ends a wait. */
struct hopes {
    WEFT_FRAME;
    struct weft_event_wait wait;
};

static weft_event hope;

static WEFT_ASYNC(hopes, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &hope);
    say("come true ");
}
WEFT_END

static void fulfil(void *unused)
{
    (void)unused;
    weft_event_set(&hope);
}

static void *post_fulfil(void *handle)
{
    poll(NULL, 0, 5);
    weft_call_soon_threadsafe(loop, handle, fulfil, NULL);
    return NULL;
}

START_TEST(while_another_thread_lives_no_wait_is_taken_for_a_deadlock)
{
    weft_handle handle = {0};
    pthread_t thread;
    begin(_i);
    ck_assert_int_eq(pthread_create(&thread, NULL, post_fulfil, &handle), 0);
    ck_assert_int_eq(RUN(hopes), 0);
    ck_assert_str_eq(trace, "come true ");
    pthread_join(thread, NULL);
    end();
}
END_TEST

static void *post_word(void *handle)
{
    weft_call_soon_threadsafe(loop, handle, say_it, word("posted"));
    return NULL;
}

START_TEST(what_was_posted_and_not_called_when_its_loop_closed_can_be_posted_to_another)
{
    weft_handle handle = {0};
    pthread_t thread;
    begin(_i);
    ck_assert_int_eq(pthread_create(&thread, NULL, post_word, &handle), 0);
    pthread_join(thread, NULL);
    end();
    ck_assert_str_eq(trace, "");
    ck_assert(!weft_handle_is_pending(&handle));
    begin(_i);
    post_word(&handle);
    run_passes(1);
    ck_assert_str_eq(trace, "posted ");
    end();
}
END_TEST

/* Cleans up by telling a thread to end, which posts to the loop that is being closed meanwhile. */
struct owns_thread {
    WEFT_FRAME;
    weft_handle handle;
    pthread_t thread;
    struct weft_sleep nap;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(owns_thread, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
WEFT_FINALLY:
    WEFT_CHECK(-pthread_create(&self->thread, NULL, post_fulfil, &self->handle));
    WEFT_AWAIT(self->wait, weft_event_wait, &hope);
    say("come true at the close ");
    pthread_join(self->thread, NULL);
}
WEFT_END

START_TEST(while_a_loop_closes_its_cleanups_hear_of_other_threads)
{
    WEFT_TASK(owns_thread) task = {0};
    begin(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, owns_thread), 0);
    run_passes(1);
    end();
    ck_assert_str_eq(trace, "come true at the close ");
    ck_assert_int_eq(reports, 0);
}
END_TEST

/* Two loops throw a ball to and fro. */
struct player {
    weft_loop *loop;
    weft_handle ball, gone;
    struct player *partner;
    int caught;
    const char *backend;
    pthread_t thread;
};

static pthread_barrier_t both_are_there;

static void stop_player(void *argument)
{
    weft_loop_stop(((struct player *)argument)->loop);
}

static void catch_ball(void *argument)
{
    struct player *const self = argument;
    ck_assert_ptr_eq(weft_loop_running(), self->loop);
    if (++self->caught < 1000) {
        weft_call_soon_threadsafe(self->partner->loop, &self->partner->ball, catch_ball,
                                  self->partner);
    } else {
        weft_call_soon_threadsafe(self->partner->loop, &self->partner->gone, stop_player,
                                  self->partner);
        weft_loop_stop(self->loop);
    }
}

static void *play(void *argument)
{
    struct player *const self = argument;
    const weft_loop_desc desc = {.backend = self->backend};
    ck_assert_int_eq(weft_loop_new(&self->loop, &desc), 0);
    pthread_barrier_wait(&both_are_there);
    weft_loop_run_forever(self->loop);
    pthread_barrier_wait(&both_are_there);
    weft_loop_close(self->loop);
    return NULL;
}

START_TEST(two_loops_in_two_threads_do_not_touch_each_other)
{
    struct player a = {.backend = backends[_i]}, b = {.backend = backends[0], .partner = &a};
    a.partner = &b;
    pthread_barrier_init(&both_are_there, NULL, 3);
    ck_assert_int_eq(pthread_create(&a.thread, NULL, play, &a), 0);
    ck_assert_int_eq(pthread_create(&b.thread, NULL, play, &b), 0);
    pthread_barrier_wait(&both_are_there);
    weft_call_soon_threadsafe(a.loop, &a.ball, catch_ball, &a);
    pthread_barrier_wait(&both_are_there);
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    ck_assert_int_eq(a.caught, 1000);
    ck_assert_int_eq(b.caught, 999);
}
END_TEST

static void *run_program(void *backend)
{
    const weft_loop_desc desc = {.backend = backend};
    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(weft_run_with(&desc, failing, 0), 0);
    }
    return NULL;
}

START_TEST(programs_may_run_in_several_threads_at_once)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        void *const backend = (void *)(uintptr_t)backends[_i];
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_program, backend), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}
END_TEST

/* --- embedded --------------------------------------------------------------------------------- */

START_TEST(the_timeout_tells_when_there_is_something_to_do)
{
    weft_handle handle = {0};
    begin(_i);
    ck_assert_int_eq(weft_loop_timeout(loop), WEFT_FOREVER);
    weft_call_later(loop, &handle, WEFT_S(10), say_it, word("timer"));
    ck_assert_int_gt(weft_loop_timeout(loop), WEFT_S(9));
    ck_assert_int_le(weft_loop_timeout(loop), WEFT_S(10));
    weft_handle_cancel(&handle);
    weft_call_soon(loop, &handle, say_it, word("ready"));
    ck_assert_int_eq(weft_loop_timeout(loop), 0);
    run_passes(1);
    weft_call_soon_threadsafe(loop, &handle, say_it, word("posted"));
    ck_assert_int_eq(weft_loop_timeout(loop), 0);
    run_passes(1);
    ck_assert_int_eq(weft_loop_timeout(loop), WEFT_FOREVER);
    ck_assert_str_eq(trace, "ready posted ");
    end();
}
END_TEST

/* A foreign loop around ours: waits for its own descriptor, ours, and our next timer. */
static void foreign_poll(int own_fd)
{
    struct pollfd fds[] = {{.fd = own_fd, .events = POLLIN},
                           {.fd = weft_loop_fd(loop), .events = POLLIN}};
    const weft_time timeout = weft_loop_timeout(loop);
    const struct timespec limit = {.tv_sec = timeout / WEFT_S(1), .tv_nsec = timeout % WEFT_S(1)};
    ck_assert_int_ge(ppoll(fds, 2, timeout == WEFT_FOREVER ? NULL : &limit, NULL), 0);
    if (fds[0].revents != 0) {
        char byte;
        ck_assert_int_eq(read(own_fd, &byte, 1), 1);
        say("foreign ");
    }
    weft_loop_run_once(loop, 0);
}

START_TEST(a_loop_can_be_embedded_by_its_descriptor)
{
    WEFT_TASK(watcher) task = {0};
    weft_handle timer = {0};
    int ours[2], theirs[2];
    begin(0); /* "poll" has no descriptor */
    make_pipe(ours);
    make_pipe(theirs);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, watcher, "ours", ours[0]), 0);
    foreign_poll(theirs[0]);
    put(theirs[1], "x");
    foreign_poll(theirs[0]);
    weft_call_later(loop, &timer, WEFT_MS(2), write_byte, &ours[1]);
    while (!weft_task_is_done(&task.task)) {
        foreign_poll(theirs[0]);
    }
    ck_assert_str_eq(trace, "foreign ours ");
    close_pipe(ours);
    close_pipe(theirs);
    end();
}
END_TEST

START_TEST(one_pass_waits_no_longer_than_it_is_told)
{
    begin(_i);
    const weft_time before = weft_loop_time(loop);
    weft_loop_run_once(loop, WEFT_MS(2));
    ck_assert_int_ge(weft_loop_time(loop) - before, WEFT_MS(2));
    ck_assert_int_eq(weft_loop_fd(loop) >= 0, _i == 0);
    end();
}
END_TEST

/* --- fork ------------------------------------------------------------------------------------- */

/* Runs a function in a child: its exit status, or the number of the signal that killed it. */
static int in_child(void (*function)(void))
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        function();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static weft_handle other;
static weft_source shared_source;
static int shared[2];

static void close_all(void)
{
    weft_call_soon_threadsafe(loop, &other, say_it, word("child"));
    weft_source_close(&shared_source);
    close_pipe(shared);
    weft_loop_close(loop);
}

START_TEST(a_child_that_closes_its_copy_leaves_the_parents_loop_alone)
{
    weft_handle reader = {0};
    begin(_i);
    make_pipe(shared);
    ck_assert_int_eq(weft_source_open(&shared_source, loop, shared[0]), 0);
    weft_add_reader(&shared_source, &reader, say_it, word("parent"));
    run_passes(1);
    ck_assert_int_eq(in_child(close_all), 0);
    if (_i == 0) {
        struct pollfd quiet = {.fd = weft_loop_fd(loop), .events = POLLIN};
        ck_assert_int_eq(poll(&quiet, 1, 0), 0);
    }
    put(shared[1], "x");
    weft_loop_run_once(loop, WEFT_S(10));
    ck_assert_str_eq(trace, "parent ");
    weft_source_close(&shared_source);
    close_pipe(shared);
    end();
}
END_TEST

static void run_once_here(void)
{
    weft_loop_run_once(loop, 0);
}

START_TEST(running_the_parents_loop_in_a_child_stops_with_a_message)
{
    begin(_i);
    capture_stderr();
    ck_assert_int_eq(in_child(run_once_here), SIGABRT);
    ck_assert_ptr_nonnull(strstr(read_stderr(), "before fork(): make one in the child"));
    end();
}
END_TEST

static void run_another(void)
{
    weft_loop *fresh;
    if (weft_loop_running() != NULL || weft_loop_new(&fresh, NULL) < 0 ||
        weft_loop_run_until_complete(fresh, failing, -EIO) != -EIO) {
        _exit(1);
    }
    weft_loop_close(fresh);
}

static void fork_here(void *ret_status)
{
    *(int *)ret_status = in_child(run_another);
}

START_TEST(a_child_forked_in_a_callback_can_run_a_loop_of_its_own)
{
    weft_handle handle = {0};
    int status = -1;
    begin(_i);
    setenv("WEFT_BACKEND", backends[_i], 1);
    weft_call_soon(loop, &handle, fork_here, &status);
    run_passes(1);
    ck_assert_int_eq(status, 0);
    end();
}
END_TEST

static pid_t forked_child;

static void fork_and_return(void *unused)
{
    (void)unused;
    forked_child = fork();
    if (forked_child == 0) {
        signal(SIGABRT, SIG_DFL);
    } else {
        weft_loop_stop(loop);
    }
}

START_TEST(a_child_that_returns_into_the_parents_loop_stops_with_a_message)
{
    weft_handle handle = {0};
    int status;
    begin(_i);
    capture_stderr();
    weft_call_soon(loop, &handle, fork_and_return, NULL);
    weft_loop_run_forever(loop);
    ck_assert_int_eq(waitpid(forked_child, &status, 0), forked_child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    ck_assert_ptr_nonnull(strstr(read_stderr(), "before fork(): _exit() in the child"));
    end();
}
END_TEST

SUITE(loop_outside)
{
    TEST_EACH(ten_thousand_posts_from_four_threads_arrive_each_once_and_in_order, BACKENDS);
    TEST_EACH(a_handle_that_many_threads_post_is_called_behind_the_last_post, BACKENDS);
    TEST_EACH(a_post_from_a_thread_wakes_a_loop_that_sleeps, BACKENDS);
    TEST_EACH(a_loop_that_was_woken_more_often_than_a_pipe_has_room_sleeps_and_is_woken_as_before,
              BACKENDS);
    TEST_EACH(who_waits_for_an_interrupt_is_not_deadlocked, BACKENDS);
    TEST_EACH(while_another_thread_lives_no_wait_is_taken_for_a_deadlock, BACKENDS);
    TEST_EACH(what_was_posted_and_not_called_when_its_loop_closed_can_be_posted_to_another,
              BACKENDS);
    TEST_EACH(while_a_loop_closes_its_cleanups_hear_of_other_threads, BACKENDS);
    TEST_EACH(two_loops_in_two_threads_do_not_touch_each_other, BACKENDS);
    TEST_EACH(programs_may_run_in_several_threads_at_once, BACKENDS);
    TEST_EACH(the_timeout_tells_when_there_is_something_to_do, BACKENDS);
    TEST(a_loop_can_be_embedded_by_its_descriptor);
    TEST_EACH(one_pass_waits_no_longer_than_it_is_told, BACKENDS);
    TEST_EACH(a_child_that_closes_its_copy_leaves_the_parents_loop_alone, BACKENDS);
    TEST_EACH(running_the_parents_loop_in_a_child_stops_with_a_message, BACKENDS);
    TEST_EACH(a_child_forked_in_a_callback_can_run_a_loop_of_its_own, BACKENDS);
    TEST_EACH(a_child_that_returns_into_the_parents_loop_stops_with_a_message, BACKENDS);
}
