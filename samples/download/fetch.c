/* fetch.c - one URL, until it is there or given up. */
/* SPDX-License-Identifier: MIT */
#include "download.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- time ------------------------------------------------------------------------------------- */

static void note(struct transfer *transfer, weft_time now)
{
    if (transfer->span_count == transfer->span_room) {
        const size_t room = transfer->span_room == 0 ? 8 : transfer->span_room * 2;
        struct span *const spans = realloc(transfer->spans, room * sizeof *spans);
        if (spans == NULL) {
            return; /* the drawing will lack it */
        }
        transfer->spans = spans;
        transfer->span_room = room;
    }
    transfer->spans[transfer->span_count++] = (struct span){transfer->phase, transfer->since, now};
}

void enter(const struct job *job, struct transfer *transfer, enum phase phase)
{
    const weft_time now = weft_loop_time(job->loop);
    if (now > transfer->since) {
        note(transfer, now);
    }
    transfer->phase = phase;
    transfer->since = now;
}

/* --- what curl tells -------------------------------------------------------------------------- */

/* It is alive: the deadline of its scope moves on. */
static void be_patient(struct fetch *self)
{
    weft_scope_reschedule(&self->patience, weft_loop_time(self->job->loop) + self->job->patience);
}

/* Connected; the request is sent next. */
static int on_connected(void *argument, char *ip, char *local_ip, int port, int local_port)
{
    struct fetch *const self = argument;
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    enter(self->job, self->transfer, ASKING);
    be_patient(self);
    return CURL_PREREQFUNC_OK;
}

/* The first bytes of the file are here: how much will it be, and do they fit what was kept? */
static bool begin_receiving(struct fetch *self)
{
    struct transfer *const transfer = self->transfer;
    curl_off_t length = -1, changed = -1;
    enter(self->job, transfer, RECEIVING);
    curl_easy_getinfo(self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    curl_easy_getinfo(self->easy, CURLINFO_FILETIME_T, &changed);
    transfer->total = length < 0 ? -1 : transfer->kept + length;
    self->is_stale = transfer->kept > 0 && changed > transfer->last_change;
    return !self->is_stale;
}

static size_t on_data(char *data, size_t one, size_t length, void *argument)
{
    struct fetch *const self = argument;
    (void)one; /* is 1 */
    if (self->transfer->phase != RECEIVING && !begin_receiving(self)) {
        return 0;
    }
    be_patient(self);
    return part_write(self->transfer, data, length) ? length : 0;
}

static void set_options(struct fetch *self)
{
    CURL *const easy = self->easy;
    curl_easy_setopt(easy, CURLOPT_URL, self->transfer->url);
    curl_easy_setopt(easy, CURLOPT_DEFAULT_PROTOCOL, "https");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp,ftps");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https,ftp,ftps");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "weft-download");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, self->said);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, self);
}

/* Before each attempt: goes on where the part ends. */
static int prepare(struct fetch *self)
{
    const int status = part_open(self->job, self->transfer);
    if (status < 0) {
        return status;
    }
    if (self->easy == NULL) {
        self->easy = curl_easy_init();
        if (self->easy == NULL) {
            return WEFT_ENOMEM;
        }
        set_options(self);
    }
    curl_easy_setopt(self->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)self->transfer->kept);
    self->said[0] = '\0';
    self->is_stale = false;
    self->transfer->total = -1;
    enter(self->job, self->transfer, CONNECTING);
    return 0;
}

/* --- how it went ------------------------------------------------------------------------------ */

static void explain_http(struct transfer *transfer, long code)
{
    static const struct {
        long code;
        const char *text;
    } known[] = {
        {401, "the server wants a login: put it into ~/.netrc"},
        {403, "forbidden: does it need a login?"},
        {404, "not found: check the URL"},
        {407, "the proxy wants a login: put it into https_proxy"},
        {408, "the server lost patience: try again later"},
        {410, "gone for good: look for another URL"},
        {429, "too many requests: ask for fewer at once with -j, or try again later"},
    };
    const char *text = code >= 500 ? "the server failed: try again later"
                                   : "the server does not give it: check the URL";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        text = known[i].code == code ? known[i].text : text;
    }
    (void)snprintf(transfer->text, sizeof transfer->text, "%ld %s", code, text);
}

/* The others, mostly in curl's own words. */
static void explain_curl(struct fetch *self)
{
    static const struct {
        CURLcode result;
        const char *cure;
    } known[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "check the name, and the network"},
        {CURLE_COULDNT_RESOLVE_PROXY, "check https_proxy and http_proxy"},
        {CURLE_COULDNT_CONNECT, "check the network, and `ulimit -n`"},
        {CURLE_SSL_CONNECT_ERROR, "does it speak https there?"},
        {CURLE_PEER_FAILED_VERIFICATION, "it may be somebody else's server; install its authority "
                                         "if you trust it"},
        {CURLE_UNSUPPORTED_PROTOCOL, "give it http, https, ftp or ftps"},
        {CURLE_TOO_MANY_REDIRECTS, "look for another URL"},
    };
    const char *cure = NULL;
    const char *const what =
        self->said[0] != '\0' ? self->said : curl_easy_strerror(self->perform.result);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        cure = known[i].result == self->perform.result ? known[i].cure : cure;
    }
    (void)snprintf(self->transfer->text, sizeof self->transfer->text, "%s%s%s", what,
                   cure != NULL ? ": " : "", cure != NULL ? cure : "");
}

static void explain(struct fetch *self, int status)
{
    struct transfer *const transfer = self->transfer;
    char some[16], all[16];
    if (transfer->error != 0) {
        part_explain(transfer, transfer->error);
    } else if (status == WEFT_ETIMEDOUT) {
        (void)snprintf(transfer->text, sizeof transfer->text,
                       "nothing came for %s: try again later, or wait longer with --timeout",
                       time_text(some, self->job->patience));
    } else if (self->perform.result == CURLE_HTTP_RETURNED_ERROR) {
        explain_http(transfer, self->perform.response_code);
    } else if (status == -ECONNREFUSED) {
        (void)snprintf(transfer->text, sizeof transfer->text,
                       "connection refused: is the server running, and the port right?");
    } else if (self->perform.result == CURLE_PARTIAL_FILE && transfer->total > 0) {
        (void)snprintf(transfer->text, sizeof transfer->text,
                       "broke off after %s of %s: run it again, it goes on there",
                       size_text(some, (double)transfer->size),
                       size_text(all, (double)transfer->total));
    } else {
        explain_curl(self);
    }
}

/* What may well be gone the next time. What the user has to change is not: a wrong URL, a login. */
static bool is_transient(const struct fetch *self, int status)
{
    const long code = self->perform.response_code;
    if (self->transfer->error != 0) {
        return false;
    }
    if (self->perform.result == CURLE_HTTP_RETURNED_ERROR) {
        return code >= 500 || code == 408 || code == 429;
    }
    return status == WEFT_ETIMEDOUT || status == -ETIMEDOUT || status == WEFT_EINCOMPLETE ||
           status == -ECONNRESET || status == -EPIPE || self->perform.result == CURLE_HTTP2 ||
           self->perform.result == CURLE_HTTP2_STREAM;
}

/* 1 s, 2 s, 4 s, … up to a minute, each a little longer by chance; or what the server asks for. */
static weft_time pause_of(const struct fetch *self)
{
    curl_off_t asked = 0;
    const int tries = self->transfer->attempts;
    const weft_time pause = WEFT_S(1) << (tries < 7 ? tries - 1 : 6);
    curl_easy_getinfo(self->easy, CURLINFO_RETRY_AFTER, &asked);
    return asked > 0 && asked < 600 ? WEFT_S(asked) : pause + pause / 400 * (random() % 100);
}

/* The server has nothing behind what was kept: is that all of it? */
static bool is_all(const struct fetch *self)
{
    struct curl_header *range;
    long long total = -1;
    return curl_easy_header(self->easy, "Content-Range", 0, CURLH_HEADER, -1, &range) ==
               CURLHE_OK &&
           sscanf(range->value, "bytes */%lld", &total) == 1 && total == self->transfer->size;
}

static bool cannot_resume(const struct fetch *self)
{
    const CURLcode result = self->perform.result;
    return result == CURLE_RANGE_ERROR || result == CURLE_BAD_DOWNLOAD_RESUME ||
           result == CURLE_FTP_COULDNT_USE_REST;
}

enum { AT_ONCE = 1, LATER = 2 }; /* verdicts: try again; 0: it is there; negative: it failed */

static int judge(struct fetch *self, int status)
{
    struct transfer *const transfer = self->transfer;
    const bool is_refused = transfer->kept > 0 && self->perform.response_code == 416;
    const bool is_complete = status == 0 || (is_refused && is_all(self));
    transfer->attempts++;
    if (is_complete) {
        return part_finish(self->job, transfer);
    }
    if (is_refused || self->is_stale || (transfer->kept > 0 && cannot_resume(self))) {
        const int restarted = part_restart(transfer); /* what was kept is of no use */
        transfer->attempts--;
        return restarted < 0 ? restarted : AT_ONCE;
    }
    explain(self, status);
    if (!is_transient(self, status) || transfer->attempts > self->job->retries) {
        return status;
    }
    self->pause = pause_of(self);
    return LATER;
}

static void conclude(struct fetch *self, int status)
{
    struct transfer *const transfer = self->transfer;
    if (transfer->outcome == PENDING) {
        transfer->outcome = status == 0 ? DONE : status == WEFT_ECANCELED ? INTERRUPTED : FAILED;
        if (status < 0 && transfer->text[0] == '\0') {
            (void)snprintf(transfer->text, sizeof transfer->text, "%s", weft_strstatus(status));
        }
    }
    enter(self->job, transfer, QUEUED);
    curl_easy_cleanup(self->easy);
    part_close(self->job, transfer);
    weft_release(&self->permit);
    progress_ended(transfer);
}

WEFT_ASYNC(fetch, self)
{
    if (self->transfer->name == NULL) {
        WEFT_RETURN(-EINVAL);
    }
    WEFT_CHECK(self->verdict = part_look(self->job, self->transfer));
    if (self->verdict > 0) {
        self->transfer->outcome = THERE;
        WEFT_RETURN(0);
    }
    do {
        WEFT_TRY(self->acquire, weft_acquire, &self->job->permits, &self->permit);
        do {
            WEFT_CHECK(prepare(self));
            WEFT_MOVE_ON(self->patience, self->job->patience) {
                WEFT_AWAIT(self->perform, weft_curl_perform, &self->job->curl, self->easy);
            }
            WEFT_CHECK(self->verdict = judge(self, WEFT_STATUS()));
        } while (self->verdict == AT_ONCE);
        weft_release(&self->permit); /* others may go on while this one rests */
        if (self->verdict == LATER) {
            enter(self->job, self->transfer, RESTING);
            self->transfer->until = WEFT_NOW() + self->pause;
            WEFT_TRY(self->rest, weft_sleep, self->pause);
            enter(self->job, self->transfer, QUEUED);
        }
    } while (self->verdict == LATER);
WEFT_FINALLY:
    conclude(self, WEFT_OUTCOME());
}
WEFT_END
