/* check_outside.c - WEFT_CHECK in a function that is no coroutine. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): 'weft__only_between_WEFT_ASYNC_and_WEFT_END' undeclared */
/* error(clang): undeclared identifier 'weft__only_between_WEFT_ASYNC_and_WEFT_END' */
#include <weft/frame.h>

int main(void)
{
    WEFT_CHECK(-1);
    return 0;
}
