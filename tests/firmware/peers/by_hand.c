/* by_hand.c - a switch over states, written by hand. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <stdbool.h>

struct work {
    uint8_t state;
    uint16_t x;
    uint32_t y;
};

/* True: it has ended. */
bool work(struct work *self);
PEER_APART bool work(struct work *self)
{
    switch (self->state) {
    case 0:
        if (!flag_a) {
            break;
        }
        self->x++;
        self->state = 1;
        /* fall through */
    case 1:
        if (!flag_b) {
            break;
        }
        self->y += self->x;
        self->state = 0;
        break;
    default:
        break;
    }
    return false;
}

#define LEVEL(name, inner_name)                                                                    \
    struct name {                                                                                  \
        uint8_t state;                                                                             \
        struct inner_name inner;                                                                   \
    };                                                                                             \
                                                                                                   \
    PEER_APART bool name(struct name *self)                                                        \
    {                                                                                              \
        switch (self->state) {                                                                     \
        case 0:                                                                                    \
            if (!inner_name(&self->inner)) {                                                       \
                return false;                                                                      \
            }                                                                                      \
            self->state = 1;                                                                       \
            break;                                                                                 \
        default:                                                                                   \
            break;                                                                                 \
        }                                                                                          \
        return true;                                                                               \
    }

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
