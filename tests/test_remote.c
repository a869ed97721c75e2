/* test_remote.c - a list that interrupts and other threads may push to. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#if defined __unix__
#include <pthread.h>
#include <sched.h>
#endif
#include <weft/sync.h>

static weft_remote_list list;

struct letter {
    weft_remote remote;
    char name;
    weft_remote *pushes; /* another one, from its run */
};

static void run_letter(weft_remote *remote)
{
    struct letter *const self = (struct letter *)(void *)remote;
    say("%c", self->name);
    if (self->pushes != NULL) {
        (void)weft_remote_push(&list, self->pushes);
        self->pushes = NULL;
    }
}

static struct letter letter(char name)
{
    const struct letter it = {.remote = {.run = run_letter}, .name = name};
    trace[0] = '\0';
    list.first = NULL;
    return it;
}

START_TEST(a_zeroed_list_is_empty)
{
    weft_remote_list zero = {0};
    ck_assert(weft_remote_is_empty(&zero));
    weft_remote_run(&zero);
}
END_TEST

START_TEST(nodes_run_in_the_order_in_which_they_were_pushed)
{
    struct letter a = letter('a'), b = letter('b'), c = letter('c');
    (void)weft_remote_push(&list, &a.remote);
    (void)weft_remote_push(&list, &b.remote);
    (void)weft_remote_push(&list, &c.remote);
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "abc");
    ck_assert(weft_remote_is_empty(&list));
}
END_TEST

START_TEST(the_first_push_says_that_the_owner_must_be_woken)
{
    struct letter a = letter('a'), b = letter('b');
    ck_assert(weft_remote_push(&list, &a.remote));
    ck_assert(!weft_remote_push(&list, &b.remote));
    weft_remote_run(&list);
    ck_assert(weft_remote_push(&list, &a.remote));
}
END_TEST

START_TEST(a_node_that_is_in_already_is_not_pushed_twice)
{
    struct letter a = letter('a'), b = letter('b');
    ck_assert(weft_remote_push(&list, &a.remote));
    ck_assert(!weft_remote_push(&list, &a.remote));
    (void)weft_remote_push(&list, &b.remote);
    ck_assert(!weft_remote_push(&list, &a.remote));
    ck_assert(!weft_remote_push(&list, &b.remote));
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "ab");
}
END_TEST

START_TEST(a_node_may_push_itself_again_from_its_run_and_runs_the_next_time)
{
    struct letter a = letter('a');
    a.pushes = &a.remote;
    (void)weft_remote_push(&list, &a.remote);
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "a");
    ck_assert(!weft_remote_is_empty(&list));
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "aa");
}
END_TEST

START_TEST(a_node_that_is_still_to_run_is_not_pushed_twice_by_one_that_runs)
{
    struct letter a = letter('a'), b = letter('b');
    a.pushes = &b.remote;
    (void)weft_remote_push(&list, &a.remote);
    (void)weft_remote_push(&list, &b.remote);
    weft_remote_run(&list);
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "ab");
}
END_TEST

static void run_and_free(weft_remote *remote)
{
    say("f");
    free(remote);
}

START_TEST(a_node_may_be_freed_from_its_run)
{
    (void)letter('x');
    for (int i = 0; i < 3; i++) {
        weft_remote *const node = calloc(1, sizeof *node);
        ck_assert_ptr_nonnull(node);
        node->run = run_and_free;
        (void)weft_remote_push(&list, node);
    }
    weft_remote_run(&list);
    ck_assert_str_eq(trace, "fff");
}
END_TEST

#if defined __unix__

/* Four threads push 2,500 nodes each; the owner runs them meanwhile. */

enum { THREADS = 4, POSTS = 2500 };

struct numbered {
    weft_remote remote;
    int thread, number;
};

static int next_of[THREADS], total;
static bool in_order = true;

static void run_numbered(weft_remote *remote)
{
    const struct numbered *const self = (const struct numbered *)(void *)remote;
    in_order = in_order && self->number == next_of[self->thread];
    next_of[self->thread]++;
    total++;
}

static void *push_all(void *nodes)
{
    struct numbered *const mine = nodes;
    for (int i = 0; i < POSTS; i++) {
        (void)weft_remote_push(&list, &mine[i].remote);
    }
    return NULL;
}

static struct numbered nodes[THREADS][POSTS];

START_TEST(ten_thousand_pushes_from_four_threads_each_run_once_and_in_the_order_of_their_thread)
{
    pthread_t threads[THREADS];
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < POSTS; i++) {
            nodes[t][i] = (struct numbered){{.run = run_numbered}, t, i};
        }
        ck_assert_int_eq(pthread_create(&threads[t], NULL, push_all, nodes[t]), 0);
    }
    while (total < THREADS * POSTS) {
        weft_remote_run(&list);
        (void)sched_yield();
    }
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    }
    weft_remote_run(&list);
    ck_assert_int_eq(total, THREADS * POSTS);
    ck_assert(in_order);
}
END_TEST

/* Four threads push one and the same node. */

static weft_remote shared;
static int shared_runs, pushed; /* pushed: by the threads, atomically */

static void run_shared(weft_remote *remote)
{
    (void)remote;
    shared_runs++;
}

static void *push_shared(void *unused)
{
    (void)unused;
    for (int i = 0; i < POSTS; i++) {
        (void)weft_remote_push(&list, &shared);
        (void)__atomic_add_fetch(&pushed, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

START_TEST(one_node_pushed_from_four_threads_runs_after_the_last_push_and_not_more_often)
{
    pthread_t threads[THREADS];
    int runs_before_the_last = 0;
    shared.run = run_shared;
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_create(&threads[t], NULL, push_shared, NULL), 0);
    }
    while (__atomic_load_n(&pushed, __ATOMIC_SEQ_CST) < THREADS * POSTS) {
        weft_remote_run(&list);
        (void)sched_yield();
    }
    runs_before_the_last = shared_runs;
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    }
    weft_remote_run(&list);
    ck_assert_int_le(shared_runs, runs_before_the_last + 1);
    ck_assert_int_ge(shared_runs, 1);
    ck_assert_int_le(shared_runs, THREADS * POSTS);
    ck_assert(weft_remote_is_empty(&list));
}
END_TEST

/* A thread writes and pushes while the owner runs that very node, which must then run once more. */

enum { ROUNDS = 1000 };

static int written, seen, round_of_owner, round_of_thread;

static void run_reader(weft_remote *remote)
{
    (void)remote;
    seen = __atomic_load_n(&written, __ATOMIC_RELAXED);
}

static void *write_and_push(void *unused)
{
    (void)unused;
    for (int i = 1; i <= ROUNDS; i++) {
        while (__atomic_load_n(&round_of_owner, __ATOMIC_ACQUIRE) < i) {
            (void)sched_yield();
        }
        (void)weft_remote_push(&list, &shared);
        for (int pause = i % 64; pause > 0; pause--) {
            __asm__ volatile("");
        }
        __atomic_store_n(&written, i, __ATOMIC_RELAXED);
        (void)weft_remote_push(&list, &shared);
        __atomic_store_n(&round_of_thread, i, __ATOMIC_RELEASE);
    }
    return NULL;
}

START_TEST(what_was_written_before_a_push_is_seen_by_a_run_after_it)
{
    pthread_t thread;
    int lost = 0;
    shared.run = run_reader;
    ck_assert_int_eq(pthread_create(&thread, NULL, write_and_push, NULL), 0);
    for (int i = 1; i <= ROUNDS; i++) {
        __atomic_store_n(&round_of_owner, i, __ATOMIC_RELEASE);
        for (int spins = 1; __atomic_load_n(&round_of_thread, __ATOMIC_ACQUIRE) < i; spins++) {
            weft_remote_run(&list);
            if (spins % 1000 == 0) {
                (void)sched_yield();
            }
        }
        weft_remote_run(&list);
        lost += seen != i;
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(lost, 0);
}
END_TEST

/* An executor that really sleeps, and is woken by the threads. */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;

static bool blocking_sleep_until(void *context, weft_time at)
{
    (void)context;
    (void)pthread_mutex_lock(&mutex);
    while (at == WEFT_FOREVER && !weft_executor_is_woken(&executor)) {
        (void)pthread_cond_wait(&woken, &mutex);
    }
    (void)pthread_mutex_unlock(&mutex);
    return true;
}

static void blocking_wake(void *context)
{
    (void)context;
    (void)pthread_mutex_lock(&mutex);
    (void)pthread_cond_signal(&woken);
    (void)pthread_mutex_unlock(&mutex);
}

static const weft_port blocking_port = {virtual_port_now, blocking_sleep_until, blocking_wake};

struct collector {
    WEFT_FRAME;
    weft_signal *signal;
    int *arrived;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(collector, self)
{
    while (__atomic_load_n(self->arrived, __ATOMIC_SEQ_CST) < THREADS * POSTS) {
        WEFT_TRY(self->wait, weft_signal_wait, self->signal);
    }
}
WEFT_END

static weft_signal signal_of_all;
static int arrived;

static void *signal_all(void *unused)
{
    (void)unused;
    for (int i = 0; i < POSTS; i++) {
        (void)__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
        weft_signal_set(&signal_of_all);
    }
    return NULL;
}

START_TEST(a_sleeping_executor_is_woken_by_every_thread_and_misses_nothing)
{
    pthread_t threads[THREADS];
    WEFT_TASK(collector) task = {0};
    begin();
    weft_executor_init(&executor, &blocking_port, NULL);
    weft_signal_init(&signal_of_all, &executor.core);
    START(&task, collector, &signal_of_all, &arrived);
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_create(&threads[t], NULL, signal_all, NULL), 0);
    }
    ck_assert_int_eq(run(), 0);
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    }
    ck_assert_int_eq(task.task.status, 0);
}
END_TEST

#endif

SUITE_TOGETHER(remote)
{
    TEST(a_zeroed_list_is_empty);
    TEST(nodes_run_in_the_order_in_which_they_were_pushed);
    TEST(the_first_push_says_that_the_owner_must_be_woken);
    TEST(a_node_that_is_in_already_is_not_pushed_twice);
    TEST(a_node_may_push_itself_again_from_its_run_and_runs_the_next_time);
    TEST(a_node_that_is_still_to_run_is_not_pushed_twice_by_one_that_runs);
    TEST(a_node_may_be_freed_from_its_run);
    TEST_OF_THREADS(ten_thousand_pushes_from_four_threads_each_run_once_and_in_the_order_of_their_thread);
    TEST_OF_THREADS(one_node_pushed_from_four_threads_runs_after_the_last_push_and_not_more_often);
    TEST_OF_THREADS(what_was_written_before_a_push_is_seen_by_a_run_after_it);
    TEST_OF_THREADS(a_sleeping_executor_is_woken_by_every_thread_and_misses_nothing);
}
