/* ok_debug_callbacks.c - callbacks and promises in frames that let go of them. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
#include "port.h"
#include <weft/bridge.h>
#include <weft/promise.h>

static void told(void *unused, int status)
{
    (void)unused, (void)status;
}

static void call(void *unused)
{
    (void)unused;
}

struct hello {
    WEFT_FRAME;
    weft_callback posted, cancelled;
    weft_done_callback called, removed;
    WEFT_FUTURE(int) answer;
    WEFT_PROMISE(int) promise;
    struct weft_promise_wait back;
};

static WEFT_ASYNC(hello, self)
{
    weft_core *const core = weft_task_core(WEFT_SELF());
    weft_callback_post(core, &self->posted, call, NULL);
    weft_callback_post(core, &self->cancelled, call, NULL);
    (void)weft_callback_cancel(&self->cancelled);
    weft_future_init(&self->answer.future, core);
    weft_future_add_done_callback(&self->answer.future, &self->called, told, NULL);
    weft_future_add_done_callback(&self->answer.future, &self->removed, told, NULL);
    weft_promise_init_value(&self->promise, &self->answer);
    weft_promise_set_result(&self->promise, 42);
WEFT_FINALLY:
    WEFT_AWAIT(self->back, weft_promise_wait, &self->promise.promise);
    (void)weft_callback_cancel(&self->posted);
    (void)weft_future_remove_done_callback(&self->answer.future, &self->called);
    (void)weft_future_remove_done_callback(&self->answer.future, &self->removed);
    weft_future_release(&self->answer.future);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
