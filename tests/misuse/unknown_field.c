/* unknown_field.c - an argument that the coroutine does not have. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): 'struct fetch' has no member named 'uri' */
/* error(clang): field designator 'uri' does not refer to any field in type 'struct fetch' */
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
    WEFT_TRY(self->fetch, fetch, .uri = "http://one/");
}
WEFT_END
