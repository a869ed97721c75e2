/* priority_queue.h - a queue whose best item comes out first, equal ones in the order they came. */
/* SPDX-License-Identifier: MIT */
/*
 * A queue as in queue.h, and used like one, in an order of yours:
 *
 *     static bool is_more_urgent(const void *left, const void *right)
 *     {
 *         return ((const struct job *)left)->due_at < ((const struct job *)right)->due_at;
 *     }
 *
 *     WEFT_PRIORITY_QUEUE_ITEMS(struct job, 16) items;
 *     weft_queue queue;
 *     weft_priority_queue_init(&queue, &items, is_more_urgent);
 *
 *     WEFT_TRY(self->put, weft_put, &queue, &job);
 *     WEFT_TRY(self->get, weft_get, &queue, &self->job);     the most urgent of those that are in
 *
 * A getter that was promised an item takes the best there is when it runs: one that came later and
 * is better passes by those that came before, as it should, but takes nothing from anybody.
 *
 * The items are a binary heap. Each has a number, in the order in which they were put, in an array
 * of its own beside the items, so that neither needs padding; equal items are told apart by it:
 *
 *     items    [ due 3 | due 7 | due 3 | due 9 ]           the parent of n is (n - 1) / 2,
 *     serials  [     0 |     1 |     4 |     2 ]           and comes before it
 */
#ifndef WEFT_PRIORITY_QUEUE_H
#define WEFT_PRIORITY_QUEUE_H

#include <weft/queue.h>

/** True if *left is to come out before *right. Equal ones: false, whichever is left. */
typedef bool weft_before(const void *left, const void *right);

/* Beside the items: their order. */
typedef struct weft__heap {
    weft__queue_order order; /* the queue knows its address */
    weft_before *before;
    size_t *serials;
    size_t next; /* serial */
} weft__heap;

/** Declares the storage of a priority queue: room for `count` items. It is where the queue is used,
 *  and must not move. */
#define WEFT_PRIORITY_QUEUE_ITEMS(type, count)                                                     \
    struct {                                                                                       \
        weft__heap heap;                                                                           \
        size_t serials[count];                                                                     \
        type items[count];                                                                         \
    }

/**
 * Prepares a priority queue.
 *
 * @param storage  The address of what WEFT_PRIORITY_QUEUE_ITEMS declared; evaluated more than once.
 *                 Another kind of storage does not compile.
 * @param before   A weft_before function. It sees items where they are, and must not change them.
 *
 * Cost of a put and a get: O(log size) calls of `before`. When the serials, a size_t, are used up
 * without the queue ever having been empty, one put numbers all anew: O(size * size).
 */
#define weft_priority_queue_init(queue, storage, before)                                           \
    weft__priority_queue_init(queue, &(storage)->heap, (storage)->items, sizeof *(storage)->items, \
                              sizeof((storage)->items) / sizeof *(storage)->items,                 \
                              (storage)->serials, before)

WEFT__BEGIN_C

static inline weft__heap *weft__heap_of(const weft_queue *queue)
{
    return (weft__heap *)(uintptr_t)queue->order; /* its first member */
}

static inline unsigned char *weft__heap_at(const weft_queue *queue, size_t index)
{
    return queue->items + index * queue->item_bytes;
}

static inline void weft__heap_move(const weft_queue *queue, size_t to, size_t from)
{
    size_t *const serials = weft__heap_of(queue)->serials;
    __builtin_memcpy(weft__heap_at(queue, to), weft__heap_at(queue, from), queue->item_bytes);
    serials[to] = serials[from];
}

/* One question is enough: the one that was put first goes first, unless the other is better. */
static inline bool weft__heap_is_before(const weft_queue *queue, size_t left, size_t right)
{
    const weft__heap *const heap = weft__heap_of(queue);
    const unsigned char *const left_item = weft__heap_at(queue, left);
    const unsigned char *const right_item = weft__heap_at(queue, right);
    return heap->serials[left] < heap->serials[right] ? !heap->before(right_item, left_item)
                                                      : heap->before(left_item, right_item);
}

/* The numbers are used up: numbers what is in anew, from 0, in the same order. Those that have their
 * new one are below `next`, the others are not. */
__attribute__((cold, noinline, unused)) static void weft__heap_renumber(const weft_queue *queue)
{
    weft__heap *const heap = weft__heap_of(queue);
    for (heap->next = 0; heap->next < queue->count; heap->next++) {
        size_t *least = NULL;
        for (size_t i = 0; i < queue->count; i++) {
            size_t *const serial = &heap->serials[i];
            if (*serial >= heap->next && (least == NULL || *serial < *least)) {
                least = serial;
            }
        }
        *least = heap->next;
    }
}

/* The hole rises from the end to where the new item belongs: behind all that are as good. */
static inline void weft__heap_push(weft_queue *queue, const void *item)
{
    weft__heap *const heap = weft__heap_of(queue);
    size_t hole = queue->count;
    if (hole == 0) {
        heap->next = 0;
    } else if (WEFT__RARE(heap->next == SIZE_MAX)) {
        weft__heap_renumber(queue);
    }
    while (hole > 0 && heap->before(item, weft__heap_at(queue, (hole - 1) / 2))) {
        weft__heap_move(queue, hole, (hole - 1) / 2);
        hole = (hole - 1) / 2;
    }
    __builtin_memcpy(weft__heap_at(queue, hole), item, queue->item_bytes);
    heap->serials[hole] = heap->next;
    heap->next++;
}

/* The hole sinks from the top to where the last one belongs. */
static inline void weft__heap_pop(weft_queue *queue, void *item)
{
    const size_t last = queue->count - 1;
    size_t hole = 0, child;
    __builtin_memcpy(item, weft__heap_at(queue, 0), queue->item_bytes);
    for (; (child = 2 * hole + 1) < last; hole = child) {
        if (child + 1 < last && weft__heap_is_before(queue, child + 1, child)) {
            child++;
        }
        if (weft__heap_is_before(queue, last, child)) {
            break;
        }
        weft__heap_move(queue, hole, child);
    }
    if (hole != last) {
        weft__heap_move(queue, hole, last);
    }
}

static inline void weft__priority_queue_init(weft_queue *queue, weft__heap *heap, void *items,
                                             size_t item_bytes, size_t capacity, size_t *serials,
                                             weft_before *before)
{
    WEFT_ASSERT(before != NULL, "a priority queue needs to know which item comes before which");
    weft_queue_init(queue, items, item_bytes, capacity);
    heap->order.push = weft__heap_push;
    heap->order.pop = weft__heap_pop;
    heap->before = before;
    heap->serials = serials;
    heap->next = 0;
    queue->order = &heap->order;
}

WEFT__END_C

#endif
