/* bench_deadline.c - what it costs to arm, to cancel and to fire a timer, beside its peers. */
/* SPDX-License-Identifier: MIT */
/*
 * Prints nanoseconds of CPU time for each timer: the least, the median and the most of all rounds,
 * and the median of the ratios to Weft's, each taken within a round. The peers:
 *
 *     heap4     written here: an array of (deadline, timer), each timer knows its index. It does
 *               not keep the order of equal deadlines.
 *     libev     such a heap    } if their headers are there (link with -lev -luv); on the real
 *     libuv     pointer heap   } clock, and libuv's is in milliseconds
 *
 * Compiled with -DWEFT_TIMERS_LIST it measures the list, with few timers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <weft/deadline.h>

#if !WEFT_TIMERS_LIST && __has_include(<ev.h>)
#include <ev.h>
#define HAS_LIBEV 1
#else
#define HAS_LIBEV 0
#endif
#if !WEFT_TIMERS_LIST && __has_include(<uv.h>)
#include <uv.h>
#define HAS_LIBUV 1
#else
#define HAS_LIBUV 0
#endif

enum {
    OPERATIONS = 1000000,
    PENDING = WEFT_TIMERS_LIST ? 16 : 100000,
    MANY = OPERATIONS,
    ROUNDS = 7
};

static const weft_time span = WEFT_S(1);
static weft_time deadlines[OPERATIONS]; /* at random, from 1 to span */
static uint32_t order[OPERATIONS];      /* at random, below PENDING */
static size_t fired;

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The compiler must believe that somebody looks. */
static inline void look(void)
{
    __asm__ volatile("" ::: "memory");
}

/* What is measured: timers are numbered, from 0 to OPERATIONS. */
struct contender {
    const char *name;
    void (*begin)(void);
    void (*arm)(size_t i, weft_time at);
    void (*cancel)(size_t i);
    void (*drain)(void); /* fires all */
    bool (*wake)(void);  /* goes on to the next that is due; false: there is none; or NULL */
    double (*run)(size_t workload);
};

/* Weft. */
static weft_timers timers;
static weft_timer weft_members[OPERATIONS + 1];

static void weft_count(weft_timer *timer)
{
    (void)timer;
    fired++;
}

static void weft_begin(void)
{
    for (size_t i = 0; i <= OPERATIONS; i++) {
        weft_members[i].fire = weft_count;
    }
    weft_timers_init(&timers, 0);
}

static inline void weft_arm(size_t i, weft_time at)
{
    weft_timers_arm(&timers, &weft_members[i], at);
}

static inline void weft_cancel(size_t i)
{
    weft_timers_cancel(&timers, &weft_members[i]);
}

static inline void weft_drain(void)
{
    weft_timers_fire(&timers, 2 * span);
}

static inline bool weft_wake(void)
{
    weft_time at;
    return weft_timers_next(&timers, &at) && (weft_timers_fire(&timers, at), true);
}

/* A heap of which each node has four children, in an array. */
struct heap_member {
    size_t index; /* its node + 1; 0: none */
    void (*fire)(struct heap_member *);
};
static struct heap_node {
    weft_time at;
    struct heap_member *member;
} heap[OPERATIONS + 1];
static size_t heap_size;
static struct heap_member heap4_members[OPERATIONS + 1];

static void heap4_count(struct heap_member *member)
{
    (void)member;
    fired++;
}

static void heap4_begin(void)
{
    for (size_t i = 0; i <= OPERATIONS; i++) {
        heap4_members[i].fire = heap4_count;
    }
    heap_size = 0;
}

static inline void heap_put(size_t index, struct heap_node node)
{
    heap[index] = node;
    node.member->index = index + 1;
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

static inline void heap4_arm(size_t i, weft_time at)
{
    heap_up(heap_size++, (struct heap_node){at, &heap4_members[i]});
}

static inline void heap_remove(struct heap_member *member)
{
    const size_t index = member->index - 1;
    const struct heap_node last = heap[--heap_size];
    member->index = 0;
    if (index == heap_size) {
        return;
    }
    if (index > 0 && last.at < heap[(index - 1) / 4].at) {
        heap_up(index, last);
    } else {
        heap_down(index, last);
    }
}

static inline void heap4_cancel(size_t i)
{
    heap_remove(&heap4_members[i]);
}

static inline void heap_fire(weft_time now)
{
    while (heap_size > 0 && heap[0].at <= now) {
        struct heap_member *const member = heap[0].member;
        heap_remove(member);
        member->fire(member);
    }
}

static inline void heap4_drain(void)
{
    heap_fire(2 * span);
}

static inline bool heap4_wake(void)
{
    return heap_size > 0 && (heap_fire(heap[0].at), true);
}

#if HAS_LIBEV || HAS_LIBUV
/* Until all that was armed is due, on the real clock. */
static void sleep_span(void)
{
    const struct timespec pause = {(time_t)(span / WEFT_S(1)), 20000000};
    nanosleep(&pause, NULL);
}
#endif

#if HAS_LIBEV
static struct ev_loop *ev_loop_used;
static ev_timer libev_members[OPERATIONS + 1];

static void libev_count(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    fired++;
}

static void libev_begin(void)
{
    ev_loop_used = ev_default_loop(0);
    for (size_t i = 0; i <= OPERATIONS; i++) {
        ev_init(&libev_members[i], libev_count);
    }
    ev_now_update(ev_loop_used);
}

static inline void libev_arm(size_t i, weft_time at)
{
    ev_timer_set(&libev_members[i], (double)at / (double)WEFT_S(1), 0.);
    ev_timer_start(ev_loop_used, &libev_members[i]);
}

static inline void libev_cancel(size_t i)
{
    ev_timer_stop(ev_loop_used, &libev_members[i]);
}

#define libev_wake NULL /* it would wait in real time */
static inline void libev_drain(void)
{
    sleep_span();
    ev_run(ev_loop_used, EVRUN_NOWAIT);
}
#endif

#if HAS_LIBUV
static uv_loop_t *uv_loop_used;
static uv_timer_t libuv_members[OPERATIONS + 1];

static void libuv_count(uv_timer_t *timer)
{
    (void)timer;
    fired++;
}

static void libuv_begin(void)
{
    if (uv_loop_used == NULL) {
        uv_loop_used = uv_default_loop();
        for (size_t i = 0; i <= OPERATIONS; i++) {
            uv_timer_init(uv_loop_used, &libuv_members[i]);
        }
    }
    uv_update_time(uv_loop_used);
}

static inline void libuv_arm(size_t i, weft_time at)
{
    uv_timer_start(&libuv_members[i], libuv_count, (uint64_t)(at / WEFT_MS(1)), 0);
}

static inline void libuv_cancel(size_t i)
{
    uv_timer_stop(&libuv_members[i]);
}

#define libuv_wake NULL /* it would wait in real time */
static inline void libuv_drain(void)
{
    sleep_span();
    uv_run(uv_loop_used, UV_RUN_NOWAIT);
}
#endif

/* The workloads: inlined into a run() for each contender, and what they call, too. */
#define INLINED static inline __attribute__((always_inline))

INLINED void arm_first(const struct contender *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        c->arm(i, deadlines[i]);
    }
}

INLINED double arm_cancel(const struct contender *c)
{
    arm_first(c, PENDING);
    const double start = cpu_ns();
    for (size_t i = 0; i < OPERATIONS; i++) {
        c->arm(OPERATIONS, span / 2 + (weft_time)i);
        look();
        c->cancel(OPERATIONS);
        look();
    }
    const double end = cpu_ns();
    c->drain();
    return (end - start) / OPERATIONS;
}

INLINED double rearm(const struct contender *c)
{
    arm_first(c, PENDING);
    const double start = cpu_ns();
    for (size_t i = 0; i < OPERATIONS; i++) {
        c->cancel(order[i]);
        c->arm(order[i], deadlines[i]);
    }
    const double end = cpu_ns();
    c->drain();
    return (end - start) / OPERATIONS;
}

INLINED double arm(const struct contender *c, size_t count)
{
    const double start = cpu_ns();
    arm_first(c, count);
    const double end = cpu_ns();
    for (size_t i = 0; i < count; i++) {
        c->cancel(i);
    }
    return (end - start) / (double)count;
}

INLINED double drain(const struct contender *c, size_t count)
{
    arm_first(c, count);
    const double start = cpu_ns();
    c->drain();
    return (cpu_ns() - start) / (double)count;
}

INLINED double wake(const struct contender *c, size_t count)
{
    arm_first(c, count);
    const double start = cpu_ns();
    while (c->wake()) {
    }
    const double end = cpu_ns();
    c->drain();
    return (end - start) / (double)count;
}

/* As a loop sleeps: one is always the next, and fires. */
INLINED double sleep_once(const struct contender *c)
{
    for (size_t i = 0; i < PENDING; i++) {
        c->arm(i, span + deadlines[i]);
    }
    const double start = cpu_ns();
    for (size_t i = 0; i < OPERATIONS; i++) {
        c->arm(OPERATIONS, 100 * (weft_time)(i + 1));
        c->wake();
    }
    const double end = cpu_ns();
    c->drain();
    return (end - start) / OPERATIONS;
}

static const char *const workloads[] = {
    "arm and cancel one, others pending",
    "cancel and arm again at random, others pending",
    "arm one, next, fire it, others pending",
    "arm all at random",
    "fire all in one call",
    "fire all in one call, only a tenth as many",
    "next and fire, one by one, only a tenth as many",
};
/* With so few as the list is for, the last ones would measure the clock. */
enum { WORKLOADS = WEFT_TIMERS_LIST ? 3 : sizeof workloads / sizeof workloads[0] };

INLINED double run(const struct contender *c, size_t workload)
{
    c->begin();
    switch (workload) {
    case 0:
        return arm_cancel(c);
    case 1:
        return rearm(c);
    case 2:
        return c->wake != NULL ? sleep_once(c) : 0;
    case 3:
        return arm(c, MANY);
    case 4:
        return drain(c, MANY);
    case 5:
        return drain(c, MANY / 10);
    default:
        return c->wake != NULL ? wake(c, MANY / 10) : 0;
    }
}

#define CONTENDER(name)                                                                            \
    static double name##_run(size_t workload);                                                     \
    static const struct contender name = {                                                         \
        #name, name##_begin, name##_arm, name##_cancel, name##_drain, name##_wake, name##_run,     \
    };                                                                                             \
    static double name##_run(size_t workload)                                                      \
    {                                                                                              \
        return run(&name, workload);                                                               \
    }

CONTENDER(weft)
CONTENDER(heap4)
#if HAS_LIBEV
CONTENDER(libev)
#endif
#if HAS_LIBUV
CONTENDER(libuv)
#endif

static const struct contender *const contenders[] = {
    &weft,
    &heap4,
#if HAS_LIBEV
    &libev,
#endif
#if HAS_LIBUV
    &libuv,
#endif
};
enum { CONTENDERS = sizeof contenders / sizeof contenders[0] };

static double results[WORKLOADS][CONTENDERS][ROUNDS];

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void print_row(size_t workload, size_t contender)
{
    double *const ns = results[workload][contender];
    double ratios[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        ratios[round] = ns[round] / results[workload][0][round];
    }
    qsort(ratios, ROUNDS, sizeof ratios[0], compare);
    double sorted[ROUNDS];
    memcpy(sorted, ns, sizeof sorted);
    qsort(sorted, ROUNDS, sizeof sorted[0], compare);
    if (sorted[0] > 0) {
        printf("  %-8s %8.2f %8.2f %8.2f %8.2f\n", contenders[contender]->name, sorted[0],
               sorted[ROUNDS / 2], sorted[ROUNDS - 1], ratios[ROUNDS / 2]);
    }
}

static void prepare(void)
{
    uint64_t state = 42;
    for (size_t i = 0; i < OPERATIONS; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        deadlines[i] = 1 + (weft_time)((state >> 20) % (uint64_t)span);
        order[i] = (uint32_t)((state >> 40) % PENDING);
    }
}

int main(void)
{
    prepare();
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t workload = 0; workload < WORKLOADS; workload++) {
            for (size_t contender = 0; contender < CONTENDERS; contender++) {
                results[workload][contender][round] = contenders[contender]->run(workload);
            }
        }
    }
    printf("weft_timers: %zu bytes, weft_timer: %zu; %d pending, all: %d; fired %zu\n",
           sizeof(weft_timers), sizeof(weft_timer), PENDING, MANY, fired);
    printf("ns each of   min      median   max      ratio\n");
    for (size_t workload = 0; workload < WORKLOADS; workload++) {
        printf("%s\n", workloads[workload]);
        for (size_t contender = 0; contender < CONTENDERS; contender++) {
            print_row(workload, contender);
        }
    }
    return EXIT_SUCCESS;
}
