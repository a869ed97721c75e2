/* lines.c - protothreads as they are known: a switch over line numbers. Macros of our own. */
/* SPDX-License-Identifier: MIT */
/* After the published idea: A. Dunkels, O. Schmidt, T. Voigt, M. Ali: Protothreads, SenSys 2006. */
#include "peer.h"
#include <stdbool.h>

#if __GNUC__ >= 7
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough" /* it is how they work */
#endif

#define LINES_BEGIN(self)                                                                          \
    switch ((self)->line) {                                                                        \
    case 0:
#define LINES_WAIT(self, condition)                                                                \
    (self)->line = __LINE__;                                                                       \
    case __LINE__:                                                                                 \
        if (!(condition)) {                                                                        \
            return false;                                                                          \
        }
#define LINES_END(self)                                                                            \
    }                                                                                              \
    (self)->line = 0;                                                                              \
    return true

struct work {
    uint16_t line;
    uint16_t x;
    uint32_t y;
};

/* True: it has ended. */
bool work(struct work *self);
PEER_APART bool work(struct work *self)
{
    bool was_here = true;
    LINES_BEGIN(self);
    for (;;) {
        LINES_WAIT(self, flag_a);
        self->x++;
        LINES_WAIT(self, flag_b);
        self->y += self->x;
        was_here = false; /* the next call finds it true */
        LINES_WAIT(self, was_here);
    }
    LINES_END(self);
}

#define LEVEL(name, inner_name)                                                                    \
    struct name {                                                                                  \
        uint16_t line;                                                                             \
        struct inner_name inner;                                                                   \
    };                                                                                             \
                                                                                                   \
    PEER_APART bool name(struct name *self)                                                        \
    {                                                                                              \
        LINES_BEGIN(self);                                                                         \
        LINES_WAIT(self, inner_name(&self->inner));                                                \
        LINES_END(self);                                                                           \
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
