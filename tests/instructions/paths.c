/* paths.c - the hot paths, each so often that its instructions can be counted one by one. */
/* SPDX-License-Identifier: MIT */
/*
 * Each path runs `times` operations. It is run once and twice, and callgrind writes down what
 * each took: the difference is what TIMES operations cost, without the beginning and the end.
 */
#include <stddef.h>
#include <valgrind/callgrind.h>
#include <weft/channel.h>
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/sync.h>

#ifndef AT_ONCE
#define AT_ONCE 1000
#endif

enum {
    TASKS = AT_ONCE, /* that are ready at once */
    TIMES = 10 * TASKS,
    DEEPEST = 100
};

/* A port whose clock stands until all sleep. */
static weft_time clock_now;

static weft_time now(void *context)
{
    (void)context;
    return clock_now;
}

static bool sleep_until(void *context, weft_time at)
{
    (void)context;
    clock_now = at > clock_now && at != WEFT_FOREVER ? at : clock_now;
    return at != WEFT_FOREVER;
}

static const weft_port port = {now, sleep_until, NULL};
static weft_executor executor;

/* Detached, and run to their ends. */
#define START(slot, ...) (void)weft_spawn(&executor.group, slot, __VA_ARGS__)
#define RUN() (void)weft_executor_run(&executor)

/* Resumes: `depth` awaits deep, each of so many tasks gives way `left` times. */

struct gives_way {
    WEFT_FRAME;
    struct gives_way *next;
    long left;
};

static WEFT_ASYNC(gives_way, self)
{
    if (self->next != NULL) {
        WEFT_TRY(*self->next, gives_way, self->next->next, self->left);
    } else {
        for (; self->left > 0; self->left--) {
            WEFT_PASS();
        }
    }
}
WEFT_END

static struct gives_way inner[DEEPEST];

static void resume_one(long times, size_t depth)
{
    static WEFT_TASK(gives_way) task;
    for (size_t level = 0; level < depth; level++) {
        inner[level].next = level > 0 ? &inner[level - 1] : NULL;
    }
    START(&task, gives_way, depth > 0 ? &inner[depth - 1] : NULL, times);
    RUN();
}

static void resume_lone(long times)
{
    resume_one(times, 0);
}

static void resume_lone_10_deep(long times)
{
    resume_one(times, 9);
}

static void resume_lone_100_deep(long times)
{
    resume_one(times, 99);
}

static void resume_among_1000(long times)
{
    static WEFT_TASK(gives_way) tasks[TASKS];
    for (size_t i = 0; i < TASKS; i++) {
        START(&tasks[i], gives_way, NULL, times / TASKS);
    }
    RUN();
}

/* Calls. */

struct returns {
    WEFT_FRAME;
    int value;
};

static WEFT_ASYNC(returns, self)
{
    self->value++;
}
WEFT_END

struct calls {
    WEFT_FRAME;
    long left;
    int sum;
    struct returns call;
};

static WEFT_ASYNC(calls, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->call, returns, 1);
        self->sum += self->call.value;
    }
}
WEFT_END

static void call_and_return(long times)
{
    static WEFT_TASK(calls) task;
    START(&task, calls, times);
    RUN();
}

/* Park and wake: two tasks wake each other. */

struct ping {
    WEFT_FRAME;
    weft_task *other;
    long left;
};

static WEFT_ASYNC(ping, self)
{
    for (; self->left > 0; self->left--) {
        weft_wake(self->other);
        WEFT_PARK(NULL);
    }
    weft_wake(self->other);
}
WEFT_END

static void wake_and_park(long times)
{
    static WEFT_TASK(ping) a, b;
    START(&a, ping, &b.task, times / 2);
    START(&b, ping, &a.task, times / 2);
    RUN();
}

/* Spawn and join. */

struct nothing {
    WEFT_FRAME;
};

static WEFT_ASYNC(nothing, self)
{
}
WEFT_END

struct one_by_one {
    WEFT_FRAME;
    long left;
    bool eager;
    weft_group group;
    WEFT_TASK(nothing) child;
    struct weft_join join;
};

static WEFT_ASYNC(one_by_one, self)
{
    WEFT_GROUP(self->group, .eager = self->eager) {
        for (; self->left > 0; self->left--) {
            WEFT_SPAWN(&self->group, &self->child, nothing);
            WEFT_TRY(self->join, weft_join, &self->child.task);
        }
    }
}
WEFT_END

static void spawn_and_join(long times)
{
    static WEFT_TASK(one_by_one) task;
    START(&task, one_by_one, times);
    RUN();
}

static void spawn_eagerly_and_join(long times)
{
    static WEFT_TASK(one_by_one) task;
    START(&task, one_by_one, times, true);
    RUN();
}

struct all_at_once {
    WEFT_FRAME;
    long left;
    weft_group group;
    WEFT_TASK(nothing) children[TASKS];
};

static WEFT_ASYNC(all_at_once, self)
{
    for (; self->left > 0; self->left -= TASKS) {
        WEFT_GROUP(self->group) {
            for (size_t i = 0; i < TASKS; i++) {
                WEFT_SPAWN(&self->group, &self->children[i], nothing);
            }
        }
    }
}
WEFT_END

static void spawn_1000_in_a_group(long times)
{
    static WEFT_TASK(all_at_once) task;
    START(&task, all_at_once, times);
    RUN();
}

/* Timers. */

static long fired;

static void fires(weft_timer *timer)
{
    (void)timer;
    fired++;
}

static void timer_arm_and_cancel(long times)
{
    static weft_timer timer = {.fire = fires};
    for (; times > 0; times--) {
        weft_timers_arm(&executor.core.timers, &timer, executor.core.now + WEFT_MS(250));
        weft_timers_cancel(&executor.core.timers, &timer);
    }
}

static void timer_arm_and_fire(long times)
{
    static weft_timer timers[TASKS];
    weft_time at = executor.core.now;
    for (; times > 0; times -= TASKS) {
        for (size_t i = 0; i < TASKS; i++) {
            timers[i].fire = fires;
            weft_timers_arm(&executor.core.timers, &timers[i], at + WEFT_MS(i * 7919 % TASKS));
        }
        at += WEFT_MS(TASKS);
        (void)weft_timers_fire(&executor.core.timers, at);
    }
    executor.core.now = at;
    clock_now = at;
}

struct sleeps {
    WEFT_FRAME;
    long left;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(sleeps, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->nap, weft_sleep, self->after);
    }
}
WEFT_END

static void sleep_among_1000(long times)
{
    static WEFT_TASK(sleeps) tasks[TASKS];
    for (size_t i = 0; i < TASKS; i++) {
        START(&tasks[i], sleeps, times / TASKS, WEFT_MS(1 + i * 7919 % TASKS));
    }
    RUN();
}

/* Timeouts. */

struct in_time {
    WEFT_FRAME;
    long left;
    int sum;
    weft_scope patience;
    struct returns call;
};

static WEFT_ASYNC(in_time, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
            WEFT_TRY(self->call, returns, 1);
        }
        self->sum += self->call.value;
    }
}
WEFT_END

static void timeout_of_what_is_ready(long times)
{
    static WEFT_TASK(in_time) task;
    START(&task, in_time, times);
    RUN();
}

struct patient {
    WEFT_FRAME;
    long left;
    weft_scope patience;
};

static WEFT_ASYNC(patient, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
            WEFT_PASS();
        }
    }
}
WEFT_END

static void timeout_of_what_waits(long times)
{
    static WEFT_TASK(patient) tasks[TASKS];
    for (size_t i = 0; i < TASKS; i++) {
        START(&tasks[i], patient, times / TASKS);
    }
    RUN();
}

/* Hand-overs. */

static weft_queue queue;

struct producer {
    WEFT_FRAME;
    long left;
    struct weft_put put;
};

static WEFT_ASYNC(producer, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->put, weft_put, &queue, &self->left);
    }
}
WEFT_END

struct consumer {
    WEFT_FRAME;
    long left;
    long item;
    struct weft_get get;
};

static WEFT_ASYNC(consumer, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->get, weft_get, &queue, &self->item);
    }
}
WEFT_END

static void queue_of(size_t room, long times)
{
    static long items[64];
    static WEFT_TASK(producer) from;
    static WEFT_TASK(consumer) to;
    weft_queue_init(&queue, items, sizeof items[0], room);
    START(&from, producer, times);
    START(&to, consumer, times);
    RUN();
}

static void queue_of_1(long times)
{
    queue_of(1, times);
}

static void queue_of_64(long times)
{
    queue_of(64, times);
}

static weft_channel channel;
static weft_sender sender;
static weft_receiver receiver;

struct sends {
    WEFT_FRAME;
    long left;
    struct weft_send send;
};

static WEFT_ASYNC(sends, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->send, weft_send, &sender, &self->left);
    }
}
WEFT_END

struct receives {
    WEFT_FRAME;
    long left;
    long item;
    struct weft_receive receive;
};

static WEFT_ASYNC(receives, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->receive, weft_receive, &receiver, &self->item);
    }
}
WEFT_END

static void channel_of(size_t room, long times)
{
    static long items[64];
    static WEFT_TASK(sends) from;
    static WEFT_TASK(receives) to;
    weft_channel_open(&channel, items, sizeof items[0], room, &sender, &receiver);
    START(&from, sends, times);
    START(&to, receives, times);
    RUN();
}

static void channel_of_0(long times)
{
    channel_of(0, times);
}

static void channel_of_64(long times)
{
    channel_of(64, times);
}

/* Locks and their kin. */

struct locks {
    WEFT_FRAME;
    long left;
    weft_lock lock;
    weft_hold turn;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(locks, self)
{
    for (; self->left > 0; self->left--) {
        WEFT_TRY(self->acquire, weft_lock_acquire, &self->lock, &self->turn);
        weft_release(&self->turn);
    }
}
WEFT_END

static void lock_that_is_free(long times)
{
    static WEFT_TASK(locks) task;
    START(&task, locks, times);
    RUN();
}

/* From outside. */

static void nothing_to_do(weft_remote *node)
{
    (void)node;
}

static void post_and_run(long times)
{
    static weft_remote node = {.run = nothing_to_do};
    for (; times > 0; times--) {
        weft_post(&executor.core, &node);
        weft_remote_run(&executor.core.remote);
    }
}

typedef struct path {
    const char *name;
    void (*run)(long times);
} path;

#define PATH(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }

static const path paths[] = {
    PATH(resume_lone),           PATH(resume_lone_10_deep),
    PATH(resume_lone_100_deep),  PATH(resume_among_1000),
    PATH(call_and_return),       PATH(wake_and_park),
    PATH(spawn_and_join),        PATH(spawn_1000_in_a_group),
    PATH(timer_arm_and_cancel),  PATH(timer_arm_and_fire),
    PATH(sleep_among_1000),      PATH(timeout_of_what_is_ready),
    PATH(timeout_of_what_waits), PATH(queue_of_1),
    PATH(queue_of_64),           PATH(channel_of_0),
    PATH(channel_of_64),         PATH(lock_that_is_free),
    PATH(post_and_run),          PATH(spawn_eagerly_and_join),
};

int main(void)
{
    weft_executor_init(&executor, &port, NULL);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (long rounds = 1; rounds <= 2; rounds++) {
            CALLGRIND_ZERO_STATS;
            paths[i].run(rounds * TIMES);
            CALLGRIND_DUMP_STATS_AT(paths[i].name);
        }
    }
    return 0;
}
