/* pool.c - a queue of jobs, and threads that take from it. */
/* SPDX-License-Identifier: MIT */
/*
 * Who touches what: a job belongs to the loop's thread, but for the time from being taken out of
 * the queue to the post of its end, when the worker reads the function and writes the result. The
 * pool's mutex guards the queue and the counts. The frame that waits is touched by the loop only.
 */
#include "loop_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/pool.h>

/* On the heap: an abandoned job outlives the frame that began it. */
struct weft__job {
    weft_remote remote; /* brings its end to the loop */
    weft_link link;     /* in the queue; in none: a worker has it */
    weft_loop *loop;
    int (*function)(void *argument);
    void *argument;
    int result;
    weft_task *task;                   /* that waits */
    struct weft_run_in_executor *call; /* its frame; NULL: abandoned */
    void (*dispose)(void *argument);   /* of an abandoned one */
};

struct weft_pool {
    pthread_mutex_t mutex;
    pthread_cond_t has_work;
    weft_link queue;
    size_t queued;
    bool is_closing;
    size_t limit, count;
    size_t idle; /* threads that have no job: they wait, or are about to look. Atomic */
    pthread_t threads[];
};

static void count_idle(struct weft_pool *pool, int more)
{
    __atomic_fetch_add(&pool->idle, (size_t)more, __ATOMIC_RELAXED);
}

/* --- in the threads --------------------------------------------------------------------------- */

/* The oldest job, taken out of the queue; NULL: the pool closes. */
static struct weft__job *take(struct weft_pool *pool)
{
    struct weft__job *job = NULL;
    pthread_mutex_lock(&pool->mutex);
    while (weft_link_is_empty(&pool->queue) && !pool->is_closing) {
        pthread_cond_wait(&pool->has_work, &pool->mutex);
    }
    if (!pool->is_closing) {
        job = WEFT_CONTAINER(pool->queue.next, struct weft__job, link);
        weft_link_remove(&job->link);
        pool->queued--;
        count_idle(pool, -1);
    }
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static void *work(void *argument)
{
    struct weft_pool *const pool = argument;
    for (struct weft__job *job; (job = take(pool)) != NULL;) {
        job->result = job->function(job->argument);
        count_idle(pool, 1); /* before the loop hears of it: its next job needs no new thread */
        weft_post(&job->loop->executor.core, &job->remote);
    }
    return NULL;
}

/* --- the pool --------------------------------------------------------------------------------- */

static size_t default_limit(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 5 : processors > 28 ? 32 : (size_t)processors + 4;
}

static struct weft_pool *pool_of(weft_loop *loop)
{
    if (loop->pool == NULL) {
        const size_t limit = loop->pool_threads > 0 ? loop->pool_threads : default_limit();
        struct weft_pool *const pool = calloc(1, sizeof *pool + limit * sizeof pool->threads[0]);
        if (pool == NULL) {
            return NULL;
        }
        pthread_mutex_init(&pool->mutex, NULL);
        pthread_cond_init(&pool->has_work, NULL);
        weft_link_init(&pool->queue);
        pool->limit = limit;
        loop->pool = pool;
    }
    return loop->pool;
}

static size_t pool_threads; /* of all pools of the process */

/* True if the process has no threads but this one and those of pools. They wake nobody unless they
 * have a job, and those are counted. The links of this directory are the threads, and two more. */
bool weft__pool_is_alone(void)
{
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 &&
           tasks.st_nlink - 3 == __atomic_load_n(&pool_threads, __ATOMIC_RELAXED);
}

/* Signals are the business of the other threads: a new one inherits that all are blocked. */
static int add_thread(struct weft_pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&pool->threads[pool->count], NULL, work, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        pool->count++;
        __atomic_fetch_add(&pool_threads, 1, __ATOMIC_RELAXED);
        count_idle(pool, 1);
    }
    return -error;
}

/* One thread is enough to go on with: that no other can be made is no error. Who is told while the mutex
 * is held would wake only to wait for it. */
static int enqueue(struct weft_pool *pool, struct weft__job *job)
{
    int status = 0;
    pthread_mutex_lock(&pool->mutex);
    if (pool->queued >= __atomic_load_n(&pool->idle, __ATOMIC_RELAXED) &&
        pool->count < pool->limit) {
        status = add_thread(pool);
    }
    if (pool->count > 0) {
        status = 0;
        weft_link_insert(&pool->queue, &job->link);
        pool->queued++;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (status == 0) {
        pthread_cond_signal(&pool->has_work);
    }
    return status;
}

/* True if no worker had it yet, and none will. */
static bool dequeue(struct weft_pool *pool, struct weft__job *job)
{
    pthread_mutex_lock(&pool->mutex);
    const bool was_queued = !weft_link_is_empty(&job->link);
    weft_link_remove(&job->link);
    pool->queued -= was_queued;
    pthread_mutex_unlock(&pool->mutex);
    return was_queued;
}

size_t weft_pool_queued(const weft_loop *loop)
{
    struct weft_pool *const pool = loop->pool;
    size_t queued = 0;
    if (pool != NULL) {
        pthread_mutex_lock(&pool->mutex);
        queued = pool->queued;
        pthread_mutex_unlock(&pool->mutex);
    }
    return queued;
}

size_t weft_pool_threads(const weft_loop *loop)
{
    return loop->pool != NULL ? loop->pool->count : 0;
}

/* Jobs are left in the queue only if a task did not end; nobody will ask for them. */
void weft__pool_close(weft_loop *loop)
{
    struct weft_pool *const pool = loop->pool;
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->has_work);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->count; i++) {
        pthread_join(pool->threads[i], NULL);
        __atomic_fetch_sub(&pool_threads, 1, __ATOMIC_RELAXED);
    }
    for (weft_link *link = pool->queue.next, *next; link != &pool->queue; link = next) {
        next = link->next;
        free(WEFT_CONTAINER(link, struct weft__job, link));
    }
    pthread_cond_destroy(&pool->has_work);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
    loop->pool = NULL;
}

/* --- the await -------------------------------------------------------------------------------- */

/* Posted by the worker. What a function has done cannot be undone, so this end is final. */
static void job_ended(weft_remote *remote)
{
    struct weft__job *const job = WEFT_CONTAINER(remote, struct weft__job, remote);
    job->loop->jobs--;
    if (job->call != NULL) {
        job->call->result = job->result;
        job->call->job = NULL;
        weft_wake_final(job->task, 0);
    } else if (job->dispose != NULL) {
        job->dispose(job->argument);
    }
    free(job);
}

static int begin(weft_loop *loop, weft_task *task, struct weft_run_in_executor *call)
{
    struct weft_pool *const pool = pool_of(loop);
    struct weft__job *const job = pool != NULL ? calloc(1, sizeof *job) : NULL;
    if (job == NULL) {
        return WEFT_ENOMEM;
    }
    job->remote.run = job_ended;
    job->loop = loop;
    job->function = call->function;
    job->argument = call->argument;
    job->task = task;
    job->call = call;
    const int status = enqueue(pool, job);
    if (status < 0) {
        free(job);
        return status;
    }
    call->job = job;
    loop->jobs++;
    return 0;
}

/* The await was cancelled. True: it may end; what is left of the job knows nothing of its frame. */
static bool give_up(struct weft_run_in_executor *call)
{
    struct weft__job *const job = call->job;
    if (dequeue(job->loop->pool, job)) {
        job->loop->jobs--;
        free(job);
    } else if (call->abandon_on_cancel) {
        job->call = NULL;
        job->dispose = call->dispose; /* later, instead of at the end of the await */
        call->dispose = NULL;
    } else {
        return false;
    }
    call->job = NULL;
    return true;
}

WEFT_ASYNC(weft_run_in_executor, self)
{
    WEFT_ASSERT(self->function != NULL, "which function?");
    WEFT_CHECKPOINT();
    if (weft__is_pending(weft__c)) {
        WEFT_PARK(NULL); /* it is refused, before the job could begin */
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    {
        const int status = begin(WEFT_LOOP(), WEFT_SELF(), self);
        if (status < 0) {
            WEFT_RETURN_STATUS(status);
        }
    }
    do {
        WEFT_PARK(NULL);
    } while (self->job != NULL && WEFT_STATUS() == 0);
    if (self->job != NULL && give_up(self)) {
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    while (self->job != NULL) {
        WEFT_HOLD(NULL);
    }
    WEFT_ASSERT(self->result >= INT16_MIN, "return 0, -errno or a code of status.h");
    WEFT_RETURN_STATUS(self->result < 0 ? self->result : 0);
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0 && self->dispose != NULL) {
        self->dispose(self->argument);
    }
}
WEFT_END
