/* bench.h - what the benchmark programs in C and C++ share: clocks, cases, the line they print. */
/* SPDX-License-Identifier: MIT */
/*
 *     static void yield(size_t size)                   // `size` tasks
 *     {
 *         const size_t count = bench_scaled(10000000); // operations; few of them in a smoke run
 *         bench_begin();
 *         ...
 *         bench_end("yield", count);                   // prints: yield CPU_NS WALL_NS COUNT
 *     }
 *     BENCH_MAIN({"yield", yield}, ...)
 *
 * The protocol of all programs, in whatever language, is told in tests/bench/run.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_UNUSED __attribute__((unused))

typedef struct bench_case {
    const char *name;
    void (*run)(size_t size);
} bench_case;

static double bench_scale = 1;
static uint64_t bench_cpu_began, bench_wall_began, bench_cpu_ended, bench_wall_ended;

static inline uint64_t bench_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* So many operations; in a smoke run a thousandth or less, but at least `least`. */
BENCH_UNUSED static size_t bench_scaled_least(size_t count, size_t least)
{
    const size_t scaled = (size_t)((double)count * bench_scale);
    return scaled > least ? scaled : least;
}

BENCH_UNUSED static size_t bench_scaled(size_t count)
{
    return bench_scaled_least(count, 1);
}

/* The compiler must believe that somebody looks at all memory here. */
BENCH_UNUSED static inline void bench_look(void)
{
    __asm__ volatile("" ::: "memory");
}

BENCH_UNUSED static void bench_begin(void)
{
    bench_wall_began = bench_clock(CLOCK_MONOTONIC);
    bench_cpu_began = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Stops the clocks; bench_print() or bench_figures() then tells. */
BENCH_UNUSED static void bench_stop(void)
{
    bench_cpu_ended = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
    bench_wall_ended = bench_clock(CLOCK_MONOTONIC);
}

/* `format`: further figures, " name=value name=value". */
__attribute__((format(printf, 3, 4))) BENCH_UNUSED static void
bench_figures(const char *what, size_t count, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s %llu %llu %zu", what, (unsigned long long)(bench_cpu_ended - bench_cpu_began),
           (unsigned long long)(bench_wall_ended - bench_wall_began), count);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

BENCH_UNUSED static void bench_end(const char *what, size_t count)
{
    bench_stop();
    bench_figures(what, count, "%s", "");
}

/* Something that must be true, or the figures are worth nothing. */
#define bench_check(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: this is not so: %s\n", __FILE__, __LINE__, #condition);        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

BENCH_UNUSED static void *bench_allocate(size_t count, size_t size)
{
    void *const memory = calloc(count, size);
    bench_check(memory != NULL);
    return memory;
}

/* Deadlines of bare timers lie within this from their begin, in ns. */
#define TIMERS_SPAN 500000000

/* Resident memory of this process. */
BENCH_UNUSED static size_t bench_resident_bytes(void)
{
    unsigned long long pages = 0, resident = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    bench_check(file != NULL && fscanf(file, "%llu %llu", &pages, &resident) == 2);
    fclose(file);
    return (size_t)resident * 4096;
}

/* How long each of `count` sleepers sleeps: all of them are asleep before the first wakes up. */
#define BENCH_SLEEP_NS(count) (100000000 + 400 * (int64_t)(count))

/* A row of numbers that look random and are the same in each program: xorshift, after Marsaglia. */
static inline uint64_t bench_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

BENCH_UNUSED static int bench_main(int argc, char **argv, const bench_case *cases, size_t count)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < count; i++) {
            puts(cases[i].name);
        }
        return 0;
    }
    bench_scale = argc > 3 ? atof(argv[3]) : 1;
    for (size_t i = 0; i < count; i++) {
        if (argc > 2 && strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run((size_t)strtoull(argv[2], NULL, 10));
            return 0;
        }
    }
    fprintf(stderr, "usage: %s CASE SIZE [SCALE] | --list\n", argv[0]);
    return 2;
}

#define BENCH_MAIN(...)                                                                            \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        static const bench_case cases[] = {__VA_ARGS__};                                           \
        return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);                      \
    }

#endif
