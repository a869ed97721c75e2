/* dns.c - getaddrinfo(3): numbers at once, names in the pool. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <weft/dns.h>

/* What a thread needs for itself: an abandoned lookup outlives the frame and its strings. */
struct weft__lookup {
    struct addrinfo hints;
    weft_addresses found;
    char *host; /* or NULL */
    char *service;
    char texts[];
};

void weft_addresses_free(weft_addresses *addresses)
{
    if (addresses->chain != NULL) {
        freeaddrinfo(addresses->chain);
    }
    free(addresses->items);
    *addresses = (weft_addresses){.count = 0};
}

/* The first one from `from` on that is not of this family; the count if there is none. */
static size_t find_other(const weft_addresses *addresses, size_t from, int family)
{
    while (from < addresses->count && addresses->items[from]->ai_family == family) {
        from++;
    }
    return from;
}

void weft_addresses_interleave(weft_addresses *addresses)
{
    const struct addrinfo **const items = addresses->items;
    for (size_t at = 1; at < addresses->count; at++) {
        const size_t next = find_other(addresses, at, items[at - 1]->ai_family);
        if (next == addresses->count) {
            return;
        }
        const struct addrinfo *const chosen = items[next];
        memmove(&items[at + 1], &items[at], (next - at) * sizeof(const struct addrinfo *));
        items[at] = chosen;
    }
}

static int status_of(int error)
{
    switch (error) {
    case EAI_AGAIN:
        return -EAGAIN;
    case EAI_MEMORY:
        return WEFT_ENOMEM;
    case EAI_SYSTEM:
        return errno != 0 ? -errno : -EIO;
    case EAI_BADFLAGS:
    case EAI_FAMILY:
    case EAI_SOCKTYPE:
        return -EINVAL;
    default:
        return WEFT_EADDRESS;
    }
}

/* Takes over what the system gave: one or more. */
static int keep(struct addrinfo *chain, weft_addresses *ret_found)
{
    weft_addresses found = {.chain = chain};
    const struct addrinfo *one = chain;
    do {
        found.count++;
        one = one->ai_next;
    } while (one != NULL);
    found.items = calloc(found.count, sizeof(const struct addrinfo *));
    if (found.items == NULL) {
        weft_addresses_free(&found);
        return WEFT_ENOMEM;
    }
    one = chain;
    for (size_t nth = 0; nth < found.count; nth++) {
        found.items[nth] = one;
        one = one->ai_next;
    }
    *ret_found = found;
    return 0;
}

static struct weft__lookup *lookup_new(const struct weft_getaddrinfo *call)
{
    char digits[sizeof "65535"];
    snprintf(digits, sizeof digits, "%u", (unsigned)call->port);
    const char *const service = call->service != NULL ? call->service : digits;
    const size_t service_size = strlen(service) + 1;
    const size_t host_size = call->host != NULL ? strlen(call->host) + 1 : 0;
    struct weft__lookup *const lookup = calloc(1, sizeof *lookup + service_size + host_size);
    if (lookup == NULL) {
        return NULL;
    }
    lookup->hints.ai_family = call->family;
    lookup->hints.ai_socktype = call->socktype != 0 ? call->socktype : SOCK_STREAM;
    lookup->hints.ai_flags = call->flags;
    lookup->service = memcpy(lookup->texts, service, service_size);
    if (call->host != NULL) {
        lookup->host = memcpy(lookup->texts + service_size, call->host, host_size);
    }
    return lookup;
}

static void lookup_free(void *argument)
{
    struct weft__lookup *const lookup = argument;
    weft_addresses_free(&lookup->found);
    free(lookup);
}

/* Asks the system: 0, or what getaddrinfo(3) says. */
static int ask(struct weft__lookup *lookup, int more_flags, struct addrinfo **ret_chain)
{
    struct addrinfo hints = lookup->hints;
    hints.ai_flags |= more_flags;
    return getaddrinfo(lookup->host, lookup->service, &hints, ret_chain);
}

/* In a thread of the pool. */
static int look_up(void *argument)
{
    struct weft__lookup *const lookup = argument;
    struct addrinfo *chain;
    const int error = ask(lookup, 0, &chain);
    return error != 0 ? status_of(error) : keep(chain, &lookup->found);
}

/* What needs no lookup, and so does not block: WEFT_EBUSY if it is not numeric. */
static int read_numeric(struct weft__lookup *lookup)
{
    struct addrinfo *chain;
    const int error = ask(lookup, AI_NUMERICHOST | AI_NUMERICSERV, &chain);
    return error == EAI_NONAME ? WEFT_EBUSY
           : error != 0        ? status_of(error)
                               : keep(chain, &lookup->found);
}

WEFT_ASYNC(weft_getaddrinfo, self)
{
    WEFT_ASSERT(self->into != NULL && self->into->items == NULL,
                "an empty list: weft_addresses_free() what is in it");
    WEFT_CHECKPOINT();
    self->lookup = lookup_new(self);
    {
        const int status = self->lookup != NULL ? read_numeric(self->lookup) : WEFT_ENOMEM;
        if (status < 0 && status != WEFT_EBUSY) {
            WEFT_RETURN_STATUS(status);
        }
    }
    if (self->lookup->found.count == 0) {
        WEFT_CATCH(self->job, weft_run_in_executor, look_up, self->lookup, .dispose = lookup_free,
                   .abandon_on_cancel = true);
        if (WEFT_STATUS() < 0) {
            self->lookup = NULL; /* the job's, and disposed of */
            WEFT_RETURN_STATUS(WEFT_STATUS());
        }
    }
    *self->into = self->lookup->found;
    self->lookup->found = (weft_addresses){.count = 0};
WEFT_FINALLY:
    if (self->lookup != NULL) {
        lookup_free(self->lookup);
    }
}
WEFT_END
