/* coroutine.cpp - coroutines of C++20, the innermost resumed directly. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <coroutine>

/* The frames: the compiler asks for room when the program runs, and says only then how much. */
static unsigned char room[1024];
static size_t used;

static std::coroutine_handle<> innermost;

struct task {
    struct promise_type {
        std::coroutine_handle<> caller;

        task get_return_object() noexcept
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        static task get_return_object_on_allocation_failure() noexcept
        {
            return {nullptr};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        auto final_suspend() noexcept
        {
            struct go_back {
                bool await_ready() noexcept
                {
                    return false;
                }
                std::coroutine_handle<>
                await_suspend(std::coroutine_handle<promise_type> h) noexcept
                {
                    return h.promise().caller;
                }
                void await_resume() noexcept
                {
                }
            };
            return go_back{};
        }
        void return_void() noexcept
        {
        }
        void unhandled_exception() noexcept
        {
        }
        void *operator new(size_t bytes) noexcept
        {
            void *const at = used + bytes <= sizeof room ? &room[used] : nullptr;
            used += (bytes + 7) / 8 * 8;
            return at;
        }
        void operator delete(void *, size_t) noexcept
        {
        }
    };

    std::coroutine_handle<promise_type> handle;

    bool await_ready() noexcept
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept
    {
        handle.promise().caller = caller;
        return handle;
    }
    void await_resume() noexcept
    {
    }
};

/* Waits for the next resume. */
struct give_way {
    bool await_ready() noexcept
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> here) noexcept
    {
        innermost = here;
    }
    void await_resume() noexcept
    {
    }
};

static uint32_t sum;

PEER_APART task work()
{
    uint16_t x = 0;
    uint32_t y = 0;
    for (;;) {
        while (!flag_a) {
            co_await give_way{};
        }
        x++;
        while (!flag_b) {
            co_await give_way{};
        }
        y += x;
        sum = y;
        co_await give_way{};
    }
}

#define LEVEL(name, inner)                                                                         \
    PEER_APART task name()                                                                         \
    {                                                                                              \
        co_await inner();                                                                          \
    }

PEER_LEVELS(LEVEL)

/* It begins when it is first resumed, and with it those that it awaits. */
static task started;

size_t peer_start(int depth)
{
    used = 0;
    started = depth == 1 ? work() : level8();
    innermost = started.handle;
    if (depth == 1) {
        return used;
    }
    /* The first resume goes all the way down: the rest of the room is taken there. */
    flag_a = 0;
    innermost.resume();
    flag_a = 1;
    return used;
}

void peer_resume()
{
    innermost.resume();
}

uint32_t peer_sum()
{
    return sum;
}
