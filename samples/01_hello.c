/* 01_hello.c - a coroutine that waits. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a coroutine is a function that can stop in the middle and go on later. What outlives
 * the stop is in its frame, a struct of the same name: parameters, and the frames of the calls that
 * it waits for. weft_run() makes an event loop, and runs a coroutine on it until it has ended.
 * Next: 02_two_at_once.c, two of them side by side.
 */
#include <stdio.h>
#include <weft.h>

struct hello {
    WEFT_FRAME;            /* first: where this call stands, and who waits for it */
    const char *name;      /* a parameter */
    struct weft_sleep nap; /* the frame of the call it makes */
};

static WEFT_ASYNC(hello, self)
{
    printf("Hello ");
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(100));
    printf("%s!\n", self->name);
}
WEFT_END

int main(void)
{
    return weft_run(hello, .name = "world");
}

/* prints: Hello world! */
