/* 53_from_a_thread.c - results from outside of the loop. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: two doors by which another thread reaches the loop. A promise sets a future, whose value
 * the loop copies; whoever comes too late meets nobody's memory. And weft_call_soon_threadsafe() has
 * a function called in the loop: it may do what only the loop may, as starting a coroutine.
 * Next: 54_add_reader.c, descriptors and signals.
 */
#include <pthread.h>
#include <stdio.h>
#include <weft.h>

struct greeting {
    WEFT_FRAME;
};

static WEFT_ASYNC(greeting, self)
{
    printf("a coroutine that a thread has asked for\n");
}
WEFT_END

static struct {
    WEFT_FUTURE(int) answer;
    WEFT_PROMISE(int) promise;
    weft_loop *loop;
    weft_handle handle;
    WEFT_TASK(greeting) greeting;
    weft_event greeted;
} shared;

static void has_greeted(void *unused, int status)
{
    (void)unused, (void)status;
    weft_event_set(&shared.greeted);
}

static void greet(void *unused)
{
    static weft_done_callback callback;
    (void)unused;
    (void)weft_spawn_then(weft_loop_group(shared.loop), &shared.greeting, &callback, has_greeted,
                          NULL, greeting);
}

static void *thread(void *unused)
{
    weft_promise_set_result(&shared.promise, 42);
    weft_call_soon_threadsafe(shared.loop, &shared.handle, greet, NULL);
    return unused;
}

struct program {
    WEFT_FRAME;
    pthread_t thread;
    union {
        struct weft_future_wait future;
        struct weft_event_wait event;
    };
};

static WEFT_ASYNC(program, self)
{
    shared.loop = WEFT_LOOP();
    weft_future_init(&shared.answer.future, weft_loop_core(shared.loop));
    weft_promise_init_value(&shared.promise, &shared.answer);
    WEFT_CHECK(-pthread_create(&self->thread, NULL, thread, NULL));
    WEFT_TRY(self->future, weft_future_wait, &shared.answer.future);
    printf("the answer is %d\n", shared.answer.value);
    WEFT_TRY(self->event, weft_event_wait, &shared.greeted);
    pthread_join(self->thread, NULL);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * the answer is 42
 * a coroutine that a thread has asked for
 */
