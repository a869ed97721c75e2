/* status.h - how an operation ended: 0, or a negative number with a cure. */
/* SPDX-License-Identifier: MIT */
/*
 * Everything that can fail returns a status: 0 for success, `-errno` for what the system said, and
 * below -4096 the codes of this table. A TCP connection that timed out (-ETIMEDOUT) is not a scope
 * whose deadline passed (WEFT_ETIMEDOUT). None of the codes is a multiple of 256: what a program
 * returns from main() is cut to its low byte, and must not become a success there.
 *
 *     int status = weft_put_nowait(&queue, &item);
 *     if (status < 0) {
 *         puts(weft_strstatus(status));
 *     }
 */
#ifndef WEFT_STATUS_H
#define WEFT_STATUS_H

#include <weft/config.h>

/* One row a code: name, number, text. The text names the cure where there is one. */
#define WEFT_STATUS_TABLE(ROW)                                                                     \
    ROW(WEFT_ECANCELED, -4097, "cancelled: the wait did not happen")                               \
    ROW(WEFT_ETIMEDOUT, -4098, "deadline passed: give the scope more time, or retry")              \
    ROW(WEFT_ECLOSED, -4099, "closed: open it again before you use it")                            \
    ROW(WEFT_EEND, -4100, "end of the sequence: nothing more will come")                           \
    ROW(WEFT_EFULL, -4101, "full: wait with the coroutine, or give it more room")                  \
    ROW(WEFT_EEMPTY, -4102, "empty: wait with the coroutine")                                      \
    ROW(WEFT_ESHUTDOWN, -4103, "shut down: it takes and gives nothing any more")                   \
    ROW(WEFT_EDEADLOCK, -4104, "every task waits for another: see the dump for what they await")   \
    ROW(WEFT_ESTOPPED, -4105, "the loop was stopped before the coroutine ended: run it again")     \
    ROW(WEFT_EINCOMPLETE, -4106, "the stream ended before everything had arrived")                 \
    ROW(WEFT_ELIMIT, -4107, "no separator within the limit: raise the reader's limit")             \
    ROW(WEFT_EADDRESS, -4108, "no such host or service: check the name and the resolver")          \
    ROW(WEFT_EBUSY, -4109, "busy: all of them are in use, wait or allow more")                     \
    ROW(WEFT_ENOMEM, -4110, "out of memory")                                                       \
    ROW(WEFT_EGROUP, -4111, "the group has ended: spawn into one that is open")                    \
    ROW(WEFT_EBROKEN, -4112, "broken: whoever it depends on has gone, make it anew")               \
    ROW(WEFT_ENOTREADY, -4113, "it ended before it was ready: call weft_started() in it")

#define WEFT__STATUS_ENUM(name, number, text) name = number,
enum { WEFT_STATUS_TABLE(WEFT__STATUS_ENUM) WEFT__STATUS_LAST = 0 };
#undef WEFT__STATUS_ENUM

/**
 * The text of one of this table's codes, or NULL for another number.
 *
 * For the system's codes as well, use weft_strstatus() of loop.h.
 * Context: any. Cost: a switch.
 */
static inline const char *weft_status_text(int status)
{
    switch (status) {
#define WEFT__STATUS_CASE(name, number, text)                                                      \
    case number:                                                                                   \
        return text;
        WEFT_STATUS_TABLE(WEFT__STATUS_CASE)
#undef WEFT__STATUS_CASE
    default:
        return NULL;
    }
}

#endif
