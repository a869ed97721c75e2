/* descriptors.c - which descriptors were left open. */
/* SPDX-License-Identifier: MIT */
#include <weft/descriptors.h>
#include <weft/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT = sizeof((weft_descriptors *)0)->open * 8 };

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
}

static bool was_open(const weft_descriptors *before, int fd)
{
    return (before->open[fd / 8] & (1 << fd % 8)) != 0;
}

void weft_descriptors_look(weft_descriptors *ret_now)
{
    const int error = errno;
    memset(ret_now, 0, sizeof *ret_now);
    for (int fd = 0; fd < LIMIT; fd++) {
        if (is_open(fd)) {
            ret_now->open[fd / 8] |= (unsigned char)(1 << fd % 8);
        }
    }
    errno = error;
}

/* "left open: descriptor 7, socket:[4711]"; what it is stands in /proc, where there is one. */
static void name(weft__print *print, int fd)
{
    char link[32], what[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, what, sizeof what - 1);
    weft__print_text(print, "left open: descriptor ");
    weft__print_number(print, (weft__amount)fd, 10);
    if (length > 0) {
        what[length] = '\0';
        weft__print_text(print, ", ");
        weft__print_text(print, what);
    }
    weft__print_text(print, "\n");
}

int weft_descriptors_left(const weft_descriptors *before,
                          void (*write)(void *context, const char *text, size_t length),
                          void *context)
{
    const int error = errno;
    weft__print print = weft__print_to(write, context);
    int count = 0;
    for (int fd = 0; fd < LIMIT; fd++) {
        if (!was_open(before, fd) && is_open(fd)) {
            name(&print, fd);
            count++;
        }
    }
    errno = error;
    return count;
}
