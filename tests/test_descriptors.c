/* test_descriptors.c - which descriptors were left open. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <weft/descriptors.h>
#include <weft/loop.h>

static weft_descriptors before;
static char printed[1024];

static void put(void *context, const char *piece, size_t length)
{
    (void)context;
    strncat(printed, piece, length);
}

static int left(void)
{
    printed[0] = '\0';
    return weft_descriptors_left(&before, put, NULL);
}

START_TEST(nothing_opened_is_nothing_left)
{
    weft_descriptors_look(&before);
    ck_assert_int_eq(left(), 0);
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(what_was_open_before_is_not_left)
{
    const int fd = open("/dev/null", O_RDONLY);
    weft_descriptors_look(&before);
    ck_assert_int_eq(left(), 0);
    close(fd);
    ck_assert_int_eq(left(), 0);
}
END_TEST

START_TEST(what_was_opened_and_not_closed_is_named)
{
    char expected[64];
    weft_descriptors_look(&before);
    const int fd = open("/dev/null", O_RDONLY);
    ck_assert_int_eq(left(), 1);
    snprintf(expected, sizeof expected, "left open: descriptor %d, /dev/null\n", fd);
    ck_assert_str_eq(printed, expected);
    close(fd);
    ck_assert_int_eq(left(), 0);
}
END_TEST

START_TEST(each_is_counted)
{
    int ends[2];
    weft_descriptors_look(&before);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_eq(left(), 2);
    close(ends[0]);
    ck_assert_int_eq(left(), 1);
    close(ends[1]);
    ck_assert_int_eq(left(), 0);
}
END_TEST

START_TEST(a_high_number_is_found_up_to_1023)
{
    weft_descriptors_look(&before);
    if (dup2(STDOUT_FILENO, 1023) == 1023) { /* as far as the limit of this process lets it */
        ck_assert_int_eq(left(), 1);
        close(1023);
    }
    ck_assert_int_eq(left(), 0);
}
END_TEST

START_TEST(looking_opens_nothing_and_leaves_errno_alone)
{
    errno = ENOENT;
    weft_descriptors_look(&before);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(left(), 0);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* Opens a pipe, and forgets one end of it. */
struct forgetful {
    WEFT_FRAME;
    int ends[2];
    bool forgets;
    struct weft_sleep nap;
};

static WEFT_ASYNC(forgetful, self)
{
    ck_assert_int_eq(pipe2(self->ends, O_CLOEXEC), 0);
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
WEFT_FINALLY:
    close(self->ends[0]);
    if (!self->forgets) {
        close(self->ends[1]);
    }
}
WEFT_END

START_TEST(a_program_that_forgets_one_is_found)
{
    weft_descriptors_look(&before);
    ck_assert_int_eq(weft_run(forgetful, .forgets = false), 0);
    ck_assert_int_eq(left(), 0);
    ck_assert_int_eq(weft_run(forgetful, .forgets = true), 0);
    ck_assert_int_eq(left(), 1);
    ck_assert_ptr_nonnull(strstr(printed, ", pipe:["));
}
END_TEST

START_TEST(without_a_function_they_are_named_on_stderr)
{
    char text[64] = {0};
    int ends[2];
    const int stderr_before = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    weft_descriptors_look(&before);
    const int fd = open("/dev/null", O_RDONLY);
    dup2(ends[1], STDERR_FILENO);
    ck_assert_int_eq(weft_descriptors_left(&before, NULL, NULL), 1);
    fflush(stderr);
    dup2(stderr_before, STDERR_FILENO);
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    ck_assert_ptr_eq(strstr(text, "left open: descriptor "), text);
    close(fd);
    close(ends[0]);
    close(ends[1]);
    close(stderr_before);
}
END_TEST

SUITE(descriptors)
{
    TEST(nothing_opened_is_nothing_left);
    TEST(what_was_open_before_is_not_left);
    TEST(what_was_opened_and_not_closed_is_named);
    TEST(each_is_counted);
    TEST(a_high_number_is_found_up_to_1023);
    TEST(looking_opens_nothing_and_leaves_errno_alone);
    TEST(a_program_that_forgets_one_is_found);
    TEST(without_a_function_they_are_named_on_stderr);
}
