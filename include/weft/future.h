/* future.h - a result that is still to come. */
/* SPDX-License-Identifier: MIT */
/*
 * asyncio's Future: one side sets it, once; any number of others await it, before or after.
 *
 *     WEFT_FUTURE(int) answer;                                  // a weft_future, and an int
 *
 *     WEFT_TRY(self->wait, weft_future_wait, &answer.future);   // here: wait, and then
 *     printf("%d\n", answer.value);
 *
 *     weft_future_set_result(&answer, 42);                      // there
 *
 *                weft_future_set_result, _set_done
 *     pending ─┬──────────────────────────────────> done, status 0
 *     (zeroed) ├─ weft_future_set_error ──────────> done, status -EIO
 *              └─ weft_future_cancel ─────────────> done, status WEFT_ECANCELED: cancelled
 *
 * Once done it stays so: to set it again is a mistake, which stops. Where several may set it, whoever
 * comes first, they try: weft_future_try_set_result() and its like say whether they were.
 *
 * Nobody is called from inside of these: who waits goes on in the next pass, and done callbacks are
 * called in it, all in the order in which they came. A select can wait for a future, too (select.h).
 *
 * Unlike asyncio's it stays as it is when one of those who await it is cancelled: there may be others,
 * and whoever is to set it need not care. With `.cancels = true` the await takes it along, as in
 * asyncio. An interrupt or another thread sets a future by a promise (promise.h).
 *
 * In C nothing notices that the last reference is gone. Who owns a future says so, in FINALLY, with
 * weft_future_release(); an error that nobody has read is reported then.
 */
#ifndef WEFT_FUTURE_H
#define WEFT_FUTURE_H

#include <weft/cancel.h>
#include <weft/done_callback.h>

/** A future without a value. Zeroed: pending; see weft_future_init(). It outlives those who wait: it may
 *  end once it is done, or released. */
typedef struct weft_future {
    /* private: */
    bool is_done;
    bool was_read;
    int16_t status;
    weft_link waiters; /* of weft_waiter; those of done callbacks among them */
    weft_core *core;
    struct weft_future **promised; /* the pointer to it in its promise, or NULL */
#if WEFT_DEBUG
    weft__held held; /* while its promise is out */
#endif
#if WEFT_ORIGINS
    const weft_reason *reason; /* where its error was set, or why it was cancelled */
#endif
} weft_future;

/** A future with a value: `WEFT_FUTURE(int) answer;`. Each use is a type of its own. */
#define WEFT_FUTURE(type)                                                                          \
    struct {                                                                                       \
        weft_future future;                                                                        \
        type value; /* once it is done with status 0 */                                            \
    }

/**
 * Waits until a future is done; goes on at once if it already is.
 *
 * Status:  that of the future: 0, its error, WEFT_ECANCELED if it was cancelled; or WEFT_ECANCELED
 *          because this wait was. One that was told of a result and cancelled before it ran has
 *          WEFT_ECANCELED, and the future its result; one that was told of an error has the error.
 * Context: coroutine. Owner: the future outlives the wait; it may be released once it is done.
 * Cost:    O(1), no allocation.
 */
struct weft_future_wait {
    WEFT_FRAME;
    weft_future *future;
    bool cancels; /* cancelling this wait cancels the future, if it is still pending */
    /* private: */
    weft_waiter waiter;
};

WEFT__BEGIN_C

/**
 * Prepares a future of a loop. One that is only zeroed does for setting and awaiting; done callbacks
 * and reports need the loop.
 *
 * @param core  weft_task_core(WEFT_SELF()), weft_loop_core(loop), &executor.core.
 */
static inline void weft_future_init(weft_future *future, weft_core *core)
{
    const weft_future fresh = WEFT__ZERO;
    *future = fresh;
    future->core = core;
}

/** True once it has a result or an error, or is cancelled. */
static inline bool weft_future_is_done(const weft_future *future)
{
    return future->is_done;
}

static inline bool weft_future_is_cancelled(const weft_future *future)
{
    return future->is_done && future->status == WEFT_ECANCELED;
}

/**
 * How a future ended: 0, its error, or WEFT_ECANCELED. The error counts as read then. One that is
 * pending stops: await it, or ask weft_future_is_done().
 */
static inline int weft_future_status(weft_future *future)
{
    WEFT_ASSERT(future->is_done, "this future is pending: await it, or ask weft_future_is_done()");
    future->was_read = true;
    return future->status;
}

/**
 * Sets a future, and wakes all that wait.
 *
 *     void weft_future_set_done(weft_future *future);
 *     void weft_future_set_error(weft_future *future, int status);
 *     void weft_future_set_result(WEFT_FUTURE(type) *place, type value);
 *
 * and, where it may be done already, the same with _try: they then change nothing.
 *
 *     bool weft_future_try_set_result(place, value);     // false: it was done
 *
 * set_done leaves the value as it is: to fill in a large one in place. set_error with WEFT_ECANCELED
 * is weft_future_cancel().
 *
 * Context: loop. Cost: O(those who wait). The value is evaluated only if it is set.
 */
#define weft_future_set_result(place, ...)                                                         \
    (__extension__({                                                                               \
        __typeof__(&*(place)) const weft__place = (place);                                         \
        weft__future_check(&weft__place->future);                                                  \
        weft__place->value = (__VA_ARGS__);                                                        \
        weft__future_settle(&weft__place->future, 0, NULL);                                        \
    }))
#define weft_future_try_set_result(place, ...)                                                     \
    (__extension__({                                                                               \
        __typeof__(&*(place)) const weft__place = (place);                                         \
        const bool weft__sets = !weft__place->future.is_done;                                      \
        if (weft__sets) {                                                                          \
            weft__place->value = (__VA_ARGS__);                                                    \
            weft__future_settle(&weft__place->future, 0, NULL);                                    \
        }                                                                                          \
        weft__sets;                                                                                \
    }))
#define weft_future_set_error(future, status)                                                      \
    weft__future_set_error(future, status, WEFT__REASON(NULL))
#define weft_future_try_set_error(future, status)                                                  \
    weft__future_try_set_error(future, status, WEFT__REASON(NULL))

/**
 * Cancels a future that is pending: who awaits it has WEFT_ECANCELED.
 *
 *     bool weft_future_cancel(weft_future *future);
 *     bool weft_future_cancel_because(weft_future *future, const char *why);
 *
 * @param why  For people, a string of static storage: weft_future_reason().
 * @return false if it is done; then nothing changes, but that its error counts as read.
 * Context: loop. Cost: as above.
 */
#define weft_future_cancel(future) weft__future_cancel(future, WEFT__REASON(NULL))
#define weft_future_cancel_because(future, why) weft__future_cancel(future, WEFT__REASON(why))

/** Why it was cancelled, and where, or where its error was set. @return static; NULL if it has
 *  neither, or WEFT_ORIGINS is 0. */
static inline const weft_reason *weft_future_reason(const weft_future *future)
{
#if WEFT_ORIGINS
    return future->reason;
#else
    (void)future;
    return NULL;
#endif
}

/**
 * Has `done(argument, status)` called by the loop after the future is done; if it is, in the next
 * pass. As with those of tasks, an error that it is told of has been read; so has one that is posted
 * and removed.
 *
 * @param future    Of a loop: weft_future_init().
 * @param callback  Is not under way. One that lives in a frame is removed in FINALLY.
 * Context: loop. Cost: O(1), no allocation. It sees the context variables of who adds it.
 */
static inline void weft_future_add_done_callback(weft_future *future, weft_done_callback *callback,
                                                 void (*done)(void *argument, int status),
                                                 void *argument);

/** Takes back a callback that was added to this future, also when it is posted already.
 *  @return true if it will not be called; false: it was, or was never added. Cost: O(1). */
static inline bool weft_future_remove_done_callback(weft_future *future,
                                                    weft_done_callback *callback);

/**
 * Gives a future up; it is pending again, and may be used again. Accepts a zeroed one.
 *
 * An error that nobody has read is reported once, with the line where it was set. Nobody may be
 * waiting, no callback be left to call: weft_future_cancel() it before. Its promise, if a thread or
 * an interrupt has one, will set nothing any more. Context: loop. Cost: O(waits just cancelled).
 */
static inline void weft_future_release(weft_future *future);

/* How it is done. */

/* Its promise will not set it any more. */
static inline void weft__future_unpromise(weft_future *future)
{
    if (future->promised != NULL) {
        *future->promised = NULL;
        future->promised = NULL;
#if WEFT_DEBUG
        weft__unnote(&future->held);
#endif
    }
}

static inline void weft__future_check(const weft_future *future)
{
    WEFT_ASSERT(!future->is_done,
                "this future is done: it is set once, else weft_future_try_set_...()");
}

/* One of those who wait is told. The case of a select reads the status by itself. One that was
 * cancelled in this pass is still in the list, but not there any more. */
static inline void weft__future_tell(weft_future *future, weft_waiter *waiter)
{
    if (weft__waiter_is_case(waiter)) {
        weft_waiter_wake(waiter);
        return;
    }
    weft__waiter_unhang(waiter);
    if (!weft_waiter_waits(waiter)) {
        return;
    }
    future->was_read = true;
    if (weft__is_callback(waiter->task)) {
        weft__callback_ready(&WEFT_CONTAINER(waiter, weft_done_callback, waiter)->callback,
                             future->status);
    } else if (future->status < 0) {
        weft_wake_status(waiter->task, future->status);
    } else {
        weft_wake(waiter->task);
    }
}

static inline void weft__future_settle(weft_future *future, int status, const weft_reason *reason)
{
    future->is_done = true;
    future->status = (int16_t)status;
#if WEFT_ORIGINS
    future->reason = reason;
#else
    (void)reason;
#endif
    for (weft_waiter *waiter; (waiter = weft_waiter_first(&future->waiters)) != NULL;) {
        weft__future_tell(future, waiter);
    }
}

static inline bool weft__future_try_set_error(weft_future *future, int status,
                                              const weft_reason *reason)
{
    WEFT_ASSERT(status < 0 && status >= INT16_MIN, "an error is -errno or a code of status.h");
    if (future->is_done) {
        return false;
    }
    weft__future_settle(future, status, reason);
    return true;
}

static inline void weft__future_set_error(weft_future *future, int status,
                                          const weft_reason *reason)
{
    weft__future_check(future);
    (void)weft__future_try_set_error(future, status, reason);
}

static inline bool weft_future_try_set_done(weft_future *future)
{
    if (future->is_done) {
        return false;
    }
    weft__future_settle(future, 0, NULL);
    return true;
}

static inline void weft_future_set_done(weft_future *future)
{
    weft__future_check(future);
    weft__future_settle(future, 0, NULL);
}

static inline bool weft__future_cancel(weft_future *future, const weft_reason *reason)
{
    if (future->is_done) {
        future->was_read = true;
        return false;
    }
    weft__future_settle(future, WEFT_ECANCELED, reason);
    return true;
}

static inline void weft_future_add_done_callback(weft_future *future, weft_done_callback *callback,
                                                 void (*done)(void *argument, int status),
                                                 void *argument)
{
    WEFT_ASSERT(future->core != NULL, "which loop calls it? weft_future_init() the future first");
    weft__done_begin(future->core, callback, done, argument);
    if (future->is_done) {
        future->was_read = true;
        weft__callback_ready(&callback->callback, future->status);
    } else {
        weft_waiter_begin(&callback->waiter, &future->waiters, &callback->callback.task);
    }
}

static inline bool weft_future_remove_done_callback(weft_future *future,
                                                    weft_done_callback *callback)
{
    (void)future;
    if ((callback->callback.task.chain.wait & WEFT__PARKED) == 0) {
        return weft_callback_cancel(&callback->callback);
    }
    (void)weft_waiter_end(&callback->waiter);
    weft__callback_idle(&callback->callback);
    return true;
}

__attribute__((cold, noinline, unused)) static void weft__future_report(const weft_future *future)
{
    const weft_reason *const reason = weft_future_reason(future);
    weft_report report = WEFT__ZERO;
    report.message = "a future has an error that nobody has read";
    report.status = future->status;
    report.function = "?";
    report.file = reason != NULL ? reason->file : "?";
    report.line = reason != NULL ? reason->line : 0;
    if (future->core != NULL && future->core->report != NULL) {
        future->core->report(future->core, &report);
    }
}

static inline void weft_future_release(weft_future *future)
{
    for (weft_waiter *waiter; (waiter = weft_waiter_first(&future->waiters)) != NULL;) {
        WEFT_ASSERT(!weft_waiter_waits(waiter),
                    "somebody waits for this future: set or cancel it before it is released");
        weft__waiter_unhang(waiter);
    }
    weft__future_unpromise(future);
    if (future->status < 0 && future->status != WEFT_ECANCELED && !future->was_read) {
        weft__future_report(future);
    }
    weft_future_init(future, future->core);
}

static inline WEFT_ASYNC(weft_future_wait, self)
{
    WEFT_ASSERT(self->future != NULL, "which future?");
    if (self->future->is_done) {
        WEFT_CHECKPOINT();
    }
    if (self->future->is_done) {
        WEFT_RETURN_STATUS(weft_future_status(self->future));
    }
    if (self->future->core == NULL) {
        self->future->core = weft__core(weft__c);
    }
    weft_waiter_begin(&self->waiter, &self->future->waiters, WEFT_SELF());
    WEFT_PARK(NULL);
    if (weft_waiter_end(&self->waiter) && self->cancels) { /* else the future may be gone */
        (void)weft__future_cancel(self->future, weft_task_reason(WEFT_SELF()));
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

WEFT__END_C

#endif
