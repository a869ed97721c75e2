/* asio.cc - coroutines of Boost.Asio, on one thread. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <optional>
#include <vector>

namespace asio = boost::asio;

/* As its documentation has it for one thread: 1 as the concurrency hint spares the locks. */
static asio::io_context context(1);

/* The executor's type is told to the awaitables, which spares the type-erased one. */
using executor = asio::io_context::executor_type;
template <class T = void>
using task = asio::awaitable<T, executor>;
static constexpr asio::use_awaitable_t<executor> use_task{};

static bool is_stopped;

static void stop_once()
{
    if (!is_stopped) {
        bench_stop();
        is_stopped = true;
    }
}

static task<> pass_on(size_t times)
{
    for (; times > 0; times--) {
        co_await asio::post(context.get_executor(), use_task);
    }
    stop_once();
}

static void yield(size_t size)
{
    const size_t times = bench_scaled(1000000) / size + 4;
    for (size_t i = 0; i < size; i++) {
        asio::co_spawn(context, pass_on(times), asio::detached);
    }
    bench_begin();
    context.run();
    bench_figures("yield", size * times, "%s", "");
}

static task<> deep(size_t depth, size_t times)
{
    if (depth > 1) {
        co_await deep(depth - 1, times);
    } else {
        co_await pass_on(times);
    }
}

static void nested(size_t size)
{
    enum { TASKS = 100 };
    const size_t times = bench_scaled_least(1000000, TASKS) / TASKS;
    for (size_t i = 0; i < TASKS; i++) {
        asio::co_spawn(context, deep(size, times), asio::detached);
    }
    bench_begin();
    context.run();
    bench_figures("nested", TASKS * times, "%s", "");
}

__attribute__((noinline)) static task<uint64_t> add_one(uint64_t value)
{
    co_return value + 1;
}

static task<> caller(size_t count)
{
    uint64_t value = 0;
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        value = co_await add_one(value);
    }
    bench_stop();
    bench_check(value == count);
}

__attribute__((noinline)) static task<uint64_t> add_deep(size_t depth, uint64_t value)
{
    if (depth > 1) {
        co_return co_await add_deep(depth - 1, value) + 1;
    }
    co_return value + 1;
}

static task<> deep_caller(size_t times, size_t depth)
{
    uint64_t value = 0;
    bench_begin();
    for (size_t i = 0; i < times; i++) {
        value = co_await add_deep(depth, value);
    }
    bench_stop();
    bench_check(value == times * depth);
}

static void call_deep(size_t depth)
{
    const size_t times = bench_scaled_least(3000000, depth) / depth;
    asio::co_spawn(context, deep_caller(times, depth), asio::detached);
    context.run();
    bench_figures("call", times * depth, "%s", "");
}

static void call(size_t size)
{
    if (size > 1) {
        call_deep(size);
        return;
    }
    const size_t count = bench_scaled(3000000);
    asio::co_spawn(context, caller(count), asio::detached);
    context.run();
    bench_figures("call", count, "%s", "");
}

static task<> nothing()
{
    co_return;
}

static void spawn(size_t size)
{
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        asio::co_spawn(context, nothing(), asio::detached);
    }
    context.run();
    bench_end("spawn", size);
}

static task<> one_by_one(size_t count)
{
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        co_await asio::co_spawn(context.get_executor(), nothing(), use_task);
    }
    bench_stop();
}

static void spawn_sequence(size_t size)
{
    const size_t count = bench_scaled(500000) * size;
    asio::co_spawn(context, one_by_one(count), asio::detached);
    context.run();
    bench_figures("spawn_sequence", count, "%s", "");
}

static size_t awake;

static task<> sleeper(std::chrono::nanoseconds after)
{
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>
        timer(context, after);
    co_await timer.async_wait(use_task);
    awake++;
}

static void sleepers(size_t size)
{
    const std::chrono::nanoseconds after(100000000 + 3000 * static_cast<int64_t>(size));
    size_t bytes = bench_resident_bytes();
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        asio::co_spawn(context, sleeper(after), asio::detached);
    }
    context.poll();
    bytes = bench_resident_bytes() - bytes;
    bench_check(awake == 0);
    context.run();
    bench_stop();
    bench_check(awake == size);
    bench_figures("sleepers", size, " bytes=%.1f",
                  static_cast<double>(bytes) / static_cast<double>(size));
}

using channel = asio::experimental::basic_channel<executor, asio::experimental::channel_traits<>,
                                                  void(boost::system::error_code, uint64_t)>;

static task<> begins_with(size_t times, channel &out, channel &home)
{
    uint64_t item = 0;
    for (size_t i = 0; i < times; i++) {
        co_await out.async_send(boost::system::error_code(), item + 1, use_task);
        item = co_await home.async_receive(use_task);
    }
    bench_check(item == 2 * times);
}

static task<> serves(size_t times, channel &out, channel &home)
{
    for (; times > 0; times--) {
        const uint64_t item = co_await out.async_receive(use_task);
        co_await home.async_send(boost::system::error_code(), item + 1, use_task);
    }
}

static void hand_over(const char *what, size_t size)
{
    const size_t times = bench_scaled_least(500000, size) / size;
    std::deque<channel> channels; /* of each pair: out, home */
    for (size_t i = 0; i < size; i++) {
        channel &out = channels.emplace_back(context.get_executor(), 1);
        channel &home = channels.emplace_back(context.get_executor(), 1);
        asio::co_spawn(context, begins_with(times, out, home), asio::detached);
        asio::co_spawn(context, serves(times, out, home), asio::detached);
    }
    bench_begin();
    context.run();
    bench_end(what, 2 * times * size);
}

static void by_channel(size_t size)
{
    hand_over("channel", size);
}

static void by_queue(size_t size)
{
    hand_over("queue", size);
}

BENCH_MAIN({"yield", yield}, {"nested", nested}, {"call", call}, {"spawn", spawn},
           {"spawn_sequence", spawn_sequence}, {"sleepers", sleepers}, {"channel", by_channel},
           {"queue", by_queue})
