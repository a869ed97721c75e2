/* backend.h - what the loop asks of the system's way to wait for many descriptors. */
/* SPDX-License-Identifier: MIT */
/*
 * A back end is a file with these functions, in this order. Its wait() calls weft__source_ready()
 * for each descriptor that something happened to; that sets marks and wakes tasks, it runs nothing.
 * Operations try first, and only wait through a back end; one that completes operations by itself
 * fits in the same place, since an await ends only when whoever holds its buffer has let go.
 */
#ifndef WEFT_BACKEND_H
#define WEFT_BACKEND_H

#include <weft/source.h>

typedef struct weft_backend {
    const char *name;
    int (*open)(weft_loop *loop);
    void (*close)(weft_loop *loop);
    /* Registers for both directions. 0 or -errno. */
    int (*add)(weft_loop *loop, weft_source *source);
    void (*remove)(weft_loop *loop, weft_source *source);
    /* Somebody began or ceased to wait: of interest where that is asked at each wait. */
    void (*wait)(weft_loop *loop, weft_time at_most);
    int (*fd)(const weft_loop *loop);
} weft_backend;

extern const weft_backend weft__backend_epoll;
extern const weft_backend weft__backend_poll;

#endif
