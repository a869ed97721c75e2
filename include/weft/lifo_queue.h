/* lifo_queue.h - a queue whose last item comes out first. */
/* SPDX-License-Identifier: MIT */
/*
 * A queue as in queue.h, and used like one:
 *
 *     int items[16];
 *     weft_queue queue;
 *     weft_lifo_queue_init(&queue, items, sizeof items[0], 16);
 *
 * Those who wait are still served in the order in which they came; a getter that was promised an
 * item takes the last that is in when it runs.
 */
#ifndef WEFT_LIFO_QUEUE_H
#define WEFT_LIFO_QUEUE_H

#include <weft/queue.h>

WEFT__BEGIN_C

static inline void weft__lifo_pop(weft_queue *queue, void *item)
{
    weft__item_copy(item, weft__queue_at(queue, queue->count - 1), queue->item_bytes);
}

/** Prepares a queue over `capacity` items of `item_bytes` each; the storage stays the caller's. */
static inline void weft_lifo_queue_init(weft_queue *queue, void *items, size_t item_bytes,
                                        size_t capacity)
{
    static const weft__queue_order last_first = {weft__queue_push, weft__lifo_pop};
    weft_queue_init(queue, items, item_bytes, capacity);
    queue->order = &last_first;
}

WEFT__END_C

#endif
