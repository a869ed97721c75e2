/* serve.h - the parts of samples/serve. */
/* SPDX-License-Identifier: MIT */
#ifndef SERVE_H
#define SERVE_H

#include <sys/types.h>
#include <time.h>
#include <weft/socket.h>

enum { HEAD_SIZE = 8 * 1024, PIECE_SIZE = 32 * 1024, CACHE_PLACES = 256, CACHED_MOST = 64 * 1024 };

struct cached;

/* What is served, and how. */
struct site {
    int directory;
    weft_time delay;    /* before each response; artificial */
    long rate;          /* bytes a second on each connection; 0: as fast as it goes */
    weft_time patience; /* with a client that says nothing, or takes nothing */
    weft_link idle;     /* connections that wait for a request */
    bool is_ending;
    weft_time cached_for; /* how long a small file is taken as it was; 0: it is always looked at */
    struct cached *cache[CACHE_PLACES];
};

/* --- request.c -------------------------------------------------------------------------------- */

struct request {
    bool is_head, keeps_alive, has_range;
    off_t first, last;     /* of the range; -1: not said */
    time_t modified_since; /* -1: not said */
    char path[1024];       /* decoded, without the leading '/' */
};

/* As if there had been none. */
void forget_request(struct request *request);
/* Reads the head of a request, and changes it: 200, or how it is refused. `request` is as if there had
 * been none. */
int read_request(char *head, size_t size, struct request *request);

/* What of `size` bytes is asked for: 200 all, 206 a part, 416 a part that is not there. */
int find_range(const struct request *request, off_t size, off_t *ret_first, off_t *ret_length);

/* --- content.c -------------------------------------------------------------------------------- */

/* What a path names. Zeroed: nothing. */
struct content {
    int fd;     /* of a file, + 1 */
    char *text; /* of anything else */
    const char *type;
    off_t size;
    time_t modified; /* 0: unknown */
};

/* 200, or why not; 301: it is a directory, and the path lacks its '/'. */
int open_content(const struct site *site, const char *path, struct content *ret_content);
/* Reads at most `size` bytes from there: how many, 0 at the end, -1. */
ssize_t read_content(const struct content *content, void *into, size_t size, off_t at);
void close_content(struct content *content);
/* The head of an answer with all of it: how many bytes. */
size_t compose_head(char *into, size_t size, time_t now, const struct content *content);

/* Writes `count` files into a directory: 0 or -errno. Removes them. */
int generate_files(int directory, int count);
void remove_files(int directory, int count);

/* --- cache.c ---------------------------------------------------------------------------------- */

/* What is kept of a file, or NULL; for the caller, until it is released. */
struct cached *cache_find(struct site *site, const char *path, weft_time now);
/* Keeps a file, if it is a small one. */
void cache_add(struct site *site, const char *path, const struct content *content, weft_time now);
/* All that is to be sent, in one piece. */
struct iovec cache_answer(struct cached *cached, bool is_head);
void cache_release(struct cached **place); /* accepts NULL there */
void cache_clear(struct site *site);

/* --- connection.c ----------------------------------------------------------------------------- */

/* One client: request after request. */
struct connection {
    WEFT_FRAME;
    weft_stream *stream;
    struct site *context;
    weft_link idle; /* in site.idle, while it waits for a request */
    weft_scope patience;
    struct request request;
    struct content content;
    struct cached *cached; /* it is sent from there */
    struct iovec answer;
    int status;
    bool is_last;
    off_t first, length;
    weft_time next_at; /* when the rate lets the next piece go */
    size_t filled;
    char head[HEAD_SIZE + 1];
    char piece[PIECE_SIZE];
    union {
        struct weft_read_until read;
        struct weft_write write;
        struct weft_sleep sleep;
        struct weft_sleep_until sleep_until;
        struct weft_close close;
    };
};

WEFT_DECLARE(connection);

/* From now on connections end behind the request they answer; idle ones at once. */
void end_connections(struct site *site);

#endif
