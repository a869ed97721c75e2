/* stray_return.c - a coroutine is left by WEFT_RETURN, not by `return`. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): incompatible types when returning type 'int' but 'weft_step' was expected */
/* error(clang): returning 'int' from a function with incompatible result type 'weft_step' */
#include <weft/frame.h>

struct hello {
    WEFT_FRAME;
};

WEFT_ASYNC(hello, self)
{
    return 0;
}
WEFT_END
