/* stray_return.c - `return` instead of WEFT_RETURN. */
/* error(gcc): incompatible types when returning type 'int' */
/* error(clang): returning 'int' from a function with incompatible result type */
#include <weft/frame.h>

struct two {
    WEFT_FRAME;
};

WEFT_ASYNC(two, self)
{
    return 2;
}
WEFT_END
