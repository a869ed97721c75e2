/* curl.h - transfers by libcurl: HTTP, FTP and what else it speaks, as a coroutine. */
/* SPDX-License-Identifier: MIT */
/*
 * One weft_curl a loop, an easy handle of curl's a transfer, any number of them at once:
 *
 *     struct page { WEFT_FRAME; weft_curl curl; CURL *easy; struct weft_curl_perform perform; };
 *
 *     static WEFT_ASYNC(page, self)
 *     {
 *         WEFT_CHECK(weft_curl_init(&self->curl, WEFT_LOOP()));
 *         self->easy = curl_easy_init();
 *         curl_easy_setopt(self->easy, CURLOPT_URL, "https://example.org/");
 *         WEFT_TRY(self->perform, weft_curl_perform, &self->curl, self->easy);
 *     WEFT_FINALLY:
 *         curl_easy_cleanup(self->easy);
 *         weft_curl_done(&self->curl);
 *     }
 *     WEFT_END
 *
 * Everything else is curl's: options, redirects, proxies, TLS, the reuse of connections. Its
 * callbacks (CURLOPT_WRITEFUNCTION and the like) are called from the loop, between the steps of
 * tasks. They may wake and cancel tasks, but must not wait, nor perform anything.
 *
 * Names are looked up in threads of curl's own, and the loop goes on meanwhile; a few protocols
 * that curl itself does in one go (file:, ldap:) stop it as long as they take.
 *
 * Link libweft-curl. Needs libcurl 7.51 or later, but not 7.81.0.
 */
#ifndef WEFT_CURL_H
#define WEFT_CURL_H

#include <curl/curl.h>
#include <weft/loop.h>

/** What the transfers of a loop share. It must stay where it is between init and done. */
typedef struct weft_curl {
    CURLM *multi; /* for curl_multi_setopt: limits of connections, for example */
    /* private: */
    weft_loop *loop;
    weft_handle timer;
    weft_link sockets, performs;
} weft_curl;

/**
 * Does a transfer: what curl_easy_perform() does, while other tasks run.
 *
 * A cancel takes the transfer back at once; what was received by then was given to the callbacks.
 * The connection is closed then, if it was in the middle of something.
 *
 * Status:  0: CURLE_OK. Else by `result`: WEFT_EADDRESS: a name was not found; -ECONNREFUSED and
 *          its kin: what the system said; -ETIMEDOUT: one of curl's own time limits;
 *          WEFT_EINCOMPLETE: it broke off; -ECONNRESET; -EINVAL: no URL; -EPROTONOSUPPORT;
 *          -EPROTO: TLS or HTTP went wrong; WEFT_ENOMEM; -EIO: everything else. WEFT_ECANCELED.
 * Context: coroutine.
 * Owner:   the easy handle stays the caller's, and may be used again. CURLOPT_QUICK_EXIT is set,
 *          so that no end of a transfer has to wait for the name it looks up.
 * Cost:    at its end O(transfers under way). Allocates as curl does, and for each socket once.
 */
struct weft_curl_perform {
    WEFT_FRAME;
    weft_curl *curl;
    CURL *easy; /* in no other transfer; outlives this one */
    /* results: */
    CURLcode result;    /* curl_easy_strerror() has a text; CURLE_ABORTED_BY_CALLBACK: canceled */
    long response_code; /* of HTTP or FTP; 0: there was none */
    /* private: */
    weft_link link;
    weft_task *task;
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_curl_perform);

/** Begins. @return 0, or WEFT_ENOMEM. Context: the loop's thread. */
WEFT_API int weft_curl_init(weft_curl *curl, weft_loop *loop);

/**
 * Closes the connections that were kept for reuse, and frees everything. No transfer may be under
 * way. Accepts a zeroed one. Context: the loop's thread, before the loop is closed.
 */
WEFT_API void weft_curl_done(weft_curl *curl);

WEFT__END_C

#endif
