/* release_beyond_bound.c - a bounded semaphore gets a permit that nobody had. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: more permits than its bound: weft_semaphore_release\(\) once for each one that was */
#include <weft/semaphore.h>

int main(void)
{
    weft_semaphore limit = {.permits = 2, .bound = 2};
    weft_semaphore_release(&limit);
    return 0;
}
