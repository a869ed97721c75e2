/* errno.h - the numbers that the suites name, as Linux has them. */
/* SPDX-License-Identifier: MIT */
#ifndef SMALL_ERRNO_H
#define SMALL_ERRNO_H

enum {
    ENOENT = 2,
    EIO = 5,
    EAGAIN = 11,
    ENOMEM = 12,
    EINVAL = 22,
    EMFILE = 24,
    ENOSPC = 28,
    EPIPE = 32,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    ECANCELED = 125
};

#endif
