/* set_future_twice.c - a future is given two results. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this future is done: it is set once, else weft_future_try_set_...\(\) */
#include <weft/future.h>

int main(void)
{
    WEFT_FUTURE(int) answer = {0};
    weft_future_set_result(&answer, 42);
    weft_future_set_result(&answer, 43);
    return 0;
}
