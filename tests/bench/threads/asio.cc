/* asio.cc - thread_pool, post from another thread, two contexts of Boost.Asio. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <vector>

namespace asio = boost::asio;

static asio::awaitable<void> jobs(asio::io_context &context, asio::thread_pool &threads,
                                  size_t times)
{
    size_t done = 0;
    bench_begin();
    for (size_t i = 0; i < times; i++) {
        co_await asio::post(threads, asio::use_awaitable);
        done++;
        co_await asio::post(context, asio::use_awaitable);
    }
    bench_stop();
    bench_check(done == times);
}

static void pool(size_t size)
{
    const size_t times = bench_scaled(20000) * size;
    asio::io_context context;
    asio::thread_pool threads(4);
    const auto guard = asio::make_work_guard(context);
    asio::co_spawn(context, jobs(context, threads, times),
                   [&](std::exception_ptr) { context.stop(); });
    context.run();
    bench_figures("pool", times, "%s", "");
}

static void post(size_t size)
{
    const size_t count = bench_scaled(1000000) * size;
    asio::io_context context;
    const auto guard = asio::make_work_guard(context);
    size_t taken = 0;
    uint64_t sum = 0;
    bench_begin();
    std::thread poster([&] {
        for (size_t i = 0; i < count; i++) {
            asio::post(context, [&, i] {
                sum += i;
                if (++taken == count) {
                    context.stop();
                }
            });
        }
    });
    context.run();
    bench_end("post", count);
    poster.join();
    bench_check(sum == static_cast<uint64_t>(count) * (count - 1) / 2);
}

using executor = asio::io_context::executor_type;
static constexpr asio::use_awaitable_t<executor> use_task{};

static asio::awaitable<void, executor> yielder(executor here, size_t times)
{
    for (; times > 0; times--) {
        co_await asio::post(here, use_task);
    }
}

static void loops(size_t size)
{
    enum { TASKS = 1000 };
    const size_t times = bench_scaled(1000);
    std::vector<std::thread> threads;
    bench_begin();
    for (size_t i = 0; i < size; i++) {
        threads.emplace_back([=] {
            asio::io_context context(1);
            for (size_t j = 0; j < TASKS; j++) {
                asio::co_spawn(context, yielder(context.get_executor(), times), asio::detached);
            }
            context.run();
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    bench_end("loops", size * TASKS * times);
}

BENCH_MAIN({"pool", pool}, {"post", post}, {"loops", loops})
