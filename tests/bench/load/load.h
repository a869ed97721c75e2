/* load.h - what the parts of the load generator share. */
/* SPDX-License-Identifier: MIT */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is asked of a server, and for how long. */
struct options {
    uint16_t port;
    pid_t server; /* whose CPU time and memory is looked at; 0: of nobody */
    size_t connections;
    size_t size, depth;   /* of a message; how many go at once, and come back, as one request */
    long warm_ms, run_ms; /* before, and while, it is measured */
    size_t each;          /* instead of a time: so many requests on each connection; 0: a time */
};

/* How long requests took: 64 classes for each power of two, so within 1.6 %. */
struct histogram {
    uint64_t count, classes[40 * 64];
};

void histogram_add(struct histogram *histogram, int64_t ns);
/* The time within which this part of all requests was answered. */
double histogram_us(const struct histogram *histogram, double part);

int64_t now_ns(void);
int64_t cpu_ns(pid_t server);        /* CPU time of a process, all its threads */
size_t resident_bytes(pid_t server); /* its own memory that is resident: not files, not shared */

/* A connected socket, from one of several addresses of this machine, so that ports suffice. */
int connect_to(uint16_t port, unsigned nth);
/* As above, with one request and its answer behind it. */
int connect_and_ask(const struct options *options, unsigned nth);
/* Writes and reads one request; both wait. */
void ask(const struct options *options, int fd);
/* What a request is made of: `depth` messages, each begins with its size in two bytes. */
const char *request_bytes(const struct options *options);

/* Each says what it measured, as one line of JSON. */
void measure_echo(const struct options *options);
void measure_busy(const struct options *options);
void measure_churn(const struct options *options);
void measure_hold(const struct options *options);

void tell(const struct histogram *histogram, uint64_t requests, int64_t ns, int64_t cpu);

/* Waits for a line, or the end, of the standard input. */
void wait_for_word(void);

/* Ends the program with a message, and what errno says. */
__attribute__((noreturn)) void fail(const char *what);

#endif
