/* 01_hello_cpp.cc - the same coroutine, from C++20. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: Weft from C++. Arguments are given by name, and in the order of the struct. Frames are
 * called `struct weft_sleep`, as in C: the coroutine itself bears the short name.
 * Next: 02_two_at_once.c
 */
#include <cstdio>
#include <weft.h>

struct hello {
    WEFT_FRAME;
    const char *name;
    struct weft_sleep nap;
};

static WEFT_ASYNC(hello, self)
{
    std::printf("Hello ");
    WEFT_TRY(self->nap, weft_sleep, .after = WEFT_MS(100));
    std::printf("%s!\n", self->name);
}
WEFT_END

int main()
{
    return weft_run(hello, .name = "C++");
}

/* prints: Hello C++! */
