/* result_of_pending_future.c - a result is asked for before it is there. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this future is pending: await it, or ask weft_future_is_done\(\) */
#include <weft/future.h>

int main(void)
{
    WEFT_FUTURE(int) answer = {0};
    return weft_future_status(&answer.future);
}
