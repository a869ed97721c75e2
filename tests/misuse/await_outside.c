/* await_outside.c - an await in a function that is no coroutine. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): 'weft__f' undeclared */
/* error(clang): use of undeclared identifier 'weft__f' */
#include <weft/frame.h>

struct add {
    WEFT_FRAME;
    int a, b;
};
WEFT_DECLARE(add);

int main(void)
{
    static struct add it;
    WEFT_TRY(it, add, 1, 2);
    return 0;
}
