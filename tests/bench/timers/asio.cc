/* asio.cc - timers of Boost.Asio, and a call beside a timer. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

namespace asio = boost::asio;

static asio::io_context context(1);
using executor = asio::io_context::executor_type;
using timer_type =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>;

static size_t timers_fired;
static std::vector<timer_type> members;
static std::chrono::steady_clock::time_point began;

static void timers_begin(size_t count)
{
    members.reserve(count);
    for (size_t i = 0; i < count; i++) {
        members.emplace_back(context);
    }
    began = std::chrono::steady_clock::now();
}

static inline void timer_arm(size_t i, int64_t after)
{
    members[i].expires_at(began + std::chrono::nanoseconds(after));
    members[i].async_wait([](boost::system::error_code error) { timers_fired += !error; });
}

static inline void timer_cancel(size_t i)
{
    members[i].cancel();
}

static void timers_settle()
{
    context.poll(); /* calls the handlers of those that were cancelled */
}

static void timers_drain()
{
    context.poll();
}

#include "timers.h"

/* --- a call beside a timer ---------------------------------------------------------------------- */

using namespace asio::experimental::awaitable_operators;
template <class T = void>
using task = asio::awaitable<T>; /* what || of 1.81 is for */

static task<> ready_call(uint64_t *value)
{
    ++*value;
    co_return;
}

static task<> in_time(size_t count)
{
    uint64_t value = 0;
    asio::steady_timer timer(context);
    bench_begin();
    for (size_t i = 0; i < count; i++) {
        timer.expires_after(std::chrono::seconds(1));
        co_await (ready_call(&value) || timer.async_wait(asio::use_awaitable));
    }
    bench_stop();
}

static void timeout_ready(size_t size)
{
    const size_t count = bench_scaled(100000) * size;
    asio::co_spawn(context, in_time(count), asio::detached);
    context.run();
    bench_figures("timeout_ready", count, "%s", "");
}

static task<> passes()
{
    co_await asio::post(asio::use_awaitable);
}

static task<> in_good_time(size_t times)
{
    asio::steady_timer timer(context);
    for (; times > 0; times--) {
        timer.expires_after(std::chrono::seconds(1));
        co_await (passes() || timer.async_wait(asio::use_awaitable));
    }
}

static void timeout_suspends(size_t size)
{
    const size_t times = bench_scaled(1000);
    for (size_t i = 0; i < size; i++) {
        asio::co_spawn(context, in_good_time(times), asio::detached);
    }
    bench_begin();
    context.run();
    bench_end("timeout_suspends", size * times);
}

BENCH_MAIN(TIMERS_CASES, {"timeout_ready", timeout_ready}, {"timeout_suspends", timeout_suspends})
