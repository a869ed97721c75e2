/* ok_without_lines.c - the smallest configuration draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_LINES=0 -DWEFT_NAMES=0 -DWEFT_TIME_BITS=32 -Wshadow -Wpedantic -Werror */
#include <weft/executor.h>
#include <weft/queue.h>
#include <weft/sync.h>

struct hello {
    WEFT_FRAME;
    weft_scope patience;
    weft_group group;
    WEFT_TASK(weft_sleep) child;
    struct weft_sleep nap;
};
WEFT_DECLARE(hello);

WEFT_ASYNC(hello, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(1)) {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->child, weft_sleep, WEFT_MS(5)));
            WEFT_TRY(self->nap, weft_sleep, WEFT_MS(10));
        }
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(10));
}
WEFT_END
