/* dns.h - names become addresses. */
/* SPDX-License-Identifier: MIT */
/*
 *     WEFT_TRY(self->resolve, weft_getaddrinfo, &self->addresses, "example.org", 443);
 *     for (size_t i = 0; i < weft_addresses_count(&self->addresses); i++) {
 *         const struct addrinfo *const to = weft_address_at(&self->addresses, i);
 *         ...
 *     }
 * WEFT_FINALLY:
 *     weft_addresses_free(&self->addresses);        // accepts an empty list
 *
 * The system's resolver does the work, so /etc/hosts, mDNS and whatever else the machine is set up
 * for count. It blocks, so it runs in the thread pool; but a numeric address is read at once, here,
 * and takes no thread. A lookup that is cancelled ends at once; what its thread finds is dropped.
 */
#ifndef WEFT_DNS_H
#define WEFT_DNS_H

#include <netdb.h>
#include <weft/pool.h>

struct addrinfo; /* of <netdb.h>: complete unless the compiler is told to be strict C */

/** Addresses of a host, the best first. Zeroed: none. */
typedef struct weft_addresses {
    /* private: */
    size_t count;
    const struct addrinfo **items;
    struct addrinfo *chain; /* what the system gave */
} weft_addresses;

/**
 * Finds the addresses of a host.
 *
 * Status:  0: there is at least one.
 *          WEFT_EADDRESS: no such host, or none of its addresses is of this family, or no such
 *          service, or the resolver failed for good. -EAGAIN: it did not answer, or there is no
 *          thread: try again. WEFT_ECANCELED. WEFT_ENOMEM. -EINVAL: no such family, type or flag.
 *          -errno. The place is untouched then.
 * Context: coroutine.
 * Owner:   the caller: weft_addresses_free(). The strings are copied.
 */
struct weft_getaddrinfo {
    WEFT_FRAME;
    weft_addresses *into;
    const char *host; /* NULL: this machine; with AI_PASSIVE all of its interfaces */
    uint16_t port;
    const char *service; /* the port by its name: "https"; looked up in the pool */
    int family;          /* AF_INET, AF_INET6; default: both */
    int socktype;        /* default: SOCK_STREAM */
    int flags;           /* AI_PASSIVE, AI_ADDRCONFIG, … */
    /* private: */
    struct weft__lookup *lookup;
    struct weft_run_in_executor job;
};

WEFT__BEGIN_C

WEFT_API WEFT_DECLARE(weft_getaddrinfo);

/** How many there are. */
static inline size_t weft_addresses_count(const weft_addresses *addresses)
{
    return addresses->count;
}

/** The n-th, from 0. Owner: the list; its link ai_next is not in this order. */
static inline const struct addrinfo *weft_address_at(const weft_addresses *addresses, size_t nth)
{
    WEFT_ASSERT(nth < addresses->count, "there are fewer: ask weft_addresses_count()");
    return addresses->items[nth];
}

/**
 * Orders a list for happy eyeballs (RFC 8305, section 4): the families take turns, beginning with
 * the family of the first; within a family the order stays.
 *
 *     6a 6b 6c 4a 4b   becomes   6a 4a 6b 4b 6c
 */
WEFT_API void weft_addresses_interleave(weft_addresses *addresses);

/** Frees a list, which is empty then. Accepts an empty one. */
WEFT_API void weft_addresses_free(weft_addresses *addresses);

WEFT__END_C

#endif
