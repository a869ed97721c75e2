/* advance_in_coroutine.c - plain C moves the clock from outside, a coroutine awaits it. */
/* SPDX-License-Identifier: MIT */
/* stops: weft_test_advance: weft: this test runs already: in a coroutine await weft_advance */
#include <weft/testing.h>

static weft_test test;

struct mover {
    WEFT_FRAME;
};

static WEFT_ASYNC(mover, self)
{
    (void)weft_test_advance(&test, WEFT_S(1));
}
WEFT_END

int main(void)
{
    weft_test_init(&test, NULL);
    return weft_test_run(&test, mover);
}
