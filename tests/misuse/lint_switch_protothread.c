/* lint_switch_protothread.c - linting, a wait in a `switch` is reported in resume.h as well. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_LINT -fsyntax-only */
/* warning(gcc): changes value from .1099511\d+. to|exceeds maximum value for type */
/* warning(clang): overflow converting case value to switch condition type */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
    int which;
};

WEFT_PT(blink, self)
{
    switch (self->which) {
    case 7:
        WEFT_PT_YIELD();
        break;
    default:
        break;
    }
}
WEFT_PT_END
