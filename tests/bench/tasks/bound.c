/* bound.c - what tasks cost at least: the same work by hand, with a list and a switch. */
/* SPDX-License-Identifier: MIT */
/*
 * A task is what it waits for, a function and its variables; the loop takes the first of a list and
 * calls its function. No cancellation, no status, no owner but a count: what Weft has on top of this
 * is the price of those. The list is circular and linked in both directions, as Weft's, so that a task
 * could be taken out from the middle. Beside it a ring of pointers and a list with one link.
 */
#include "../timers/wheel.h"
#include "bench.h"

/* --- the scheduler ------------------------------------------------------------------------------ */

struct link {
    struct link *next, *prev;
};

struct task {
    struct link link;
    void (*step)(struct task *);
};

static struct link ready = {&ready, &ready};
static bool is_stopped;

static inline void make_ready(struct task *task)
{
    struct link *const last = ready.prev;
    task->link.next = &ready;
    task->link.prev = last;
    last->next = &task->link;
    ready.prev = &task->link;
}

static inline bool run_one(void)
{
    struct link *const first = ready.next;
    if (first == &ready) {
        return false;
    }
    first->next->prev = &ready;
    ready.next = first->next;
    struct task *const task = (struct task *)(void *)first;
    task->step(task);
    return true;
}

static void run(void)
{
    while (run_one()) {
    }
}

static void stop_once(void)
{
    if (!is_stopped) {
        bench_stop();
        is_stopped = true;
    }
}

/* --- yield -------------------------------------------------------------------------------------- */

struct yielder {
    struct task task;
    size_t left;
};

static void yielder_step(struct task *task)
{
    struct yielder *const self = (struct yielder *)(void *)task;
    if (self->left-- > 0) {
        make_ready(task);
    } else {
        stop_once();
    }
}

static void yield(size_t size)
{
    const size_t times = bench_scaled(10000000) / size + 4;
    struct yielder *const tasks = (struct yielder *)bench_allocate(size, sizeof *tasks);
    for (size_t i = 0; i < size; i++) {
        tasks[i].task.step = yielder_step;
        tasks[i].left = times;
        make_ready(&tasks[i].task);
    }
    bench_begin();
    run();
    bench_figures("yield", size * times, "%s", "");
    free(tasks);
}

/* A ring of pointers, as large as a power of two. */
static struct task **ring;
static size_t ring_mask, ring_head, ring_tail;

static void ring_step(struct task *task)
{
    struct yielder *const self = (struct yielder *)(void *)task;
    if (self->left-- > 0) {
        ring[ring_tail++ & ring_mask] = task;
    } else {
        stop_once();
    }
}

static void yield_ring(size_t size)
{
    const size_t times = bench_scaled(10000000) / size + 4;
    struct yielder *const tasks = (struct yielder *)bench_allocate(size, sizeof *tasks);
    size_t room = 2;
    while (room < size) {
        room *= 2;
    }
    ring = (struct task **)bench_allocate(room, sizeof(struct task *));
    ring_mask = room - 1;
    for (size_t i = 0; i < size; i++) {
        tasks[i] = (struct yielder){.task.step = ring_step, .left = times};
        ring[ring_tail++ & ring_mask] = &tasks[i].task;
    }
    bench_begin();
    while (ring_head != ring_tail) {
        struct task *const task = ring[ring_head++ & ring_mask];
        task->step(task);
    }
    bench_figures("yield", size * times, "%s", "");
    free(ring);
    free(tasks);
}

/* One link, and a pointer to the last. */
static struct link *first, **last = &first;

static void append(struct task *task)
{
    task->link.next = NULL;
    *last = &task->link;
    last = &task->link.next;
}

static void slist_step(struct task *task)
{
    struct yielder *const self = (struct yielder *)(void *)task;
    if (self->left-- > 0) {
        append(task);
    } else {
        stop_once();
    }
}

static void yield_slist(size_t size)
{
    const size_t times = bench_scaled(10000000) / size + 4;
    struct yielder *const tasks = (struct yielder *)bench_allocate(size, sizeof *tasks);
    for (size_t i = 0; i < size; i++) {
        tasks[i] = (struct yielder){.task.step = slist_step, .left = times};
        append(&tasks[i].task);
    }
    bench_begin();
    while (first != NULL) {
        struct task *const task = (struct task *)(void *)first;
        first = first->next;
        last = first == NULL ? &first : last;
        task->step(task);
    }
    bench_figures("yield", size * times, "%s", "");
    free(tasks);
}

/* --- nested: a hundred tasks; who is called by hand keeps no chain, so any depth is the same ----- */

static void nested(size_t size)
{
    enum { TASKS = 100 };
    const size_t times = bench_scaled_least(10000000, TASKS) / TASKS;
    struct yielder *const tasks = (struct yielder *)bench_allocate(TASKS * size, sizeof *tasks);
    for (size_t i = 0; i < TASKS; i++) {
        struct yielder *const leaf = &tasks[i * size];
        *leaf = (struct yielder){.task.step = yielder_step, .left = times};
        make_ready(&leaf->task);
    }
    bench_begin();
    run();
    bench_figures("nested", TASKS * times, "%s", "");
    free(tasks);
}

/* --- call: a function with its frame, which tells whether it has ended; `size` of them, nested ---- */

struct add_one {
    bool (*step)(struct add_one *);
    void *caller;
    unsigned state;
    uint64_t value, sum;
};

__attribute__((noinline)) static bool add_one(struct add_one *self)
{
    switch (self->state) {
    case 0:
        self->sum = self->value + 1;
        self->state = 1;
    }
    return true;
}

struct add_deep {
    bool (*step)(struct add_deep *);
    void *caller;
    unsigned state;
    size_t depth;
    struct add_deep *below; /* the frames of the calls further down */
    uint64_t value, sum;    /* not beside the depth: gcc would store both as one */
};

__attribute__((noinline)) static bool add_deep(struct add_deep *self)
{
    switch (self->state) {
    case 0:
        if (self->depth == 1) {
            self->sum = self->value + 1;
            break;
        }
        *self->below = (struct add_deep){.step = add_deep,
                                         .caller = self,
                                         .depth = self->depth - 1,
                                         .below = self->below + 1,
                                         .value = self->value};
        self->state = 1;
        /* fall through */
    case 1:
        if (!add_deep(self->below)) {
            return false;
        }
        self->sum = self->below->sum + 1;
    }
    self->state = 2;
    return true;
}

static void call_deep(size_t depth)
{
    const size_t times = bench_scaled_least(20000000, depth) / depth;
    struct add_deep *const frames = (struct add_deep *)bench_allocate(depth, sizeof *frames);
    uint64_t sum = 0;
    bench_begin();
    for (size_t i = 0; i < times; i++) {
        frames[0] = (struct add_deep){
            .step = add_deep, .caller = &sum, .depth = depth, .below = &frames[1], .value = sum};
        bench_check(add_deep(&frames[0]));
        sum = frames[0].sum;
    }
    bench_end("call", times * depth);
    bench_check(sum == times * depth);
    free(frames);
}

static void call(size_t size)
{
    if (size > 1) {
        call_deep(size);
        return;
    }
    const size_t count = bench_scaled(20000000);
    struct add_one frame;
    uint64_t sum = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        frame = (struct add_one){.step = add_one, .caller = &sum, .value = sum};
        bench_look();
        bench_check(add_one(&frame));
        sum = frame.sum;
    }
    bench_end("call", count);
    bench_check(sum == count);
}

/* The same with a kilobyte in the frame, which nobody clears. */
struct add_one_large {
    struct add_one head;
    unsigned char buffer[1024];
};

__attribute__((noinline)) static bool add_one_large(struct add_one_large *self)
{
    switch (self->head.state) {
    case 0:
        self->buffer[self->head.value % sizeof self->buffer] = 1;
        bench_look();
        self->head.sum = self->head.value + 1;
        self->head.state = 1;
    }
    return true;
}

static void call_large(size_t size)
{
    const size_t count = bench_scaled(5000000) * size;
    struct add_one_large frame;
    uint64_t sum = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        frame.head = (struct add_one){.caller = &sum, .value = sum};
        bench_look();
        bench_check(add_one_large(&frame));
        sum = frame.head.sum;
    }
    bench_end("call_large", count);
    bench_check(sum == count);
}

/* The same by a trampoline: what is called, and who called, are told to a loop, which calls them. */
struct bounced {
    struct bounced *(*step)(struct bounced *);
    struct bounced *caller;
    unsigned state;
    uint64_t value, sum;
    size_t left;
    struct bounced *below;
};

static struct bounced *bounced_add_one(struct bounced *self)
{
    self->sum = self->value + 1;
    return self->caller;
}

static struct bounced *bounced_caller(struct bounced *self)
{
    switch (self->state) {
    case 1:
        self->sum = self->below->sum;
        self->left--;
        /* fall through */
    case 0:
        if (self->left == 0) {
            return NULL;
        }
        *self->below =
            (struct bounced){.step = bounced_add_one, .caller = self, .value = self->sum};
        self->state = 1;
        return self->below;
    }
    return NULL;
}

struct bounced_deep {
    struct bounced_deep *(*step)(struct bounced_deep *);
    struct bounced_deep *caller;
    unsigned state;
    size_t depth;
    struct bounced_deep *below;
    uint64_t value, sum;
};

static struct bounced_deep *bounced_add_deep(struct bounced_deep *self)
{
    switch (self->state) {
    case 0:
        if (self->depth == 1) {
            self->sum = self->value + 1;
            break;
        }
        *self->below = (struct bounced_deep){.step = bounced_add_deep,
                                             .caller = self,
                                             .depth = self->depth - 1,
                                             .below = self->below + 1,
                                             .value = self->value};
        self->state = 1;
        return self->below;
    case 1:
        self->sum = self->below->sum + 1;
    }
    return self->caller;
}

struct bounced_deep_caller {
    struct bounced_deep frame;
    size_t left;
};

static struct bounced_deep *bounced_deep_caller(struct bounced_deep *frame)
{
    struct bounced_deep_caller *const self = (struct bounced_deep_caller *)(void *)frame;
    switch (frame->state) {
    case 1:
        frame->sum = frame->below->sum;
        self->left--;
        /* fall through */
    case 0:
        if (self->left == 0) {
            return NULL;
        }
        *frame->below = (struct bounced_deep){.step = bounced_add_deep,
                                              .caller = frame,
                                              .depth = frame->depth,
                                              .below = frame->below + 1,
                                              .value = frame->sum};
        frame->state = 1;
        return frame->below;
    }
    return NULL;
}

static void call_trampoline_deep(size_t depth)
{
    const size_t times = bench_scaled_least(20000000, depth) / depth;
    struct bounced_deep *const frames =
        (struct bounced_deep *)bench_allocate(depth, sizeof *frames);
    struct bounced_deep_caller caller = {
        .frame = {.step = bounced_deep_caller, .depth = depth, .below = frames}, .left = times};
    bench_begin();
    for (struct bounced_deep *next = &caller.frame; next != NULL;) {
        next = next->step(next);
    }
    bench_end("call", times * depth);
    bench_check(caller.frame.sum == times * depth);
    free(frames);
}

static void call_trampoline(size_t size)
{
    if (size > 1) {
        call_trampoline_deep(size);
        return;
    }
    const size_t count = bench_scaled(20000000);
    struct bounced below, caller = {.step = bounced_caller, .left = count, .below = &below};
    bench_begin();
    for (struct bounced *next = &caller; next != NULL;) {
        next = next->step(next);
    }
    bench_end("call", count);
    bench_check(caller.sum == count);
}

/* --- spawn: a count stands for the group --------------------------------------------------------- */

struct nothing {
    struct task task;
    size_t *running;
};

static void nothing_step(struct task *task)
{
    --*((struct nothing *)(void *)task)->running;
}

static inline void start(struct nothing *task, size_t *running)
{
    *task = (struct nothing){.task.step = nothing_step, .running = running};
    ++*running;
    make_ready(&task->task);
}

static void spawn(size_t size)
{
    struct nothing *const tasks = (struct nothing *)bench_allocate(size, sizeof *tasks);
    size_t running = 0;
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        start(&tasks[i], &running);
    }
    run();
    bench_end("spawn", size);
    bench_check(running == 0);
    free(tasks);
}

static void spawn_heap(size_t size)
{
    struct nothing **const taken = (struct nothing **)bench_allocate(size, sizeof *taken);
    size_t running = 0;
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        taken[i] = (struct nothing *)bench_allocate(1, sizeof *taken[i]);
        start(taken[i], &running);
    }
    run();
    for (size_t i = 0; i < size; i++) {
        free(taken[i]);
    }
    bench_end("spawn", size);
    bench_check(running == 0);
    free(taken);
}

static void spawn_sequence(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    struct nothing task;
    size_t running = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        start(&task, &running);
        bench_look();
        while (running > 0) {
            bench_check(run_one());
        }
    }
    bench_end("spawn_sequence", count);
}

static void spawn_eager(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    struct nothing task;
    size_t running = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        task = (struct nothing){.task.step = nothing_step, .running = &running};
        running++;
        bench_look();
        task.task.step(&task.task);
        bench_check(running == 0);
    }
    bench_end("spawn_eager", count);
}

/* --- sleepers: a task with a timer of the wheel -------------------------------------------------- */

struct sleeper {
    struct task task;
    struct wheel_timer timer;
    int64_t after;
};

static size_t awake;

static void sleeper_woken(struct wheel_timer *timer)
{
    struct sleeper *const self =
        (struct sleeper *)(void *)((char *)timer - offsetof(struct sleeper, timer));
    make_ready(&self->task);
}

static void sleeper_ends(struct task *task)
{
    (void)task;
    awake++;
}

static struct wheel wheel;

static void sleeper_step(struct task *task)
{
    struct sleeper *const self = (struct sleeper *)(void *)task;
    self->task.step = sleeper_ends;
    self->timer.fire = sleeper_woken;
    wheel_arm(&wheel, &self->timer, wheel.now + (uint64_t)self->after);
}

static void sleepers(size_t size)
{
    size_t bytes = bench_resident_bytes();
    bench_begin();
    struct sleeper *const tasks = (struct sleeper *)bench_allocate(size, sizeof *tasks);
    wheel_init(&wheel, bench_clock(CLOCK_MONOTONIC));
    for (size_t i = 0; i < size; i++) {
        tasks[i].after = BENCH_SLEEP_NS(size);
        tasks[i].task.step = sleeper_step;
        make_ready(&tasks[i].task);
    }
    run();
    bytes = bench_resident_bytes() - bytes;
    bench_check(awake == 0);
    while (awake < size) {
        uint64_t at;
        bench_check(wheel_next(&wheel, &at));
        const struct timespec until = {(time_t)(at / 1000000000), (long)(at % 1000000000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        wheel_fire(&wheel, bench_clock(CLOCK_MONOTONIC));
        run();
    }
    bench_stop();
    free(tasks);
    bench_figures("sleepers", size, " bytes=%.1f", (double)bytes / (double)size);
}

/* --- hand-over: slots for one item, and the tasks that wait for them ------------------------------ */

struct slot {
    uint64_t item;
    bool is_full;
    struct task *waiter;
};

struct player {
    struct task task;
    struct slot *in, *out;
    size_t left;
    uint64_t item;
};

static void put(struct slot *slot, uint64_t item)
{
    slot->item = item;
    slot->is_full = true;
    if (slot->waiter != NULL) {
        make_ready(slot->waiter);
        slot->waiter = NULL;
    }
}

static void player_step(struct task *task)
{
    struct player *const self = (struct player *)(void *)task;
    while (self->left > 0) {
        if (!self->in->is_full) {
            self->in->waiter = task;
            return;
        }
        self->in->is_full = false;
        self->item = self->in->item + 1;
        self->left--;
        put(self->out, self->item);
    }
}

struct pair {
    struct slot there, back;
    struct player one, other;
};

static void hand_over(const char *what, size_t size)
{
    const size_t times = bench_scaled_least(3000000, size) / size;
    struct pair *const pairs = (struct pair *)bench_allocate(size, sizeof *pairs);
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        struct pair *const pair = &pairs[i];
        pair->one = (struct player){{{0}, player_step}, &pair->back, &pair->there, times, 0};
        pair->other = (struct player){{{0}, player_step}, &pair->there, &pair->back, times, 0};
        put(&pair->back, 0);
        make_ready(&pair->one.task);
        make_ready(&pair->other.task);
    }
    run();
    bench_end(what, 2 * times * size);
    for (size_t i = 0; i < size; i++) {
        bench_check(pairs[i].other.item == 2 * times);
    }
    free(pairs);
}

static void channel(size_t size)
{
    hand_over("channel", size);
}

static void queue(size_t size)
{
    hand_over("queue", size);
}

BENCH_MAIN({"yield", yield}, {"yield:ring", yield_ring}, {"yield:slist", yield_slist},
           {"nested", nested}, {"call", call}, {"call_large", call_large},
           {"call:trampoline", call_trampoline}, {"spawn", spawn}, {"spawn:heap", spawn_heap},
           {"spawn_sequence", spawn_sequence}, {"spawn_eager", spawn_eager}, {"sleepers", sleepers},
           {"channel", channel}, {"queue", queue})
