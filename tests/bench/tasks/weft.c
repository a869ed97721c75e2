/* weft.c - tasks of Weft, on its event loop. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <weft.h>

/* --- yield: `size` tasks let each other run; the first to end stops the clock ------------------ */

struct yielder {
    WEFT_FRAME;
    size_t times;
    size_t left;
};

static bool is_stopped;

static void stop_once(void)
{
    if (!is_stopped) {
        bench_stop();
        is_stopped = true;
    }
}

static WEFT_ASYNC(yielder, self)
{
    for (self->left = self->times; self->left > 0; self->left--) {
        WEFT_PASS();
    }
    stop_once();
}
WEFT_END

typedef WEFT_TASK(yielder) yielder_slot;

struct yielders {
    WEFT_FRAME;
    size_t count, times;
    yielder_slot *slots;
    weft_group group;
};

static WEFT_ASYNC(yielders, self)
{
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], yielder, self->times);
        }
        bench_begin();
    }
}
WEFT_END

static void yield(size_t size)
{
    const size_t times = bench_scaled(10000000) / size + 4;
    yielder_slot *const slots = (yielder_slot *)bench_allocate(size, sizeof *slots);
    bench_check(weft_run(yielders, size, times, slots) == 0);
    bench_figures("yield", size * times, "%s", "");
    free(slots);
}

/* --- nested: a hundred tasks do the same, `size` awaits deep ----------------------------------- */

enum { NESTED_TASKS = 100 };

struct deep {
    WEFT_FRAME;
    size_t depth, times;
    struct deep *below; /* the frames of the calls further down */
    size_t left;
};

static WEFT_ASYNC(deep, self)
{
    if (self->depth > 1) {
        WEFT_TRY(*self->below, deep, self->depth - 1, self->times, self->below + 1);
    } else {
        for (self->left = self->times; self->left > 0; self->left--) {
            WEFT_PASS();
        }
        stop_once();
    }
}
WEFT_END

typedef WEFT_TASK(deep) deep_slot;

struct deeps {
    WEFT_FRAME;
    size_t depth, times;
    deep_slot *slots;
    struct deep *frames;
    weft_group group;
};

static WEFT_ASYNC(deeps, self)
{
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < NESTED_TASKS; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], deep, self->depth, self->times,
                       self->frames + i * self->depth);
        }
        WEFT_PASS(); /* all of them stand in their innermost call now */
        bench_begin();
    }
}
WEFT_END

static void nested(size_t size)
{
    const size_t times = bench_scaled_least(10000000, NESTED_TASKS) / NESTED_TASKS;
    deep_slot *const slots = (deep_slot *)bench_allocate(NESTED_TASKS, sizeof *slots);
    struct deep *const frames = (struct deep *)bench_allocate(NESTED_TASKS * size, sizeof *frames);
    bench_check(weft_run(deeps, size, times, slots, frames) == 0);
    bench_figures("nested", NESTED_TASKS * times, "%s", "");
    free(frames);
    free(slots);
}

/* --- call: await a coroutine that does not suspend; `size` of them, nested --------------------- */

struct add_one {
    WEFT_FRAME;
    uint64_t value; /* in */
    uint64_t sum;   /* out */
};

__attribute__((noinline)) static WEFT_ASYNC(add_one, self)
{
    self->sum = self->value + 1;
}
WEFT_END

/* gcc 12 stores neighbours together, and what is stored so it then loads one by one: docs/performance.md. */
struct caller {
    WEFT_FRAME;
    size_t count;
    struct add_one add_one;
    uint64_t sum; /* not beside the count */
};

static WEFT_ASYNC(caller, self)
{
    bench_begin();
    for (; self->count > 0; self->count--) {
        WEFT_TRY(self->add_one, add_one, self->sum);
        self->sum = self->add_one.sum;
    }
    bench_stop();
}
WEFT_END

/* Nested: WEFT_EAGER of them are on the C stack; what is deeper goes through the trampoline. */
struct add_deep {
    WEFT_FRAME;
    size_t depth;
    struct add_deep *below; /* the frames of the calls further down */
    uint64_t value;         /* not beside the depth, as above */
    uint64_t sum;
};

__attribute__((noinline)) static WEFT_ASYNC(add_deep, self)
{
    if (self->depth > 1) {
        WEFT_TRY(*self->below, add_deep, self->depth - 1, self->below + 1, self->value);
        self->sum = self->below->sum + 1;
    } else {
        self->sum = self->value + 1;
    }
}
WEFT_END

struct deep_caller {
    WEFT_FRAME;
    size_t times;
    size_t depth;
    struct add_deep *frames;
    uint64_t sum;
};

static WEFT_ASYNC(deep_caller, self)
{
    bench_begin();
    for (; self->times > 0; self->times--) {
        WEFT_TRY(*self->frames, add_deep, self->depth, self->frames + 1, self->sum);
        self->sum = self->frames->sum;
    }
    bench_stop();
}
WEFT_END

static void call_deep(size_t depth)
{
    const size_t times = bench_scaled_least(20000000, depth) / depth;
    struct add_deep *const frames = (struct add_deep *)bench_allocate(depth, sizeof *frames);
    bench_check(weft_run(deep_caller, times, depth, frames) == 0);
    bench_check(frames->sum == times * depth);
    bench_figures("call", times * depth, "%s", "");
    free(frames);
}

static void call(size_t size)
{
    if (size > 1) {
        call_deep(size);
        return;
    }
    const size_t count = bench_scaled(20000000);
    bench_check(weft_run(caller, count) == 0);
    bench_figures("call", count, "%s", "");
}

/* The same with a kilobyte in the frame of which little is used. */
struct add_one_large {
    WEFT_FRAME;
    uint64_t value;
    uint64_t sum;
    unsigned char buffer[1024];
};

__attribute__((noinline)) static WEFT_ASYNC(add_one_large, self)
{
    self->buffer[self->value % sizeof self->buffer] = 1;
    bench_look();
    self->sum = self->value + 1;
}
WEFT_END

struct caller_large {
    WEFT_FRAME;
    size_t count;
    struct add_one_large add_one;
    uint64_t sum;
};

static WEFT_ASYNC(caller_large, self)
{
    bench_begin();
    for (; self->count > 0; self->count--) {
        WEFT_TRY(self->add_one, add_one_large, self->sum);
        self->sum = self->add_one.sum;
    }
    bench_stop();
}
WEFT_END

static void call_large(size_t size)
{
    const size_t count = bench_scaled(5000000) * size;
    bench_check(weft_run(caller_large, count) == 0);
    bench_figures("call_large", count, "%s", "");
}

/* --- spawn: tasks that end at once, joined by their group -------------------------------------- */

struct nothing {
    WEFT_FRAME;
};

static WEFT_ASYNC(nothing, self)
{
    (void)self;
}
WEFT_END

typedef WEFT_TASK(nothing) nothing_slot;

struct spawner {
    WEFT_FRAME;
    size_t count;
    nothing_slot *slots; /* NULL: each from the heap */
    nothing_slot **taken;
    weft_group group;
};

static WEFT_ASYNC(spawner, self)
{
    bench_begin();
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            if (self->slots == NULL) {
                self->taken[i] = (nothing_slot *)bench_allocate(1, sizeof(nothing_slot));
            }
            WEFT_SPAWN(&self->group, self->slots ? &self->slots[i] : self->taken[i], nothing);
        }
    }
    for (size_t i = 0; self->slots == NULL && i < self->count; i++) {
        free(self->taken[i]);
    }
    bench_stop();
}
WEFT_END

static void spawn_in(size_t size, nothing_slot *slots)
{
    nothing_slot **const taken = (nothing_slot **)bench_allocate(size, sizeof *taken);
    bench_check(weft_run(spawner, size, slots, taken) == 0);
    bench_figures("spawn", size, "%s", "");
    free(taken);
}

static void spawn(size_t size)
{
    nothing_slot *const slots = (nothing_slot *)bench_allocate(size, sizeof *slots);
    spawn_in(size, slots);
    free(slots);
}

static void spawn_heap(size_t size)
{
    spawn_in(size, NULL);
}

struct one_by_one {
    WEFT_FRAME;
    size_t count;
    bool eager;
    weft_group group;
    nothing_slot slot;
    struct weft_join join;
};

static WEFT_ASYNC(one_by_one, self)
{
    WEFT_GROUP(self->group, .eager = self->eager) {
        bench_begin();
        for (; self->count > 0; self->count--) {
            WEFT_SPAWN(&self->group, &self->slot, nothing);
            WEFT_TRY(self->join, weft_join, &self->slot.task);
        }
        bench_stop();
    }
}
WEFT_END

static void spawn_sequence(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    bench_check(weft_run(one_by_one, count) == 0);
    bench_figures("spawn_sequence", count, "%s", "");
}

static void spawn_eager(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    bench_check(weft_run(one_by_one, count, true) == 0);
    bench_figures("spawn_eager", count, "%s", "");
}

/* --- sleepers: how much memory one needs that sleeps, and how much time in all ----------------- */

struct sleeper {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep sleep;
};

static size_t awake;

static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->sleep, weft_sleep, self->after);
    awake++;
}
WEFT_END

typedef WEFT_TASK(sleeper) sleeper_slot;

struct dormitory {
    WEFT_FRAME;
    size_t count;
    sleeper_slot *slots;
    size_t bytes;
    weft_group group;
    struct weft_sleep look;
};

static WEFT_ASYNC(dormitory, self)
{
    self->bytes = bench_resident_bytes();
    bench_begin();
    self->slots = (sleeper_slot *)bench_allocate(self->count, sizeof *self->slots);
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            WEFT_SPAWN(&self->group, &self->slots[i], sleeper, BENCH_SLEEP_NS(self->count));
        }
        WEFT_TRY(self->look, weft_sleep, 0); /* all sleep now */
        self->bytes = bench_resident_bytes() - self->bytes;
        bench_check(awake == 0);
    }
    bench_stop();
    free(self->slots);
    bench_figures("sleepers", self->count, " bytes=%.1f",
                  (double)self->bytes / (double)self->count);
}
WEFT_END

static void sleepers(size_t size)
{
    bench_check(weft_run(dormitory, size) == 0);
    bench_check(awake == size);
}

/* --- hand-over: pairs of tasks send a number to and fro; each message is a switch -------------- */

struct by_channel {
    WEFT_FRAME;
    size_t times;
    weft_receiver *in;
    weft_sender *out;
    bool begins;
    uint64_t item;
    struct weft_receive receive;
    struct weft_send send;
};

static WEFT_ASYNC(by_channel, self)
{
    for (; self->times > 0; self->times--) {
        if (!self->begins) {
            WEFT_TRY(self->receive, weft_receive, self->in, &self->item);
        }
        self->item++;
        WEFT_TRY(self->send, weft_send, self->out, &self->item);
        if (self->begins) {
            WEFT_TRY(self->receive, weft_receive, self->in, &self->item);
        }
    }
}
WEFT_END

struct channel_pair {
    uint64_t items[2];
    weft_channel there, back;
    weft_sender to, from_there;
    weft_receiver at, at_home;
    WEFT_TASK(by_channel) one, other;
};

static void open_channels(struct channel_pair *pair)
{
    weft_channel_open(&pair->there, &pair->items[0], sizeof pair->items[0], 1, &pair->to,
                      &pair->at);
    weft_channel_open(&pair->back, &pair->items[1], sizeof pair->items[0], 1, &pair->from_there,
                      &pair->at_home);
}

struct channels {
    WEFT_FRAME;
    size_t count, times;
    struct channel_pair *pairs;
    weft_group group;
};

static WEFT_ASYNC(channels, self)
{
    bench_begin();
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            struct channel_pair *const pair = &self->pairs[i];
            WEFT_SPAWN(&self->group, &pair->one, by_channel, self->times, &pair->at_home, &pair->to,
                       true);
            WEFT_SPAWN(&self->group, &pair->other, by_channel, self->times, &pair->at,
                       &pair->from_there, false);
        }
    }
    bench_stop();
}
WEFT_END

/* So many times, in each of `size` pairs. */
static size_t hand_overs(size_t size)
{
    return bench_scaled_least(3000000, size) / size;
}

static void channel(size_t size)
{
    const size_t times = hand_overs(size);
    struct channel_pair *const pairs = (struct channel_pair *)bench_allocate(size, sizeof *pairs);
    for (size_t i = 0; i < size; i++) {
        open_channels(&pairs[i]);
    }
    bench_check(weft_run(channels, size, times, pairs) == 0);
    for (size_t i = 0; i < size; i++) {
        bench_check(pairs[i].one.frame.item == 2 * times);
    }
    bench_figures("channel", 2 * times * size, "%s", "");
    free(pairs);
}

struct by_queue {
    WEFT_FRAME;
    size_t times;
    weft_queue *in, *out;
    bool begins;
    uint64_t item;
    struct weft_get get;
    struct weft_put put;
};

static WEFT_ASYNC(by_queue, self)
{
    for (; self->times > 0; self->times--) {
        if (!self->begins) {
            WEFT_TRY(self->get, weft_get, self->in, &self->item);
        }
        self->item++;
        WEFT_TRY(self->put, weft_put, self->out, &self->item);
        if (self->begins) {
            WEFT_TRY(self->get, weft_get, self->in, &self->item);
        }
    }
}
WEFT_END

struct queue_pair {
    uint64_t items[2];
    weft_queue there, back;
    WEFT_TASK(by_queue) one, other;
};

struct queues {
    WEFT_FRAME;
    size_t count, times;
    struct queue_pair *pairs;
    weft_group group;
};

static WEFT_ASYNC(queues, self)
{
    bench_begin();
    WEFT_GROUP(self->group) {
        for (size_t i = 0; i < self->count; i++) {
            struct queue_pair *const pair = &self->pairs[i];
            WEFT_SPAWN(&self->group, &pair->one, by_queue, self->times, &pair->back, &pair->there,
                       true);
            WEFT_SPAWN(&self->group, &pair->other, by_queue, self->times, &pair->there, &pair->back,
                       false);
        }
    }
    bench_stop();
}
WEFT_END

static void queue(size_t size)
{
    const size_t times = hand_overs(size);
    struct queue_pair *const pairs = (struct queue_pair *)bench_allocate(size, sizeof *pairs);
    for (size_t i = 0; i < size; i++) {
        weft_queue_init(&pairs[i].there, &pairs[i].items[0], sizeof pairs[i].items[0], 1);
        weft_queue_init(&pairs[i].back, &pairs[i].items[1], sizeof pairs[i].items[0], 1);
    }
    bench_check(weft_run(queues, size, times, pairs) == 0);
    for (size_t i = 0; i < size; i++) {
        bench_check(pairs[i].one.frame.item == 2 * times);
    }
    bench_figures("queue", 2 * times * size, "%s", "");
    free(pairs);
}

BENCH_MAIN({"yield", yield}, {"nested", nested}, {"call", call}, {"call_large", call_large},
           {"spawn", spawn}, {"spawn:heap", spawn_heap}, {"spawn_sequence", spawn_sequence},
           {"spawn_eager", spawn_eager}, {"sleepers", sleepers}, {"channel", channel},
           {"queue", queue})
