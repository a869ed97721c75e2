/* bare_group.c - with WEFT_BARE tasks stand in no group. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_BARE=1 */
/* error: WEFT_BARE: a task has no group, and its end is told to nobody: see bare.h */
#include <weft/executor.h>

struct hello {
    WEFT_FRAME;
    weft_group group;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
    }
}
WEFT_END
