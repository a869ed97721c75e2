/* cpp20.cc - the coroutines of C++20, with as little around them as will do. */
/* SPDX-License-Identifier: MIT */
/*
 * The language has no library for them; so this is what one writes by hand: a lazy task that hands
 * over by symmetric transfer, a ready queue of intrusive nodes that lie in the frames, a count as a
 * group, the wheel of the bound. No cancellation, no status, nobody knows the current task.
 */
#include "../timers/wheel.h"
#include "bench.h"
#include <coroutine>
#include <exception>
#include <utility>
#include <vector>

/* --- the library ------------------------------------------------------------------------------- */

struct node {
    node *next = nullptr;
    std::coroutine_handle<> handle;
};

static node *first_ready;
static node **last_ready = &first_ready;

static inline void make_ready(node *one)
{
    one->next = nullptr;
    *last_ready = one;
    last_ready = &one->next;
}

static void run()
{
    while (first_ready != nullptr) {
        node *const one = first_ready;
        first_ready = one->next;
        if (first_ready == nullptr) {
            last_ready = &first_ready;
        }
        one->handle.resume();
    }
}

struct pass : node {
    bool await_ready() const noexcept
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> self) noexcept
    {
        handle = self;
        make_ready(this);
    }
    void await_resume() const noexcept
    {
    }
};

/* What awaits goes on when this has ended. */
struct promise_base {
    std::coroutine_handle<> caller;

    std::suspend_always initial_suspend() const noexcept
    {
        return {};
    }
    struct finally {
        bool await_ready() const noexcept
        {
            return false;
        }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept
        {
            return self.promise().caller;
        }
        void await_resume() const noexcept
        {
        }
    };
    finally final_suspend() const noexcept
    {
        return {};
    }
    void unhandled_exception() const noexcept
    {
        std::terminate();
    }
};

template <class T>
struct value_promise : promise_base {
    T value{};
    void return_value(T given) noexcept
    {
        value = given;
    }
};

template <>
struct value_promise<void> : promise_base {
    void return_void() const noexcept
    {
    }
};

template <class T = void>
struct task {
    struct promise_type : value_promise<T> {
        task get_return_object() noexcept
        {
            return task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
    };
    std::coroutine_handle<promise_type> handle;

    explicit task(std::coroutine_handle<promise_type> given) noexcept : handle(given)
    {
    }
    task(task &&other) noexcept : handle(std::exchange(other.handle, nullptr))
    {
    }
    task(const task &) = delete;
    ~task()
    {
        if (handle) {
            handle.destroy();
        }
    }
    bool await_ready() const noexcept
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept
    {
        handle.promise().caller = caller;
        return handle;
    }
    T await_resume() const noexcept
    {
        if constexpr (!std::is_void_v<T>) {
            return handle.promise().value;
        }
    }
};

/* A task that nobody awaits; a group counts it, and who joins the group is woken by the last. */
struct group : node {
    size_t running = 0;
    bool await_ready() const noexcept
    {
        return running == 0;
    }
    void await_suspend(std::coroutine_handle<> self) noexcept
    {
        handle = self;
    }
    void await_resume() noexcept
    {
        handle = nullptr;
    }
    void ended() noexcept
    {
        if (--running == 0 && handle) {
            make_ready(this);
        }
    }
};

struct spawned {
    struct promise_type : node {
        group *owner = nullptr;
        spawned get_return_object() noexcept
        {
            handle = std::coroutine_handle<promise_type>::from_promise(*this);
            return spawned{this};
        }
        std::suspend_always initial_suspend() const noexcept
        {
            return {};
        }
        std::suspend_never final_suspend() const noexcept
        {
            owner->ended();
            return {};
        }
        void return_void() const noexcept
        {
        }
        void unhandled_exception() const noexcept
        {
            std::terminate();
        }
    };
    promise_type *promise;
};

/* One that begins to run where it is made: its promise needs no node. */
struct begun {
    struct promise_type {
        begun get_return_object() const noexcept
        {
            return {};
        }
        std::suspend_never initial_suspend() const noexcept
        {
            return {};
        }
        std::suspend_never final_suspend() const noexcept
        {
            return {};
        }
        void return_void() const noexcept
        {
        }
        void unhandled_exception() const noexcept
        {
            std::terminate();
        }
    };
};

static inline void spawn_in(group &owner, spawned one)
{
    one.promise->owner = &owner;
    owner.running++;
    make_ready(one.promise);
}

static bool is_stopped;

static void stop_once()
{
    if (!is_stopped) {
        bench_stop();
        is_stopped = true;
    }
}

/* --- yield, nested ------------------------------------------------------------------------------ */

static spawned yielder(size_t times)
{
    for (; times > 0; times--) {
        co_await pass{};
    }
    stop_once();
}

static void yield(size_t size)
{
    const size_t times = bench_scaled(10000000) / size + 4;
    group all;
    for (size_t i = 0; i < size; i++) {
        spawn_in(all, yielder(times));
    }
    bench_begin();
    run();
    bench_figures("yield", size * times, "%s", "");
}

static task<> deep(size_t depth, size_t times)
{
    if (depth > 1) {
        co_await deep(depth - 1, times);
    } else {
        for (; times > 0; times--) {
            co_await pass{};
        }
        stop_once();
    }
}

static spawned deep_task(size_t depth, size_t times)
{
    co_await deep(depth, times);
}

static spawned begins()
{
    co_await pass{};
    bench_begin();
}

static void nested(size_t size)
{
    enum { TASKS = 100 };
    const size_t times = bench_scaled_least(10000000, TASKS) / TASKS;
    group all;
    spawn_in(all, begins());
    for (size_t i = 0; i < TASKS; i++) {
        spawn_in(all, deep_task(size, times));
    }
    run();
    bench_figures("nested", TASKS * times, "%s", "");
}

/* --- call --------------------------------------------------------------------------------------- */

__attribute__((noinline)) static task<uint64_t> add_one(uint64_t value)
{
    co_return value + 1;
}

static spawned caller(size_t count, uint64_t *sum)
{
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        *sum = co_await add_one(*sum);
    }
    bench_stop();
}

/* Nested: as many frames are on the heap at once. */
__attribute__((noinline)) static task<uint64_t> add_deep(size_t depth, uint64_t value)
{
    if (depth > 1) {
        co_return co_await add_deep(depth - 1, value) + 1;
    }
    co_return value + 1;
}

static spawned deep_caller(size_t times, size_t depth, uint64_t *sum)
{
    bench_begin();
    for (size_t i = 0; i < times; i++) {
        *sum = co_await add_deep(depth, *sum);
    }
    bench_stop();
}

static void call_deep(size_t depth)
{
    const size_t times = bench_scaled_least(5000000, depth) / depth;
    uint64_t sum = 0;
    group all;
    spawn_in(all, deep_caller(times, depth, &sum));
    run();
    bench_check(sum == times * depth);
    bench_figures("call", times * depth, "%s", "");
}

static void call(size_t size)
{
    if (size > 1) {
        call_deep(size);
        return;
    }
    const size_t count = bench_scaled(5000000);
    uint64_t sum = 0;
    group all;
    spawn_in(all, caller(count, &sum));
    run();
    bench_check(sum == count);
    bench_figures("call", count, "%s", "");
}

/* The same with a kilobyte in the frame, which nobody clears. */
__attribute__((noinline)) static task<uint64_t> add_one_large(uint64_t value)
{
    unsigned char buffer[1024];
    buffer[value % sizeof buffer] = 1;
    __asm__ volatile("" : : "r"(buffer) : "memory");
    if (value == UINT64_MAX) { /* never: so that the buffer lives across a suspension */
        co_await pass{};
        __asm__ volatile("" : : "r"(buffer) : "memory");
    }
    co_return value + 1;
}

static spawned caller_large(size_t count, uint64_t *sum)
{
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        *sum = co_await add_one_large(*sum);
    }
    bench_stop();
}

static void call_large(size_t size)
{
    const size_t count = bench_scaled(5000000) * size;
    uint64_t sum = 0;
    group all;
    spawn_in(all, caller_large(count, &sum));
    run();
    bench_check(sum == count);
    bench_figures("call_large", count, "%s", "");
}

/* --- spawn -------------------------------------------------------------------------------------- */

static spawned nothing()
{
    co_return;
}

static spawned spawner(size_t count)
{
    group all;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        spawn_in(all, nothing());
    }
    co_await all;
    bench_stop();
}

static void spawn(size_t size)
{
    group all;
    spawn_in(all, spawner(size));
    run();
    bench_figures("spawn", size, "%s", "");
}

static spawned one_by_one(size_t count)
{
    group one;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        spawn_in(one, nothing());
        co_await one;
    }
    bench_stop();
}

static void spawn_sequence(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    group all;
    spawn_in(all, one_by_one(count));
    run();
    bench_figures("spawn_sequence", count, "%s", "");
}

__attribute__((noinline)) static begun nothing_at_once(group &one)
{
    one.running++;
    one.ended();
    co_return;
}

static spawned one_by_one_at_once(size_t count)
{
    group one;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        nothing_at_once(one);
        co_await one;
    }
    bench_stop();
}

static void spawn_eager(size_t size)
{
    const size_t count = bench_scaled(3000000) * size;
    group all;
    spawn_in(all, one_by_one_at_once(count));
    run();
    bench_figures("spawn_eager", count, "%s", "");
}

/* --- sleepers ----------------------------------------------------------------------------------- */

static struct wheel wheel;
static size_t awake;

/* The timer resumes it at once, so that there is no node. */
struct sleep_for : wheel_timer {
    std::coroutine_handle<> handle;
    explicit sleep_for(int64_t ns) noexcept : wheel_timer{}
    {
        tick = wheel.now + static_cast<uint64_t>(ns);
    }
    bool await_ready() const noexcept
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> self) noexcept
    {
        handle = self;
        fire = [](wheel_timer *timer) { static_cast<sleep_for *>(timer)->handle.resume(); };
        wheel_arm(&wheel, this, tick);
    }
    void await_resume() const noexcept
    {
    }
};

static begun sleeper(group &all, int64_t after)
{
    all.running++;
    co_await sleep_for(after);
    awake++;
    all.ended();
}

static void sleepers(size_t size)
{
    group all;
    size_t bytes = bench_resident_bytes();
    bench_begin();
    wheel_init(&wheel, bench_clock(CLOCK_MONOTONIC));
    for (size_t i = 0; i < size; i++) {
        sleeper(all, BENCH_SLEEP_NS(size));
    }
    bytes = bench_resident_bytes() - bytes;
    bench_check(awake == 0);
    while (awake < size) {
        uint64_t at;
        bench_check(wheel_next(&wheel, &at));
        const timespec until = {static_cast<time_t>(at / 1000000000),
                                static_cast<long>(at % 1000000000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        wheel_fire(&wheel, bench_clock(CLOCK_MONOTONIC));
    }
    bench_stop();
    bench_check(all.running == 0);
    bench_figures("sleepers", size, " bytes=%.1f",
                  static_cast<double>(bytes) / static_cast<double>(size));
}

/* --- hand-over: room for one item, and the one that waits for it --------------------------------- */

struct channel {
    uint64_t item = 0;
    bool is_full = false;
    node *receiver = nullptr, *sender = nullptr;

    struct receive : node {
        channel &from;
        explicit receive(channel &given) noexcept : from(given)
        {
        }
        bool await_ready() const noexcept
        {
            return from.is_full;
        }
        void await_suspend(std::coroutine_handle<> self) noexcept
        {
            handle = self;
            from.receiver = this;
        }
        uint64_t await_resume() const noexcept
        {
            from.is_full = false;
            if (from.sender != nullptr) {
                make_ready(std::exchange(from.sender, nullptr));
            }
            return from.item;
        }
    };
    struct send : node {
        channel &to;
        uint64_t item;
        send(channel &given, uint64_t value) noexcept : to(given), item(value)
        {
        }
        bool await_ready() const noexcept
        {
            return !to.is_full;
        }
        void await_suspend(std::coroutine_handle<> self) noexcept
        {
            handle = self;
            to.sender = this;
        }
        void await_resume() const noexcept
        {
            to.item = item;
            to.is_full = true;
            if (to.receiver != nullptr) {
                make_ready(std::exchange(to.receiver, nullptr));
            }
        }
    };
};

static spawned serves(size_t times, channel &in, channel &out)
{
    for (; times > 0; times--) {
        const uint64_t item = co_await channel::receive(in);
        co_await channel::send(out, item + 1);
    }
}

static spawned begins_with(size_t times, channel &in, channel &out, uint64_t *item)
{
    for (; times > 0; times--) {
        co_await channel::send(out, *item + 1);
        *item = co_await channel::receive(in);
    }
}

/* Aligned, or a hand-over takes 10 ns instead of 7.6 (gcc). */
struct alignas(64) channel_pair {
    channel there, back;
    uint64_t item = 0;
};

static void hand_over(const char *what, size_t size)
{
    const size_t times = bench_scaled_least(3000000, size) / size;
    std::vector<channel_pair> pairs(size);
    group all;
    for (channel_pair &pair : pairs) {
        spawn_in(all, begins_with(times, pair.back, pair.there, &pair.item));
        spawn_in(all, serves(times, pair.there, pair.back));
    }
    bench_begin();
    run();
    bench_end(what, 2 * times * size);
    for (const channel_pair &pair : pairs) {
        bench_check(pair.item == 2 * times);
    }
}

static void by_channel(size_t size)
{
    hand_over("channel", size);
}

static void by_queue(size_t size)
{
    hand_over("queue", size);
}

BENCH_MAIN({"yield", yield}, {"nested", nested}, {"call", call}, {"call_large", call_large},
           {"spawn", spawn}, {"spawn_sequence", spawn_sequence}, {"spawn_eager", spawn_eager},
           {"sleepers", sleepers}, {"channel", by_channel}, {"queue", by_queue})
