/* pool.h - functions that block run in threads of their own. */
/* SPDX-License-Identifier: MIT */
/*
 * Some calls have no way not to wait: name resolution, files, a database client, a long sum. They
 * would stop every task of the loop, so they are handed to a small pool of threads:
 *
 *     static int digest(void *argument)             // in a thread of the pool
 *     {
 *         struct request *const request = argument;
 *         return hash_file(request->path, request->sum);
 *     }
 *     ...
 *     WEFT_TRY(self->job, weft_run_in_executor, digest, &self->request);
 *
 * Each loop has a pool of its own. A thread is made when a job finds none that is free, up to
 * weft_loop_desc.threads; further jobs queue, and begin in the order of their awaits. The threads
 * block all signals, and end when the loop is closed, which waits for the jobs that still run.
 *
 *             await        a thread is free          it returns
 *     (call) ──────> queued ──────────────> running ────────────> ended: status and result
 *                      │                       │ cancelled
 *            cancelled │                       ├─> by default: the await goes on until it returns
 *                      v                       v
 *             WEFT_ECANCELED: it        .abandon_on_cancel: WEFT_ECANCELED at once; the thread
 *             was never called          goes on, and what it returns is dropped
 *
 * A cancelled job leaves the queue when its task runs next; until then a thread may still take it.
 * A thread cannot be stopped from outside. So by default a running job is waited for: its argument
 * may live in the frame, which is not given up before the thread has let go; a cancellation then
 * meets the next wait. Who cannot wait lets go with `.abandon_on_cancel = true` (Trio's word);
 * asyncio always does so. The argument must then outlive the frame: usually it is on the heap, and
 * `.dispose` frees it in the end:
 *
 *     WEFT_TRY(self->job, weft_run_in_executor, digest, request, .dispose = free,
 *              .abandon_on_cancel = true);
 *     use(request);                                  // success: it is ours again
 *     free(request);
 *
 * The function must not call the loop, except what may come from any thread (weft_post(),
 * weft_signal_set(), weft_call_soon_threadsafe()).
 */
#ifndef WEFT_POOL_H
#define WEFT_POOL_H

#include <weft/loop.h>

/**
 * Calls `function(argument)` in a thread of the loop's pool, and waits until it returns.
 *
 * Status:  what the function returned, if that is negative: it returns a status as all of Weft
 *          does; else 0, and `result` is what it returned.
 *          WEFT_ECANCELED: cancelled. It was never called; or it was abandoned while it ran.
 *          -EAGAIN: there is no thread, and none can be made. WEFT_ENOMEM. Not called either.
 * Context: coroutine.
 * Owner:   status 0: the argument is the caller's, as before. Any failure: `dispose(argument)` is
 *          called, exactly once, by the loop: before the await ends, or, of an abandoned job, when
 *          its thread has returned (at the latest in weft_loop_close()).
 * Cost:    one allocation, two changes of thread. The queue has no limit: a weft_semaphore sets one.
 */
struct weft_run_in_executor {
    WEFT_FRAME;
    int (*function)(void *argument);
    void *argument;
    void (*dispose)(void *argument); /* or NULL: there is nothing to free */
    bool abandon_on_cancel; /* the argument outlives this frame: do not wait for a thread */
    int result;             /* out */
    /* private: */
    struct weft__job *job; /* NULL: not begun, or ended */
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_run_in_executor);

/** How many jobs wait for a thread. Context: loop. */
WEFT_API size_t weft_pool_queued(const weft_loop *loop);

/** How many threads the pool has made. Context: loop. */
WEFT_API size_t weft_pool_threads(const weft_loop *loop);

WEFT__END_C

#endif
