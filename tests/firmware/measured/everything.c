/* everything.c - scopes, groups, cancellation, queue, semaphore, signal, generator, join, ring. */
/* SPDX-License-Identifier: MIT */
/* What begins with `program_` is the program; the rest is what it takes of Weft. */
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/ring.h>
#include <weft/sync.h>
#include <weft/transfer.h>

extern const weft_port port;
extern weft_ring line;
extern weft_transfer transfer;
static weft_executor executor;
static weft_semaphore semaphore = {.permits = 1};
static weft_event event;
static weft_queue queue;
static int items[4];

struct program_worker {
    WEFT_FRAME;
    int item;
    weft_hold hold;
    weft_scope patience;
    uint8_t bytes[4];
    union {
        struct weft_get get;
        struct weft_acquire acquire;
        struct weft_event_wait wait;
        struct weft_ring_read read;
        struct weft_transfer_wait transfer;
    };
};

static WEFT_ASYNC(program_worker, self)
{
    for (;;) {
        WEFT_TRY(self->get, weft_get, &queue, &self->item);
        weft_queue_task_done(&queue);
        WEFT_TRY(self->acquire, weft_acquire, &semaphore, &self->hold);
        WEFT_TIMEOUT(self->patience, WEFT_MS(10)) {
            WEFT_TRY(self->wait, weft_event_wait, &event);
            WEFT_TRY(self->read, weft_ring_read, &line, self->bytes, sizeof self->bytes);
            WEFT_TRY(self->transfer, weft_transfer_wait, &transfer);
        }
        weft_release(&self->hold);
    }
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

void program_interrupt(uint8_t byte);
void program_interrupt(uint8_t byte)
{
    (void)weft_ring_put(&line, byte);
}

struct program_main {
    WEFT_FRAME;
    int item;
    weft_group group;
    WEFT_TASK(program_worker) workers[2];
    union {
        struct weft_put put;
        struct weft_queue_join join;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(program_main, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->workers[0], program_worker));
        WEFT_CHECK(weft_spawn(&self->group, &self->workers[1], program_worker));
        WEFT_TRY(self->put, weft_put, &queue, &self->item);
        weft_event_set(&event);
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(10));
        WEFT_TRY(self->join, weft_queue_join, &queue);
        weft_queue_shutdown(&queue, false);
        weft_group_cancel(&self->group);
    }
}
WEFT_END

static WEFT_TASK(program_main) task;

__attribute__((noinline)) static void program_start(weft_group *group)
{
    weft_spawn(group, &task, program_main);
}

int kernel_main(void);
int kernel_main(void)
{
    weft_queue_init(&queue, items, sizeof items[0], 4);
    weft_executor_init(&executor, &port, NULL);
    program_start(&executor.group);
    return weft_executor_run(&executor);
}
