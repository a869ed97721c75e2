/* layers.c - a program that uses each layer up to LAYER: what does one more come to? */
/* SPDX-License-Identifier: MIT */
/*
 * What begins with `program_` is the program; the rest is what it takes of Weft. A coroutine that
 * is not started is not compiled.
 */
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/ring.h>
#include <weft/select.h>
#include <weft/sync.h>
#include <weft/transfer.h>

extern const weft_port port;
extern void program_works(int value);

static weft_executor executor;

/* 1: a coroutine that awaits another, and a generator; driven from plain C, without any task. */
struct program_inner {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(program_inner, self)
{
    program_works(self->value);
}
WEFT_END

struct program_frames {
    WEFT_FRAME;
    int value;
    struct program_inner inner;
};

static WEFT_ASYNC(program_frames, self)
{
    for (self->value = 0; self->value < 9; self->value++) {
        WEFT_TRY(self->inner, program_inner, self->value);
        WEFT_YIELD(self->value);
    }
WEFT_FINALLY:
    program_works(0);
}
WEFT_END

/* 2: a task, an executor. */
struct program_task {
    WEFT_FRAME;
    struct program_inner inner;
};

static WEFT_ASYNC(program_task, self)
{
    for (;;) {
        WEFT_TRY(self->inner, program_inner, 1);
        WEFT_PASS();
    }
}
WEFT_END

/* 3: time. */
struct program_timer {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program_timer, self)
{
    for (;;) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(250));
    }
}
WEFT_END

/* 4: an event. */
static weft_event event;

struct program_event {
    WEFT_FRAME;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(program_event, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &event);
    weft_event_set(&event);
}
WEFT_END

/* 5: an interrupt that wakes a task. */
static weft_signal edge;

#if LAYER >= 5
void program_interrupted(void);
void program_interrupted(void)
{
    weft_signal_set(&edge);
}
#endif

struct program_signal {
    WEFT_FRAME;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(program_signal, self)
{
    for (;;) {
        WEFT_TRY(self->wait, weft_signal_wait, &edge);
    }
}
WEFT_END

/* 6: timeouts, and with them cancellation. */
struct program_scope {
    WEFT_FRAME;
    weft_scope patience;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(program_scope, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_MS(10)) {
        WEFT_TRY(self->wait, weft_event_wait, &event);
    }
}
WEFT_END

/* 7: a group. */
struct program_group {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(program_inner) left, right;
};

static WEFT_ASYNC(program_group, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->left, program_inner, 1);
        WEFT_SPAWN(&self->group, &self->right, program_inner, 2);
    }
}
WEFT_END

/* 8: a queue. */
static weft_queue queue;
static int items[4];

struct program_queue {
    WEFT_FRAME;
    int item;
    union {
        struct weft_put put;
        struct weft_get get;
    };
};

static WEFT_ASYNC(program_queue, self)
{
    WEFT_TRY(self->put, weft_put, &queue, &self->item);
    WEFT_TRY(self->get, weft_get, &queue, &self->item);
    weft_queue_task_done(&queue);
}
WEFT_END

/* 9: a semaphore, a lock. */
static weft_semaphore semaphore = {.permits = 1};
static weft_lock lock;

struct program_locks {
    WEFT_FRAME;
    weft_hold permit, locked;
    union {
        struct weft_acquire acquire;
        struct weft_lock_acquire lock;
    };
};

static WEFT_ASYNC(program_locks, self)
{
    WEFT_TRY(self->acquire, weft_acquire, &semaphore, &self->permit);
    WEFT_TRY(self->lock, weft_lock_acquire, &lock, &self->locked);
WEFT_FINALLY:
    weft_release(&self->locked);
    weft_release(&self->permit);
}
WEFT_END

/* 10: bytes from an interrupt, and a transfer that the hardware does. */
extern weft_ring line;
extern weft_transfer transfer;

struct program_bytes {
    WEFT_FRAME;
    uint8_t bytes[4];
    union {
        struct weft_ring_read read;
        struct weft_transfer_wait transfer;
    };
};

static WEFT_ASYNC(program_bytes, self)
{
    WEFT_TRY(self->read, weft_ring_read, &line, self->bytes, sizeof self->bytes);
    WEFT_TRY(self->transfer, weft_transfer_wait, &transfer);
}
WEFT_END

/* 11: a channel, and a select. */
static weft_channel channel;
static weft_sender out;
static weft_receiver in;

struct program_select {
    WEFT_FRAME;
    int item;
    weft_case came, late;
    union {
        struct weft_send send;
        struct weft_select select;
    };
};

static WEFT_ASYNC(program_select, self)
{
    WEFT_TRY(self->send, weft_send, &out, &self->item);
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_receive(&self->came, &in, &self->item),
                        weft_on_timer(&self->late, WEFT_MS(10))));
}
WEFT_END

#define START(layer, fn)                                                                           \
    if (LAYER >= (layer)) {                                                                        \
        static WEFT_TASK(fn) slot;                                                                 \
        weft_spawn(group, &slot, fn);                                                              \
    }

__attribute__((noinline)) static void program_start(weft_group *group)
{
    START(2, program_task)
    START(3, program_timer)
    START(4, program_event)
    START(5, program_signal)
    START(6, program_scope)
    START(7, program_group)
    START(8, program_queue)
    START(9, program_locks)
    START(10, program_bytes)
    START(11, program_select)
}

int layers_main(void);
int layers_main(void)
{
    static struct program_frames frames;
    weft_init(&frames, program_frames);
    (void)weft_next(&frames);
    if (LAYER >= 5) {
        weft_signal_init(&edge, &executor.core);
    }
    if (LAYER >= 8) {
        weft_queue_init(&queue, items, sizeof items[0], 4);
    }
    if (LAYER >= 11) {
        weft_channel_open(&channel, items, sizeof items[0], 4, &out, &in);
    }
    if (LAYER >= 2) {
        weft_executor_init(&executor, &port, NULL);
        program_start(&executor.group);
        return weft_executor_run(&executor);
    }
    return 0;
}
