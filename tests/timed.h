/* timed.h - a task that works in a block with a deadline. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_TIMED_H
#define WEFT_TEST_TIMED_H

#include "virtual.h"

/** Says when it has worked, comes behind the block, and ends: "worked behind0@3 f0@3". */
struct timed {
    WEFT_FRAME;
    bool moves_on;
    weft_time limit, work;
    weft_scope scope;
    struct weft_sleep nap;
};

static WEFT_ASYNC(timed, self)
{
    if (self->moves_on) {
        WEFT_MOVE_ON(self->scope, self->limit) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    } else {
        WEFT_TIMEOUT(self->scope, self->limit) {
            WEFT_TRY(self->nap, weft_sleep, self->work);
            say("worked ");
        }
    }
    say("behind%d@%d ", WEFT_STATUS(), seconds());
WEFT_FINALLY:
    say("f%d@%d", WEFT_OUTCOME(), seconds());
}
WEFT_END

#endif
