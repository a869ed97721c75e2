/* tested.h - what the suites of testing.h and its drivers share: a test, and what it printed. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_TESTED_H
#define WEFT_TEST_TESTED_H

#include "weft_check.h"
#include <stdio.h>
#include <weft/injection.h>

static weft_test test;
static char printed[SIZED(16384, 2048)]; /* failures, dumps */

static void put(void *context, const char *piece, size_t length)
{
    (void)context;
    strncat(printed, piece, length);
}

/** A test with these options, which prints to `printed`. */
__attribute__((unused)) static void begin_with(weft_test_desc desc)
{
    printed[0] = '\0';
    desc.print = put;
    weft_test_init(&test, &desc);
}

/** A test whose trace bears times. */
__attribute__((unused)) static void begin(void)
{
    begin_with((weft_test_desc){.trace_times = true});
}

/** Starts a detached task: START(&slot, fn, arguments). */
#define START(slot, ...) ck_assert_int_eq(weft_spawn(&test.executor.group, slot, __VA_ARGS__), 0)

/** Nothing was wrong, and nothing was printed. */
#define ck_assert_clean()                                                                          \
    do {                                                                                           \
        ck_assert_str_eq(printed, "");                                                             \
        ck_assert_ptr_null(test.failure);                                                          \
    } while (0)

/** Something was wrong: this at first, and it was printed behind `prefix`. */
#define ck_assert_failure(prefix, text)                                                            \
    do {                                                                                           \
        ck_assert_ptr_nonnull(test.failure);                                                       \
        ck_assert_str_eq(test.failure, text);                                                      \
        ck_assert_str_eq(printed_until(strlen(prefix text)), prefix text);                         \
    } while (0)

__attribute__((unused)) static const char *printed_until(size_t length)
{
    static char start[512];
    ck_assert_uint_lt(length, sizeof start);
    snprintf(start, sizeof start, "%.*s", (int)length, printed);
    return start;
}

/** Sleeps, then says its name. */
struct sleeper {
    WEFT_FRAME;
    const char *name;
    weft_time after;
    struct weft_sleep nap;
};

__attribute__((unused)) static WEFT_ASYNC(sleeper, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    weft_trace(&test, self->name);
}
WEFT_END

#endif
