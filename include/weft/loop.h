/* loop.h - the event loop of an operating system. */
/* SPDX-License-Identifier: MIT */
/*
 * The whole program that most people need:
 *
 *     int main(void)
 *     {
 *         return weft_run(hello, .name = "world");
 *     }
 *
 * That makes a loop, runs the coroutine as its main task, turns SIGINT into a cancellation of it,
 * cancels and awaits what it left running, and closes the loop. What is below is for those who want
 * the parts: several runs on one loop, callbacks, threads that post to it, signals, a loop of
 * somebody else's into which this one is embedded.
 *
 * One pass of the loop: look for events (not at each pass while there is work), then run, in this
 * order and only these: what was ready, what I/O made ready, what timers made ready. What those post
 * runs in the next pass.
 *
 * A loop belongs to one thread; several threads may have one each. Of the functions here only
 * weft_call_soon_threadsafe() may be called from another thread. Needs the library: link libweft.
 */
#ifndef WEFT_LOOP_H
#define WEFT_LOOP_H

#include <signal.h>
#include <weft/built_with.h>
#include <weft/callback.h>
#include <weft/executor.h>

#if WEFT_BARE
#error "WEFT_BARE is for a program without the library: its tasks stand in groups"
#endif

WEFT__BEGIN_C

/** An event loop. Opaque: weft_loop_new() makes one. */
typedef struct weft_loop weft_loop;

/** How a loop is made: `&(weft_loop_desc){ .backend = "poll" }`; NULL: all defaults. */
typedef struct weft_loop_desc {
    const char *backend; /* "epoll" or "poll"; default: $WEFT_BACKEND, else the best there is */
    bool debug;          /* default: $WEFT_DEBUG is set. Slow steps and wrong threads reported */
    weft_time slow_step; /* debug, and WEFT_HOOKS: one that takes longer is; default: 100 ms */
    unsigned threads;    /* of the pool; default: 4 more than there are processors, at most 32 */
    /**
     * How long to look for events before sleeping, as long as waits are that short; default: 0, not
     * at all. Where one answer waits for another this saves the processor's falling asleep and
     * waking up, tens of microseconds, at the price of a processor that is busy meanwhile: for one
     * that this loop has for itself. 20 to 100 us are worth trying.
     */
    weft_time spin;
} weft_loop_desc;

/** Makes a loop. @return 0, -errno, or WEFT_ENOMEM; *ret_loop is untouched on failure. */
static inline int weft_loop_new(weft_loop **ret_loop, const weft_loop_desc *desc);

/**
 * Ends a loop: cancels its tasks and lets them clean up, calls what weft_callback_post() has posted,
 * takes back every weft_handle, joins its threads, frees it. Accepts NULL. It must not be running.
 */
WEFT_API void weft_loop_close(weft_loop *loop);

/**
 * Runs a coroutine until it has ended, and returns its status. Other tasks of the loop run
 * meanwhile and stay for the next run.
 *
 * @return its status; WEFT_ESTOPPED if the loop was stopped before: the coroutine is cancelled;
 *         WEFT_EDEADLOCK if nothing could ever wake it: the tasks are dumped, and it is cancelled.
 */
#define weft_loop_run_until_complete(loop, ...) weft__loop_run(loop, __VA_ARGS__, )
#define weft__loop_run(loop, fn, ...)                                                              \
    weft__loop_run_frame(loop, &weft__address(WEFT__NEW(fn, NULL, __VA_ARGS__))->weft)

/** Makes a loop, runs a coroutine on it as described above, and closes it.
 *  @return its status; -EINTR if SIGINT, and nothing else, cancelled it. */
#define weft_run(...) weft__run(NULL, __VA_ARGS__, )
/** The same with a description of the loop: `weft_run_with(&desc, hello, .name = "world")`. */
#define weft_run_with(desc, ...) weft__run(desc, __VA_ARGS__, )
#define weft__run(desc, fn, ...)                                                                   \
    weft__run_frame(&WEFT__BUILT_WITH, desc, &weft__address(WEFT__NEW(fn, NULL, __VA_ARGS__))->weft)

/** Runs until weft_loop_stop(). @return 0. */
WEFT_API int weft_loop_run_forever(weft_loop *loop);

/** One pass, waiting for at most `at_most` ticks. For a loop embedded in another. @return 0. */
WEFT_API int weft_loop_run_once(weft_loop *loop, weft_time at_most);

/** Ends the run after this pass; if it does not run, the next run after one pass. */
WEFT_API void weft_loop_stop(weft_loop *loop);

/** True between the begin and the end of a run. */
WEFT_API bool weft_loop_is_running(const weft_loop *loop);

/** The loop that runs in this thread, or NULL. */
WEFT_API weft_loop *weft_loop_running(void);

/** In a coroutine: its loop. */
#define WEFT_LOOP() weft__loop_of(weft__core(weft__c))

/** The loop's time: monotonic, in nanoseconds, read once a pass. */
WEFT_API weft_time weft_loop_time(const weft_loop *loop);

/** The group that owns the detached tasks: weft_spawn(weft_loop_group(loop), …). */
WEFT_API weft_group *weft_loop_group(weft_loop *loop);

/** For weft_post() and weft_signal_init(). */
WEFT_API weft_core *weft_loop_core(weft_loop *loop);

/** The name of the back end in use. */
WEFT_API const char *weft_loop_backend(const weft_loop *loop);

/** For embedding: a descriptor that becomes readable when the loop has events; -1: "poll" has none. */
WEFT_API int weft_loop_fd(const weft_loop *loop);

/** For embedding: ticks until run_once has something to do; 0: now; WEFT_FOREVER: only an event. */
WEFT_API weft_time weft_loop_timeout(weft_loop *loop);

/* --- callbacks ------------------------------------------------------------------------------ */

/*
 * A callback sees the context variables of who asked for it, as one of callback.h does: that goes for
 * readers, writers and signals, too. One that another thread posts sees none.
 */

/** A callback that is to be called. Zeroed; it must stay where it is until it was called or taken
 *  back. */
typedef struct weft_handle {
    void (*call)(void *argument);
    void *argument;
    /* private: */
    weft_loop *loop;
    struct weft_source *source; /* of a reader or writer: see source.h */
    bool stays;                 /* a reader's, a writer's, a signal's: it is called again */
    weft_callback callback;
    weft_timer timer;
    weft_remote remote;
} weft_handle;

/** Calls `call(argument)` in the next pass, in the order of the calls. Cost: O(1), no allocation. */
WEFT_API void weft_call_soon(weft_loop *loop, weft_handle *handle, void (*call)(void *),
                             void *argument);

/** The same from any thread. A handle that is under way already is not called twice. The loop outlives
 *  the call: join the thread before the loop is closed; what it has not called by then it never does. */
WEFT_API void weft_call_soon_threadsafe(weft_loop *loop, weft_handle *handle, void (*call)(void *),
                                        void *argument);

/** Calls after a duration; 0 or less: in the next pass. */
WEFT_API void weft_call_later(weft_loop *loop, weft_handle *handle, weft_time after,
                              void (*call)(void *), void *argument);

/** Calls at a time of weft_loop_time(). */
WEFT_API void weft_call_at(weft_loop *loop, weft_handle *handle, weft_time at, void (*call)(void *),
                           void *argument);

/** True until it is called or taken back; of a reader, a writer, a signal handler until that is
 *  removed. What another thread has just posted is not seen yet. Context: loop. */
static inline bool weft_handle_is_pending(const weft_handle *handle)
{
    return weft__callback_waits(&handle->callback);
}

/** The time for which weft_call_later() or weft_call_at() has asked last. */
static inline weft_time weft_handle_when(const weft_handle *handle)
{
    return handle->timer.at;
}

/** Takes a callback back. @return true if it will not be called; false if it was, or never asked
 *  for. Context: the loop's thread; not for one that another thread has just posted. */
WEFT_API bool weft_handle_cancel(weft_handle *handle);

#if WEFT_CONTEXT
/** Gives a handle that is under way another context than that of who asked for it; NULL: none. */
static inline void weft_handle_set_context(weft_handle *handle, weft_binding *context)
{
    weft_callback_set_context(&handle->callback, context);
}
#endif

/* --- signals, failures ----------------------------------------------------------------------- */

/**
 * Calls `call(argument)` from the loop after the signal came; not from the signal handler. Several
 * that come together count as one. The handle stays where it is until the handler is removed, or the
 * loop closed.
 *
 * @return 0; -EINVAL: no such signal, or one that cannot be caught; WEFT_EBUSY: another loop has it.
 */
WEFT_API int weft_add_signal_handler(weft_loop *loop, int number, weft_handle *handle,
                                     void (*call)(void *), void *argument);

/** Puts back what the signal did before. @return true if there was a handler. */
WEFT_API bool weft_remove_signal_handler(weft_loop *loop, int number);

/** Prints a dump of all tasks to stderr whenever the signal comes. @return as above. */
WEFT_API int weft_loop_dump_on(weft_loop *loop, int number);

/** Who is told of failures that nobody reads. NULL: the default, which prints one line on stderr. */
WEFT_API void weft_loop_set_exception_handler(weft_loop *loop,
                                              void (*handler)(void *context, const weft_report *),
                                              void *context);

/** Turns debug mode on or off: see weft_loop_desc. */
WEFT_API void weft_loop_set_debug(weft_loop *loop, bool debug);

/** The text of a status, the system's codes included. Owner: static, or this thread's until the
 *  next call. Context: any thread. */
WEFT_API const char *weft_strstatus(int status);

/** A status as a shell wants it: 0; the status itself if it is positive; 130 for -EINTR; else 1. */
WEFT_API int weft_exit_code(int status);

/* How it is done. */

WEFT_API int weft__loop_run_frame(weft_loop *loop, weft_frame *frame);
WEFT_API extern const char WEFT__BUILT_WITH; /* "undefined reference" to it: see built_with.h */
WEFT_API int weft__run_frame(const char *built_with, const weft_loop_desc *desc, weft_frame *frame);
WEFT_API int weft__loop_new(const char *built_with, weft_loop **ret_loop,
                            const weft_loop_desc *desc);
WEFT_API weft_loop *weft__loop_of(weft_core *core);

static inline int weft_loop_new(weft_loop **ret_loop, const weft_loop_desc *desc)
{
    return weft__loop_new(&WEFT__BUILT_WITH, ret_loop, desc);
}

WEFT__END_C

#ifdef __cplusplus
template <class T>
static inline T *weft__address(T &&temporary)
{
    return &temporary;
}
#else
#define weft__address(literal) (&(literal))
#endif

#endif
