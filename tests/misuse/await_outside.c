/* await_outside.c - an await in a function that is no coroutine. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): 'weft__only_between_WEFT_ASYNC_and_WEFT_END' undeclared */
/* error(clang): use of undeclared identifier 'weft__only_between_WEFT_ASYNC_and_WEFT_END' */
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
