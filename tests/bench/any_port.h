/* any_port.h - what the servers in C and C++ share: their cases, and a port that is free. */
/* SPDX-License-Identifier: MIT */
/*
 * A server is called with its case, prints the port of 127.0.0.1 on which it listens, and serves
 * until it is killed. With --list it prints the cases that it has.
 */
#ifndef ANY_PORT_H
#define ANY_PORT_H

/* Before all others: accept4(), memmem(). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The case that is asked for, one of `cases`: a list that ends with NULL. */
static inline int case_of(int count, char **words, const char *const *cases)
{
    signal(SIGPIPE, SIG_IGN); /* clients go when they like */
    const int is_list = count == 2 && strcmp(words[1], "--list") == 0;
    for (int i = 0; cases[i] != NULL; i++) {
        if (is_list) {
            puts(cases[i]);
        } else if (count >= 2 && strcmp(words[1], cases[i]) == 0) {
            return i;
        }
    }
    exit(is_list ? 0 : 2);
}

/* Of any port, or of one that other sockets listen on, too. */
static inline int listen_on(int port, int shares)
{
    const int on = 1;
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (shares && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, SOMAXCONN) < 0) {
        perror("listen");
        exit(1);
    }
    /* Those that are accepted inherit it. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static inline int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

/* Every server's first line is its port. */
static inline void print_port(int fd)
{
    printf("%d\n", port_of(fd));
    fflush(stdout);
}

static inline int listen_on_any_port(void)
{
    const int fd = listen_on(0, 0);
    print_port(fd);
    return fd;
}

#endif
