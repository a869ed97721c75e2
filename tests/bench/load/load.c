/* load.c - the load generator for all servers of tests/bench. */
/* SPDX-License-Identifier: MIT */
/*
 *     load MODE PORT [--pid N] [--connections N] [--size BYTES] [--depth N] [--warm MS] [--run MS]
 *     load echo PORT --each N ...
 *
 * echo   each connection sends a request, waits for all of it to come back, and sends the next
 * busy   one connection has 16 requests under way at any time; the others ask one after the other,
 *        and only those are counted
 * churn  each connection is opened, asks once, and is closed
 * hold   opens the connections from several processes, one request each; then they are idle, and
 *        one more connection asks
 *
 * With --each it makes so many requests on each connection: when all are connected it prints "ready"
 * and waits for a line; it says what it has to say, and waits for another before it closes them. So
 * that whoever counts something of the server can do so between the two.
 *
 * Prints one line of JSON. It ends by itself: at the latest some seconds behind the time asked for.
 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- what is measured ------------------------------------------------------------------------- */

void histogram_add(struct histogram *histogram, int64_t ns)
{
    const uint64_t value = ns < 64 ? 64 : (uint64_t)ns;
    const int shift = 57 - __builtin_clzll(value);
    const size_t nth = (size_t)(shift > 39 ? 39 : shift) * 64 + ((value >> shift) & 63);
    histogram->classes[nth < 40 * 64 ? nth : 40 * 64 - 1]++;
    histogram->count++;
}

double histogram_us(const struct histogram *histogram, double part)
{
    const double wanted = part * (double)histogram->count;
    uint64_t seen = 0;
    for (size_t nth = 0; nth < 40 * 64; nth++) {
        seen += histogram->classes[nth];
        if (seen > 0 && (double)seen >= wanted) {
            return (double)((64 + nth % 64) << nth / 64) / 1e3;
        }
    }
    return 0;
}

int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t cpu_ns(pid_t server)
{
    clockid_t clock;
    struct timespec used;
    if (server == 0) {
        return 0;
    }
    errno = clock_getcpuclockid(server, &clock);
    if (errno != 0 || clock_gettime(clock, &used) < 0) {
        fail("the server's CPU time");
    }
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

void wait_for_word(void)
{
    for (int c; (c = getchar()) != '\n' && c != EOF;) {
    }
}

size_t resident_bytes(pid_t server)
{
    char name[64], line[256];
    size_t kilobytes = 0;
    (void)snprintf(name, sizeof name, "/proc/%d/status", (int)server);
    FILE *const file = server > 0 ? fopen(name, "r") : NULL;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "RssAnon: %zu", &kilobytes);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kilobytes * 1024;
}

void tell(const struct histogram *histogram, uint64_t requests, int64_t ns, int64_t cpu)
{
    printf("{\"requests\": %llu, \"seconds\": %.4f, \"rps\": %.0f, \"cpu_ns\": %.1f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f}\n",
           (unsigned long long)requests, (double)ns / 1e9, (double)requests / ((double)ns / 1e9),
           requests > 0 ? (double)cpu / (double)requests : 0.0, histogram_us(histogram, 0.5),
           histogram_us(histogram, 0.99), histogram_us(histogram, 0.999));
    (void)fflush(stdout);
}

/* --- connections ------------------------------------------------------------------------------ */

static struct sockaddr_in loopback(uint32_t host, uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(0x7f000000 | host)};
}

int connect_to(uint16_t port, unsigned nth)
{
    const struct sockaddr_in from = loopback(1 + nth % 16, 0), to = loopback(1, port);
    const int on = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&from, sizeof from) < 0 ||
        connect(fd, (const struct sockaddr *)&to, sizeof to) < 0) {
        fail("connect");
    }
    return fd;
}

const char *request_bytes(const struct options *options)
{
    static char *bytes;
    const size_t size = options->size, total = size * options->depth;
    if (bytes == NULL) {
        bytes = malloc(total);
        if (bytes == NULL) {
            fail("memory");
        }
        for (size_t i = 0; i < total; i++) {
            const size_t at = i % size;
            bytes[i] = (char)(at == 0 ? size & 255 : at == 1 ? size >> 8 : 'a' + i % 23);
        }
    }
    return bytes;
}

/* The answer must be the request, byte by byte. */
void ask(const struct options *options, int fd)
{
    const size_t total = options->size * options->depth;
    const char *const bytes = request_bytes(options);
    char answer[16384];
    size_t sent = 0, got = 0;
    while (got < total) {
        if (sent < total) {
            const ssize_t n = send(fd, bytes + sent, total - sent, MSG_NOSIGNAL);
            if (n < 0) {
                fail("send");
            }
            sent += (size_t)n;
        }
        const ssize_t n = recv(fd, answer, sizeof answer, 0);
        if (n <= 0 || (size_t)n > total - got || memcmp(answer, bytes + got, (size_t)n) != 0) {
            fail(n < 0 ? "recv" : n == 0 ? "the server closed" : "no echo");
        }
        got += (size_t)n;
    }
}

int connect_and_ask(const struct options *options, unsigned nth)
{
    const int fd = connect_to(options->port, nth);
    ask(options, fd);
    return fd;
}

/* --- what is asked for ------------------------------------------------------------------------ */

static long number(const char *text, long least, long most)
{
    char *end;
    const long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "load: %s: a number from %ld to %ld\n", text, least, most);
        exit(2);
    }
    return value;
}

static struct options read_options(int count, char **words)
{
    static const struct option known[] = {
        {"pid", required_argument, NULL, 'p'},  {"connections", required_argument, NULL, 'c'},
        {"size", required_argument, NULL, 's'}, {"depth", required_argument, NULL, 'd'},
        {"warm", required_argument, NULL, 'w'}, {"run", required_argument, NULL, 'r'},
        {"each", required_argument, NULL, 'e'}, {NULL, 0, NULL, 0},
    };
    struct options options = {
        .connections = 50, .size = 64, .depth = 1, .warm_ms = 100, .run_ms = 500};
    for (int option; (option = getopt_long(count, words, "", known, NULL)) >= 0;) {
        if (option == 'p') {
            options.server = (pid_t)number(optarg, 1, INT32_MAX);
        } else if (option == 'c') {
            options.connections = (size_t)number(optarg, 1, 100000);
        } else if (option == 's') {
            options.size = (size_t)number(optarg, 2, 65535);
        } else if (option == 'd') {
            options.depth = (size_t)number(optarg, 1, 1024);
        } else if (option == 'e') {
            options.each = (size_t)number(optarg, 1, 1000000);
        } else if (option == 'w') {
            options.warm_ms = number(optarg, 0, 60000);
        } else if (option == 'r') {
            options.run_ms = number(optarg, 1, 60000);
        } else {
            exit(2);
        }
    }
    if (optind + 2 != count) {
        fprintf(stderr, "usage: load echo|busy|churn|hold PORT [--pid N] [--connections N] "
                        "[--size BYTES] [--depth N] [--warm MS] [--run MS]\n");
        exit(2);
    }
    options.port = (uint16_t)number(words[optind + 1], 1, 65535);
    return options;
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        void (*measure)(const struct options *);
    } modes[] = {{"echo", measure_echo},
                 {"busy", measure_busy},
                 {"churn", measure_churn},
                 {"hold", measure_hold}};
    const struct options options = read_options(count, words);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    alarm((unsigned)((options.warm_ms + options.run_ms) / 1000) + 20);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(words[optind], modes[i].name) == 0) {
            modes[i].measure(&options);
            return 0;
        }
    }
    fprintf(stderr, "load: %s: no such mode\n", words[optind]);
    return 2;
}
