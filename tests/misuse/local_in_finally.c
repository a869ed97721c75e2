/* local_in_finally.c - a local of the body is gone when the cleanup begins. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): 'handle' undeclared */
/* error(clang): use of undeclared identifier 'handle' */
#include <weft/frame.h>

int open_it(void);
void close_it(int handle);

struct user {
    WEFT_FRAME;
};

WEFT_ASYNC(user, self)
{
    const int handle = open_it();
    WEFT_CHECK(handle);
WEFT_FINALLY:
    close_it(handle);
}
WEFT_END
