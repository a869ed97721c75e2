/* lost_at_park.c - a local is lost at a park as at an await. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): 'count' may be used uninitialized */
/* warning(clang): variable 'count' (is|may be) (used )?uninitialized */
#include <weft/task.h>

void use(int count);

struct waiter {
    WEFT_FRAME;
    int limit;
    weft_link *list;
};

WEFT_ASYNC(waiter, self)
{
    int count = self->limit;
    WEFT_PARK(self->list);
    use(count);
}
WEFT_END
