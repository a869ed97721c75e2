/* ok_future_cpp.c - futures, promises and callbacks in C++20. */
/* SPDX-License-Identifier: MIT */
/* flags: -xc++ -std=c++20 -Wshadow -Wpedantic */
#include <weft/bridge.h>
#include <weft/promise.h>

struct point {
    int x, y;
};

struct awaiter {
    WEFT_FRAME;
    WEFT_FUTURE(struct point) place;
    WEFT_FUTURE(int) answer;
    WEFT_PROMISE(int) promise;
    weft_done_callback callback;
    struct weft_future_wait wait;
    struct weft_promise_wait back;
    struct weft_await_callback call;
};

static void told(void *pointer, int status)
{
    (void)pointer, (void)status;
}

static int start(void *pointer, weft_completion *completion)
{
    (void)pointer;
    weft_complete_threadsafe(completion, 0);
    return 0;
}

static WEFT_ASYNC(awaiter, self)
{
    weft_future_init(&self->answer.future, weft_task_core(WEFT_SELF()));
    weft_future_add_done_callback(&self->answer.future, &self->callback, told, nullptr);
    weft_promise_init_value(&self->promise, &self->answer);
    weft_promise_set_result(&self->promise, 3);
    weft_future_set_result(&self->place, point{1, 2});
    (void)weft_future_try_set_result(&self->place, point{1, 2});
    weft_future_set_error(&self->answer.future, -5);
    (void)weft_future_cancel_because(&self->answer.future, "it is late");
    WEFT_TRY(self->wait, weft_future_wait, .future = &self->answer.future, .cancels = true);
    WEFT_TRY(self->call, weft_await_callback, .start = start, .context = self);
WEFT_FINALLY:
    WEFT_AWAIT(self->back, weft_promise_wait, .promise = &self->promise.promise);
    weft_future_release(&self->answer.future);
}
WEFT_END

static WEFT_TASK(awaiter) slot;
static weft_done_callback callback;

int begin(weft_group *group);

int begin(weft_group *group)
{
    return weft_spawn_then(group, &slot, &callback, told, nullptr, awaiter);
}
