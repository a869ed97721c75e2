/* bound.c - threads by hand: what the kernel asks for a hand-over, what a lock-free list costs. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --- pool: one thread, one job, an eventfd in each direction ------------------------------------ */

static int to_thread, to_loop;
static size_t job_times, done;

static void tell(int fd)
{
    const uint64_t one = 1;
    bench_check(write(fd, &one, sizeof one) == (ssize_t)sizeof one);
}

static void hear(int fd)
{
    uint64_t told;
    bench_check(read(fd, &told, sizeof told) == (ssize_t)sizeof told);
}

static void *worker(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < job_times; i++) {
        hear(to_thread);
        done++;
        tell(to_loop);
    }
    return NULL;
}

static void pool(size_t size)
{
    pthread_t thread;
    job_times = bench_scaled(20000) * size;
    to_thread = eventfd(0, EFD_CLOEXEC);
    to_loop = eventfd(0, EFD_CLOEXEC);
    bench_check(to_thread >= 0 && to_loop >= 0);
    bench_check(pthread_create(&thread, NULL, worker, NULL) == 0);
    bench_begin();
    for (size_t i = 0; i < job_times; i++) {
        tell(to_thread);
        hear(to_loop);
    }
    bench_end("pool", job_times);
    pthread_join(thread, NULL);
    bench_check(done == job_times);
}

/* --- post: a list to which a thread pushes; who takes takes all, and sleeps if there is none ----- */

struct post {
    struct post *next;
    uint64_t value;
};

static struct post *posts;
static size_t post_count;
static _Atomic(struct post *) first;

static void *poster(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < post_count; i++) {
        struct post *const mine = &posts[i];
        mine->value = i;
        mine->next = atomic_load_explicit(&first, memory_order_relaxed);
        while (!atomic_compare_exchange_weak(&first, &mine->next, mine)) {
        }
        if (mine->next == NULL) {
            tell(to_loop);
        }
    }
    return NULL;
}

/* Turns the list round: what was pushed first is taken first. */
static struct post *take_all(void)
{
    struct post *in_order = NULL;
    for (struct post *post = atomic_exchange(&first, NULL), *next; post != NULL; post = next) {
        next = post->next;
        post->next = in_order;
        in_order = post;
    }
    return in_order;
}

static void post(size_t size)
{
    pthread_t thread;
    uint64_t sum = 0;
    size_t taken = 0;
    post_count = bench_scaled(1000000) * size;
    posts = (struct post *)bench_allocate(post_count, sizeof *posts);
    memset(posts, 0, post_count * sizeof *posts);
    to_loop = eventfd(0, EFD_CLOEXEC);
    bench_check(to_loop >= 0);
    bench_begin();
    bench_check(pthread_create(&thread, NULL, poster, NULL) == 0);
    while (taken < post_count) {
        hear(to_loop);
        for (struct post *one = take_all(); one != NULL; one = one->next) {
            sum += one->value;
            taken++;
        }
    }
    bench_end("post", post_count);
    pthread_join(thread, NULL);
    bench_check(sum == (uint64_t)post_count * (post_count - 1) / 2);
}

/* --- loops: `size` threads, in each a thousand tasks yield --------------------------------------- */

enum { TASKS = 1000 };
static size_t times;

struct link {
    struct link *next, *prev;
};

struct yielder {
    struct link link;
    void (*step)(struct yielder *, struct link *ready);
    size_t left;
};

static void append(struct link *ready, struct yielder *self)
{
    struct link *const last = ready->prev;
    self->link.next = ready;
    self->link.prev = last;
    last->next = &self->link;
    ready->prev = &self->link;
}

static void yielder_step(struct yielder *self, struct link *ready)
{
    if (self->left-- > 0) {
        append(ready, self);
    }
}

static void *loop_thread(void *unused)
{
    struct yielder each[TASKS];
    struct link ready = {&ready, &ready};
    (void)unused;
    for (size_t i = 0; i < TASKS; i++) {
        each[i].step = yielder_step;
        each[i].left = times;
        append(&ready, &each[i]);
    }
    while (ready.next != &ready) {
        struct yielder *const first_of_all = (struct yielder *)(void *)ready.next;
        ready.next = first_of_all->link.next;
        ready.next->prev = &ready;
        first_of_all->step(first_of_all, &ready);
    }
    return NULL;
}

static void loops(size_t size)
{
    pthread_t threads[64];
    times = bench_scaled(20000);
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        bench_check(pthread_create(&threads[i], NULL, loop_thread, NULL) == 0);
    }
    for (size_t i = 0; i < size; i++) {
        pthread_join(threads[i], NULL);
    }
    bench_end("loops", size * TASKS * times);
}

BENCH_MAIN({"pool", pool}, {"post", post}, {"loops", loops})
