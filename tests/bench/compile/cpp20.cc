/* cpp20.cc - a coroutine with 20 awaits, to be compiled. */
/* SPDX-License-Identifier: MIT */
/* compile.py compiles it with -DCOROUTINE_ONLY, and with -DHEADERS_ONLY to see what those cost. */
#include <coroutine>
#include <cstdint>
#include <exception>
#include <utility>

#ifndef HEADERS_ONLY
struct task {
    struct promise_type {
        std::coroutine_handle<> caller;
        uint64_t value = 0;

        task get_return_object() noexcept
        {
            return task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() const noexcept
        {
            return {};
        }
        struct finally {
            bool await_ready() const noexcept
            {
                return false;
            }
            std::coroutine_handle<>
            await_suspend(std::coroutine_handle<promise_type> self) const noexcept
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
        void return_value(uint64_t given) noexcept
        {
            value = given;
        }
        void unhandled_exception() const noexcept
        {
            std::terminate();
        }
    };
    std::coroutine_handle<promise_type> handle;

    explicit task(std::coroutine_handle<promise_type> given) noexcept : handle(given)
    {
    }
    task(task &&other) noexcept : handle(std::exchange(other.handle, nullptr))
    {
    }
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
    uint64_t await_resume() const noexcept
    {
        return handle.promise().value;
    }
};

task child(uint64_t value);
task machine();

task machine()
{
    uint64_t sum = 0;
    sum += co_await child(sum) + 1;
    sum += co_await child(sum) + 2;
    sum += co_await child(sum) + 3;
    sum += co_await child(sum) + 4;
    sum += co_await child(sum) + 5;
    sum += co_await child(sum) + 6;
    sum += co_await child(sum) + 7;
    sum += co_await child(sum) + 8;
    sum += co_await child(sum) + 9;
    sum += co_await child(sum) + 10;
    sum += co_await child(sum) + 11;
    sum += co_await child(sum) + 12;
    sum += co_await child(sum) + 13;
    sum += co_await child(sum) + 14;
    sum += co_await child(sum) + 15;
    sum += co_await child(sum) + 16;
    sum += co_await child(sum) + 17;
    sum += co_await child(sum) + 18;
    sum += co_await child(sum) + 19;
    sum += co_await child(sum) + 20;
    co_return sum;
}
#endif

#if !defined COROUTINE_ONLY && !defined HEADERS_ONLY
#include "bench.h"

static std::coroutine_handle<> ready;

struct pass {
    bool await_ready() const noexcept
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> self) const noexcept
    {
        ready = self;
    }
    void await_resume() const noexcept
    {
    }
};

task child(uint64_t value)
{
    co_await pass{};
    co_return value + 1;
}

static task started(uint64_t *sum)
{
    *sum = co_await machine();
    co_await pass{};
    co_return 0;
}

static void compile(size_t)
{
    uint64_t sum = 0;
    bench_begin();
    const task top = started(&sum);
    top.handle.resume();
    while (sum == 0) {
        ready.resume();
    }
    bench_end("compile", 1);
    bench_check(sum == 3145705);
}

BENCH_MAIN({"compile", compile})
#endif
