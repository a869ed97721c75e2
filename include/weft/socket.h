/* socket.h - connections that are made and accepted: TCP and Unix-domain. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_TRY(self->connect, weft_connect, &self->server, "example.org", 80);
 *
 *     WEFT_TRY(self->listen, weft_listen, &self->listener, NULL, 8080);
 *     WEFT_TRY(self->serve, weft_serve, self->listener, WEFT_HANDLER(echo), self->room);
 *
 * What opens something takes the place for it as its first argument; on failure that is untouched.
 */
#ifndef WEFT_SOCKET_H
#define WEFT_SOCKET_H

#include <weft/dns.h>
#include <weft/race.h>
#include <weft/stream.h>
#include <weft/sync.h>

/** A socket that accepts connections. Opaque; NULL is closed. */
typedef struct weft_listener weft_listener;

/**
 * Connects by TCP. A name is resolved in the thread pool; where it has several addresses they are
 * tried in turn, the next one 250 ms after the last or as soon as that has failed, and the first
 * that answers is taken (happy eyeballs, RFC 8305). The resolver gives the addresses of both families
 * at once, so there is no resolution delay.
 *
 * Status: 0; WEFT_EADDRESS: no such name; -ECONNREFUSED and what else the first attempt failed with.
 */
struct weft_connect {
    WEFT_FRAME;
    weft_stream **into;
    const char *host;
    uint16_t port;
    weft_time attempt_delay; /* default: 250 ms */
    /* private: */
    weft_addresses addresses;
    weft_watch *watches; /* of the attempts, which stand behind them */
    int winner;          /* a descriptor + 1 */
    weft_group group;
    union {
        struct weft_getaddrinfo resolve;
        struct weft_race race;
    };
};

/**
 * Connects to a Unix-domain socket; a path that begins with '@' is an abstract name.
 *
 * Status: 0; -ENOENT, -ECONNREFUSED and what else the system says. -EAGAIN: its backlog is full, and
 *         nothing tells when it no longer is: try again later.
 */
struct weft_connect_unix {
    WEFT_FRAME;
    weft_stream **into;
    const char *path;
    /* private: */
    int fd;
    weft_source source;
    struct weft_wait_edge wait;
};

/**
 * Listens for TCP connections.
 *
 * Status: 0; WEFT_EADDRESS; -EADDRINUSE, -EACCES and what else the system says.
 */
struct weft_listen {
    WEFT_FRAME;
    weft_listener **into;
    const char *host; /* NULL: every interface, IPv6 and IPv4; a name: its first address */
    uint16_t port;    /* 0: any that is free, see weft_listener_port() */
    int backlog;      /* default: SOMAXCONN */
    bool reuse_port; /* others that say so, too, may listen there: a loop in each thread or process,
                         and the system spreads the connections among them (SO_REUSEPORT) */
    /* private: */
    weft_addresses addresses;
    struct weft_getaddrinfo resolve;
};

/** Waits for a connection. WEFT_ECLOSED: the listener was closed; -EMFILE, -ENFILE, -ENOMEM. */
struct weft_accept {
    WEFT_FRAME;
    weft_listener *listener;
    weft_stream **into;
    /* private: */
    weft_listener *held;
};

/** The coroutine that serves one connection: see WEFT_HANDLER. */
typedef struct weft_handler {
    weft_step_function *step;
    size_t frame_bytes, stream_at, context_at;
} weft_handler;

/**
 * Names the coroutine `fn` as a handler. Its frame has the members `weft_stream *stream` and
 * `void *context` (of any pointer type); it should close the stream, which else is dropped.
 */
#define WEFT_HANDLER(fn)                                                                           \
    (WEFT__HANDLER{fn, sizeof(struct fn), offsetof(struct fn, stream),                             \
                   offsetof(struct fn, context)})

/**
 * Accepts connections, and runs a task for each, on the heap, until the listener is closed; then it
 * waits for those that are left (a graceful end). Cancelled, it cancels them.
 *
 * A handler that fails is reported, once, and does not stop the others. When descriptors or memory
 * run out it reports that, pauses for a second, and goes on.
 *
 * Status: 0, or WEFT_ECANCELED.
 */
struct weft_serve {
    WEFT_FRAME;
    weft_listener *listener;
    weft_handler handler;
    void *context;
    size_t limit;     /* of connections at once; default: none */
    size_t connected; /* out: how many there are now */
    /* private: */
    weft_listener *held;
    weft_stream *stream;
    weft_event room;
    weft_group group;
    union {
        struct weft_accept accept;
        struct weft_sleep pause;
        struct weft_event_wait wait;
    };
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_connect);
WEFT_API WEFT_DECLARE(weft_connect_unix);
WEFT_API WEFT_DECLARE(weft_listen);
WEFT_API WEFT_DECLARE(weft_accept);
WEFT_API WEFT_DECLARE(weft_serve);

/**
 * Listens on a Unix-domain socket. A socket file that nobody listens on any more is replaced; it is
 * removed when the listener closes, if it is still the same.
 *
 * @return 0; -EADDRINUSE: somebody listens there; -ENAMETOOLONG; WEFT_ENOMEM; -errno.
 */
WEFT_API int weft_listen_unix(weft_loop *loop, weft_listener **ret_listener, const char *path);

/** Makes a listener of a listening socket, which becomes the listener's: systemd, tests. */
WEFT_API int weft_listener_open(weft_loop *loop, weft_listener **ret_listener, int fd);

/** Closes a listener and sets the pointer to NULL; who accepts is told WEFT_ECLOSED. Accepts NULL. */
WEFT_API void weft_listener_close(weft_listener **listener);

/** The port it listens on; 0 for a Unix-domain socket. */
WEFT_API uint16_t weft_listener_port(const weft_listener *listener);

WEFT_API int weft_listener_fd(const weft_listener *listener);

WEFT__END_C

#ifdef __cplusplus
#define WEFT__HANDLER weft_handler
#else
#define WEFT__HANDLER (weft_handler)
#endif

#endif
