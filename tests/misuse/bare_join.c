/* bare_join.c - with WEFT_BARE tasks stand in no group, and nobody awaits their ends. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_BARE=1 */
/* error: WEFT_BARE: a task has no group, and its end is told to nobody: see bare.h */
#include <weft/executor.h>

struct hello {
    WEFT_FRAME;
    weft_task *other;
    struct weft_join join;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_TRY(self->join, weft_join, self->other);
}
WEFT_END
