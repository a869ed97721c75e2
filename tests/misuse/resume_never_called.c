/* resume_never_called.c - a frame in which nothing was ever called is resumed. */
/* SPDX-License-Identifier: MIT */
/* stops: resume_never_called\.c:\d+: hello: weft: it was never called: await it, spawn it or */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
};

static WEFT_ASYNC(hello, self)
{
}
WEFT_END

int main(void)
{
    static struct hello it;
    weft_chain chain = {.top = &it.weft};
    (void)hello(&it.weft, &chain);
    return 0;
}
