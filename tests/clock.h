/* clock.h - a clock that jumps, and stands still if it is told to. */
/* SPDX-License-Identifier: MIT */
/*
 * In place of the system's: the suite names 'clock_gettime' among what it replaces, in
 * tests/meson.build.
 *
 *     stop_clock();
 *     jumped += WEFT_MS(250);
 */
#ifndef WEFT_TEST_CLOCK_H
#define WEFT_TEST_CLOCK_H

#include <time.h>
#include <weft/deadline.h>

static weft_time jumped;         /* by how much the clock is ahead */
static struct timespec stood_at; /* where it stands but for that; zero: it goes */

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    const int status = __real_clock_gettime(clock, ret_time);
    const struct timespec *const from = stood_at.tv_sec != 0 ? &stood_at : ret_time;
    const weft_time now = (weft_time)from->tv_sec * WEFT_S(1) + from->tv_nsec + jumped;
    ret_time->tv_sec = (time_t)(now / WEFT_S(1));
    ret_time->tv_nsec = (long)(now % WEFT_S(1));
    return status;
}

/** From here on it goes only by jumps. */
__attribute__((unused)) static void stop_clock(void)
{
    __real_clock_gettime(CLOCK_MONOTONIC, &stood_at);
}

#endif
