/* loop_internal.h - what the sources of the loop share. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_LOOP_INTERNAL_H
#define WEFT_LOOP_INTERNAL_H

#include "backend.h"

#include <poll.h>
#include <pthread.h>
#include <weft/dump.h>
#include <weft/source.h>

struct weft_pool;

/* Blocks of memory for what is on its way through streams: see bytes.c. Zeroed: none. */
enum { WEFT__LARGE_BLOCK = 64 * 1024, WEFT__SMALL_BLOCK = 2048 };

typedef struct weft__block {
    struct weft__block *next;
} weft__block;

typedef struct weft__blocks {
    weft__block *first;
    size_t count;
} weft__blocks;

typedef struct weft__stock {
    weft__blocks large, small;
} weft__stock;

struct weft_loop {
    weft_executor executor;
    const weft_backend *backend;
    union {
        struct {
            int fd;
            bool is_coarse; /* epoll_pwait2() is not there */
        } epoll;
        struct {
            struct pollfd *fds;
            weft_source **sources;
            size_t capacity;
        } poll;
    };
    weft_link sources;  /* open ones, the wake-up pipe's included */
    weft_link to_flush; /* sources that have something to write when the turn ends */
    weft__stock stock;
    size_t awaited;         /* sources that somebody waits for */
    size_t signal_handlers; /* of the user's */
    size_t jobs;            /* in other threads, whose end will be posted */
    int wake_pipe[2];
    bool was_woken; /* by the pipe, which is not empty yet; any thread sets it */
    weft_source wake_source;
    weft__callbacks handles;
    weft_link waiting; /* of the handles those that wait for their time, or are to be called again */
    struct weft_pool *pool; /* made when it is first needed */
    unsigned pool_threads;
    void (*exception_handler)(void *, const weft_report *);
    void *exception_context;
    pthread_t thread;
    unsigned fork_generation;
    bool is_forever;      /* nothing has to be awaited: no deadlock */
    weft_time wait_until; /* run_once: at the latest */
    weft_time spin;       /* how long it looks before it sleeps; 0: it does not */
    bool spins;           /* the last wait was so short that looking was worth while */
    bool debug;
    weft_time slow_step, step_began;
    bool has_step;               /* one has run since the clock was read last */
    weft_step_function *step_in; /* which, and where it stood */
    int step_line;
};

/* loop.c */
extern _Thread_local weft_loop *weft__running; /* in this thread */
void weft__loop_check_thread(const weft_loop *loop, const char *function);
bool weft__is_forked(const weft_loop *loop);
weft_time weft__now(void);

/* report.c */
void weft__print_report(const weft_report *report);
void weft__loop_report(weft_core *core, const weft_report *report);
void weft__loop_dump(weft_loop *loop);

/* signal.c */
void weft__signals_close(weft_loop *loop);
void weft__signals_forked(void);
int weft__interrupt_begin(weft_loop *loop, weft_task *main_task);
bool weft__interrupt_end(weft_loop *loop);

/* handle.c */
void weft__handle_begin(weft_loop *loop, weft_handle *handle, void (*call)(void *), void *argument);
void weft__handle_post(weft_handle *handle);
weft_handle *weft__handle_of(weft_link *waiting);

/* In a coroutine of a stream, which has seen that its loop is one. */
#define WEFT__OWN_LOOP() WEFT_CONTAINER(weft__executor_of(weft__core(weft__c)), weft_loop, executor)

/* bytes.c */
void weft__stock_free(weft__stock *stock);

/* source.c */
void weft__source_ready(weft_source *source, int directions, bool hung_up);
bool weft__handle_turn(weft_handle *handle);
int weft__source_look(weft_source *source, short events);
void weft__source_flushes(weft_source *source, bool flushes);
void weft__flush_turn(weft_loop *loop);

/* loop_cases.c */
int weft__source_selected(const weft_source *source);
void weft__source_tell(weft_source *source, int directions, int status);

/* pool.c */
void weft__pool_close(weft_loop *loop);
bool weft__pool_is_alone(void);

#endif
