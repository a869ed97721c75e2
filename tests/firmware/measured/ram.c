/* ram.c - what each thing takes: the size of the array that bears its name. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/resume.h>
#include <weft/ring.h>
#include <weft/sync.h>
#include <weft/transfer.h>

#define SIZE(name, type)                                                                           \
    extern char ram_##name[sizeof(type)];                                                          \
    char ram_##name[sizeof(type)]

SIZE(protothread, weft_pt_state);
SIZE(frame, weft_frame);
SIZE(chain, weft_chain);
SIZE(task, weft_task);
SIZE(scope, weft_scope);
SIZE(group, weft_group);
SIZE(timer, weft_timer);
SIZE(sleep, struct weft_sleep);
SIZE(event, weft_event);
SIZE(semaphore, weft_semaphore);
SIZE(signal, weft_signal);
SIZE(queue, weft_queue);
SIZE(ring, weft_ring);
SIZE(transfer, weft_transfer);
SIZE(executor, weft_executor);
