/* descriptors.h - for tests: which descriptors were left open. */
/* SPDX-License-Identifier: MIT */
/*
 * What a program that uses the operating system must close, compared before and after:
 *
 *     weft_descriptors before;
 *
 *     weft_descriptors_look(&before);
 *     ck_assert_int_eq(weft_run(server, .connections = 3), 0);
 *     ck_assert_int_eq(weft_descriptors_left(&before, NULL, NULL), 0);
 *
 * Needs the library: link libweft. See leak.h for what is not a descriptor.
 */
#ifndef WEFT_DESCRIPTORS_H
#define WEFT_DESCRIPTORS_H

#include <weft/config.h>

/** Which of the descriptors below 1024 were open. Those above are not looked at. */
typedef struct weft_descriptors {
    unsigned char open[128]; /* a bit each */
} weft_descriptors;

WEFT__BEGIN_C

/** Looks which are open now. Context: any thread. Cost: a thousand system calls, about 0.1 ms. */
WEFT_API void weft_descriptors_look(weft_descriptors *ret_now);

/**
 * Names those that are open now and were not then: "left open: descriptor 7, socket:[4711]".
 *
 * One that was closed and whose number was given to another since is not noticed.
 *
 * @param write  As in weft_dump(); NULL: stderr.
 * @return how many.
 * Context: any thread; what other threads open meanwhile is named, too.
 */
WEFT_API int weft_descriptors_left(const weft_descriptors *before,
                                   void (*write)(void *context, const char *text, size_t length),
                                   void *context);

WEFT__END_C

#endif
