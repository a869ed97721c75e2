/* stray_return_protothread.c - the same in the small coroutines of resume.h. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): incompatible types when returning type 'int' but 'weft_pt_result' was expected */
/* error(clang): returning 'int' from a function with incompatible result type 'weft_pt_result' */
#include <weft/resume.h>

struct blink {
    WEFT_PT_STATE;
};

WEFT_PT(blink, self)
{
    WEFT_PT_YIELD();
    return 1;
}
WEFT_PT_END
