/* curl.c - curl's multi-socket interface on the loop: it says what to watch, we say what came. */
/* SPDX-License-Identifier: MIT */
/*
 *     curl  --on_socket--> a reader and a writer --┐
 *           --on_timer---> a timer ----------------┴--> curl_multi_socket_action() --> who is done?
 *
 * Its callbacks only note what it wants; curl is entered from the loop alone.
 */
#include <weft/curl.h>
#include <weft/source.h>

#include <errno.h>
#include <stdlib.h>

/* A socket that curl watches. */
struct socket {
    weft_source source;
    weft_handle reader, writer;
    weft_curl *curl;
    weft_link link;
};

/* --- how a transfer ended --------------------------------------------------------------------- */

/* `asks`: the system's own number says more, if there is one. */
static const struct meaning {
    CURLcode result;
    int status;
    bool asks;
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, WEFT_EADDRESS, false},
    {CURLE_COULDNT_RESOLVE_PROXY, WEFT_EADDRESS, false},
    {CURLE_COULDNT_CONNECT, -EIO, true},
    {CURLE_SEND_ERROR, -ECONNRESET, true},
    {CURLE_RECV_ERROR, -ECONNRESET, true},
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, false},
    {CURLE_PARTIAL_FILE, WEFT_EINCOMPLETE, false},
    {CURLE_GOT_NOTHING, WEFT_EINCOMPLETE, false},
    {CURLE_OUT_OF_MEMORY, WEFT_ENOMEM, false},
    {CURLE_URL_MALFORMAT, -EINVAL, false},
    {CURLE_UNSUPPORTED_PROTOCOL, -EPROTONOSUPPORT, false},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, false},
    {CURLE_PEER_FAILED_VERIFICATION, -EPROTO, false},
    {CURLE_WEIRD_SERVER_REPLY, -EPROTO, false},
    {CURLE_HTTP_RETURNED_ERROR, -EPROTO, false},
    {CURLE_TOO_MANY_REDIRECTS, -ELOOP, false},
    {CURLE_HTTP2, -EPROTO, false},
    {CURLE_HTTP2_STREAM, -EPROTO, false},
    {CURLE_REMOTE_FILE_NOT_FOUND, -ENOENT, false},
    {CURLE_REMOTE_ACCESS_DENIED, -EACCES, false},
    {CURLE_LOGIN_DENIED, -EACCES, false},
};

static int status_of(CURL *easy, CURLcode result)
{
    long number = 0;
    if (result == CURLE_OK) {
        return 0;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i].result == result) {
            const bool is_told = meanings[i].asks &&
                                 curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
                                 number > 0 && number != EINPROGRESS && number != EAGAIN;
            return is_told ? (int)-number : meanings[i].status;
        }
    }
    return -EIO;
}

static struct weft_curl_perform *perform_of(weft_curl *curl, const CURL *easy)
{
    for (weft_link *link = curl->performs.next; link != &curl->performs; link = link->next) {
        struct weft_curl_perform *const perform =
            WEFT_CONTAINER(link, struct weft_curl_perform, link);
        if (perform->easy == easy) {
            return perform;
        }
    }
    return NULL;
}

/* The first end counts. */
static void end(struct weft_curl_perform *perform, CURLcode result, int status)
{
    if (perform != NULL && perform->task != NULL) {
        perform->result = result;
        curl_easy_getinfo(perform->easy, CURLINFO_RESPONSE_CODE, &perform->response_code);
        weft_wake_final(perform->task, status);
        perform->task = NULL;
    }
}

static void end_those_done(weft_curl *curl)
{
    int left;
    for (const CURLMsg *said; (said = curl_multi_info_read(curl->multi, &left)) != NULL;) {
        if (said->msg == CURLMSG_DONE) {
            CURL *const easy = said->easy_handle;
            const CURLcode result = said->data.result;
            end(perform_of(curl, easy), result, status_of(easy, result));
        }
    }
}

static void end_all(weft_curl *curl)
{
    for (weft_link *link = curl->performs.next; link != &curl->performs; link = link->next) {
        end(WEFT_CONTAINER(link, struct weft_curl_perform, link), CURLE_OUT_OF_MEMORY, WEFT_ENOMEM);
    }
}

/* --- what came -------------------------------------------------------------------------------- */

/* May free the socket that it was called for. Out of memory curl does not say whom that befell. */
static void tell(weft_curl *curl, curl_socket_t fd, int what)
{
    int running;
    const CURLMcode code = curl_multi_socket_action(curl->multi, fd, what, &running);
    end_those_done(curl);
    if (code == CURLM_OUT_OF_MEMORY) {
        end_all(curl);
    }
}

static void on_readable(void *argument)
{
    const struct socket *const socket = argument;
    tell(socket->curl, socket->source.fd, CURL_CSELECT_IN);
}

static void on_writable(void *argument)
{
    const struct socket *const socket = argument;
    tell(socket->curl, socket->source.fd, CURL_CSELECT_OUT);
}

static void on_due(void *argument)
{
    tell(argument, CURL_SOCKET_TIMEOUT, 0);
}

/* --- what curl wants -------------------------------------------------------------------------- */

static int on_timer(CURLM *multi, long after_ms, void *argument)
{
    weft_curl *const curl = argument;
    (void)multi;
    weft_handle_cancel(&curl->timer);
    if (after_ms >= 0) {
        weft_call_later(curl->loop, &curl->timer, WEFT_MS(after_ms), on_due, curl);
    }
    return 0;
}

static void drop(struct socket *socket)
{
    weft_source_close(&socket->source);
    weft_link_remove(&socket->link);
    free(socket);
}

static struct socket *take(weft_curl *curl, curl_socket_t fd)
{
    struct socket *const socket = calloc(1, sizeof *socket);
    if (socket != NULL && curl_multi_assign(curl->multi, fd, socket) != CURLM_OK) {
        free(socket);
        return NULL;
    }
    if (socket != NULL) {
        socket->curl = curl;
        weft_link_insert(&curl->sockets, &socket->link);
    }
    return socket;
}

/*
 * Registered anew at each change: there are few in a transfer, and curl is known to close a
 * descriptor and open another of the same number without a word in between.
 */
static int watch(struct socket *socket, curl_socket_t fd, int what)
{
    weft_source_close(&socket->source);
    const int status = weft_source_open(&socket->source, socket->curl->loop, fd);
    if (status == 0 && (what & CURL_POLL_IN) != 0) {
        weft_add_reader(&socket->source, &socket->reader, on_readable, socket);
    }
    if (status == 0 && (what & CURL_POLL_OUT) != 0) {
        weft_add_writer(&socket->source, &socket->writer, on_writable, socket);
    }
    return status;
}

/* A failure here ends the one transfer: to tell curl would end all, for ever. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *argument, void *assigned)
{
    weft_curl *const curl = argument;
    struct socket *socket = assigned;
    int status = 0;
    if (what == CURL_POLL_REMOVE) {
        if (socket != NULL) {
            drop(socket);
            (void)curl_multi_assign(curl->multi, fd, NULL);
        }
        return 0;
    }
    socket = socket != NULL ? socket : take(curl, fd);
    status = socket == NULL ? WEFT_ENOMEM : watch(socket, fd, what);
    if (status < 0) {
        end(perform_of(curl, easy), CURLE_OUT_OF_MEMORY, status);
    }
    return 0;
}

/* --- the interface ---------------------------------------------------------------------------- */

int weft_curl_init(weft_curl *curl, weft_loop *loop)
{
    *curl = (weft_curl){.loop = loop};
    weft_link_init(&curl->sockets);
    weft_link_init(&curl->performs);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return WEFT_ENOMEM;
    }
    curl->multi = curl_multi_init();
    if (curl->multi == NULL) {
        curl_global_cleanup();
        return WEFT_ENOMEM;
    }
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETDATA, curl);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERDATA, curl);
    return 0;
}

void weft_curl_done(weft_curl *curl)
{
    if (curl->multi == NULL) {
        return;
    }
    WEFT_ASSERT(weft_link_is_empty(&curl->performs),
                "a transfer is under way: await it, or cancel its task and await that");
    curl_multi_cleanup(curl->multi);
    weft_handle_cancel(&curl->timer);
    while (!weft_link_is_empty(&curl->sockets)) {
        drop(WEFT_CONTAINER(curl->sockets.next, struct socket, link));
    }
    curl_global_cleanup();
    *curl = (weft_curl){.multi = NULL};
}

/* Gives the transfer to curl, which only asks for its timer now. */
static int begin(struct weft_curl_perform *perform, weft_task *task)
{
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(perform->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    const CURLMcode code = curl_multi_add_handle(perform->curl->multi, perform->easy);
    WEFT_ASSERT(code == CURLM_OK || code == CURLM_OUT_OF_MEMORY,
                "curl refuses it: is this handle in a transfer, or are we in a callback of curl?");
    if (code != CURLM_OK) {
        return WEFT_ENOMEM;
    }
    perform->task = task;
    weft_link_insert(&perform->curl->performs, &perform->link);
    return 0;
}

WEFT_ASYNC(weft_curl_perform, self)
{
    WEFT_ASSERT(self->curl != NULL && self->easy != NULL, "a weft_curl, and an easy handle");
    WEFT_CHECKPOINT();
    if (begin(self, WEFT_SELF()) < 0) {
        WEFT_RETURN_STATUS(WEFT_ENOMEM);
    }
    WEFT_PARK(NULL);
    weft_link_remove(&self->link);
    curl_multi_remove_handle(self->curl->multi, self->easy);
    if (WEFT_STATUS() == WEFT_ECANCELED) {
        self->result = CURLE_ABORTED_BY_CALLBACK;
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END
