/* promise.h - the end of a future that an interrupt or another thread holds. */
/* SPDX-License-Identifier: MIT */
/*
 * A future is the loop's; nobody else may touch it. Who is outside is given a promise of it, and
 * sets that:
 *
 *     WEFT_FUTURE(int) reading;
 *     static WEFT_PROMISE(int) conversion;
 *
 *     weft_promise_init_value(&conversion, &self->reading);               // coroutine
 *     start_conversion();
 *     WEFT_TRY(self->wait, weft_future_wait, &self->reading.future);
 *     use(self->reading.value);
 *
 *     void adc_interrupt(void)                                            // interrupt
 *     {
 *         weft_promise_set_result(&conversion, ADC);
 *     }
 *
 *     thread ── set ──> promise: status, value ── weft_post ──> loop: future, if still pending
 *
 * Setting never fails, never waits and runs nothing. The value is copied by the loop, so it does not
 * matter who wins when the future is cancelled meanwhile: then nothing is set. As long as a promise
 * is out, a wait is no deadlock.
 *
 * A promise must stay where it is until it has come back (is set, and the loop has seen it), even if
 * its future is released before: static as above, or, in a frame, with weft_promise_wait in FINALLY.
 */
#ifndef WEFT_PROMISE_H
#define WEFT_PROMISE_H

#include <weft/future.h>

/** A promise without a value. Zeroed: of nothing. */
typedef struct weft_promise {
    /* private: */
    weft_remote remote;
    weft_core *core;     /* NULL: it has come back */
    weft_future *future; /* NULL: released */
    void *to;            /* the future's value */
    const void *from;    /* its own */
    size_t size_bytes;
    int16_t status;
    bool is_set;
    weft_link waiters;
#if WEFT_DEBUG
    weft__held held;
#endif
} weft_promise;

/** A promise with a value. */
#define WEFT_PROMISE(type)                                                                         \
    struct {                                                                                       \
        weft_promise promise;                                                                      \
        type value;                                                                                \
    }

/** Waits until a promise has come back; nothing cancels that. At once if it has, or was never given.
 *  Status: 0. Context: coroutine. */
struct weft_promise_wait {
    WEFT_FRAME;
    weft_promise *promise;
};

WEFT__BEGIN_C

/**
 * Makes a promise of a future that is pending. A future has one at a time.
 *
 *     void weft_promise_init(weft_promise *promise, weft_future *future);
 *     void weft_promise_init_value(WEFT_PROMISE(type) *place, WEFT_FUTURE(type) *future);
 *
 * @param promise  Is not out: zeroed, or come back.
 * @param future   Of a loop: weft_future_init(). With its value it is at one place until it is done,
 *                 or released.
 * Context: loop.
 */
static inline void weft_promise_init(weft_promise *promise, weft_future *future);
#define weft_promise_init_value(place, typed_future)                                               \
    ((void)sizeof(&(place)->value == &(typed_future)->value),                                      \
     weft__promise_init(&(place)->promise, &(typed_future)->future, &(typed_future)->value,        \
                        &(place)->value, sizeof(place)->value))

/** True until it has come back. Context: loop. */
static inline bool weft_promise_is_out(const weft_promise *promise)
{
    return promise->core != NULL;
}

/**
 * Sets the future of a promise. Only the first time counts.
 *
 *     void weft_promise_set_done(weft_promise *promise);
 *     void weft_promise_set_error(weft_promise *promise, int status);
 *     void weft_promise_set_result(WEFT_PROMISE(type) *place, type value);
 *
 * Context: interrupt, any thread, loop; a promise has one holder. Behind it the holder does not touch
 * the promise. Cost: O(1), never fails.
 */
#define weft_promise_set_result(place, ...)                                                        \
    (__extension__({                                                                               \
        __typeof__(&*(place)) const weft__promised = (place);                                      \
        if (!weft__promised->promise.is_set) {                                                     \
            weft__promised->value = (__VA_ARGS__);                                                 \
            weft__promise_set(&weft__promised->promise, 0);                                        \
        }                                                                                          \
    }))

/** Takes a promise back that nobody holds: the thread could not be started, the interrupt is off.
 *  Its future stays pending. Accepts a zeroed one, and one that has come back. Context: loop. */
static inline void weft_promise_release(weft_promise *promise);

/* How it is done. */

static inline void weft__promise_set(weft_promise *promise, int status)
{
    if (!promise->is_set) {
        promise->is_set = true;
        promise->status = (int16_t)status;
        weft_post(promise->core, &promise->remote);
    }
}

static inline void weft_promise_set_done(weft_promise *promise)
{
    weft__promise_set(promise, 0);
}

static inline void weft_promise_set_error(weft_promise *promise, int status)
{
    WEFT_ASSERT(status < 0 && status >= INT16_MIN, "an error is -errno or a code of status.h");
    weft__promise_set(promise, status);
}

/* Nobody holds it any more. */
static inline void weft__promise_end(weft_promise *promise)
{
    promise->core->outside--;
    promise->core = NULL;
#if WEFT_DEBUG
    weft__unnote(&promise->held);
#endif
    weft_wake_all(&promise->waiters);
}

/* In the loop again. Behind this it may be freed. */
static inline void weft__promise_back(weft_remote *remote)
{
    weft_promise *const promise = WEFT_CONTAINER(remote, weft_promise, remote);
    weft_future *const future = promise->future;
    weft__promise_end(promise);
    if (future == NULL) {
        return;
    }
    weft__future_unpromise(future);
    if (!future->is_done) {
        if (promise->status == 0 && promise->size_bytes > 0) {
            __builtin_memcpy(promise->to, promise->from, promise->size_bytes);
        }
        weft__future_settle(future, promise->status, NULL);
    }
}

static inline void weft__promise_init(weft_promise *promise, weft_future *future, void *to,
                                      const void *from, size_t size_bytes)
{
    weft_promise fresh = WEFT__ZERO;
    WEFT_ASSERT(!weft_promise_is_out(promise), "this promise is out: wait until it has come back");
    WEFT_ASSERT(future->core != NULL, "which loop sets it? weft_future_init() the future first");
    WEFT_ASSERT(future->promised == NULL, "this future has a promise: one at a time");
    weft__future_check(future);
    *promise = fresh;
    promise->remote.run = weft__promise_back;
    promise->core = future->core;
    promise->future = future;
    promise->to = to;
    promise->from = from;
    promise->size_bytes = size_bytes;
    future->promised = &promise->future;
    future->core->outside++;
#if WEFT_DEBUG
    weft__note(&future->core->notes, &promise->held, promise, WEFT__HELD_PROMISE);
    weft__note(&future->core->notes, &future->held, future, WEFT__HELD_FUTURE);
#endif
}

static inline void weft_promise_init(weft_promise *promise, weft_future *future)
{
    weft__promise_init(promise, future, NULL, NULL, 0);
}

static inline void weft_promise_release(weft_promise *promise)
{
    if (!weft_promise_is_out(promise)) {
        return;
    }
    WEFT_ASSERT(!promise->is_set, "this promise is on its way back: weft_promise_wait for it");
    if (promise->future != NULL) {
        weft__future_unpromise(promise->future);
    }
    weft__promise_end(promise);
}

static inline WEFT_ASYNC(weft_promise_wait, self)
{
    WEFT_ASSERT(self->promise != NULL, "which promise?");
    if (weft_promise_is_out(self->promise)) {
        WEFT_HOLD(&self->promise->waiters);
    }
}
WEFT_END

WEFT__END_C

#endif
