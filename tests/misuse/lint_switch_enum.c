/* lint_switch_enum.c - linting, an await in a `switch` over an enum is reported. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_LINT -fsyntax-only */
/* warning(gcc): changes value from .1099511\d+. to|exceeds maximum value for type */
/* warning(clang): overflow converting case value to switch condition type */
#include <weft/frame.h>

enum color { RED, GREEN };

struct nap {
    WEFT_FRAME;
};
WEFT_DECLARE(nap);

struct hello {
    WEFT_FRAME;
    enum color which;
    struct nap nap;
};

WEFT_ASYNC(hello, self)
{
    switch (self->which) {
    case RED:
        WEFT_TRY(self->nap, nap);
        break;
    default:
        break;
    }
}
WEFT_END
