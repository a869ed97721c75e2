/* coroutine.c - coroutines of weft/frame.h, and the chain that they hang in: no executor. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <weft/frame.h>

/* How a wait suspends, without a task that could park. */
#define SUSPEND() WEFT__ENTER(WEFT__N, WEFT__SUSPENDED)

struct work {
    WEFT_FRAME;
    uint16_t x;
    uint32_t y;
};

PEER_APART WEFT_ASYNC(work, self)
{
    for (;;) {
        while (!flag_a) {
            SUSPEND();
        }
        self->x++;
        while (!flag_b) {
            SUSPEND();
        }
        self->y += self->x;
        SUSPEND();
    }
}
WEFT_END

#define LEVEL(name, inner_name)                                                                    \
    struct name {                                                                                  \
        WEFT_FRAME;                                                                                \
        struct inner_name inner;                                                                   \
    };                                                                                             \
                                                                                                   \
    PEER_APART WEFT_ASYNC(name, self)                                                              \
    {                                                                                              \
        WEFT_TRY(self->inner, inner_name);                                                         \
    }                                                                                              \
    WEFT_END

PEER_LEVELS(LEVEL)

static struct work shallow;
static struct level8 deep;
static weft_chain chain;
static int depth;

size_t peer_start(int wanted)
{
    const weft_chain fresh = {0};
    depth = wanted;
    chain = fresh;
    if (depth == 1) {
        weft_init(&shallow, work);
        chain.top = &shallow.weft;
        return sizeof shallow + sizeof chain;
    }
    weft_init(&deep, level8);
    chain.top = &deep.weft;
    return sizeof deep + sizeof chain;
}

/* As a task is resumed. */
void peer_resume(void)
{
    (void)weft__trampoline(&chain);
}

uint32_t peer_sum(void)
{
    return depth == 1 ? shallow.y : deep.inner.inner.inner.inner.inner.inner.inner.y;
}
