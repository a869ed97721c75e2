/* ram.c - what each thing takes: the size of the array that bears its name. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>
#include <weft/lifo_queue.h>
#include <weft/priority_queue.h>
#include <weft/resume.h>
#include <weft/ring.h>
#include <weft/select.h>
#include <weft/sync.h>
#include <weft/transfer.h>

#define OBJECT(name, type)                                                                         \
    extern char name[sizeof(type)];                                                                \
    char name[sizeof(type)]
#define SIZE(name, type) OBJECT(ram_##name, type)
#define AWAIT(name, type) OBJECT(await_##name, type) /* the frame of a call of the library's */

/* The smallest coroutine, and a generator of one number. */
struct small {
    WEFT_FRAME;
};
struct count {
    WEFT_FRAME;
    uint16_t value;
};

SIZE(protothread, weft_pt_state);
SIZE(frame, weft_frame);
SIZE(chain, weft_chain);
SIZE(task, weft_task);
SIZE(scope, weft_scope);
SIZE(group, weft_group);
SIZE(timer, weft_timer);
SIZE(event, weft_event);
SIZE(semaphore, weft_semaphore);
SIZE(signal, weft_signal);
SIZE(queue, weft_queue);
SIZE(ring, weft_ring);
SIZE(transfer, weft_transfer);
SIZE(executor, weft_executor);
SIZE(priority_queue_order_of_8, WEFT_PRIORITY_QUEUE_ITEMS(uint16_t, 8));
SIZE(lock, weft_lock);
SIZE(condition, weft_condition);
SIZE(limiter, weft_limiter);
SIZE(hold, weft_hold);
SIZE(barrier, weft_barrier);
SIZE(future, weft_future);
SIZE(channel, weft_channel);
SIZE(sender, weft_sender);
SIZE(receiver, weft_receiver);
SIZE(case, weft_case);
SIZE(generator_of_16_bits, struct count);
SIZE(pool_of_1_task, WEFT_TASKS(small, 1));
SIZE(pool_of_8_tasks, WEFT_TASKS(small, 8));
AWAIT(sleep, struct weft_sleep);
AWAIT(event, struct weft_event_wait);
AWAIT(semaphore, struct weft_acquire);
AWAIT(lock, struct weft_lock_acquire);
AWAIT(get, struct weft_get);
AWAIT(put, struct weft_put);
AWAIT(send, struct weft_send);
AWAIT(receive, struct weft_receive);
AWAIT(future, struct weft_future_wait);
AWAIT(join, struct weft_join);
AWAIT(select, struct weft_select);
AWAIT(signal, struct weft_signal_wait);
AWAIT(ring, struct weft_ring_read);
AWAIT(transfer, struct weft_transfer_wait);
