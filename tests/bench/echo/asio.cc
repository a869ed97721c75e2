/* asio.cc - echo servers on Boost.Asio. */
/* SPDX-License-Identifier: MIT */
/*
 * echo             by callbacks, as in its tutorial
 * echo:coroutines  by C++20 coroutines
 *
 * One thread, so the context is told that no lock is needed.
 */
#include "../any_port.h"

#include <array>
#include <boost/asio.hpp>
#include <cstdio>
#include <memory>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
constexpr size_t buffer_size = 16384;

class session : public std::enable_shared_from_this<session> {
  public:
    explicit session(tcp::socket socket) : socket_(std::move(socket))
    {
    }

    void read()
    {
        socket_.async_read_some(
            asio::buffer(bytes_),
            [self = shared_from_this()](boost::system::error_code error, size_t n) {
                if (!error) {
                    self->write(n);
                }
            });
    }

  private:
    void write(size_t n)
    {
        asio::async_write(socket_, asio::buffer(bytes_.data(), n),
                          [self = shared_from_this()](boost::system::error_code error, size_t) {
                              if (!error) {
                                  self->read();
                              }
                          });
    }

    tcp::socket socket_;
    std::array<char, buffer_size> bytes_;
};

void accept_for_sessions(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](boost::system::error_code error, tcp::socket socket) {
        if (!error) {
            socket.set_option(tcp::no_delay(true));
            std::make_shared<session>(std::move(socket))->read();
        }
        accept_for_sessions(acceptor);
    });
}

asio::awaitable<void> echo(tcp::socket socket)
{
    std::array<char, buffer_size> bytes;
    try {
        for (;;) {
            const size_t n =
                co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
            co_await asio::async_write(socket, asio::buffer(bytes.data(), n), asio::use_awaitable);
        }
    } catch (const boost::system::system_error &) {
        /* the other side has ended */
    }
}

asio::awaitable<void> accept_for_coroutines(tcp::acceptor &acceptor)
{
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
    }
}
} // namespace

int main(int count, char **words)
{
    static const char *const cases[] = {"echo", "echo:coroutines", nullptr};
    const bool by_coroutines = case_of(count, words, cases) == 1;
    asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    std::printf("%d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    if (by_coroutines) {
        asio::co_spawn(context, accept_for_coroutines(acceptor), asio::detached);
    } else {
        accept_for_sessions(acceptor);
    }
    context.run();
}
