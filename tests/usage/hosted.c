/* hosted.c - the first program that people write, against the library. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <weft.h>

struct hello {
    WEFT_FRAME;
    const char *name;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    printf("Hello ");
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
    printf("%s!\n", self->name);
}
WEFT_END

int main(void)
{
    return weft_run(hello, .name = "world");
}
