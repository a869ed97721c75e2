/* blocked_without_test.c - only a test knows when all of its tasks are blocked. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: the test that runs this coroutine */
#include <weft/testing.h>

static weft_test test;

struct idler {
    WEFT_FRAME;
    struct weft_wait_all_tasks_blocked blocked;
};

static WEFT_ASYNC(idler, self)
{
    WEFT_TRY(self->blocked, weft_wait_all_tasks_blocked, .cushion = WEFT_S(1));
}
WEFT_END

int main(void)
{
    weft_test_init(&test, NULL);
    return weft_test_run(&test, idler);
}
