/* protothread.c - protothreads of weft/resume.h. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <weft/resume.h>

struct work {
    WEFT_PT_STATE;
    uint16_t x;
    uint32_t y;
};

PEER_APART WEFT_PT(work, self)
{
    for (;;) {
        WEFT_PT_WAIT_UNTIL(flag_a);
        self->x++;
        WEFT_PT_WAIT_UNTIL(flag_b);
        self->y += self->x;
        WEFT_PT_YIELD();
    }
}
WEFT_PT_END

#define LEVEL(name, inner_name)                                                                    \
    struct name {                                                                                  \
        WEFT_PT_STATE;                                                                             \
        struct inner_name inner;                                                                   \
    };                                                                                             \
                                                                                                   \
    PEER_APART WEFT_PT(name, self)                                                                 \
    {                                                                                              \
        WEFT_PT_WAIT_UNTIL(inner_name(&self->inner).ended);                                        \
    }                                                                                              \
    WEFT_PT_END

PEER_LEVELS(LEVEL)

static struct work shallow;
static struct level8 deep;
static int depth;

size_t peer_start(int wanted)
{
    depth = wanted;
    return depth == 1 ? sizeof shallow : sizeof deep;
}

void peer_resume(void)
{
    depth == 1 ? work(&shallow) : level8(&deep);
}

uint32_t peer_sum(void)
{
    return depth == 1 ? shallow.y : deep.inner.inner.inner.inner.inner.inner.inner.y;
}
