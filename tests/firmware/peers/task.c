/* task.c - the coroutine as a task: only its code is looked at; speed.c measures the rest. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <weft/executor.h>

struct work {
    WEFT_FRAME;
    uint16_t x;
    uint32_t y;
};

PEER_APART WEFT_ASYNC(work, self)
{
    for (;;) {
        while (!flag_a) {
            WEFT_PASS();
        }
        self->x++;
        while (!flag_b) {
            WEFT_PASS();
        }
        self->y += self->x;
        WEFT_PASS();
    }
}
WEFT_END
