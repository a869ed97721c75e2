/* ok_strict.c - strictly, locals that end before the next await draw no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_STRICT -Wshadow -Wpedantic -Werror */
#include <weft/executor.h>

struct hello {
    WEFT_FRAME;
    int number;
    weft_scope patience;
    struct weft_sleep nap;
};
WEFT_DECLARE(hello);

WEFT_ASYNC(hello, self)
{
    {
        const int twice = self->number * 2;
        self->number = twice;
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
    for (int i = 0; i < 3; i++) {
        self->number += i;
    }
}
WEFT_END
