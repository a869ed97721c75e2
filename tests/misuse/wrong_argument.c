/* wrong_argument.c - an argument of the wrong type. */
/* SPDX-License-Identifier: MIT */
/* warning(gcc): initialization of 'const char \*' from 'int' makes pointer from integer */
/* warning(clang): incompatible integer to pointer conversion initializing 'const char \*' */
#include <weft/frame.h>

struct fetch {
    WEFT_FRAME;
    const char *url;
};
WEFT_DECLARE(fetch);

struct caller {
    WEFT_FRAME;
    struct fetch fetch;
};

WEFT_ASYNC(caller, self)
{
    WEFT_TRY(self->fetch, fetch, 8080);
}
WEFT_END
