/* weft.c - a pool of threads, posts from another thread, two loops of Weft. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <pthread.h>
#include <weft.h>

/* --- pool: there and back, one after the other -------------------------------------------------- */

static int job(void *argument)
{
    ++*(size_t *)argument;
    return 0;
}

struct jobs {
    WEFT_FRAME;
    size_t times, done;
    struct weft_run_in_executor job;
};

static WEFT_ASYNC(jobs, self)
{
    bench_begin();
    for (; self->times > 0; self->times--) {
        WEFT_TRY(self->job, weft_run_in_executor, job, &self->done);
    }
    bench_stop();
}
WEFT_END

static void pool(size_t size)
{
    const size_t times = bench_scaled(20000) * size;
    bench_check(weft_run(jobs, times) == 0);
    bench_figures("pool", times, "%s", "");
}

/* --- post: a thread posts as fast as it can; the loop takes each -------------------------------- */

struct post {
    weft_remote remote;
    uint64_t value;
};

static struct poster {
    weft_core *core;
    struct post *posts;
    size_t count, taken;
    uint64_t sum;
    weft_event all;
} poster;

static void take(weft_remote *remote)
{
    poster.sum += WEFT_CONTAINER(remote, struct post, remote)->value;
    if (++poster.taken == poster.count) {
        weft_event_set(&poster.all);
    }
}

static void *poster_thread(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < poster.count; i++) {
        poster.posts[i].value = i;
        poster.posts[i].remote.run = take;
        weft_post(poster.core, &poster.posts[i].remote);
    }
    return NULL;
}

struct taker {
    WEFT_FRAME;
    pthread_t thread;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(taker, self)
{
    poster.core = weft_loop_core(WEFT_LOOP());
    bench_begin();
    bench_check(pthread_create(&self->thread, NULL, poster_thread, NULL) == 0);
    WEFT_TRY(self->wait, weft_event_wait, &poster.all);
    bench_stop();
    pthread_join(self->thread, NULL);
}
WEFT_END

static void post(size_t size)
{
    poster.count = bench_scaled(1000000) * size;
    poster.posts = (struct post *)bench_allocate(poster.count, sizeof *poster.posts);
    memset(poster.posts, 0, poster.count * sizeof *poster.posts);
    bench_check(weft_run(taker) == 0);
    bench_figures("post", poster.count, "%s", "");
}

/* --- loops: `size` threads with a loop each, in which a thousand tasks yield ---------------------- */

enum { TASKS = 1000 };
static size_t times;

struct yielder {
    WEFT_FRAME;
    size_t left;
};

static WEFT_ASYNC(yielder, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_PASS();
    }
}
WEFT_END

struct yielders {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(yielder) each[TASKS];
};

static WEFT_ASYNC(yielders, self)
{
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < TASKS; i++) {
            WEFT_SPAWN(&self->group, &self->each[i], yielder, times);
        }
    }
}
WEFT_END

static void *loop_thread(void *unused)
{
    weft_loop *loop = NULL;
    (void)unused;
    bench_check(weft_loop_new(&loop, NULL) == 0);
    bench_check(weft_loop_run_until_complete(loop, yielders) == 0);
    weft_loop_close(loop);
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
