/* libuv.c - uv_queue_work, and a queue of one's own with uv_async_send, as its guide shows. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <uv.h>

static uv_loop_t *loop;
static uv_work_t work;
static size_t left, done;

static void job(uv_work_t *request)
{
    (void)request;
    done++;
}

static void job_ended(uv_work_t *request, int status)
{
    (void)request;
    bench_check(status == 0);
    if (--left > 0) {
        bench_check(uv_queue_work(loop, &work, job, job_ended) == 0);
    }
}

static void pool(size_t size)
{
    const size_t times = bench_scaled(20000) * size;
    loop = uv_default_loop();
    left = times;
    bench_begin();
    bench_check(uv_queue_work(loop, &work, job, job_ended) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
    bench_end("pool", times);
    bench_check(done == times);
}

/* Wake-ups melt together, so the posts themselves stand in a list with a mutex. */
struct post {
    struct post *next;
    uint64_t value;
};

static uv_async_t async;
static uv_mutex_t mutex;
static struct post *first, **last = &first, *posts;
static size_t post_count, taken;
static uint64_t sum;

static void poster(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < post_count; i++) {
        posts[i].value = i;
        posts[i].next = NULL;
        uv_mutex_lock(&mutex);
        *last = &posts[i];
        last = &posts[i].next;
        uv_mutex_unlock(&mutex);
        uv_async_send(&async);
    }
}

static void take_all(uv_async_t *handle)
{
    uv_mutex_lock(&mutex);
    struct post *post = first;
    first = NULL;
    last = &first;
    uv_mutex_unlock(&mutex);
    for (; post != NULL; post = post->next) {
        sum += post->value;
        taken++;
    }
    if (taken == post_count) {
        uv_close((uv_handle_t *)handle, NULL);
    }
}

static void post(size_t size)
{
    uv_thread_t thread;
    post_count = bench_scaled(1000000) * size;
    posts = (struct post *)bench_allocate(post_count, sizeof *posts);
    memset(posts, 0, post_count * sizeof *posts);
    loop = uv_default_loop();
    bench_check(uv_mutex_init(&mutex) == 0 && uv_async_init(loop, &async, take_all) == 0);
    bench_begin();
    bench_check(uv_thread_create(&thread, poster, NULL) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
    bench_end("post", post_count);
    uv_thread_join(&thread);
    bench_check(sum == (uint64_t)post_count * (post_count - 1) / 2);
}

BENCH_MAIN({"pool", pool}, {"post", post})
