/* wait_in_plain_generator.c - plain C drives a generator that has to wait. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: it has to wait: drive it from a coroutine, not from plain C */
#include <weft/generator.h>
#include <weft/timer.h>

struct numbers {
    WEFT_FRAME;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(numbers, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_YIELD(self->value = 1);
}
WEFT_END

int main(void)
{
    struct numbers it;
    weft_init(&it, numbers);
    (void)weft_next(&it);
    return 0;
}
