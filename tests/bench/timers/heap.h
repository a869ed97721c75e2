/* heap.h - the other bound for timers: a heap of four children a node, in an array. */
/* SPDX-License-Identifier: MIT */
/* The deadlines stand in the array, so that a comparison touches no timer. Equal deadlines fire in
 * any order. */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include "bench.h"

struct heap_timer {
    size_t index; /* its node + 1; 0: not armed */
    void (*fire)(struct heap_timer *);
};

struct heap_node {
    int64_t at;
    struct heap_timer *timer;
};

static struct heap_node *heap;
static size_t heap_size;

static inline void heap_put(size_t index, struct heap_node node)
{
    heap[index] = node;
    node.timer->index = index + 1;
}

static inline void heap_up(size_t index, struct heap_node node)
{
    while (index > 0 && node.at < heap[(index - 1) / 4].at) {
        heap_put(index, heap[(index - 1) / 4]);
        index = (index - 1) / 4;
    }
    heap_put(index, node);
}

static inline void heap_down(size_t index, struct heap_node node)
{
    for (size_t child; (child = index * 4 + 1) < heap_size;) {
        const size_t end = child + 4 < heap_size ? child + 4 : heap_size;
        for (size_t other = child + 1; other < end; other++) {
            child = heap[other].at < heap[child].at ? other : child;
        }
        if (node.at <= heap[child].at) {
            break;
        }
        heap_put(index, heap[child]);
        index = child;
    }
    heap_put(index, node);
}

static inline void heap_arm(struct heap_timer *timer, int64_t at)
{
    heap_up(heap_size++, (struct heap_node){at, timer});
}

static inline void heap_cancel(struct heap_timer *timer)
{
    if (timer->index == 0) {
        return;
    }
    const size_t index = timer->index - 1;
    const struct heap_node last = heap[--heap_size];
    timer->index = 0;
    if (index == heap_size) {
        return;
    }
    if (index > 0 && last.at < heap[(index - 1) / 4].at) {
        heap_up(index, last);
    } else {
        heap_down(index, last);
    }
}

static inline void heap_fire(int64_t now)
{
    while (heap_size > 0 && heap[0].at <= now) {
        struct heap_timer *const timer = heap[0].timer;
        heap_cancel(timer);
        timer->fire(timer);
    }
}

#endif
