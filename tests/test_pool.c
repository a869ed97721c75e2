/* test_pool.c - functions that block run in threads of their own. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>
#include <weft/group.h>
#include <weft/pool.h>
#include <weft/sync.h>

typedef WEFT_TASK(weft_run_in_executor) call;

static weft_loop *loop;
static atomic_int threads_left = INT_MAX; /* that may be made; then pthread_create() fails */
static atomic_int allocations_left = -1;  /* then calloc() fails; below zero: never */

/* Linked in place of the system's: see tests/meson.build. */
int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    return threads_left-- > 0 ? __real_pthread_create(thread, attributes, function, argument)
                              : EAGAIN;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    const int left = allocations_left;
    if (left > 0) {
        allocations_left = left - 1;
    }
    return left == 1 ? NULL : __real_calloc(count, size);
}

static int reports;

static void count_report(void *context, const weft_report *report)
{
    (void)context, (void)report;
    reports++;
}

static void begin(unsigned threads)
{
    threads_left = INT_MAX;
    allocations_left = 0;
    ck_assert_int_eq(weft_loop_new(&loop, &(weft_loop_desc){.threads = threads}), 0);
    reports = 0;
    weft_loop_set_exception_handler(loop, count_report, NULL);
}

/** Starts a job as a detached task: START(&call, function, argument, options). */
#define START(slot, ...)                                                                           \
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, weft_run_in_executor, __VA_ARGS__), 0)

/** Lets the ready tasks run, and those which that makes ready, but waits for nothing. */
static void run_some(void)
{
    for (int i = 0; i < 4; i++) {
        weft_loop_run_once(loop, 0);
    }
}

static int run_until_ended(weft_task *task)
{
    return weft_loop_run_until_complete(loop, weft_join, task);
}

/** A job that tells when it has begun, and returns when it may. */
struct blocker {
    weft_signal has_begun;
    sem_t may_return;
    int returns;
    pthread_t disposed_by;
    atomic_int calls, ends;
    int disposed;
};

static void blocker_init(struct blocker *blocker, int returns)
{
    memset(blocker, 0, sizeof *blocker);
    weft_signal_init(&blocker->has_begun, weft_loop_core(loop));
    sem_init(&blocker->may_return, 0, 0);
    blocker->returns = returns;
}

static int block(void *argument)
{
    struct blocker *const blocker = argument;
    blocker->calls++;
    weft_signal_set(&blocker->has_begun);
    while (sem_wait(&blocker->may_return) < 0) {
    }
    blocker->ends++;
    return blocker->returns;
}

static void dispose(void *argument)
{
    struct blocker *const blocker = argument;
    blocker->disposed++;
    blocker->disposed_by = pthread_self();
}

static void run_until_begun(struct blocker *blocker)
{
    ck_assert_int_eq(weft_loop_run_until_complete(loop, weft_signal_wait, &blocker->has_begun), 0);
}

/** Returns when the end of a job was posted, but the loop has not heard of it. */
static void wait_for_post(void)
{
    while (weft_remote_is_empty(&weft_loop_core(loop)->remote)) {
        sched_yield();
    }
}

static int return_it(void *argument)
{
    return *(int *)argument;
}

static int tell_thread(void *argument)
{
    *(pthread_t *)argument = pthread_self();
    return 0;
}

/* --- what it does ----------------------------------------------------------------------------- */

START_TEST(a_job_runs_in_another_thread)
{
    call job = {.frame = {.result = 0}};
    pthread_t thread = pthread_self();
    begin(2);
    START(&job, tell_thread, &thread);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert(!pthread_equal(thread, pthread_self()));
    weft_loop_close(loop);
}
END_TEST

START_TEST(its_result_is_what_the_function_returned)
{
    static const int returned[] = {0, 1, INT_MAX};
    call job = {.frame = {.result = 0}};
    int value = returned[_i];
    begin(1);
    START(&job, return_it, &value);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert_int_eq(job.frame.result, returned[_i]);
    weft_loop_close(loop);
}
END_TEST

START_TEST(a_negative_result_is_the_status)
{
    static const int returned[] = {-ENOENT, WEFT_EADDRESS, INT16_MIN};
    call job = {.frame = {.result = 0}};
    int value = returned[_i];
    begin(1);
    START(&job, return_it, &value);
    ck_assert_int_eq(run_until_ended(&job.task), returned[_i]);
    weft_loop_close(loop);
}
END_TEST

START_TEST(a_result_that_is_no_status_stops)
{
    call job = {.frame = {.result = 0}};
    int value = INT16_MIN - 1;
    begin(1);
    START(&job, return_it, &value);
    run_until_ended(&job.task);
}
END_TEST

START_TEST(a_call_without_a_function_stops)
{
    call job = {.frame = {.result = 0}};
    begin(1);
    START(&job, NULL);
    run_until_ended(&job.task);
}
END_TEST

static char order[8];

static int note_order(void *argument)
{
    strcat(order, argument);
    return 0;
}

START_TEST(jobs_begin_in_the_order_of_their_awaits)
{
    static char names[][2] = {"a", "b", "c", "d", "e"};
    static call jobs[5];
    order[0] = '\0';
    begin(1);
    for (int i = 0; i < 5; i++) {
        START(&jobs[i], note_order, names[i]);
    }
    ck_assert_int_eq(run_until_ended(&jobs[4].task), 0);
    ck_assert_str_eq(order, "abcde");
    weft_loop_close(loop);
}
END_TEST

static int count_unblocked_signals(void *argument)
{
    sigset_t blocked;
    int count = 0;
    (void)argument;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    for (int number = 1; number < 32; number++) {
        count += number != SIGKILL && number != SIGSTOP && !sigismember(&blocked, number);
    }
    return count;
}

START_TEST(the_threads_block_all_signals_and_the_loop_goes_on_as_before)
{
    call job = {.frame = {.result = -1}};
    sigset_t blocked;
    begin(1);
    START(&job, count_unblocked_signals);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert_int_eq(job.frame.result, 0);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    ck_assert(!sigismember(&blocked, SIGINT));
    weft_loop_close(loop);
}
END_TEST

START_TEST(a_loop_that_waits_only_for_a_job_is_in_no_deadlock)
{
    struct blocker blocker;
    call job = {.frame = {.result = 0}};
    begin(1);
    blocker_init(&blocker, 0);
    START(&job, block, &blocker);
    run_until_begun(&blocker);
    sem_post(&blocker.may_return);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    weft_loop_close(loop);
}
END_TEST

/* --- how many threads ------------------------------------------------------------------------- */

START_TEST(jobs_one_after_the_other_need_one_thread)
{
    int zero = 0;
    begin(4);
    ck_assert_uint_eq(weft_pool_threads(loop), 0);
    for (int i = 0; i < 50; i++) {
        call job = {.frame = {.result = -1}};
        START(&job, return_it, &zero);
        ck_assert_int_eq(run_until_ended(&job.task), 0);
    }
    ck_assert_uint_eq(weft_pool_threads(loop), 1);
    weft_loop_close(loop);
}
END_TEST

enum { LIMIT = 3, ROUNDS = 7 };
static pthread_barrier_t barrier;
static atomic_int at_once, most_at_once;

static int meet(void *argument)
{
    (void)argument;
    const int now = ++at_once;
    int most = most_at_once;
    while (now > most && !atomic_compare_exchange_weak(&most_at_once, &most, now)) {
    }
    pthread_barrier_wait(&barrier); /* never ends, if fewer run at once */
    at_once--;
    pthread_barrier_wait(&barrier);
    return 0;
}

START_TEST(as_many_jobs_run_at_once_as_there_may_be_threads_and_no_more)
{
    static call jobs[LIMIT * ROUNDS];
    begin(LIMIT);
    at_once = most_at_once = 0;
    pthread_barrier_init(&barrier, NULL, LIMIT);
    for (int i = 0; i < LIMIT * ROUNDS; i++) {
        START(&jobs[i], meet);
    }
    for (int i = 0; i < LIMIT * ROUNDS; i++) {
        ck_assert_int_eq(run_until_ended(&jobs[i].task), 0);
    }
    ck_assert_int_eq(most_at_once, LIMIT);
    ck_assert_uint_eq(weft_pool_threads(loop), LIMIT);
    weft_loop_close(loop);
    pthread_barrier_destroy(&barrier);
}
END_TEST

START_TEST(by_default_there_are_four_threads_more_than_processors_and_at_most_32)
{
    enum { JOBS = 40 };
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t expected = processors + 4 < 32 ? (size_t)processors + 4 : 32;
    static call jobs[JOBS];
    struct blocker blocker;
    begin(0);
    blocker_init(&blocker, 0);
    for (int i = 0; i < JOBS; i++) {
        START(&jobs[i], block, &blocker);
    }
    run_some();
    ck_assert_uint_eq(weft_pool_threads(loop), expected);
    for (int i = 0; i < JOBS; i++) {
        sem_post(&blocker.may_return);
    }
    for (int i = 0; i < JOBS; i++) {
        ck_assert_int_eq(run_until_ended(&jobs[i].task), 0);
    }
    weft_loop_close(loop);
}
END_TEST

START_TEST(the_queue_can_be_looked_at)
{
    static call jobs[3];
    struct blocker blocker;
    begin(1);
    ck_assert_uint_eq(weft_pool_queued(loop), 0);
    blocker_init(&blocker, 0);
    for (int i = 0; i < 3; i++) {
        START(&jobs[i], block, &blocker);
    }
    run_until_begun(&blocker);
    ck_assert_uint_eq(weft_pool_queued(loop), 2);
    weft_task_cancel(&jobs[1].task);
    run_some();
    ck_assert_uint_eq(weft_pool_queued(loop), 1);
    sem_post(&blocker.may_return);
    sem_post(&blocker.may_return);
    ck_assert_int_eq(run_until_ended(&jobs[2].task), 0);
    ck_assert_uint_eq(weft_pool_queued(loop), 0);
    weft_loop_close(loop);
}
END_TEST

START_TEST(without_any_thread_a_call_fails_and_the_next_may_succeed)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(2);
    blocker_init(&blocker, 0);
    threads_left = 0;
    START(&job, block, &blocker, dispose);
    ck_assert_int_eq(run_until_ended(&job.task), -EAGAIN);
    ck_assert_int_eq(blocker.calls, 0);
    ck_assert_int_eq(blocker.disposed, 1);
    threads_left = 1;
    sem_post(&blocker.may_return);
    START(&job, block, &blocker, dispose);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert_int_eq(blocker.disposed, 1);
    weft_loop_close(loop);
}
END_TEST

START_TEST(one_thread_is_enough_where_no_other_can_be_made)
{
    static call jobs[5];
    struct blocker blocker;
    begin(4);
    blocker_init(&blocker, 0);
    threads_left = 1;
    for (int i = 0; i < 5; i++) {
        START(&jobs[i], block, &blocker);
        sem_post(&blocker.may_return);
    }
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(run_until_ended(&jobs[i].task), 0);
    }
    ck_assert_uint_eq(weft_pool_threads(loop), 1);
    weft_loop_close(loop);
}
END_TEST

START_TEST(out_of_memory_is_a_status_and_the_function_is_not_called)
{
    int status = WEFT_ENOMEM;
    for (int nth = 1; status == WEFT_ENOMEM; nth++) {
        call job = {.frame = {.result = 0}};
        struct blocker blocker;
        ck_assert_int_le(nth, 8);
        begin(1);
        blocker_init(&blocker, 0);
        sem_post(&blocker.may_return);
        START(&job, block, &blocker, dispose);
        allocations_left = nth;
        run_some();
        allocations_left = 0;
        status = run_until_ended(&job.task);
        ck_assert_int_eq(blocker.calls, status == 0);
        ck_assert_int_eq(blocker.disposed, status != 0);
        weft_loop_close(loop);
    }
    ck_assert_int_eq(status, 0);
}
END_TEST

/* --- cancellation ----------------------------------------------------------------------------- */

START_TEST(a_job_cancelled_before_its_task_began_is_not_called_and_is_disposed_of)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 0);
    START(&job, block, &blocker, dispose);
    weft_task_cancel(&job.task);
    ck_assert_int_eq(run_until_ended(&job.task), WEFT_ECANCELED);
    ck_assert_int_eq(blocker.calls, 0);
    ck_assert_int_eq(blocker.disposed, 1);
    ck_assert_uint_eq(weft_pool_threads(loop), 0);
    weft_loop_close(loop);
}
END_TEST

struct refused {
    WEFT_FRAME;
    struct blocker *blocker;
    struct weft_run_in_executor job;
};

static WEFT_ASYNC(refused, self)
{
    weft_task_cancel(WEFT_SELF());
    WEFT_TRY(self->job, weft_run_in_executor, block, self->blocker, dispose);
}
WEFT_END

START_TEST(in_a_cancelled_task_a_job_is_refused_before_it_is_called)
{
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 0);
    ck_assert_int_eq(weft_loop_run_until_complete(loop, refused, &blocker), WEFT_ECANCELED);
    ck_assert_int_eq(blocker.calls, 0);
    ck_assert_int_eq(blocker.disposed, 1);
    ck_assert_uint_eq(weft_pool_threads(loop), 0);
    weft_loop_close(loop);
}
END_TEST

START_TEST(a_queued_job_that_is_cancelled_is_never_called)
{
    call first = {.frame = {.result = 0}}, second = first;
    struct blocker one, two;
    begin(1);
    blocker_init(&one, 0);
    blocker_init(&two, 0);
    START(&first, block, &one);
    START(&second, block, &two, dispose, .abandon_on_cancel = _i == 1);
    run_until_begun(&one);
    weft_task_cancel(&second.task);
    ck_assert_int_eq(run_until_ended(&second.task), WEFT_ECANCELED);
    ck_assert_int_eq(two.disposed, 1); /* at once: the other still runs */
    sem_post(&one.may_return);
    ck_assert_int_eq(run_until_ended(&first.task), 0);
    weft_loop_close(loop);
    ck_assert_int_eq(two.calls, 0);
    ck_assert_int_eq(two.disposed, 1);
}
END_TEST

START_TEST(a_running_job_that_is_cancelled_is_waited_for_and_its_result_counts)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 7);
    START(&job, block, &blocker, dispose);
    run_until_begun(&blocker);
    weft_task_cancel(&job.task);
    weft_task_cancel(&job.task);
    for (int i = 0; i < 5; i++) {
        run_some();
    }
    ck_assert(!weft_task_is_done(&job.task));
    ck_assert_int_eq(reports, 0); /* of waits that are refused in vain */
    sem_post(&blocker.may_return);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert_int_eq(job.frame.result, 7);
    ck_assert_int_eq(blocker.disposed, 0);
    weft_loop_close(loop);
}
END_TEST

struct then_more {
    WEFT_FRAME;
    struct blocker *blocker;
    int status; /* of the first await */
    struct weft_run_in_executor job;
};

static WEFT_ASYNC(then_more, self)
{
    WEFT_CATCH(self->job, weft_run_in_executor, block, self->blocker);
    self->status = WEFT_STATUS();
    WEFT_TRY(self->job, weft_run_in_executor, block, self->blocker);
}
WEFT_END

START_TEST(the_cancellation_of_a_job_that_succeeded_meets_the_next_wait)
{
    WEFT_TASK(then_more) task = {.frame = {.status = -1}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, then_more, &blocker), 0);
    run_until_begun(&blocker);
    weft_task_cancel(&task.task);
    run_some();
    sem_post(&blocker.may_return);
    ck_assert_int_eq(run_until_ended(&task.task), WEFT_ECANCELED);
    ck_assert_int_eq(task.frame.status, 0);
    ck_assert_int_eq(blocker.calls, 1);
    weft_loop_close(loop);
}
END_TEST

START_TEST(an_abandoned_job_ends_the_await_at_once_and_is_disposed_of_when_it_returns)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, -EIO);
    START(&job, block, &blocker, dispose, .abandon_on_cancel = true);
    run_until_begun(&blocker);
    weft_task_cancel(&job.task);
    ck_assert_int_eq(run_until_ended(&job.task), WEFT_ECANCELED);
    memset(&job, 0xff, sizeof job); /* nobody may read or write it any more */
    ck_assert_int_eq(blocker.disposed, 0);
    sem_post(&blocker.may_return);
    wait_for_post();
    ck_assert_int_eq(blocker.disposed, 0); /* not by the thread */
    run_some();
    ck_assert_int_eq(blocker.disposed, 1);
    ck_assert(pthread_equal(blocker.disposed_by, pthread_self()));
    weft_loop_close(loop);
    ck_assert_int_eq(blocker.disposed, 1);
}
END_TEST

START_TEST(an_abandoned_job_without_a_dispose_is_just_dropped)
{
    call *const job = calloc(1, sizeof *job);
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 1);
    START(job, block, &blocker, .abandon_on_cancel = true);
    run_until_begun(&blocker);
    weft_task_cancel(&job->task);
    ck_assert_int_eq(run_until_ended(&job->task), WEFT_ECANCELED);
    free(job);
    sem_post(&blocker.may_return);
    wait_for_post();
    run_some();
    ck_assert_int_eq(blocker.ends, 1);
    weft_loop_close(loop);
}
END_TEST

START_TEST(an_abandoned_job_keeps_its_thread_until_it_returns)
{
    call first = {.frame = {.result = 0}}, second = first;
    struct blocker one, two;
    begin(1);
    blocker_init(&one, 0);
    blocker_init(&two, 0);
    START(&first, block, &one, .abandon_on_cancel = true);
    START(&second, block, &two);
    run_until_begun(&one);
    weft_task_cancel(&first.task);
    ck_assert_int_eq(run_until_ended(&first.task), WEFT_ECANCELED);
    ck_assert_uint_eq(weft_pool_queued(loop), 1);
    sem_post(&one.may_return);
    sem_post(&two.may_return);
    ck_assert_int_eq(run_until_ended(&second.task), 0);
    weft_loop_close(loop);
}
END_TEST

/* Both orders: the end is posted before the cancel, but not heard of; and heard of, not yet run. */
START_TEST(a_job_that_has_ended_when_the_cancel_comes_is_a_success)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 5);
    START(&job, block, &blocker, dispose, .abandon_on_cancel = true);
    run_until_begun(&blocker);
    sem_post(&blocker.may_return);
    wait_for_post();
    if (_i == 1) {
        weft_remote_run(&weft_loop_core(loop)->remote);
    }
    weft_task_cancel(&job.task);
    ck_assert_int_eq(run_until_ended(&job.task), 0);
    ck_assert_int_eq(job.frame.result, 5);
    ck_assert_int_eq(blocker.disposed, 0);
    weft_loop_close(loop);
}
END_TEST

struct cleans_in_a_thread {
    WEFT_FRAME;
    struct blocker *blocker;
    int status, next_status; /* of the job, of the wait behind it */
    struct weft_run_in_executor job;
    struct weft_sleep nap;
};

static WEFT_ASYNC(cleans_in_a_thread, self)
{
    self->status = 1;
WEFT_FINALLY:
    WEFT_AWAIT(self->job, weft_run_in_executor, block, self->blocker);
    self->status = WEFT_STATUS();
    WEFT_AWAIT(self->nap, weft_sleep, 0);
    self->next_status = WEFT_STATUS();
}
WEFT_END

START_TEST(in_a_cleanup_a_cancel_behind_the_end_of_a_job_meets_the_next_wait)
{
    WEFT_TASK(cleans_in_a_thread) task = {0};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 0);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, cleans_in_a_thread, &blocker), 0);
    run_until_begun(&blocker);
    sem_post(&blocker.may_return);
    wait_for_post();
    weft_remote_run(&weft_loop_core(loop)->remote); /* woken, but it has not run */
    weft_task_cancel(&task.task);
    (void)run_until_ended(&task.task);
    ck_assert_int_eq(task.frame.status, 0);
    ck_assert_int_eq(task.frame.next_status, WEFT_ECANCELED);
    weft_loop_close(loop);
}
END_TEST

struct waits_in_vain {
    WEFT_FRAME;
    weft_event never;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(waits_in_vain, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &self->never);
}
WEFT_END

/* A job was cancelled in the queue; one was abandoned; a pool has gone with its loop. */
START_TEST(where_no_job_is_left_a_deadlock_is_found_although_there_are_threads)
{
    call first = {.frame = {.result = 0}}, second = first;
    struct blocker one, two;
    begin(1);
    blocker_init(&one, 0);
    blocker_init(&two, 0);
    START(&first, block, &one, .abandon_on_cancel = _i == 1);
    START(&second, block, &two);
    run_until_begun(&one);
    weft_task_cancel(&second.task);
    ck_assert_int_eq(run_until_ended(&second.task), WEFT_ECANCELED);
    if (_i == 1) {
        weft_task_cancel(&first.task);
        run_some();
    }
    sem_post(&one.may_return);
    if (_i == 2) {
        weft_loop_close(loop);
        begin(1);
    }
    ck_assert_int_eq(weft_loop_run_until_complete(loop, waits_in_vain), WEFT_EDEADLOCK);
    weft_loop_close(loop);
}
END_TEST

START_TEST(a_function_that_fails_has_its_argument_disposed_of_and_one_that_succeeds_not)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, _i == 0 ? 0 : -EIO);
    sem_post(&blocker.may_return);
    START(&job, block, &blocker, dispose);
    ck_assert_int_eq(run_until_ended(&job.task), _i == 0 ? 0 : -EIO);
    ck_assert_int_eq(blocker.disposed, _i);
    weft_loop_close(loop);
}
END_TEST

/* --- the end ---------------------------------------------------------------------------------- */

START_TEST(closing_the_loop_drops_what_is_queued_and_waits_for_what_runs)
{
    call held = {.frame = {.result = 0}}, abandoned = held, queued = held;
    struct blocker one, two, three;
    begin(2);
    blocker_init(&one, 0);
    blocker_init(&two, 0);
    blocker_init(&three, 0);
    START(&held, block, &one, dispose);
    START(&abandoned, block, &two, dispose, .abandon_on_cancel = true);
    START(&queued, block, &three, dispose);
    run_until_begun(&one);
    run_until_begun(&two);
    weft_task_cancel(&queued.task);
    run_some(); /* else it may begin, when one of the others ends */
    sem_post(&one.may_return);
    sem_post(&two.may_return);
    weft_loop_close(loop);
    ck_assert_int_eq(held.task.status, 0);
    ck_assert_int_eq(one.ends + two.ends, 2);
    ck_assert_int_eq(one.disposed, 0);
    ck_assert_int_eq(two.disposed, abandoned.task.status == 0 ? 0 : 1);
    ck_assert_int_eq(queued.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(three.calls, 0);
    ck_assert_int_eq(three.disposed, 1);
}
END_TEST

START_TEST(closing_the_loop_joins_an_abandoned_job_and_disposes_of_it)
{
    call job = {.frame = {.result = 0}};
    struct blocker blocker;
    begin(1);
    blocker_init(&blocker, 0);
    START(&job, block, &blocker, dispose, .abandon_on_cancel = true);
    run_until_begun(&blocker);
    weft_task_cancel(&job.task);
    ck_assert_int_eq(run_until_ended(&job.task), WEFT_ECANCELED);
    sem_post(&blocker.may_return);
    weft_loop_close(loop);
    ck_assert_int_eq(blocker.ends, 1);
    ck_assert_int_eq(blocker.disposed, 1);
    ck_assert(pthread_equal(blocker.disposed_by, pthread_self()));
}
END_TEST

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = 10000 };

struct crowd {
    WEFT_FRAME;
    call *jobs;
    int (*function)(void *argument);
    int *arguments;
    int count, cancel_each; /* cancel every so-manieth; 0: none */
    weft_group group;
    struct weft_run_in_executor last;
};

static WEFT_ASYNC(crowd, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < self->count; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->jobs[i], weft_run_in_executor,
                                  self->function, &self->arguments[i], .abandon_on_cancel = true));
        }
        WEFT_TRY(self->last, weft_run_in_executor, self->function, &self->arguments[self->count]);
        for (int i = 0; self->cancel_each > 0 && i < self->count; i += self->cancel_each) {
            weft_task_cancel(&self->jobs[i].task);
        }
    }
}
WEFT_END

static int increment(void *argument)
{
    return ++*(int *)argument;
}

START_TEST(ten_thousand_jobs_are_called_once_each)
{
    static call jobs[MANY];
    static int arguments[MANY + 1];
    memset(arguments, 0, sizeof arguments);
    begin(4);
    ck_assert_int_eq(
        weft_loop_run_until_complete(loop, crowd, jobs, increment, arguments, .count = MANY), 0);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(arguments[i], 1);
        ck_assert_int_eq(jobs[i].frame.result, 1);
    }
    ck_assert_uint_le(weft_pool_threads(loop), 4);
    weft_loop_close(loop);
}
END_TEST

START_TEST(of_ten_thousand_jobs_the_cancelled_are_called_at_most_once_and_the_others_once)
{
    static call jobs[MANY];
    static int arguments[MANY + 1];
    memset(arguments, 0, sizeof arguments);
    begin(4);
    ck_assert_int_eq(weft_loop_run_until_complete(loop, crowd, jobs, increment, arguments,
                                                  .count = MANY, .cancel_each = 3),
                     0);
    weft_loop_close(loop);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(jobs[i].task.status,
                         arguments[i] == 1 && jobs[i].frame.result == 1 ? 0 : WEFT_ECANCELED);
        ck_assert(i % 3 == 0 ? arguments[i] <= 1 : arguments[i] == 1);
    }
}
END_TEST

struct own_loop {
    pthread_t thread;
    int status;
    call jobs[1000];
    int arguments[1001];
};

static void *run_own_loop(void *argument)
{
    struct own_loop *const own = argument;
    weft_loop *mine;
    own->status = weft_loop_new(&mine, &(weft_loop_desc){.threads = 2});
    if (own->status == 0) {
        own->status = weft_loop_run_until_complete(mine, crowd, own->jobs, increment,
                                                   own->arguments, .count = 1000);
        weft_loop_close(mine);
    }
    return NULL;
}

START_TEST(two_loops_in_two_threads_have_a_pool_each)
{
    static struct own_loop own[2];
    memset(own, 0, sizeof own);
    threads_left = INT_MAX;
    allocations_left = 0;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&own[i].thread, NULL, run_own_loop, &own[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(own[i].thread, NULL);
        ck_assert_int_eq(own[i].status, 0);
        for (int nth = 0; nth <= 1000; nth++) {
            ck_assert_int_eq(own[i].arguments[nth], 1);
        }
    }
}
END_TEST

SUITE(pool)
{
    TEST(a_job_runs_in_another_thread);
    TEST_EACH(its_result_is_what_the_function_returned, 3);
    TEST_EACH(a_negative_result_is_the_status, 3);
    TEST_STOPS(a_result_that_is_no_status_stops);
    TEST_STOPS(a_call_without_a_function_stops);
    TEST(jobs_begin_in_the_order_of_their_awaits);
    TEST(the_threads_block_all_signals_and_the_loop_goes_on_as_before);
    TEST(a_loop_that_waits_only_for_a_job_is_in_no_deadlock);

    TEST(jobs_one_after_the_other_need_one_thread);
    TEST(as_many_jobs_run_at_once_as_there_may_be_threads_and_no_more);
    TEST(by_default_there_are_four_threads_more_than_processors_and_at_most_32);
    TEST(the_queue_can_be_looked_at);
    TEST(without_any_thread_a_call_fails_and_the_next_may_succeed);
    TEST(one_thread_is_enough_where_no_other_can_be_made);
    TEST(out_of_memory_is_a_status_and_the_function_is_not_called);

    TEST(a_job_cancelled_before_its_task_began_is_not_called_and_is_disposed_of);
    TEST(in_a_cancelled_task_a_job_is_refused_before_it_is_called);
    TEST_EACH(a_queued_job_that_is_cancelled_is_never_called, 2);
    TEST(a_running_job_that_is_cancelled_is_waited_for_and_its_result_counts);
    TEST(the_cancellation_of_a_job_that_succeeded_meets_the_next_wait);
    TEST(an_abandoned_job_ends_the_await_at_once_and_is_disposed_of_when_it_returns);
    TEST(an_abandoned_job_without_a_dispose_is_just_dropped);
    TEST(an_abandoned_job_keeps_its_thread_until_it_returns);
    TEST_EACH(a_job_that_has_ended_when_the_cancel_comes_is_a_success, 2);
    TEST(in_a_cleanup_a_cancel_behind_the_end_of_a_job_meets_the_next_wait);
#ifndef __SANITIZE_THREAD__ /* that has a thread of its own, which might end any wait */
    TEST_EACH(where_no_job_is_left_a_deadlock_is_found_although_there_are_threads, 3);
#endif
    TEST_EACH(a_function_that_fails_has_its_argument_disposed_of_and_one_that_succeeds_not, 2);

    TEST(closing_the_loop_drops_what_is_queued_and_waits_for_what_runs);
    TEST(closing_the_loop_joins_an_abandoned_job_and_disposes_of_it);

    TEST(ten_thousand_jobs_are_called_once_each);
    TEST(of_ten_thousand_jobs_the_cancelled_are_called_at_most_once_and_the_others_once);
    TEST(two_loops_in_two_threads_have_a_pool_each);
}
