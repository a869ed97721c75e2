/* connection.c - one client of samples/serve: request after request. */
/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { GATHERED_MOST = 4096 };

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {414, "URI Too Long"},
        {416, "Range Not Satisfiable"},
        {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Internal Server Error";
}

/* --- a head is composed in self->piece ---------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void add(struct connection *self, const char *format,
                                                      ...)
{
    va_list values;
    va_start(values, format);
    const int n =
        vsnprintf(self->piece + self->filled, sizeof self->piece - self->filled, format, values);
    va_end(values);
    self->filled += (size_t)n; /* there is room: a path is the longest there is */
}

static void add_date(struct connection *self, const char *name, time_t time)
{
    char text[64];
    struct tm date;
    gmtime_r(&time, &date);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &date);
    add(self, "%s: %s\r\n", name, text);
}

/* Relative to the server, and so that no part of the path can be a host. */
static void add_location(struct connection *self)
{
    add(self, "Location: /");
    for (const char *c = self->request.path; *c != '\0'; c++) {
        const bool is_plain = isalnum((unsigned char)*c) || strchr("/-_.~", *c) != NULL;
        add(self, is_plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    add(self, "/\r\n");
}

static void begin_head(struct connection *self)
{
    self->filled = 0;
    add(self, "HTTP/1.1 %d %s\r\n", self->status, reason(self->status));
    add_date(self, "Date", time(NULL));
    if (self->is_last) {
        add(self, "Connection: close\r\n");
    }
}

/* What is there: 200, 206 or 304. */
static void begin_content(struct connection *self)
{
    const struct content *const content = &self->content;
    begin_head(self);
    if (content->modified > 0) {
        add_date(self, "Last-Modified", content->modified);
    }
    if (self->status != 304) {
        add(self, "Content-Type: %s\r\nContent-Length: %lld\r\nAccept-Ranges: bytes\r\n",
            content->type, (long long)self->length);
    }
    if (self->status == 206) {
        add(self, "Content-Range: bytes %lld-%lld/%lld\r\n", (long long)self->first,
            (long long)(self->first + self->length - 1), (long long)content->size);
    }
    add(self, "\r\n");
    self->length = self->status == 304 || self->request.is_head ? 0 : self->length;
}

/* Why not: a line of text. */
static void begin_refusal(struct connection *self)
{
    const int size = snprintf(NULL, 0, "%d %s\n", self->status, reason(self->status));
    begin_head(self);
    add(self, "Content-Type: text/plain\r\nContent-Length: %d\r\n", size);
    if (self->status == 301) {
        add_location(self);
    } else if (self->status == 405) {
        add(self, "Allow: GET, HEAD\r\n");
    } else if (self->status == 416) {
        add(self, "Content-Range: bytes */%lld\r\n", (long long)self->content.size);
    }
    add(self, "\r\n");
    if (!self->request.is_head) {
        add(self, "%d %s\n", self->status, reason(self->status));
    }
    self->length = 0;
}

/* --- a request is answered -------------------------------------------------------------------- */

/* Decides what the answer is. Who was not understood cannot go on. */
static void decide(struct connection *self, weft_time now)
{
    const bool is_understood = self->status == 200;
    if (is_understood) {
        self->status = open_content(self->context, self->request.path, &self->content);
    }
    if (self->status == 200) {
        cache_add(self->context, self->request.path, &self->content, now);
        const struct content *const content = &self->content;
        self->status = content->modified > 0 && content->modified <= self->request.modified_since
                           ? 304
                           : find_range(&self->request, content->size, &self->first, &self->length);
    }
    self->is_last = self->context->is_ending || !self->request.keeps_alive ||
                    (!is_understood && self->status != 403 && self->status != 405);
    if (self->status < 300 || self->status == 304) {
        begin_content(self);
    } else {
        begin_refusal(self);
    }
}

/* Fills the piece behind what is in it: 0, or a failure if the file has become shorter. */
static int fill_piece(struct connection *self)
{
    const long rate = self->context->rate;
    const size_t room = rate > 0 && rate < 16L * PIECE_SIZE ? (size_t)rate / 16 + 1 : PIECE_SIZE;
    size_t size = self->filled < room ? room - self->filled : 0;
    if ((off_t)size > self->length) {
        size = (size_t)self->length;
    }
    if (size > 0) {
        const ssize_t n =
            read_content(&self->content, self->piece + self->filled, size, self->first);
        if (n <= 0) {
            return WEFT_EINCOMPLETE;
        }
        self->filled += (size_t)n;
        self->first += n;
        self->length -= n;
    }
    return 0;
}

/* When the next piece may go. */
static void keep_rate(struct connection *self, weft_time now)
{
    if (self->context->rate > 0) {
        const weft_time begun_at = self->next_at > now ? self->next_at : now;
        self->next_at = begun_at + (weft_time)self->filled * WEFT_S(1) / self->context->rate;
    }
    self->filled = 0;
}

/* What the reading of a head has come to: 200, how it is refused, or 0: there is none. */
static int judge_head(struct connection *self, int status)
{
    weft_link_remove(&self->idle);
    forget_request(&self->request);
    if (status == 0) {
        return read_request(self->head, self->read.n, &self->request);
    }
    return status == WEFT_ELIMIT ? 431 : status == WEFT_EINCOMPLETE && self->read.n > 0 ? 400 : 0;
}

/* What most requests are for: all of a small file that is kept, to a client that goes on. */
static bool find_cached(struct connection *self, weft_time now)
{
    const struct request *const request = &self->request;
    struct site *const site = self->context;
    if (self->status == 200 && request->keeps_alive && !request->has_range &&
        request->modified_since < 0 && !site->is_ending && site->rate == 0) {
        self->cached = cache_find(site, request->path, now);
    }
    if (self->cached != NULL) {
        self->answer = cache_answer(self->cached, request->is_head);
    }
    self->is_last = false;
    return self->cached != NULL;
}

/* Small answers are gathered: their client waits only if it does not read. */
static bool is_small(const struct connection *self)
{
    return self->answer.iov_len <= GATHERED_MOST && weft_stream_buffered(self->stream) < PIECE_SIZE;
}

/* 0; or the client takes nothing, which is as if it had gone: what is left is not for it. */
static int is_taken(struct connection *self)
{
    if (!self->patience.expired) {
        return 0;
    }
    weft_stream_abort(&self->stream);
    return -EPIPE;
}

WEFT_ASYNC(connection, self)
{
    weft_stream_set_coalesce(self->stream, true);
    do {
        WEFT_MOVE_ON(self->patience, self->context->patience) {
            weft_link_insert(&self->context->idle, &self->idle);
            WEFT_AWAIT(self->read, weft_read_until, self->stream, "\r\n\r\n", self->head,
                       sizeof self->head);
        }
        self->status = judge_head(self, WEFT_STATUS());
        if (self->status == 0) {
            break; /* it has ended, or said nothing for a long time */
        }
        if (self->context->delay > 0) {
            WEFT_TRY(self->sleep, weft_sleep, self->context->delay);
        }
        if (find_cached(self, WEFT_NOW())) {
            if (is_small(self)) {
                WEFT_CHECK(
                    weft_write_nowait(self->stream, self->answer.iov_base, self->answer.iov_len));
            } else {
                WEFT_MOVE_ON(self->patience, self->context->patience) {
                    WEFT_TRY(self->write, weft_write, self->stream, self->answer.iov_base,
                             self->answer.iov_len);
                }
                WEFT_CHECK(is_taken(self));
            }
            cache_release(&self->cached);
            continue;
        }
        decide(self, WEFT_NOW());
        do {
            WEFT_CHECK(fill_piece(self));
            WEFT_MOVE_ON(self->patience, self->context->patience) {
                WEFT_TRY(self->write, weft_write, self->stream, self->piece, self->filled);
            }
            WEFT_CHECK(is_taken(self));
            keep_rate(self, WEFT_NOW());
            if (self->next_at > WEFT_NOW()) {
                WEFT_TRY(self->sleep_until, weft_sleep_until, self->next_at);
            }
        } while (self->length > 0);
        close_content(&self->content);
    } while (!self->is_last);
WEFT_FINALLY:
    weft_link_remove(&self->idle);
    cache_release(&self->cached);
    close_content(&self->content);
    WEFT_MOVE_ON(self->patience, self->context->patience) {
        WEFT_AWAIT(self->close, weft_close, &self->stream); /* when what was gathered is taken */
    }
}
WEFT_END

void end_connections(struct site *site)
{
    site->is_ending = true;
    while (!weft_link_is_empty(&site->idle)) {
        char *const link = (char *)site->idle.next;
        struct connection *const waiting = (void *)(link - offsetof(struct connection, idle));
        weft_link_remove(&waiting->idle);
        weft_scope_cancel(&waiting->patience);
    }
}
