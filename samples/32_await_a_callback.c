/* 32_await_a_callback.c - waiting for what calls back. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_await_callback makes an operation that takes a callback into one that is awaited.
 * Say how it is started, and, if it can be, how it is stopped. Its callback completes the wait. A
 * timeout stops the operation, and waits until it has called back: so it never calls into a frame
 * that is gone.
 * Next: 33_callback_for_a_coroutine.c, the other way round.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

/* A library of somebody else's. It knows nothing of coroutines: when it is done it calls back. */
struct kettle {
    weft_handle handle;
    void (*callback)(void *user, int error);
    void *user;
};

static void kettle_boils(void *pointer)
{
    struct kettle *const kettle = pointer;
    kettle->callback(kettle->user, 0);
}

static void kettle_on(struct kettle *kettle, int ms, void (*callback)(void *, int), void *user)
{
    kettle->callback = callback;
    kettle->user = user;
    weft_call_later(weft_loop_running(), &kettle->handle, WEFT_MS(ms), kettle_boils, kettle);
}

static void kettle_off(struct kettle *kettle)
{
    weft_handle_cancel(&kettle->handle);
    kettle->callback(kettle->user, -ECANCELED);
}

/* The bridge. */
struct boil {
    WEFT_FRAME;
    int ms;
    struct kettle kettle;
    struct weft_await_callback call;
};

static void boiled(void *completion, int error)
{
    weft_complete(completion, error);
}

static int start(void *pointer, weft_completion *completion)
{
    struct boil *const self = pointer;
    kettle_on(&self->kettle, self->ms, boiled, completion);
    return 0;
}

static void stop(void *pointer, weft_completion *completion)
{
    struct boil *const self = pointer;
    (void)completion; /* the kettle knows it */
    kettle_off(&self->kettle);
    printf("kettle off\n");
}

static WEFT_ASYNC(boil, self)
{
    WEFT_TRY(self->call, weft_await_callback, start, self, stop);
    printf("it boils\n");
}
WEFT_END

struct breakfast {
    WEFT_FRAME;
    weft_scope patience;
    struct boil boil;
};

static WEFT_ASYNC(breakfast, self)
{
    WEFT_TRY(self->boil, boil, .ms = 10);
    WEFT_MOVE_ON(self->patience, WEFT_MS(20)) {
        WEFT_TRY(self->boil, boil, .ms = 10000);
    }
    printf("too late: %d\n", self->patience.expired);
}
WEFT_END

int main(void)
{
    return weft_run(breakfast);
}

/* prints:
 * it boils
 * kettle off
 * too late: 1
 */
