/* resume_ended.c - a coroutine that has ended is resumed. */
/* SPDX-License-Identifier: MIT */
/* stops: resume_ended\.c:\d+: hello: weft: it has ended: call it anew instead of resuming it */
#include <weft/generator.h>

struct hello {
    WEFT_FRAME;
};

static WEFT_ASYNC(hello, self)
{
}
WEFT_END

int main(void)
{
    struct hello it;
    weft_chain chain = {.top = &it.weft};
    weft_init(&it, hello);
    (void)weft_next(&it);
    (void)hello(&it.weft, &chain);
    return 0;
}
