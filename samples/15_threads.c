/* 15_threads.c - functions that block, or compute for long. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a coroutine that does not wait stops all others. What blocks (files, databases) or is
 * long goes to the loop's thread pool, and the task waits for it as for anything else. The function
 * returns a status, or what is not negative as its result; all else passes by its argument.
 * Next: 16_virtual_clock.c, hours in milliseconds.
 */
#include <stdio.h>
#include <weft.h>

struct range {
    int from, to;
};

static int count_primes(void *argument) /* in another thread: no coroutine, no loop here */
{
    const struct range *const range = argument;
    int count = 0;
    for (int n = range->from; n < range->to; n++) {
        int divisor = 2;
        while (divisor * divisor <= n && n % divisor != 0) {
            divisor++;
        }
        count += divisor * divisor > n;
    }
    return count;
}

struct program {
    WEFT_FRAME;
    struct range ranges[4];
    weft_group group;
    WEFT_TASK(weft_run_in_executor) jobs[4];
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group) {
        for (int i = 0; i < 4; i++) {
            self->ranges[i] = (struct range){2 + i * 25000, 2 + (i + 1) * 25000};
            WEFT_SPAWN(&self->group, &self->jobs[i], weft_run_in_executor, count_primes,
                       &self->ranges[i]);
        }
    }
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += self->jobs[i].frame.result;
    }
    printf("%d primes below 100002\n", sum);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints: 9592 primes below 100002 */
