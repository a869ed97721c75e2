/* mixture.c - a source with a coroutine, of which a program has two: see mixtures.py. */
/* SPDX-License-Identifier: MIT */
#include <weft/timer.h>

WEFT__BEGIN_C
void UNIT(void *); /* the program begins at either */
WEFT__END_C

struct nap {
    WEFT_FRAME;
    struct weft_sleep sleep;
};

static WEFT_ASYNC(nap, self)
{
    WEFT_TRY(self->sleep, weft_sleep, .after = WEFT_MS(10));
}
WEFT_END

void UNIT(void *frame)
{
    weft_chain chain = WEFT__ZERO;
    nap((weft_frame *)frame, &chain);
}
